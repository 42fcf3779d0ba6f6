"""How good a match list is against known outcomes, and whom it shows: accuracy and exposure, always together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.base.errors import Invalid

DEPTH = 100  # ranks that are looked at
LIST = 10  # ranks that a person is taken to read
_DISCOUNT = 1.0 / np.log2(np.arange(2, LIST + 2))

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures of one match list; shares lie in 0..1.

    needs            needs with a known outcome; all count, one without matches scores 0
    without_matches  how many of them have none
    pairs            known (need, organisation) pairs
    repeats          listed pairs dropped because the organisation stood higher for the same need already
    ndcg_10          mean over needs of sum 1/log2(rank+1) over true organisations in the first 10, divided by the
                     best that is possible; ndcg_10_interval: its 95 % bootstrap interval over needs
    recall_10, recall_100  mean share of a need's true organisations in the first 10, 100
    mrr              mean of 1/rank of the first true organisation in the first 100
    hit_1, hit_10    share of needs with a true organisation on rank 1, in the first 10
    shown            distinct organisations in the first 10 of any need
    small_share      share of the places 1 to 10 held by small organisations (None without a history)
    small_recall_10  share of the pairs with a small organisation that stand in the first 10 (None without such)
    """

    needs: int
    without_matches: int
    pairs: int
    repeats: int
    ndcg_10: float
    ndcg_10_interval: tuple[float, float] | None
    recall_10: float
    recall_100: float
    mrr: float
    hit_1: float
    hit_10: float
    shown: int
    organisations: int | None = None
    small_organisations: int | None = None
    small_share: float | None = None
    small_recall_10: float | None = None


def evaluate(
    matches: pl.DataFrame,
    truth: pl.DataFrame,
    organisations: pl.DataFrame | None = None,
    deliveries: pl.DataFrame | None = None,
    *,
    small: int = 3,
    resamples: int = 1000,
    seed: int = 0,
) -> Quality:
    """Scores a ranking against outcomes.  nDCG: Järvelin & Kekäläinen 2002, binary gain, log2(rank + 1) discount.

    matches        need_id, rank (1..), org_id [, score breaks ties of rank]
    truth          need_id, org_id; matches of other needs are left out
    organisations  org_id; deliveries: org_ids (list); with one of them exposure is reported: an organisation is
                   small with at most `small` deliveries (none at all counts as small)
    resamples      of needs, for the interval; 0 leaves it out
    Raises         Invalid evaluate.no_truth where nothing is known
    Guarantees     inputs unchanged; the order of rows does not matter beyond ties of rank and score
    """
    pairs = truth.select("need_id", "org_id").drop_nulls().unique().sort("need_id", "org_id")
    if not pairs.height:
        raise Invalid("evaluate.no_truth")
    listed, repeats = _listed(matches, pairs)
    hits = listed.join(pairs, on=["need_id", "org_id"])
    per_need = _per_need(pairs, hits)
    relevant = per_need["relevant"].to_numpy()
    ndcg = per_need["dcg"].to_numpy() / np.cumsum(_DISCOUNT)[np.minimum(relevant, LIST) - 1]
    top = listed.filter(pl.col("place") <= LIST)
    return Quality(
        needs=per_need.height,
        without_matches=per_need.height - listed["need_id"].n_unique(),
        pairs=pairs.height,
        repeats=repeats,
        ndcg_10=float(ndcg.mean()),
        ndcg_10_interval=_interval(ndcg, resamples, seed) if resamples else None,
        recall_10=float((per_need["in_10"].to_numpy() / relevant).mean()),
        recall_100=float((per_need["in_100"].to_numpy() / relevant).mean()),
        mrr=float(per_need["reciprocal"].to_numpy().mean()),
        hit_1=float((per_need["in_1"].to_numpy() > 0).mean()),
        hit_10=float((per_need["in_10"].to_numpy() > 0).mean()),
        shown=top["org_id"].n_unique(),
        **_exposure(top, hits, pairs, organisations, deliveries, small),
    )


def _listed(matches: pl.DataFrame, pairs: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Each need's organisations with their place 1..100: repeats dropped, later ones move up."""
    order = ["need_id", "rank", *(["score"] if "score" in matches.columns else [])]
    falling = [name == "score" for name in order]
    asked = matches.join(pairs.select("need_id").unique(), on="need_id", how="semi")
    ordered = asked.sort(order, descending=falling, nulls_last=True, maintain_order=True)
    once = ordered.select("need_id", "org_id").unique(keep="first", maintain_order=True)
    placed = once.with_columns(place=pl.int_range(1, pl.len() + 1).over("need_id"))
    return placed.filter(pl.col("place") <= DEPTH), ordered.height - once.height


def _per_need(pairs: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """One row a need with a known outcome: relevant, dcg, in_1, in_10, in_100, reciprocal."""
    place = pl.col("place")
    found = hits.group_by("need_id").agg(
        dcg=(1.0 / (place.filter(place <= LIST) + 1).log(2)).sum(),
        in_1=(place == 1).sum().cast(pl.Int64),
        in_10=(place <= LIST).sum().cast(pl.Int64),
        in_100=pl.len().cast(pl.Int64),
        reciprocal=(1.0 / place).max(),
    )
    known = pairs.group_by("need_id").agg(relevant=pl.len().cast(pl.Int64))
    return known.join(found, on="need_id", how="left").fill_null(0).sort("need_id")


def _interval(values: Floats, resamples: int, seed: int) -> tuple[float, float]:
    """The 2.5 and 97.5 percentiles of the mean over resampled needs."""
    rng = np.random.default_rng(seed)
    means = [float(values[rng.integers(0, len(values), len(values))].mean()) for _ in range(resamples)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def _exposure(
    top: pl.DataFrame,
    hits: pl.DataFrame,
    pairs: pl.DataFrame,
    organisations: pl.DataFrame | None,
    deliveries: pl.DataFrame | None,
    small: int,
) -> dict[str, Any]:
    """The figures about small organisations; nothing where there is no history to tell them by."""
    if organisations is None and deliveries is None:
        return {}
    history = pl.DataFrame(schema={"org_id": pl.String, "n": pl.UInt32})
    if deliveries is not None:
        owners = (
            deliveries.select(org_id=pl.col("org_ids")).explode("org_id", empty_as_null=True).drop_nulls()
        )
        history = owners.group_by("org_id").agg(n=pl.len())
    base = (
        history.select("org_id")
        if organisations is None
        else organisations.select("org_id").drop_nulls().unique()
    )
    counted = base.join(history, on="org_id", how="left").fill_null(0)
    little = counted.filter(pl.col("n") <= small).select("org_id")
    wanted = pairs.join(little, on="org_id", how="semi").height
    found = hits.filter(pl.col("place") <= LIST).join(little, on="org_id", how="semi").height
    shown = top.join(little, on="org_id", how="semi").height
    return {
        "organisations": base.height,
        "small_organisations": little.height,
        "small_share": shown / top.height if top.height else 0.0,
        "small_recall_10": found / wanted if wanted else None,
    }
