"""Who acts: the roles of a hub, and one acting person or program with what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["visitor", "member", "manager", "operator", "analyst", "reviewer", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)

EVERYONE: frozenset[Role] = frozenset(ROLES)
SIGNED_IN: frozenset[Role] = EVERYONE - {"visitor"}
MEMBERS: frozenset[Role] = frozenset(("member", "manager", "operator"))
MANAGERS: frozenset[Role] = frozenset(("manager", "operator"))
OPERATORS: frozenset[Role] = frozenset(("operator",))
STAFF: frozenset[Role] = frozenset(("operator", "analyst", "reviewer", "auditor"))
AUDITORS: frozenset[Role] = frozenset(("operator", "auditor"))


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts, as every rule of visibility and admission sees it.

    role     what the account may do in general; `visitor` where nobody is signed in
    account  the account's id; None for a visitor and for the operator at the hub's own machine
    org      the organisation that the account belongs to, by id
    agent    a program that acts for the account: what binds the member waits for the member's own word
    scopes   names of actions or families of actions ("need", "need.pose"), or "read" for all reading;
             None means everything that the role may
    """

    role: Role = "visitor"
    account: str | None = None
    org: str | None = None
    agent: bool = False
    scopes: frozenset[str] | None = None

    def within(self, action: str, *, reads: bool) -> bool:
        """Whether the actor's scopes hold an action: by its name, by its family, or as reading."""
        if self.scopes is None:
            return True
        held = {action, action.partition(".")[0]} | ({"read"} if reads else set())
        return not self.scopes.isdisjoint(held)

    @property
    def operates(self) -> bool:
        """Whether the hub is run by this actor."""
        return self.role == "operator"


VISITOR = Actor()
HERE = Actor("operator")  # someone at the command line of the hub's own machine
