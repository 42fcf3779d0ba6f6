"""Notices by e-mail: each is told of once, of nothing but their number, and nobody is written to against their will."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.hub.conftest import World
from tests.hub.feeds.postbox import Postbox, open_postbox

from tandem.base.clock import DAY, HOUR, MINUTE
from tandem.base.errors import Denied, Invalid
from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub import notices
from tandem.hub.call import Call
from tandem.hub.feeds import mail, mailer, mailings
from tandem.hub.people.configured import Configured
from tandem.storage.database import schema as s

TITLE = "主轴温升测试"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as made:
        yield made


def configured(world: World, port: int, more: str = "") -> mail.Server:
    """The hub with a mail server at a port of this machine."""
    world.hub.folder.joinpath("settings.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nfrom = "hub@example.org"\n'
        f'address = "https://hub.example.org"\n{more}',
        "utf-8",
    )
    world.hub._parts.pop(Configured, None)
    found = mail.server(world.hub)
    assert found is not None
    return found


def reader(world: World, often: str = "now", email: str = "wei@example.org", language: str = "zh") -> Actor:
    """Somebody who wants to be told by e-mail."""
    who = world.person("member")
    world.ask(who, "account.edit", email=email, language=language, mail=often)
    return who


def happens(world: World, who: Actor, times: int = 1) -> None:
    """Something that somebody gets notices of, with a title in it."""
    for _ in range(times):
        world.hub.database.write(
            lambda tx: notices.to_account(
                Call(tx, HERE, world.hub), str(who.account), "search.found", None, name=TITLE, needs=1
            )
        ).result()


def later(world: World, seconds: int = mailings.GAP + mailings.LAG) -> None:
    world.clock.now += seconds


def test_a_message_tells_how_many_and_nothing_else(world: World, postbox: Postbox) -> None:
    """Subject and text are in the account's language; no title and no name leave the hub."""
    known = configured(world, postbox.port)
    who = reader(world)
    later(world, 1)
    happens(world, who, 2)
    later(world)
    assert mailer.turn(world.hub, known) == 1
    (one,) = postbox.taken
    assert one.message["Subject"] == "协同枢纽提醒：您有 2 条新通知"
    assert one.message["To"] == "wei@example.org"
    assert "https://hub.example.org/notices" in one.text
    assert TITLE not in one.text + one.raw.decode()
    assert one.raw.isascii()
    assert one.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert one.message["List-Unsubscribe"].strip("<>") in one.text


def test_each_notice_is_told_once_and_read_ones_not_at_all(world: World, postbox: Postbox) -> None:
    """A second turn tells nothing; what was there before somebody asked for mail, or is read, is not told."""
    known = configured(world, postbox.port)
    who = world.person("member")
    happens(world, who)
    world.ask(who, "account.edit", email="wei@example.org", mail="now")
    later(world)
    assert mailer.turn(world.hub, known) == 0
    happens(world, who, 2)
    read: Any = world.ask(who, "notice.list")
    world.ask(who, "notice.read", ids=[read.items[0].id])
    later(world)
    assert [mailer.turn(world.hub, known) for _ in range(3)] == [1, 0, 0]
    assert "1" in postbox.taken[0].message["Subject"]


def test_daily_means_in_the_morning(world: World, postbox: Postbox) -> None:
    """What happens in a day comes in one message at 08:00 in China, midnight UTC."""
    known = configured(world, postbox.port)
    world.clock.now = world.clock.now // DAY * DAY + HOUR
    who = reader(world, "daily")
    for _ in range(3):
        later(world, 2 * HOUR)
        happens(world, who)
        assert mailer.turn(world.hub, known) == 0
    world.clock.now = (world.clock.now // DAY + 1) * DAY
    assert mailer.turn(world.hub, known) == 1
    assert "3" in postbox.taken[0].message["Subject"]
    later(world, HOUR)
    assert mailer.turn(world.hub, known) == 0


def test_a_refusal_for_now_is_tried_again_and_one_for_good_ends_it(world: World, postbox: Postbox) -> None:
    """Pauses grow; an address refused again and again gets nothing more, and its owner reads why in the hub."""
    known = configured(world, postbox.port)
    who = reader(world)
    later(world, 1)
    happens(world, who)
    postbox.refusals = ["451 later"]
    later(world)
    assert mailer.turn(world.hub, known) == 0
    assert mailer.turn(world.hub, known) == 0  # not at once
    later(world, 2 * MINUTE)
    assert mailer.turn(world.hub, known) == 1
    happens(world, who)
    postbox.refusals = ["550 nobody here"] * mailings.REFUSALS
    for _ in range(mailings.REFUSALS):
        later(world, 8 * HOUR)
        assert mailer.turn(world.hub, known) == 0
    account: Any = world.ask(who, "account.show")
    assert account.mail == "off"
    told: Any = world.ask(who, "notice.list")
    assert told.items[0].code == "mail.ended"
    later(world, 8 * HOUR)
    assert mailer.turn(world.hub, known) == 0
    assert len(postbox.taken) == 1


def test_where_no_server_answers_nothing_is_lost(world: World, postbox: Postbox) -> None:
    """A server that is away is asked once a turn, whoever waits; all are told when it is back."""
    away = mail.Server("127.0.0.1", 9, "none", "hub@example.org", None, None, "https://hub.example.org")
    known = configured(world, postbox.port)
    people = [reader(world, email=f"n{number}@example.org") for number in range(3)]
    later(world, 1)
    for who in people:
        happens(world, who)
    later(world)
    assert mailer.turn(world.hub, away) == 0
    with world.hub.database.reading() as tx:
        assert mailings.failing(tx) == 1
    later(world, 10 * MINUTE)
    assert mailer.turn(world.hub, known) == 3
    assert len(postbox.taken) == 3


def test_two_servers_tell_once(world: World, postbox: Postbox) -> None:
    """Of two claims one gets it; a claim whose time is over changes nothing when it comes back."""
    configured(world, postbox.port)
    who = reader(world)
    later(world, 1)
    happens(world, who)
    later(world)
    claim = lambda: world.hub.database.write(lambda tx: mailings.claim(tx, str(who.account))).result()  # noqa: E731
    first, second = claim(), claim()
    assert (first is None, second is None) == (False, True)
    later(world, mailings.LEASE)
    third = claim()
    assert third is not None
    settle = lambda one, error: world.hub.database.write(  # noqa: E731
        lambda tx: mailings.settle(Call(tx, HERE, world.hub), one, error, mailer._CHANCE)
    ).result()
    settle(first, "slow")
    settle(third, None)
    assert claim() is None
    with world.hub.database.reading() as tx:
        assert mailings.failing(tx) == 0


def test_the_secret_of_a_message_ends_them_without_signing_in(world: World, postbox: Postbox) -> None:
    """Whoever gets the mail may end it; a wrong secret, or a second time, is refused."""
    known = configured(world, postbox.port)
    who = reader(world)
    later(world, 1)
    happens(world, who, 1)
    later(world)
    mailer.turn(world.hub, known)
    secret = postbox.taken[0].message["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    with pytest.raises(Denied, match=r"mail\.secret"):
        world.ask(VISITOR, "account.unsubscribe", secret="another")
    world.ask(VISITOR, "account.unsubscribe", secret=secret)
    account: Any = world.ask(who, "account.show")
    assert account.mail == "off"
    with pytest.raises(Denied, match=r"mail\.secret"):
        world.ask(VISITOR, "account.unsubscribe", secret=secret)


@pytest.mark.parametrize(
    "email",
    ["a,b@example.org", "<a@example.org", "a@example.org\r\nBcc: all@example.org", "李@example.org", "a@b;c"],
)
def test_no_address_reaches_a_header_that_could_say_more(world: World, postbox: Postbox, email: str) -> None:
    """Only one plain address is written to, whatever may stand in an account."""
    known = configured(world, postbox.port)
    who = world.person("member")
    with pytest.raises(Invalid, match=r"mail\.address|email\.form|setting"):
        world.ask(who, "account.edit", email=email, mail="now")
    told = mail.Digest("a", email, "en", 1, 0, "secret")
    assert mail.send(known, told, 0) == "recipient"
    assert postbox.spoken == []


@pytest.mark.parametrize(
    "more",
    ['login = "hub"\nhost2 = 1', 'from = "a@b.c\\nBcc: d@e.f"'],
)
def test_settings_that_cannot_be_are_refused(world: World, more: str) -> None:
    """A header's address on two lines is refused by its file and table; what is fine else is taken."""
    text = '[mail]\nhost = "mail.example.org"\nport = 25\ntls = "none"\naddress = "https://hub.example.org"\n'
    sender = "" if "from" in more else 'from = "hub@example.org"\n'
    world.hub.folder.joinpath("settings.toml").write_text(text + sender + more + "\n", "utf-8")
    world.hub._parts.pop(Configured, None)
    with pytest.raises(Invalid, match=r"hub\.mail"):
        mail.server(world.hub)


def test_without_a_server_nobody_can_ask_for_mail(world: World) -> None:
    """The account says so, at the setting; so it does where there is no address."""
    who = world.person("member")
    with pytest.raises(Invalid, match=r"mail\.none"):
        world.ask(who, "account.edit", email="wei@example.org", mail="daily")
    configured(world, 25)
    with pytest.raises(Invalid, match=r"mail\.no_address"):
        world.ask(who, "account.edit", mail="daily")


def test_erasing_an_account_ends_its_mail(world: World, postbox: Postbox) -> None:
    """What an account asked for goes with it."""
    configured(world, postbox.port)
    who = reader(world)
    world.ask(world.person("operator"), "account.erase", id=who.account)
    with world.hub.database.reading() as tx:
        assert tx.unguarded(s.mailings.select()) == []


def test_a_hub_that_is_served_sends_by_itself(
    world: World, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mailer looks again and again while the hub is open, and ends with it."""
    monkeypatch.setattr(mailer, "PAUSE", 0.02)
    configured(world, postbox.port)
    who = reader(world, language="en")
    later(world, 1)
    happens(world, who)
    later(world)
    made = mailer.Mailer(world.hub)
    for _ in range(500):
        if postbox.taken:
            break
        threading.Event().wait(0.02)
    made.close()
    assert [one.message["Subject"] for one in postbox.taken] == ["New notices for you: 1"]
