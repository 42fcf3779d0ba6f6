"""What others would see of a need, before it is posed or changed: made by what answers them, and from nothing else."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tandem.base.clock import day
from tandem.domain import moves
from tandem.domain.records import CLOSED, VISIBILITY
from tandem.hub.call import Call
from tandem.hub.introductions import answers, views
from tandem.hub.introductions.inputs import NeedDrafted
from tandem.hub.records import needs, owning, steps
from tandem.hub.records.kinds import NEED
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import open_to


def preview(call: Call, given: NeedDrafted) -> answers.NeedPreview:
    """The answers of others about a need of one's own as it is being written; a draft as it will be once posed."""
    before = None if given.need is None else owning.mine(call, s.needs, given.need)
    row: dict[str, Any] = {**(_blank(call, given) if before is None else before),
                           **steps.taken(NEED, given, before)}  # fmt: skip
    if row["state"] == moves.first("needs"):
        row |= {"state": "posed", "posted_on": day(call.now)}
    shut = row["state"] in CLOSED["needs"]
    seen = {role: None if shut or row["visibility"] not in open_to(role) else needs.others(row)
            for role in ("visitor", "member")}  # fmt: skip
    names = row["visibility"] == "named" and not shut and _names(call, given, before)
    return answers.NeedPreview(seen["visitor"], seen["member"], needs.others(row) if names else None,
                               _invited(call, row, seen["member"] is not None))  # fmt: skip


def _blank(call: Call, given: NeedDrafted) -> dict[str, Any]:
    """A need of which nothing is told yet."""
    org = owning.organisation(call, given.organisation)
    empty = dict.fromkeys(s.needs.c.keys())
    told = {
        "id": "",
        "version": 1,
        "state": moves.first("needs"),
        "title": "",
        "org_id": org,
        "anonymous": False,
    }
    return {**empty, "visibility": VISIBILITY, **NEED.defaults, **told}


def _names(call: Call, given: NeedDrafted, before: Row | None) -> bool:
    """Whether the need names any organisation; `clear` empties the list, what is given replaces it."""
    if given.named or "named" in given.clear or before is None:
        return bool(given.named)
    n = s.named.c
    return bool(call.tx.unguarded(sa.select(n.org_id).where(n.record_id == before["id"]).limit(1)))


def _invited(call: Call, row: Row, open_anyway: bool) -> answers.ToInvited:
    known = views.names_poser(row, open_anyway) and row["org_id"] is not None
    o = s.organisations.c
    named = sa.select(o.id, o.name, o.type, o.city).where(o.id == row["org_id"])
    found = call.tx.rows(named, call.actor) if known else ()
    poser = shaped(answers.Organisation, found[0]) if found else None
    return answers.ToInvited(views.brief(row), poser, None if known else row["pseudonym"])
