"""A user's tables come in typed, with ids and resolved references, and every fault is reported with its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from tandem.base.errors import Finding, Invalid
from tandem.domain.tables import INPUT_TABLES
from tandem.storage import exchange
from tandem.storage.exchange.book import schema

Make = Callable[..., Path]

ORGS = [
    ["机构编号", "机构名称*", "统一社会信用代码", "机构类型", "城市", "规模"],
    ["A", "岭南精密有限公司", "91350100M000100Y43", "制造企业", "佛山", "小型"],
    ["B", "Harbour Law", None, "服务机构", "Hong Kong", "micro"],
    ["C", "粤測實驗室", None, "实验室/高校", "東莞市", "中型"],
]


def _found(book: exchange.Book) -> list[tuple[str, int | None, str | None, str | None]]:
    return [(finding.code, finding.row, finding.column, finding.value) for finding in book.findings]


def test_a_chinese_workbook_with_every_table(workbook: Make) -> None:
    """Chinese sheets, headers with stars and units, choices, dates, amounts and references become canonical frames."""
    path = workbook(
        {
            "机构": ORGS,
            "需求": [
                ["2026年度需求清单"],
                [],
                [
                    "需求编号",
                    "需求名称＊",
                    "机构名称",
                    "需求类别",
                    "发布日期",
                    "截止日期",
                    "需要家数",
                    "预算上限（万元）",
                    "备注",
                ],
                [
                    "N1",
                    "减速器测试",
                    "岭南精密有限公司",
                    "技术",
                    datetime(2026, 3, 1),
                    "2026年9月30日",
                    "2家",
                    250,
                    "急",
                ],
            ],
            "供给": [["供给名称", "机构编号", "服务城市", "起价"], ["合同审查", "B", "广州、深圳", "1.5万"]],
            "业绩": [
                ["业绩名称", "单位", "交付日期", "评分", "对应需求"],
                ["寿命试验", "粤测实验室;harbour law", 46082, "90%", "减速器测试"],
            ],
            "历史结果": [["需求编号", "机构编号"], ["N1", "91350100m000100y43"]],
        }
    )
    book = exchange.read_book(path)
    assert book.findings == ()
    assert book.organisations["city"].to_list() == ["440600", "810000", "441900"]
    need = book.needs.row(0, named=True)
    assert (need["need_id"], need["org_id"], need["kind"], need["slots"], need["budget_max"]) == (
        "N1",
        "A",
        "technology",
        2,
        250_000_000,
    )
    assert (need["posted_on"], need["due_on"], need["备注"], need["currency"]) == (
        date(2026, 3, 1),
        date(2026, 9, 30),
        "急",
        "CNY",
    )
    assert book.offers.select("org_id", "cities_served", "price_from", "capacity").row(0) == (
        "B",
        ["440100", "440300"],
        1_500_000,
        1,
    )
    assert book.deliveries.select("org_ids", "delivered_on", "rating", "need_id").row(0) == (
        ["C", "B"],
        date(2026, 3, 1),
        0.9,
        "N1",
    )
    assert book.truth.row(0) == ("N1", "A")
    assert book.sources["needs"] == ("book.xlsx", "需求")
    assert book.counts["needs"] == exchange.Counts(1, 1, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_encoding_and_delimiter(csv_file: Make, encoding: str, delimiter: str) -> None:
    """Comma, semicolon and tab; UTF-8 with and without mark, GB18030, UTF-16 all give the same table."""
    rows = [
        ["需求名称", "Description", "SLOTS *"],
        ["齿轮箱测试，含报告", '"说 ""好"""' if delimiter == "," else "说", "3"],
    ]
    book = exchange.read_book(
        tables={"needs": csv_file("\r\n".join(delimiter.join(row) for row in rows), encoding=encoding)}
    )
    assert book.findings == ()
    assert book.needs.select("title", "slots").row(0) == ("齿轮箱测试，含报告", 3)


def test_a_folder_and_single_files_agree(tmp_path: Path, csv_file: Make) -> None:
    """A folder with needs.csv and 供给.jsonl reads as the same files given one by one."""
    needs = csv_file("title,need_id\nA,1\n")
    offers = csv_file(
        '{"title": "B", "org_id": "X", "cities_served": ["440300", "香港"], "capacity": 3}\n', "供给.jsonl"
    )
    csv_file("nothing", "readme.md")
    folder, files = (
        exchange.read_book(tmp_path),
        exchange.read_book(tables={"needs": needs, "offers": offers}),
    )
    assert folder.needs.equals(files.needs)
    assert folder.offers.equals(files.offers)
    assert folder.offers["cities_served"].to_list() == [["440300", "810000"]]
    assert [finding.code for finding in folder.findings] == ["file.ignored"]


def test_frames_are_always_there_with_their_schema(csv_file: Make) -> None:
    """Tables that were not given are empty frames with canonical names and types."""
    book = exchange.read_book(csv_file("title\nA\n"))
    for table in INPUT_TABLES:
        frame = book.table(table.name)
        assert dict(list(frame.schema.items())[: len(schema(table))]) == schema(table)


def test_ids_are_made_from_content(csv_file: Make) -> None:
    """The same content has the same id in another order of rows and columns; a repeated row gets a suffix."""
    first = exchange.read_book(csv_file("title,text,slots\nA,x,1\nB,y,2\nA,x,1\n")).needs["need_id"].to_list()
    second = (
        exchange.read_book(csv_file("text,slots,title\ny,2,B\nx,1,A\nx,1,A\n")).needs["need_id"].to_list()
    )
    assert first[2] == f"{first[0]}-2"
    assert sorted(first) == sorted(second)
    assert len(set(first)) == 3


def test_organisations_are_made_from_references(csv_file: Make) -> None:
    """Without a table of organisations, ids stay as written and truth agrees; names differing in case are one."""
    deliveries = csv_file("title,org_id\nA,x1;X2\n", "deliveries.csv")
    offers = csv_file("title,机构名称\nO,Acme Ltd\nP,ACME  ltd.\n", "offers.csv")
    truth = csv_file("need_id,org_id\nN9,x1\n", "truth.csv")
    book = exchange.read_book(tables={"deliveries": deliveries, "offers": offers, "truth": truth})
    assert book.findings == ()
    assert book.organisations["org_id"].to_list() == ["x1", "X2", "Acme Ltd"]
    assert book.offers["org_id"].to_list() == ["Acme Ltd", "Acme Ltd"]
    assert book.truth.row(0) == ("N9", "x1")


def test_all_faults_are_reported_at_once(csv_file: Make) -> None:
    """Each bad row is named with row, column and value; good rows go on; warnings keep their row."""
    text = "\n".join(
        [
            "title,kind,posted_on,due_on,slots,budget_min,budget_max,city,text,need_id",
            "good,service,2026-01-01,2026-02-01,1,1,2,深圳,fine,N1",
            ",service,,,,,,,,N2",
            "wrong choice,servise,,,,,,,,N3",
            "no such day,,2026-02-30,,,,,,,N4",
            "order,,2026-02-02,2026-02-01,,,,,,N5",
            "slots,,,,-1,,,,,N6",
            "budget,,,,,5,4,,,N7",
            "city,,,,,,,Atlantis,,N8",
            f"long,,,,,,,,{'x' * 20_001},N9",
            "control,,,,,,,,a\x01b,N10",
            "twice,,,,,,,,,N1",
            "two faults,robots,tomorrow,,,,,,,N11",
        ]
    )
    book = exchange.read_book(csv_file(text))
    assert _found(book) == [
        ("required", 3, "title", None),
        ("choice.close", 4, "kind", "servise"),
        ("date.impossible", 5, "posted_on", "2026-02-30"),
        ("dates.order", 6, "due_on", "2026-02-01"),
        ("number.minimum", 7, "slots", "-1"),
        ("budget.order", 8, "budget_max", "4.00"),
        ("city.unknown", 9, "city", "Atlantis"),
        ("text.long", 10, "text", "x" * 59 + "…"),
        ("text.control", 11, "text", "a b"),
        ("id.twice", 12, "need_id", "N1"),
        ("choice.unknown", 13, "kind", "robots"),
        ("date.unread", 13, "posted_on", "tomorrow"),
    ]
    assert book.needs["need_id"].to_list() == ["N1", "N8"]
    assert book.needs["city"].to_list() == ["440300", None]
    assert book.counts["needs"] == exchange.Counts(12, 2, 10)
    assert {finding.file for finding in book.findings} == {"needs.csv"}
    for finding in book.findings:
        for lang in ("zh", "en"):
            what, fix = exchange.explain(finding, lang)
            assert what
            assert fix


def test_references_that_cannot_be_resolved(workbook: Make) -> None:
    """Unknown, misspelt, ambiguous and rejected organisations are told apart, with a suggestion where one is close."""
    path = workbook(
        {
            "organisations": [
                ["org_id", "name", "size"],
                ["A", "Pearl River Robotics Ltd", None],
                ["B", "Twin", None],
                ["C", "twin!", None],
                ["D", "Faulty", "gigantic"],
            ],
            "offers": [
                ["title", "organisation"],
                ["1", "Pearl River Robotic Ltd"],
                ["2", "TWIN"],
                ["3", "Faulty"],
                ["4", "Nobody at all"],
                ["5", "pearl river robotics (ltd)"],
            ],
            "deliveries": [
                ["title", "organisation", "need"],
                ["1", "A;Nemo", None],
                ["2", "A;B", "unknown need"],
                ["3", ";", None],
            ],
            "needs": [["title", "need_id"], ["x", "N"]],
        }
    )
    book = exchange.read_book(path)
    found = {(finding.table, finding.row): finding for finding in book.findings}
    assert {place: finding.code for place, finding in found.items()} == {
        ("organisations", 5): "choice.unknown",
        ("offers", 2): "reference.close",
        ("offers", 3): "reference.ambiguous",
        ("offers", 4): "reference.rejected",
        ("offers", 5): "reference.unknown",
        ("deliveries", 2): "reference.unknown",
        ("deliveries", 3): "reference.unknown",
        ("deliveries", 4): "required",
    }
    assert found["offers", 2].params["suggestion"] == "Pearl River Robotics Ltd"
    assert found["offers", 3].params["ids"] == ["B", "C"]
    assert found["offers", 4].params["first_row"] == 5
    assert found["deliveries", 3].severity == "warning"
    assert book.offers["org_id"].to_list() == ["A"]
    assert book.deliveries.select("org_ids", "need_id").rows() == [(["A", "B"], None)]


def test_ids_win_over_names_in_the_same_row(csv_file: Make) -> None:
    """Where a table has ids and names of the organisation, the id counts, and the name where the id is empty."""
    organisations = csv_file("org_id,name\nA,Alpha\nB,Beta\n", "organisations.csv")
    offers = csv_file("title,organisation,org_id\n1,whatever,A\n2,Beta,\n", "offers.csv")
    book = exchange.read_book(tables={"organisations": organisations, "offers": offers})
    assert book.offers["org_id"].to_list() == ["A", "B"]
    assert book.findings == ()


def test_missing_required_columns_are_one_finding(csv_file: Make) -> None:
    """A table without its required columns gives one finding, not one per row."""
    book = exchange.read_book(tables={"offers": csv_file("name of it,price\nA,1\nB,2\n", "o.csv")})
    assert [(finding.code, finding.row, finding.params["missing"]) for finding in book.findings] == [
        ("columns.missing", None, ["title", "organisation"])
    ]
    assert book.counts["offers"] == exchange.Counts(2, 0, 2)


def test_unknown_columns_are_kept_and_never_collide(csv_file: Make) -> None:
    """The user's own columns come out after the known ones, under their names."""
    book = exchange.read_book(csv_file("Colour,title,名称,,need_id\nred,A,B,loose,N\n"))
    assert book.needs.columns[-3:] == ["Colour", "名称", "column_4"]
    assert book.needs.select("title", "Colour", "名称", "column_4").row(0) == ("A", "red", "B", "loose")
    assert [(finding.code, finding.column) for finding in book.findings] == [("header.twice", "名称")]


def test_currency_named_in_amounts(csv_file: Make) -> None:
    """Amounts may name their currency; one that contradicts its column is a fault; unknown units are not read."""
    text = "title,预算上限 (HKD),currency\nA,5,\nB,5,HKD\nC,5,CNY\nD,,\n"
    book = exchange.read_book(csv_file(text))
    assert book.needs.select("title", "budget_max", "currency").rows() == [
        ("A", 500, "HKD"),
        ("B", 500, "HKD"),
        ("D", None, "CNY"),
    ]
    assert [finding.code for finding in book.findings] == ["money.currency"]
    odd = exchange.read_book(csv_file("title,预算上限（吨）\nA,5\n"))
    assert odd.needs["budget_max"].to_list() == [None]
    assert [finding.code for finding in odd.findings] == ["header.unit"]


def test_several_files_that_cannot_be_read_are_one_refusal(csv_file: Make, tmp_path: Path) -> None:
    """All unreadable files are named together."""
    empty, missing = csv_file("", "e.csv"), tmp_path / "none.csv"
    with pytest.raises(Invalid) as caught:
        exchange.read_book(tables={"needs": empty, "offers": missing})
    assert [(finding.code, finding.file) for finding in caught.value.findings] == [
        ("file.empty", "e.csv"),
        ("file.missing", str(missing)),
    ]


def test_sheets_that_mean_nothing_or_twice(workbook: Make) -> None:
    """Other sheets are noted; a table given twice is an error and the first is read."""
    head = [["title"], ["A"]]
    book = exchange.read_book(workbook({"needs": head, "需求": head, "Chart data": [["x"]]}))
    assert [(finding.code, finding.sheet) for finding in book.findings] == [
        ("table.twice", "需求"),
        ("sheet.ignored", "Chart data"),
    ]
    with pytest.raises(Invalid, match="no_tables"):
        exchange.read_book(workbook({"Sheet1": head}))
    assert exchange.read_book(tables={"needs": workbook({"Sheet1": head})}).needs.height == 1


def test_matches_are_read_on_their_own(csv_file: Make) -> None:
    """A list of matches written elsewhere is read with numbers and flags."""
    frame, findings = exchange.read_table(
        csv_file("need_id,rank,org_id,score,cleared\nN,1,A,0.5,是\nN,x,B,,\n", "m.csv"), "matches"
    )
    assert frame.select("need_id", "rank", "org_id", "score", "cleared").rows() == [("N", 1, "A", 0.5, True)]
    assert [finding.code for finding in findings] == ["number.unread"]
    with pytest.raises(Invalid):
        exchange.read_table(csv_file("a\n1\n"), "colours")


def test_parquet_keeps_types(tmp_path: Path) -> None:
    """Dates, whole floats, NaN and lists in Parquet arrive as if typed by hand."""
    path = tmp_path / "deliveries.parquet"
    pl.DataFrame(
        {
            "title": ["a", "b"],
            "org_ids": [["X", "Y"], ["X"]],
            "delivered_on": [datetime(2026, 3, 1), None],
            "rating": [1.0, float("nan")],
            "employees": [35.0, None],
        }
    ).write_parquet(path)
    book = exchange.read_book(path)
    assert book.findings == ()
    assert book.deliveries.select("org_ids", "delivered_on", "rating", "employees").rows() == [
        (["X", "Y"], date(2026, 3, 1), 1.0, "35"),
        (["X"], None, None, None),
    ]


def test_findings_name_the_sheet(workbook: Make) -> None:
    """Row numbers are those of the spreadsheet, also under a title and empty rows."""
    book = exchange.read_book(
        workbook({"needs": [[], ["Our needs"], [], ["title", "slots"], [], ["A", "many"]]})
    )
    assert book.findings == (
        Finding("number.unread", "error", "needs", "book.xlsx", "needs", 6, "slots", "many"),
    )
