"""Introductions: the table of moves, who may make each, why they end, what waits on whom and for how long.

Two organisations and a broker: the `poser` of a need, the `invited` organisation, the `broker` (the hub's operator);
the `hub` itself moves what nobody moved in time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from tandem.base.clock import DAY

Party = Literal["poser", "invited", "broker", "hub"]


@dataclass(frozen=True, slots=True)
class Move:
    """One kind of move: by which action, out of which states into which, and who may make it."""

    action: str
    out_of: tuple[str, ...]
    to: str
    by: frozenset[Party]


_POSING: frozenset[Party] = frozenset(("poser", "broker"))
_POSER: frozenset[Party] = frozenset(("poser",))
_INVITED: frozenset[Party] = frozenset(("invited",))
_PEOPLE: frozenset[Party] = frozenset(("poser", "invited", "broker"))
_HUB: frozenset[Party] = frozenset(("hub",))

STATES = ("proposed", "invited", "interested", "declined", "expired", "introduced", "quoted", "agreed", "lost",
          "outcome")  # fmt: skip
TABLE: tuple[Move, ...] = (
    Move("introduction.propose", ("expired", "lost"), "proposed", _POSING | _HUB),
    Move("introduction.volunteer", ("expired", "lost"), "proposed", _INVITED),
    Move("introduction.invite", ("proposed",), "invited", _POSING),
    Move("introduction.answer", ("invited",), "interested", _INVITED),
    Move("introduction.answer", ("invited",), "declined", _INVITED),
    Move("introduction.introduce", ("interested",), "introduced", _POSING),
    Move("introduction.quote", ("introduced", "quoted"), "quoted", _INVITED),
    Move("introduction.agree", ("quoted",), "agreed", _POSER),
    Move("introduction.outcome", ("agreed",), "outcome", _POSING),
    Move("introduction.lose", ("proposed", "invited"), "lost", _POSING),
    Move("introduction.lose", ("interested", "introduced", "quoted", "agreed"), "lost", _PEOPLE),
    Move("introduction.close", ("proposed", "invited", "interested", "introduced", "quoted"), "lost", _HUB),
    Move("introduction.lapse", ("proposed", "invited", "interested"), "expired", _HUB),
    Move("introduction.lapse", ("introduced", "quoted"), "lost", _HUB),
)


def successors() -> Mapping[str, tuple[str, ...]]:
    """State -> the states that it may go to, as domain/moves.py judges changes."""
    found: dict[str, list[str]] = {state: [] for state in STATES}
    for move in TABLE:
        for state in move.out_of:
            if move.to != state and move.to not in found[state]:
                found[state].append(move.to)
    return {state: tuple(to) for state, to in found.items()}


def found(action: str, state: str, to: str) -> Move | None:
    """The move of the table, None where there is none."""
    return next((m for m in TABLE if m.action == action and state in m.out_of and m.to == to), None)


def parties_of(action: str) -> frozenset[Party]:
    """Who may make any of the moves of an action."""
    return frozenset(party for move in TABLE if move.action == action for party in move.by)


def possible(state: str, by: Collection[Party]) -> tuple[str, ...]:
    """The actions by which any of these sides may move an introduction out of a state, in the table's order."""
    return tuple(dict.fromkeys(m.action for m in TABLE if state in m.out_of and not m.by.isdisjoint(by)))


# Waiting states: whom each waits on, and by which step it goes on (`introduction.step.<step>` has the words).
WAITS_ON: Mapping[str, Party] = {
    "proposed": "poser",
    "invited": "invited",
    "interested": "poser",
    "introduced": "invited",
    "quoted": "poser",
    "agreed": "poser",
}
STEPS: Mapping[str, str] = {
    "proposed": "invite",
    "invited": "answer",
    "interested": "introduce",
    "introduced": "quote",
    "quoted": "agree",
    "agreed": "outcome",
}
# How long a state may wait, in seconds, where the hub has not been told otherwise.
LEASES: Mapping[str, int] = {
    "proposed": 7 * DAY,
    "invited": 5 * DAY,
    "interested": 5 * DAY,
    "introduced": 10 * DAY,
    "quoted": 10 * DAY,
    "agreed": 90 * DAY,
}
# What becomes of a state whose lease has ended; an agreement stands, and its outcome is asked for again.
LAPSES: Mapping[str, str | None] = {
    "proposed": "expired",
    "invited": "expired",
    "interested": "expired",
    "introduced": "lost",
    "quoted": "lost",
    "agreed": None,
}
FAILED = ("declined", "expired", "lost")  # it ended and came to nothing
ENDED = (*FAILED, "outcome")
LIVE = tuple(WAITS_ON)  # it may still lead to an agreement, or has
ENGAGED = (*LIVE, "outcome")  # works on one of the need's slots, or has filled it: nobody else is proposed
HOLDING = ("interested", "introduced", "quoted", "agreed")  # holds one place of the offer's capacity
FILLING = ("agreed", "outcome")  # holds one of the need's slots
BRIEFED = (
    "invited",
    "interested",
    "introduced",
    "quoted",
    "agreed",
    "outcome",
)  # the invited reads the brief
TOUCHING = ("introduced", "quoted", "agreed", "outcome")  # both see the other's contact

UNTOLD = 1  # slots of a need and places of an offer where nothing is said


def left(told: int | None, taken: int) -> int:
    """How many slots or places are left of those that are told.

    >>> left(None, 0), left(3, 1), left(1, 2)
    (1, 2, 0)
    """
    return max(0, (UNTOLD if told is None else told) - taken)


# An organisation may say of a need that it sees that it could help: once in so long for one need, and for so many needs
# in the same time, so that nobody is drowned in offers. What it says holds none of the need's slots.
VOLUNTEER_EVERY = 30 * DAY
VOLUNTEER_MOST = 20

DECLINES = ("capacity", "scope", "timing", "budget", "terms", "distance", "interests", "other")
LOSSES = ("price", "chose_other", "terms", "timing", "no_need", "capacity", "silent", "other")
HUB_LOSSES = (
    "filled",
    "lapsed",
    "withdrawn",
    "past_due",
)  # slots were filled, nobody moved in time, the need was taken back, the need's due date has passed
