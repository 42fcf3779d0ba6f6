"""Hard constraints exclude with a reason, and never on what is unknown."""

import itertools
import json
from datetime import date

import pytest
from tests.engine.matching import tiny

from tandem.engine.matching import constraints
from tandem.engine.matching.corpus import read
from tandem.engine.matching.match import match
from tandem.engine.matching.settings import MatchSettings

TITLE = {"title": "calibration of force sensors"}
NEED = {
    **TITLE,
    "kind": "service",
    "service_code": "QA.METROLOGY",
    "city": "440300",
    "due_on": date(2026, 6, 30),
}


def asked(offer, need=NEED, **settings):
    supply = tiny.offers({"offer_id": "f", "org_id": "a", **TITLE, **offer})
    return match(
        tiny.needs(need), tiny.organisations("a"), supply, tiny.deliveries(), MatchSettings(**settings)
    )


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ({"kind": "data"}, "kind"),
        ({"service_code": "FN.LEASING"}, "service"),
        ({"cities_served": ["440100"]}, "city"),
        ({"available_to": date(2025, 12, 31)}, "dates"),
        ({"available_from": date(2026, 7, 1)}, "dates"),
        ({"capacity": 0}, "capacity"),
        ({"kind": "data", "capacity": 0}, "kind"),
    ],
)
def test_an_unmet_constraint_excludes_and_is_counted(offer, code):
    """Each constraint keeps an organisation off the list and is reported with its number and an example."""
    result = asked(offer)
    assert result.matches.is_empty()
    assert result.excluded.rows() == [("n1", code, 1, 1, ["a"])]


@pytest.mark.parametrize(
    "offer",
    [
        {},
        {"kind": "service", "cities_served": ["440300"]},
        {"service_code": "QA"},
        {"available_from": date(2026, 6, 30)},
        {"available_to": date(2026, 1, 1)},
    ],
)
def test_met_or_unknown_does_not_exclude(offer):
    """An offer that meets a constraint, touches it at its edge or says nothing of it stays."""
    assert asked(offer).matches["offer_id"].to_list() == ["f"]


def test_a_need_that_asks_for_nothing_excludes_on_dates_and_capacity_only():
    """Kind and city constrain only where the need states them."""
    assert len(asked({"kind": "data", "cities_served": ["440100"]}, TITLE).matches) == 1


def test_constraints_can_be_switched_off():
    """A hub may read a constraint as information only."""
    assert len(asked({"kind": "data"}, constraints=("capacity",)).matches) == 1


def test_one_fitting_offer_is_enough_and_is_the_one_named():
    """An organisation with an unfitting and a fitting offer is proposed with the fitting one."""
    supply = tiny.offers(
        {"offer_id": "f1", "org_id": "a", **TITLE, "capacity": 0},
        {"offer_id": "f2", "org_id": "a", "title": "sensors"},
    )
    result = match(tiny.needs(NEED), tiny.organisations("a"), supply, tiny.deliveries())
    assert result.matches["offer_id"].to_list() == ["f2"]


def test_an_organisation_without_offers_has_an_implied_one():
    """Deliveries alone are enough; its kind, dates and capacity are reported as unknown."""
    past = tiny.deliveries({"delivery_id": "d", "org_ids": ["a"], **TITLE})
    result = match(tiny.needs(NEED), tiny.organisations("a"), tiny.offers(), past)
    codes = {reason["code"] for reason in json.loads(result.matches["reasons"][0])}
    assert {"kind_unknown", "city_unknown", "dates_unknown", "capacity_unknown"} <= codes
    assert result.matches["offer_id"].to_list() == [None]


@pytest.mark.parametrize("kind", [None, "service", "data", "capital"])
@pytest.mark.parametrize("city", [None, "440300", "440100", "820000"])
def test_one_offer_is_judged_as_all_are(kind, city):
    """The conditions of kind and city say of one offer what ruling over all of them says."""
    held = [{"offer_id": f"f{n}", "org_id": "a", **TITLE, "kind": own, "cities_served": served}
            for n, (own, served) in enumerate(itertools.product(
                (None, "service", "data"), (None, ["440300"], ["440100", "440300"])))]  # fmt: skip
    corpus = read(tiny.organisations("a"), tiny.offers(*held), tiny.deliveries())
    terms = constraints.terms_of(tiny.offers(*held), corpus)
    wanted = constraints.wanted_of({"kind": kind, "city": city}, 0, None)
    ruling = constraints.rule(terms, wanted, ("kind", "city"))
    own = {one["offer_id"]: one for one in held}
    for n, id_ in enumerate(terms.ids):
        met = (
            constraints.kind_met(own[id_]["kind"], kind),
            constraints.city_met(own[id_]["cities_served"], city),
        )
        assert all(met) == ruling.meets[n]
        assert ruling.failed[n] == (-1 if all(met) else met.index(False))
