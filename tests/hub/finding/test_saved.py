"""Saved searches and their news."""

from __future__ import annotations

import pytest
from tests.hub.finding.filled import alter, named_id, put

from tandem.base.errors import Absent, Denied, Invalid, Limited
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
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
    with pytest.raises(Limited, match=r"search\.many"):
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
