"""An organisation says of a need that it sees that it could help; the poser finds it among the proposals.

What the organisation is told rests on nothing that it may not see: whether it was proposed before, and what became of
that, changes neither the answer nor what it reads afterwards. What it has said itself it finds in its own journal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Conflict, Denied
from tandem.domain.introductions import VOLUNTEER_EVERY, VOLUNTEER_MOST
from tandem.domain.people import MEMBERS
from tandem.hub.call import Call
from tandem.hub.introductions import moving, proposing
from tandem.hub.introductions.answers import Volunteered
from tandem.hub.introductions.inputs import Volunteering
from tandem.storage.database import schema as s

STEP = "introduction.volunteer"


def volunteer(call: Call, given: Volunteering) -> Volunteered:
    """Tells the poser of a need that one's organisation could help, with its name and what it says.

    Raises  Denied record.no_organisation; Absent record.absent; Invalid introduction.self, introduction.offer;
            Conflict introduction.need, introduction.offer_closed, introduction.known, introduction.volunteered,
            introduction.volunteered_much
    """
    if call.actor.org is None:
        raise Denied("record.no_organisation")
    need = call.tx.one(s.needs, given.need, call.actor)
    proposing.fits(call, need, call.actor.org, given.offer)
    _not_known(call, need["id"], call.actor.org)
    lately = said_lately(call, said(call, call.actor.org))
    if need["id"] in lately:
        raise Conflict("introduction.volunteered", id=need["id"], days=VOLUNTEER_EVERY // 86_400)
    if len(lately) >= VOLUNTEER_MOST:
        raise Conflict("introduction.volunteered_much", n=VOLUNTEER_MOST, days=VOLUNTEER_EVERY // 86_400)
    why: dict[str, Any] = {"code": "volunteered", "weight": 0, "params": {}, "evidence": []}
    if given.why is not None and given.why.strip():
        why |= {"code": "volunteered_why", "params": {"text": given.why.strip()}}
    row = proposing.volunteered(call, need, call.actor.org, given.offer, [why], STEP)
    call.tx.tell(STEP, call.actor, "needs", need["id"], org=call.actor.org)
    moving.tell(call, row, "poser", "introduction.volunteered")
    return Volunteered(need["id"], call.now)


def said_lately(call: Call, said: Mapping[str, int]) -> Collection[str]:
    """Those of the needs that were told of too short a time ago to be told of again."""
    return {need for need, at in said.items() if at > call.now - VOLUNTEER_EVERY}


def left(call: Call, said: Mapping[str, int]) -> int:
    """For how many more needs whoever asks may say now that its organisation could help."""
    may = call.actor.org is not None and call.actor.role in MEMBERS
    return max(VOLUNTEER_MOST - len(said_lately(call, said)), 0) if may else 0


def said(call: Call, org: str) -> Mapping[str, int]:
    """Need -> when an organisation last said that it could help, the newest first."""
    j = s.journal.c
    own = sa.select(j.record_id, j.at).where(j.org_id == org, j.action == STEP, j.kind == "needs")
    found: dict[str, int] = {}
    for row in call.tx.unguarded(own.order_by(j.seq.desc()).limit(200)):
        found.setdefault(row["record_id"], row["at"])
    return found


def _not_known(call: Call, need: str, org: str) -> None:
    """Raises Conflict introduction.known where the organisation sees an introduction that it may go on with."""
    i = s.introductions.c
    pair = sa.select(i.id, i.state).where(i.need_id == need, i.org_id == org, i.invited_at.is_not(None))
    for row in call.tx.rows(pair, call.actor):
        if row["state"] not in ("expired", "lost"):
            raise Conflict("introduction.known", id=row["id"], state=row["state"])
