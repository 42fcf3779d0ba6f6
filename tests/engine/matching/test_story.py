"""The story's figures, checked against a made-up result whose answers can be counted by hand."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.storage.report.sample_result import Sample, sample

from tandem.engine.matching.story import Crowd, Story, story


def told(made: Sample) -> Story:
    return story(
        made.needs, made.organisations, made.offers, made.deliveries,
        matches=made.matches, excluded=made.excluded, supply=made.supply,
    )  # fmt: skip


@pytest.fixture(scope="module")
def figures() -> Story:
    return told(sample())


def test_needs_are_counted_by_their_supply(figures: Story) -> None:
    """30 needs: 2 weak, 2 without anybody, one with a single candidate."""
    assert (figures.needs, figures.served, figures.weak, figures.none, figures.single) == (30, 26, 2, 2, 1)
    assert [gap.need_id for gap in figures.unserved] == ["N29", "N30"]
    assert {row.code for row in figures.unserved[0].excluded} == {"self", "dates", "city"}


def test_contested_are_those_first_more_often_than_they_have_room(figures: Story) -> None:
    """O01, O02, O03 are first for 7, 6 and 5 needs with room for 2, 1 and 3."""
    assert [(one.org_id, one.first, one.capacity) for one in figures.contested] == [
        ("O01", 7, 2), ("O02", 6, 1), ("O03", 5, 3)
    ]  # fmt: skip


def test_the_crowd_is_the_smallest_set_that_holds_half_of_the_contested_needs(figures: Story) -> None:
    """Of 18 needs with a contested first choice, two providers hold 13; one alone would hold 7."""
    assert figures.crowd.org_ids == ("O01", "O02")
    assert (figures.crowd.needs, figures.crowd.capacity, figures.crowd.relieved) == (13, 3, 13)


def test_a_provider_without_offers_counts_as_room_for_one() -> None:
    """Capacity of an organisation that states none is 1, and marked as not stated."""
    made = sample()
    bare = Sample(**{**vars(made), "offers": made.offers.filter(pl.col("org_id") != "O01")})
    first = told(bare).wanted[0]
    assert (first.org_id, first.capacity, first.stated) == ("O01", 1, False)


def test_concentration_of_first_places(figures: Story) -> None:
    """28 first places: the five most wanted hold 22, three organisations hold half; Gini by its definition."""
    firsts = [one.first for one in figures.wanted]
    assert sum(firsts) == 28
    assert figures.top5_share == pytest.approx(sum(firsts[:5]) / 28)
    assert figures.half_held_by == 3
    everybody = firsts + [0] * (figures.proposed - len(firsts))
    pairs = sum(abs(a - b) for a in everybody for b in everybody)
    assert figures.gini == pytest.approx(pairs / (2 * len(everybody) * sum(everybody)))


def test_newcomers_and_never_proposed(figures: Story) -> None:
    """Eight organisations have no delivery: four are proposed on their offers, four never, one of them is full."""
    assert figures.newcomers == 8
    assert figures.newcomers_proposed == ("O33", "O34", "O35", "O36")
    assert [(one.org_id, one.why) for one in figures.never] == [
        ("O37", "silent"), ("O38", "full"), ("O39", "silent"), ("O40", "silent")
    ]  # fmt: skip


def test_shares_of_small_organisations_follow_their_definition(figures: Story) -> None:
    """Small: at most 3 deliveries, or micro or small; recounted without frames."""
    made = sample()
    done = [org_id for org_ids in made.deliveries["org_ids"] for org_id in org_ids]
    small = {
        row["org_id"]
        for row in made.organisations.iter_rows(named=True)
        if done.count(row["org_id"]) <= 3 or row["size"] in ("micro", "small")
    }
    places = [row["org_id"] for row in made.matches.iter_rows(named=True) if row["rank"] <= 3]
    proposed = set(made.matches["org_id"])
    assert figures.small.all == pytest.approx(len(small) / 40)
    assert figures.small.proposed == pytest.approx(len(small & proposed) / len(proposed))
    assert figures.small.top3 == pytest.approx(sum(org in small for org in places) / len(places))


def test_every_need_and_offer_stands_under_its_kind_and_city(figures: Story) -> None:
    """Nothing is lost between the totals and their parts; exclusions add up too."""
    assert sum(row.needs for row in figures.kinds) == 30
    assert sum(row.offers for row in figures.kinds) == figures.offers
    assert sum(row.unserved for row in figures.kinds) == 2
    assert sum(row.needs for row in figures.cities) == 30
    assert sum(row.offers for row in figures.excluded) == sample().excluded["offers"].sum()


def test_cross_city_counts_only_pairs_with_two_known_cities(figures: Story) -> None:
    """Recounted pair by pair over ranks 1 to 3."""
    made = sample()
    seat = dict(made.organisations.select("org_id", "city").iter_rows())
    city = dict(made.needs.select("need_id", "city").iter_rows())
    pairs = [
        (city[row["need_id"]], seat[row["org_id"]])
        for row in made.matches.iter_rows(named=True)
        if row["rank"] <= 3 and seat[row["org_id"]]
    ]
    assert figures.cross_city == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))


def test_an_empty_result_has_a_story_too() -> None:
    """No needs, no matches: zeros, no division by nothing."""
    made = sample()
    empty = Sample(
        made.organisations, made.needs.head(0), made.offers.head(0), made.deliveries.head(0), made.matches.head(0),
        made.excluded.head(0), made.supply.head(0),
    )  # fmt: skip
    figures = told(empty)
    assert (figures.needs, figures.proposed, figures.gini, figures.cross_city) == (0, 0, 0.0, None)
    assert figures.crowd == Crowd()
    assert len(figures.never) == 40


def test_a_story_does_not_depend_on_the_order_of_rows_and_leaves_its_input_alone(figures: Story) -> None:
    """Shuffled matches, offers and exclusions tell the same story."""
    made = sample()
    before = made.matches.clone()
    shuffled = Sample(**{
        name: frame.sample(fraction=1, shuffle=True, seed=7) if name in ("matches", "offers", "excluded") else frame
        for name, frame in vars(made).items()
    })  # fmt: skip
    assert told(shuffled) == figures
    assert_frame_equal(made.matches, before)
