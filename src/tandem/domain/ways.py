"""Which actions of people lead a record on from the state that it is in; domain/moves.py says whether it may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tandem.domain import introductions


@dataclass(frozen=True, slots=True)
class Way:
    """One action and the state that it leads to; out of these states, or of every one that may go there."""

    action: str
    to: str
    out_of: tuple[str, ...] = ()


WAYS: Mapping[str, tuple[Way, ...]] = {
    "needs": (
        Way("need.publish", "posed", ("draft",)),
        Way("need.reopen", "posed", ("answered", "expired", "closed", "withdrawn")),
        Way("need.close", "closed"),
        Way("need.withdraw", "withdrawn"),
    ),
    "offers": (Way("offer.reopen", "open"), Way("offer.withdraw", "withdrawn")),
    "deliveries": (Way("delivery.remove", "withdrawn"),),
    "organisations": (Way("organisation.verify", "verified"), Way("organisation.verify", "refused")),
    "jobs": (Way("job.work", "running"), Way("job.stop", "stopped")),
    "rounds": (
        Way("job.work", "cleared"),
        Way("round.publish", "published"),
        Way("round.drop", "dropped"),
    ),
    "accounts": (
        Way("account.set", "active"),
        Way("account.set", "blocked"),
        Way("account.erase", "erased"),
    ),
    "confirmations": (Way("confirmation.accept", "accepted"), Way("confirmation.refuse", "refused")),
    "invitations": (
        Way("membership.accept", "accepted"),
        Way("membership.decline", "declined"),
        Way("membership.withdraw", "withdrawn"),
    ),
    "introductions": tuple(
        Way(move.action, move.to, move.out_of) for move in introductions.TABLE if move.by != {"hub"}
    ),
}


def on(table: str, state: str, may: tuple[str, ...]) -> tuple[str, ...]:
    """The actions that lead a record on which may go to these states.

    >>> on("needs", "draft", ("posed", "withdrawn"))
    ('need.publish', 'need.withdraw')
    """
    ways = (way for way in WAYS.get(table, ()) if way.to in may and (not way.out_of or state in way.out_of))
    return tuple(dict.fromkeys(way.action for way in ways))
