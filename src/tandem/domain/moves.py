"""State changes: a record's table of allowed moves, and the one place that judges a move by it."""

from __future__ import annotations

from collections.abc import Mapping

from tandem.base.errors import Conflict

Moves = Mapping[
    str, tuple[str, ...]
]  # state -> the states that it may go to; the first state is where a record begins

NEED: Moves = {
    "draft": ("posed", "withdrawn"),
    "posed": ("answered", "withdrawn", "expired"),
    "answered": ("posed", "closed", "withdrawn"),
    "expired": ("posed", "withdrawn"),
    "closed": (),
    "withdrawn": ("posed",),
}
OFFER: Moves = {"open": ("withdrawn",), "withdrawn": ("open",)}
ORGANISATION: Moves = {
    "claimed": ("verified", "refused"),
    "verified": ("claimed", "refused"),
    "refused": ("claimed",),
}
JOB: Moves = {
    "waiting": ("running", "stopped"),
    "running": ("done", "failed", "stopped", "waiting"),
    "done": (),
    "failed": (),
    "stopped": (),
}
TABLES: Mapping[str, Moves] = {"needs": NEED, "offers": OFFER, "organisations": ORGANISATION, "jobs": JOB}


def check(table: str, id: str, state: str, to: str) -> None:
    """Raises Conflict move.refused where a record of this table may not go from one state to the other."""
    if to not in TABLES[table].get(state, ()):
        raise Conflict(
            "move.refused", table=table, id=id, state=state, to=to, may=list(TABLES[table].get(state, ()))
        )


def first(table: str) -> str:
    """The state in which a record of this table begins."""
    return next(iter(TABLES[table]))
