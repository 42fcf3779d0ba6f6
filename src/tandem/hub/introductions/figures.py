"""Response figures: each organisation's for itself and the operator; for others only what five or more stand behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa

from tandem.base.clock import DAY
from tandem.base.errors import Denied
from tandem.engine.introductions import response
from tandem.hub.call import Call
from tandem.hub.introductions.answers import HubFigures, OrganisationFigures, OwnFigures, Response
from tandem.hub.introductions.inputs import FiguresQuery
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_OPEN = ("public", "members")  # what members see anyway: nothing else moves a figure that they see
_TIMES = ("invited_at", "answered_at", "introduced_at", "agreed_at", "ended_at")


def figures(call: Call, given: FiguresQuery) -> OwnFigures | HubFigures:
    """How invitations of the last days were answered."""
    if call.actor.role in ("operator", "auditor"):
        return _hub(call, given)
    if given.organisation not in (None, call.actor.org):
        raise Denied("record.no_organisation")
    own = _rows(call, given, s.introductions.c.org_id == call.actor.org) if call.actor.org else ()
    n, o = s.needs.c, s.organisations.c
    rows = _rows(
        call,
        given,
        n.visibility.in_(_OPEN) & n.anonymous.is_(False) & n.state.not_in(("draft", "withdrawn")),
        o.visibility.in_(_OPEN) & (o.state != "refused"),
    )
    told = response.disclosed(np.array(list(Counter(row["org_id"] for row in rows).values()), np.int64))
    return OwnFigures(
        given.days, _response(own) if call.actor.org else None, _response(rows) if told else None
    )


def _hub(call: Call, given: FiguresQuery) -> HubFigures:
    i, o = s.introductions.c, s.organisations.c
    rows = _rows(call, given, *([] if given.organisation is None else [i.org_id == given.organisation]))
    of: dict[str, list[Row]] = {}
    for row in rows:
        of.setdefault(row["org_id"], []).append(row)
    names = {
        row["id"]: row["name"]
        for row in call.tx.rows(sa.select(o.id, o.name).where(o.id.in_(of)), call.actor)
    }
    ordered = sorted(of, key=lambda org: (-len(of[org]), org))
    each = tuple(OrganisationFigures(org, names[org], _response(of[org])) for org in ordered)
    return HubFigures(given.days, _response(rows), each)


def _rows(call: Call, given: FiguresQuery, *conditions: sa.ColumnElement[bool]) -> Sequence[Row]:
    """The invitations of the last days that meet the conditions."""
    i = s.introductions.c
    statement = (
        sa.select(i.org_id, i.state, *(i[name] for name in _TIMES))
        .join(s.needs, s.needs.c.id == i.need_id)
        .join(s.organisations, s.organisations.c.id == i.org_id)
        .where(i.invited_at >= call.now - given.days * DAY, *conditions)
    )
    return call.tx.unguarded(statement)


def _response(rows: Sequence[Row]) -> Response:
    times = {
        name.removesuffix("_at"): np.array([row[name] or 0 for row in rows], np.int64) for name in _TIMES
    }
    declined = np.array([row["state"] == "declined" for row in rows], np.int64)
    found = response.figures(declined=declined, **times)
    return shaped(Response, {name: getattr(found, name) for name in found.__dataclass_fields__})
