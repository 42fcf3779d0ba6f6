"""Files made to hurt end in one clear refusal: no traceback, no endless memory, nothing half read."""

from __future__ import annotations

import os
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.storage import exchange
from tandem.storage.exchange import limits

Make = Callable[..., Path]
SHEET = "xl/worksheets/sheet1.xml"


def _refused(path: Path, table: str = "needs") -> str:
    """The code with which a file is refused; its sentences must exist in both languages."""
    with pytest.raises(Invalid) as caught:
        exchange.read_book(tables={table: path})
    error = caught.value
    assert error.exit_code == 2
    for finding in error.findings:
        assert words.say(f"error.{finding.code}", "zh", **finding.params)
        assert all(exchange.explain(finding, "en"))
    return error.code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", os.urandom(4096), "workbook.unreadable"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "workbook.unreadable"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook.protected"),
        ("a.xlsx", b"", "file.empty"),
        ("a.csv", b"", "file.empty"),
        ("a.csv", b"\xef\xbb\xbf", "file.empty"),
        ("a.csv", b"title\nA\x00B\n", "file.nul"),
        ("a.csv", "title\nA\n".encode("utf-16-le"), "file.nul"),
        ("a.csv", b"title\n\xff\xfe\xfd\xfc\n", "file.encoding"),
        ("a.csv", "title\nExpérience à Genève, Zürich\n".encode("latin-1"), "file.encoding"),
        ("a.csv", b'title,text\nA,"never closed\nB,x\n', "csv.open_quote"),
        ("a.csv", b",".join(b"c%d" % i for i in range(1500)) + b"\n", "file.columns"),
        ("a.parquet", os.urandom(4096), "file.parquet"),
        ("a.parquet", b"PAR1" + bytes(64) + b"PAR1", "file.parquet"),
        ("a.xls", b"anything", "file.suffix"),
        ("a", b"anything", "file.suffix"),
        ("a.jsonl", b"\n\n", "file.empty"),
        ("a.jsonl", b"[1]\n7\n", "json.no_object"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """Random bytes, wrong encodings, empty and wrongly named files are refused with their own code."""
    path = tmp_path / name
    path.write_bytes(content)
    assert _refused(path) == code


def test_what_is_no_file(tmp_path: Path) -> None:
    """Missing files, folders, broken links, loops and pipes are refused without waiting for them."""
    assert _refused(tmp_path / "none.csv") == "file.missing"
    (tmp_path / "folder.csv").mkdir()
    assert _refused(tmp_path / "folder.csv") == "file.folder"
    (tmp_path / "broken.csv").symlink_to(tmp_path / "nowhere")
    assert _refused(tmp_path / "broken.csv") == "file.missing"
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert _refused(tmp_path / "loop.csv") in ("file.unreadable", "file.missing")
    os.mkfifo(tmp_path / "pipe.csv")
    assert _refused(tmp_path / "pipe.csv") == "file.unreadable"
    assert _refused(Path("/dev/zero")) == "file.unreadable"
    assert _refused(tmp_path / "bad\0name.csv") == "file.unreadable"


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """A folder from elsewhere cannot make Tandem read another file of this machine."""
    (tmp_path / "secret.csv").write_text("title\nsecret\n")
    book = tmp_path / "book"
    book.mkdir()
    (book / "needs.csv").symlink_to(tmp_path / "secret.csv")
    (book / "offers.csv").write_text("title,org_id\nA,B\n")
    read = exchange.read_book(book)
    assert read.needs.height == 0
    assert [finding.code for finding in read.findings] == ["file.link"]


def test_an_endless_line_is_refused_without_reading_it(tmp_path: Path) -> None:
    """A sparse file of 900 MB in one line costs neither its memory nor a second of reading."""
    path = tmp_path / "a.csv"
    with path.open("wb") as handle:
        handle.write(b"title\n" + b"x" * (3 << 20))
        handle.truncate(900 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert _refused(path) in ("file.line", "file.nul")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


def test_long_lines_records_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines, quoted records and files over their limits are refused, also where they are valid otherwise."""
    path = tmp_path / "a.csv"
    path.write_text("title\n" + "x" * 5000 + "\n")
    monkeypatch.setattr(limits, "LINE_CHARACTERS", 1000)
    assert _refused(path) == "file.line"
    path.write_text('title\n"' + ("x" * 500 + "\n") * 40 + '"\n')
    monkeypatch.setattr(limits, "RECORD_CHARACTERS", 4000)
    assert _refused(path) == "csv.open_quote"
    path.write_text("title\n" + "a\n" * 200)
    with pytest.raises(Invalid, match=r"file\.rows"):
        exchange.read_book(tables={"needs": path}, room=limits.Room(100, 1_000))
    monkeypatch.setattr(limits, "FILE_BYTES", 100)
    assert _refused(path) == "file.large"


def _rezipped(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _with_row(row: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", row + b"</sheetData>")

    return change


STRINGS = (
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="99999999999">'
    b"<si><t>a</t></si></sst>"
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_with_row(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "workbook.heavy"),
        (_with_row(b"<row r='1048576'><c r='ZZ1048576'><v>1</v></c></row>"), "workbook.heavy"),
        (_with_row(b'<row r="1048576">' + b"<c><v>1</v></c>" * 900 + b"</row>"), "workbook.heavy"),
        (_with_row(b'<row r="3"><c r="XFD3"><v>1</v></c></row>'), "file.columns"),
        (lambda parts: parts.update({"xl/sharedStrings.xml": STRINGS}), "workbook.heavy"),
        (lambda parts: parts.update({"xl/media/a.bin": bytes(40 << 20)}), "workbook.ratio"),
        (lambda parts: parts.update({f"x/{i}": b"" for i in range(2100)}), "workbook.members"),
        (lambda parts: parts.update({SHEET: parts[SHEET][:400]}), "workbook.unreadable"),
        (lambda parts: parts.pop("xl/workbook.xml"), "workbook.unreadable"),
    ],
)
def test_workbooks_made_to_fill_memory(
    workbook: Make, change: Callable[[dict[str, bytes]], None], code: str
) -> None:
    """Far cells, false counts, bombs, many parts and torn sheets end in a refusal; this process goes on."""
    assert _refused(_rezipped(workbook({"needs": [["title"], ["A"]]}), change)) == code


def test_a_bomb_is_counted_by_real_bytes(workbook: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that compress badly are stopped by the total."""
    monkeypatch.setattr(limits, "UNPACKED_BYTES", 1 << 20)
    grow = _rezipped(
        workbook({"needs": [["title"], ["A"]]}), lambda parts: parts.update({"a": os.urandom(2 << 20)})
    )
    assert _refused(grow) == "file.unpacked"


def test_a_slow_workbook_is_given_up(workbook: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that hangs is ended at its time limit."""
    monkeypatch.setattr(limits, "PARSER_SECONDS", 0.001)
    assert _refused(workbook({"needs": [["title"], ["A"]]})) == "workbook.heavy"


def test_a_hundred_thousand_empty_rows_cost_nothing(workbook: Make) -> None:
    """Styled but empty rows are neither read nor counted."""
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (i, i) for i in range(3, 100_000))
    book = exchange.read_book(_rezipped(workbook({"needs": [["title"], ["A"]]}), _with_row(rows)))
    assert book.counts["needs"] == exchange.Counts(1, 1, 0)


def test_header_only(csv_file: Make) -> None:
    """A table with a header and nothing else is empty, with a warning."""
    book = exchange.read_book(csv_file("title,slots\n"))
    assert [(finding.code, finding.severity) for finding in book.findings] == [("table.empty", "warning")]


def test_json_lines_that_are_no_rows(tmp_path: Path) -> None:
    """Broken, deep, nested, repeated and non-object lines are faults of their line; good lines go on."""
    path = tmp_path / "needs.jsonl"
    path.write_text(
        "\n".join(
            [
                '{"title": "good", "slots": 2}',
                "{",
                "[1, 2]",
                "7",
                '{"title": "a", "title": "b"}',
                '{"title": {"deep": 1}}',
                "[" * 100_000 + "]" * 100_000,
                '{"title": "NaN", "slots": NaN}',
                '{"title": "inf", "slots": 1e999}',
                '{"title": "half \\ud800"}',
                '{"title": "big", "slots": ' + "9" * 5000 + "}",
                '{"title": ["x", "y"]}',
                "",
                '{"title": null}',
            ]
        )
    )
    book = exchange.read_book(path)
    assert [(finding.row, finding.code) for finding in book.findings] == [
        (2, "json.syntax"),
        (3, "json.not_object"),
        (4, "json.not_object"),
        (5, "json.twice"),
        (6, "cell.nested"),
        (7, "json.syntax"),
        (8, "number.unread"),
        (9, "number.large"),
        (10, "json.syntax"),
        (11, "number.unread"),
        (14, "required"),
    ]
    assert book.needs["title"].to_list() == ["good", "x;y"]
    assert book.counts["needs"] == exchange.Counts(13, 2, 11)


def test_csv_rows_that_do_not_fit(csv_file: Make) -> None:
    """Rows with too many cells or misplaced quotation marks are faults of their row."""
    book = exchange.read_book(csv_file('title,slots\nA,1,surplus\n"B"x,2\nC\nD,4,,\n\n"E\nE",5\n'))
    assert [(finding.row, finding.code) for finding in book.findings] == [(2, "row.wide"), (3, "csv.quote")]
    assert book.needs["title"].to_list() == ["C", "D", "E E"]


def test_parquet_with_odd_types(tmp_path: Path) -> None:
    """Nested and binary columns are left out with a warning; the rest is read."""
    path = tmp_path / "needs.parquet"
    odd = {
        "title": ["A"],
        "text": [{"a": 1}],
        "slots": [b"\xff"],
        "nested": [[[1]]],
        "when": [1.5],
        "lang": [None],
    }
    pl.DataFrame(odd).write_parquet(path)
    book = exchange.read_book(path)
    assert [(finding.code, finding.severity, finding.column) for finding in book.findings] == [
        ("column.type", "warning", name) for name in ("text", "slots", "nested")
    ]
    assert book.needs.select("title", "text", "slots", "when").row(0) == ("A", None, 1, "1.5")


def test_parquet_that_claims_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, columns and decoded text are bounded."""
    path = tmp_path / "needs.parquet"
    pl.DataFrame({"title": ["x" * 1000] * 1000}).write_parquet(path)
    monkeypatch.setattr(limits, "PARQUET_TEXT_BYTES", 1000)
    assert _refused(path) == "file.unpacked"
    with pytest.raises(Invalid, match=r"file\.rows"):
        exchange.read_book(path, room=limits.Room(100, 1_000_000))


def test_parquet_of_constant_columns_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file of many equal cells is refused by its own figures, before any cell is decoded."""
    path = tmp_path / "needs.parquet"
    height = 1_000_001
    pl.DataFrame({f"c{i}": pl.repeat("x", height, eager=True) for i in range(61)}).write_parquet(path)
    collected = []
    real = pl.LazyFrame.collect
    monkeypatch.setattr(pl.LazyFrame, "collect",
                        lambda self, *a, **k: collected.append(out := real(self, *a, **k)) or out)  # fmt: skip
    assert _refused(path) == "file.cells"
    assert all(frame.height <= 1 for frame in collected)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx"])
def test_room_counts_in_every_format(tmp_path: Path, kind: str) -> None:
    """Too many rows, and too many cells, are told apart; what just fits is read."""
    path = tmp_path / f"needs.{kind}"
    frame = pl.DataFrame({"title": [f"t{i}" for i in range(10)], "city": ["东莞"] * 10})
    write = {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}
    if kind == "xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("needs")
            for at, row in enumerate((frame.columns, *frame.rows())):
                sheet.write_row(at, 0, row)
    else:
        write[kind](path)
    assert exchange.read_book(path, room=limits.Room(10, 22)).needs.height == 10
    for room, code in ((limits.Room(9, 100), "file.rows"), (limits.Room(10, 19), "file.cells")):
        with pytest.raises(Invalid, match=code.replace(".", r"\.")):
            exchange.read_book(path, room=room)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".jsonl", ".parquet"]))
def test_no_bytes_break_reading(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    """Any bytes under any name give a book or a refusal with words."""
    path = tmp_path_factory.getbasetemp() / f"fuzz{suffix}"
    path.write_bytes(content)
    try:
        exchange.read_book(tables={"needs": path})
    except Invalid as error:
        assert words.say(f"error.{error.code}", "en", **error.params)  # noqa: PT017


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_breaks_reading(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Any text below a good header gives a book or a refusal, and the counts always add up."""
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(("title,slots,posted_on,city\n" + text).encode("utf-8", "surrogatepass"))
    try:
        counts = exchange.read_book(tables={"needs": path}).counts["needs"]
    except Invalid:
        return
    assert counts.read == counts.accepted + counts.rejected
