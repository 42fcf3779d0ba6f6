"""State changes: a record's table of allowed moves, and the one place that judges a move by it."""

from __future__ import annotations

from collections.abc import Mapping

from tandem.base.errors import Conflict
from tandem.domain import introductions, ways

Moves = Mapping[
    str, tuple[str, ...]
]  # state -> the states that it may go to; the first state is where a record begins

NEED: Moves = {
    "draft": ("posed", "withdrawn"),
    "posed": ("answered", "closed", "withdrawn", "expired"),
    "answered": ("posed", "closed", "withdrawn"),
    "expired": ("posed", "withdrawn"),
    "closed": ("posed",),
    "withdrawn": ("posed",),
}
OFFER: Moves = {"open": ("withdrawn",), "withdrawn": ("open",)}
DELIVERY: Moves = {"stated": ("withdrawn",), "withdrawn": ("stated",)}
ORGANISATION: Moves = {
    "claimed": ("verified", "refused"),
    "verified": ("claimed", "refused"),
    "refused": ("claimed", "verified"),
}
JOB: Moves = {
    "waiting": ("running", "stopped"),
    "running": ("done", "failed", "stopped", "waiting"),
    "done": (),
    "failed": (),
    "stopped": (),
}
ROUND: Moves = {
    "planned": ("cleared", "failed", "dropped"),
    "cleared": ("published", "dropped"),
    "published": (),
    "failed": ("dropped",),
    "dropped": (),
}
ACCOUNT: Moves = {"active": ("blocked", "erased"), "blocked": ("active", "erased"), "erased": ()}
CONFIRMATION: Moves = {
    "waiting": ("accepted", "refused", "expired"),
    "accepted": (),
    "refused": (),
    "expired": (),
}
INVITATION: Moves = {  # to act for an organisation
    "invited": ("accepted", "declined", "withdrawn", "expired"),
    "accepted": (),
    "declined": (),
    "withdrawn": (),
    "expired": (),
}
WEBHOOK: Moves = {
    "active": ("failing", "stopped"),
    "failing": ("active", "stopped"),
    "stopped": ("active",),
}
MESSAGE: Moves = {  # to a webhook
    "waiting": ("delivered", "dead"),
    "delivered": ("waiting",),
    "dead": ("waiting",),
}
TABLES: Mapping[str, Moves] = {
    "needs": NEED,
    "offers": OFFER,
    "deliveries": DELIVERY,
    "organisations": ORGANISATION,
    "jobs": JOB,
    "rounds": ROUND,
    "accounts": ACCOUNT,
    "confirmations": CONFIRMATION,
    "invitations": INVITATION,
    "webhooks": WEBHOOK,
    "outbox": MESSAGE,
    "introductions": introductions.successors(),
}


def check(table: str, id: str, state: str, to: str) -> None:
    """Raises Conflict move.refused where a record of this table may not go from one state to the other."""
    if to not in TABLES[table].get(state, ()):
        raise refused(table, id, state, to)


def refused(table: str, id: str, state: str, to: str) -> Conflict:
    """That a record may not go there; with the states that it may go to, and the actions that lead on."""
    may = list(TABLES[table].get(state, ()))
    told = list(actions(table, state))
    return Conflict("move.refused", table=table, id=id, state=state, to=to, may=may, actions=told)


def actions(table: str, state: str) -> tuple[str, ...]:
    """The actions of people that lead a record on from a state.

    >>> actions("needs", "draft")
    ('need.publish', 'need.withdraw')
    """
    return ways.on(table, state, TABLES[table].get(state, ()))


def first(table: str) -> str:
    """The state in which a record of this table begins."""
    return next(iter(TABLES[table]))
