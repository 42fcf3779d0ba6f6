"""A hub on which everything can be asked for by somebody of every role, with a valid request, through every door.

Who asks is new each time, so that no request depends on an earlier one; what it needs is made by seeds.py.
"""

from __future__ import annotations

import itertools
from typing import Any

import sqlalchemy as sa
from tests.hub.conftest import World
from tests.interfaces.http.seeds import Seeds
from tests.trust.roles import asked
from tests.trust.worlds import ROUTES, Place

from tandem.domain.people import VISITOR, Actor, Role
from tandem.hub.call import Call
from tandem.hub.people import sessions
from tandem.storage.database import schema as s


class Stage:
    """The people of seeds.py on a Place, each with a session."""

    def __init__(self, at: Place) -> None:
        self.at, self.actors, self.secrets = at, at.people, at.secrets
        self.world = World(at.hub, at.clock)
        self._numbers = itertools.count()
        for name in ("first", "second"):
            at.organisation(name)
        self.join("ann", "member", at.ids["first"])
        self.join("max", "manager", at.ids["first"])
        self.join("bob", "member", at.ids["second"])
        self.join("opal", "operator")
        self.join("second operator", "operator")  # so that one of them can go
        self.seeds = Seeds(self)

    def ask(self, who: str, name: str, /, **given: Any) -> Any:
        return self.at.do(who, name, None, "open", **given)

    def join(self, name: str, role: Role, org: str | None = None) -> Actor:
        """Somebody with an account and a session."""
        actor = self.world.person(role, org)
        return self.at.enter(name, self.session(actor))

    def session(self, actor: Actor) -> str:
        """The secret of a new session of somebody."""
        hub = self.at.hub
        return str(hub.database.write(
            lambda tx: sessions.begin(Call(tx, actor, hub), str(actor.account), "active").secret
        ).result())  # fmt: skip

    def somebody(self, role: Role, action: str) -> str:
        """The label of somebody new of a role, of the organisation for which the action is asked for."""
        label = f"{role} {next(self._numbers)}"
        if role == "visitor":
            self.at.people[label] = VISITOR
            return label
        self.join(label, role, self.seeds.side(action) if role in ("member", "manager") else None)
        return label

    def program(self, who: str, scopes: frozenset[str], *, agent: bool = False) -> str:
        """The label of a program of somebody's, with a token of these scopes."""
        label = f"{who} program {next(self._numbers)}"
        made = self.ask(who, "token.create", label="program", scopes=sorted(scopes), agent=agent)
        self.at.enter(label, made.secret)
        return label

    def valid(self, action: str, who: str) -> dict[str, Any]:
        """A request of somebody's that the hub does."""
        settings = ROUTES[action].settings
        _, seeded = self.seeds(action, who)
        whole = {**asked({name: one for name, one in settings.items() if name not in seeded}), **seeded}
        return {name: value for name, value in whole.items() if value not in (None, ())}

    def told(self, after: int = 0) -> tuple[str, ...]:
        """The actions that the journal tells of, after so many entries."""
        j = s.journal.c
        with self.at.hub.database.reading() as tx:
            rows = tx.unguarded(sa.select(j.action).where(j.seq > after).order_by(j.seq))
        return tuple(str(row["action"]) for row in rows)

    def size(self) -> int:
        """How many entries the journal has."""
        with self.at.hub.database.reading() as tx:
            return tx.journal_size()
