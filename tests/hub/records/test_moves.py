"""What may be done with a record now: told with it, to whoever may do it, as the table of moves has it."""

from __future__ import annotations

import pytest


@pytest.fixture
def people(world):
    first, second = world.organisation("甲厂"), world.organisation("乙所")
    return {"ann": world.person("member", first), "bob": world.person("member", second),
            "opal": world.person("operator"), "ada": world.person("auditor")}  # fmt: skip


def test_a_needs_moves_follow_its_state(world, people):
    """A draft is published, what has ended is reopened; each step is then done as it was told."""
    ann = people["ann"]
    one = world.ask(ann, "need.pose", title="主轴", draft=True, visibility="public")
    assert one.moves == ("need.publish", "need.withdraw")
    open_, over = ("need.close", "need.withdraw"), ("need.reopen",)
    steps = (("need.publish", open_), ("need.close", over), ("need.reopen", open_), ("need.withdraw", over))
    for action, then in steps:
        assert action in one.moves
        one = world.ask(ann, action, id=one.id)
        assert one.moves == then
        assert {who: world.ask(people[who], "need.show", id=one.id).moves for who in ("opal", "ada")} == {
            "opal": then, "ada": ()}  # fmt: skip
    listed = world.ask(ann, "need.list", mine=True).items
    assert [need.moves for need in listed] == [("need.reopen",)]


@pytest.mark.parametrize(("what", "away", "back"), [
    ("offer", "offer.withdraw", ("offer.reopen",)), ("delivery", "delivery.remove", ()),
])  # fmt: skip
def test_an_offers_and_a_deliverys_moves(world, people, what, away, back):
    """Taken back, an offer can be offered again; a delivery cannot."""
    one = world.ask(people["ann"], f"{what}.add", title="检测", visibility="members")
    assert one.moves == (away,)
    assert world.ask(people["ada"], f"{what}.show", id=one.id).moves == ()
    assert not hasattr(world.ask(people["bob"], f"{what}.show", id=one.id), "moves")
    assert world.ask(people["ann"], away, id=one.id).moves == back
