"""What goes out comes in again as the same register."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tandem.base.errors import Invalid
from tandem.storage.region import (
    export,
    export_register,
    from_tables,
    open_register,
    prepare,
    read_tables,
    save,
)
from tandem.storage.region.register import Register

PRINTS = [
    "1/3",
    "> 44,000",
    "14. 58",
    "约60%",
    "-3.2",
    "+5",
    "=1+1",
    "2-3",
    "2026-02-24",
    "007",
    "1.50",
    "九千亿",
    "'quoted",
    "0",
]
OURS = ("vintage_order", "import_number", "current")


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Three imports with vintages, a column of the user's own, and other tables."""
    folder = tmp_path / "register"
    for number, vintage in enumerate(("2026-01", None, "final")):
        pl.DataFrame(
            {
                "indicator": [f"i{n % 5}" for n in range(len(PRINTS))],
                "value": PRINTS if vintage != "final" else [*PRINTS[1:], "9"],
                "unit": ["%"] * len(PRINTS),
                "year": [str(2000 + n + number // 2) for n in range(len(PRINTS))],
                "geography": ["深圳"] * len(PRINTS),
                "note": ["two\nlines, and a comma"] * len(PRINTS),
                "我的列": ["kept"] * len(PRINTS),
            }
        ).write_csv(tmp_path / "figures.csv")
        (tmp_path / "measures.csv").write_text(
            "title,budget,promised,due_on\nLine 1,1200.50,3.5,2026-12-31\n", "utf-8"
        )
        tables = {name: tmp_path / f"{name}.csv" for name in ("figures", "measures")}
        save(folder, prepare(folder, read_tables(tables=tables, vintage=vintage)))
    return folder


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl", "xlsx"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_round_trip(register: Path, tmp_path: Path, suffix: str, lang: str) -> None:
    """Every vintage and table in each format: read in again, the same figures hold, and nothing is new to the first."""
    held = open_register(register, history=True)
    out = tmp_path / ("out.xlsx" if suffix == "xlsx" else "out")
    written = export_register(held, out, lang, "csv" if suffix == "xlsx" else suffix)  # type: ignore[arg-type]
    assert all(path.is_file() for path in written)
    given = read_tables(out)
    assert given.errors == ()
    again = from_tables(given)
    assert again.figures.drop(OURS[:2]).equals(held.figures.drop(OURS))
    assert again.tables["measures"].equals(held.tables["measures"])
    judged = prepare(register, given)
    assert judged.frames == {}
    second = tmp_path / "second"
    save(second, prepare(second, given))
    assert open_register(second).figures.drop(OURS[:2]).equals(open_register(register).figures.drop(OURS[:2]))


def test_prints_go_out_as_they_came(register: Path, tmp_path: Path) -> None:
    """The CSV holds each print; a cell that a spreadsheet would take for a formula is marked, and read back plain."""
    export_register(open_register(register), tmp_path / "out", "en")
    text = (tmp_path / "out" / "figures.csv").read_text("utf-8-sig")
    assert all(print_ in text for print_ in PRINTS)
    assert ",'=1+1," in text


def test_the_shipped_register_goes_round(tmp_path: Path) -> None:
    """All shipped tables, in Chinese, through a workbook."""
    shipped = open_register()
    export_register(shipped, tmp_path / "book.xlsx", "zh")
    again = from_tables(read_tables(tmp_path / "book.xlsx"))
    assert again.figures.equals(shipped.figures)
    assert all(again.tables[name].equals(shipped.tables[name]) for name in shipped.tables)


def test_what_cannot_be_written(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another format, or more rows than a sheet holds: refused, and no file is left."""
    held: Register = open_register(register)
    with pytest.raises(Invalid) as caught:
        export_register(held, tmp_path / "out", "en", "pdf")
    assert caught.value.code == "file.suffix_out"
    monkeypatch.setattr(export, "SHEET_ROWS", 3)
    with pytest.raises(Invalid) as caught:
        export_register(held, tmp_path / "out.xlsx", "en")
    assert caught.value.code == "register.sheet"
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.xlsx").exists()
