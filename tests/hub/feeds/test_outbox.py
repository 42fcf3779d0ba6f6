"""The outbox over the years: what was done with long ago goes, a bounded lot at a time."""

from __future__ import annotations

from tandem.hub.feeds import outbox
from tandem.storage.database import schema as s

STATES = ("delivered", "dead", "waiting")


def messages(world, n, created_at):
    rows = [
        {"id": f"{created_at}-{number}", "webhook_id": "w", "entry_id": "e", "body": "{}", "due_at": created_at,
         "attempts": 0, "state": STATES[number % 3], "created_at": created_at, "seq": number}
        for number in range(n)
    ]  # fmt: skip
    world.hub.database.write(lambda tx: tx.insert(s.outbox, rows)).result()


def left(world):
    with world.hub.database.reading() as tx:
        return {row["id"]: row["state"] for row in tx.unguarded(s.outbox.select())}


def test_old_messages_go_in_lots_the_oldest_first(world, monkeypatch):
    """Never more than a lot in one transaction, though all are of one second; what waits, or is young, stays."""
    monkeypatch.setattr(outbox, "LOT", 4)
    now = world.clock.now
    for at in (now - outbox.KEPT - 9, now - outbox.KEPT - 1, now - outbox.KEPT):
        messages(world, 9, at)
    gone = [world.hub.database.write(outbox.forget).result() for _ in range(5)]
    assert gone == [4, 4, 4, 0, 0]
    found = left(world)
    assert sum(name.startswith(f"{now - outbox.KEPT}-") for name in found) == 9
    assert [state for name, state in found.items() if not name.startswith(f"{now - outbox.KEPT}-")] == [
        "waiting"
    ] * 6


def test_the_oldest_lot_goes_first(world, monkeypatch):
    """Of two ages the older."""
    monkeypatch.setattr(outbox, "LOT", 6)
    old = world.clock.now - outbox.KEPT
    messages(world, 9, old - 1)
    messages(world, 9, old - 9)
    world.hub.database.write(outbox.forget).result()
    assert {name.partition("-")[0] for name, state in left(world).items() if state != "waiting"} == {
        str(old - 1)
    }
