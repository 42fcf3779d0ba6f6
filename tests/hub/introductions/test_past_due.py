"""Needs whose due date has passed: they expire with their introductions, by the calendar day in China."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import sqlalchemy as sa
from tests.hub.conftest import NOON, Clock, Counted, World
from tests.hub.introductions.conftest import stage

from tandem.base.clock import DAY, HOUR
from tandem.base.errors import Conflict
from tandem.domain.introductions import LEASES
from tandem.hub.actions import Asker, run
from tandem.hub.installation import DATABASE, open_hub
from tandem.hub.introductions import dealing
from tandem.hub.introductions import sweep as sweeping
from tandem.hub.introductions.answers import Swept
from tandem.hub.introductions.sweep import sweep
from tandem.storage.database import schema as s

DUE = "2027-01-16"
OVER = NOON + DAY + 8 * HOUR  # 2027-01-16T16:00:00Z: in China the seventeenth begins


def entries(world, action):
    with world.hub.database.reading() as tx:
        return [dict(row) for row in tx.unguarded(s.journal.select().where(s.journal.c.action == action))]


def state(story, need):
    return story.row(s.needs, need)["state"]


def test_a_need_expires_when_its_day_is_over_in_china(story):
    """Not a second before; its poser is told, one entry and no more; a need without a day stays."""
    hub, clock = story.world.hub, story.world.clock
    due, lasting = story.pose(due_on=DUE), story.pose()
    clock.now = OVER - 1
    assert sweep(hub) == Swept(0, 0, 0, 0, 0)
    clock.now = OVER
    assert sweep(hub) == Swept(0, 0, 0, 0, 1)
    assert sweep(hub) == Swept(0, 0, 0, 0, 0)
    assert (state(story, due), state(story, lasting)) == ("expired", "posed")
    told = story.world.ask(story.actors["poser"], "notice.list").items
    assert [(one.code, one.about, dict(one.params)["due_on"]) for one in told] == [("need.expired", due, DUE)]
    (entry,) = entries(story.world, "need.expire")
    assert (entry["record_id"], entry["org_id"]) == (due, story.actors["poser"].org)
    assert len(entries(story.world, "introduction.sweep")) == 1


@pytest.mark.parametrize("at", ["proposed", "invited", "interested", "introduced", "quoted"])
def test_what_is_open_ends_with_its_need(world, at):
    """Lost for that reason, without a lease; the offer's place is free; who was invited is told, nobody is proposed."""
    story = stage(world, due_on=DUE)
    story.reach(at)
    other, offered = story.provider("广州检验集团")
    story.publish(("a", story.actors["invited"], story.offer, True), ("b", other, offered, False))
    world.clock.now = OVER
    assert sweep(world.hub).past_due == 1
    view = story.show("broker")
    assert (view.state, view.reason, view.due_at, view.ended_at) == ("lost", "past_due", None, OVER)
    assert ("introduction.closed_past_due" in story.notices("invited")) == (at != "proposed")
    assert len(story.ask("broker", "list", need=story.need).items) == 1
    again = story.pose()
    story.id = story.ask(
        "broker", "propose", need=again, organisation=story.actors["invited"].org, offer=story.offer
    ).id
    story.do("poser", "invite")
    assert story.do("invited", "answer", answer="interested").state == "interested"


def test_an_agreement_outlives_its_need(world):
    """With a slot to spare the need expires, the agreement stands and comes to its outcome; lost, nobody follows."""
    story = stage(world, due_on=DUE, slots=2)
    story.reach("agreed")
    world.clock.now = OVER
    assert sweep(world.hub).past_due == 1
    assert (state(story, story.need), story.show("broker").state) == ("expired", "agreed")
    assert story.do("poser", "outcome", rating=0.9).state == "outcome"
    assert state(story, story.need) == "expired"


def test_what_is_not_posed_does_not_expire(world):
    """Drafts, and needs that are answered, closed or taken back, keep their state."""
    story = stage(world)
    needs = {one: story.pose(due_on=DUE, state=one) for one in ("draft", "answered", "closed", "withdrawn")}
    world.clock.now = OVER
    assert sweep(world.hub) == Swept(0, 0, 0, 0, 0)
    assert {one: state(story, id_) for one, id_ in needs.items()} == {one: one for one in needs}


def test_a_need_past_its_day_is_posed_again_with_a_later_one(story):
    """Reopening it as it stands is refused with its day, and so is publishing such a draft."""
    poser, world = story.actors["poser"], story.world
    due, draft = story.pose(due_on=DUE), story.pose(due_on=DUE, state="draft")
    world.clock.now = OVER
    sweep(world.hub)
    for verb, need in (("reopen", due), ("publish", draft)):
        with pytest.raises(Conflict, match=r"need\.past_due") as refused:
            world.ask(poser, f"need.{verb}", id=need)
        assert refused.value.params == {"id": need, "due_on": DUE}
    world.ask(poser, "need.edit", id=due, due_on="2027-01-17")
    assert world.ask(poser, "need.reopen", id=due).state == "posed"
    world.ask(poser, "need.edit", id=draft, clear=["due_on"])
    assert world.ask(poser, "need.publish", id=draft).state == "posed"
    assert sweep(world.hub) == Swept(0, 0, 0, 0, 0)


def test_many_expire_in_lots_and_once(story, monkeypatch):
    """Four sweeps at once of thirty needs in lots of four: each expires once, and no lot is larger."""
    monkeypatch.setattr(sweeping, "MOST", 4)
    needs = [story.pose(due_on=DUE) for _ in range(30)]
    story.world.clock.now = OVER
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: sweep(story.world.hub), range(4)))
    assert sum(one.past_due for one in done) == 30
    assert {state(story, need) for need in needs} == {"expired"}
    assert len(entries(story.world, "need.expire")) == 30
    with story.world.hub.database.reading() as tx:
        j, c = s.journal.c, s.journal_contents.c
        told = sa.select(c.body).join(s.journal, j.seq == c.seq).where(j.action == "introduction.sweep")
        lots = [json.loads(row["body"]) for row in tx.unguarded(told)]
    assert max(one["past_due"] for one in lots) == 4


def test_a_lot_ends_where_its_introductions_are_many(story, monkeypatch):
    """Needs with many introductions fill a lot earlier."""
    monkeypatch.setattr(sweeping, "MOST", 4)
    for _ in range(3):
        need = story.pose(due_on=DUE)
        for number in range(4):
            org = story.world.organisation(f"{need} {number}")
            story.ask("broker", "propose", need=need, organisation=org)
    story.world.clock.now = OVER
    assert story.ask("broker", "sweep").past_due == 1
    assert sweep(story.world.hub).past_due == 2


def test_a_broken_lot_leaves_nothing(story, monkeypatch):
    """Where one of a lot fails, all of it stays as it was, and the next sweep does it."""
    needs = [story.pose(due_on=DUE) for _ in range(3)]
    story.world.clock.now = OVER
    real = dealing.close

    def close(call, need, reason):
        if need == max(needs):
            raise RuntimeError("broken")
        return real(call, need, reason)

    monkeypatch.setattr(dealing, "close", close)
    with pytest.raises(RuntimeError):
        sweep(story.world.hub)
    assert {state(story, need) for need in needs} == {"posed"}
    monkeypatch.undo()
    assert sweep(story.world.hub).past_due == 3


def heard(story, who):
    """All that somebody outside reads after the sweep, as bytes, without ids that only count what came before."""
    actor, world = story.actors[who], story.world
    asked = (("need.list", {}), ("need.list", {"state": "expired"}), ("notice.list", {}), ("journal.list", {}),
             ("introduction.list", {}), ("introduction.figures", {}), ("search.find", {"text": "谐波"}),
             ("search.find", {"what": "needs"}))  # fmt: skip
    return [msgspec.json.encode(run(name, given, Asker(actor, hub=world.hub))) for name, given in asked]


@pytest.mark.parametrize("visibility", ["confidential", "named"])
def test_a_hidden_need_expires_without_a_trace(tmp_path, empty_file, visibility):
    """Two worlds, in one of which a hidden need expires with an introduction: a stranger reads the same bytes."""
    told = []
    for name in ("without", "with"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(empty_file, folder / DATABASE)
        hub = open_hub(folder, clock=Clock(), ids=Counted())
        story = stage(World(hub, hub.clock), due_on=None)
        story.reach("invited")
        story.pose(due_on=DUE, visibility="members", title="谐波 open")
        due = DUE if name == "with" else None
        hub.database.write(
            lambda tx, need=story.need, due=due, vis=visibility: tx.execute(
                s.needs.update().where(s.needs.c.id == need).values(due_on=due, visibility=vis)
            )
        ).result()
        hub.clock.now = OVER
        done = sweep(hub)
        assert done.past_due == (2 if name == "with" else 1)
        told.append(heard(story, "stranger"))
        hub.close()
    assert told[0] == told[1]
    assert b"expired" in told[0][1]


def test_a_lapse_proposes_nobody_for_a_need_past_its_day(world):
    """A lease and a due date that end at once: the introduction ends with its need, and the list is left alone."""
    story = stage(world, due_on="2027-01-15")
    story.reach("invited")
    other, offered = story.provider("广州检验集团")
    story.publish(("a", story.actors["invited"], story.offer, True), ("b", other, offered, False))
    world.clock.now = NOON + LEASES["invited"] + DAY
    done = sweep(world.hub)
    assert (done.past_due, done.expired) == (1, 0)
    assert len(story.ask("broker", "list", need=story.need).items) == 1
