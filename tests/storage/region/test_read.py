"""Register tables in: workbooks, folders and files, with every faulty row told where it stands."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.storage.exchange import limits, stream
from tandem.storage.region import from_tables, read_tables

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "figures.csv"
SHIPPED = Path(__file__).parents[3] / "examples" / "register"
HEADER = ("indicator", "value", "unit", "year", "geography", "kind", "source")
ROWS = [
    ("Regional GDP", "14. 58", "trillion CNY", "2025", "Guangdong", "baseline", "report"),
    ("Robots", "1/3", "share", "2025", "Guangdong", "target", "report"),
]


def table(path: Path, rows: list[tuple[str | None, ...]], header: tuple[str, ...] = HEADER) -> Path:
    """The rows as a file of the kind that the suffix says."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([header, *rows])
    elif path.suffix == ".jsonl":
        lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    elif path.suffix == ".parquet":
        pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row").write_parquet(path)
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("数字")
            for at, row in enumerate([header, *rows]):
                sheet.write_row(at, 0, row)
    return path


@pytest.mark.skipif(not REFERENCE.is_file(), reason="needs ../shared/reference/figures.csv")
def test_all_published_figures_load() -> None:
    """92 of 92 rows of the programme's figures, without a finding."""
    given = read_tables(REFERENCE)
    assert given.findings == ()
    assert (given.counts["figures"].read, given.counts["figures"].accepted) == (92, 92)


def test_the_shipped_folder_loads_whole() -> None:
    """Every table of the shipped register, nothing rejected; only files that are no tables are noted."""
    given = read_tables(SHIPPED)
    assert given.errors == ()
    assert set(given.counts) == {"figures", "indicators", "geographies", "clusters", "links", "measures"}
    assert all(counts.rejected == 0 < counts.accepted for counts in given.counts.values())


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_one_table_in_four_formats(tmp_path: Path, suffix: str) -> None:
    """The same rows make the same frame, prints untouched, whatever the file's format."""
    given = read_tables(table(tmp_path / f"figures.{suffix}", ROWS))
    made = from_tables(given).figures
    assert given.findings == ()
    assert made["value"].to_list() == ["14. 58", "1/3"]
    assert made["lower"].to_list() == pytest.approx([14.58e12, 1 / 3])
    assert made["geo_id"].to_list() == ["440000", "440000"]


def test_chinese_headers_and_choices(tmp_path: Path) -> None:
    """A table as a Chinese office writes it."""
    header = ("指标名称", "数值", "单位", "年份", "地区", "类别", "来源")
    rows = [("数字经济核心产业营业收入", "超过8万亿", "元", "2025年", "广东省", "现状", "统计公报")]
    made = from_tables(read_tables(table(tmp_path / "数字.csv", rows, header))).figures
    assert made.select("lower", "first_year", "geo_id", "kind").row(0) == (8e12, 2025, "440000", "baseline")


def test_a_number_that_is_none_is_kept_and_told(tmp_path: Path) -> None:
    """A slip of the keyboard gives a warning at its cell; words, sums and names with digits do not."""
    values = ("12x4", "1,23.4", "1.2.3", "4+4", "5G", "expand", "1,234.5", "about 60 %")
    rows = [("x", value, "%", "2025", "Guangdong", None, None) for value in values]
    given = read_tables(table(tmp_path / "figures.csv", rows))
    told = [(one.code, one.severity, one.row, one.column) for one in given.findings]
    assert told == [("figure.value", "warning", row, "value") for row in (2, 3, 4)]
    assert from_tables(given).figures["value"].to_list() == list(values)


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_every_faulty_row_has_its_place(tmp_path: Path, suffix: str) -> None:
    """Missing required cells and unknown kinds: file, row, column, value; the good rows go on."""
    rows = [
        *ROWS,
        (None, "5", "%", "2025", "Guangdong", None, None),
        ("x", None, "%", "2025", "Guangdong", None, None),
        ("x", "5", "%", "2025", "Guangdong", "hearsay", None),
        ("x", "5", "%", "some day", "Guangdong", None, None),
    ]
    given = read_tables(table(tmp_path / f"figures.{suffix}", rows))
    told = [(one.code, one.severity, one.row, one.column, one.value) for one in given.findings]
    assert told == [
        ("required", "error", 4, "indicator", None),
        ("required", "error", 5, "value", None),
        ("choice.unknown", "error", 6, "kind", "hearsay"),
        ("figure.period", "warning", 7, "year", "some day"),
    ]
    assert (given.counts["figures"].read, given.counts["figures"].accepted) == (6, 3)
    assert all(one.file == f"figures.{suffix}" for one in given.findings)
    for one in given.findings:
        for lang in words.LANGUAGES:
            assert words.say(f"finding.{one.code}", lang, **one.params)


def test_a_stream_counts_what_it_does_not_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in many small parts: every fault is counted, the first are listed with their true rows."""
    monkeypatch.setattr(stream, "BLOCK", 700)
    monkeypatch.setattr(limits, "FINDINGS_LISTED", 5)
    rows = [("x", None if i % 10 == 3 else str(i), "%", "2025", "Guangdong", None, None) for i in range(200)]
    given = read_tables(table(tmp_path / "figures.csv", rows))
    assert (given.counts["figures"].read, given.counts["figures"].rejected) == (200, 20)
    assert [one.row for one in given.findings] == [5, 15, 25, 35, 45]
    assert given.figures is not None
    assert given.figures.unlisted == 15
    assert given.figures.frame()["value"].to_list() == [str(i) for i in range(200) if i % 10 != 3]


def test_a_key_that_only_later_lines_have_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON Lines whose last row alone has a note and a source: both are read."""
    monkeypatch.setattr(stream, "KEYS_SEARCHED", 2)
    plain = {"indicator": "x", "value": "1", "geography": "Guangdong"}
    lines = [json.dumps({**plain, "value": str(i)}) for i in range(5)]
    lines.append(json.dumps({**plain, "value": "9", "note": "last", "my own": "kept"}))
    (tmp_path / "figures.jsonl").write_text("\n".join(lines), "utf-8")
    made = from_tables(read_tables(tmp_path / "figures.jsonl")).figures
    assert made["note"].to_list() == [None] * 5 + ["last"]
    assert made["my own"].to_list() == [None] * 5 + ["kept"]


def test_quotation_marks_and_line_breaks(tmp_path: Path) -> None:
    """A note over two lines and one with quotation marks come in as they are."""
    header = (*HEADER, "note")
    rows = [(*ROWS[0], "first line\nsecond"), (*ROWS[1], 'said "about" so')]
    made = from_tables(read_tables(table(tmp_path / "figures.csv", rows, header))).figures
    assert made["note"].to_list() == ["first line\nsecond", 'said "about" so']


def test_a_missing_column_is_told_once(tmp_path: Path) -> None:
    """Without a value column nothing can be read, and one finding says so."""
    given = read_tables(table(tmp_path / "figures.csv", [("x", "Guangdong")], ("indicator", "geography")))
    assert [one.code for one in given.errors] == ["columns.missing"]
    assert given.counts["figures"].accepted == 0


def test_the_vintage_of_a_whole_import(tmp_path: Path) -> None:
    """It fills the rows that name none."""
    path = table(tmp_path / "figures.csv", [(*ROWS[0], None), (*ROWS[1], "draft")], (*HEADER, "vintage"))
    made = from_tables(read_tables(path, vintage="2026-02-24")).figures
    assert made["vintage"].to_list() == ["2026-02-24", "draft"]


def test_rings_of_places_are_told(tmp_path: Path) -> None:
    """Two places inside each other."""
    (tmp_path / "geographies.csv").write_text("geo_id,name,part_of\na,A,b\nb,B,A\n", "utf-8")
    found = read_tables(tmp_path / "geographies.csv").findings
    assert [(one.code, one.severity, one.row, one.params["ring"]) for one in found] == [
        ("geography.ring", "warning", 2, ["a", "b"])
    ]


def test_known_cities_need_no_id(tmp_path: Path) -> None:
    """A place called as a city or province is it, by its GB/T code."""
    (tmp_path / "geographies.csv").write_text(
        "name,level\n深圳,city\nGuangdong,province\nMy zone,other\n", "utf-8"
    )
    ids = read_tables(tmp_path / "geographies.csv").tables["geographies"]["geo_id"].to_list()
    assert ids[:2] == ["440300", "440000"]
    assert ids[2].startswith("G-")


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Every such file is a finding of one refusal."""
    (tmp_path / "figures.parquet").write_bytes(b"PAR1 not really")
    (tmp_path / "indicators.csv").write_bytes(b"")
    with pytest.raises(Invalid) as caught:
        read_tables(tmp_path)
    assert {one.file for one in caught.value.findings} >= {"indicators.csv"}
    with pytest.raises(Invalid):
        read_tables(tables={"figures": tmp_path / "figures.parquet"})


def test_a_file_of_any_name_holds_figures(tmp_path: Path) -> None:
    """bulletin-2025.csv can be brought as it is; a file that lacks the columns is told which."""
    path = table(tmp_path / "figures.csv", ROWS).rename(tmp_path / "bulletin-2025.csv")
    assert read_tables(path).counts["figures"].accepted == len(ROWS)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", "utf-8")
    assert [one.code for one in read_tables(tmp_path / "other.csv").findings] == ["columns.missing"]
