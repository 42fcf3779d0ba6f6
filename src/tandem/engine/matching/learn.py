"""Learning from outcomes: past needs and who served them in, a ranker out, with what it is worth.

The trees are trained on the earlier needs; their number and their share in the score are chosen on the later ones,
because that is what they are for. A ranker that is not clearly better there than no ranker is not kept: the order
stays untrained, and the outcomes serve the calibration only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.base.errors import Invalid
from tandem.engine.matching import calibrate, constraints, corpus, features, rerank
from tandem.engine.matching.calibrate import Curve
from tandem.engine.matching.features import FEATURES, Candidates
from tandem.engine.matching.match import consider, newest
from tandem.engine.matching.ranker import Ranker
from tandem.engine.matching.settings import MatchSettings
from tandem.engine.search.postings import BoolArray, FloatArray
from tandem.engine.search.tokens import IntArray

LEAST = 20  # needs with a known outcome among the candidates, below which nothing can be learned
MOST = 20_000  # the newest needs are used; bounds memory
LATER = 0.3  # share of the needs, the newest, on which choices are made
_TREES, _STEP = 200, 10
_BLENDS = (0.25, 0.5, 0.75, 0.9)  # never all: whoever is a candidate keeps a score above 0
_SURE = 2.0  # standard errors that a gain must be above: about one in forty by chance
_LIST = 10
_DISCOUNT = 1 / np.log2(np.arange(2, _LIST + 2))

# Small, slow to believe, and the same on every machine: chosen on robotics needs of 2016-17 (docs/decisions/0012).
PARAMETERS: Mapping[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 20,
    "learning_rate": 0.1,
    "num_leaves": 8,
    "max_depth": 3,
    "max_bin": 63,
    "min_data_in_leaf": 50,
    "lambda_l2": 10.0,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Example:
    """One past need: its candidates, which of them served it, how many organisations did in all.

    scores  (candidates,) untrained; spread: calibrate.spread of the untrained scores of all organisations
    """

    need_id: str
    day: date
    candidates: Candidates
    served: BoolArray
    relevant: int
    scores: FloatArray
    spread: float


@dataclass(frozen=True)
class Learned:
    """What learning gives: the ranker, and how well its probabilities held on needs they were not made from.

    reliability  calibrate.reliability of the first 10 places; ranker.quality holds the figures:
                 judged_on (needs), ndcg_10_untrained, ndcg_10_learned (judged crosswise), gain_error (standard
                 error of the difference), trees, brier, calibration_error
    """

    ranker: Ranker
    reliability: pl.DataFrame


def learn(
    needs: pl.DataFrame,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    truth: pl.DataFrame,
    settings: MatchSettings = MatchSettings(),
) -> Learned:
    """A ranker from past needs with known outcomes; the same tables give the same ranker, bit for bit.

    The frames are the canonical exchange tables; `truth` names who served which need. For each need only what was
    delivered before its day is looked at. Raises Invalid("learn.few") under LEAST usable needs, Missing("extra.learn").
    """
    rerank.lightgbm()
    seen = examples(needs, organisations, offers, deliveries, truth, settings)
    if len(seen) < LEAST:
        raise Invalid("learn.few", needs=len(seen), least=LEAST)
    cut = round(len(seen) * (1 - LATER))
    choice = _choose(seen[:cut], seen[cut:])
    kept = choice.blend > 0.0
    model = _trained(seen, choice.trees) if kept else ""
    unseen = seen[cut:] if kept else seen
    curve, reliability, held = _calibrated(
        unseen, choice.scores if kept else [one.scores for one in seen], kept
    )
    data = {
        "needs": len(seen),
        "pairs": sum(one.relevant for one in seen),
        "first": seen[0].day.isoformat(),
        "last": seen[-1].day.isoformat(),
        "organisations": organisations.height,
        "deliveries": deliveries.height,
    }
    return Learned(
        Ranker(model, FEATURES, choice.blend, curve, data, {**choice.figures, **held}), reliability
    )


def examples(
    needs: pl.DataFrame,
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    truth: pl.DataFrame,
    settings: MatchSettings,
) -> list[Example]:
    """The needs with a known outcome as training examples, oldest first, the newest MOST of them."""
    supply = corpus.read(organisations, offers, deliveries)
    terms = constraints.terms_of(offers, supply)
    number = {org: i for i, org in enumerate(supply.org_ids)}
    served: dict[str, set[int]] = {}
    for need_id, org in truth.select("need_id", "org_id").drop_nulls().iter_rows():
        if org in number:
            served.setdefault(need_id, set()).add(number[org])
    as_of = settings.as_of or newest(needs, supply)
    known = needs.filter(pl.col("need_id").is_in(list(served))).with_columns(
        pl.col("posted_on").fill_null(as_of)
    )
    found = []
    for need in known.sort("posted_on", "need_id").tail(MOST).iter_rows(named=True):
        case = consider(need, supply, terms, as_of, settings)
        chosen = features.features(case)
        if len(chosen.organisations):
            hit = np.isin(chosen.organisations, list(served[need["need_id"]]))
            scores = case.ranked.every[chosen.organisations]
            spread = calibrate.spread(case.ranked.every)
            found.append(
                Example(
                    need["need_id"],
                    need["posted_on"],
                    chosen,
                    hit,
                    len(served[need["need_id"]]),
                    scores,
                    spread,
                )
            )
    return found


@dataclass(frozen=True)
class _Choice:
    """What was chosen on the later needs, their scores under it, and the figures that speak for it."""

    trees: int
    blend: float
    scores: Sequence[FloatArray]
    figures: Mapping[str, Any]


def _choose(earlier: Sequence[Example], later: Sequence[Example]) -> _Choice:
    """The number of trees and the blend that do best on the later needs; blend 0 where none is better beyond chance.

    Choosing the best of many flatters it. So its worth is judged crosswise: what every second need chooses is judged
    on the others, and the other way round.
    """
    untrained = [one.scores for one in later]
    plain = _gains(later, untrained)
    figures = {"judged_on": len(later), "ndcg_10_untrained": float(plain.mean())}
    if not any(one.served.any() for one in earlier):
        none = {"ndcg_10_learned": float(plain.mean()), "gain_error": 0.0, "trees": 0}
        return _Choice(0, 0.0, untrained, figures | none)
    tried = _Tried(rerank.booster(_trained(earlier, _TREES)), later)
    everyone = np.arange(len(later))
    honest = np.zeros(len(later))
    for side in (0, 1):
        trees, blend = tried.best(everyone[1 - side :: 2])
        honest[side::2] = _gains(later, tried.scores(trees, blend))[side::2]
    gain = honest - plain
    error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    trees, blend = tried.best(everyone)
    figures |= {"ndcg_10_learned": float(honest.mean()), "gain_error": error, "trees": trees}
    kept = gain.mean() > _SURE * error
    return _Choice(trees, blend if kept else 0.0, tried.scores(trees, blend), figures)


class _Tried:
    """Every number of trees and every blend on the later needs, each computed once."""

    def __init__(self, booster: Any, later: Sequence[Example]) -> None:
        self._booster, self._later = booster, later
        self._parts: dict[int, list[FloatArray]] = {}
        self._gains = {
            trees: _gains(later, [self._output(one, trees) for one in later])
            for trees in range(_STEP, _TREES + 1, _STEP)
        }

    def best(self, needs: IntArray) -> tuple[int, float]:
        """The number of trees that does best alone on these needs, then its best blend; the smaller of equals."""
        trees = max(self._gains, key=lambda n: (round(float(self._gains[n][needs].mean()), 9), -n))
        reached = {blend: _gains(self._later, self.scores(trees, blend))[needs].mean() for blend in _BLENDS}
        return trees, max(reached, key=lambda blend: (round(float(reached[blend]), 9), -blend))

    def scores(self, trees: int, blend: float) -> list[FloatArray]:
        """The scores of all later needs, exactly as serving makes them."""
        if trees not in self._parts:
            model = _trees_only(self._booster.model_to_string(num_iteration=trees))
            self._parts[trees] = [rerank.group_parts(one.candidates, model) for one in self._later]
        pairs = zip(self._later, self._parts[trees], strict=True)
        return [rerank.blended(one.scores, part, blend) for one, part in pairs]

    def _output(self, one: Example, trees: int) -> FloatArray:
        found = self._booster.predict(one.candidates.values, num_iteration=trees, num_threads=1)
        return np.asarray(found, np.float64)


def _gains(seen: Sequence[Example], scores: Sequence[FloatArray]) -> npt.NDArray[np.float64]:
    """nDCG@10 of each need; true organisations that are no candidates count as missed."""
    found = []
    for one, own in zip(seen, scores, strict=True):
        order = np.lexsort((one.candidates.organisations, -np.round(own, 9)))[:_LIST]
        hits = one.served[order]
        found.append(
            float(hits @ _DISCOUNT[: len(hits)]) / float(_DISCOUNT[: min(one.relevant, _LIST)].sum())
        )
    return np.array(found)


def _trained(seen: Sequence[Example], trees: int) -> str:
    """The model text of trees trained on these needs; those that no candidate served teach nothing."""
    library = rerank.lightgbm()
    useful = [one for one in seen if one.served.any()]
    data = library.Dataset(
        np.concatenate([one.candidates.values for one in useful]),
        np.concatenate([one.served for one in useful]).astype(np.float64),
        group=[len(one.served) for one in useful],
        feature_name=list(FEATURES),
        params={"verbosity": -1},
    )
    return _trees_only(library.train(dict(PARAMETERS), data, trees).model_to_string())


def _trees_only(model: str) -> str:
    """A model text without what follows its trees (importances, parameters), which no prediction needs."""
    end = "end of trees\n"
    return model[: model.index(end) + len(end)]


def _calibrated(
    seen: Sequence[Example], scores: Sequence[FloatArray], reranked: bool
) -> tuple[Curve, pl.DataFrame, dict[str, float]]:
    """The curve from all these needs; and how the curves of every second need held on the others' first places."""
    stands = [
        calibrate.standing(own, calibrate.spread(own) if reranked else one.spread)
        for one, own in zip(seen, scores, strict=True)
    ]
    chances, happened = [], []
    for side in (0, 1):
        curve = _fitted(seen[side::2], stands[side::2])
        for one, stand in zip(seen[1 - side :: 2], stands[1 - side :: 2], strict=True):
            first = np.lexsort((one.candidates.organisations, -np.round(stand, 9)))[:_LIST]
            chances.append(curve.at(stand[first]))
            happened.append(one.served[first])
    said, done = np.concatenate(chances), np.concatenate(happened)
    table = calibrate.reliability(said, done)
    held = {"brier": calibrate.brier(said, done), "calibration_error": calibrate.expected_error(table)}
    return _fitted(seen, stands), table, held


def _fitted(seen: Sequence[Example], stands: Sequence[FloatArray]) -> Curve:
    return calibrate.fit(np.concatenate(stands), np.concatenate([one.served for one in seen]))
