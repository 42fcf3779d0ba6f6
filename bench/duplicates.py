"""Probable duplicates among the 4,701 names of the robotics set: what is proposed, how right it is, what it changes.

bench/data/duplicate_labels.tsv: pairs of names proposed by an early version, drawn at all scores from 0.6 up and
judged by hand. bench/data/duplicate_known.tsv: names known to be one organisation, a line each, listed from the
names alone before anything was proposed. Needs ../shared/data/matching/robotics (or TANDEM_DATA).
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from pathlib import Path

import polars as pl

from tandem.engine.identity import duplicates, merges

DATA = Path(__file__).parent / "data"
SHARED = (
    Path(os.environ.get("TANDEM_DATA", Path(__file__).parents[2] / "shared" / "data"))
    / "matching"
    / "robotics"
)
BANDS = (0.6, 0.7, 0.8, 0.85, 0.95, 1.01)
Pair = tuple[str, str]


def read() -> dict[str, pl.DataFrame]:
    """The robotics set as exchange tables."""
    rows = pl.read_parquet(SHARED / "deliveries.parquet")
    deliveries = rows.group_by("delivery_id", maintain_order=True).agg(
        pl.col("org_id").unique(maintain_order=True).alias("org_ids"),
        pl.col("title", "text").first(),
        pl.col("delivered_on").first().str.to_date(),
    )
    return {
        "organisations": pl.read_parquet(SHARED / "organisations.parquet"),
        "deliveries": deliveries.with_columns(pl.lit(None, pl.Float64).alias("rating")),
        "needs": pl.read_parquet(SHARED / "needs_dev.parquet"),
        "truth": pl.read_parquet(SHARED / "truth_dev.parquet"),
    }


def labels() -> dict[Pair, bool]:
    """Pairs of names judged by hand: one organisation or not."""
    lines = (DATA / "duplicate_labels.tsv").read_text("utf-8").splitlines()[1:]
    return {_pair(one, two): same == "yes" for same, one, two in (line.split("\t") for line in lines)}


def known() -> set[Pair]:
    """All pairs of names known to be one organisation."""
    lines = (DATA / "duplicate_known.tsv").read_text("utf-8").splitlines()
    return {_pair(*pair) for line in lines for pair in itertools.combinations(line.split("\t"), 2)}


def _pair(one: str, two: str) -> Pair:
    return (one, two) if one < two else (two, one)


def judged(scores: dict[Pair, float]) -> None:
    """Print precision by band of score, and recall of the known pairs."""
    by_hand = labels()
    print(f"\n{'score':>12}{'proposed':>10}{'judged':>8}{'right':>7}{'precision':>11}")
    weighted = total = 0.0
    for low, high in itertools.pairwise(BANDS):
        band = [pair for pair, score in scores.items() if low <= score < high]
        seen = [by_hand[pair] for pair in band if pair in by_hand]
        share = sum(seen) / max(len(seen), 1)
        print(f"{low:6.2f}-{min(high, 1):.2f}{len(band):10}{len(seen):8}{sum(seen):7}{share:11.3f}")
        if low >= duplicates.DuplicateSettings().confident:
            weighted, total = weighted + share * len(band), total + len(band)
    print(
        f"precision at {duplicates.DuplicateSettings().confident}, bands weighted by size: {weighted / total:.3f}"
    )
    sure = known()
    for threshold in (0.6, 0.7, 0.8):
        found = sum(scores.get(pair, 0.0) >= threshold for pair in sure)
        print(f"recall of {len(sure)} known pairs at {threshold}: {found / len(sure):.3f}")


def grouped(merged: pl.DataFrame, name: dict[str, str]) -> None:
    """Print how many known pairs end in one organisation, and how large the groups are."""
    into = {name[one]: name[two] for one, two in merged.iter_rows()}
    together = sum(into.get(one, one) == into.get(two, two) for one, two in known())
    judged = [
        same for pair, same in labels().items() if into.get(pair[0], pair[0]) == into.get(pair[1], pair[1])
    ]
    print(f"judged pairs that the suggested merges join: {len(judged)}, wrongly {len(judged) - sum(judged)}")
    sizes = merged["into_org_id"].value_counts()["count"]
    print(f"suggested merges: {merged.height} into {len(sizes)}, largest {sizes.max()} + 1")
    print(f"recall of known pairs through the suggested groups: {together / len(known()):.3f}")


def main() -> None:
    """Print the tables; --metrics also ranks before and after merging (minutes)."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--metrics", action="store_true", help="rank before and after merging")
    asked.add_argument("--needs", type=int, default=400, help="needs to rank, evenly drawn")
    given = asked.parse_args()
    if not SHARED.exists():
        raise SystemExit(f"the robotics set is not at {SHARED}: set TANDEM_DATA")
    frames = read()
    start = time.perf_counter()
    found = duplicates.organisations(frames["organisations"], frames["deliveries"])
    print(
        f"{frames['organisations'].height} names: {found.height} pairs proposed in {time.perf_counter() - start:.1f} s"
    )
    name = dict(frames["organisations"].select("org_id", "name").iter_rows())
    judged({_pair(name[one], name[two]): score for one, two, score in found[:, :3].iter_rows()})
    merged = duplicates.suggest(found, frames["organisations"], frames["deliveries"])
    grouped(merged, name)
    if given.metrics:
        metrics(frames, merged, given.needs)


def metrics(frames: dict[str, pl.DataFrame], merged: pl.DataFrame, count: int) -> None:
    """Print ranking quality before and after merging, on the same needs."""
    from tandem.engine.matching import evaluate, match

    ids = frames["needs"].sort("need_id")["need_id"].gather_every(max(frames["needs"].height // count, 1))
    needs = as_needs(frames["needs"].filter(pl.col("need_id").is_in(ids.implode())))
    truth = frames["truth"].filter(pl.col("need_id").is_in(ids.implode()))
    for label, tables in (
        ("before", {**frames, "truth": truth}),
        ("after", merges.apply_merges({**frames, "truth": truth}, merged)),
    ):
        result = match.match(
            needs, tables["organisations"], no_offers(), tables["deliveries"], match.MatchSettings(top=100)
        )
        quality = evaluate.evaluate(result.matches, tables["truth"])
        low, high = quality.ndcg_10_interval or (0.0, 0.0)
        print(
            f"{label:7}{quality.needs} needs: nDCG@10 {quality.ndcg_10:.4f} [{low:.4f} {high:.4f}]  "
            f"R@10 {quality.recall_10:.4f}  R@100 {quality.recall_100:.4f}  hit@10 {quality.hit_10:.4f}  "
            f"MRR {quality.mrr:.4f}  organisations shown {quality.shown}"
        )


def as_needs(rows: pl.DataFrame) -> pl.DataFrame:
    """Needs with the columns that matching reads."""
    empty = [pl.lit(None, pl.String).alias(column) for column in ("kind", "city", "org_id", "lang")]
    return rows.with_columns(
        pl.col("posted_on").str.to_date(),
        *empty,
        pl.lit(None, pl.Date).alias("due_on"),
        pl.lit(1).alias("slots"),
    )


def no_offers() -> pl.DataFrame:
    """An offers table without rows."""
    return pl.DataFrame(
        schema={
            "offer_id": pl.String,
            "title": pl.String,
            "org_id": pl.String,
            "kind": pl.String,
            "text": pl.String,
            "capacity": pl.Int64,
            "cities_served": pl.List(pl.String),
            "available_from": pl.Date,
            "available_to": pl.Date,
        }
    )


if __name__ == "__main__":
    main()
