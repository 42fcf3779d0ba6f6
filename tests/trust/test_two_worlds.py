"""Two worlds: what is confidential changes nothing that outsiders get, not a byte, a header or an id.

World A is without, world B with hidden records; everything else happens in both at the same instants. Every action
that reads, asked by everybody outside over HTTP, must answer both alike. Leaks planted on purpose must be caught.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.trust.worlds import ROUTES, Lane, Place, Seen, place, reads

from tandem.base.errors import Denied
from tandem.domain.people import Actor
from tandem.engine.finding import ranking
from tandem.hub.records import cursor
from tandem.storage.database import transaction as transactions
from tandem.storage.database import visible

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


def people(at: Place) -> None:
    """Two organisations that hide something, and everybody else."""
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


def words(chance: random.Random, hidden: bool) -> str:
    """A title or a text; hidden ones hold common and secret words."""
    return " ".join(chance.choices(WORDS, k=4) + (chance.choices(SECRET, k=2) if hidden else []))


def step(at: Place, chance: random.Random, n: int, lane: Lane) -> None:
    """One thing that happens: in the hidden lane it is confidential and its owner's."""
    hidden = lane == "hidden"
    who = chance.choice(OWNERS if hidden else (*OWNERS, "manager", "named"))
    told: dict[str, Any] = {
        "title": words(chance, hidden),
        "text": words(chance, hidden),
        "kind": chance.choice(KINDS),
        "visibility": "confidential" if hidden else chance.choice(("public", "members")),
    }
    label = f"{lane}{n}"
    what = chance.random()
    if what < 0.5:
        anonymous = chance.random() < 0.3
        at.do(who, "need.pose", label, lane, city=chance.choice(CITIES), anonymous=anonymous,
              budget_max=chance.randrange(10**9), **told)  # fmt: skip
    elif what < 0.8:
        at.do(who, "offer.add", label, lane, capacity=chance.randrange(1, 4), **told)
    else:
        told.pop("kind")
        at.do(who, "delivery.add", label, lane, rating=0.5, delivered_on="2026-05-01", **told)
    if hidden and what < 0.5 and chance.random() < 0.5:
        made = at.do("operator", "introduction.propose", None, lane, need=f":{label}", organisation=":named")
        at.do("operator", "introduction.invite", None, lane, id=made.id)


def story(at: Place, seed: int, *, with_hidden: bool, begin: Callable[[Place], None] = people) -> None:
    """Everything that happens; the hidden steps only where they are wanted, the clock goes on all the same."""
    begin(at)
    for n in range(14):
        at.clock.now += 60
        lane: Lane = "hidden" if n % 2 else "open"
        if lane == "open" or with_hidden:
            step(at, random.Random(f"{seed} {n}"), n, lane)
    at.clock.now += 60
    at.do("manager", "need.pose", "own", title="轴承 bearing testing", text="检测", visibility="members")


def questions(at: Place, action: str) -> list[dict[str, object]]:
    """What outsiders ask of an action: words of both kinds, all filters, parts of lists, ids that are and are not."""
    ids = [":own", ":open0", ":open2", *KNOWN_HIDDEN.values()]
    asked: dict[str, list[dict[str, object]]] = {
        "search.find": [{"text": text, **more} for text in (WORDS[0], WORDS[3], *SECRET)
                        for more in ({}, {"limit": 2}, {"what": "needs"}, {"kind": "service"})],
        "search.suggest": [{"text": text} for text in ("轴", "绝", "be", "xe")],
        "need.similar": [{"title": f"{WORDS[0]} {WORDS[3]}"}, {"title": SECRET[0]}],
        "need.match": [{"id": ":own"}, {"id": ":open0"}],
        "need.list": [{}, {"limit": 1}, {"kind": "service"}, {"city": "东莞"}, {"organisation": ":owner"},
                      {"mine": True}],
        "offer.list": [{}, {"limit": 1}, {"organisation": ":owner"}],
        "delivery.list": [{}, {"limit": 1}, {"organisation": ":owner"}],
        "organisation.list": [{}, {"name": "owner"}],
        "records.export": [{"format": "jsonl", "table": table, "others": others}
                           for table in ("needs", "offers", "deliveries") for others in (True, False)],
    }  # fmt: skip
    if action in asked:
        return asked[action]
    if action in ("need.show", "offer.show", "delivery.show", "introduction.show"):
        return [{"id": one} for one in ids]
    return [{"id": ":own"}] if "id" in ROUTES[action].settings else [{}]


KNOWN_HIDDEN: dict[str, str] = {}


def seen(at: Place) -> dict[tuple[str, str, str], Seen]:
    """Everything that every outsider sees of everything that can be read."""
    found = {}
    for action in reads():
        for given in questions(at, action):
            for who in OUTSIDERS:
                found[who, action, str(given)] = at.ask(who, action, **given)
    return found


@contextmanager
def both(folder: Path, empty: Path, seed: int) -> Iterator[tuple[Place, Place]]:
    """A world without and a world with what is hidden; the ids of the hidden are known to both."""
    with place(folder / "b", empty) as b:
        story(b, seed, with_hidden=True)
        KNOWN_HIDDEN.clear()
        KNOWN_HIDDEN.update({label: id_ for label, id_ in b.ids.items() if label.startswith("hidden")})
        with place(folder / "a", empty) as a:
            story(a, seed, with_hidden=False)
            yield a, b


def differing(folder: Path, empty: Path, seed: int) -> list[tuple[str, str, str]]:
    """The questions that two worlds answer differently."""
    with both(folder, empty, seed) as (a, b):
        first, second = seen(a), seen(b)
    return [key for key in first if first[key] != second[key]]


@pytest.mark.parametrize("seed", range(50))
def test_what_is_hidden_changes_nothing_outside(tmp_path, empty_file, seed):
    """Each pair of worlds: hundreds of questions by six outsiders, all answered alike to the byte."""
    assert differing(tmp_path, empty_file, seed) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 1100))
def test_what_is_hidden_changes_nothing_outside_in_a_thousand_worlds(tmp_path, empty_file, seed):
    """The same for a thousand pairs."""
    assert differing(tmp_path, empty_file, seed) == []


def test_the_questions_are_answered(tmp_path, empty_file):
    """Comparing refusals proves nothing: most actions answer an outsider, and what is open is found."""
    with place(tmp_path / "one", empty_file) as at:
        story(at, 0, with_hidden=True)
        answers = seen(at)
    good = {action for (_, action, _), answer in answers.items() if answer.status == 200}
    assert len(good) >= 0.5 * len(reads())
    assert all(secret.encode() not in answer.body for answer in answers.values() for secret in SECRET
               if b'"text"' not in answer.body and answer.status == 200)  # fmt: skip
    hits = answers["member", "search.find", str({"text": WORDS[0]})]
    assert b'"items":[{' in hits.body


def _everybody(patch: pytest.MonkeyPatch) -> None:
    """Needs are shown to everybody."""
    patch.setitem(visible.RULES, "needs", lambda shape, table: sa.true())


def _one_sequence(patch: pytest.MonkeyPatch) -> None:
    """Ids count what is hidden."""
    patch.setattr(Place, "drawing", _same_lane)


@contextmanager
def _same_lane(self: Place, lane: Lane) -> Iterator[None]:
    self.lanes.lane = "open"
    yield


def _filtered_late(patch: pytest.MonkeyPatch) -> None:
    """A list takes its part first and leaves out what is hidden afterwards."""
    true_part = cursor.part_where

    def part_where(call: Any, table: Any, given: Any, wanted: Any) -> Any:
        rows, after = true_part(_seeing_all(call), table, given, wanted)
        allowed = {row["id"] for row in call.tx.rows(sa.select(table.c.id), call.actor)}
        return [row for row in rows if row["id"] in allowed], after

    patch.setattr(cursor, "part_where", part_where)


def _seeing_all(call: Any) -> Any:
    return replace(call, actor=Actor("operator", call.actor.account, call.actor.org))


def _told_apart(patch: pytest.MonkeyPatch) -> None:
    """Who asks for a hidden record hears that it may not, instead of that there is none."""
    true_one = transactions.Tx.one

    def one(self: Any, table: Any, id: str, actor: Actor) -> Any:
        if self.unguarded(sa.select(table.c.id).where(table.c.id == id)) and not self.rows(
            sa.select(table).where(table.c.id == id), actor
        ):
            raise Denied("record.others", table=table.name, id=id)
        return true_one(self, table, id, actor)

    patch.setattr(transactions.Tx, "one", one)


def _one_statistic(patch: pytest.MonkeyPatch) -> None:
    """Search weighs words by hidden texts among the others."""
    true_statistics = ranking.statistics
    patch.setattr(
        ranking, "statistics", lambda shelf: true_statistics([replace(one, public=True) for one in shelf])
    )


LEAKS = [_everybody, _one_sequence, _filtered_late, _told_apart, _one_statistic]


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__.strip("_"))
def test_planted_leaks_are_caught(tmp_path, empty_file, monkeypatch, leak):
    """A hub that leaks on purpose answers two worlds differently."""
    visible._of_table.cache_clear()
    leak(monkeypatch)
    try:
        assert differing(tmp_path, empty_file, 1)
    finally:
        monkeypatch.undo()
        visible._of_table.cache_clear()
