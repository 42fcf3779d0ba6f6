"""The runner: takes jobs that wait, holds each while it works, ends it; beside it, what a hub does now and then."""

from __future__ import annotations

import json
import logging
import time
import traceback
from pathlib import Path
from threading import Event, Lock, Thread

from tandem.base.errors import Conflict, Failed, TandemError, Unavailable
from tandem.hub.installation import Hub
from tandem.hub.rounds import holding, kinds, periodic
from tandem.hub.rounds.bell import Bell
from tandem.hub.rounds.kinds import Work
from tandem.storage.database.transaction import Row

POLL = 2.0  # seconds between looks for jobs that other processes have posted or lost
_BEAT = 1.0  # seconds between two looks at how far a job is
_RENEW = holding.LEASE / 3  # seconds after which the lease is renewed though nothing has moved
_TELL = 3.0  # seconds at least between two writings of progress
_PATIENCE = 10.0  # seconds that closing waits for a job to notice

_log = logging.getLogger(__name__)


class Runner:
    """The runner of an open hub: `hub.part(Runner)` starts it, closing the hub ends it.

    A job under way is given back when the hub closes, and begun again by the next runner.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub, self._bell = hub, hub.part(Bell)
        self._closing = Event()
        self._threads = [Thread(target=self._work, name="jobs", daemon=True),
                         Thread(target=self._sweep, name="sweeps", daemon=True)]  # fmt: skip
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Gives back what is under way and ends."""
        self._closing.set()
        self._bell.ring()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                if one(self._hub, self._closing):
                    continue
            except Exception as error:  # the database is away: what is under way is taken up again later
                _log.warning("jobs: %s", type(error).__name__)
            self._bell.wait(POLL)

    def _sweep(self) -> None:
        last = dict.fromkeys(periodic.TABLE, time.monotonic())
        while not self._closing.wait(_BEAT):
            for sweep in periodic.TABLE:
                if time.monotonic() - last[sweep] >= sweep.seconds and not self._closing.is_set():
                    last[sweep] = time.monotonic()
                    periodic.run(self._hub, sweep)


def work_off(hub: Hub) -> int:
    """Does in this process whatever jobs wait now, for a command line without a server; how many."""
    done = 0
    while one(hub, Event()):
        done += 1
    return done


def one(hub: Hub, closing: Event) -> bool:
    """Takes one job and does it; False where none may be begun."""
    job = holding.take(hub)
    if job is None:
        return False
    pulse = _Pulse(hub, job, closing)
    try:
        _do(hub, job, pulse)
    except Conflict as lost:
        if lost.code != "job.taken":
            raise
        _log.info("jobs: %s is no longer held", job["id"])
    finally:
        pulse.close()
    return True


def _do(hub: Hub, job: Row, pulse: _Pulse) -> None:
    """Does a job and ends it, whatever happens; Conflict job.taken where it is no longer ours to end."""
    try:
        finish = kinds.does(job["kind"])(Work(hub, job, json.loads(job["given"]), pulse.at, pulse.on))
        holding.end(hub, job, finish)
    except _Closing:
        holding.put_back(hub, job, None)
    except Unavailable as error:
        holding.put_back(hub, job, error)
    except TandemError as error:
        if error.code == "job.taken":
            raise
        holding.fail(hub, job, error)
    except Exception as error:
        _log.warning("jobs: %s in %s at %s", type(error).__name__, job["kind"], _where(error))
        holding.put_back(hub, job, Failed("job.broken", error=type(error).__name__))


def _where(error: BaseException) -> str:
    """Where an error came from; what it says may hold what nobody may read."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


class _Closing(Exception):
    """The hub is closing; a job under way is given back."""


class _Pulse:
    """Holds a job while it is worked on: renews its lease, and now and then writes how far it is."""

    def __init__(self, hub: Hub, job: Row, closing: Event) -> None:
        self._hub, self._job, self._closing = hub, job, closing
        self._lock, self._ended, self._lost = Lock(), Event(), False
        self._step: tuple[str | None, int, int] = (None, 0, 0)
        self._written: tuple[str | None, int, int] = self._step
        self._at = time.monotonic()
        self._thread = Thread(target=self._beat, name="pulse", daemon=True)
        self._thread.start()

    def at(self, step: str, done: int, total: int) -> None:
        """How far the job is. Raises Conflict job.taken where it was stopped or taken by another."""
        with self._lock:
            self._step = (step, done, total)
        self.on()

    def on(self) -> None:
        """Whether it goes on. Raises as `at`."""
        if self._closing.is_set():
            raise _Closing
        if self._lost:
            raise Conflict("job.taken", id=self._job["id"])

    def close(self) -> None:
        """Ends it."""
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT) and not self._lost:
            quiet = time.monotonic() - self._at
            with self._lock:
                now = self._step
            if quiet >= _RENEW or (now != self._written and quiet >= _TELL):
                try:
                    self._lost = not holding.renew(self._hub, self._job, *now)
                    self._written, self._at = now, time.monotonic()
                except Exception as error:  # the database is away: the lease may yet hold until it is back
                    _log.info("jobs: not renewed: %s", type(error).__name__)
