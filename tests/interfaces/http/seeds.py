"""Real ids for generated requests: before each one, what it needs so that it could be done.

Generated text never hits an id, a city or a login by chance; without this, nearly all requests would be refused early
and what lies behind would never be tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from tandem.domain.people import Actor
from tandem.hub import notices
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.call import Call
from tandem.storage.database import schema

CSV = "need_id,title,kind,text\nN{n},检测 {n},service,密封检测\n".encode()
PASSWORD = "correct horse battery"
# Settings that name something else, or hang together with others: left out, unless a seed gives them.
_LEFT_OUT = frozenset((
    "after", "named", "clear", "organisation", "need", "offer", "partners", "service_code", "reg_no", "email",
    "budget_min", "budget_max", "available_from", "available_to", "cities_served", "account", "record", "scopes",
    "table", "strict", "city", "sector", "state", "role", "size", "first", "delivery", "delivered_on", "type",
    "visibility", "password", "new_password", "currency", "entry", "events", "since",
))  # fmt: skip
Seed = Callable[["Seeds"], tuple[str, Mapping[str, Any]]]


class Seeds:
    """Makes, for one action after another, who asks and which settings make its request a good one."""

    def __init__(self, web: Any) -> None:
        self.web = web
        self._numbers = itertools.count()
        self._seen: str | None = None

    def __call__(self, action: str) -> tuple[str, Mapping[str, Any]]:
        """Who asks, and the settings that must be as they are."""
        if action in SEEDS:
            return SEEDS[action](self)
        return self.asker(action), {}

    def mended(self, action: str, given: Mapping[str, Any], seeded: Mapping[str, Any]) -> dict[str, Any]:
        """A generated request with what must be as it is, and without what chance cannot hit."""
        return {**{name: value for name, value in given.items() if name not in _LEFT_OUT}, **seeded}

    def asker(self, action: str) -> str:
        """The first of the people who may ask for it."""
        roles = {"ann": "member", "max": "manager", "opal": "operator"}
        return next((who for who, role in roles.items() if role in ACTIONS[action].may), "opal")

    def new(self, stem: str) -> str:
        return f"{stem}{next(self._numbers)}"

    def need(self, **more: Any) -> str:
        return str(
            self.web.ask(
                "ann", "need.pose", **{"title": self.new("需求 "), "visibility": "members", **more}
            ).id
        )

    def offer(self, who: str = "ann") -> str:
        return str(self.web.ask(who, "offer.add", title=self.new("供给 "), visibility="members").id)

    def delivery(self) -> str:
        return str(self.web.ask("ann", "delivery.add", title=self.new("业绩 "), visibility="members").id)

    def organisation(self) -> str:
        return str(self.web.world.organisation(self.new("机构 ")))

    def person(self) -> Actor:
        found: Actor = self.web.world.person("member")
        return found

    def introduction(self, *moves: tuple[str, str, Mapping[str, Any]]) -> str:
        """An introduction of bob's organisation to a need of ann's, moved as far as told: (who, verb, settings)."""
        made = self.web.ask(
            "ann", "introduction.propose", need=self.need(), organisation=self.web.actors["bob"].org
        )
        for who, verb, given in moves:
            self.web.ask(who, f"introduction.{verb}", id=made.id, **given)
        return str(made.id)

    def waiting(self) -> str:
        """A wish of ann's agent that waits for her word."""
        made = self.web.ask("ann", "token.create", label="agent", agent=True)
        agent = Actor(
            "member", self.web.actors["ann"].account, self.web.actors["ann"].org, agent=True, key=made.id
        )
        self.room_for_one_more()
        asked = run("need.pose", {"title": self.new("需求 ")}, Asker(agent, hub=self.web.world.hub))
        return str(asked.confirmation_id)

    def room_for_one_more(self) -> None:
        """Refuses what has been left waiting, because only so much may wait."""
        database, c = self.web.world.hub.database, schema.confirmations.c
        database.write(lambda tx: tx.execute(
            schema.confirmations.update().where(c.state == "waiting").values(state="refused", version=c.version + 1)
        )).result()  # fmt: skip

    def planned(self) -> Any:
        """A round of one need, with its job still waiting."""
        return self.web.ask("opal", "round.start", title=self.new("轮次 "), needs=(self.need(),))

    def cleared(self) -> str:
        """A round that its job has cleared."""
        made = self.planned()
        self.web.ask("opal", "job.work")
        return str(made.id)

    def seen(self) -> str:
        """One cleared round, for whoever only looks at it."""
        if self._seen is None:
            self._seen = self.cleared()
        return self._seen

    def webhook(self) -> str:
        for one in self.web.ask("max", "webhook.list").items:  # an organisation has but a few
            self.web.ask("max", "webhook.remove", id=one.id)
        return str(self.web.ask("max", "webhook.add", address="https://hooks.example.org/tandem").id)

    def newcomer(self) -> str:
        """Somebody who has not used up what each may keep."""
        self.web.join("newcomer", "member", self.web.actors["ann"].org)
        return "newcomer"

    def search(self) -> str:
        return str(self.web.ask(self.newcomer(), "search.save", name=self.new("找 "), text="检测").id)

    def notice(self) -> str:
        hub, ann = self.web.world.hub, self.web.actors["ann"]
        hub.database.write(
            lambda tx: notices.to_account(Call(tx, ann, hub), str(ann.account), "round.done")
        ).result()
        return str(self.web.ask("ann", "notice.list").items[0].id)


def _named(make: Callable[[Seeds], str], who: str = "ann", **more: Any) -> Seed:
    return lambda seeds: (who, {"id": make(seeds), **more})


def _withdrawn(family: str, make: Callable[[Seeds], str]) -> Callable[[Seeds], str]:
    def made(seeds: Seeds) -> str:
        id_ = make(seeds)
        seeds.web.ask("ann", f"{family}.withdraw", id=id_)
        return id_

    return made


def _moved(*moves: tuple[str, str, Mapping[str, Any]]) -> Callable[[Seeds], str]:
    return lambda seeds: seeds.introduction(*moves)


def _session(seeds: Seeds) -> tuple[str, Mapping[str, Any]]:
    seeds.web.secrets["passing"] = seeds.web.session(seeds.web.actors["bob"])
    return "passing", {}


def _signing_in(seeds: Seeds) -> tuple[str, Mapping[str, Any]]:
    if "login" not in seeds.web.secrets:
        seeds.web.secrets["login"] = "dee@example.org"
        run("account.register", {"login": "dee@example.org", "password": PASSWORD, "name": "Dee"},
            Asker(Actor(), hub=seeds.web.world.hub))  # fmt: skip
    return "", {"login": "dee@example.org", "password": PASSWORD}


def _renewing(seeds: Seeds) -> tuple[str, Mapping[str, Any]]:
    made = seeds.web.ask("opal", "account.reset", id=seeds.person().account)
    return "", {"secret": made.secret, "password": PASSWORD}


def _listed(who: str, action: str) -> Callable[[Seeds], str]:
    return lambda seeds: str(seeds.web.ask(who, action).items[0].id)


def _own_session(seeds: Seeds) -> str:
    seeds.web.session(seeds.web.actors["ann"])
    theirs = seeds.web.ask("ann", "session.list", limit=200).items
    return next(str(one.id) for one in theirs if one.revoked_at is None and not one.used_at)


INVITED = ("ann", "invite", {})
INTERESTED = ("bob", "answer", {"answer": "interested"})
INTRODUCED = ("ann", "introduce", {})
QUOTED = ("bob", "quote", {"amount": 100})
AGREED = ("ann", "agree", {})
SEEDS: Mapping[str, Seed] = {
    "organisation.register": lambda seeds: ("opal", {"name": seeds.new("新机构 ")}),
    "organisation.show": _named(Seeds.organisation),
    "organisation.edit": _named(Seeds.organisation, "opal"),
    "organisation.verify": _named(Seeds.organisation, "opal", refuse=True, note="查无此机构"),
    "need.pose": lambda seeds: ("ann", {"title": seeds.new("需求 ")}),
    "offer.add": lambda seeds: ("ann", {"title": seeds.new("供给 ")}),
    "delivery.add": lambda seeds: ("ann", {"title": seeds.new("业绩 ")}),
    **{f"need.{verb}": _named(Seeds.need) for verb in ("show", "edit", "withdraw", "match", "close")},
    "need.publish": _named(lambda seeds: seeds.need(draft=True)),
    "need.reopen": _named(_withdrawn("need", Seeds.need)),
    **{f"offer.{verb}": _named(Seeds.offer) for verb in ("show", "edit", "withdraw")},
    "offer.reopen": _named(_withdrawn("offer", Seeds.offer)),
    **{f"delivery.{verb}": _named(Seeds.delivery) for verb in ("show", "edit", "remove")},
    "records.import": lambda seeds: (
        "ann",
        {"file": CSV.replace(b"{n}", seeds.new("").encode()), "table": "needs"},
    ),
    "records.problems": lambda seeds: ("ann", {"file": CSV, "table": "needs"}),
    "search.forget": _named(Seeds.search, "newcomer"),
    "search.save": lambda seeds: (
        seeds.newcomer(),
        {"name": seeds.new("找 "), "text": "密封检测", "what": "needs", "kind": None},
    ),
    "introduction.propose": lambda seeds: (
        "ann",
        {"need": seeds.need(), "organisation": seeds.web.actors["bob"].org},
    ),
    "introduction.show": _named(Seeds.introduction),
    "introduction.invite": _named(Seeds.introduction),
    "introduction.answer": _named(_moved(INVITED), "bob", answer="declined", reason="capacity"),
    "introduction.reveal": _named(_moved(INVITED)),
    "introduction.introduce": _named(_moved(INVITED, INTERESTED)),
    "introduction.quote": _named(_moved(INVITED, INTERESTED, INTRODUCED), "bob"),
    "introduction.agree": _named(_moved(INVITED, INTERESTED, INTRODUCED, QUOTED), amount=None),
    "introduction.lose": _named(_moved(INVITED, INTERESTED, INTRODUCED, QUOTED)),
    "introduction.outcome": _named(_moved(INVITED, INTERESTED, INTRODUCED, QUOTED, AGREED)),
    "notice.read": _named(Seeds.notice),
    "round.start": lambda seeds: (
        "opal",
        {"title": seeds.new("轮次 "), "needs": [seeds.need()], "rules": None},
    ),
    "round.show": _named(Seeds.seen, "opal"),
    "round.assignments": _named(Seeds.seen, "opal"),
    "round.compare": lambda seeds: ("opal", {"id": seeds.seen(), "other": seeds.seen()}),
    "round.publish": _named(Seeds.cleared, "opal"),
    "round.drop": _named(lambda seeds: str(seeds.planned().id), "opal"),
    "job.show": _named(lambda seeds: str(seeds.planned().job.id), "opal"),
    "job.stop": _named(lambda seeds: str(seeds.planned().job.id), "opal"),
    "webhook.add": lambda seeds: (
        "max",
        {"address": f"https://hooks.example.org/{seeds.webhook()}", "actions": ()},
    ),
    "webhook.show": _named(Seeds.webhook, "max"),
    "webhook.remove": _named(Seeds.webhook, "max"),
    "webhook.test": _named(Seeds.webhook, "max"),
    "webhook.replay": _named(Seeds.webhook, "max"),
    "account.register": lambda seeds: (
        "",
        {"login": seeds.new("person") + "@example.org", "password": PASSWORD, "name": "One"},
    ),
    "account.set": lambda seeds: ("opal", {"id": seeds.person().account, "leave": False, "role": "analyst"}),
    "account.erase": lambda seeds: ("opal", {"id": seeds.person().account, "password": None}),
    "account.reset": lambda seeds: ("opal", {"id": seeds.person().account}),
    "account.renew": _renewing,
    "session.open": _signing_in,
    "session.close": _session,
    "session.revoke": _named(_own_session),
    "token.revoke": _named(lambda seeds: str(seeds.web.ask("ann", "token.create", label="one").id)),
    "confirmation.accept": _named(Seeds.waiting),
    "confirmation.refuse": _named(Seeds.waiting),
    "journal.prove": _named(_listed("opal", "journal.list"), "opal", size=None),
    "journal.consistency": lambda seeds: ("opal", {"old": 1, "size": None}),
    "journal.erase": lambda seeds: ("opal", {"record": seeds.need(), "entry": None}),
}
