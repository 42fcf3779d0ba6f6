"""Webhooks from end to end: what an organisation may see goes out signed, in order, until it is taken in."""

from __future__ import annotations

import json
import time
from random import Random

import pytest
from standardwebhooks import Webhook
from tests.hub.feeds.receiver import receiving

from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain.people import Actor
from tandem.hub.feeds import deliverer, outbox
from tandem.hub.feeds.deliverer import Deliverer
from tandem.hub.feeds.post import Reply
from tandem.hub.installation import open_hub
from tandem.hub.people.configured import FILE
from tandem.storage.database import schema as s

EMBEDDED = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
FAR = "https://hooks.example.com/in"


@pytest.fixture
def manager(world) -> Actor:
    return world.person("manager", world.organisation("甲厂"))


def add(world, actor, address=FAR, **more):
    return world.ask(actor, "webhook.add", address=address, **more)


def filled(world, webhook: str) -> list[dict]:
    """The bodies of a webhook's messages after what has happened so far, in order."""
    while world.hub.database.write(lambda tx: outbox.fill(tx, webhook)).result():
        pass
    with world.hub.database.reading() as tx:
        rows = tx.unguarded(
            s.outbox.select().where(s.outbox.c.webhook_id == webhook).order_by(s.outbox.c.seq)
        )
    return [{**json.loads(row["body"]), "id": row["id"], "state": row["state"]} for row in rows]


def kinds(messages: list[dict]) -> list[str]:
    return [one["type"] for one in messages]


def test_an_organisation_gets_its_own_events_and_nobody_elses(world, manager):
    """Another organisation's needs, public or confidential, leave no trace; one's own come once, in order."""
    other = world.person("member", world.organisation("乙所"))
    made = add(world, manager)
    for visibility in ("confidential", "public"):
        world.ask(other, "need.pose", title="别家的", visibility=visibility)
    need = world.ask(manager, "need.pose", title="自家的", visibility="confidential")
    world.ask(manager, "need.withdraw", id=need.id)
    told = filled(world, made.id)
    assert kinds(told) == ["webhook.add", "need.pose", "need.withdraw"]
    assert told[1]["data"]["record"] == need.id
    assert set(told[1]["data"]) == {"entry", "at", "action", "kind", "record"}
    assert "自家的" not in json.dumps(told, ensure_ascii=False)
    assert filled(world, made.id) == told


def test_the_operator_gets_everything(world, manager):
    opal = world.person("operator")
    made = add(world, opal)
    world.ask(manager, "need.pose", title="自家的", visibility="confidential")
    assert kinds(filled(world, made.id)) == ["webhook.add", "need.pose"]


def test_only_what_was_asked_for_goes_out(world, manager):
    """By name or family; what does not exist is refused; the test event comes to this webhook alone."""
    made = add(world, manager, actions=["need.withdraw", "offer"])
    second = add(world, manager, actions=["offer"])
    need = world.ask(manager, "need.pose", title="一")
    world.ask(manager, "offer.add", title="二")
    world.ask(manager, "need.withdraw", id=need.id)
    world.ask(manager, "webhook.test", id=made.id)
    assert kinds(filled(world, made.id)) == ["offer.add", "need.withdraw", "webhook.test"]
    assert kinds(filled(world, second.id)) == ["offer.add"]
    with pytest.raises(Invalid, match=r"webhook\.actions"):
        add(world, manager, actions=["nonsense"])


@EMBEDDED
def test_webhooks_are_their_owners_alone(world, manager):
    """Nobody else finds, tests, replays or removes one; its secret is shown once; agents and members make none."""
    made = add(world, manager)
    colleague = world.person("manager", manager.org)
    for name in ("show", "test", "replay", "remove"):
        with pytest.raises(Absent):
            world.ask(colleague, f"webhook.{name}", id=made.id)
    assert world.ask(colleague, "webhook.list").items == ()
    assert made.secret.startswith("whsec_")
    shown = json.dumps(
        [str(world.ask(manager, "webhook.show", id=made.id)), str(world.ask(manager, "webhook.list"))]
    )
    assert made.secret not in shown
    with pytest.raises(Denied):
        add(world, world.person("member", manager.org))
    with pytest.raises(Denied, match=r"account\.person"):
        add(world, Actor("manager", manager.account, manager.org, agent=True))
    _no_token_makes_one(world, manager, made.id)
    world.ask(manager, "webhook.remove", id=made.id)
    assert world.ask(manager, "webhook.list").items == ()
    with pytest.raises(Invalid, match=r"webhook\.inside"):
        add(world, manager, "https://10.0.0.1/")


def test_a_failing_receiver_is_tried_again_later_and_later_and_then_given_up(world, manager):
    """The pauses grow, chance moves them by a quarter, order is kept, and replay sends what was given up."""
    made = add(world, manager, actions=["need"])
    for title in ("一", "二"):
        world.ask(manager, "need.pose", title=title)
    first, second = filled(world, made.id)
    pauses = []
    for _ in range(len(outbox.PAUSES) + 1):
        due = _due(world)
        assert [one.id for one in due] == [first["id"]]  # the second waits for the first
        _settle(world, due[0], Reply(503, "status"))
        pauses.append(_due_at(world, first["id"]) - world.clock.now)
        assert _due(world) == [] or len(pauses) == len(outbox.PAUSES) + 1
        world.clock.now = max(world.clock.now, _due_at(world, first["id"]))
    for told, meant in zip(pauses, outbox.PAUSES, strict=False):
        assert meant - meant // 4 - 1 <= told <= meant + meant // 4
    assert filled(world, made.id)[0]["state"] == "dead"
    assert [one.id for one in _due(world)] == [second["id"]]
    assert world.ask(manager, "webhook.show", id=made.id).state == "failing"
    _settle(world, _due(world)[0], Reply(204))
    shown = world.ask(manager, "webhook.show", id=made.id)
    assert (shown.state, shown.dead, shown.delivered) == ("active", 1, 1)
    assert world.ask(manager, "webhook.replay", id=made.id).waiting == 1
    assert [one.id for one in _due(world)] == [first["id"]]
    entry = shown.messages[-1].entry
    _settle(world, _due(world)[0], Reply(204))
    assert world.ask(manager, "webhook.replay", id=made.id, entry=entry).waiting == 2


@EMBEDDED
def test_a_receiver_that_is_gone_or_an_owner_who_left_stops_it(world, manager):
    """410 stops at once, and so does losing one's place; a stopped one goes on where it was when it is replayed."""
    made = add(world, manager, actions=["need"])
    world.ask(manager, "need.pose", title="一")
    filled(world, made.id)
    _settle(world, _due(world)[0], Reply(410, "status"))
    shown = world.ask(manager, "webhook.show", id=made.id)
    assert (shown.state, shown.ended, shown.dead) == ("stopped", "gone", 1)
    with pytest.raises(Conflict, match=r"webhook\.stopped"):
        world.ask(manager, "webhook.test", id=made.id)
    world.ask(manager, "need.pose", title="二")
    assert filled(world, made.id)[1:] == []
    assert world.ask(manager, "webhook.replay", id=made.id).waiting == 1
    assert len(filled(world, made.id)) == 2
    world.hub.database.write(lambda tx: tx.execute(
        s.accounts.update().where(s.accounts.c.id == manager.account).values(role="member"))).result()  # fmt: skip
    world.ask(world.person("manager", manager.org), "need.pose", title="三")
    assert len(filled(world, made.id)) == 2
    with world.hub.database.reading() as tx:
        row = tx.unguarded(s.webhooks.select())[0]
    assert (row["state"], row["ended"]) == ("stopped", "owner")


@EMBEDDED
def test_delivered_for_real(world, manager):
    """Over the wire: every event once, in order, to a receiver that fails twice in between."""
    with receiving() as receiver:
        _allow(world, receiver.port)
        made = add(world, manager, receiver.address, actions=["need"])
        world.clock.now = int(time.time())
        receiver.answers = [204, 500, 500]
        world.hub.part(Deliverer)
        titles = [f"需求 {n}" for n in range(6)]
        needs = [world.ask(manager, "need.pose", title=title).id for title in titles]
        until = time.monotonic() + 20
        while len(receiver.got) < 8 and time.monotonic() < until:
            world.clock.now += 10  # so that pauses pass
            time.sleep(0.05)
        taken = [json.loads(body)["data"]["record"] for _, body in receiver.got]
        assert list(dict.fromkeys(taken)) == needs
        assert len(taken) == len(needs) + 2
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        assert ids[1] == ids[2] == ids[3]  # a repeated message keeps its id
        signed = Webhook(made.secret)
        for headers, body in receiver.got:
            at = int(headers["webhook-timestamp"])
            expected = dict(deliverer.post.signed(made.secret, headers["webhook-id"], at, body))
            assert headers["webhook-signature"] == expected["webhook-signature"]
        headers, body = receiver.got[0]
        if abs(int(headers["webhook-timestamp"]) - time.time()) < 240:
            signed.verify(body, headers)


@EMBEDDED
def test_nothing_is_lost_or_doubled_where_the_hub_stops_in_between(world, manager):
    """Messages made before a stop go out after it; the journal is not read twice."""
    with receiving() as receiver:
        _allow(world, receiver.port)
        made = add(world, manager, receiver.address, actions=["need"])
        for n in range(3):
            world.ask(manager, "need.pose", title=str(n))
            filled(world, made.id)
        assert len(filled(world, made.id)) == 3
        for _ in range(2):
            part = Deliverer(world.hub)
            _until(lambda: len(receiver.got) == 3)
            part.close()
        assert len(receiver.got) == 3


def test_two_servers_on_the_same_records_send_each_message_once(world, manager, place, tmp_path):
    """Both make and send at once, to a receiver that takes its time: every message comes once, and in order."""
    folder = world.hub.folder if place is None else tmp_path / "second"
    second = open_hub(folder, place, clock=world.clock)
    with receiving() as receiver:
        receiver.seconds = 0.05
        for hub in (world.hub, second):
            (hub.folder / FILE).write_text(f'[webhooks]\nallow = ["http://127.0.0.1:{receiver.port}"]\n')
        add(world, manager, receiver.address, actions=["need"])
        parts = [hub.part(Deliverer) for hub in (world.hub, second)]
        needs = [world.ask(manager, "need.pose", title=str(n)).id for n in range(25)]
        _until(lambda: len(receiver.got) >= 25)
        for part in parts:
            part.close()
            part.close = lambda: None  # the hub's own closing comes again
    second.close()
    assert [json.loads(body)["data"]["record"] for _, body in receiver.got] == needs


def test_a_message_taken_by_a_server_that_died_is_sent_by_another(world, manager):
    """Once its lease is over, and not before; what the first still tells of its attempt then moves nothing."""
    made = add(world, manager, actions=["need"])
    world.ask(manager, "need.pose", title="一")
    filled(world, made.id)
    (due,) = _due(world)
    first = _claim(world, due)
    assert first is not None
    assert _due(world) == []
    assert _claim(world, due) is None
    world.clock.now += outbox.LEASE
    (again,) = _due(world)
    second = _claim(world, again)
    assert second is not None
    _settle(world, first, Reply(error="slow"))
    assert world.ask(manager, "webhook.show", id=made.id).messages[0].attempts == 0
    _settle(world, second, Reply(204))
    shown = world.ask(manager, "webhook.show", id=made.id)
    assert (shown.messages[0].state, shown.messages[0].attempts, shown.state) == ("delivered", 1, "active")
    world.ask(manager, "webhook.replay", id=made.id, entry=shown.messages[0].entry)
    assert len(_due(world)) == 1


def test_a_claim_looks_at_the_owner_again(world, manager):
    """A webhook whose owner was blocked since is stopped instead of sent."""
    made = add(world, manager, actions=["need"])
    world.ask(manager, "need.pose", title="一")
    filled(world, made.id)
    (due,) = _due(world)
    blocked = s.accounts.update().where(s.accounts.c.id == manager.account).values(state="blocked")
    world.hub.database.write(lambda tx: tx.execute(blocked)).result()
    assert _claim(world, due) is None
    assert world.ask(world.person("operator"), "webhook.show", id=made.id).ended == "owner"


@EMBEDDED
def test_an_allowance_that_is_none_is_told(world, manager):
    (world.hub.folder / FILE).write_text('[webhooks]\nallow = "http://x:1"\n')
    with pytest.raises(Invalid, match=r"hub\.webhooks"):
        add(world, manager)


def _no_token_makes_one(world, owner: Actor, webhook: str) -> None:
    """Nor sets one going again: it would outlive the token."""
    token = world.ask(owner, "token.create", label="x").id
    program = Actor(owner.role, owner.account, owner.org, key=token)
    with pytest.raises(Denied, match=r"account\.person"):
        add(world, program)
    with pytest.raises(Denied, match=r"account\.person"):
        world.ask(program, "webhook.replay", id=webhook)


def _allow(world, port: int) -> None:
    (world.hub.folder / FILE).write_text(f'[webhooks]\nallow = ["http://127.0.0.1:{port}"]\n')


def _due(world):
    with world.hub.database.reading() as tx:
        return outbox.due(tx)


def _due_at(world, message: str) -> int:
    with world.hub.database.reading() as tx:
        return tx.unguarded(s.outbox.select().where(s.outbox.c.id == message))[0]["due_at"]


def _claim(world, due):
    return world.hub.database.write(lambda tx: outbox.claim(tx, due)).result()


def _settle(world, due, reply: Reply) -> None:
    world.hub.database.write(lambda tx: outbox.settle(tx, due, reply, Random(1))).result()


def _until(true, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    assert true()
