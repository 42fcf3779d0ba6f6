"""Jobs: taken under a lease, done once, through death, silence, stopping and errors."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from tandem.base.errors import Absent, Conflict, Invalid, Unavailable
from tandem.domain.people import HERE
from tandem.hub.actions import Asker, run
from tandem.hub.call import Call
from tandem.hub.installation import open_hub
from tandem.hub.rounds import holding, kinds, runner
from tandem.storage.database import schema as s

WORKING = Path(__file__).with_name("working.py")


@pytest.fixture
def does(monkeypatch):
    """Sets what jobs of the kind `test` do."""

    def set_(work, over=lambda tx, job, state: None):
        monkeypatch.setattr(kinds, "does", lambda kind: work)
        monkeypatch.setattr(kinds, "over", lambda kind: over)

    return set_


def post(world, actor=HERE, **given):
    work = world.hub.database.write(lambda tx: holding.post(Call(tx, actor, world.hub), "test", given))
    return work.result()["id"]


def job(world, id_):
    return world.ask(HERE, "job.show", id=id_)


def test_a_job_is_done_and_tells_what_it_came_to(world, does):
    """Its result and what it writes are there with its end."""
    does(lambda work: lambda tx: tx.insert(s.meta, {"name": "x", "value": "y"}) or {"n": work.given["n"]})
    id_ = post(world, n=3)
    assert job(world, id_).state == "waiting"
    assert runner.work_off(world.hub) == 1
    done = job(world, id_)
    assert (done.state, done.result, done.attempts, done.error) == ("done", {"n": 3}, 1, None)
    assert runner.work_off(world.hub) == 0


def test_jobs_are_taken_in_their_order_each_by_one(world, does):
    """Two takings give two jobs, the older one first; a third gives none while both are held."""
    does(lambda work: lambda tx: {})
    first = post(world)
    world.clock.now += 1
    second = post(world)
    assert [holding.take(world.hub)["id"] for _ in range(2)] == [first, second]
    assert holding.take(world.hub) is None


def test_a_silent_holder_loses_its_job_and_writes_nothing(world, does):
    """After the lease another takes it; whoever had it can neither renew nor end it."""
    does(lambda work: lambda tx: {})
    post(world)
    old = holding.take(world.hub)
    world.clock.now += holding.LEASE - 1
    assert holding.renew(world.hub, old, None, 0, 0)
    world.clock.now += holding.LEASE - 1
    assert holding.take(world.hub) is None
    world.clock.now += 1
    new = holding.take(world.hub)
    assert new["attempts"] == 2
    assert not holding.renew(world.hub, old, None, 0, 0)
    for write in (
        lambda: holding.end(world.hub, old, lambda tx: {}),
        lambda: holding.put_back(world.hub, old, None),
    ):
        with pytest.raises(Conflict, match=r"job\.taken"):
            write()
    holding.end(world.hub, new, lambda tx: {})
    assert job(world, new["id"]).state == "done"


def test_a_job_that_kills_its_process_again_and_again_has_failed(world, does):
    """Begun as often as allowed and never ended: failed, with what follows from it."""
    followed = []
    does(lambda work: lambda tx: {}, lambda tx, job, state: followed.append(state))
    id_ = post(world)
    for _ in range(holding.MOST):
        assert holding.take(world.hub) is not None
        world.clock.now += holding.LEASE
    assert holding.take(world.hub) is None
    assert (job(world, id_).state, job(world, id_).error["code"]) == ("failed", "job.lost")
    assert followed == ["failed"]


@pytest.mark.parametrize("error", [Unavailable("storage.lost", why="x"), ZeroDivisionError("3")])
def test_trouble_that_may_pass_is_tried_again_after_a_pause(world, does, error):
    """Unavailable and unforeseen errors: begun again later, at most as often as allowed; the text is not kept."""

    def fails(work):
        raise error

    does(fails)
    id_ = post(world)
    for attempt in range(1, holding.MOST + 1):
        assert runner.work_off(world.hub) == 1
        assert job(world, id_).attempts == attempt
        world.clock.now += max(holding.PAUSES)
    assert job(world, id_).state == "failed"
    code = error.code if isinstance(error, Unavailable) else "job.broken"
    assert job(world, id_).error["code"] == code


def test_wrong_input_fails_at_once(world, does):
    """An error of the input is not tried again; its code and figures are told."""

    def fails(work):
        raise Invalid("match.no_needs")

    does(fails)
    id_ = post(world)
    runner.work_off(world.hub)
    assert (job(world, id_).state, job(world, id_).attempts) == ("failed", 1)
    assert job(world, id_).error == {"code": "match.no_needs", "params": {}, "findings": []}


def test_a_stopped_job_notices_and_leaves_nothing(world, does):
    """Stopped while it works: the next step ends it, its end is not written, and it cannot be stopped twice."""
    monkey = pytest.MonkeyPatch()
    monkey.setattr(runner, "_BEAT", 0.01)
    monkey.setattr(runner, "_TELL", 0.0)
    reached = []

    def work(work):
        world.ask(HERE, "job.stop", id=work.job["id"])
        for step in range(2_000):
            work.at("progress.reading", step, 2_000)
            time.sleep(0.01)
        reached.append("end")
        return lambda tx: {}

    does(work)
    id_ = post(world)
    runner.work_off(world.hub)
    monkey.undo()
    assert job(world, id_).state == "stopped"
    assert reached == []
    with pytest.raises(Conflict, match=r"job\.ended"):
        world.ask(HERE, "job.stop", id=id_)


def test_progress_is_written_while_it_works(world, does):
    """Somebody who looks sees the step and how much is done."""
    monkey = pytest.MonkeyPatch()
    monkey.setattr(runner, "_BEAT", 0.01)
    monkey.setattr(runner, "_TELL", 0.0)
    seen = []

    def work(work):
        work.at("progress.matching", 3, 7)
        for _ in range(500):
            time.sleep(0.01)
            if job(world, work.job["id"]).done:
                break
        seen.append(job(world, work.job["id"]))
        return lambda tx: {}

    does(work)
    post(world)
    runner.work_off(world.hub)
    monkey.undo()
    assert [(one.step, one.done, one.total, one.state) for one in seen] == [
        ("progress.matching", 3, 7, "running")
    ]


def test_a_closing_hub_gives_its_job_back(world, does):
    """Given back, it waits again and has lost no attempt."""
    closing = Event()

    def work(work):
        closing.set()
        work.at("progress.reading", 0, 1)
        return lambda tx: {}

    does(work)
    id_ = post(world)
    runner.one(world.hub, closing)
    assert (job(world, id_).state, job(world, id_).attempts) == ("waiting", 0)


def test_the_runner_of_a_hub_does_what_is_posted(world, does):
    """A job posted while the runner stands by is done without anybody asking."""
    does(lambda work: lambda tx: {"n": 1})
    world.hub.part(runner.Runner)
    id_ = post(world)
    until = time.monotonic() + 20
    while job(world, id_).state != "done" and time.monotonic() < until:
        time.sleep(0.02)
    assert job(world, id_).result == {"n": 1}


def test_only_who_asked_and_the_operator_see_a_job(world, does):
    """Another member's job is absent, in the list too."""
    does(lambda work: lambda tx: {})
    mine, other = (world.person("member", world.organisation(name)) for name in ("甲", "乙"))
    id_ = post(world, mine)
    assert [one.id for one in world.ask(mine, "job.list").items] == [id_]
    assert world.ask(other, "job.list").items == ()
    for verb in ("show", "stop"):
        with pytest.raises(Absent):
            world.ask(other, f"job.{verb}", id=id_)


def test_a_command_line_works_off_what_waits(world, does):
    """job.work does all jobs in this process and says how many."""
    does(lambda work: lambda tx: {})
    for _ in range(2):
        post(world)
    assert world.ask(HERE, "job.work").jobs == 2


def killed(folder, *words, naive=()):
    """Works off jobs in a process that is killed when it says each of the words; then lets one end."""
    for word in (*words, None):
        process = subprocess.Popen(
            [sys.executable, WORKING, folder, *naive], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == word:
                process.send_signal(signal.SIGKILL)
                break
        process.wait(timeout=60)


@pytest.fixture
def left(tmp_path, empty_file):
    """A hub's folder with one job waiting, nobody working on it."""
    hub = open_hub(tmp_path / "killed")
    id_ = hub.database.write(lambda tx: holding.post(Call(tx, HERE, hub), "test", {})).result()["id"]
    hub.close()
    return tmp_path / "killed", id_


def found(folder, id_):
    hub = open_hub(folder)
    with hub.database.reading() as tx:
        rows = [row for row in tx.unguarded(s.meta.select()) if row["name"].startswith(id_)]
        ends = tx.unguarded(s.journal.select().where(s.journal.c.action == "job.end"))
    done = run("job.show", {"id": id_}, Asker(HERE, hub=hub))
    hub.close()
    return done, len(rows), len(ends)


def test_killed_anywhere_a_job_ends_once_with_all_its_results(left):
    """kill -9 while it works and inside the transaction that ends it: then done once, fifty rows, a whole journal."""
    folder, id_ = left
    killed(folder, "working", "ending")
    done, rows, ends = found(folder, id_)
    assert (done.state, done.attempts, rows, ends) == ("done", 3, 50, 1)


def test_the_same_killing_finds_a_job_that_writes_too_early(left):
    """A job that writes results before its end leaves them twice: the test above would see it."""
    folder, id_ = left
    killed(folder, "ending", naive=("naive",))
    assert found(folder, id_)[1] == 100
