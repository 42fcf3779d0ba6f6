"""Untrained matching against BM25 over whole profiles, tuned on the very set it is judged on.

    python -m bench.matching

The peer is bm25s over all deliveries of an organisation joined (none left out), English stemmer and stop words,
title twice, with the best k1 and b of a grid on each set: its best case. Ours has one setting for all sets.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product

import bm25s
import numpy as np
import polars as pl
import Stemmer
from bench import sets
from rich.console import Console
from rich.table import Table

from tandem.engine.matching import corpus, evaluate
from tandem.engine.matching.match import match_corpus
from tandem.engine.matching.settings import MatchSettings

GRID = tuple(product((0.4, 0.8, 1.2, 2.0), (0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9)))
LISTED = 100


def peer(measured: sets.Measured) -> Iterator[tuple[float, float, pl.DataFrame]]:
    """Ranked lists of the profile BM25 at every setting of the grid."""
    spread = measured.book.deliveries.explode("org_ids").drop_nulls("org_ids")
    texts = (
        spread.with_columns(whole=pl.Series(sets.whole_text(spread)))
        .group_by("org_ids")
        .agg("whole")
        .sort("org_ids")
    )
    stemmer = Stemmer.Stemmer("english")
    profiles = bm25s.tokenize(
        [" ".join(own) for own in texts["whole"]], stopwords="en", stemmer=stemmer, show_progress=False
    )
    asked = bm25s.tokenize(
        sets.whole_text(measured.book.needs), stopwords="en", stemmer=stemmer, show_progress=False
    )
    ids = texts["org_ids"].to_numpy()
    for k1, b in GRID:
        index = bm25s.BM25(k1=k1, b=b)
        index.index(profiles, show_progress=False)
        found, scores = index.retrieve(asked, k=LISTED, show_progress=False)
        yield k1, b, listed(measured.book.needs["need_id"], ids[found], scores)


def listed(need_ids: pl.Series, orgs: np.ndarray, scores: np.ndarray) -> pl.DataFrame:
    """Rows need_id, rank, org_id, score of a (needs, places) array."""
    return pl.DataFrame(
        {
            "need_id": need_ids.gather(np.repeat(np.arange(len(need_ids)), orgs.shape[1])),
            "rank": np.tile(np.arange(1, orgs.shape[1] + 1), len(need_ids)),
            "org_id": orgs.ravel(),
            "score": scores.ravel(),
        }
    )


def ours(measured: sets.Measured) -> tuple[pl.DataFrame, float, float]:
    """Our list, seconds to build, milliseconds a need (with reasons)."""
    book = measured.book
    begun = time.perf_counter()
    supply = corpus.read(book.organisations, book.offers, book.deliveries)
    built = time.perf_counter()
    found = match_corpus(book.needs, supply, book.offers, MatchSettings(top=LISTED))
    done = time.perf_counter()
    return found.matches, built - begun, 1000 * (done - built) / book.needs.height


def judged(measured: sets.Measured, matches: pl.DataFrame, resamples: int = 1000) -> evaluate.Quality:
    """Accuracy and exposure of a list against the set's truth."""
    book = measured.book
    return evaluate.evaluate(
        matches, measured.truth, book.organisations, book.deliveries, resamples=resamples
    )


def main() -> None:
    table = Table(
        "set", "method", "nDCG@10", "95 %", "R@100", "small in top 10", "ratio", title=__doc__.split("\n")[0]
    )
    for name in sets.NAMES:
        measured = sets.load(name)
        if measured is None:
            continue
        k1, b, best = max(
            ((k1, b, found) for k1, b, found in peer(measured)),
            key=lambda one: judged(measured, one[2], 0).ndcg_10,
        )
        peers = judged(measured, best)
        matches, build, per_need = ours(measured)
        own = judged(measured, matches)
        row(table, name, f"BM25 profile, k1 {k1}, b {b}", peers, 1.0)
        row(
            table,
            "",
            f"Tandem, untrained ({build:.1f} s + {per_need:.1f} ms a need)",
            own,
            own.ndcg_10 / peers.ndcg_10,
        )
    Console(width=140).print(table)


def row(table: Table, name: str, method: str, quality: evaluate.Quality, ratio: float) -> None:
    low, high = quality.ndcg_10_interval or (0.0, 0.0)
    table.add_row(
        name,
        method,
        f"{quality.ndcg_10:.4f}",
        f"{low:.3f}-{high:.3f}",
        f"{quality.recall_100:.4f}",
        f"{quality.small_share:.1%}",
        f"{ratio:.2f}",
    )


if __name__ == "__main__":
    main()
