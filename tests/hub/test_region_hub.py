"""The hub's own register: read by everybody, imported by operators, whole or not at all, and never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.hub.conftest import World

from tandem.base.errors import Conflict, Denied, Invalid
from tandem.base.settings import Upload
from tandem.domain.people import HERE, VISITOR, Actor
from tandem.hub import region_report
from tandem.hub.actions import Asker, run
from tandem.hub.call import Call
from tandem.hub.installation import open_hub
from tandem.hub.regional import folder, importing
from tandem.hub.regional.inputs import ImportInput
from tandem.hub.regional.kept import Kept
from tandem.storage.database import schema as s
from tandem.storage.region import parts

GOOD = "indicator,value,unit,year,geography,source,vintage\nHubs,3,count,2026,Guangdong,our own count,June\n"
OTHER = GOOD.replace("Hubs", "Benches")


def upload(text: str, name: str = "figures.csv") -> Upload:
    return Upload(name, text.encode())


def bring(world: World, text: str, **more: Any) -> Any:
    return world.ask(HERE, "register.import", file=upload(text), **more)


def told(world: World) -> list[str]:
    """The journal's actions on the register."""
    with world.hub.database.reading() as tx:
        found = tx.unguarded(sa.select(s.journal.c.action).where(s.journal.c.action.like("register.%")))
    return [row["action"] for row in found]


def imports(world: World) -> Path:
    return folder.place(world.hub.folder) / parts.IMPORTS


def digests(place: Path) -> Mapping[str, str]:
    return {
        str(one.relative_to(place)): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in sorted(place.rglob("*")) if one.is_file()
    }  # fmt: skip


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process died right after the commit: nothing is moved by itself."""
    monkeypatch.setattr(Kept, "begin", lambda self: None)


def test_the_shipped_register_is_loaded_once(world: World) -> None:
    """Into an empty register only; the journal has one entry; a visitor reads all views of it."""
    stored: Any = world.ask(HERE, "register.sample")
    assert (stored.number, sum(one.stored for one in stored.tables)) == (1, 374)
    assert told(world) == ["register.sample"]
    held: Any = world.ask(VISITOR, "register.show")
    assert (held.sources, held.clusters, held.links, held.measures) == (5, 6, 111, 26)
    assert held.doubts == {"conflict": 1, "denominator_missing": 2, "base_implied": 1, "classes_overlap": 1}
    with pytest.raises(Conflict, match=r"register\.not_empty"):
        world.ask(HERE, "register.sample")
    assert told(world) == ["register.sample"]


def test_every_number_has_its_figure_or_its_computation(world: World) -> None:
    """In typed answers too: no number of a target or a cluster without either; each computation names its figures."""
    world.ask(HERE, "register.sample")
    for view in ("targets", "clusters"):
        answer: Any = world.ask(VISITOR, f"register.{view}")
        known = {one.key for one in answer.computed}
        figures = {one.id for one in _all_figures(world)}
        numbers = [one for item in answer.items for one in _numbers(item)]
        assert len(numbers) > 20
        for one in numbers:
            assert (one.figure in figures) != (one.how in known), one
        assert all(set(one.inputs) <= figures and one.inputs for one in answer.computed)


def _all_figures(world: World) -> list[Any]:
    answer: Any = world.ask(VISITOR, "register.figures", limit=200)
    return list(answer.items)


def _numbers(value: Any) -> list[Any]:
    if type(value).__name__ == "Number":
        return [value]
    if isinstance(value, tuple):
        return [one for item in value for one in _numbers(item)]
    fields = getattr(type(value), "__dataclass_fields__", {})
    return [one for name in fields for one in _numbers(getattr(value, name))]


def test_all_is_judged_once_for_each_import(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Views share one judgement; another import makes another."""
    calls = []
    whole = region_report.judged
    monkeypatch.setattr(region_report, "judged", lambda *given: calls.append(1) or whole(*given))
    bring(world, GOOD)
    for _ in range(2):
        for view in ("show", "targets", "clusters", "chains", "doubts", "figures", "measures"):
            world.ask(VISITOR, f"register.{view}")
    assert len(calls) == 1
    bring(world, OTHER)
    assert len(_all_figures(world)) == 2
    assert len(calls) == 2


def test_previewing_stores_nothing(world: World) -> None:
    """Findings are told, the register stays empty, the journal silent, nothing lies about."""
    seen = bring(world, GOOD + "Hubs,4,count,2027,,our own count,June\n", preview=True)
    assert (seen.written, seen.number, [one.row for one in seen.findings]) == (False, 1, [3])
    held: Any = world.ask(VISITOR, "register.show")
    assert held.about.imports == 0
    assert told(world) == []
    assert not (world.hub.folder / folder.COMING).exists()


def test_strict_stores_nothing_where_a_row_is_faulty(world: World) -> None:
    with pytest.raises(Invalid, match=r"import\.faulty") as caught:
        bring(world, GOOD + "Hubs,4,count,2027,,our own count,June\n", strict=True)
    assert [one.row for one in caught.value.findings] == [3]
    assert told(world) == []


def test_a_crash_after_the_commit_loses_nothing(world: World, place: str | None, still: None) -> None:
    """What was committed and not yet moved is moved by whoever looks next, also after the hub was opened anew."""
    bring(world, GOOD)
    assert told(world) == ["register.import"]
    assert not imports(world).exists()
    world.hub.close()
    again = open_hub(world.hub.folder, place, clock=world.clock)
    try:
        held: Any = run("register.show", {}, Asker(VISITOR, hub=again))
        assert held.about.imports == 1
        assert [one.name for one in imports(world).iterdir()] == ["000001"]
        assert list((world.hub.folder / folder.COMING).iterdir()) == []
    finally:
        again.close()


def test_a_crash_before_the_commit_leaves_no_trace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written beside the register and not committed is no part of it; the next import takes its number."""
    with monkeypatch.context() as patch:
        patch.setattr(importing.folder, "note", lambda *given: (_ for _ in ()).throw(RuntimeError("power")))
        with pytest.raises(RuntimeError):
            bring(world, GOOD)
    assert told(world) == []
    held: Any = world.ask(VISITOR, "register.show")
    assert held.about.imports == 0
    assert bring(world, OTHER).number == 1
    assert [one.indicator for one in _all_figures(world)] == ["Benches"]


def test_of_two_at_once_the_second_is_told(world: World, still: None) -> None:
    """Both were judged against the same register; the second stores nothing, and can be asked for again."""
    asker = Asker(HERE, hub=world.hub)
    asked = [ImportInput(file=upload(text)) for text in (GOOD, OTHER)]
    ready = [importing.prepared(one, asker) for one in asked]

    def store(number: int) -> Any:
        work = lambda tx: importing.imported(Call(tx, HERE, world.hub), asked[number], ready[number])  # noqa: E731
        return world.hub.database.write(work).result()

    assert store(0).number == 1
    with pytest.raises(Conflict, match=r"register\.meanwhile"):
        store(1)
    assert told(world) == ["register.import"]
    assert bring(world, OTHER).number == 2
    assert len(_all_figures(world)) == 2


def test_the_same_request_again_is_one_import(world: World) -> None:
    for _ in range(2):
        run("register.import", {"file": upload(GOOD)}, Asker(HERE, hub=world.hub, key="once"))
    assert told(world) == ["register.import"]
    assert bring(world, GOOD).number is None
    assert told(world) == ["register.import"]


def test_later_imports_change_no_byte_of_earlier_ones(world: World) -> None:
    """Another print is refused under the same vintage, and stands beside under another; both can be read."""
    bring(world, GOOD)
    world.ask(VISITOR, "register.show")
    before = digests(imports(world))
    refused = bring(world, GOOD.replace(",3,", ",5,"))
    assert [one.code for one in refused.findings] == ["figure.vintage"]
    bring(world, GOOD.replace(",3,", ",5,").replace("June", "July"))
    shown = _all_figures(world)
    assert [(one.value, one.vintage) for one in shown] == [("5", "July")]
    figure: Any = world.ask(VISITOR, "register.figure", id=shown[0].id)
    assert [(one.value, one.vintage, one.current) for one in figure.vintages] == [
        ("5", "July", True),
        ("3", "June", False),
    ]
    after = digests(imports(world))
    assert {name: after[name] for name in before} == before


def test_what_goes_out_comes_in_again(world: World) -> None:
    """A workbook of the register, imported again, brings nothing new."""
    world.ask(HERE, "register.sample")
    book: Any = world.ask(VISITOR, "register.export")
    again: Any = world.ask(HERE, "register.import", file=Upload(book.name, book.content))
    assert again.number is None
    assert sum(one.unchanged for one in again.tables) == 374


def test_only_operators_bring_anything_in(world: World) -> None:
    """Members, analysts and auditors read; an agent of the operator's does not import either."""
    for role in ("member", "manager", "analyst", "auditor"):
        with pytest.raises(Denied):
            world.ask(world.person(role), "register.import", file=upload(GOOD))
    agent = Actor("operator", world.person("operator").account, agent=True)
    with pytest.raises(Denied, match=r"import\.agent"):
        world.ask(agent, "register.import", file=upload(GOOD))


def test_gaps_look_at_public_records_alone(world: World) -> None:
    """A public offer supplies a link; a confidential one changes no byte of the answer."""
    world.ask(HERE, "register.sample")
    maker = world.organisation("镜头厂", type="maker", city="440100", state="claimed")
    before = world.ask(VISITOR, "register.chains")
    draft = {"organisation": maker, "title": "变焦镜头", "kind": "capacity"}
    world.ask(HERE, "offer.add", **draft, visibility="confidential")
    hidden = world.organisation("暗厂", type="maker", city="440100", visibility="confidential")
    world.ask(HERE, "offer.add", **{**draft, "organisation": hidden}, visibility="confidential")
    world.clock.now += 3_600
    after: Any = world.ask(VISITOR, "register.chains")
    assert (after.items, after.chains, after.organisations) == (before.items, before.chains, 1)  # type: ignore[attr-defined]
    world.ask(HERE, "offer.add", **draft, visibility="public")
    world.clock.now += 3_600
    link = next(one for one in world.ask(VISITOR, "register.chains").items if one.id == "uhd-lens")  # type: ignore[attr-defined]
    assert (link.gap, link.local, link.suppliers[0].name.zh) == ("single", 1, "镜头厂")


def test_a_register_that_was_taken_away_is_told(world: World) -> None:
    """Imports that the records know of and the disk does not hold are an error, never an empty register."""
    import shutil

    bring(world, GOOD)
    world.ask(VISITOR, "register.show")
    shutil.rmtree(folder.place(world.hub.folder))
    with pytest.raises(Exception, match=r"register\.lost"):
        world.ask(VISITOR, "register.show")


def test_a_backup_holds_the_register(world: World, place: str | None, tmp_path: Path, still: None) -> None:
    """Also one that was committed and not moved yet; what is restored reads the same."""
    if place is not None:
        pytest.skip("the register lies beside either database in the same way")
    bring(world, GOOD)
    given = {"data": world.hub.folder, "out": tmp_path / "backup"}
    run("backup", given, Asker(HERE))
    run("restore", {"backup": tmp_path / "backup", "data": tmp_path / "new"}, Asker(HERE))
    again = open_hub(tmp_path / "new", clock=world.clock)
    try:
        shown: Any = run("register.figures", {}, Asker(VISITOR, hub=again))
        assert [one.indicator for one in shown.items] == ["Hubs"]
        assert digests(imports(world)) == digests(folder.place(again.folder) / parts.IMPORTS)
    finally:
        again.close()
