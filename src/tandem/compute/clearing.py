"""Joint clearing beyond one process: auction rounds over parts of a market, wherever the parts are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tandem.compute.where import Load, Workers
from tandem.engine.clearing.clear import Clearing, ClearSettings
from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rounds import rounds
from tandem.engine.rounds.auctioneer import clear_in_rounds

PARTS_A_WORKER = 2  # what a lost worker had is made again by several others


@dataclass(frozen=True)
class Cleared:
    """A clearing and how it came about.

    rounds   how often all parts were asked a question, by its name
    active   how many needs bid in each auction round
    fetched  how many needs' edges came to the side that asks
    moved    bytes sent to workers and received from them; seconds by question, and "here" between questions
    """

    clearing: Clearing
    rounds: dict[str, int]
    active: tuple[int, ...]
    fetched: int
    parts: int
    moved: int
    seconds: dict[str, float]


def clear_on(workers: Workers, market: Market, settings: ClearSettings = ClearSettings()) -> Cleared:
    """What clear.clear finds within the wanted gap, by all workers; equal for any kind and number of them.

    Raises  Failed compute.lost, compute.timeout, compute.failed
    """
    parts = rounds.parts(market, PARTS_A_WORKER * workers.count)
    with _loads(parts, workers) as loads:
        return clear_parts(workers, loads, market.capacity, settings)


def clear_parts(
    workers: Workers, loads: Sequence[Load], capacity: Ints, settings: ClearSettings = ClearSettings()
) -> Cleared:
    """The same of parts that this process need not hold: each load makes a Market of some needs and all offers.

    The edges of the result are counted through all parts in their order.
    """
    asker = _Asker(workers, workers.place(loads))
    clearing, tally = clear_in_rounds(asker, capacity, settings)
    asker.note("here")
    return Cleared(
        clearing, tally.asked, tuple(tally.active), tally.fetched, len(loads), workers.moved, asker.seconds
    )


class _Asker:
    """Puts the questions to the workers and notes how long they take."""

    def __init__(self, workers: Workers, parts: Any) -> None:
        self.workers, self.parts, self.seconds = workers, parts, dict[str, float]()
        self.since = time.perf_counter()

    def __call__(
        self, question: Callable[..., Any], *shared: object, each: Sequence[tuple[object, ...]] = ()
    ) -> list[Any]:
        self.note("here")
        answers = self.workers.ask(self.parts, question, *shared, each=each)
        self.note(question.__name__)
        return answers

    def note(self, name: str) -> None:
        """The time since the last note went into this."""
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self.since
        self.since = now


@contextmanager
def _loads(parts: Sequence[Market], workers: Workers) -> Iterator[list[Load]]:
    """How a worker makes each part: from files, which processes of one machine share, or from what is sent along."""
    if not workers.by_file:
        yield [partial(_held, part) for part in parts]
    else:
        with TemporaryDirectory(prefix="tandem-") as folder:
            yield [_filed(part, Path(folder) / str(k)) for k, part in enumerate(parts)]


def _held(part: Market) -> Market:
    return part


def _filed(part: Market, folder: Path) -> Load:
    folder.mkdir()
    for name, array in vars(part).items():
        np.save(folder / name, array)
    return partial(_read, str(folder))


def _read(folder: str) -> Market:
    # copy-on-write pages: workers share them, and the arrays count as writable for compiled loops
    arrays = {path.stem: np.load(path, mmap_mode="c") for path in Path(folder).glob("*.npy")}
    return Market(**{name: np.asarray(array) for name, array in arrays.items()})
