"""A learned ranker at work: the candidates of one need in a new order, with what each group of features adds.

    phi(i, g)  the features of group g in TreeSHAP of candidate i (exact: base + sum over g of phi = the trees' output)
    L(i, g)    = (phi(i, g) - min over candidates of phi(., g)) / max over candidates of sum over g of the same above
    score(i)   = (1 - blend) untrained(i) + blend sum over g of L(i, g)

What all candidates of a need share changes no order, so each group is counted from the candidate that has least of
it. So no weight is negative, a score lies in 0..1, and the weights add up to it exactly. The order of the learned
part is the order of the trees' output.  Lundberg et al. 2020 (TreeSHAP).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from tandem.base.errors import Invalid, Missing
from tandem.engine.matching import features as known
from tandem.engine.matching.explain import Case, Share
from tandem.engine.matching.features import FEATURES, GROUP_NAMES, GROUPS, Candidates
from tandem.engine.matching.ranker import Ranker
from tandem.engine.search.postings import FloatArray

_EVIDENCE, _PROFILE, _RECORD, _LEARNED = (
    GROUP_NAMES.index(n) for n in ("evidence", "profile", "record", "learned")
)
_MEMBER = np.array([GROUP_NAMES.index(group) for group in GROUPS.values()])  # feature -> its group


def rerank(case: Case, ranker: Ranker) -> Case:
    """The same case with its list in the learned order; as it was where nothing is learned or nobody is a candidate.

    Raises Missing("extra.learn") without LightGBM, Invalid("ranker.features") for a ranker of other features.
    """
    if ranker.blend == 0.0 or len(case.ranked.organisations) == 0:
        return case
    if ranker.features != FEATURES:
        raise Invalid("ranker.features", unknown=sorted(set(ranker.features) ^ set(FEATURES)))
    chosen = known.features(case)
    parts = group_parts(chosen, ranker.model)
    untrained = case.ranked.every[chosen.organisations]
    scores = blended(untrained, parts, ranker.blend)
    order = np.lexsort((chosen.organisations, -np.round(scores, 9)))[: case.settings.top]
    every = np.zeros_like(case.ranked.every)
    every[chosen.organisations] = scores
    ranked = replace(
        case.ranked, organisations=chosen.organisations[order], scores=scores[order], every=every,
        candidates=len(chosen.organisations),
    )  # fmt: skip
    return replace(case, ranked=ranked, shares=_shares(case, chosen, parts, ranker.blend))


def blended(untrained: FloatArray, parts: FloatArray, blend: float) -> FloatArray:
    """score(i) of the module, (candidates,)."""
    return np.asarray((1 - blend) * untrained + blend * parts.sum(axis=1))


def group_parts(chosen: Candidates, model: str) -> FloatArray:
    """L of the module: (candidates, groups) float64 >= 0, the largest row sum is 1 (0 where all are alike)."""
    found = np.asarray(booster(model).predict(chosen.values, pred_contrib=True, num_threads=1), np.float64)
    phi = np.zeros((len(found), len(GROUP_NAMES)))
    np.add.at(phi.T, _MEMBER, found[:, :-1].T)
    above = phi - phi.min(axis=0)
    highest = above.sum(axis=1).max(initial=0.0)
    return above / highest if highest > 1e-12 else np.zeros_like(above)


def lightgbm() -> Any:
    """The library of trees, an extra. Raises Missing("extra.learn") without it."""
    try:
        import lightgbm as library  # noqa: PLC0415
    except (ImportError, OSError):  # OSError: its shared library lacks one of the system's
        raise Missing("extra.learn", extra="learn") from None
    return library


@lru_cache(maxsize=4)
def booster(model: str) -> Any:
    """The trees of a model text, ready to be asked. Raises Missing("extra.learn") without LightGBM."""
    return lightgbm().Booster(model_str=model)


def _shares(case: Case, chosen: Candidates, parts: FloatArray, blend: float) -> Mapping[int, Share]:
    """How the score of each candidate is told: as evidence and profile where it has any, the rest as learned."""
    evidence = known.evidence(case)
    profile = np.sum(
        [unit * view.profile for unit, view in zip(case.ranked.profile, case.found, strict=True)], axis=0
    )
    delivered = known.history(case)
    shares = {}
    for org, part in zip(chosen.organisations.tolist(), (blend * parts), strict=True):
        rest = float(part[_LEARNED])
        told = {_EVIDENCE: evidence[org] > 0, _PROFILE: profile[org] > 0, _RECORD: delivered[org] > 0}
        own = {group: float(part[group]) if tellable else 0.0 for group, tellable in told.items()}
        rest += sum(float(part[group]) for group, tellable in told.items() if not tellable)
        kept = (1 - blend) * float(evidence[org])
        factor = (kept + own[_EVIDENCE]) / float(evidence[org]) if told[_EVIDENCE] else 1.0
        shares[org] = Share(factor, (1 - blend) * float(profile[org]) + own[_PROFILE], own[_RECORD], rest)
    return shares
