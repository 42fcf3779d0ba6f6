"""Response figures: each organisation's for itself and the operator; for others only what five or more stand behind."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from tandem.base.clock import DAY
from tandem.base.errors import Denied
from tandem.engine.introductions import response
from tandem.hub.call import Call
from tandem.hub.introductions.answers import HubFigures, OrganisationFigures, OwnFigures, Response
from tandem.hub.introductions.inputs import FiguresQuery
from tandem.hub.records import owning
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.visible import SEE_ALL, open_to_members

IntArray = NDArray[np.int64]
_TIMES = ("invited_at", "answered_at", "introduced_at", "agreed_at", "ended_at")


@dataclass(frozen=True)
class _Invitations:
    """Some invitations as columns, so that a million take tens of megabytes.

    orgs   the organisations, by id
    org    (n,) whose each is, as a place in `orgs`
    times  (n, 5) seconds UTC as `_TIMES` has them, 0 where it has not happened
    no     (n,) 1 where the answer was no
    """

    orgs: Sequence[str]
    org: IntArray
    times: IntArray
    no: IntArray

    @property
    def counts(self) -> IntArray:
        """(organisations,) how many invitations each had."""
        return np.bincount(self.org, minlength=len(self.orgs))

    def by_organisation(self) -> Iterator[tuple[str, _Invitations]]:
        """Those of each organisation."""
        order = np.argsort(self.org, kind="stable")
        for org, places in zip(self.orgs, np.split(order, np.cumsum(self.counts)[:-1]), strict=False):
            yield (
                org,
                _Invitations((org,), np.zeros(len(places), np.int64), self.times[places], self.no[places]),
            )


def figures(call: Call, given: FiguresQuery) -> OwnFigures | HubFigures:
    """How invitations of the last days were answered."""
    if call.actor.role in SEE_ALL:
        return _hub(call, given)
    if given.organisation not in (None, call.actor.org):
        raise Denied("record.no_organisation")
    own = _read(call, given, s.introductions.c.org_id == call.actor.org) if call.actor.org else None
    told = _read(
        call,
        given,
        open_to_members(s.needs),
        s.needs.c.anonymous.is_(False),
        open_to_members(s.organisations),
    )
    return OwnFigures(
        given.days,
        None if own is None else _response(own),
        _response(told) if response.disclosed(told.counts) else None,
    )


def _hub(call: Call, given: FiguresQuery) -> HubFigures:
    i, o = s.introductions.c, s.organisations.c
    all_ = _read(call, given, *([] if given.organisation is None else [i.org_id == given.organisation]))
    names = {
        row["id"]: row["name"]
        for part in owning.parts(all_.orgs)
        for row in call.tx.rows(sa.select(o.id, o.name).where(o.id.in_(part)), call.actor)
    }
    each = [OrganisationFigures(org, names[org], _response(one)) for org, one in all_.by_organisation()]
    each.sort(key=lambda one: (-one.response.invitations, one.id))
    return HubFigures(given.days, _response(all_), tuple(each))


def _read(call: Call, given: FiguresQuery, *conditions: sa.ColumnElement[bool]) -> _Invitations:
    """The invitations of the last days that meet the conditions, read in lots."""
    i = s.introductions.c
    statement = (
        sa.select(i.org_id, i.state, *(i[name] for name in _TIMES))
        .join(s.needs, s.needs.c.id == i.need_id)
        .join(s.organisations, s.organisations.c.id == i.org_id)
        .where(i.invited_at >= call.now - given.days * DAY, *conditions)
    )
    place: dict[str, int] = {}
    org, no = array("q"), array("q")
    times = array("q")
    for row in call.tx.unguarded_stream(statement):
        org.append(place.setdefault(row["org_id"], len(place)))
        no.append(row["state"] == "declined")
        times.extend(row[name] or 0 for name in _TIMES)
    whole = np.array(times, np.int64).reshape(-1, len(_TIMES))
    return _Invitations(tuple(place), np.array(org, np.int64), whole, np.array(no, np.int64))


def _response(of: _Invitations) -> Response:
    times = {name.removesuffix("_at"): of.times[:, place] for place, name in enumerate(_TIMES)}
    found = response.figures(declined=of.no, **times)
    return shaped(Response, {name: getattr(found, name) for name in found.__dataclass_fields__})
