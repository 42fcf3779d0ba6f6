"""Files kept between the steps of an import: for an hour, for one account, gone with its session and when it is erased.

The rows stand in the database, the bytes in the folder `uploads` of the data directory, for their owner alone (0600).
The bytes come first, and go again where the asking that brought them ends without their row; what a crash leaves of
them is nobody's and is swept away.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from tandem.base import ids
from tandem.base.clock import HOUR, MINUTE
from tandem.base.errors import Absent, Denied, Failed, Invalid, Unavailable
from tandem.base.settings import Upload
from tandem.domain.people import HERE, Actor
from tandem.hub.actions import Asker
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.records import answers, saying
from tandem.hub.records.inputs import HandOver, Mending, Named
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row, Tx
from tandem.storage.exchange import sources

LASTS = HOUR
OWN, OWN_BYTES = 5, 128 << 20  # of one account: beyond, its oldest goes
ALL_BYTES = 2 << 30  # on the disk, whoever's they are: beyond, whoever comes is told to come again
ON_ITS_WAY = 15 * MINUTE  # that bytes may lie without their row: far longer than any asking takes


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that lies in its folder already.

    lying  bytes of all that lie there, with its own
    """

    path: Path
    size: int
    lying: int

    @property
    def id(self) -> str:
        """Its name, and that of its row."""
        return self.path.name

    def over(self, answer: Any) -> None:
        """The asking has ended: where it was refused, or answered as before, the bytes go."""
        if getattr(answer, "id", None) != self.id:
            self.path.unlink(missing_ok=True)


def placed(given: HandOver, asker: Asker) -> Placed:
    """Writes the bytes, before the transaction; only for whoever could import them.

    Raises Denied account.none, record.no_organisation; Invalid file.suffix, file.empty; Failed out.write
    """
    assert asker.hub is not None
    if asker.actor.account is None:
        raise Denied("account.none")
    if asker.actor.org is None and not asker.actor.operates:
        raise Denied("record.no_organisation")
    suffix = Path(given.file.name).suffix.casefold()
    if suffix not in sources.SUFFIXES:
        raise Invalid("file.suffix", file=given.file.name, suffix=suffix or "-", known=list(sources.SUFFIXES))
    if not given.file.content:
        raise Invalid("file.empty", file=given.file.name)
    path = _path(asker.hub, ids.chance())
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _write(file, given.file.content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Failed("out.write", path="uploads", why=error.strerror or str(error)) from error
    return Placed(path, len(given.file.content), sum(size for _, size, _ in _lying(asker.hub)))


def kept(call: Call, given: HandOver, placed: Placed) -> answers.HandedOver:
    """Keeps the file for its account. Raises Unavailable upload.full; Invalid as saying.said

    What another asking has dropped and not yet removed counts still.
    """
    account = call.actor.account
    said = saying.said(given)
    if placed.lying - _make_room(call, placed.size) > ALL_BYTES:
        raise Unavailable("upload.full", seconds=600)
    name = Path(given.file.name.replace("\\", "/")).name[:200] or "upload"
    row = {"id": placed.id, "account_id": account, "key_id": call.actor.key, "name": name, "size": placed.size,
           "said": said.text(), "created_at": call.now, "expires_at": call.now + LASTS}  # fmt: skip
    call.tx.insert(s.uploads, row)
    call.tx.tell("records.hand_over", call.actor, "uploads", placed.id, name=name, size=placed.size)
    return shown(row)


def mended(call: Call, given: Mending) -> answers.HandedOver:
    """Adds to what is said of a file. Raises Absent record.absent; Invalid as saying.said"""
    row = find(call.tx, call.actor, given.id)
    said = saying.said(given, given.corrections, None if given.anew else saying.from_text(row["said"]))
    call.tx.execute(sa.update(s.uploads).where(s.uploads.c.id == row["id"]).values(said=said.text()))
    call.tx.tell("records.mend", call.actor, "uploads", row["id"], corrections=said.corrections)
    return shown({**row, "said": said.text()})


def let_go(call: Call, given: Named) -> Done:
    """Takes a file away before its time. Raises Absent record.absent"""
    row = find(call.tx, call.actor, given.id)
    drop(call, s.uploads.c.id == row["id"])
    call.tx.tell("records.let_go", call.actor, "uploads", row["id"])
    return Done(row["id"])


def find(tx: Tx, actor: Actor, id: str) -> Row:
    """A file that is still kept. Raises Absent record.absent, also where it is another account's."""
    row = tx.one(s.uploads, id, actor)
    if row["expires_at"] <= tx.now:
        raise Absent("record.absent", table="uploads", id=id)
    return row


def content(hub: Hub, row: Row) -> Upload:
    """The file itself. Raises Absent record.absent where its bytes are gone."""
    try:
        return Upload(row["name"], _path(hub, row["id"]).read_bytes())
    except FileNotFoundError:
        raise Absent("record.absent", table="uploads", id=row["id"]) from None


def drop(call: Call, which: sa.ColumnElement[bool]) -> int:
    """Takes files away: at once no one may use them, and their bytes go with the commit; how many bytes."""
    gone = call.tx.unguarded(sa.select(s.uploads.c.id, s.uploads.c.size).where(which))
    for row in gone:
        call.tx.after.append(partial(_path(call.hub, row["id"]).unlink, missing_ok=True))
    call.tx.execute(sa.delete(s.uploads).where(which))
    return sum(row["size"] for row in gone)


def sweep(hub: Hub) -> int:
    """Forgets files whose hour is over, and removes bytes that no row knows; how many."""
    over = hub.database.write(_forget).result()
    with hub.database.reading() as tx:
        known = {row["id"] for row in tx.unguarded(sa.select(s.uploads.c.id))}
    gone, old = 0, time.time() - ON_ITS_WAY
    for name, _, at in _lying(hub):
        if name not in known and (name in over or at <= old):
            _path(hub, name).unlink(missing_ok=True)
            gone += 1
    return gone


def shown(row: Row) -> answers.HandedOver:
    """A kept file from its row."""
    said = saying.from_text(row["said"])
    return answers.HandedOver(row["id"], row["name"], row["size"], said.table, said.organisation, said.corrections,
                              row["expires_at"])  # fmt: skip


def folder(hub: Hub) -> Path:
    """Where the bytes lie."""
    return hub.folder / "uploads"


def _make_room(call: Call, size: int) -> int:
    """Takes away what is over, and the oldest of the account where it would keep too much; how many bytes."""
    u = s.uploads.c
    gone = drop(call, (u.account_id == call.actor.account) & (u.expires_at <= call.now))
    held = sa.select(u.id, u.size).where(u.account_id == call.actor.account)
    own = list(call.tx.unguarded(held.order_by(u.created_at, u.id)))
    while own and (len(own) >= OWN or sum(row["size"] for row in own) + size > OWN_BYTES):
        gone += drop(call, u.id == own.pop(0)["id"])
    return gone


def _forget(tx: Tx) -> set[str]:
    over = {
        row["id"] for row in tx.unguarded(sa.select(s.uploads.c.id).where(s.uploads.c.expires_at <= tx.now))
    }
    if over:
        tx.execute(sa.delete(s.uploads).where(s.uploads.c.expires_at <= tx.now))
        tx.tell("hub.forget_uploads", HERE, "uploads", n=len(over))
    return over


def _lying(hub: Hub) -> Iterator[tuple[str, int, float]]:
    """What lies in the folder: name, bytes, and the instant in which it was written, seconds."""
    with suppress(FileNotFoundError), os.scandir(folder(hub)) as found:
        for one in found:
            with suppress(FileNotFoundError):  # it has just gone
                held = one.stat()
                yield one.name, held.st_size, held.st_mtime


def _write(file: BinaryIO, content: bytes) -> None:
    file.write(content)


def _path(hub: Hub, id: str) -> Path:
    return folder(hub) / id
