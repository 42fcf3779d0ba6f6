"""The hub's register on disk, and the order in which an import becomes part of it.

An import is written whole beside the register first; the transaction that tells the journal of it also notes its
number and place (`meta`); after the commit it is moved into the register. What a crash leaves between the last two
steps is moved by whoever looks next; what it leaves before the commit was never part of the register.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Conflict, Failed
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx
from tandem.storage.region import Prepared, is_register, parts

REGISTER, COMING = "register", "register-coming"  # in the data directory
_NOTED = (
    "register.import."  # names of `meta`: the number of an import follows, the value is where it was written
)


def place(data: Path) -> Path:
    """The folder of the register in a data directory; not there before the first import."""
    return data / REGISTER


def noted(tx: Tx) -> Mapping[int, str]:
    """The imports that were committed, by number: where each was written."""
    m = s.meta.c
    rows = tx.unguarded(sa.select(m.name, m.value).where(m.name.like(f"{_NOTED}%")))
    return {int(row["name"].removeprefix(_NOTED)): row["value"] for row in rows}


def write(hub: Hub, prepared: Prepared) -> str | None:
    """Writes what is new beside the register, and waits for the disk; the name of its place, None where nothing is."""
    if not prepared.frames:
        return None
    coming = hub.folder / COMING
    coming.mkdir(mode=0o700, exist_ok=True)
    _tidy(coming)
    own = Path(tempfile.mkdtemp(prefix="import-", dir=coming))
    entry = parts.add(own, prepared.entry, prepared.frames)
    parts.flush(parts.made(own, entry))
    return own.name


def note(call: Call, number: int, name: str) -> None:
    """Notes an import in the transaction that tells of it. Raises Conflict register.meanwhile: another was first."""
    if number <= max(noted(call.tx), default=0):
        raise Conflict("register.meanwhile", number=number)
    call.tx.insert(s.meta, {"name": f"{_NOTED}{number}", "value": name})


def settle(data: Path, imports: Mapping[int, str]) -> None:
    """Moves what was committed and is not part of the register yet. Raises Failed register.lost where it is gone."""
    folder = place(data)
    for number, name in sorted(imports.items()):
        target = folder / parts.IMPORTS / f"{number:06d}"
        if target.is_dir():
            continue
        own = data / COMING / Path(name).name
        written = own / parts.IMPORTS / target.name
        try:
            parts.adopt(folder, written)
        except Failed as error:
            if not target.is_dir():
                raise Failed("register.lost", number=number, path=str(folder)) from error
        shutil.rmtree(own, ignore_errors=True)


def is_there(hub: Hub) -> bool:
    """Whether anything was imported yet."""
    return is_register(place(hub.folder))


def _tidy(coming: Path) -> None:
    """Throws away what was written more than a day ago and never committed: a committed one is moved at once."""
    for path in coming.iterdir():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > DAY:
                shutil.rmtree(path, ignore_errors=True)
