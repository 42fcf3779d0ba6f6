"""Group commit: one thread writes, many actions share one commit, each is acknowledged only after it.

Every action has a savepoint of its own inside the batch: one that fails leaves no trace and does not disturb the
others. The batch is one transaction, so that either all its acknowledged actions are on disk or none.

Where the database goes away under a batch, the batch is done again once it is back. If it went away during the commit,
nobody can tell from outside whether the commit was done; the journal can: it holds the batch's last entry or it does
not. The lock that begins a transaction waits until the lost one has ended, so that the answer is final.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from tandem.base.clock import Clock
from tandem.base.errors import Unavailable
from tandem.base.ids import Ids
from tandem.storage.database import journal
from tandem.storage.database import schema as s
from tandem.storage.database.journal import Head
from tandem.storage.database.session import Session
from tandem.storage.database.transaction import Tx

T = TypeVar("T")
MOST = 256  # actions in one commit
PATIENCE = 10.0  # seconds that a batch waits for a database that went away
_PAUSES = (0.02, 0.1, 0.3, 0.5)  # between two attempts; the last one again and again


@dataclass(slots=True)
class _Task:
    work: Callable[[Tx], Any]
    future: Future[Any]
    answer: Any = None
    after: Sequence[Callable[[], None]] = ()


@dataclass(slots=True)
class _Batch:
    """Actions of one commit: those not yet judged, those done, and the journal's last entry that they wrote."""

    tasks: list[_Task]
    done: list[_Task] = field(default_factory=list)
    last: Head | None = None
    committing: bool = False


class Writer:
    """The one writer of a database.

    begin  begins a transaction that no other writer can interleave with (also not one of another process)
    """

    def __init__(self, begin: Callable[[], Session], clock: Clock, ids: Ids) -> None:
        self._begin, self._clock, self._ids = begin, clock, ids
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, work: Callable[[Tx], T]) -> Future[T]:
        """The future answer of one action; it is there after the commit that holds the action.

        Raises Unavailable storage.closing where the hub is stopping.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise Unavailable("storage.closing")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            self._tasks.put(_Task(work, future))
        return future

    def close(self) -> None:
        """Finishes what was submitted, then stops; where the database is away, without waiting for it."""
        with self._lock:
            self._closed = True
            self._tasks.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            tasks = [task for task in batch if task.future.set_running_or_notify_cancel()]
            try:
                self._commit(_Batch(tasks))
            except (
                BaseException
            ) as error:  # whatever it was, the thread must live on and nobody may wait for ever
                _fail(tasks, error)

    def _next(self) -> list[_Task] | None:
        """What waits now, at least one; None when there will be no more."""
        task = self._tasks.get()
        if task is None:
            return None
        batch = [task]
        while len(batch) < MOST:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                break
            if task is None:
                self._tasks.put(None)
                break
            batch.append(task)
        return batch

    def _commit(self, batch: _Batch) -> None:
        """One transaction for all; whoever failed is told so, whoever did not is told after the commit."""
        until, attempt = time.monotonic() + PATIENCE, 0
        while True:
            try:
                if not self._stands(batch):
                    self._attempt(batch)
                break
            except Unavailable as error:
                away = error.code == "storage.lost" and not _doubtful(batch)
                if not away or self._closed or time.monotonic() > until:
                    raise
                time.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
                attempt += 1
        for task in batch.done:
            task.future.set_result(task.answer)
        for task in batch.done:
            for call in task.after:
                with suppress(Exception):  # what is done is done; whoever needs to be sure reads the database
                    call()

    def _stands(self, batch: _Batch) -> bool:
        """Whether a commit that was lost sight of was done after all."""
        if not batch.committing or batch.last is None:
            return False
        session = self._begin()
        try:
            found = session.rows(sa.select(s.journal.c.chain).where(s.journal.c.seq == batch.last.seq), None)
        except BaseException:
            session.close(broken=True)
            raise
        session.close()
        return bool(found) and bytes(found[0]["chain"]) == batch.last.chain

    def _attempt(self, batch: _Batch) -> None:
        """Does and commits all that is not yet judged. Raises Unavailable where the database went away."""
        batch.done, batch.last, batch.committing = [], None, False
        session = self._begin()
        try:
            at = begun = journal.head(session)
            for task in batch.tasks:
                if task.future.done():
                    continue
                if (after := self._one(session, task, at)) is not None:
                    at = after
                    batch.done.append(task)
            batch.last = None if at is begun else at
            batch.committing = True
            session.commit()
        except BaseException:
            with suppress(Exception):
                session.close(broken=True)
            raise
        session.close()

    def _one(self, session: Session, task: _Task, at: Head) -> Head | None:
        """Does one action inside its savepoint; the journal's new head, or None where it failed."""
        session.save()
        tx = Tx(session, self._clock(), self._ids)
        try:
            task.answer, task.after = task.work(tx), tx.after
            after = journal.append(session, at, tx.entries, self._ids)
        except BaseException as error:
            if isinstance(error, Unavailable) and error.code == "storage.lost":
                raise
            task.future.set_exception(error)
            session.back()  # where that fails, the whole transaction is gone: the others are done again without it
            return None
        session.keep()
        return after


def _doubtful(batch: _Batch) -> bool:
    """Whether a commit was lost sight of that nothing in the journal can tell of."""
    return batch.committing and batch.last is None and bool(batch.done)


def _fail(tasks: Sequence[_Task], error: BaseException) -> None:
    """Tells whoever still waits; what is not of ours is told as the loss that it is to them."""
    told = error if isinstance(error, Unavailable) else Unavailable("storage.lost", why=type(error).__name__)
    for task in tasks:
        if not task.future.done():
            task.future.set_exception(told)
