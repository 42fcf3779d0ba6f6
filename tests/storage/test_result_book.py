"""matches.xlsx: read back by another program, in both languages, safe to open, the same bytes every time."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from tests.storage.report.sample_result import sample, view_of

from tandem.base.words import LANGUAGES, Lang
from tandem.domain.tables import MATCHES
from tandem.storage import result_book
from tandem.storage.result_book import write_result_book


def rows(path: Path, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "matches.xlsx"
    write_result_book(path, view_of(), "en")
    return path


def test_the_machine_sheet_reads_back_as_the_matches_table(book: Path) -> None:
    """Columns as the exchange format names them; every match with its rank, ids and reasons."""
    header, *body = rows(book, "matches")
    assert header == [column.name for column in MATCHES.columns]
    made = sample().matches
    assert len(body) == made.height
    wanted = {(r["need_id"], r["rank"]): r for r in made.iter_rows(named=True)}
    for row in (dict(zip(header, values, strict=True)) for values in body):
        match = wanted[(row["need_id"], row["rank"])]
        assert (row["org_id"], row["offer_id"] or None) == (match["org_id"], match["offer_id"])
        assert row["score"] == pytest.approx(match["score"])
        assert json.loads(str(row["reasons"])) == json.loads(match["reasons"])


@pytest.mark.parametrize(
    ("lang", "sheets", "sentence"),
    [
        ("en", ["Summary", "Match list", "Reasons", "Gaps", "Left out", "Never proposed", "matches"],
         "46% Delivered “谐波减速器柔轮疲劳断裂分析与齿形改进” (2019-05-01); terms in common: 谐波减速器, 柔轮, 断裂"),
        ("zh", ["概览", "匹配清单", "理由", "缺口", "未列入", "从未被推荐", "matches"],
         "46% 曾交付“谐波减速器柔轮疲劳断裂分析与齿形改进”（2019-05-01）；共同用语：谐波减速器、柔轮、断裂"),
    ],
)  # fmt: skip
def test_people_read_it_in_their_language(
    tmp_path: Path, lang: Lang, sheets: list[str], sentence: str
) -> None:
    """Sheets, headers and reasons speak one language; the list leads with the first need's first organisation."""
    write_result_book(tmp_path / "m.xlsx", view_of(), lang)
    assert CalamineWorkbook.from_path(str(tmp_path / "m.xlsx")).sheet_names == sheets
    header, first, *_ = rows(tmp_path / "m.xlsx", sheets[1])
    assert bool(re.search("[㐀-鿿]", "".join(map(str, header)))) == (lang == "zh")
    assert str(first[8]).splitlines()[0] == sentence


def test_the_reasons_of_a_match_add_up_to_its_score(book: Path) -> None:
    """Weights in the sheet of reasons against the score in the list."""
    _, *body = rows(book, "Reasons")
    total = sum(float(str(row[6] or 0)) for row in body if row[0] == "N01" and row[2] == 1)
    assert total == pytest.approx(float(str(rows(book, "Match list")[1][6])), abs=1e-5)


def test_gaps_exclusions_and_the_unseen_are_there(book: Path) -> None:
    """One row for each need without supply or with little, each exclusion, each organisation never proposed."""
    made = sample()
    assert [row[0] for row in rows(book, "Gaps")[1:]] == ["N29", "N30", "N27", "N28"]
    assert len(rows(book, "Left out")) == made.excluded.height + 1
    assert [row[0] for row in rows(book, "Never proposed")[1:]] == ["O37", "O38", "O39", "O40"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_result_gives_the_same_bytes(tmp_path: Path, lang: Lang) -> None:
    """Fixed dates inside the document and in the archive; nothing else is left beside it."""
    for name in ("a.xlsx", "b.xlsx"):
        write_result_book(tmp_path / name, view_of(), lang)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        assert "2000-01-01" in archive.read("docProps/core.xml").decode()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "http://example.org/x", "{=A1}"]
)
def test_a_text_never_becomes_a_formula_or_a_link(tmp_path: Path, text: str) -> None:
    """Titles, names, ids and examples that start like a formula stay texts."""
    made = sample()
    needs = made.needs.with_columns(title=pl.lit(text))
    named = made.organisations.with_columns(name=pl.lit(text), name_zh=pl.lit(text), name_en=pl.lit(text))
    nasty = type(made)(named, needs, made.offers, made.deliveries, made.matches, made.excluded, made.supply)
    write_result_book(tmp_path / "m.xlsx", view_of(nasty), "en")
    with zipfile.ZipFile(tmp_path / "m.xlsx") as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name)
        assert not any(name.endswith("vbaProject.bin") for name in archive.namelist())
    assert "<f>" not in sheets
    assert "<f " not in sheets
    assert "<hyperlink" not in sheets
    assert rows(tmp_path / "m.xlsx", "Match list")[1][1] == text


def test_header_is_frozen_and_filtered(book: Path) -> None:
    """Each table has a frozen header row and a filter over all its rows."""
    with zipfile.ZipFile(book) as archive:
        for number in range(2, 8):
            sheet = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert 'state="frozen"' in sheet
            assert "<autoFilter" in sheet


def test_an_empty_result_is_a_workbook_too(tmp_path: Path) -> None:
    """Headers alone, and a summary that says there is nothing to match."""
    made = sample()
    empty = type(made)(*(frame.head(0) for frame in vars(made).values()))
    write_result_book(tmp_path / "m.xlsx", view_of(empty), "en")
    assert rows(tmp_path / "m.xlsx", "Summary")[0][0] == "There is no need to match yet"
    assert len(rows(tmp_path / "m.xlsx", "matches")) == 1


def test_reasons_too_long_for_a_cell_stay_readable_json() -> None:
    """The lightest reasons are dropped until the cell holds the rest."""
    many = [
        {"code": "delivery", "weight": n / 1000, "params": {"title": "x" * 90}, "evidence": []}
        for n in range(400)
    ]
    kept = json.loads(result_book._json_that_fits(json.dumps(many)))
    assert 150 < len(kept) < 400
    assert kept[0]["weight"] == 0.399


def test_a_long_sheet_of_reasons_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet for people has a limit; `matches` keeps every reason."""
    monkeypatch.setattr(result_book, "_REASON_ROWS", 100)
    write_result_book(tmp_path / "m.xlsx", view_of(), "en")
    assert len(rows(tmp_path / "m.xlsx", "Reasons")) == 101
    assert any("first 100 rows" in str(row[0]) for row in rows(tmp_path / "m.xlsx", "Summary"))


def test_clearing_has_its_columns_and_two_sheets(tmp_path: Path) -> None:
    """The list says what is assigned and at which price; every need has its decision; offers stand dearest first."""
    view = view_of(cleared=True)
    assert view.cleared is not None
    write_result_book(tmp_path / "m.xlsx", view, "en")
    header, *body = rows(tmp_path / "m.xlsx", "matches")
    marks = [(row[header.index("cleared")], row[header.index("price")]) for row in body]
    assert sum(taken is True for taken, _ in marks) == view.cleared.plan("joint").pairs
    assert all(isinstance(price, float) for _, price in marks)
    assert rows(tmp_path / "m.xlsx", "Match list")[0][-2:] == ["Assigned", "Price of a place"]
    decided = rows(tmp_path / "m.xlsx", "Clearing")[1:]
    assert len(decided) == 30
    assert all(row[5] for row in decided)
    prices = [float(str(row[7])) for row in rows(tmp_path / "m.xlsx", "Worth of room")[1:]]
    assert prices == sorted(prices, reverse=True)
    assert any("no other assignment" in str(row[0]) for row in rows(tmp_path / "m.xlsx", "Summary"))
