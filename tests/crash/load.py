"""A hub under load that can be killed at any instant: forks, once per line that it reads, a process that works.

    python -m tests.crash.load FOLDER URL|- ORGANISATION HOW

Each line read: JSON [number of the first new request, names of requests to be asked again]. Lines written: "pid N",
then by the child "sent NAME" before each request and "ack NAME ID" after its answer, then "ended".

HOW   right            as the hub does it
      acks-early       acknowledges before the commit
      commits-in-steps the record in one commit, the journal in the next
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path

from tandem.base.errors import Unavailable
from tandem.domain.people import Actor
from tandem.hub.actions import Asker, run, start
from tandem.hub.installation import open_hub
from tandem.storage.database import journal
from tandem.storage.database.transaction import Tx
from tandem.storage.database.writer import Writer

THREADS = 8


def say(text: str) -> None:
    """One line, in one write: a kill tears none."""
    os.write(1, f"{text}\n".encode())


def work(folder: Path, url: str | None, org: str, how: str, first: int, again: list[str]) -> None:
    """Asks for ever, until it is killed."""
    if how == "commits-in-steps":
        Writer._one = _in_steps  # type: ignore[method-assign]
    hub = open_hub(folder, url)
    actor = Actor("member", "loader", org)
    names = itertools.chain(again, (f"request-{number}" for number in itertools.count(first)))
    lock = threading.Lock()

    def press() -> None:
        while True:
            with lock:
                name = next(names)
            say(f"sent {name}")
            asker = Asker(actor, hub=hub, key=name)
            if how == "acks-early":
                start("need.pose", {"title": name}, asker)
                say(f"ack {name} ?")
            else:
                say(f"ack {name} {asked(name, asker)}")

    for _ in range(THREADS):
        threading.Thread(target=press, daemon=True).start()
    threading.Event().wait()


def asked(name: str, asker: Asker) -> str:
    """The id of the need; asked again, under the same name, for as long as the database is away."""
    while True:
        try:
            return str(run("need.pose", {"title": name}, asker).id)
        except Unavailable:
            time.sleep(0.02)


def _in_steps(self, session, task, at):
    """What a hub must not do."""
    tx = Tx(session, self._clock(), self._ids)
    task.answer = task.work(tx)
    session.commit()
    if session._forms.dialect.name == "sqlite":
        session.driver("BEGIN IMMEDIATE")
    return journal.append(session, journal.head(session), tx.entries, self._ids)


def main() -> None:
    folder, url, org, how = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    for line in sys.stdin:
        first, again = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                work(folder, None if url == "-" else url, org, how, first, again)
            finally:
                os._exit(1)
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
