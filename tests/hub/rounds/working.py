"""A process that works off jobs of a hub and says what it is about to do, so that it can be killed there.

    python working.py FOLDER [NAIVE]

A job writes FIFTY rows with its end. NAIVE: they are written before, in a transaction of their own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tandem.hub.installation import open_hub
from tandem.hub.rounds import holding, kinds, runner
from tandem.storage.database import schema as s

FIFTY = 50


def said(word: str) -> None:
    print(word, flush=True)
    time.sleep(0.3)


def rows(work):
    return [{"name": f"{work.job['id']}-{work.job['holder']}-{n}", "value": "x"} for n in range(FIFTY)]


def does(work):
    work.at("progress.reading", 0, 2)
    said("working")
    if naive:
        work.hub.database.write(lambda tx: tx.insert(s.meta, rows(work))).result()
        said("ending")

    def finish(tx):
        if not naive:
            tx.insert(s.meta, rows(work))
            said("ending")
        return {"rows": FIFTY}

    return finish


if __name__ == "__main__":
    naive = len(sys.argv) > 2
    holding.LEASE, holding.MOST = 1, 100
    kinds.does = lambda kind: does
    hub = open_hub(Path(sys.argv[1]))
    until = time.monotonic() + 60
    while not runner.work_off(hub) and time.monotonic() < until:
        time.sleep(0.1)
    said("ended")
    hub.close()
