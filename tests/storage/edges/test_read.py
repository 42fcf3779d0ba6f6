"""Edges become a market whatever their format, order and size; what is wrong is told with row and reason."""

from __future__ import annotations

import tempfile
from dataclasses import astuple
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.engine.clearing import market
from tandem.storage.edges.read import Files, Read, read_market
from tandem.storage.exchange import limits, stream

SUFFIXES = ("csv", "parquet", "jsonl", "xlsx")
NEEDS = {"need_id": ["N1", "N2", "N3"], "slots": [1, 2, 1]}
OFFERS = {"offer_id": ["F1", "F2"], "capacity": [1, 5], "size": ["micro", "large"]}
EDGES = {"need_id": ["N1", "N1", "N2", "N2"], "offer_id": ["F1", "F2", "F1", "F2"], "value": [7, 3, 6, 0]}


@pytest.fixture
def reading(put):
    """Reads a market from columns; the suffix chooses the format of all three files."""

    def read(edges=EDGES, needs=NEEDS, offers=OFFERS, suffix="csv", **wanted) -> Read:
        paths = [
            columns if isinstance(columns, Path) else put(f"{name}.{suffix}", columns)
            for name, columns in (("edges", edges), ("needs", needs), ("offers", offers))
        ]
        return read_market(Files(*paths, **wanted))

    return read


def arrays(read: Read) -> list[list[int]]:
    return [each.tolist() for each in astuple(read.market)]


PLAIN = [[0, 2, 4, 4], [0, 1, 0, 1], [7, 3, 6, 0], [1, 2, 1], [1, 5]]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_gives_the_same_market(reading, suffix):
    """CSV, Parquet, JSON Lines and XLSX: the same arrays, in half the memory, and group columns are kept."""
    read = reading(suffix=suffix)
    assert arrays(read) == PLAIN
    assert (read.market.offer.dtype, read.market.value.dtype) == (np.int32, np.int32)
    assert read.offers.frame.rows() == [("F1", "micro"), ("F2", "large")]
    assert reading(suffix=suffix, keep=()).offers.frame.columns == ["offer_id"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_chinese_headers(reading, suffix):
    """需求编号, 供给编号, 价值 and their like are understood; further columns have our names where we know them."""
    read = reading(
        {"供给编号": EDGES["offer_id"], "需求编号": EDGES["need_id"], "价值": EDGES["value"]},
        {"需求编号": NEEDS["need_id"], "需要家数": NEEDS["slots"], "城市": ["深圳", "广州", "佛山"]},
        {
            "编号": OFFERS["offer_id"],
            "可承接数量": OFFERS["capacity"],
            "规模": ["微型", "大型"],
            "园区": ["A", "B"],
        },
        suffix,
    )
    assert arrays(read) == PLAIN
    assert read.needs.frame.columns == ["need_id", "city"]
    assert set(read.offers.frame.columns) == {"offer_id", "size", "园区"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_places_are_one_where_they_are_not_given(reading, suffix):
    """Neither slots nor capacity, or an empty cell: 1."""
    read = reading(
        needs={"need_id": NEEDS["need_id"]}, offers={**OFFERS, "capacity": [None, 0]}, suffix=suffix
    )
    assert (read.market.slots.tolist(), read.market.capacity.tolist()) == ([1, 1, 1], [1, 0])


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("disk", [False, True])
def test_any_order_in_small_parts(reading, suffix, disk, monkeypatch, tmp_path):
    """Edges that do not come by need are placed in a second pass; parts of any size, in memory or in files."""
    monkeypatch.setattr(stream, "PART", 3)
    monkeypatch.setattr(stream, "BLOCK", 50)
    rng = np.random.default_rng(1)
    pairs = rng.permutation(60)[:40]
    edges = {
        "need_id": [f"N{each // 6}" for each in pairs],
        "offer_id": (pairs % 6).tolist(),
        "value": rng.integers(0, 99, 40).tolist(),
    }
    needs, offers = {"need_id": [f"N{each}" for each in range(10)]}, {"offer_id": list(range(6))}
    read = reading(edges, needs, offers, suffix, folder=tmp_path if disk else None)
    want = market.of(pairs // 6, pairs % 6, edges["value"], np.ones(10), np.ones(6))
    assert arrays(read) == [each.tolist() for each in astuple(want)]
    assert (tmp_path / "offer.bin").exists() == disk


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), unique=True, max_size=25),
    st.integers(1, 9),
    st.sampled_from(["asis", "sorted", "by need"]),
)
def test_layout_is_that_of_the_market(pairs, part, order):
    """Whatever the order and the parts, the arrays are those of market.of."""
    pairs = {
        "asis": pairs,
        "sorted": sorted(pairs),
        "by need": sorted(pairs, key=lambda pair: (pair[0], -pair[1])),
    }[order]
    frame = pl.DataFrame(
        {
            "need_id": [pair[0] for pair in pairs],
            "offer_id": [pair[1] for pair in pairs],
            "value": range(len(pairs)),
        },
        schema=dict.fromkeys(("need_id", "offer_id", "value"), pl.Int64),
    )
    before, stream.PART = stream.PART, part
    try:
        with tempfile.TemporaryDirectory() as folder:
            at = Path(folder)
            frame.write_parquet(at / "edges.parquet")
            pl.DataFrame({"need_id": range(5)}).write_parquet(at / "needs.parquet")
            pl.DataFrame({"offer_id": range(5)}).write_parquet(at / "offers.parquet")
            read = read_market(Files(*(at / f"{name}.parquet" for name in ("edges", "needs", "offers"))))
    finally:
        stream.PART = before
    want = market.of(*(frame[name].to_numpy() for name in frame.columns), np.ones(5), np.ones(5))
    assert arrays(read) == [each.tolist() for each in astuple(want)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_edges(reading, suffix, put, tmp_path):
    """A table with a header and no rows is a market without edges."""
    edges = {name: [] for name in EDGES}
    if suffix == "jsonl":  # without rows there is no header, and the file is empty
        edges = put("edges.parquet", edges)
    assert arrays(reading(edges, suffix=suffix))[:3] == [[0, 0, 0, 0], [], []]


def test_values_reach_to_2_31(reading):
    """2^31 is allowed and widens the values; one more is not."""
    read = reading({**EDGES, "value": [2**31, 0, 1, 2**31 - 1]})
    assert read.market.value.tolist() == [2**31, 0, 1, 2**31 - 1]
    assert told(reading, {**EDGES, "value": [2**31 + 1, 0, 1, 2]}) == [
        ("number.large", 2, "value", str(2**31 + 1))
    ]


def test_ids_are_text_or_numbers_as_they_stand(reading, put):
    """7 as a number and "7" as text are one id; "007" is another."""
    needs, offers = put("n.parquet", {"need_id": [7, 9, 2**40]}), put("o.csv", {"offer_id": ["7", "007"]})
    edges = put("e.jsonl", {"need_id": ["9", "7", "7"], "offer_id": [" 7", "7", "007"], "value": [1, 2, 3]})
    assert arrays(read_market(Files(edges, needs, offers)))[:3] == [[0, 2, 3, 3], [0, 1, 0], [2, 3, 1]]
    edges = put("f.csv", {"need_id": ["07"], "offer_id": ["7"], "value": [1]})
    assert told(reading, edges, needs, offers) == [("edge.need", 2, "need_id", "07")]


def test_numbers_as_people_write_them(reading):
    """1,000 and 3.0 and full-width digits are whole numbers in text files too."""
    assert reading({**EDGES, "value": ["1,000", "3.0", "１２", " 5 "]}).market.value.tolist() == [
        1000,
        3,
        12,
        5,
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_encodings_delimiters_and_titles(reading, tmp_path, encoding):
    """Old encodings, semicolons, a title above the header, empty lines and Windows line ends."""
    path = tmp_path / "e.csv"
    text = "匹配价值表;;\r\n需求编号;供给编号;价值\r\n需求一;F1;5\r\n\r\n需求二;F1;x\r\n"
    path.write_bytes(text.encode(encoding))
    needs = {"need_id": ["需求一", "需求二"]}
    assert told(reading, path, needs) == [("number.unread", 5, "价值", "x")]


def test_quoted_ids_and_escaped_formulas(reading, tmp_path):
    """An id with a line break, a delimiter, quotation marks; an id that a spreadsheet would take for a formula."""
    path = tmp_path / "e.csv"
    path.write_text('need_id,offer_id,value\n"a\nb",F1,5\n"c,""d",F1,6\n\'=x,F1,7\n', "utf-8")
    needs = {"need_id": ["=x", 'c,"d', "a\nb"]}
    read = reading(path, pl_file(tmp_path, needs), OFFERS)
    assert read.market.value.tolist() == [7, 6, 5]


def pl_file(folder: Path, columns: dict[str, list]) -> Path:
    pl.DataFrame(columns).write_parquet(folder / "n.parquet")
    return folder / "n.parquet"


def test_costs_of_edges_come_in_the_order_of_the_market(reading):
    """A column that rules name is laid out with the edges; empty cells are marked, unreadable ones refused."""
    edges = {name: column[::-1] for name, column in EDGES.items()} | {"fee": [4, None, 2, 1]}
    assert reading(edges, costs=["fee", "nowhere"]).costs.to_dict(as_series=False) == {"fee": [1, 2, -2, 4]}
    assert told(reading, {**EDGES, "fee": ["1", "2", "x", "4"]}, costs=["fee"]) == [
        ("number.unread", 4, "fee", "x")
    ]


def told(reading, *tables, **more) -> list[tuple]:
    """Code, row, column and value of each finding; every one has words in both languages."""
    with pytest.raises(Invalid) as refused:
        reading(*tables, **more)
    assert refused.value.code == "clear.rows"
    assert refused.value.params["n"] >= len(refused.value.findings)
    for finding in refused.value.findings:
        assert finding.file
        for lang in words.LANGUAGES:
            for end in ("", ".fix"):
                assert words.say(
                    f"finding.{finding.code}{end}", lang, **{"value": "", "column": "", **finding.params}
                )
    return [(each.code, each.row, each.column, each.value) for each in refused.value.findings]


BAD = {
    "negative": ({"value": [7, -3, 6, 1]}, [("number.minimum", 3, "value", "-3")]),
    "fraction": ({"value": [7, 3.5, 6, 1]}, [("number.whole", 3, "value", "3.5")]),
    "no number": ({"value": ["7", "x", "6", "1"]}, [("number.unread", 3, "value", "x")]),
    "empty": ({"value": [7, None, 6, 1]}, [("required", 3, "value", None)]),
    "overflow": ({"value": [7, 10**12, 6, 1]}, [("number.large", 3, "value", str(10**12))]),
    "unknown need": ({"need_id": ["N1", "N9", "N2", "N2"]}, [("edge.need", 3, "need_id", "N9")]),
    "unknown offer": ({"offer_id": ["F1", "F2", "F1", "F9"]}, [("edge.offer", 5, "offer_id", "F9")]),
    "no id": ({"need_id": ["N1", None, "N2", "N2"]}, [("required", 3, "need_id", None)]),
    "twice": ({"offer_id": ["F1", "F2", "F2", "F2"]}, [("edge.twice", 5, None, None)]),
    "twice apart": (
        {"need_id": ["N2", "N1", "N2", "N1"], "offer_id": ["F1", "F1", "F2", "F1"]},
        [("edge.twice", 5, None, None)],
    ),
    "several": (
        {"need_id": ["N9", "N1", "N2", "N2"], "value": [7, -1, 6, 2.5]},
        [("edge.need", 2, "need_id", "N9"), ("number.minimum", 3, "value", "-1"), ("number.whole", 5, "value", "2.5")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("case", BAD)
def test_faulty_edges_are_refused_with_row_and_reason(reading, case, suffix):
    """Negative, fractional, too large, missing, unknown, twice: row, column and value, in every format."""
    changed, wanted = BAD[case]
    edges = {**EDGES, **changed}
    offset = 1 if suffix == "jsonl" else 0  # JSON Lines have no header: the first row is row 1
    found = [(code, row + offset, column, value and value.removesuffix(".0")) for code, row, column, value
             in told(reading, edges, suffix=suffix)]  # fmt: skip
    assert found == wanted


def test_faulty_needs_and_offers_are_told_together_with_the_edges(reading):
    """Ids missing or twice, places that are no number: all tables in one refusal."""
    needs = {"need_id": ["N1", "N2", "N1", None], "slots": ["1", "-2", "1", "1"]}
    offers = {"offer_id": ["F1", "F2"], "capacity": ["many", "5"]}
    assert sorted(told(reading, {**EDGES, "value": [7, 3, -6, 0]}, needs, offers), key=str) == [
        ("id.twice", 4, "need_id", "N1"),
        ("number.minimum", 3, "slots", "-2"),
        ("number.minimum", 4, "value", "-6"),
        ("number.unread", 2, "capacity", "many"),
        ("required", 5, "need_id", None),
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_missing_columns_are_named(reading, suffix):
    """Each table says which required columns it lacks and which headers it has."""
    with pytest.raises(Invalid) as refused:
        reading({"need_id": ["N1"], "worth": [1]}, {"name": ["N1"]}, suffix=suffix)
    params = [each.params for each in refused.value.findings if each.code == "columns.missing"]
    assert [each["missing"] for each in params] == [["need_id"], ["offer_id", "value"]]
    assert params[1]["found"] == ["need_id", "worth"]


def test_without_ids_no_edge_is_blamed(reading):
    """Where needs have no column of ids, that is what is told, and not every edge."""
    assert told(reading, EDGES, {"name": ["N1"]}) == [("columns.missing", None, None, None)]


def test_many_faults_are_counted_and_the_first_are_told(reading, monkeypatch):
    """No list of millions: the first rows one by one, and how many there are."""
    monkeypatch.setattr(limits, "FINDINGS_LISTED", 5)
    edges = {"need_id": ["N1"] * 20, "offer_id": ["F1"] * 20, "value": [-1] * 20}
    with pytest.raises(Invalid) as refused:
        reading(edges)
    assert (refused.value.params["n"], len(refused.value.findings)) == (20, 5)
    assert [each.row for each in refused.value.findings] == [2, 3, 4, 5, 6]


def test_damaged_files_are_refused(reading, tmp_path):
    """Random bytes, an empty file, no file, another format."""
    for name, content in (
        ("e.parquet", b"PAR1xxxx"),
        ("e.csv", b""),
        ("e.csv", b"\x00\x01\x02"),
        ("e.docx", b"x"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Invalid, match=r"file\."):
            reading(tmp_path / name)
    with pytest.raises(Invalid, match=r"file\.missing"):
        reading(tmp_path / "none.csv")


def test_rows_of_the_wrong_width(reading, tmp_path):
    """A row with more cells than the header is a fault of that row; one with fewer lacks a value."""
    path = tmp_path / "e.csv"
    path.write_text("need_id,offer_id,value\nN1,F1,5\nN1,F2,5,9\nN2,F1\n", "utf-8")
    assert sorted(told(reading, path), key=str) == [
        ("required", 4, "value", None),
        ("row.wide", 3, None, "9"),
    ]


def test_one_workbook_may_hold_all_three_tables(tmp_path):
    """Sheets are found by their names, in any order, zh or en."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for title, columns in (("供给", OFFERS), ("needs", NEEDS), ("edges", EDGES)):
            sheet = book.add_worksheet(title)
            for at, (name, cells) in enumerate(columns.items()):
                sheet.write_column(0, at, [name, *cells])
    assert arrays(read_market(Files(path, path, path))) == PLAIN
