"""On Dask: worker processes of this machine, or a scheduler that is already running.

Parts and what is shared by a question are tasks, not scattered data: the scheduler knows how each is made, and after
the death of a worker has it made again elsewhere. A cluster of this machine listens on the loopback address only and
has no dashboard. Who joins a scheduler trusts it: Dask sends programs.
"""

from __future__ import annotations

import asyncio
import pickle
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np

from tandem.base.errors import Failed, Invalid, Missing
from tandem.compute.where import Load

INSTALL = "pip install 'tandem-hub[cluster]'"
ADDRESS = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}/?")
LOOK = 0.5  # seconds between looks whether all workers are still there
ATTEMPTS = 5  # at one question, of which workers are lost
SMALL = 50_000  # bytes that may go along with every question
CONNECT = 30  # seconds for a scheduler to answer and for a first worker to be there
QUIET = {
    "distributed.admin.large-graph-warning-threshold": "1GB",  # parts travel inside tasks, on purpose
    "distributed.comm.timeouts.connect": f"{CONNECT}s",
    "distributed.deploy.lost-worker-timeout": "1 day",  # else who comes back slowly is not let in again
    "distributed.scheduler.work-stealing": False,  # parts are large; who has one answers for it
    "distributed.worker.memory.terminate": False,  # a part that does not fit is for people to decide
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.logging": {"distributed": "critical"},
}


@contextmanager
def opened(workers: int, scheduler: str | None, patience: float) -> Iterator[Cluster]:
    """A cluster of so many processes, or the one at an address; see where.on for what is raised."""
    if scheduler is not None and not ADDRESS.fullmatch(scheduler):
        raise Invalid("compute.address", address=scheduler)
    if find_spec("dask") is None or find_spec("distributed") is None:
        raise Missing("extra.cluster", command=INSTALL)
    import dask  # noqa: PLC0415

    with dask.config.set(QUIET), _processes(workers) if scheduler is None else _joined(scheduler) as client:
        yield Cluster(client, patience, by_file=scheduler is None)


@contextmanager
def _processes(count: int) -> Iterator[Any]:
    from distributed import Client, LocalCluster  # noqa: PLC0415

    try:
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # there is always a server; on a free port, with no routes (QUIET) and no dashboard it has nothing to say
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            worker_dashboard_address=None,
            silence_logs=50,
            memory_limit=0,
        )
    except (OSError, RuntimeError) as error:
        raise Failed("compute.start", workers=count, reason=str(error)) from error
    with cluster, Client(cluster, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        yield client


@contextmanager
def _joined(address: str) -> Iterator[Any]:
    from distributed import Client  # noqa: PLC0415

    try:
        client = Client(address, timeout=CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError) as error:
        raise Failed("compute.unreachable", address=address, reason=str(error)) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError as error:
            raise Failed("compute.no_workers", address=address) from error
        yield client


class Parts:
    """How parts are made, where they are, and which workers there were when they were made."""

    def __init__(self, loads: Sequence[Load], client: Any) -> None:
        self.loads, self.workers = loads, _workers(client)
        # without saying on which worker: after its death, Dask would wait for that very one for ever
        self.futures = [client.submit(load, pure=False) for load in loads]


class Cluster:
    """See where.Workers."""

    def __init__(self, client: Any, patience: float, *, by_file: bool) -> None:
        self.client, self.patience, self.by_file, self.moved = client, patience, by_file, 0
        self.count = max(1, len(_workers(client)))

    def place(self, loads: Sequence[Load]) -> Parts:
        """Has every part made; they stay where they are made."""
        self.moved += sum(size(load) for load in loads)
        return Parts(loads, self.client)

    def ask(
        self,
        parts: Parts,
        question: Callable[..., Any],
        *shared: object,
        each: Sequence[tuple[object, ...]] = (),
    ) -> list[Any]:
        """Asks all parts at once. Where a worker is gone and the answers do not come, parts are made anew and asked."""
        own = each or [()] * len(parts.loads)
        weight, until = size(shared), time.monotonic() + self.patience
        for _ in range(ATTEMPTS):
            # what is large goes over once, and on from worker to worker
            told = self.client.submit(_same, shared, pure=False) if weight > SMALL else shared
            answers = self._answers([_answer, question, told], parts, own, until)
            self.moved += weight * min(self.count, len(own)) + size(own)
            if answers is not None:
                self.moved += size(answers)
                return answers
            fresh = self.place(parts.loads)
            parts.futures, parts.workers = fresh.futures, fresh.workers
        raise Failed("compute.lost", reason=f"{ATTEMPTS} x {question.__name__}")

    def _answers(
        self, asking: list[Any], parts: Parts, own: Sequence[tuple[object, ...]], until: float
    ) -> list[Any] | None:
        """The answers, or None where a worker was lost meanwhile."""
        from distributed import KilledWorker  # noqa: PLC0415

        asked = [
            self.client.submit(*asking, part, args, pure=False)
            for part, args in zip(parts.futures, own, strict=True)
        ]
        try:
            found = self.client.sync(_collected, self.client, asked, parts.workers, until)
        except KilledWorker as error:
            raise Failed("compute.lost", reason=str(error)) from error
        except Exception as error:
            raise Failed("compute.failed", reason=f"{type(error).__name__}: {error}") from error
        if found is None and time.monotonic() >= until:
            raise Failed("compute.timeout", seconds=round(self.patience))
        return None if found is None else list(found)


async def _collected(client: Any, asked: list[Any], workers: set[str], until: float) -> list[Any] | None:
    """All answers; None where it is too late or one of these workers is no longer there."""
    collecting = asyncio.ensure_future(client.gather(asked, asynchronous=True))
    while not collecting.done():
        await asyncio.wait({collecting}, timeout=LOOK)
        if not collecting.done() and (time.monotonic() >= until or await _lost(client, workers)):
            asyncio.get_running_loop().set_exception_handler(_except_given_up)
            await client.cancel(asked, force=True, asynchronous=True)
            collecting.cancel()
            await asyncio.wait({collecting}, timeout=LOOK)
            return None
    return list(collecting.result())


def _except_given_up(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What Dask leaves behind of a question that was given up is nothing to tell anybody."""
    if type(context.get("exception")).__name__ != "AllExit":
        loop.default_exception_handler(context)


async def _lost(client: Any, workers: set[str]) -> bool:
    """Whether one of these workers is no longer there."""
    there = await client.scheduler.identity(n_workers=-1)
    return bool(workers - set(there["workers"]))


def _workers(client: Any) -> set[str]:
    """The addresses of all workers, as they are now."""
    return set(client.sync(client.scheduler.identity, n_workers=-1)["workers"])


def _same(shared: tuple[object, ...]) -> tuple[object, ...]:
    return shared


def _answer(
    question: Callable[..., Any], shared: tuple[object, ...], part: Any, own: tuple[object, ...]
) -> Any:
    """Runs on the worker. Arrays arrive there read-only, for which compiled loops would be compiled once more."""
    return question(part, *(_writable(one) for one in (*shared, *own)))


def _writable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.require(value, requirements="W")
    if isinstance(value, tuple):
        return (
            type(value)(*map(_writable, value)) if hasattr(value, "_fields") else tuple(map(_writable, value))
        )
    return value


def size(value: Any) -> int:
    """Bytes that a value takes when it is sent."""
    taken = 0

    def counted(buffer: pickle.PickleBuffer) -> None:
        nonlocal taken
        taken += buffer.raw().nbytes

    return len(pickle.dumps(value, protocol=5, buffer_callback=counted)) + taken
