"""Events: the journal in its order to whoever may see it, resumed without loss, ended when the listener may no more."""

from __future__ import annotations

import asyncio

import pytest

from tandem.base.errors import Denied, Invalid, Limited
from tandem.domain.people import VISITOR, Actor
from tandem.hub.feeds import events
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx


async def take(hub, actor, n: int, after: str | None = None, begin=lambda: None) -> list:
    """The next n events; `begin` is called once somebody listens."""
    found: list = []
    source = events.events(hub, actor, after)
    coming = asyncio.ensure_future(anext(source))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(begin)
    async with asyncio.timeout(20):
        while len(found) < n:
            found.append(await coming)
            coming = asyncio.ensure_future(anext(source)) if len(found) < n else coming
    await source.aclose()
    return found


def test_events_come_in_order_to_whoever_may_see_them(world):
    """A member hears of its own organisation's records alone, and nothing of who acted."""
    ann = world.person("member", world.organisation("甲厂"))
    bob = world.person("member", world.organisation("乙所"))

    def act() -> None:
        world.ask(bob, "need.pose", title="别家的")
        for n in range(3):
            world.ask(ann, "need.pose", title=str(n))

    found = asyncio.run(take(world.hub, ann, 3, begin=act))
    assert [name for _, name, _ in found] == ["need.pose"] * 3
    assert set(found[0][2]) == {"entry", "at", "action", "kind", "record"}
    assert [id_ for id_, _, _ in found] == [told["entry"] for _, _, told in found]


def test_a_listener_goes_on_where_it_left_off(world):
    """After the id seen last come those that happened meanwhile, none twice, none missing."""
    ann = world.person("member", world.organisation("甲厂"))
    first = asyncio.run(take(world.hub, ann, 1, begin=lambda: world.ask(ann, "need.pose", title="0")))
    for n in range(250):
        world.ask(ann, "need.pose", title=str(n))
    found = asyncio.run(take(world.hub, ann, 250, after=first[0][0]))
    assert len({id_ for id_, _, _ in found}) == 250
    assert first[0][0] not in {id_ for id_, _, _ in found}


def test_ids_of_others_and_of_nobody_are_refused_alike(world):
    """An id of an entry that the listener does not see is answered as one that does not exist."""
    ann = world.person("member", world.organisation("甲厂"))
    bob = world.person("member", world.organisation("乙所"))
    theirs = asyncio.run(take(world.hub, bob, 1, begin=lambda: world.ask(bob, "need.pose", title="别家的")))
    told = []
    for id_ in (theirs[0][0], "a" * 26):
        with pytest.raises(Invalid) as refused:
            events.events(world.hub, ann, id_)
        told.append(refused.value.code)
    assert told == ["list.cursor"] * 2


def test_only_those_who_may_read_the_journal_listen(world):
    with pytest.raises(Denied):
        events.events(world.hub, VISITOR, None)
    ann = world.person("member", world.organisation("甲厂"))
    with pytest.raises(Denied, match=r"action\.scope"):
        events.events(world.hub, Actor("member", ann.account, ann.org, scopes=frozenset(("need",))), None)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_listening_ends_with_the_right_to(world, monkeypatch):
    """Blocked, moved or demoted: the stream ends by itself, and the next entry is not told."""
    monkeypatch.setattr(events, "STANDING", 0.2)
    ann = world.person("member", world.organisation("甲厂"))

    async def listen() -> list:
        source = events.events(world.hub, ann, None)
        coming = asyncio.ensure_future(anext(source, None))
        await asyncio.sleep(0.05)

        def lose() -> None:
            blocked = s.accounts.update().where(s.accounts.c.id == ann.account).values(state="blocked")
            world.hub.database.write(lambda tx: tx.execute(blocked)).result()
            world.ask(world.person("member", ann.org), "need.pose", title="之后")

        await asyncio.to_thread(lose)
        async with asyncio.timeout(10):
            return [await coming]

    assert asyncio.run(listen()) == [None]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_one_account_listens_so_many_times(world):
    """The ninth listener of one account is told to come again; when one leaves there is room."""
    ann = world.person("member", world.organisation("甲厂"))

    async def many() -> None:
        sources = [events.events(world.hub, ann, None) for _ in range(events.MOST)]
        coming = [asyncio.ensure_future(anext(one)) for one in sources]
        await asyncio.sleep(0.1)
        with pytest.raises(Limited):
            events.events(world.hub, ann, None)
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
        for one in sources:
            await one.aclose()
        events.events(world.hub, ann, None)

    asyncio.run(many())


@pytest.mark.parametrize("after", ["", "0", "a\0" * 13, "a" * 10_000])
def test_what_is_no_id_is_no_entry(world, after, monkeypatch):
    """It is refused by its form, before the database hears of it."""
    ann = world.person("member", world.organisation("甲厂"))
    monkeypatch.setattr(Tx, "rows", lambda *_, **__: pytest.fail("the database was asked"))
    with pytest.raises(Invalid, match=r"list\.cursor"):
        events.events(world.hub, ann, after)
