"""What an exposure floor costs: share of small organisations in the top 10 against nDCG@10, robotics 2018-19.

    python -m bench.exposure

Small = at most 3 deliveries. The floor acts on the untrained and on the learned order (bench/learned.py). The loss is
against the same order without a floor, with the interval of the paired difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from bench import learned, matching, sets
from rich.console import Console
from rich.table import Table

from tandem.engine.matching import constraints, corpus, expose
from tandem.engine.matching.expose import Head
from tandem.engine.matching.match import consider, newest
from tandem.engine.matching.ranker import Ranker
from tandem.engine.matching.settings import MatchSettings

FLOORS = (0.0, 0.025, 0.05, 0.10)


def heads(measured: sets.Measured, supply: corpus.Corpus, ranker: Ranker | None) -> list[Head]:
    """The first places of every need and who could be lifted into them; the floor is applied afterwards."""
    book = measured.book
    terms = constraints.terms_of(book.offers, supply)
    as_of: date = newest(book.needs, supply)
    settings = MatchSettings(ranker=ranker, exposure_floor=max(FLOORS))
    return [
        expose.head(consider(need, supply, terms, as_of, settings))
        for need in book.needs.iter_rows(named=True)
    ]


def lists(
    measured: sets.Measured, supply: corpus.Corpus, found: Sequence[Head], counts: Sequence[int]
) -> pl.DataFrame:
    """need_id, rank, org_id with so many lifted into each list."""
    rows = [
        (need_id, place + 1, supply.org_ids[org])
        for need_id, head, count in zip(measured.book.needs["need_id"], found, counts, strict=True)
        for place, org in enumerate(head.after(count))
    ]
    return pl.DataFrame(rows, ["need_id", "rank", "org_id"], orient="row")


def main() -> None:
    measured = sets.load("robotics")
    if measured is None:
        return
    book = measured.book
    ranker = learned.trained(measured).ranker
    supply = corpus.read(book.organisations, book.offers, book.deliveries)
    table = Table(
        "order", "floor", "small in top 10", "nDCG@10", "loss", "95 %", "lifted", "score lost", "shown",
        "small truths found", title=__doc__.split("\n")[0],
    )  # fmt: skip
    for name, used in (("untrained", None), ("learned", ranker)):
        found = heads(measured, supply, used)
        plain = learned.gains(measured, lists(measured, supply, found, [0] * len(found)))
        for floor in FLOORS:
            counts, account = expose.lifts(found, floor)
            matches = lists(measured, supply, found, counts)
            quality = matching.judged(measured, matches, 0)
            lost, low, high = _loss(plain, learned.gains(measured, matches))
            table.add_row(
                name, f"{floor:.1%}", f"{quality.small_share:.2%}", f"{quality.ndcg_10:.4f}", f"{lost:.2%}",
                f"{low:.2%} to {high:.2%}", f"{account.lifted:,}", f"{account.score_loss:.1f}", f"{quality.shown:,}",
                f"{quality.small_recall_10 or 0:.1%}",
            )  # fmt: skip
    Console(width=150).print(table)


def _loss(before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Relative loss of the mean and its 95 % interval."""
    times, low, high = learned.ratio(after, before)
    return 1 - times, 1 - high, 1 - low


if __name__ == "__main__":
    main()
