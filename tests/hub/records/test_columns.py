"""Files with headers of their own: what each is taken for, what is said, corrections, what is remembered."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import python_calamine
import xlsxwriter

from tandem.base.errors import Absent, Invalid
from tandem.base.settings import Upload
from tandem.domain.people import HERE
from tandem.storage.database import schema as s

ROWS = [
    ["2026 年企业需求汇总"],
    ["序号", "客户单位", "需求标题名", "类 别", "所属地市", "完成时限", "预算(万元)", "联系人"],
    [1, "东莞精密", "主轴热补偿方案", "技术", "东莞", "2027-12-31", 250, "张三"],
    [2, "东莞精密", "减速器寿命测试", "服务", "佛山市", "2027-10-31", 30, "李四"],
    [3, "东莞精密", "视觉检测算法", "技术", "深圳", "2027-11-30", 80, "王五"],
]
MISSPELT = "Titel,Organizaton,Deadlin,Citty,Budgt max\nSpindle drift,Acme Ltd,2027-05-01,Dongguan,CNY 250\n"
SAID = {"sheets": ["Sheet1=needs"],
        "columns": ["需求标题名=title", "客户单位=organisation", "所属地市=city", "完成时限=due_on"]}  # fmt: skip


def upload(text: str, name: str = "needs.csv") -> Upload:
    return Upload(name, text.encode())


def workbook(sheets=(("Sheet1", ROWS),), name: str = "汇总.xlsx") -> Upload:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        for title, rows in sheets:
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return Upload(name, held.getvalue())


def taken(seen, at: int = 0) -> dict[str, tuple[str, str]]:
    return {one.header: (one.column, one.by) for one in seen.sheets[at].headers if one.column}


@pytest.fixture
def member(world):
    return world.person("member", world.organisation("东莞精密"))


def came_to(answer, table: str = "needs") -> tuple[int, ...]:
    one = next(one for one in answer.tables if one.table == table)
    return one.new, one.changed, one.unchanged, one.rejected


def test_chinese_headers_of_somebodys_own_are_guessed(world, member):
    """Under a title, on a sheet that says nothing: known names, likeness, values; what is nobody's stays open."""
    seen = world.ask(member, "records.columns", file=workbook())
    [sheet] = seen.sheets
    assert (seen.file, sheet.sheet, sheet.table, sheet.by, sheet.rows) == (
        "汇总.xlsx",
        "Sheet1",
        "needs",
        "headers",
        3,
    )
    assert taken(seen) == {
        "类 别": ("kind", "name"), "预算(万元)": ("budget_max", "name"), "客户单位": ("organisation", "likeness"),
        "需求标题名": ("title", "likeness"), "所属地市": ("city", "likeness"), "完成时限": ("due_on", "likeness"),
    }  # fmt: skip
    assert sheet.headers[1].cells == ("东莞精密",) * 3
    assert not sheet.missing


def test_english_headers_and_misspelt_ones(world, member):
    """Names as they should be are known; misspelt ones are guessed, and what is required and lacks is told."""
    seen = world.ask(member, "records.columns", file=upload("title,city,budget\na,Dongguan,3\n"))
    assert taken(seen) == {
        "title": ("title", "name"),
        "city": ("city", "name"),
        "budget": ("budget_max", "name"),
    }
    seen = world.ask(member, "records.columns", file=upload(MISSPELT, "list.csv"))
    assert (seen.sheets[0].table, seen.sheets[0].by) == ("needs", "headers")
    assert {header: column for header, (column, _) in taken(seen).items()} == {
        "Titel": "title", "Organizaton": "organisation", "Deadlin": "due_on", "Citty": "city",
        "Budgt max": "budget_max",
    }  # fmt: skip
    seen = world.ask(member, "records.columns", file=upload("city,ph\nDongguan,1\n"))
    assert seen.sheets[0].missing == ("title",)


def test_a_column_is_known_by_what_stands_beneath_it(world, member):
    """Headers that say nothing: days, places, firms and lines of words are told apart."""
    text = "甲,乙,丙,丁\n主轴热补偿方案,广州,2027-05-01,东莞精密公司\n减速器寿命测试,深圳,2027-06-01,佛山精工厂\n"
    seen = world.ask(member, "records.columns", file=upload(text), table="needs")
    assert {header: by for header, (_, by) in taken(seen).items()} == dict.fromkeys("甲乙丙丁", "values")
    assert [taken(seen)[one][0] for one in "甲乙丁"] == ["title", "city", "organisation"]
    numbers = world.ask(member, "records.columns", file=upload("title,q\na,20270501\nb,4711\n"))
    assert "q" not in taken(numbers)


def test_a_guess_is_taken_only_when_it_is_said(world, member):
    """Reading knows names alone: without a word the sheet is left aside, with it the rows are records."""
    with pytest.raises(Invalid, match=r"book\.no_tables"):
        world.ask(member, "records.import", file=workbook(), preview=True)
    answer = world.ask(member, "records.import", file=workbook(), **SAID)
    assert came_to(answer) == (3, 0, 0, 0)
    own = {one.title: one for one in world.ask(member, "need.list").items}
    one = own["主轴热补偿方案"]
    assert (one.city, one.due_on, one.budget_max, one.org_id, one.kind) == (
        "441900", "2027-12-31", 250_000_000, member.org, "technology",
    )  # fmt: skip
    assert "联系人" in one.extra


def test_what_was_said_is_remembered_for_the_organisation_alone(world, member):
    """After an import, not after a preview; for its own next files, and for nobody else's."""
    text = "客户诉求,备注\n主轴热补偿方案,x\n"
    given = {"columns": ["客户诉求=title"]}
    world.ask(member, "records.import", file=upload(text), preview=True, **given)
    assert taken(world.ask(member, "records.columns", file=upload(text))).get("客户诉求") != (
        "title",
        "remembered",
    )
    world.ask(member, "records.import", file=upload(text), **given)
    colleague = world.person("member", member.org)
    other = world.person("member", world.organisation("别家"))
    assert taken(world.ask(colleague, "records.columns", file=upload(text)))["客户诉求"] == (
        "title",
        "remembered",
    )
    assert (
        taken(world.ask(other, "records.columns", file=upload(text))).get("客户诉求", ("", ""))[1]
        != "remembered"
    )
    assert came_to(world.ask(colleague, "records.import", file=upload(text))) == (0, 0, 1, 0)
    refused = world.ask(other, "records.import", file=upload(text))
    assert [one.code for one in refused.findings] == ["columns.missing"]
    known = taken(world.ask(HERE, "records.columns", file=upload(text), organisation=member.org))
    assert known["客户诉求"] == ("title", "remembered")
    again = world.ask(member, "records.columns", file=upload(text), columns=["客户诉求="])
    assert "客户诉求" not in taken(again)


def test_what_names_say_anyway_is_not_remembered(world, member):
    """Nothing is kept of headers that reading knows, nor twice of one that it does not."""
    for _ in range(2):
        world.ask(member, "records.import", file=upload("题目,title\nx,y\n"),
                  columns=["题目=", "title=title", "needs: 编码=need_id"])  # fmt: skip
    with world.hub.database.reading() as tx:
        kept = [(row["header"], row["means"]) for row in tx.unguarded(s.learned_headers.select())]
    assert kept == [("编码", "need_id")]


def test_rows_are_corrected_where_they_are(world, member):
    """A preview shows the faulty rows whole; corrections go by the same rules; the file itself stays as it is."""
    faulty = (
        "需求编号,需求名称,城市,截止日期\nN1,主轴热补偿,东莞,2027-13-01\nN2,,深圳,2027-05-01\nN3,x,深圳,\n"
    )
    seen = world.ask(member, "records.import", file=upload(faulty), preview=True)
    assert came_to(seen) == (1, 0, 0, 2)
    assert [(row.row, [cell.value for cell in row.cells]) for row in seen.faulty] == [
        (2, ["N1", "主轴热补偿", "东莞", "2027-13-01"]), (3, ["N2", "", "深圳", "2027-05-01"]),
    ]  # fmt: skip
    corrections = ["needs 2 due_on=2027-12-01", "needs 3 需求名称=检测 = 服务", "需求 4 city="]
    still = world.ask(member, "records.import", file=upload(faulty), preview=True,
                      corrections=[corrections[0], "needs 3 title=", "needs 9 title=x",
                                   "needs 2 sector=y"])  # fmt: skip
    assert came_to(still) == (2, 0, 0, 1)
    assert sorted((one.code, one.severity, one.row) for one in still.findings) == [
        ("correction.lost", "warning", 2), ("correction.lost", "warning", 9), ("required", "error", 3),
    ]  # fmt: skip
    done = world.ask(member, "records.import", file=upload(faulty), corrections=corrections)
    assert (came_to(done), done.findings, done.faulty, done.corrections) == ((3, 0, 0, 0), (), (), 3)
    own = {one.ref: one for one in world.ask(member, "need.list").items}
    assert (own["N1"].due_on, own["N2"].title, own["N3"].city) == ("2027-12-01", "检测 = 服务", None)


def test_the_annotated_copy_holds_the_corrections(world, member):
    """Whoever goes on in the file does not do twice what was mended here."""
    rows = [*ROWS[:3], [4, "", "", "技术", "深圳", "2027-12-31", 1, ""]]
    copy = world.ask(member, "records.problems", file=workbook([("Sheet1", rows)]), **SAID,
                     corrections=["needs 3 city=珠海"])  # fmt: skip
    cells = python_calamine.load_workbook(io.BytesIO(copy.content)).get_sheet_by_index(0).to_python()
    assert cells[2][5] == "珠海"
    assert [bool(row[0]) for row in cells[2:]] == [False, True]


@pytest.mark.parametrize(
    "given",
    [{"sheets": ["Sheet1"]}, {"sheets": ["=needs"]}, {"sheets": ["Sheet1=nonsense"]}, {"sheets": ["x=truth"]},
     {"columns": ["城市"]}, {"columns": ["城市=nonsense"]}, {"columns": ["needs: x=capacity"]}, {"columns": ["=title"]},
     {"corrections": ["needs x city=1"]}, {"corrections": ["needs 4 city"]}, {"corrections": ["truth 4 need=1"]},
     {"corrections": [f"needs {n} city=x" for n in range(5001)]}],
)  # fmt: skip
def test_what_says_nothing_is_refused(world, member, given):
    """Each with what it should have been."""
    with pytest.raises(Invalid, match=r"import\.(sheet|column|correction)|setting\.many"):
        world.ask(member, "records.columns", file=upload("title\nx\n"), **given)


def test_a_sheet_can_be_left_aside_or_be_another_table(world, member):
    """What is said wins over a sheet's name."""
    book = workbook([("需求", [["名称"], ["主轴"]]), ("供给", [["名称", "机构"], ["检测", "东莞精密"]])])
    seen = world.ask(member, "records.columns", file=book, sheets=["需求="])
    assert [(one.sheet, one.table, one.by) for one in seen.sheets] == [
        ("需求", None, "said"),
        ("供给", "offers", "name"),
    ]
    answer = world.ask(member, "records.import", file=book, sheets=["需求=", "供给=needs"])
    assert [(one.table, one.sheet, one.new) for one in answer.tables] == [("needs", "供给", 1)]


def test_hostile_and_broken_files_are_refused_as_everywhere(world, member):
    """The guards of reading stand before looking, too."""
    for file, code in ((Upload("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "workbook.protected"),
                       (Upload("a.xlsx", b"no zip"), "workbook.unreadable"),
                       (Upload("a.exe", b"MZ"), "file.suffix"), (Upload("a.csv", b""), "file.empty")):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            world.ask(member, "records.columns", file=file)
        assert refused.value.code == code
    with pytest.raises(Invalid, match=r"import\.no_file"):
        world.ask(member, "records.columns")
    with pytest.raises(Absent):
        world.ask(member, "records.columns", held="nothing")
    assert world.ask(replace(member, agent=True), "records.columns", file=upload("title\nx\n")).sheets


def test_the_template_can_be_filled_in_and_imported(world, member):
    """It comes as a download, and its example rows are left aside."""
    made = world.ask(member, "records.template")
    assert made.name.endswith(".xlsx")
    answer = world.ask(member, "records.import", file=Upload(made.name, made.content), preview=True)
    assert sum(one.new + one.changed for one in answer.tables) == 0
