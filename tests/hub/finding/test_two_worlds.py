"""Two hubs, equal but for records that the asker may not see: every answer is the same, byte for byte.

Leaks are planted to show that the comparison would catch them.
"""

from __future__ import annotations

import random
from dataclasses import replace

import msgspec
import pytest
from tests.hub.conftest import Clock, Counted
from tests.hub.finding.filled import Other, alter, named_id, put

from tandem.base.errors import TandemError
from tandem.domain.people import HERE, VISITOR, Actor
from tandem.engine.finding import audience, ranking
from tandem.hub.actions import Asker, run
from tandem.hub.finding import find as finding
from tandem.hub.installation import open_hub
from tandem.storage.database import schema as s

WORDS = (
    "减速器",
    "轴承",
    "检测",
    "标定",
    "机器人",
    "涂层",
    "bearing",
    "reducer",
    "robot",
    "calibration",
    "coating",
    "lab",
)
OWN = named_id("own")
MEMBER = Actor("member", "somebody", OWN)
HIDDEN = ("confidential", "named", "draft", "withdrawn", "members")


def record(hub, rng, name, **more):
    """A record of random words, the same for the same generator."""
    table = rng.choice(("needs", "needs", "offers", "deliveries"))
    title = " ".join(rng.sample(WORDS, 3))
    text = " ".join(rng.choices(WORDS, k=8))
    kind, city = rng.choice(("service", "technology")), rng.choice(("440100", "440300"))
    own = {"title": title, "text": text, "org_id": rng.choice((named_id("one"), named_id("two")))}
    if table != "deliveries":
        own |= {"kind": kind}
    if table == "needs":
        own |= {"city": city, "anonymous": rng.random() < 0.3}
    return put(hub, table, name, **own | more)


def hidden(hub, rng, name, member):
    """A record that a visitor does not see and, where `member`, a member does not either."""
    how = rng.choice(HIDDEN[:-1] if member else HIDDEN)
    if how in ("draft", "withdrawn"):
        id_ = record(hub, rng, name, visibility="confidential")
        table = next(t for t in ("needs", "offers", "deliveries") if exists(hub, t, id_))
        state = "draft" if table == "needs" and how == "draft" else "withdrawn"
        hub.database.write(lambda tx: tx.execute(
            s.RECORDS[table].update().where(s.RECORDS[table].c.id == id_).values(state=state, visibility="public")
        )).result()  # fmt: skip
        alter(hub, table, id_, title="改过的 减速器 secretword")
    else:
        record(hub, rng, name, visibility=how, **({"named": [named_id("two")]} if how == "named" else {}))


def exists(hub, table, id_):
    with hub.database.reading() as tx:
        return bool(tx.unguarded(s.RECORDS[table].select().where(s.RECORDS[table].c.id == id_)))


def made(folder, seed, *, with_hidden, member):
    """A hub of some records, others hidden between them; its index asked in the middle, so that it has segments."""
    hub = open_hub(folder, clock=Clock(), ids=Counted())
    rng, secret, others = random.Random(seed), random.Random(seed + 1), Other()
    for name in ("own", "one", "two"):
        put(hub, "organisations", name)
    put(hub, "needs", "own need", title="减速器 检测 robot", org_id=OWN, visibility="members")
    for number in range(24):
        if with_hidden:
            for _ in range(secret.randrange(3)):
                hidden(hub, secret, others(), member)
        record(hub, rng, f"record {number}", visibility="public" if number % 3 else "members")
        if number % 8 == 0:
            run("search.find", {"text": "减速器"}, Asker(HERE, hub=hub))
    return hub


def told(hub, actor):
    """Everything that the asker hears, as bytes."""
    heard = []

    def ask(name, **given):
        try:
            answer = run(name, given, Asker(actor, hub=hub))
        except TandemError as error:
            answer = [error.code, sorted(error.params.items())]
        heard.append(msgspec.json.encode(answer))
        return answer

    for text in (*WORDS, "减速器 检测", "robot bearing calibration", "secretword", None):
        after = None
        for _ in range(3):
            part = ask("search.find", text=text, limit=4, after=after)
            if (after := part.next) is None:
                break
    for given in ({"what": "needs", "city": "440100"}, {"kind": "service", "text": "轴承"}):
        ask("search.find", **given)
    for typed in ("减", "be", "sec", "改"):
        ask("search.suggest", text=typed)
    ask("need.similar", title="减速器 检测 robot", text="轴承 bearing 标定")
    ask("need.match", id=named_id("own need"))
    for number in range(24):
        ask("search.find", text=None, limit=1, after=None if number == 0 else after)
    return heard


def pair(folder, seed, actor):
    """What the asker hears in the hub without and in the hub with the hidden records."""
    heard = []
    for with_hidden in (False, True):
        hub = made(folder / f"{seed} {with_hidden}", seed, with_hidden=with_hidden, member=actor is MEMBER)
        heard.append(told(hub, actor))
        hub.close()
    return heard


@pytest.mark.parametrize("actor", [VISITOR, MEMBER], ids=["visitor", "member"])
@pytest.mark.parametrize("seed", range(3))
def test_hidden_records_change_nothing(tmp_path, actor, seed):
    """Results, scores, order, counts, cursors, snippets, suggestions, likenesses, matches: equal bytes."""
    without, beside = pair(tmp_path, seed, actor)
    assert without == beside
    assert any(b'"score"' in one and b'"items":[{' in one for one in without)


@pytest.mark.long
@pytest.mark.parametrize("actor", [VISITOR, MEMBER], ids=["visitor", "member"])
@pytest.mark.parametrize("seed", range(100, 200))
def test_hidden_records_change_nothing_in_many_pairs(tmp_path, actor, seed):
    """The same for two hundred pairs."""
    without, beside = pair(tmp_path, seed, actor)
    assert without == beside


def all_statistics(shelf):
    """A leak: figures over every record."""
    return _statistics(tuple(replace(one, public=True) for one in shelf))


def all_counted(facets, one, hit):
    """A leak: facets over what was not filtered."""
    _count(facets, one, one.alive)


def rowid(hit):
    """A leak: a cursor that carries the row's number in its table."""
    with rowid.hub.database.reading() as tx:
        table = s.RECORDS[hit.what]
        ids = [row["id"] for row in tx.unguarded(table.select().with_only_columns(table.c.id))]
    return _written(replace(hit, id=f"{hit.id} {ids.index(hit.id)}"))


def everything(segment, who):
    """A leak: whoever is signed in sees every record."""
    return segment.alive if who.member else _seen(segment, who)


_statistics, _count = ranking.statistics, ranking._count
_written, _seen = finding._written, audience.seen


@pytest.mark.parametrize(
    ("module", "name", "leak", "actor"),
    [
        (ranking, "statistics", all_statistics, MEMBER),
        (ranking, "statistics", all_statistics, VISITOR),
        (ranking, "_count", all_counted, MEMBER),
        (audience, "seen", everything, MEMBER),
        (finding, "_written", rowid, MEMBER),
    ],
    ids=["global idf, member", "global idf, visitor", "unfiltered counts", "unfiltered hits", "row numbers"],
)
def test_a_planted_leak_is_caught(tmp_path, monkeypatch, module, name, leak, actor):
    """Each variant gives other bytes in one of the first pairs."""
    monkeypatch.setattr(module, name, leak)
    if leak is rowid:
        asked = finding.find
        monkeypatch.setattr(
            finding, "find", lambda call, given: (setattr(rowid, "hub", call.hub), asked(call, given))[1]
        )
    assert any(one != other for one, other in (pair(tmp_path, seed, actor) for seed in range(3)))
