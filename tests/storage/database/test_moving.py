"""Moving many rows at once: by the table of moves, all of them or none, under new versions."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tandem.base.errors import Conflict
from tandem.storage.database import schema as s


def wishes(world, *states):
    """Confirmations in these states, by id."""
    rows = [{"id": f"w{n}", "version": n + 1, "account_id": "a", "action": "need.pose", "given": "{}", "state": state,
             "created_at": 0, "expires_at": n} for n, state in enumerate(states)]  # fmt: skip
    world.hub.database.write(lambda tx: tx.insert(s.confirmations, rows)).result()


def standing(world, table=s.confirmations):
    with world.hub.database.reading() as tx:
        return {row["id"]: row for row in tx.unguarded(sa.select(table))}


def test_all_that_meet_the_condition_move_and_no_others(world):
    """State, version and what else is told; the number is that of the rows that moved."""
    wishes(world, "waiting", "waiting", "refused", "waiting")
    c = s.confirmations.c
    which = (c.state == "waiting") & (c.expires_at < 2)
    move = lambda tx: tx.move_all(s.confirmations, which, "expired", answered_at=7)  # noqa: E731
    assert world.hub.database.write(move).result() == 2
    found = [(row["state"], row["version"], row["answered_at"]) for _, row in sorted(standing(world).items())]
    assert found == [("expired", 2, 7), ("expired", 3, 7), ("refused", 3, None), ("waiting", 4, None)]
    assert world.hub.database.write(move).result() == 0


def test_where_one_may_not_go_none_goes(world):
    """The error names one that may not; the others stay as they were."""
    wishes(world, "waiting", "accepted", "waiting")
    before = standing(world)
    move = lambda tx: tx.move_all(s.confirmations, sa.true(), "expired")  # noqa: E731
    with pytest.raises(Conflict) as refused:
        world.hub.database.write(move).result()
    assert refused.value.code == "move.refused"
    assert (refused.value.params["id"], refused.value.params["state"]) == ("w1", "accepted")
    assert standing(world) == before


def test_tables_with_times_and_without_versions(world):
    """A webhook is dated; a message has neither version nor date."""
    world.clock.now += 60
    hook = {"account_id": "a", "org_id": None, "url": "x", "secret": "x", "actions": None, "position": 0, "ended": None,
            "state": "active"}  # fmt: skip
    sent = {"id": "m", "webhook_id": "h", "entry_id": "e", "seq": 1, "body": "", "due_at": 0, "attempts": 0,
            "state": "waiting", "created_at": 0}  # fmt: skip
    world.hub.database.write(lambda tx: (tx.add(s.webhooks, hook), tx.insert(s.outbox, sent))).result()
    world.clock.now += 60
    world.hub.database.write(
        lambda tx: (tx.move_all(s.webhooks, sa.true(), "stopped"), tx.move_all(s.outbox, sa.true(), "dead"))
    ).result()
    ((row,), (message,)) = (list(standing(world, table).values()) for table in (s.webhooks, s.outbox))
    assert (row["state"], row["version"], row["changed_at"]) == ("stopped", 2, world.clock.now)
    assert message["state"] == "dead"


def test_a_new_record_has_all_its_columns(world):
    """As it would be read: what was not told is None."""
    given = {"name": "甲厂", "name_key": "甲厂", "visibility": "public"}
    added = world.hub.database.write(lambda tx: tx.add(s.organisations, given)).result()
    assert added == standing(world, s.organisations)[added["id"]]
    assert added["city"] is None
