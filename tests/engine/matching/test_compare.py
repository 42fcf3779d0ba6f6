"""Why A stands before B."""

import pytest
from tests.engine.matching import tiny
from tests.engine.matching.test_match import GEARS, HISTORY, ORGS

from tandem.base.errors import Invalid
from tandem.engine.matching.compare import compare
from tandem.engine.matching.match import match


def asked(*orgs, need=GEARS, offers=None):
    return compare("n1", orgs, tiny.needs(need), ORGS, tiny.offers() if offers is None else offers, HISTORY)


def test_two_standings_and_the_differences_that_make_the_order():
    """Standings come in rank order; the differences by code add up to the difference of the scores."""
    found = asked("labs", "gears")
    first, second = found.standings
    assert (first.org_id, first.rank) == ("gears", 1)
    assert second.rank > 1
    assert sum(found.differences.values()) == pytest.approx(first.score - second.score)


def test_a_standing_says_what_the_list_says():
    """Score and reasons of a comparison are those of the match list."""
    listed = match(tiny.needs(GEARS), ORGS, tiny.offers(), HISTORY).matches.row(0, named=True)
    assert asked("gears").standings[0].score == listed["score"]


def test_who_is_not_listed_is_told_why():
    """The poser, the excluded and the one for whom nothing speaks each get their code."""
    offers = tiny.offers({"offer_id": "f", "org_id": "paint", "title": "paint", "capacity": 0})
    assert asked("gears", need=GEARS | {"org_id": "gears"}).standings[0].excluded == "self"
    assert asked("paint", offers=offers).standings[0].excluded == "capacity"
    assert asked("paint", need={"title": "harmonic"}).standings[0].excluded == "evidence"


@pytest.mark.parametrize(
    ("need", "org", "code"), [("n9", "gears", "explain.need"), ("n1", "x", "explain.organisation")]
)
def test_unknown_ids_are_refused(need, org, code):
    """An id that stands in no table is an error that names it."""
    with pytest.raises(Invalid, match=code):
        compare(need, (org,), tiny.needs(GEARS), ORGS, tiny.offers(), HISTORY)


def test_reasons_are_made_as_far_as_they_are_wanted():
    """Within the places that are wanted nothing is different; beyond them the rank alone is told."""
    from datetime import date

    from tandem.engine.matching import constraints, corpus
    from tandem.engine.matching.compare import standing
    from tandem.engine.matching.match import consider
    from tandem.engine.matching.settings import MatchSettings

    supply = corpus.read(ORGS, tiny.offers(), HISTORY)
    settings = MatchSettings(top=len(supply.org_ids))
    need = tiny.needs(GEARS).row(0, named=True)
    case = consider(need, supply, constraints.terms_of(tiny.offers(), supply), date(2026, 11, 22), settings)
    whole = {org: standing(case, need, org) for org in supply.org_ids}
    listed = [one for one in whole.values() if one.rank is not None]
    assert {one.rank for one in listed} >= {1, 2}
    for org, one in whole.items():
        told = standing(case, need, org, told=1)
        if one.rank is None or one.rank == 1:
            assert told == one
        else:
            assert (told.rank, told.score, told.reasons) == (one.rank, 0.0, ())
