"""An import by a job: posted at once, done by the runner, all rows or none, only as the account that asked."""

from __future__ import annotations

from threading import Event

import pytest
import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict, Denied, Limited
from tandem.base.settings import Upload
from tandem.domain.people import HERE, Actor
from tandem.hub.actions import ACTIONS
from tandem.hub.records import import_later
from tandem.hub.rounds import holding, runner
from tandem.storage.database import schema as s

TEXT = "需求名称,城市\n主轴热补偿,东莞\n,深圳\n镜片检测,深圳\n"


@pytest.fixture
def member(world):
    return world.person("member", world.organisation("东莞精密"))


def posted(world, member, text: str = TEXT, **more):
    kept = world.ask(member, "records.hand_over", file=Upload("needs.csv", text.encode()))
    return world.ask(member, "records.import_later", id=kept.id, **more)


def titles(world, member) -> list[str]:
    return sorted(one.title for one in world.ask(member, "need.list", mine=True).items)


def test_the_job_writes_what_the_import_would(world, member):
    """Nothing is there until it has run; its result tells each table, and what new records are seen by was kept."""
    job = posted(world, member, visibility="confidential")
    assert (job.kind, job.state, titles(world, member)) == ("records.import", "waiting", [])
    assert runner.work_off(world.hub) == 1
    done = world.ask(member, "job.show", id=job.id)
    (needs,) = done.result["tables"]
    assert (done.state, needs["table"], needs["new"], needs["rejected"]) == ("done", "needs", 2, 1)
    assert titles(world, member) == ["主轴热补偿", "镜片检测"]
    assert {one.visibility for one in world.ask(member, "need.list", mine=True).items} == {"confidential"}
    posted(world, member)
    assert runner.work_off(world.hub) == 1
    assert len(titles(world, member)) == 2


def test_what_cannot_be_read_fails_the_job_and_writes_nothing(world, member):
    """A strict import with a faulty row; the job says why."""
    job = posted(world, member, strict=True)
    runner.work_off(world.hub)
    failed = world.ask(member, "job.show", id=job.id)
    assert (failed.state, failed.error["code"], titles(world, member)) == ("failed", "import.faulty", [])


def test_a_file_that_is_gone_and_a_job_that_is_stopped_write_nothing(world, member):
    job = posted(world, member)
    with world.hub.database.reading() as tx:
        (row,) = tx.unguarded(sa.select(s.uploads.c.id))
    world.ask(member, "records.let_go", id=row["id"])
    runner.work_off(world.hub)
    assert world.ask(member, "job.show", id=job.id).error["code"] == "record.absent"
    job = posted(world, member)
    world.ask(member, "job.stop", id=job.id)
    assert runner.work_off(world.hub) == 0
    assert titles(world, member) == []


def test_a_file_has_one_job_at_a_time(world, member):
    """Asked again, it is that job: what is said anew holds as long as it has not begun; afterwards there is another."""
    kept = world.ask(member, "records.hand_over", file=Upload("needs.csv", TEXT.encode()))
    asked = [world.ask(member, "records.import_later", id=kept.id) for _ in range(5)]
    anew = world.ask(member, "records.import_later", id=kept.id, visibility="confidential")
    assert {one.id for one in (*asked, anew)} == {asked[0].id}
    assert [one.id for one in world.ask(member, "job.list").items] == [anew.id]
    begun = holding.take(world.hub)
    assert world.ask(member, "records.import_later", id=kept.id, visibility="confidential").state == "running"
    with pytest.raises(Conflict) as refused:
        world.ask(member, "records.import_later", id=kept.id, visibility="public")
    assert refused.value.code == "import.begun"
    holding.put_back(world.hub, begun, None)
    assert runner.work_off(world.hub) == 1
    assert {one.visibility for one in world.ask(member, "need.list", mine=True).items} == {"confidential"}
    assert world.ask(member, "records.import_later", id=kept.id).id != anew.id


def test_an_account_has_few_waiting(world, member):
    """Beyond, whoever asks is told to come again; others are not in the way, and room comes with each that ends."""
    first = posted(world, member)
    for _ in range(import_later.MOST - 1):
        posted(world, member)
    with pytest.raises(Limited) as refused:
        posted(world, member)
    assert (refused.value.code, refused.value.params["n"]) == ("import.waiting", import_later.MOST)
    posted(world, world.person("member", member.org))
    world.ask(member, "job.stop", id=first.id)
    posted(world, member)


def test_accounts_come_in_turn(world, member):
    """Whoever was served longest ago is next, not whoever has asked for most."""
    other = world.person("member", member.org)
    for who in (member, member, member, other, other):
        world.clock.now += 1
        posted(world, who)
    served = []
    while runner.one(world.hub, Event()):
        world.clock.now += 1
        newest = max(world.ask(HERE, "job.list", state="done").items, key=lambda one: one.changed_at)
        with world.hub.database.reading() as tx:
            (row,) = tx.unguarded(sa.select(s.jobs.c.account_id).where(s.jobs.c.id == newest.id))
        served.append("member" if row["account_id"] == member.account else "other")
    assert served == ["member", "other", "member", "other", "member"]


def test_it_counts_as_heavy():
    assert ACTIONS["records.import_later"].heavy


def test_whoever_has_lost_their_standing_since_imports_nothing(world, member):
    """The organisation, the role and the account have to be what they were when the import was asked for."""

    def become(to) -> None:
        which = sa.update(s.accounts).where(s.accounts.c.id == member.account)
        world.hub.database.write(lambda tx: tx.execute(which.values(to))).result()

    for change in ({"org_id": world.organisation("别家")}, {"role": "auditor"}, {"state": "suspended"}):
        job = posted(world, member)
        become(change)
        runner.work_off(world.hub)
        become({"org_id": member.org, "role": member.role, "state": "active"})
        shown = world.ask(member, "job.show", id=job.id)
        assert (shown.state, shown.error["code"], change) == ("failed", "action.refused", change)
    assert titles(world, member) == []


def test_only_ones_own_file_and_never_an_agents_wish(world, member):
    kept = world.ask(member, "records.hand_over", file=Upload("needs.csv", TEXT.encode()))
    other = world.person("member", member.org)
    with pytest.raises(Absent):
        world.ask(other, "records.import_later", id=kept.id)
    agent = Actor(member.role, member.account, member.org, agent=True)
    with pytest.raises(Denied) as refused:
        world.ask(agent, "records.import_later", id=kept.id)
    assert refused.value.code == "import.agent"
