"""Files kept between the steps of an import: for their account alone, bounded, for an hour, gone with the session."""

from __future__ import annotations

import os
import stat
import time

import pytest
import sqlalchemy as sa

from tandem.base.clock import HOUR
from tandem.base.errors import Absent, Conflict, Denied, Failed, Invalid, Unavailable
from tandem.base.settings import Upload
from tandem.domain.people import HERE, Actor
from tandem.hub.actions import Asker, run
from tandem.hub.call import Call
from tandem.hub.people import sessions
from tandem.hub.records import held
from tandem.storage.database import schema as s

TEXT = "客户诉求,城市\n主轴热补偿方案,火星\n,深圳\n"


def upload(text: str = TEXT, name: str = "needs.csv") -> Upload:
    return Upload(name, text.encode())


def signed_in(world, actor: Actor) -> Actor:
    """The same person with a session."""
    world.hub.database.write(
        lambda tx: sessions.begin(Call(tx, actor, world.hub), str(actor.account), "active")
    ).result()
    with world.hub.database.reading() as tx:
        [key] = tx.unguarded(sa.select(s.keys.c.id).where(s.keys.c.account_id == actor.account))
    return Actor(actor.role, actor.account, actor.org, key=key["id"])


def soon(done) -> bool:
    """Whether it comes true in a moment: bytes go right after the commit that was acknowledged."""
    end = time.monotonic() + 5
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(done())


def files(world) -> list[str]:
    return sorted(path.name for path in held.folder(world.hub).iterdir())


@pytest.fixture
def member(world):
    return world.person("member", world.organisation("东莞精密"))


def test_a_file_is_handed_over_once_and_imported_step_by_step(world, member):
    """What is said of it gathers: columns, corrections; then it is imported by its id."""
    kept = world.ask(member, "records.hand_over", file=upload())
    assert (kept.file, kept.size, kept.expires_at) == (
        "needs.csv",
        len(TEXT.encode()),
        world.clock.now + HOUR,
    )
    world.ask(member, "records.mend", id=kept.id, columns=["客户诉求=title"])
    assert world.ask(member, "records.columns", held=kept.id).sheets[0].headers[0].by == "said"
    told = world.ask(member, "records.import", held=kept.id, preview=True)
    assert [(one.code, one.row) for one in told.findings] == [("city.unknown", 2), ("required", 3)]
    mended = world.ask(
        member, "records.mend", id=kept.id, corrections=["needs 2 city=东莞", "needs 3 title=检测"]
    )
    assert mended.corrections == 2
    copy = world.ask(member, "records.problems", held=kept.id)
    assert copy.name == "needs.problems.xlsx"
    done = world.ask(member, "records.import", held=kept.id)
    assert (done.tables[0].new, done.findings) == (2, ())
    anew = world.ask(member, "records.mend", id=kept.id, anew=True)
    assert anew.corrections == 0
    world.ask(member, "records.let_go", id=kept.id)
    assert soon(lambda: not files(world))
    with pytest.raises(Absent):
        world.ask(member, "records.import", held=kept.id, preview=True)


def test_its_bytes_are_the_hubs_alone(world, member):
    """The folder and the file are open to their owner's account on the machine and nobody else."""
    kept = world.ask(member, "records.hand_over", file=upload())
    path = held.folder(world.hub) / kept.id
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_somebody_elses_file_is_not_there(world, member):
    """Not for a colleague, not for the operator, not for another organisation: the same as none."""
    kept = world.ask(member, "records.hand_over", file=upload())
    for who in (
        world.person("member", member.org),
        world.person("manager", member.org),
        world.person("operator"),
        HERE,
    ):
        for action, given in (("records.columns", {"held": kept.id}), ("records.mend", {"id": kept.id}),
                              ("records.let_go", {"id": kept.id}), ("records.problems", {"held": kept.id}),
                              ("records.import", {"held": kept.id, "preview": True})):  # fmt: skip
            with pytest.raises(Absent) as refused:
                world.ask(who, action, **given)
            with pytest.raises(Absent) as missing:
                world.ask(
                    who,
                    action,
                    **{name: "nothing" if value == kept.id else value for name, value in given.items()},
                )
            assert refused.value.code == missing.value.code
    assert files(world) == [kept.id]


def test_without_an_account_nothing_is_kept(world):
    """The command line of the hub's own machine hands its files to each command."""
    with pytest.raises(Denied, match=r"account\.none"):
        world.ask(HERE, "records.hand_over", file=upload())
    assert not held.folder(world.hub).exists()


def test_what_cannot_be_read_is_not_kept(world, member):
    """A kind of file that nothing reads, and an empty one."""
    for file, code in ((upload(name="a.exe"), r"file\.suffix"), (upload(""), r"file\.empty")):
        with pytest.raises(Invalid, match=code):
            world.ask(member, "records.hand_over", file=file)


def test_whoever_can_import_nothing_hands_nothing_over(world):
    """A member without an organisation; the operator imports for all."""
    with pytest.raises(Denied, match=r"record\.no_organisation"):
        world.ask(world.person("member"), "records.hand_over", file=upload())
    assert not held.folder(world.hub).exists()
    assert world.ask(world.person("operator"), "records.hand_over", file=upload()).size


def test_bytes_stay_only_with_their_row(world, member, monkeypatch):
    """Not where the same asking was answered before, where it was refused, or where the disk took only a part."""
    asker = Asker(member, hub=world.hub, key="once")
    first = run("records.hand_over", {"file": upload()}, asker)
    assert [run("records.hand_over", {"file": upload()}, asker).id for _ in range(3)] == [first.id] * 3
    for wrong in ({"columns": ("x",)}, {"table": "needs", "sheets": ("zzz",)}):
        with pytest.raises(Invalid):
            world.ask(member, "records.hand_over", file=upload(), **wrong)
    with pytest.raises(Conflict, match=r"repeat\.other"):
        run("records.hand_over", {"file": upload("title\nx\n")}, asker)
    assert soon(lambda: files(world) == [first.id])

    def full(file, content: bytes) -> None:
        file.write(content[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(held, "_write", full)
    with pytest.raises(Failed, match=r"out\.write"):
        world.ask(member, "records.hand_over", file=upload())
    assert files(world) == [first.id]


def test_what_lies_on_the_disk_counts(world, member, monkeypatch):
    """Also bytes that a crash has left, until they are swept; and what is over but not yet swept."""
    kept = world.ask(member, "records.hand_over", file=upload())
    stray = held.folder(world.hub) / "stray"
    stray.write_bytes(b"x" * 1_000)
    monkeypatch.setattr(held, "ALL_BYTES", 1_000 + kept.size)
    other = world.person("member", member.org)
    world.clock.now += HOUR
    with pytest.raises(Unavailable, match=r"upload\.full"):
        world.ask(other, "records.hand_over", file=upload())
    assert soon(lambda: files(world) == sorted((kept.id, "stray")))
    world.ask(member, "records.hand_over", file=upload())  # in the place of their own, which is over
    os.utime(stray, (time.time() - held.ON_ITS_WAY - 1,) * 2)
    assert held.sweep(world.hub) == 1
    assert world.ask(other, "records.hand_over", file=upload()).size


def test_an_account_keeps_few_and_the_hub_not_too_much(world, member, monkeypatch):
    """The oldest of an account goes; where all together are too much, whoever comes is told so."""
    kept = []
    for n in range(held.OWN + 1):
        world.clock.now += 1
        kept.append(world.ask(member, "records.hand_over", file=upload(name=f"{n}.csv")).id)
    assert soon(lambda: files(world) == sorted(kept[1:]))
    monkeypatch.setattr(held, "ALL_BYTES", len(TEXT.encode()) * (held.OWN + 1))
    other = world.person("member", member.org)
    world.ask(other, "records.hand_over", file=upload())
    with pytest.raises(Unavailable, match=r"upload\.full"):
        world.ask(other, "records.hand_over", file=upload())
    assert soon(lambda: len(files(world)) == held.OWN + 1)
    monkeypatch.setattr(held, "OWN_BYTES", 1)
    world.ask(member, "records.hand_over", file=upload("title\n"))
    assert soon(lambda: len(files(world)) == 2)


def test_it_goes_after_an_hour(world, member):
    """At once for whoever asks; the sweep takes the row and the bytes, and bytes that no row knows."""
    kept = world.ask(member, "records.hand_over", file=upload())
    stray = held.folder(world.hub) / "stray"
    stray.write_bytes(b"x")
    young = held.folder(world.hub) / "young"
    young.write_bytes(b"x")
    os.utime(stray, (time.time() - 2 * HOUR,) * 2)
    assert held.sweep(world.hub) == 1
    assert files(world) == sorted((kept.id, "young"))
    world.clock.now += HOUR
    with pytest.raises(Absent):
        world.ask(member, "records.columns", held=kept.id)
    held.sweep(world.hub)
    assert files(world) == ["young"]


def test_it_goes_with_the_session_and_the_account(world, member):
    """Signing out takes what that session brought; erasing an account takes all of it."""
    here, other = signed_in(world, member), world.person("member", member.org)
    world.ask(here, "records.hand_over", file=upload())
    theirs = world.ask(other, "records.hand_over", file=upload())
    run("session.close", {}, Asker(here, hub=world.hub))
    assert soon(lambda: files(world) == [theirs.id])
    world.ask(world.person("operator"), "account.erase", id=other.account)
    assert soon(lambda: not files(world))
    with world.hub.database.reading() as tx:
        assert not tx.unguarded(s.uploads.select())
