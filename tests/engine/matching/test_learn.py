"""Learning: finds the lesson of the past, keeps quiet where there is none, explains itself, gives the same bytes."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.engine.matching import learnable, tiny
from tests.engine.matching.learnable import World

from tandem.base.errors import Invalid, Missing
from tandem.engine.matching import calibrate, constraints, corpus, features, learn, rerank
from tandem.engine.matching.evaluate import evaluate
from tandem.engine.matching.learn import Learned
from tandem.engine.matching.match import consider, match
from tandem.engine.matching.settings import MatchSettings

pytest.importorskip("lightgbm", reason="the extra 'learn' is not installed")


@cache
def past() -> World:
    return learnable.world(needs=90)


@cache
def lesson() -> Learned:
    return learn.learn(*past().tables, past().truth)


@cache
def listed(*, taught: bool) -> pl.DataFrame:
    later = learnable.world(needs=30, seed=2)
    settings = MatchSettings(ranker=lesson().ranker if taught else None, exposure_floor=0.0)
    return match(*later.tables, settings).matches


def test_it_learns_what_the_past_shows():
    """Whoever delivered last serves the need: found on needs never seen, by far better than without."""
    later = learnable.world(needs=30, seed=2)
    plain, taught = (evaluate(listed(taught=one), later.truth).ndcg_10 for one in (False, True))
    assert lesson().ranker.blend > 0
    assert taught > plain + 0.1


def test_where_there_is_nothing_to_learn_the_order_stays():
    """Outcomes by lot: the untrained order is kept, only the chances are learned."""
    world = learnable.world(needs=60, seed=2, noise=1.0)
    found = learn.learn(*world.tables, world.truth).ranker
    assert (found.blend, found.model) == (0.0, "")
    kept = match(*world.tables, MatchSettings(ranker=found)).matches
    untrained = match(*world.tables).matches
    assert kept.drop("probability").equals(untrained.drop("probability"))
    assert not kept["probability"].equals(untrained["probability"])


def test_the_same_data_give_the_same_bytes():
    world = past()
    shuffled = [frame.sample(fraction=1.0, shuffle=True, seed=3) for frame in (*world.tables, world.truth)]
    assert learn.learn(*shuffled).ranker == lesson().ranker


def test_deliveries_of_the_future_teach_nothing():
    """A planted leak: after each need's day its winner delivers it word for word. The trees do not change."""
    world = past()
    winners = dict(world.truth.iter_rows())
    planted = tiny.deliveries(
        *(
            {"delivery_id": f"z{row['need_id']}", "title": row["title"], "text": row["text"],
             "org_ids": [winners[row["need_id"]]], "delivered_on": date(2023, 1, 1) + timedelta(days=n)}
            for n, row in enumerate(world.needs.iter_rows(named=True))
        )
    )  # fmt: skip
    deliveries = pl.concat([world.deliveries, planted])
    found = learn.learn(world.needs, world.organisations, world.offers, deliveries, world.truth).ranker
    assert (found.model, found.blend, found.calibration) == (
        lesson().ranker.model,
        lesson().ranker.blend,
        lesson().ranker.calibration,
    )


def test_reasons_add_up_and_cite_evidence():
    """The weights of every match add up to its score; what is learned is told in the reasons that people know."""
    matches = listed(taught=True)
    seen = set()
    for reasons, score in matches.select("reasons", "score").iter_rows():
        parts = json.loads(reasons)
        assert sum(one["weight"] for one in parts) == pytest.approx(score, abs=1e-5)
        assert all(one["weight"] >= 0 for one in parts)
        seen |= {one["code"] for one in parts if one["weight"] > 0}
    assert {"delivery", "profile", "record"} <= seen
    assert matches["score"].max() <= 1 + 1e-5


def test_lists_fall_in_score_and_chance():
    for own in listed(taught=True).partition_by("need_id"):
        assert (np.diff(own["score"]) < 2e-5).all()  # weights are rounded one by one
        assert own["probability"].is_sorted(descending=True)
        assert own["probability"].is_between(0, 1).all()


def test_groups_are_tree_shap_counted_from_the_least():
    """The parts of a group differ between candidates as its SHAP values do; the trees' output orders their sums."""
    world, model = past(), lesson().ranker.model
    supply = corpus.read(world.organisations, world.offers, world.deliveries)
    terms = constraints.terms_of(world.offers, supply)
    case = consider(world.needs.row(5, named=True), supply, terms, date(2030, 1, 1), MatchSettings())
    chosen = features.features(case)
    parts = rerank.group_parts(chosen, model)
    booster = rerank.booster(model)
    shap = booster.predict(chosen.values, pred_contrib=True)
    np.testing.assert_allclose(shap.sum(axis=1), booster.predict(chosen.values), atol=1e-9)
    raw = shap.sum(axis=1)
    scale = parts.sum(axis=1)
    np.testing.assert_allclose(
        np.diff(scale) * (raw.max() - raw.min()), np.diff(raw) * np.ptp(scale), atol=1e-9
    )
    assert parts.min() == 0.0
    assert scale.max() == pytest.approx(1.0)


def test_the_exposure_floor_works_on_learned_lists_too():
    later = learnable.world(needs=10, seed=2)
    result = match(*later.tables, MatchSettings(ranker=lesson().ranker, exposure_floor=1.0, small_history=2))
    lifted = [one for one in result.matches["reasons"] if '"floor"' in one]
    assert len(lifted) == result.exposure.lifted
    assert result.exposure.small == result.exposure.small_before + result.exposure.lifted


def test_figures_and_calibration():
    quality, reliability = lesson().ranker.quality, lesson().reliability
    assert quality["ndcg_10_learned"] > quality["ndcg_10_untrained"] + quality["gain_error"]
    assert reliability["matches"].sum() > 0
    assert quality["calibration_error"] == pytest.approx(calibrate.expected_error(reliability))
    assert lesson().ranker.data["needs"] <= 90


def test_too_few_needs():
    world = learnable.world(needs=8)
    with pytest.raises(Invalid) as raised:
        learn.learn(*world.tables, world.truth)
    assert raised.value.code == "learn.few"


def test_other_features_are_refused():
    ranker = replace(lesson().ranker, features=("height", "weight"))
    with pytest.raises(Invalid) as raised:
        match(*past().tables, MatchSettings(ranker=ranker))
    assert raised.value.code == "ranker.features"


def test_without_the_library(monkeypatch):
    """Without the extra: a refusal that names it, for learning and for using a ranker."""
    monkeypatch.setitem(__import__("sys").modules, "lightgbm", None)
    with pytest.raises(Missing) as raised:
        learn.learn(*past().tables, past().truth)
    assert (raised.value.code, raised.value.params["extra"]) == ("extra.learn", "learn")
