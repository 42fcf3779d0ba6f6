"""Erasing: nothing about the person is left in the database, and the journal's chain stays whole."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict, Denied
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.feeds import outbox
from tandem.storage.database import journal
from tandem.storage.database import schema as s

from .conftest import PASSWORD


def everything(world) -> str:
    """All rows of all tables, as text."""
    with world.hub.database.reading() as tx:
        found = [dict(row) for table in s.metadata.sorted_tables for row in tx.unguarded(sa.select(table))]
    return "\n".join(
        str(value.decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else value)
        for row in found
        for value in row.values()
    )


def chain_holds(world) -> bool:
    """Every link follows from its leaf; every content that is still there is the one committed to."""
    import json

    with world.hub.database.reading() as tx:
        entries = tx.unguarded(sa.select(s.journal).order_by(s.journal.c.seq))
        contents = {row["seq"]: row for row in tx.unguarded(sa.select(s.journal_contents))}
    at = journal.BEGIN
    for n, row in enumerate(entries, 1):
        at = hashlib.sha256(at + hashlib.sha256(b"\0" + bytes(row["leaf"])).digest()).digest()
        held = contents.get(row["seq"])
        told = json.loads(bytes(row["leaf"]))["content"]
        if row["seq"] != n or bytes(row["chain"]) != at:
            return False
        if held is not None and hashlib.sha256(bytes(held["salt"]) + bytes(held["body"])).hexdigest() != told:
            return False
    return bool(entries)


def test_nothing_is_left_of_the_person_and_the_chain_holds(world, people):
    """Login, name, address, labels, wishes and kept answers are gone; what was done stays under the account's id."""
    org = world.organisation("东莞精密")
    me = people.signed_in("li.wei", organisation=org)
    run("account.edit", {"name": "李伟明"}, Asker(me, hub=world.hub, key="k"))
    run("account.set", {"id": me.account, "role": "manager"}, Asker(HERE, hub=world.hub, key="k"))
    agent = people.who(world.ask(me, "token.create", label="李伟的手机", agent=True).secret)
    world.ask(agent, "need.pose", title="李伟私人愿望")
    need = world.ask(me, "need.pose", title="谐波减速器")
    assert all(word in everything(world) for word in ("li.wei", "李伟", "手机", "私人愿望"))
    assert world.ask(me, "account.erase", id=me.account, password=PASSWORD).id == me.account
    left = everything(world)
    assert not [word for word in ("li.wei", "李伟", "手机", "私人愿望") if word in left]
    assert chain_holds(world)
    assert me.account in left
    assert world.ask(HERE, "need.show", id=need.id).title == "谐波减速器"


def test_sessions_and_tokens_end_and_the_login_is_free(world, people):
    """At once; the next of that login is somebody else."""
    me = people.signed_in()
    secrets = [people.secret(), world.ask(me, "token.create", label="x").secret]
    assert {people.who(secret).account for secret in secrets} == {me.account}
    world.ask(me, "account.erase", id=me.account, password=PASSWORD)
    for secret in secrets:
        with pytest.raises(Denied, match=r"session\.unknown"):
            people.who(secret)
    with pytest.raises(Denied, match=r"session\.credentials"):
        people.secret()
    assert people.registered() != me.account


def test_who_may_erase(world, people):
    """Oneself with the password; the operator anybody; a manager nobody; another hears of no such account."""
    org = world.organisation("东莞精密")
    me = people.signed_in(organisation=org)
    manager = people.signed_in("boss", organisation=org, role="manager")
    other = people.signed_in("other")
    for asker, error, password in ((me, Denied, None), (me, Denied, "wrong words altogether"),
                                   (manager, Denied, PASSWORD), (other, Absent, PASSWORD)):  # fmt: skip
        with pytest.raises(error):
            world.ask(asker, "account.erase", id=me.account, password=password)
    assert people.who(people.secret()).account == me.account
    world.ask(HERE, "account.erase", id=me.account)
    assert [one.state for one in world.ask(HERE, "account.list").items if one.id == me.account] == ["erased"]


def test_erased_is_for_ever(world, people):
    """Neither a second time, nor back."""
    account = people.registered()
    world.ask(HERE, "account.erase", id=account)
    with pytest.raises(Conflict, match=r"move\.refused|record"):
        world.ask(HERE, "account.erase", id=account)
    with pytest.raises(Absent):
        world.ask(HERE, "account.set", id=account, state="active")


def test_others_keep_their_contents(world, people):
    """The journal forgets one person and nobody else."""
    people.registered("other", name="王芳")
    world.ask(HERE, "account.erase", id=people.registered())
    assert "王芳" in everything(world)


def test_searches_webhooks_and_contacts_told_to_others_go_too(world, people):
    """What one searched for, where one's events went, and the answer in which the other side reads whom to call."""
    me = people.signed_in("li.wei", organisation=world.organisation("东莞精密"), role="manager")
    account = people.registered("other", name="王芳")
    world.ask(HERE, "account.set", id=account, organisation=world.organisation("深圳检测研究院"))
    other = people.who(people.secret("other"))
    world.ask(me, "search.save", name="私下找人", text="跳槽机会")
    hook = world.ask(me, "webhook.add", address="https://me.example.com/wei")
    need = world.ask(me, "need.pose", title="谐波减速器")
    world.hub.database.write(lambda tx: outbox.fill(tx, hook.id)).result()
    row = {"state": "introduced", "need_id": need.id, "poser_id": me.org, "org_id": other.org, "poser_revealed": True,
           "org_revealed": True, "poser_contact": me.account, "title": need.title,
           "invited_at": world.clock.now}  # fmt: skip
    id_ = world.hub.database.write(lambda tx: tx.add(s.introductions, row)).result()["id"]
    quoted = run("introduction.quote", {"id": id_, "amount": 100}, Asker(other, hub=world.hub, key="q"))
    assert quoted.contact.email == "li.wei@example.org"
    words = ("li.wei", "李伟", "私下找人", "跳槽机会", "me.example.com", hook.secret)
    assert all(word in everything(world) for word in words)
    world.ask(me, "account.erase", id=me.account, password=PASSWORD)
    left = everything(world)
    assert not [word for word in words if word in left]
    with world.hub.database.reading() as tx:
        assert not tx.unguarded(sa.select(s.outbox))
    assert chain_holds(world)
