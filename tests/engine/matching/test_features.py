"""What a ranker may know: the same in training and serving, and nothing of the need's day or later."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.matching import learnable, tiny

from tandem.domain.reasons import CODES
from tandem.engine.matching import constraints, corpus
from tandem.engine.matching.explain import Case
from tandem.engine.matching.features import FEATURES, GROUP_NAMES, features, history
from tandem.engine.matching.match import consider
from tandem.engine.matching.settings import MatchSettings

TINY = learnable.world(needs=4, per_trade=2)


def case_of(
    world: learnable.World, need: int = 0, organisations: pl.DataFrame | None = None, **given: object
) -> Case:
    orgs = world.organisations if organisations is None else organisations
    supply = corpus.read(orgs, world.offers, world.deliveries)
    terms = constraints.terms_of(world.offers, supply)
    row = {**world.needs.row(need, named=True), **given}
    return consider(row, supply, terms, date(2030, 1, 1), MatchSettings())


def planted(world: learnable.World, *rows: dict[str, object]) -> learnable.World:
    more = tiny.deliveries(*rows)
    return learnable.World(
        world.needs, world.organisations, world.offers, pl.concat([world.deliveries, more]), world.truth
    )


def test_groups_are_reason_codes():
    """Each group of features is told under a reason's code (evidence: under those of its documents)."""
    assert set(GROUP_NAMES) - {"evidence"} <= set(CODES)


def test_a_delivery_on_the_day_or_later_changes_nothing():
    """A planted leak: word for word the need itself, delivered on its day and after it, by somebody else."""
    before = case_of(TINY)
    need = TINY.needs.row(0, named=True)
    copies = [
        {"delivery_id": f"z{later}", "title": need["title"], "text": need["text"], "org_ids": ["o51"],
         "delivered_on": need["posted_on"] + timedelta(days=later), "rating": 1.0}
        for later in (0, 1, 400)
    ]  # fmt: skip
    after = case_of(planted(TINY, *copies))
    assert features(before).organisations.tolist() == features(after).organisations.tolist()
    np.testing.assert_array_equal(features(before).values, features(after).values)


def test_a_delivery_the_day_before_counts():
    need = TINY.needs.row(0, named=True)
    copy = {"delivery_id": "z", "title": need["title"], "text": need["text"], "org_ids": ["o51"],
            "delivered_on": need["posted_on"] - timedelta(days=1)}  # fmt: skip
    after = features(case_of(planted(TINY, copy)))
    place = after.organisations.tolist().index(sorted(TINY.organisations["org_id"]).index("o51"))
    assert after.column("coverage")[place] == 1.0
    assert after.column("since_last")[place] < 0.01


def test_history_by_hand():
    """Three deliveries, one of them later: two count; the fading sum and the age of the last are those of the two."""
    world = learnable.World(
        tiny.needs({"title": "gear box", "posted_on": date(2020, 1, 1)}),
        tiny.organisations("a", "b"),
        tiny.offers(),
        tiny.deliveries(
            {"delivery_id": "1", "title": "gear", "org_ids": ["a", "b"], "delivered_on": date(2019, 1, 1)},
            {
                "delivery_id": "2",
                "title": "gear",
                "org_ids": ["a"],
                "delivered_on": date(2018, 1, 1),
                "rating": 0.5,
            },
            {
                "delivery_id": "3",
                "title": "gear",
                "org_ids": ["a"],
                "delivered_on": date(2021, 1, 1),
                "rating": 1.0,
            },
        ),
        pl.DataFrame(),
    )
    case = case_of(world)
    found = features(case)
    assert history(case).tolist() == [2, 1]
    np.testing.assert_allclose(found.column("history"), np.log([3, 2]))
    np.testing.assert_allclose(found.column("since_last"), 365 / 365.25)
    one, two = 0.7 ** (365 / 365.25), 0.7 ** (730 / 365.25)
    np.testing.assert_allclose(found.column("recent"), [1.0, one / (one + two)])
    np.testing.assert_array_equal(found.column("rating"), [0.5, np.nan])


def test_size_and_city_are_known_or_unknown():
    sizes = TINY.organisations.with_columns(
        size=pl.when(pl.col("org_id").str.ends_with("0")).then(pl.lit("micro")).otherwise(pl.lit("large")),
        city=pl.when(pl.col("org_id").str.ends_with("0")).then(pl.lit("440100")),
    )
    found = features(case_of(TINY, organisations=sizes, city="440100"))
    names = [sorted(TINY.organisations["org_id"])[org] for org in found.organisations.tolist()]
    np.testing.assert_array_equal(found.column("small"), [float(name.endswith("0")) for name in names])
    np.testing.assert_array_equal(
        found.column("same_city"), [1.0 if n.endswith("0") else np.nan for n in names]
    )
    assert np.isnan(features(case_of(TINY)).column("small")).all()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 3), st.permutations(range(TINY.deliveries.height)))
def test_order_of_rows_does_not_matter(need, order):
    """The same deliveries in any order: the same candidates, the same bits."""
    shuffled = learnable.World(
        TINY.needs, TINY.organisations, TINY.offers, TINY.deliveries[list(order)], TINY.truth
    )
    np.testing.assert_array_equal(
        features(case_of(shuffled, need)).values, features(case_of(TINY, need)).values
    )


def test_shares_lie_in_0_to_1():
    for need in range(TINY.needs.height):
        found = features(case_of(TINY, need))
        assert found.values.shape == (len(found.organisations), len(FEATURES))
        for name in (
            "score",
            "evidence",
            "profile",
            "best_vote",
            "nearest",
            "coverage",
            "recent",
            "history_share",
        ):
            assert (found.column(name) >= 0).all()
            assert (found.column(name) <= 1 + 1e-12).all()
