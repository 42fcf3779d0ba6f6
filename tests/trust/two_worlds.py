"""Two worlds, equal but for what outsiders may not see: everything that they are told in the one and in the other.

What happens is drawn from a seed. In world A the hidden steps never happen, in world B they do; everything else
happens in both at the same instants and under the same ids, so that all that is told must be the same bytes: answers
over HTTP, events, webhooks. In every fifth pair what is hidden may be open to members, and only the visitor asks.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from tests.trust.worlds import ROUTES, Lane, Place, place, reads

from tandem.base.errors import Denied
from tandem.base.settings import Upload
from tandem.hub.actions import ACTIONS
from tandem.hub.feeds import events, outbox
from tandem.storage.database import schema as s

WORDS = (
    "轴承",
    "减速器",
    "检测",
    "bearing",
    "testing",
    "logistics",
    "电机",
    "设计",
    "coating",
    "softwarepatent",
)
SECRET = ("绝密合金", "xenonlaser")  # words that only hidden records hold
CITIES = ("东莞", "广州", "香港")
KINDS = ("service", "technology", "capacity")
OUTSIDERS = ("visitor", "member", "manager", "analyst", "reviewer", "program")
OWNERS = ("owner", "second")
LISTENERS = (*OUTSIDERS, "named")
HOOKED = ("manager", "named")
STEPS, PARTS = 16, 3  # that happen; of a list that are read
EACH, HIDDEN = 2, 3  # outsiders who ask each question; hidden records that an action is asked for
BOOK = f"need_id,title,kind,text\nN1,{WORDS[0]} {SECRET[0]},service,\n".encode()  # as somebody would bring it
REGISTER = {  # chain links whose suppliers are looked for among public records, by words that hidden ones hold too
    "figures": [("id", "indicator", "value", "unit", "year", "geography", "kind", "source"),
                ("F1", "Regional GDP", "14.58", "trillion CNY", "2025", "Guangdong", "baseline", "bulletin"),
                ("F2", "Regional GDP", "25.8", "trillion CNY", "2035", "Guangdong", "target", "agenda")],
    "links": [("link_id", "chain", "stage", "name", "terms", "source"),
              ("L1", "drives", "up", "Bearings", f"{WORDS[0]};{WORDS[3]}", "template"),
              ("L2", "drives", "up", "Testing", f"{WORDS[2]};{WORDS[4]}", "template")],
}  # fmt: skip
Key = tuple[str, str, str]  # who, what was asked, with which settings


@dataclass
class World:
    """What was told in a world, and the ids of what is hidden from everybody outside, by label."""

    told: dict[Key, Any] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


def pair(folder: Path, empty: Path, seed: int) -> tuple[World, World]:
    """A world without and a world with what is hidden; in both it is asked for by the ids that it has in the second."""
    b = world(folder / "b", empty, seed, None)
    return world(folder / "a", empty, seed, b.hidden), b


def differing(folder: Path, empty: Path, seed: int) -> list[Key]:
    """What two worlds tell outsiders differently. `named` may hear of what it takes part in."""
    a, b = pair(folder, empty, seed)
    return [key for key in a.told.keys() | b.told.keys()
            if key[0] != "named" and a.told.get(key) != b.told.get(key)]  # fmt: skip


def world(folder: Path, empty: Path, seed: int, without: dict[str, str] | None) -> World:
    """One world; `without`: nothing hidden happens, but is asked for by these ids."""
    with place(folder, empty) as at:
        people(at)
        sources = listening(at)
        story(at, seed, with_hidden=without is None)
        hidden = without
        if hidden is None:
            hidden = {label: id_ for label, id_ in at.ids.items() if label.startswith("hidden")}
        asked_by = ("visitor",) if seed % 5 == 0 else OUTSIDERS
        told = answers(at, seed, asked_by, hidden)
        if len(asked_by) > 1:
            told |= heard(sources) | sent(at)
        return World(told, hidden)


def people(at: Place) -> None:
    """Two organisations that hide something, one that takes part, and everybody else; some want to be told of news."""
    for label in (*OWNERS, "outside", "named"):
        at.organisation(label, name=f"{label} 有限公司", city="441900")
    for label in (*OWNERS, "named"):
        at.person(label, "manager", at.ids[label])
    outside = at.ids["outside"]
    at.person("member", "member", outside)
    at.person("manager", "manager", outside)
    at.person("program", "member", outside, agent=True, scopes=frozenset(("read",)))
    for role in ("analyst", "reviewer", "auditor", "operator"):
        at.person(role, role)
    for who in HOOKED:
        at.do(who, "webhook.add", f"hook {who}", address=f"https://hooks.example/{who}")
    for who in ("member", "manager", "analyst"):
        at.do(who, "search.save", name="all", text=None, notify=True)


@cache
def register() -> bytes:
    """A small register of the region, as a workbook."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        for name, rows in REGISTER.items():
            sheet = book.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    return held.getvalue()


def story(at: Place, seed: int, *, with_hidden: bool) -> None:
    """Everything that happens; the hidden steps only where they are wanted, the clock goes on all the same."""
    at.do("operator", "register.import", file=Upload("register.xlsx", register()))
    at.do("manager", "need.pose", "own", title="轴承 bearing testing", text="检测", visibility="members")
    at.do("manager", "offer.add", "own offer", title="检测 bearing", kind="service", visibility="members")
    at.do("manager", "introduction.propose", "own introduction", need=":own", organisation=":named")
    at.do("manager", "introduction.invite", id=":own introduction")
    for n in range(STEPS):
        at.clock.now += 60
        chance = random.Random(f"{seed} {n}")
        if n % 2 == 0:
            opened(at, chance, f"open{n}")
        elif with_hidden:
            hidden(at, chance, f"hidden{n}", to_members=seed % 5 == 0)
        if n % 6 == 5:
            at.ask("operator", "search.find", text=WORDS[0])  # the index takes in what there is, part by part
    at.clock.now += 600
    at.do("operator", "search.news")
    at.clock.now += 60


def opened(at: Place, chance: random.Random, label: str) -> None:
    """Something that everybody outside sees."""
    who = chance.choice((*OWNERS, "manager", "named"))
    _record(at, chance, who, label, "open", visibility=chance.choice(("public", "public", "members")))


def hidden(at: Place, chance: random.Random, label: str, *, to_members: bool) -> None:
    """Something that nobody outside sees: confidential, for a named organisation, a draft; then what follows of it."""
    who = chance.choice(OWNERS)
    kind = chance.choice(
        ("confidential", "confidential", "named", "draft", *(("members",) * 2 if to_members else ()))
    )
    if kind == "draft":
        at.do(who, "need.pose", label, "hidden", **_said(chance, True), visibility="public", draft=True)
        if chance.random() < 0.5:
            at.do(who, "need.withdraw", None, "hidden", id=f":{label}")
        return
    named = [":named"] if kind == "named" else []
    label = label if kind == "confidential" else label.replace("hidden", "shared")
    what = _record(at, chance, who, label, "hidden", visibility=kind, named=named)
    if chance.random() < 0.3:
        at.do(who, f"{what}.edit", None, "hidden", id=f":{label}", title=_words(chance, True))
    elif what == "need" and chance.random() < 0.5:
        made = at.do(
            "operator", "introduction.propose", None, "hidden", need=f":{label}", organisation=":named"
        )
        at.do("operator", "introduction.invite", None, "hidden", id=made.id)


def _record(at: Place, chance: random.Random, who: str, label: str, lane: Lane, **more: Any) -> str:
    """A need, an offer or a delivery, and which of them."""
    said, what = {**_said(chance, lane == "hidden"), **more}, chance.random()
    if what < 0.5:
        at.do(who, "need.pose", label, lane, city=chance.choice(CITIES), anonymous=chance.random() < 0.3,
              budget_max=chance.randrange(10**9), **said)  # fmt: skip
        return "need"
    if what < 0.8:
        at.do(who, "offer.add", label, lane, capacity=chance.randrange(1, 4), **said)
        return "offer"
    said.pop("kind")
    at.do(who, "delivery.add", label, lane, rating=0.5, delivered_on="2026-05-01", **said)
    return "delivery"


def _said(chance: random.Random, secret: bool) -> dict[str, Any]:
    return {"title": _words(chance, secret), "text": _words(chance, secret), "kind": chance.choice(KINDS)}


def _words(chance: random.Random, secret: bool) -> str:
    """A title or a text; hidden ones hold common and secret words."""
    return " ".join(chance.choices(WORDS, k=4) + (chance.choices(SECRET, k=2) if secret else []))


OWN = {"need": ":own", "offer": ":own offer", "organisation": ":owner", "webhook": ":hook manager",
       "introduction": ":own introduction"}  # fmt: skip


def questions(action: str, hidden: list[str]) -> list[dict[str, object]]:
    """What outsiders ask of an action: words of both kinds, all filters, parts of lists, ids that are and are not."""
    asked: dict[str, list[dict[str, object]]] = {
        "search.find": [{"text": text, **more} for text in (WORDS[0], WORDS[3], f"{WORDS[2]} {WORDS[4]}", *SECRET)
                        for more in ({}, {"limit": 2}, {"what": "needs"}, {"kind": "service"})] + [{"limit": 3}],
        "search.suggest": [{"text": text} for text in ("轴", "绝", "be", "xe")],
        "need.similar": [{"title": f"{WORDS[0]} {WORDS[3]}"}, {"title": SECRET[0]}],
        "need.match": [{"id": ":own"}, {"id": ":open0"}]
        + [{"id": ":own", "organisation": f":{org}"} for org in (*OWNERS, "named")],
        "need.preview": [{"title": SECRET[0], "visibility": one} for one in ("public", "confidential")]
        + [{"need": one} for one in (":own", ":open0", *hidden)],
        "need.read": [{"text": f"{WORDS[0]} {SECRET[0]}"}],
        "need.fits": [{}, {"top": 3}, {"kind": "service"}],
        "organisation.calendar": [{"id": ":owner"}, {"id": ":outside"}],
        "organisation.profile": [{"id": ":owner"}, {"id": ":second"}, {"id": ":outside"}],
        "need.list": [{}, {"limit": 1}, {"kind": "service"}, {"city": "东莞"}, {"organisation": ":owner"},
                      {"mine": True}],
        "offer.list": [{}, {"limit": 1}, {"organisation": ":owner"}],
        "delivery.list": [{}, {"limit": 1}, {"organisation": ":owner"}],
        "organisation.list": [{}, {"name": "owner"}],
        "records.problems": [{"file": BOOK, "table": "needs"}],
        "records.columns": [{"file": BOOK, "table": "needs"}],
        "records.names": [{"ids": [":own", ":owner", ":open0", *hidden], **more} for more in ({}, {"what": "offers"})],
        "records.evidence": [{"ids": [":own offer", ":open2", *hidden]}],
        "register.show": [{}],
        "register.target": [{"id": "F2"}],
        "register.figure": [{"id": "F1"}],
        "register.chains": [{}, {"gap": "missing"}],
        "register.figures": [{}, {"limit": 2}],
        "register.export": [{"format": "csv", "table": "figures"}],
        "records.export": [{"format": "jsonl", "table": table, "others": others}
                           for table in ("needs", "offers", "deliveries") for others in (True, False)],
    }  # fmt: skip
    if action in asked:
        return asked[action]
    if "id" not in ROUTES[action].settings:
        return [{}]
    own = OWN.get(ACTIONS[action].family, ":own")
    return [{"id": one} for one in (own, ":open0", ":open2", ":open4", *hidden)]


def answers(at: Place, seed: int, people: tuple[str, ...], hidden: dict[str, str]) -> dict[Key, Any]:
    """What outsiders are answered over HTTP: of those who may ask, some ask each question, drawn from the seed."""
    found: dict[Key, Any] = {}
    chance = random.Random(f"ask {seed}")
    for action in reads():
        may = [who for who in people if at.people[who].role in ACTIONS[action].may] or [people[0]]
        ids = chance.sample(sorted(hidden.values()), min(HIDDEN, len(hidden)))
        for given in questions(action, ids):
            for who in chance.sample(may, min(EACH, len(may))):
                found[who, action, str(given)] = list(parts(at, who, action, given))
    return found


def parts(at: Place, who: str, action: str, given: dict[str, Any]) -> Iterator[Any]:
    """An answer, and where it is a part of a list that was asked for in parts, the next ones."""
    after: dict[str, Any] = {}
    for _ in range(PARTS):
        answer = at.ask(who, action, **given, **after)
        yield answer
        told = json.loads(answer.body) if "limit" in given and answer.status == 200 else {}
        if not told.get("next"):
            return
        after = {"after": told["next"]}


class Heard(Exception):
    """All that there is has been heard."""


async def _no_more(_: asyncio.Event) -> None:
    raise Heard


def listening(at: Place) -> dict[str, Any]:
    """A listener for each who may listen, from now on; the refusal of the others."""
    found: dict[str, Any] = {}
    for who in LISTENERS:
        try:
            found[who] = events.events(at.hub, at.people[who], None)
        except Denied as refused:
            found[who] = refused.code
    return found


def heard(sources: dict[str, Any]) -> dict[Key, Any]:
    """Everything that listeners are told until there is nothing new."""

    async def whole(source: Any) -> list[Any]:
        told: list[Any] = []
        try:
            async for one in source:
                told.append(one)
        except Heard:
            return told
        return [*told, "ended"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "_heard", _no_more)
        return {(who, "events", ""): [one] if isinstance(one, str) else asyncio.run(whole(one))
                for who, one in sources.items()}  # fmt: skip


def sent(at: Place) -> dict[Key, Any]:
    """The messages of each webhook, as they would go out: id, body, and when."""
    o = s.outbox.c
    for who in HOOKED:
        while at.hub.database.write(lambda tx, one=at.ids[f"hook {who}"]: outbox.fill(tx, one)).result():  # type: ignore[misc]
            pass
    asked = sa.select(o.id, o.webhook_id, o.entry_id, o.body, o.due_at, o.state).order_by(o.seq)
    with at.hub.database.reading() as tx:
        rows = [dict(row) for row in tx.unguarded(asked)]
    return {(who, "messages", ""): [row for row in rows if row["webhook_id"] == at.ids[f"hook {who}"]]
            for who in HOOKED}  # fmt: skip
