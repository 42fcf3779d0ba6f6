"""Saved searches and their news."""

from __future__ import annotations

import pytest
from tests.hub.finding.filled import alter, named_id, put

from tandem.base.errors import Absent, Conflict, Denied, Invalid, Unavailable
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.finding import news
from tandem.hub.finding.index import Index
from tandem.hub.finding.news import sweep
from tandem.storage.database import schema as s


@pytest.fixture
def member(world):
    return world.person("member", world.organisation("somebody's"))


def notices(world, actor):
    with world.hub.database.reading() as tx:
        return [dict(row) for row in tx.rows(s.notices.select(), actor)]


def swept(world):
    """What a look two minutes later finds."""
    world.clock.now += 120
    return sweep(world.hub)


def test_what_is_saved_is_listed_and_can_be_forgotten_by_its_owner_alone(world, member):
    """Another account neither sees nor removes it."""
    kept = world.ask(member, "search.save", name="我的检索", text="减速器", city="东莞")
    assert world.ask(member, "search.saved").items == (kept,)
    assert kept.asked == {"text": "减速器", "city": "东莞"}
    other = world.person("member", member.org)
    assert world.ask(other, "search.saved").items == ()
    with pytest.raises(Absent):
        world.ask(other, "search.forget", id=kept.id)
    world.ask(member, "search.forget", id=kept.id)
    assert world.ask(member, "search.saved").items == ()


def test_a_search_that_cannot_be_asked_is_not_saved(world, member):
    """An unknown city is refused at once; so is an asker without an account, and a fifty-first search."""
    with pytest.raises(Invalid, match=r"city\.unknown"):
        world.ask(member, "search.save", name="x", city="Atlantis")
    with pytest.raises(Denied, match=r"search\.account"):
        world.ask(HERE, "search.save", name="x")
    for number in range(50):
        world.ask(member, "search.save", name=str(number))
    with pytest.raises(Conflict, match=r"search\.many") as refused:
        world.ask(member, "search.save", name="one more")
    assert refused.value.params == {"most": 50}
    world.ask(member, "search.forget", id=world.ask(member, "search.saved").items[0].id)
    world.ask(member, "search.save", name="one more")


def test_news_are_told_once(world, member):
    """A new record that fits becomes one notice; looking again tells nothing; a change of it tells again."""
    kept = world.ask(member, "search.save", name="减速器", text="减速器")
    world.ask(member, "search.save", name="silent", text="减速器", notify=False)
    assert swept(world).notices == 0
    id_ = put(world.hub, "needs", "减速器检测", org_id=named_id("another"), visibility="members")
    put(world.hub, "needs", "轴承检测", org_id=named_id("another"), visibility="members")
    assert swept(world).notices == 1
    told = notices(world, member)
    assert [(one["code"], one["about"], one["params"]) for one in told] == [
        ("search.news", kept.id, '{"name": "减速器", "n": 1}')
    ]
    assert swept(world).notices == 0
    alter(world.hub, "needs", id_, text="更新")
    assert swept(world).notices == 1


def test_nothing_that_the_owner_may_not_see_is_news(world, member):
    """Confidential records of others tell nobody; the operator's own search hears of them."""
    operator = world.person("operator")
    for actor in (member, operator):
        world.ask(actor, "search.save", name="x", text="减速器")
    put(world.hub, "needs", "减速器检测", org_id=named_id("another"), visibility="confidential")
    assert swept(world).notices == 1
    assert (len(notices(world, member)), len(notices(world, operator))) == (0, 1)


def test_an_account_that_is_blocked_hears_nothing(world, member):
    """Its searches stay and are not looked at."""
    world.ask(member, "search.save", name="x", text="减速器")
    world.hub.database.write(
        lambda tx: tx.execute(
            s.accounts.update().where(s.accounts.c.id == member.account).values(state="blocked")
        )
    ).result()
    put(world.hub, "needs", "减速器检测", org_id=named_id("another"))
    assert swept(world).searches == 0


def test_only_the_operator_sends_news(world, member):
    """A member is refused."""
    with pytest.raises(Denied):
        run("search.news", {}, Asker(member, hub=world.hub))


def test_a_look_that_finds_nothing_writes_nothing(world, member):
    """Without a saved search, and without news, the journal stays; what comes later is still told once."""

    def entries():
        with world.hub.database.reading() as tx:
            return len(tx.unguarded(s.journal.select().where(s.journal.c.action == "search.news")))

    assert (swept(world).searches, entries()) == (0, 0)
    world.ask(member, "search.save", name="x", text="减速器")
    assert [(swept(world).searches, entries()) for _ in range(2)] == [(1, 0), (1, 0)]
    put(world.hub, "needs", "减速器检测", org_id=named_id("another"))
    assert (swept(world).notices, entries()) == (1, 1)
    assert (swept(world).notices, entries()) == (0, 1)


def test_searches_are_looked_at_in_turn(world, member, monkeypatch):
    """Two at a time, each once before any again; new ones and forgotten ones take nobody's turn."""
    monkeypatch.setattr(news, "LOT", 2)
    real, looked = news._looked, []
    monkeypatch.setattr(news, "_looked", lambda *given: looked.append(given[2]["id"]) or real(*given))
    ids = {world.ask(member, "search.save", name=str(number), text="减速器").id for number in range(5)}
    world.clock.now += 120
    for lot in (2, 2, 1, 2, 2, 1):
        assert sweep(world.hub).searches == lot
    first, second = looked[:5], looked[5:]
    assert set(first) == ids
    assert first == second
    world.ask(member, "search.forget", id=first[1])
    del looked[:]
    for _ in range(2):
        sweep(world.hub)
    assert looked == [first[0], *first[2:]]


def test_every_search_hears_of_what_is_new_whatever_its_turn(world, member, monkeypatch):
    """In a few sweeps all of them, and none twice."""
    monkeypatch.setattr(news, "LOT", 2)
    for number in range(5):
        world.ask(member, "search.save", name=str(number), text="减速器")
    put(world.hub, "needs", "减速器检测", org_id=named_id("another"), visibility="members")
    world.clock.now += 120
    assert [sweep(world.hub).notices for _ in range(6)] == [2, 2, 1, 0, 0, 0]
    assert len({one["about"] for one in notices(world, member)}) == 5


def test_a_search_that_breaks_does_not_hold_up_the_others(world, member, monkeypatch):
    """The lot that it is in is lost for this time; the next ones go on."""
    monkeypatch.setattr(news, "LOT", 2)
    saved = sorted(world.ask(member, "search.save", name=str(n), text="减速器").id for n in range(4))
    world.hub.database.write(
        lambda tx: tx.execute(
            s.saved_searches.update().where(s.saved_searches.c.id == saved[0]).values(asked="{")
        )
    ).result()
    put(world.hub, "needs", "减速器检测", org_id=named_id("another"), visibility="members")
    world.clock.now += 120
    with pytest.raises(ValueError, match="Expecting"):
        sweep(world.hub)
    assert sweep(world.hub).notices == 2


def test_without_an_index_nobody_loses_a_turn_to_waiting(world, member, monkeypatch):
    """A sweep that meets no index ends at the first search, and tells so, instead of waiting with each."""
    for number in range(3):
        world.ask(member, "search.save", name=str(number), text="减速器")
    asked = []

    def shelf(self, tx, who):
        asked.append(who)
        raise Unavailable("search.building")

    monkeypatch.setattr(Index, "shelf", shelf)
    world.clock.now += 120
    with pytest.raises(Unavailable):
        sweep(world.hub)
    assert len(asked) == 1


def test_the_operator_looks_through_all_of_them(world, member, monkeypatch):
    """By hand all lots in one go; what one transaction does not hold is told the next time."""
    monkeypatch.setattr(news, "LOT", 2)
    for number in range(7):
        world.ask(member, "search.save", name=str(number), text="减速器")
    put(world.hub, "needs", "减速器检测", org_id=named_id("another"), visibility="members")
    world.clock.now += 120
    operator = world.person("operator")
    monkeypatch.setattr(news, "MOST", 4)
    done = [world.ask(operator, "search.news") for _ in range(3)]
    assert [one.notices for one in done] == [4, 3, 0]
    assert [one.searches for one in done] == [4, 3, 0]
    assert len({one["about"] for one in notices(world, member)}) == 7


def test_the_news_of_others_leave_no_trace_in_ones_own_search(world, member):
    """Where only the operator's search finds something, hidden from the member, the member's stays as it was."""
    operator = world.person("operator")
    for actor in (member, operator):
        world.ask(actor, "search.save", name="x", text="减速器")
    before = world.ask(member, "search.saved")
    put(world.hub, "needs", "减速器检测", org_id=named_id("another"), visibility="confidential")
    assert swept(world).notices == 1
    assert world.ask(member, "search.saved") == before
