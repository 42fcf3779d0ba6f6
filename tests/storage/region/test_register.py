"""A register only grows: nothing is stored twice, nothing is overwritten, and what holds is the latest vintage."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.base import words
from tandem.base.errors import Failed, Invalid
from tandem.storage.region import (
    Register,
    from_tables,
    is_register,
    open_register,
    parts,
    prepare,
    read_tables,
    save,
)
from tandem.storage.region.register import Prepared

NAMES = ("figure_id", "indicator", "value", "unit", "period", "geography", "source", "vintage")


def put(
    register: Path, *rows: tuple[str | None, ...], vintage: str | None = None, names: tuple[str, ...] = NAMES
) -> Prepared:
    """Imports rows as a person would, from a file; what was judged."""
    path = register.parent / "figures.csv"
    pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").write_csv(path)
    judged = prepare(register, read_tables(path, vintage=vintage), vintage)
    save(register, judged)
    return judged


def gdp(
    value: str, vintage: str | None = None, id_: str | None = "F1", source: str = "bulletin"
) -> tuple[str | None, ...]:
    return (id_, "GDP", value, "trillion CNY", "2025", "Guangdong", source, vintage)


def values(register: Register) -> list[str]:
    return register.figures["value"].to_list()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "register"


def test_the_same_file_twice_changes_nothing(folder: Path) -> None:
    """The second import stores nothing and leaves no trace on disk."""
    put(folder, gdp("14.58"), gdp("1/3", id_=None, source="other"))
    before = sorted((path.relative_to(folder), path.stat().st_mtime_ns) for path in folder.rglob("*"))
    again = put(folder, gdp("14.58"), gdp("1/3", id_=None, source="other"))
    assert again.counts["figures"] == {"read": 2, "accepted": 2, "rejected": 0, "unchanged": 2, "stored": 0}
    assert sorted((path.relative_to(folder), path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def test_another_vintage_is_kept_beside(folder: Path) -> None:
    """A revised value under a newer vintage holds; the older one stays readable, also as of its day."""
    put(folder, gdp("14.58", "2026-01-20"))
    put(folder, gdp("14.60", "2026-02-24"))
    assert values(open_register(folder)) == ["14.60"]
    history = open_register(folder, history=True).figures
    assert history.select("value", "current").rows() == [("14.58", False), ("14.60", True)]
    assert values(open_register(folder, as_of="2026-01-31")) == ["14.58"]
    assert values(open_register(folder, as_of="2026-02-24")) == ["14.60"]


def test_an_older_vintage_that_comes_later_does_not_hold(folder: Path) -> None:
    """Filling in history leaves what holds alone; a vintage without a date counts from where it came in."""
    put(folder, gdp("14.60", "2026-02-24"))
    put(folder, gdp("14.58", "2026-01-20"))
    assert values(open_register(folder)) == ["14.60"]
    put(folder, gdp("14.61", "final"))
    assert values(open_register(folder)) == ["14.61"]
    assert values(open_register(folder, as_of="final")) == ["14.61"]


def test_another_print_of_the_same_vintage_is_refused(folder: Path) -> None:
    """By key or by id: the row is a finding that asks for a vintage, and what stands stays."""
    put(folder, gdp("14.58"))
    by_key = put(folder, gdp("14.86", id_="F9"))
    by_id = put(folder, gdp("14.86", source="other"))
    for judged in (by_key, by_id):
        assert [one.code for one in judged.errors] == ["figure.vintage"]
        assert (judged.errors[0].row, judged.errors[0].value) == (2, "14.86")
        assert judged.counts["figures"] == {
            "read": 1,
            "accepted": 0,
            "rejected": 1,
            "unchanged": 0,
            "stored": 0,
        }
        for lang in words.LANGUAGES:
            assert words.say("finding.figure.vintage", lang, **judged.errors[0].params)
    assert values(open_register(folder, history=True)) == ["14.58"]


def test_two_figures_of_one_import_may_contradict_each_other(folder: Path) -> None:
    """Two ids, one key, two values: both are kept for the reader to judge, and both come again as unchanged."""
    put(folder, gdp("14.58", id_="A"), gdp("14.86", id_="B"), gdp("14.86", id_=None), gdp("15", id_=None))
    assert values(open_register(folder)) == ["14.58", "14.86", "14.86", "15"]
    again = put(folder, gdp("14.58", id_="A"), gdp("14.86", id_="B"))
    assert again.counts["figures"]["unchanged"] == 2


def test_an_id_twice_in_one_import(folder: Path) -> None:
    """The same row again is unchanged; another value under the same id is refused."""
    judged = put(folder, gdp("14.58"), gdp("14.58"), gdp("14.6", source="other"))
    assert judged.counts["figures"] == {"read": 3, "accepted": 2, "rejected": 1, "unchanged": 1, "stored": 1}
    assert judged.errors[0].row == 4


def test_an_id_is_made_from_content(tmp_path: Path) -> None:
    """Rows without an id get the same one in every register and order; other content gives another."""
    first, second = tmp_path / "a" / "register", tmp_path / "b" / "register"
    for place in (first, second):
        place.parent.mkdir()
    put(first, gdp("14.58", id_=None), gdp("1/3", id_=None))
    put(second, gdp("1/3", id_=None), gdp("14.58", id_=None))
    ids = [
        dict(open_register(place).figures.select("value", "figure_id").rows()) for place in (first, second)
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0].values())) == 2


def test_a_vintage_holds_by_key_without_ids(folder: Path) -> None:
    """Files without ids: the newer vintage of a key takes the place of the older."""
    put(folder, gdp("14.58", id_=None), vintage="2026-01")
    put(folder, gdp("14.60", id_=None), vintage="2026-02")
    assert values(open_register(folder)) == ["14.60"]
    assert open_register(folder, history=True).figures.height == 2
    assert [one.vintage for one in open_register(folder).imports] == ["2026-01", "2026-02"]


def test_names_meet_their_ids_across_imports(folder: Path) -> None:
    """The same figure under a name and under an id is one figure once the indicators table says so."""
    put(folder, gdp("14.58", id_=None))
    table = folder.parent / "indicators.csv"
    table.write_text("indicator_id,name,aliases\ngdp,Regional GDP,GDP\n", "utf-8")
    save(folder, prepare(folder, read_tables(table)))
    judged = put(folder, (None, "gdp", "14.58", "trillion CNY", "2025", "440000", "bulletin", None))
    assert judged.counts["figures"]["unchanged"] == 1
    assert open_register(folder).figures.select("indicator_id", "geo_id").row(0) == ("gdp", "440000")


def test_only_the_figures_asked_for(folder: Path) -> None:
    """By ids of indicators and places, whatever name they stand under."""
    put(folder, gdp("14.58"), ("F2", "R&D", "535", "billion CNY", "2025", "广东", "bulletin", None),
        ("F3", "R&D", "1", "billion CNY", "2025", "Hubei", "bulletin", None))  # fmt: skip
    assert values(open_register(folder, indicators=["R&D"])) == ["535", "1"]
    assert values(open_register(folder, indicators=["R&D"], geographies=["440000"])) == ["535"]


def test_the_latest_row_of_other_tables_wins(folder: Path) -> None:
    """A better definition takes the place of the old one, which stays on disk; the same again is unchanged."""
    table = folder.parent / "indicators.csv"
    for definition in ("first", "second", "second"):
        table.write_text(f"indicator_id,name,definition,my note\ngdp,GDP,{definition},kept\n", "utf-8")
        last = prepare(folder, read_tables(table))
        save(folder, last)
    held = open_register(folder)
    assert held.indicators.select("indicator_id", "definition", "my note").rows() == [
        ("gdp", "second", "kept")
    ]
    assert last.counts["indicators"]["unchanged"] == 1
    assert len(held.imports) == 2
    old = parts.load(folder, held.imports[0], "indicators")
    assert old is not None
    assert old["definition"].to_list() == ["first"]


def test_what_is_kept_of_an_import(folder: Path) -> None:
    """Names, digests and counts; no folder of the machine."""
    put(folder, gdp("14.58"), vintage="2026-02")
    told = (folder / "imports" / "000001" / "import.json").read_text("utf-8")
    assert str(folder.parent) not in told
    assert json.loads(told)["files"][0]["name"] == "figures.csv"
    assert len(json.loads(told)["files"][0]["sha256"]) == 64


def test_damage_is_refused_in_words(folder: Path) -> None:
    """A changed byte, a lost file, a foreign folder, a broken mark: words, and no frame."""
    put(folder, gdp("14.58"))
    part = folder / "imports" / "000001"
    whole = (part / "figures.parquet").read_bytes()
    (part / "figures.parquet").write_bytes(whole[:-9] + b"x" + whole[-8:])
    assert refusal(folder) == "register.damaged"
    (part / "figures.parquet").unlink()
    assert refusal(folder) == "register.damaged"
    (part / "figures.parquet").write_bytes(whole)
    (part / "import.json").rename(part / "other.json")
    assert refusal(folder) == "register.damaged"
    (part / "other.json").rename(part / "import.json")
    assert refusal(folder) is None
    shutil.copytree(part, folder / "imports" / "mine")
    assert refusal(folder) == "register.foreign"
    shutil.rmtree(folder / "imports" / "mine")
    told = json.loads((part / "import.json").read_text("utf-8"))
    told["contents"] = {"../../../etc/passwd": {"sha256": "", "rows": 0}}
    (part / "import.json").write_text(json.dumps(told), "utf-8")
    assert refusal(folder) == "register.foreign"
    (folder / "register.json").write_text("{}", "utf-8")
    assert refusal(folder) == "register.foreign"
    (folder / "register.json").unlink()
    assert refusal(folder) == "register.not_one"


def refusal(folder: Path) -> str | None:
    """The code with which a register refuses to open, once it has words; None where it opens."""
    try:
        open_register(folder)
    except Invalid as error:
        refused = error
    else:
        return None
    assert all(words.say(f"error.{refused.code}", lang, **refused.params) for lang in words.LANGUAGES)
    return refused.code


def test_nothing_is_written_over_other_files(tmp_path: Path) -> None:
    """A folder that holds something else is left alone."""
    place = tmp_path / "documents"
    place.mkdir()
    (place / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(Invalid) as caught:
        put(place, gdp("14.58"))
    assert caught.value.code == "register.not_one"
    assert [path.name for path in place.iterdir()] == ["letter.txt"]


def test_an_import_that_fails_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing stops half-way, the register is what it was."""
    put(folder, gdp("14.58"))
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))

    def broken(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        parts, "sha256", lambda path: broken() if path.name == "figures.parquet" else "0" * 64
    )
    with pytest.raises(Failed):
        put(folder, gdp("14.60", "2026-02"))
    monkeypatch.undo()
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before
    assert values(open_register(folder)) == ["14.58"]


def test_of_two_imports_at_once_the_second_is_told(folder: Path) -> None:
    """Both judged the same register; only one of them can be the next import."""
    put(folder, gdp("14.58"))
    path = folder.parent / "figures.csv"
    judged = prepare(folder, read_tables(path, vintage="later"))
    put(folder, gdp("14.70", "other"))
    with pytest.raises(Failed) as caught:
        save(folder, judged)
    assert caught.value.code == "register.busy"
    assert len(open_register(folder).imports) == 2


def test_an_unknown_vintage(folder: Path) -> None:
    """Neither a date nor a vintage of the register."""
    put(folder, gdp("14.58", "draft"))
    with pytest.raises(Invalid) as caught:
        open_register(folder, as_of="yesterday")
    assert caught.value.params["known"] == ["draft"]


def test_bounds_are_made_anew_for_new_rules(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was stored under older rules of reading is read again from its print."""
    put(folder, gdp("> 8"))
    plain = open_register(folder).figures
    told = folder / "imports" / "000001" / "import.json"
    told.write_text(told.read_text("utf-8").replace('"reading": 1', '"reading": 0'), "utf-8")
    assert open_register(folder).figures.equals(plain)


def test_the_shipped_register_opens() -> None:
    """None is the shipped one, with every table."""
    shipped = open_register()
    assert shipped.figures.height == 92
    assert is_register(Path("no such folder")) is False
    assert all(
        shipped.tables[name].height for name in ("indicators", "geographies", "clusters", "links", "measures")
    )


_ROWS = st.tuples(
    st.sampled_from("AB"), st.sampled_from(["1", "2", "1/3"]), st.sampled_from([None, "2026-01", "final"])
)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(_ROWS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_whatever_comes_nothing_is_lost_or_doubled(
    tmp_path_factory: pytest.TempPathFactory, imports: list[list[tuple[str, str, str | None]]]
) -> None:
    """Any run of imports: counts add up, stored rows never change or go, and all of it again stores nothing."""
    folder = tmp_path_factory.mktemp("any") / "register"
    stored: list[tuple[object, ...]] = []
    for rows in imports:
        judged = put(folder, *(gdp(value, vintage, id_) for id_, value, vintage in rows))
        counts = judged.counts["figures"]
        assert counts["read"] == counts["rejected"] + counts["unchanged"] + counts["stored"] == len(rows)
        history = open_register(folder, history=True).figures if is_register(folder) else None
        now = (
            [] if history is None else history.select("figure_id", "value", "vintage", "import_number").rows()
        )
        assert now[: len(stored)] == stored
        assert len(now) == len(stored) + counts["stored"]
        assert history is None or history["current"].any()
        stored = now
    for rows in imports:
        judged = put(folder, *(gdp(value, vintage, id_) for id_, value, vintage in rows))
        assert judged.counts["figures"]["stored"] == 0


def test_tables_alone_make_a_register(tmp_path: Path) -> None:
    """Without a folder: what files say now."""
    (tmp_path / "figures.csv").write_text(
        "indicator,value,geography\nGDP,> 8 trillion yuan,Guangdong\n", "utf-8"
    )
    made = from_tables(read_tables(tmp_path))
    assert made.figures.select("lower", "currency", "kind").row(0) == (8e12, "CNY", "baseline")
    assert made.imports == ()
