"""One suite for every place where a pure function can run, and what each does when it cannot."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from tandem.base.errors import Failed, Invalid, Missing
from tandem.compute import where
from tandem.compute.where import Place, Workers

pytest.importorskip("distributed", reason="needs the extra: tandem-hub[cluster]")
psutil = pytest.importorskip("psutil")  # comes with distributed


@pytest.fixture(params=["here", "processes", "scheduler"])
def workers(request) -> Iterator[Workers]:
    """Every place that there is; the scheduler is that of the two processes."""
    if request.param == "here":
        with where.on(Place()) as found:
            yield found
        return
    two = request.getfixturevalue("two")
    if request.param == "processes":
        yield two
        return
    with where.on(Place(scheduler=two.client.scheduler.address, patience=60.0)) as found:
        yield found


def made(number: int) -> list[int]:
    return [number]


def plus(part: list[int], shared: int, own: int = 0) -> int:
    return part[0] + shared + own


def wrong(part: list[int]) -> int:
    raise ValueError(part)


def length(part: list[int], text: bytes) -> int:
    return part[0] + len(text)


def slow(part: list[int], seconds: float) -> int:
    time.sleep(seconds)
    return part[0]


def test_answers_come_in_the_order_of_the_parts(workers):
    """With what is shared, and with what is each part's own."""
    parts = workers.place([partial(made, number) for number in range(5)])
    assert workers.ask(parts, plus, 10) == [10, 11, 12, 13, 14]
    assert workers.ask(parts, plus, 10, each=[(100 * k,) for k in range(5)]) == [10, 111, 212, 313, 414]


def test_what_is_sent_is_counted(two):
    """A large array goes to each worker once, a small one with every question; here nothing is sent."""
    parts = two.place([partial(made, number) for number in range(4)])
    before = two.moved
    two.ask(parts, length, b"x" * 1_000_000)
    assert 2_000_000 < two.moved - before < 2_010_000
    with where.on(Place()) as here:
        here.ask(here.place([partial(made, 1)]), plus, 1)
        assert here.moved == 0


def test_a_part_that_was_lost_with_its_worker_is_made_again(two):
    """Killed before a question, and killed while it works on one: the answers are the same."""
    parts = two.place([partial(made, number) for number in range(4)])
    assert two.ask(parts, plus, 1) == [1, 2, 3, 4]
    os.kill(min(two.client.run(os.getpid).values()), signal.SIGKILL)
    assert two.ask(parts, plus, 1) == [1, 2, 3, 4]
    pid = max(two.client.run(os.getpid).values())
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    assert two.ask(parts, slow, 0.5) == [0, 1, 2, 3]


def listening(pid: int) -> set[str]:
    """The addresses on which a process waits for others."""
    sockets = psutil.Process(pid).net_connections("inet")
    return {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}


def test_a_cluster_of_this_machine_listens_to_this_machine_only_and_leaves_nothing():
    """Loopback for all its sockets, here and in the workers; its processes end with the block."""
    before = set(psutil.Process().children(recursive=True))
    with where.on(Place(workers=1)) as one:
        (pid,) = one.client.run(os.getpid).values()
        assert listening(pid) == {"127.0.0.1"}
        assert listening(os.getpid()) == {"127.0.0.1"}
    assert not psutil.pid_exists(pid)
    assert set(psutil.Process().children(recursive=True)) <= before


def test_an_unanswered_question_is_given_up(two):
    """After the patience that was asked for, with a code, instead of hanging."""
    address = two.client.scheduler.address
    with where.on(Place(scheduler=address, patience=0.5)) as hasty, pytest.raises(Failed) as caught:
        hasty.ask(hasty.place([partial(made, 1)]), slow, 3.0)
    assert caught.value.code == "compute.timeout"


def test_an_error_on_a_worker_names_itself(two):
    """What went wrong there is told here, under a code."""
    with pytest.raises(Failed) as caught:
        two.ask(two.place([partial(made, 1)]), wrong)
    assert caught.value.code == "compute.failed"
    assert "ValueError: [1]" in caught.value.params["reason"]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Place(workers=-1), "compute.workers"),
        (Place(workers=2, scheduler="tcp://127.0.0.1:8786"), "compute.both"),
        (Place(scheduler="127.0.0.1:8786"), "compute.address"),
        (Place(scheduler="inproc://here"), "compute.address"),
        (Place(scheduler="tcp://127.0.0.1"), "compute.address"),
        (Place(scheduler="ucx://127.0.0.1:8786"), "compute.address"),
        (Place(scheduler=""), "compute.address"),
    ],
    ids=repr,
)
def test_places_that_are_none_are_refused(place, code):
    """Before anything is started or looked for."""
    with pytest.raises(Invalid) as caught, where.on(place):
        pass
    assert caught.value.code == code


def test_a_scheduler_that_is_not_there_or_has_no_workers_is_named(monkeypatch):
    """Both end soon and say which address."""
    import distributed

    from tandem.compute import cluster

    monkeypatch.setattr(cluster, "CONNECT", 1)
    with pytest.raises(Failed) as caught, where.on(Place(scheduler="tcp://127.0.0.1:9")):
        pass
    assert caught.value.code == "compute.unreachable"
    with (
        distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as empty,
        pytest.raises(Failed) as caught,
        where.on(Place(scheduler=empty.scheduler_address)),
    ):
        pass
    assert caught.value.code == "compute.no_workers"


def test_without_the_extra_the_command_that_installs_it_is_told(monkeypatch):
    """Nothing else of Tandem needs Dask."""
    from tandem.compute import cluster

    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(Missing) as caught, where.on(Place(workers=1)):
        pass
    assert caught.value.code == "extra.cluster"
    assert "tandem-hub[cluster]" in caught.value.params["command"]
