"""On Dask: worker processes of this machine, or a scheduler that is already running.

Parts and what is shared by a question are tasks, not scattered data: the scheduler knows how each is made, and after
the death of a worker has it made again elsewhere. A cluster of this machine listens on the loopback address only and
has no dashboard. Who joins a scheduler trusts it: Dask sends programs.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np

from tandem.base.errors import Failed, Invalid, Missing, TandemError
from tandem.compute.where import Load

INSTALL = "pip install 'tandem-hub[cluster]'"
ADDRESS = re.compile(r"(tcp|tls)://[^\s/@]+:\d{1,5}/?")
CONNECT = 30  # seconds for a scheduler to answer and for a first worker to be there
QUIET = {
    "distributed.admin.large-graph-warning-threshold": "1GB",  # parts travel inside tasks, on purpose
    "distributed.comm.timeouts.connect": f"{CONNECT}s",
    "distributed.scheduler.work-stealing": False,  # parts are large; who has one answers for it
    "distributed.worker.memory.terminate": False,  # a part that does not fit is for people to decide
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
        yield Cluster(client, patience, shares_files=scheduler is None)


@contextmanager
def _processes(count: int) -> Iterator[Any]:
    from distributed import Client, LocalCluster  # noqa: PLC0415

    cluster = LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
        silence_logs=50,
        memory_limit=0,
    )
    with cluster, Client(cluster, set_as_default=False) as client:
        yield client


@contextmanager
def _joined(address: str) -> Iterator[Any]:
    from distributed import Client  # noqa: PLC0415

    try:
        client = Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise Failed("compute.unreachable", address=address, reason=str(error)) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError as error:
            raise Failed("compute.no_workers", address=address) from error
        yield client


class Cluster:
    """See where.Workers."""

    def __init__(self, client: Any, patience: float, *, shares_files: bool) -> None:
        self.client, self.patience, self.shares_files, self.moved = client, patience, shares_files, 0
        self.count = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))

    def place(self, loads: Sequence[Load]) -> list[Any]:
        """Has every part made, in turn by every worker; they stay there."""
        at = sorted(self.client.scheduler_info(n_workers=-1)["workers"])
        self.moved += sum(size(load) for load in loads)
        return [
            self.client.submit(load, pure=False, workers=at[k % len(at)], allow_other_workers=True)
            for k, load in enumerate(loads)
        ]

    def ask(
        self,
        parts: list[Any],
        question: Callable[..., Any],
        *shared: object,
        each: Sequence[tuple[object, ...]] = (),
    ) -> list[Any]:
        """Asks all parts at once; what is shared goes over once and on from worker to worker."""
        told = self.client.submit(_same, shared, pure=False)
        own = each or [()] * len(parts)
        self.moved += size(shared) * min(self.count, len(parts)) + size(own)
        asked = [
            self.client.submit(_answer, question, part, told, args, pure=False)
            for part, args in zip(parts, own, strict=True)
        ]
        answers = self._gathered(asked)
        self.moved += size(answers)
        return answers

    def _gathered(self, asked: list[Any]) -> list[Any]:
        from distributed import KilledWorker  # noqa: PLC0415

        async def answers() -> list[Any]:
            return list(await self.client.gather(asked, asynchronous=True))

        try:
            return list(self.client.sync(answers, callback_timeout=self.patience))
        except TimeoutError as error:
            raise Failed("compute.timeout", seconds=round(self.patience)) from error
        except KilledWorker as error:
            raise Failed("compute.lost", reason=str(error)) from error
        except TandemError:
            raise
        except Exception as error:
            raise Failed("compute.failed", reason=f"{type(error).__name__}: {error}") from error


def _same(shared: tuple[object, ...]) -> tuple[object, ...]:
    return shared


def _answer(
    question: Callable[..., Any], part: Any, shared: tuple[object, ...], own: tuple[object, ...]
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
