"""Sentinels: passwords and secrets stand nowhere but in the answer that shows a secret once."""

from __future__ import annotations

import logging

import pytest

from tandem.base.error_words import plain
from tandem.base.errors import TandemError
from tandem.domain.people import HERE, VISITOR
from tandem.hub.actions import ACTIONS, Asker, run
from tandem.hub.people import setup

OLD, NEW, WRONG = "sentinel-old-7391", "sentinel-new-4482", "sentinel-wrong-5573"


def tried(told, world, actor, name, key=None, /, **given):
    """Asks, and keeps whatever is said, whether it is an answer or an error, with its words."""
    try:
        answer = run(name, given, Asker(actor, hub=world.hub, key=key))
    except TandemError as error:
        told += [repr(error), str(error), repr(plain(error, "zh")), repr(plain(error, "en"))]
        return None
    told.append(repr(answer).replace(str(getattr(answer, "secret", None)), "SHOWN ONCE"))
    return answer


@pytest.fixture
def life(world, people, caplog):
    """What everybody was told in a life with all kinds of secrets; the secrets themselves."""
    caplog.set_level(logging.DEBUG)
    told, code = [], setup.code(world.hub)
    first = {"login": "op", "name": "x"}
    tried(told, world, VISITOR, "setup.begin", **first, password=OLD, code=WRONG)
    tried(told, world, VISITOR, "setup.begin", "k0", **first, password=OLD, code=code)
    for password in (OLD, OLD, "sentinel"):
        tried(told, world, VISITOR, "account.register", "k1", login="li.wei", name="x", password=password)
    tried(told, world, VISITOR, "account.register", login=OLD, name="x", password=OLD)
    tried(told, world, VISITOR, "account.register", login="a b", name="x", password=OLD, colour=NEW)
    tried(told, world, VISITOR, "session.open", login="li.wei", password=WRONG)
    tried(told, world, VISITOR, "session.open", login="nobody", password=WRONG)
    session = tried(told, world, VISITOR, "session.open", "k2", login="li.wei", password=OLD).secret
    tried(told, world, VISITOR, "session.open", "k2", login="li.wei", password=OLD)
    me = people.who(session)
    tried(told, world, me, "account.edit", password=WRONG, new_password=NEW)
    tried(told, world, me, "account.edit", "k3", password=OLD, new_password=NEW)
    tried(told, world, me, "account.edit", password=NEW, new_password="sentinel")
    made = [
        tried(told, world, me, "token.create", f"k{agent}", label="x", agent=agent).secret
        for agent in (False, True)
    ]
    tried(told, world, people.who(made[1]), "need.pose", "k4", title="x")
    for actor in (me, HERE):
        for name, action in ACTIONS.items():
            if action.does == "reads" and name.partition(".")[0] in (
                "account",
                "session",
                "token",
                "confirmation",
            ):
                tried(told, world, actor, name)
    tried(told, world, me, "account.erase", id=me.account, password=WRONG)
    return told, [OLD, NEW, WRONG, code, session, *made], caplog.text


def test_no_secret_is_told_twice(life):
    """In no answer, error or sentence, in neither language."""
    told, secrets, _ = life
    assert len(told) > 20
    assert not [(secret, text) for text in told for secret in secrets if secret in text]


def test_no_secret_is_logged(life):
    """At no level."""
    _, secrets, log = life
    assert not [secret for secret in secrets if secret in log]


def test_no_secret_is_kept(world, life):
    """In no table: journal, notices, confirmations, kept answers, keys; nor in any file of the folder."""
    _, secrets, _ = life
    world.hub.database.write(lambda tx: None).result()
    held = b"".join(path.read_bytes() for path in world.hub.folder.rglob("*") if path.is_file())
    if world.hub.database.embedded:
        assert b"li.wei" in held
    else:
        held = rows(world).encode()
    assert not [secret for secret in secrets if secret.encode() in held]


def rows(world) -> str:
    import sqlalchemy as sa

    from tandem.storage.database import schema as s

    with world.hub.database.reading() as tx:
        tables = [one for one in s.metadata.sorted_tables if one.name not in s.RECORDS]
        found = [tuple(dict(row).values()) for table in tables for row in tx.unguarded(sa.select(table))]
    return repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in found])
