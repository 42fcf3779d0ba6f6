"""What each action needs so that it can be done, made by those who can make it: records, people, earlier moves.

Generated text never hits an id, a city or a login by chance; without this, nearly all requests would be refused early
and what lies behind would never be tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from tandem.base.settings import Upload
from tandem.domain.people import Actor
from tandem.hub import notices
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.call import Call
from tandem.storage.database import schema

CSV = "need_id,title,kind,text\nN{n},检测 {n},service,密封检测\n".encode()
FIGURES = "id,indicator,value,unit,year,geography,kind,source\n" + "".join(
    f"F{n}{{n}},产值 {{n}},{value},亿元,{year},广东,{kind},公报\n"
    for n, (value, year, kind) in enumerate(((145800, 2025, "baseline"), (258000, 2035, "target")), 1)
)
PASSWORD = "correct horse battery"
# Settings that name something else, or hang together with others: left out, unless a seed gives them.
_LEFT_OUT = frozenset((
    "after", "named", "clear", "organisation", "need", "offer", "partners", "service_code", "reg_no", "email",
    "budget_min", "budget_max", "available_from", "available_to", "cities_served", "account", "record", "scopes",
    "table", "strict", "city", "sector", "state", "role", "size", "first", "delivery", "delivered_on", "type",
    "visibility", "password", "new_password", "currency", "entry", "events", "since",
    "held", "sheets", "columns", "corrections",
))  # fmt: skip
Given = Mapping[str, Any]
Seed = Callable[["Seeds", str], Given]  # of who asks: the settings that must be as they are


class Seeds:
    """Makes, for one action after another, the settings with which somebody's request is a good one.

    web  has `actors`, by name; `ask(who, action, **given)`; `join` and `session` for more of them; `world`.
         ann and bob are members of two organisations, max manages ann's, opal operates
    """

    def __init__(self, web: Any) -> None:
        self.web = web
        self._numbers = itertools.count()
        self._seen: str | None = None
        self._figures = ""

    def __call__(self, action: str, who: str | None = None) -> tuple[str, Given]:
        """Who asks, of the usual people where nobody is told, and the settings that must be as they are."""
        who = self.asker(action) if who is None else who
        return who, SEEDS[action](self, who) if action in SEEDS else {}

    def mended(self, action: str, given: Given, seeded: Given) -> dict[str, Any]:
        """A generated request with what must be as it is, and without what chance cannot hit."""
        return {**{name: value for name, value in given.items() if name not in _LEFT_OUT}, **seeded}

    def asker(self, action: str) -> str:
        """The first of the people who may ask for it; somebody new where it takes away or counts who they are."""
        if action in ("session.open", "account.register", "account.renew", "account.unsubscribe"):
            return ""
        if action in ("session.close", "search.save", "search.forget", *OUTSIDERS):
            return self.newcomer(action)
        if action in OTHER_SIDE:
            return "bob"
        if action == "account.erase":
            return "opal"
        roles = {"ann": "member", "max": "manager", "opal": "operator"}
        return next((who for who, role in roles.items() if role in ACTIONS[action].may), "opal")

    def newcomer(self, action: str) -> str:
        """A new member, who has not used up what each may keep."""
        self.web.join("newcomer", "member", self.side(action))
        return "newcomer"

    def side(self, action: str) -> str | None:
        """The organisation for which an action is asked for here: ann's, bob's, or none."""
        if action in OUTSIDERS:
            return None
        return self.of("bob" if action in OTHER_SIDE else "ann").org

    def new(self, stem: str) -> str:
        return f"{stem}{next(self._numbers)}"

    def of(self, who: str) -> Actor:
        found: Actor = self.web.actors[who]
        return found

    def whose(self, who: str) -> Given:
        """The organisation for which somebody without one acts."""
        return {} if self.of(who).org else {"organisation": self.of("ann").org}

    def need(self, **more: Any) -> str:
        given = {"title": self.new("需求 "), "visibility": "public", **more}
        return str(self.web.ask("ann", "need.pose", **given).id)

    def offer(self) -> str:
        return str(self.web.ask("ann", "offer.add", title=self.new("供给 "), visibility="public").id)

    def delivery(self) -> str:
        return str(self.web.ask("ann", "delivery.add", title=self.new("业绩 "), visibility="public").id)

    def withdrawn(self, family: str) -> str:
        id_ = self.need() if family == "need" else self.offer()
        self.web.ask("ann", f"{family}.withdraw", id=id_)
        return id_

    def organisation(self, who: str = "opal") -> str:
        """The one of whoever asks; a new one for who runs the hub."""
        return self.of(who).org or str(self.web.world.organisation(self.new("机构 ")))

    def person(self, org: str | None = None) -> Actor:
        found: Actor = self.web.world.person("member", org)
        return found

    def mailed(self) -> str:
        """The secret in the e-mails to somebody who gets some."""
        secret, account = self.new("no more "), self.person().account
        row = {"account_id": account, "secret": secret, "told_to": 0, "due_at": 0, "attempts": 0}
        self.web.world.hub.database.write(lambda tx: tx.insert(schema.mailings, row)).result()
        return secret

    def introduction(self, who: str, *moves: tuple[str, str, Given]) -> str:
        """An introduction of bob's organisation to a need of ann's, moved as far as told: (by whom, verb, settings).

        For the operator both are organisations without accounts, because only for these the operator speaks.
        """
        operates = self.of(who).operates
        need, other = self.need(), self.of("bob").org
        if operates:
            given = {"title": self.new("需求 "), "organisation": self.organisation()}
            need, other = self.web.ask("opal", "need.pose", **given).id, self.organisation()
        made = self.web.ask(
            "opal" if operates else "ann", "introduction.propose", need=need, organisation=other
        )
        for by, verb, given in moves:
            self.web.ask("opal" if operates else by, f"introduction.{verb}", id=made.id, **given)
        return str(made.id)

    def waiting(self, who: str) -> str:
        """A wish of somebody's agent that waits for their word: a need, or for whoever poses none a membership."""
        made = self.web.ask(who, "token.create", label="agent", agent=True)
        owner = self.of(who)
        agent = Actor(owner.role, owner.account, owner.org, agent=True, key=made.id)
        self.room_for_one_more()
        poses = owner.role in ACTIONS["need.pose"].may
        action = "need.pose" if poses else "membership.accept"
        given = {"title": self.new("需求 "), **self.whose(who)} if poses else {"id": self.invitation(who)}
        return str(run(action, given, Asker(agent, hub=self.web.world.hub)).confirmation_id)

    def room_for_one_more(self) -> None:
        """Refuses what has been left waiting, because only so much may wait."""
        database, c = self.web.world.hub.database, schema.confirmations.c
        database.write(lambda tx: tx.execute(
            schema.confirmations.update().where(c.state == "waiting").values(state="refused", version=c.version + 1)
        )).result()  # fmt: skip

    def invitation(self, who: str | None = None) -> str:
        """An invitation by max, of somebody or of nobody; those that have been left waiting are taken back."""
        for one in self.web.ask("max", "membership.list", state="invited", limit=200).items:
            self.web.ask("max", "membership.withdraw", id=one.id)
        whom = {"login": self.new("nobody")} if who is None else {"account": self.of(who).account}
        return str(self.web.ask("max", "membership.invite", **whom).id)

    def planned(self) -> Any:
        """A round of one need, with its job still waiting."""
        return self.web.ask("opal", "round.start", title=self.new("轮次 "), needs=(self.need(),))

    def job(self, who: str) -> str:
        """A job that waits, of whoever asks."""
        id_, j = str(self.planned().job.id), schema.jobs.c
        self.web.world.hub.database.write(lambda tx: tx.execute(
            schema.jobs.update().where(j.id == id_).values(account_id=self.of(who).account)
        )).result()  # fmt: skip
        return id_

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

    def webhook(self, who: str) -> str:
        for one in self.web.ask(who, "webhook.list").items:  # an account has but a few
            self.web.ask(who, "webhook.remove", id=one.id)
        return str(self.web.ask(who, "webhook.add", address="https://hooks.example.org/tandem").id)

    def search(self, who: str) -> str:
        return str(self.web.ask(who, "search.save", name=self.new("找 "), text="检测").id)

    def upload(self, who: str) -> str:
        return str(self.web.ask(who, "records.hand_over", file=Upload("a.csv", CSV)).id)

    def importable(self, who: str) -> str:
        """A file that no job imports yet; jobs that have been left waiting are stopped, as there may be but a few."""
        database, j = self.web.world.hub.database, schema.jobs.c
        database.write(lambda tx: tx.execute(
            schema.jobs.update().where(j.kind == "records.import", j.state == "waiting").values(state="stopped")
        )).result()  # fmt: skip
        return self.upload(who)

    def figures(self) -> bytes:
        """A file of two figures that no register holds yet."""
        return FIGURES.format(n=self.new("")).encode()

    def figure(self, number: int) -> str:
        """The id of a figure of the register: 1 what was published, 2 the target."""
        if not self._figures:
            self._figures = self.new("")
            file = Upload("figures.csv", FIGURES.format(n=self._figures).encode())
            self.web.ask("opal", "register.import", file=file)
        return f"F{number}{self._figures}"

    def notice(self, who: str) -> str:
        hub, actor = self.web.world.hub, self.of(who)
        hub.database.write(
            lambda tx: notices.to_account(Call(tx, actor, hub), str(actor.account), "round.done")
        ).result()
        return str(self.web.ask(who, "notice.list").items[0].id)

    def token(self, who: str) -> str:
        return str(self.web.ask(who, "token.create", label="one").id)

    def own_session(self, who: str) -> str:
        """A session of somebody beside the one that they come with."""
        self.web.session(self.of(who))
        theirs = self.web.ask(who, "session.list", account=self.of(who).account, limit=200).items
        return next(str(one.id) for one in theirs if one.revoked_at is None and not one.used_at)

    def login(self) -> str:
        """The login of somebody who has the usual password."""
        login = "dee@example.org"
        if login not in self.web.secrets:
            self.web.secrets[login] = login
            run("account.register", {"login": login, "password": PASSWORD, "name": "Dee"},
                Asker(Actor(), hub=self.web.world.hub))  # fmt: skip
        return login

    def placed(self, who: str) -> Given:
        """Somebody whose standing whoever asks may decide."""
        org = self.of(who).org
        return {"id": self.person(org).account, "leave": False, "role": "manager" if org else "analyst"}


def _named(make: Callable[[Seeds], str], **more: Any) -> Seed:
    return lambda seeds, who: {"id": make(seeds), **more}


def _own(make: Callable[[Seeds, str], str], **more: Any) -> Seed:
    return lambda seeds, who: {"id": make(seeds, who), **more}


def _moved(*moves: tuple[str, str, Given]) -> Callable[[Seeds, str], str]:
    return lambda seeds, who: seeds.introduction(who, *moves)


def _titled(stem: str) -> Seed:
    return lambda seeds, who: {"title": seeds.new(stem), **seeds.whose(who)}


def _erased(seeds: Seeds, who: str) -> Given:
    """Oneself, unless one runs the hub."""
    operates = seeds.of(who).operates
    return {"id": seeds.person().account if operates else seeds.of(who).account, "password": None}


INVITED = ("ann", "invite", {})
INTERESTED = ("bob", "answer", {"answer": "interested"})
INTRODUCED = ("ann", "introduce", {})
QUOTED = ("bob", "quote", {"amount": 100})
AGREED = ("ann", "agree", {})
# Who is asked to act for ann's organisation, and who answers her need.
OUTSIDERS = ("membership.accept", "membership.decline", "organisation.register")
OTHER_SIDE = ("introduction.answer", "introduction.quote", "introduction.volunteer")
SEEDS: Mapping[str, Seed] = {
    "organisation.register": lambda seeds, who: {"name": seeds.new("新机构 ")},
    "organisation.show": _named(Seeds.organisation),
    "organisation.profile": _named(Seeds.organisation),
    "organisation.calendar": _named(Seeds.organisation),
    "need.fits": lambda seeds, who: seeds.whose(who),
    "organisation.edit": _own(Seeds.organisation),
    "organisation.verify": _named(Seeds.organisation, refuse=True, note="查无此机构"),
    "need.pose": _titled("需求 "),
    "offer.add": _titled("供给 "),
    "delivery.add": _titled("业绩 "),
    **{f"need.{verb}": _named(Seeds.need) for verb in ("show", "edit", "withdraw", "match", "close")},
    "introduction.lease": lambda seeds, who: {"state": "quoted", "hours": 240},
    "need.publish": _named(lambda seeds: seeds.need(draft=True)),
    "need.reopen": _named(lambda seeds: seeds.withdrawn("need")),
    **{f"offer.{verb}": _named(Seeds.offer) for verb in ("show", "edit", "withdraw")},
    "offer.reopen": _named(lambda seeds: seeds.withdrawn("offer")),
    **{f"delivery.{verb}": _named(Seeds.delivery) for verb in ("show", "edit", "remove")},
    "records.import": lambda seeds, who: {
        "file": CSV.replace(b"{n}", seeds.new("").encode()), "table": "needs", **seeds.whose(who)
    },
    "records.hand_over": lambda seeds, who: {"file": CSV},
    "records.columns": lambda seeds, who: {"file": CSV, "table": "needs", **seeds.whose(who)},
    "records.mend": _own(Seeds.upload),
    "records.let_go": _own(Seeds.upload),
    "records.problems": lambda seeds, who: {"file": CSV, "table": "needs", **seeds.whose(who)},
    "records.import_later": _own(Seeds.importable, visibility=None),
    "need.preview": lambda seeds, who: {"title": seeds.new("需求 "), "need": None, **seeds.whose(who)},
    "register.import": lambda seeds, who: {"file": seeds.figures(), "table": "figures"},
    "register.problems": lambda seeds, who: {"file": seeds.figures(), "table": "figures"},
    "register.export": lambda seeds, who: {"format": "csv", "table": "figures" if seeds.figure(1) else None},
    "register.figure": _named(lambda seeds: seeds.figure(1)),
    "register.target": _named(lambda seeds: seeds.figure(2)),
    "search.forget": _own(Seeds.search),
    "search.save": lambda seeds, who: {
        "name": seeds.new("找 "), "text": "密封检测", "what": "needs", "kind": None
    },
    "introduction.propose": lambda seeds, who: {"need": seeds.need(), "organisation": seeds.of("bob").org},
    "introduction.volunteer": lambda seeds, who: {"need": seeds.need()},
    "introduction.show": _own(Seeds.introduction),
    "introduction.invite": _own(Seeds.introduction),
    "introduction.answer": _own(_moved(INVITED), answer="declined", reason="capacity"),
    "introduction.reveal": _own(_moved(INVITED)),
    "introduction.introduce": _own(_moved(INVITED, INTERESTED)),
    "introduction.quote": _own(_moved(INVITED, INTERESTED, INTRODUCED)),
    "introduction.agree": _own(_moved(INVITED, INTERESTED, INTRODUCED, QUOTED), amount=None),
    "introduction.lose": _own(_moved(INVITED, INTERESTED, INTRODUCED, QUOTED)),
    "introduction.outcome": _own(_moved(INVITED, INTERESTED, INTRODUCED, QUOTED, AGREED)),
    "notice.read": lambda seeds, who: {"ids": [seeds.notice(who)]},
    "records.names": lambda seeds, who: {"ids": [seeds.need()], "what": None},
    "records.evidence": lambda seeds, who: {"ids": [seeds.offer()]},
    "round.start": lambda seeds, who: {"title": seeds.new("轮次 "), "needs": [seeds.need()], "rules": None},
    "round.check": lambda seeds, who: {"needs": [seeds.need()], "rules": None},
    "round.show": _named(Seeds.seen),
    "round.assignments": _named(Seeds.seen),
    "round.compare": lambda seeds, who: {"id": seeds.seen(), "other": seeds.seen()},
    "round.publish": _named(Seeds.cleared),
    "round.drop": _named(lambda seeds: str(seeds.planned().id)),
    "job.show": _own(Seeds.job),
    "job.stop": _own(Seeds.job),
    "webhook.add": lambda seeds, who: {
        "address": f"https://hooks.example.org/{seeds.webhook(who)}", "actions": ()
    },
    "webhook.show": _own(Seeds.webhook),
    "webhook.remove": _own(Seeds.webhook),
    "webhook.test": _own(Seeds.webhook),
    "webhook.replay": _own(Seeds.webhook),
    "account.register": lambda seeds, who: {
        "login": seeds.new("person") + "@example.org", "password": PASSWORD, "name": "One"
    },
    "account.set": Seeds.placed,
    "account.erase": _erased,
    "account.reset": _named(lambda seeds: str(seeds.person().account)),
    "account.renew": lambda seeds, who: {
        "secret": seeds.web.ask("opal", "account.reset", id=seeds.person().account).secret, "password": PASSWORD
    },
    "account.unsubscribe": lambda seeds, who: {"secret": seeds.mailed()},
    "membership.invite": lambda seeds, who: {
        "login": seeds.new("nobody"), "account": None, "role": "member", **seeds.whose(who)
    },
    "membership.accept": _own(Seeds.invitation),
    "membership.decline": _own(Seeds.invitation),
    "membership.withdraw": _named(Seeds.invitation),
    "session.open": lambda seeds, who: {"login": seeds.login(), "password": PASSWORD},
    "session.revoke": _own(Seeds.own_session),
    "token.revoke": _own(Seeds.token),
    "confirmation.accept": _own(Seeds.waiting),
    "confirmation.refuse": _own(Seeds.waiting),
    "journal.prove": lambda seeds, who: {"id": seeds.web.ask("opal", "journal.list").items[0].id, "size": None},
    "journal.consistency": lambda seeds, who: {"old": 1, "size": None},
    "journal.erase": lambda seeds, who: {"record": seeds.need(), "entry": None},
}  # fmt: skip
