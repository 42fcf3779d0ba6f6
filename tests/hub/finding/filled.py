"""Records written straight into a hub, under ids that their names decide, so that two hubs can be compared."""

from __future__ import annotations

import hashlib
from typing import Any

from tandem.base.ids import written
from tandem.domain.people import HERE
from tandem.hub.installation import Hub
from tandem.storage.database import schema as s


def named_id(name: str) -> str:
    """The id of the record of that name."""
    return written(hashlib.sha256(name.encode()).digest()[:16])


def put(hub: Hub, table: str, name: str, **more: Any) -> str:
    """A record with its entry in the journal; its id follows from its name."""
    id_ = named_id(name)
    row = {"id": id_, "version": 1, "created_at": 100, "changed_at": 100, "visibility": "public", **more}
    naming = row.pop("named", ())
    if table == "organisations":
        row = {"state": "claimed", "name": name, "name_key": name, **row}
    elif table == "needs":
        row = {"state": "posed", "title": name, "anonymous": False, "pseudonym": named_id(name + "?"), **row}
    elif table == "offers":
        row = {"state": "open", "title": name, "capacity": 1, "currency": "CNY", **row}
    else:
        row = {"state": "stated", "title": name, "org_ids": f'["{row["org_id"]}"]', **row}

    def work(tx: Any) -> None:
        row["created_at"] = row["changed_at"] = tx.now
        tx.insert(s.RECORDS[table], row)
        if naming:
            tx.insert(s.named, [{"record_id": id_, "org_id": org} for org in naming])
        tx.tell("test.put", HERE, table, id_)

    hub.database.write(work).result()
    return id_


def alter(hub: Hub, table: str, id_: str, **values: Any) -> None:
    """Changes a record as an action would."""

    def work(tx: Any) -> None:
        tx.change(s.RECORDS[table], tx.one(s.RECORDS[table], id_, HERE), values)
        tx.tell("test.alter", HERE, table, id_)

    hub.database.write(work).result()
