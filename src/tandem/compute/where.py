"""Where a pure function runs: in this process, in worker processes of this machine, or on a Dask scheduler.

    with where.on(Place(workers=2)) as workers:
        parts = workers.place([load_first, load_second])
        answers = workers.ask(parts, question, shared, each=[(own,), (own,)])

A part is named by how it is made (a function without arguments), so a worker that dies takes nothing along: whoever
asks next has the part made again. An answer must depend on nothing but the part and what is sent with the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from tandem.base.errors import Invalid

Load = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Place:
    """workers: so many processes of this machine (0: none, in this process); scheduler: an address, tcp:// or tls://.

    patience  seconds after which an unanswered question is given up: a broken cluster must not hang
    """

    workers: int = 0
    scheduler: str | None = None
    patience: float = 600.0


class Workers(Protocol):
    """What every backend can do."""

    count: int  # how many can work at once
    by_file: bool  # whether parts are best handed to them as files of this machine
    moved: int  # bytes sent and received so far

    def place(self, loads: Sequence[Load]) -> Any:
        """Has every part made, each where there is room."""

    def ask(
        self,
        parts: Any,
        question: Callable[..., Any],
        *shared: object,
        each: Sequence[tuple[object, ...]] = (),
    ) -> list[Any]:
        """question(part, *shared, *each[k]) of the k-th part, in the order of the parts."""


@contextmanager
def on(place: Place) -> Iterator[Workers]:
    """The workers of a place, for as long as the block lasts; nothing of them is left after it.

    Raises  Invalid compute.both (processes and a scheduler), compute.workers (negative), compute.address;
            Missing extra.cluster; Failed compute.start, compute.unreachable, compute.no_workers; and while asked
            compute.lost, compute.timeout, compute.failed
    """
    if place.workers < 0:
        raise Invalid("compute.workers", workers=place.workers)
    if place.workers and place.scheduler is not None:
        raise Invalid("compute.both")
    if not place.workers and place.scheduler is None:
        from tandem.compute.here import Here  # noqa: PLC0415

        yield Here()
        return
    from tandem.compute import cluster  # noqa: PLC0415

    with cluster.opened(place.workers, place.scheduler, place.patience) as workers:
        yield workers
