"""Group commit: one thread writes, many actions share one commit, each is acknowledged only after it.

Every action has a savepoint of its own inside the batch: one that fails leaves no trace and does not disturb the
others. The batch is one transaction, so that either all its acknowledged actions are on disk or none.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tandem.base.clock import Clock
from tandem.base.errors import Conflict, Unavailable
from tandem.base.ids import Ids
from tandem.storage.database import journal
from tandem.storage.database.journal import Head
from tandem.storage.database.transaction import Tx

T = TypeVar("T")
MOST = 256  # actions in one commit


@dataclass(slots=True)
class _Task:
    work: Callable[[Tx], Any]
    future: Future[Any]
    answer: Any = None
    after: Sequence[Callable[[], None]] = ()


class Writer:
    """The one writer of a database.

    begin  begins a transaction that no other writer can interleave with (also not one of another process)
    """

    def __init__(self, begin: Callable[[], sa.Connection], clock: Clock, ids: Ids) -> None:
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
        """Finishes what was submitted, then stops."""
        with self._lock:
            self._closed = True
            self._tasks.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            self._commit([task for task in batch if task.future.set_running_or_notify_cancel()])

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

    def _commit(self, batch: list[_Task]) -> None:
        """One transaction for all; whoever failed is told so, whoever did not is told after the commit."""
        try:
            with self._begin() as connection:
                at = journal.head(connection)
                done = []
                for task in batch:
                    if (after := self._one(connection, task, at)) is not None:
                        at = after
                        done.append(task)
                connection.commit()
        except Exception as error:  # whatever it was, the thread must live on and nobody may wait for ever
            lost = Unavailable("storage.lost", why=type(error).__name__)
            for task in batch:
                if not task.future.done():
                    task.future.set_exception(lost)
            return
        for task in done:
            task.future.set_result(task.answer)
            for call in task.after:
                with suppress(Exception):  # what is done is done; whoever needs to be sure reads the database
                    call()

    def _one(self, connection: sa.Connection, task: _Task, at: Head) -> Head | None:
        """Does one action inside its savepoint; the journal's new head, or None where it failed."""
        savepoint = connection.begin_nested()
        tx = Tx(connection, self._clock(), self._ids)
        try:
            task.answer, task.after = task.work(tx), tx.after
            after = journal.append(connection, at, tx.entries, self._ids)
            savepoint.commit()
        except Exception as error:
            if connection.invalidated:
                raise  # the database is gone, and the whole batch with it
            savepoint.rollback()
            task.future.set_exception(_told(error))
            return None
        return after


def _told(error: Exception) -> Exception:
    """A breach of a unique key as the conflict that it is."""
    return Conflict("record.exists") if isinstance(error, IntegrityError) else error
