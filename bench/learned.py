"""A ranker learned from earlier needs against no ranker, and BM25 over profiles tuned on the set it is judged on.

    python -m bench.learned

Robotics: history to 2015, trained on needs of 2016-17, judged on those of 2018-19 with deliveries to 2017. The ranker
never sees the judged needs; the peer's k1 and b are the best of a grid ON them. Chances are judged on the same needs.
"""

from __future__ import annotations

import time

import numpy as np
import polars as pl
from bench import matching, sets
from rich.console import Console
from rich.table import Table

from tandem.engine.matching import calibrate, corpus
from tandem.engine.matching.learn import Learned, learn
from tandem.engine.matching.match import match_corpus
from tandem.engine.matching.settings import MatchSettings

RESAMPLES = 2000


def trained(measured: sets.Measured) -> Learned:
    """The ranker of the earlier cut of robotics."""
    cut = sets.earlier(measured, 2015, 2016, 2017)
    book = cut.book
    return learn(book.needs, book.organisations, book.offers, book.deliveries, cut.truth)


def gains(measured: sets.Measured, matches: pl.DataFrame) -> np.ndarray:
    """nDCG@10 of every need with a known outcome, by need_id."""
    pairs = measured.truth.unique()
    relevant = pairs.group_by("need_id").agg(n=pl.len()).sort("need_id")
    hits = matches.filter(pl.col("rank") <= 10).join(pairs, on=["need_id", "org_id"], how="inner")
    reached = hits.group_by("need_id").agg(dcg=(1.0 / (pl.col("rank") + 1).log(2)).sum())
    both = relevant.join(reached, on="need_id", how="left").sort("need_id")
    best = np.cumsum(1 / np.log2(np.arange(2, 12)))[np.minimum(both["n"].to_numpy(), 10) - 1]
    return both["dcg"].fill_null(0.0).to_numpy() / best


def ratio(own: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """Ratio of the means and its 95 % interval over needs drawn in pairs."""
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, len(own), len(own)) for _ in range(RESAMPLES)]
    low, high = np.percentile([own[pick].mean() / other[pick].mean() for pick in drawn], [2.5, 97.5])
    return float(own.mean() / other.mean()), float(low), float(high)


def main() -> None:
    measured = sets.load("robotics")
    if measured is None:
        return
    k1, b, peer = max(
        ((k1, b, found) for k1, b, found in matching.peer(measured)),
        key=lambda one: matching.judged(measured, one[2], 0).ndcg_10,
    )
    begun = time.process_time()
    learned = trained(measured)
    took = time.process_time() - begun
    book = measured.book
    supply = corpus.read(book.organisations, book.offers, book.deliveries)
    lists = {f"BM25 profile, k1 {k1}, b {b}": peer}
    for name, ranker in (("untrained", None), ("learned", learned.ranker)):
        settings = MatchSettings(top=matching.LISTED, explained=0, ranker=ranker, exposure_floor=0.0)
        lists[name] = match_corpus(book.needs, supply, book.offers, settings).matches
    Console(width=140).print(_table(measured, lists, peer))
    print(f"ranker: {dict(learned.ranker.data)}, blend {learned.ranker.blend}, {took:.0f} s of one core")
    print(f"on its own newest needs: {dict(learned.ranker.quality)}")
    for name, matches in list(lists.items())[1:]:
        _chances(measured, name, matches)


def _table(measured: sets.Measured, lists: dict[str, pl.DataFrame], peer: pl.DataFrame) -> Table:
    table = Table(
        "method",
        "nDCG@10",
        "95 %",
        "ratio to peer",
        "95 %",
        "R@100",
        "small in top 10",
        title=__doc__.split("\n")[0],
    )
    for name, matches in lists.items():
        quality = matching.judged(measured, matches)
        low, high = quality.ndcg_10_interval or (0.0, 0.0)
        times, least, most = ratio(gains(measured, matches), gains(measured, peer))
        table.add_row(
            name, f"{quality.ndcg_10:.4f}", f"{low:.3f}-{high:.3f}", f"{times:.2f}", f"{least:.2f}-{most:.2f}",
            f"{quality.recall_100:.4f}", f"{quality.small_share:.1%}",
        )  # fmt: skip
    return table


def _chances(measured: sets.Measured, name: str, matches: pl.DataFrame) -> None:
    """How the probabilities of the first ten places held."""
    first = matches.filter(pl.col("rank") <= 10)
    hit = first.join(measured.truth.unique().with_columns(hit=True), on=["need_id", "org_id"], how="left")
    said, done = first["probability"].to_numpy(), hit["hit"].fill_null(value=False).to_numpy()
    table = calibrate.reliability(said, done)
    shown = Table(*table.columns, title=f"{name}: predicted and observed success of the first ten places")
    for row in table.iter_rows():
        shown.add_row(*(f"{one:.3f}" if isinstance(one, float) else str(one) for one in row))
    Console(width=140).print(shown)
    print(
        f"Brier score {calibrate.brier(said, done):.4f}, calibration error {calibrate.expected_error(table):.4f}"
    )


if __name__ == "__main__":
    main()
