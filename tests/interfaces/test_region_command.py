"""`tandem region` from end to end: what it takes in, what it never overwrites, what it shows and writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from python_calamine import load_workbook

from tandem.hub.region_inputs import VIEWS

FIGURES = """id,indicator,value,unit,year,geography,kind,note,source
A1,Regional GDP,14. 58,trillion CNY,2025,Guangdong,baseline,,yearbook
A2,Regional GDP target,25.8,trillion CNY,2035,Guangdong,target,,agenda
A3,Real GDP growth,3.9,% yoy,2025,Guangdong,baseline,,yearbook
A4,R&D expenditure,535,billion CNY,2025,Guangdong,baseline,,press report
A5,R&D intensity,3.6,% of GDP,2025,Guangdong,baseline,,press report
"""
INDICATORS = """indicator_id,name,name_zh,name_en,aliases,role,growth_of,numerator,denominator_id
gdp,Regional GDP,地区生产总值,Regional GDP,Regional GDP target,quantity,,,
gdp_growth,Real GDP growth,地区生产总值增速,Real GDP growth,,quantity,gdp,,
rd,R&D expenditure,研发经费,R&D expenditure,,quantity,,,
rd_intensity,R&D intensity,研发投入强度,R&D intensity,,structure,,rd,gdp
"""
FACTS = """organisation,criterion,value,year,evidence
甲公司,is_sme,是,2025,
甲公司,no_serious_violation,是,2025,
甲公司,innovative_score,72,2025,评价表
甲公司,market_years,1,2025,工商登记
甲公司,dm_plan,4,2025,
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder with three register tables; it is the working directory too."""
    for name in ("TANDEM_LANG", "TANDEM_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "240")  # no line breaks inside cells
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "figures.csv").write_text(FIGURES, "utf-8")
    (folder / "indicators.csv").write_text(INDICATORS, "utf-8")
    (folder / "facts.csv").write_text(FACTS, "utf-8")
    return folder


@pytest.fixture
def filled(tandem, here) -> Path:
    """The same, imported into ./tandem-region."""
    assert tandem("region", "import", here, "--vintage", "2026-02-24").code == 0
    return here


def shown(tandem, *arguments: str) -> dict:
    ended = tandem("region", "show", *arguments, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out, parse_constant=pytest.fail)  # neither Infinity nor NaN is JSON


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_family_lists_its_commands(tandem, here, lang):
    """`tandem` shows one line for the region, `tandem region` its commands, in both languages."""
    top, own = tandem("--help", "--lang", lang).out, tandem("region", "--lang", lang)
    assert len(re.findall(r"^  region ", top, re.MULTILINE)) == 1
    assert not re.search(r"^ +import ", top, re.MULTILINE)
    assert own.code == 0
    for name in ("import", "show", "export", "report"):
        assert re.search(rf"^  {name} ", own.out, re.MULTILINE)


def test_an_unknown_command_is_told_with_what_is_near(tandem, here):
    """Exit 2; the family's own commands are named, and the nearest is suggested."""
    ended = tandem("region", "shwo")
    assert (ended.code, ended.out) == (2, "")
    for part in ("usage.command_near", "region shwo", "tandem region show", "import", "report"):
        assert part in ended.err
    assert "region" in tandem("regoin").err
    assert "usage.command]" in tandem("region", "conquer").err


def test_import_counts_and_repeats_nothing(tandem, here):
    """All rows come in once; the same again is told as unchanged, and nothing is stored."""
    ended = tandem("region", "import", here, "--vintage", "2026-02-24")
    assert (ended.code, ended.err) == (0, "")
    assert "Stored as new: 14 rows. Already there, unchanged: 0." in ended.out
    assert "vintage 2026-02-24: 5 figures" in ended.out
    before = {path: path.read_bytes() for path in Path("tandem-region").rglob("*") if path.is_file()}
    again = tandem("region", "import", here, "--vintage", "2026-02-24", "--json")
    told = json.loads(again.out)
    assert (sum(told["added"].values()), told["unchanged"]["figures"]) == (0, 5)
    assert {path: path.read_bytes() for path in Path("tandem-region").rglob("*") if path.is_file()} == before


def test_a_new_vintage_stands_beside_the_old_one(tandem, filled):
    """A revised figure is shown in its latest vintage; --vintages shows both, as they were printed."""
    revised = FIGURES.replace("14. 58", "14.60")
    Path("later.csv").write_text(revised, "utf-8")
    ended = tandem("region", "import", "--figures", "later.csv", "--vintage", "2026-08-01")
    assert ended.code == 0, ended.err
    (row,) = shown(tandem, "figures", "--id", "A1")["rows"]
    assert (row["value"], row["vintage"]) == ("14.60", "2026-08-01")
    both = shown(tandem, "figures", "--id", "A1", "--vintages")["rows"]
    assert sorted((row["value"], row["vintage"]) for row in both) == [
        ("14. 58", "2026-02-24"), ("14.60", "2026-08-01"),
    ]  # fmt: skip


def test_bad_rows_are_told_and_good_ones_go_in(tandem, here):
    """File, row, column, value and remedy on stderr, an annotated copy, exit 2; --strict stores nothing."""
    with (here / "figures.csv").open("a", encoding="utf-8") as handle:
        handle.write("A9,Something,,persons,2025,Guangdong,baseline,,x\n")
    strict = tandem("region", "import", here, "--strict")
    assert (strict.code, strict.out) == (2, "")
    assert "region.strict" in strict.err
    assert not Path("tandem-region").exists()
    ended = tandem("region", "import", here)
    assert ended.code == 2
    for part in ("figures.csv", "row 7", "value", "figures.problems.xlsx"):
        assert part in ended.err
    assert "1 of 15 rows rejected" in ended.err
    copy = load_workbook("tandem-out/figures.problems.xlsx").get_sheet_by_index(0).to_python()
    assert copy[6][0]
    assert copy[6][1] == "A9"
    assert len(shown(tandem, "figures")["rows"]) == 5


REFUSED = {
    "nothing": ([], "region.nothing"),
    "no such file": (["none.xlsx"], "file.missing"),
    "a folder that is no register": (["tables", "--register", "tables"], "register.not_one"),
    "a folder of nothing": (["empty"], "folder.no_tables"),
    "a rule file before any table": (["ladder.toml"], "region.no_row"),
    "a rule file of another name": (["rules.toml"], "rule_file.name"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_imported_ends_with_2(tandem, here, case):
    """Said in words with its code; no register is left behind."""
    arguments, code = REFUSED[case]
    Path("empty").mkdir()
    good = Path(__file__).resolve().parents[2] / "examples" / "register" / "ladder.toml"
    for name in ("ladder.toml", "rules.toml"):
        Path(name).write_bytes(good.read_bytes())
    ended = tandem("region", "import", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert code in ended.err
    assert not Path("tandem-region").exists()


def test_the_shipped_register_is_shown_until_there_is_an_own_one(tandem, here):
    """Without a register here the shipped one is told as such; afterwards the own one, with its folder."""
    assert "ships with the project" in tandem("region", "show").out
    assert shown(tandem)["register"]["rows"]["figures"] == 92
    assert tandem("region", "import", here).code == 0
    assert "tandem-region" in tandem("region", "show").out
    assert shown(tandem)["register"]["rows"]["figures"] == 5


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("what", VIEWS)
def test_every_view_of_the_shipped_register(tandem, here, what, lang):
    """Each view ends with 0, says something in the language asked for, and leaves nothing behind."""
    before = sorted(here.parent.rglob("*"))
    ended = tandem("region", "show", what, "--lang", lang)
    assert (ended.code, ended.err) == (0, "")
    assert bool(re.search(r"[㐀-鿿]{4}", ended.out.splitlines()[0])) == (lang == "zh")
    assert not re.search(r"region(page)?\.[a-z_]+\.[a-z_]+|\{[a-z]", ended.out)
    assert sorted(here.parent.rglob("*")) == before


@pytest.mark.parametrize("what", VIEWS)
def test_every_view_for_machines(tandem, here, what):
    """Plain JSON with rows, counts, names and the day as of which it is told."""
    told = shown(tandem, what)
    assert set(told) == {"what", "register", "as_of", "rows", "counts", "names"}
    assert told["as_of"] == "2026-02-24"
    assert told["register"]["folder"] is None


def test_filters_narrow_a_view(tandem, here):
    """By place and kind as printed or by id, by the figure that a doubt names, by the item's own id."""
    rows = shown(tandem, "figures", "--geography", "guangdong", "--kind", "target")["rows"]
    assert rows
    assert {(row["geography"], row["kind"]) for row in rows} == {("Guangdong", "target")}
    assert shown(tandem, "figures", "--geography", "440000", "--kind", "target")["rows"] == rows
    assert [row["figure_id"] for row in shown(tandem, "targets", "--id", "F004")["rows"]] == ["F004"]
    doubts = shown(tandem, "doubts", "--id", "F037")["rows"]
    assert [row["kind"] for row in doubts] == ["conflict"]
    assert [row["cluster_id"] for row in shown(tandem, "clusters", "--id", "uhd_video")["rows"]] == [
        "uhd_video"
    ]


def test_the_shipped_register_as_a_whole(tandem, here):
    """92 figures, the conflict and four items that need a definition, three chains, 4 of 32 recommendations."""
    assert shown(tandem, "figures")["counts"] == {"figures": 92}
    kinds = shown(tandem, "doubts")["counts"]["kinds"]
    assert kinds == {"conflict": 1, "denominator_missing": 2, "classes_overlap": 1, "base_implied": 1}
    chains = shown(tandem, "chains")["counts"]
    assert (chains["organisations"], chains["illustrative"]) == (444, True)
    assert set(chains["chains"]) == {"uhd_video", "low_altitude", "robotics"}
    loaded = shown(tandem, "measures")["counts"]
    assert (loaded["recommendations"], loaded["expected"], loaded["targets"]) == (4, 32, 16)


def test_the_gdp_target(tandem, filled):
    """Required growth of 5.87 % beside 3.9 % published, with a probability and its error, and way-points."""
    (row,) = shown(tandem, "targets")["rows"]
    assert round(row["required"], 4) == 0.0587
    assert row["recent"]["mean"] == 0.039
    assert row["base"]["figure_id"] == "A1"
    assert 0 <= row["reach"]["probability"] <= 1
    assert row["reach"]["error"] > 0
    out = tandem("region", "show", "targets").out
    for part in ("5.87 %", "3.90 %", "14.58 trillion", "25.8 trillion", "2035"):
        assert part in out.replace("\n", " ")


def test_the_arithmetic_conflict(tandem, filled):
    """535 / 14,580 beside 3.6 %: a conflict, told with both sources and nothing called wrong that is not."""
    rows = shown(tandem, "doubts")["rows"]
    (row,) = (one for one in rows if one["kind"] == "conflict")
    assert {"A1", "A4", "A5"} <= set(row["figures"])
    assert {one["source"] for one in row["sources"]} == {"yearbook", "press report"}
    out = tandem("region", "show", "doubts").out
    assert "A5" in out
    assert "press report" in out
    assert shown(tandem, "doubts", "--kind", "context")["rows"] == []


def test_the_derived_value_beside_the_published_one(tandem, filled):
    """3.67 % from the two figures, outside the printed 3.6 %."""
    (row,) = shown(tandem, "quality")["rows"]
    assert round(row["value"], 4) == 0.0367
    assert (row["published"], row["agrees"]) == (["A5"], False)
    assert "lies outside" in tandem("region", "show", "quality").out


def test_the_ladder_says_what_is_missing_and_implies_nothing(tandem, filled):
    """The rung reached with evidence, what the next one wants, a count with its base, and that it is no certificate."""
    told = shown(tandem, "ladder")
    row = next(one for one in told["rows"] if one["ladder_id"] == "sme")
    assert (row["organisation"], row["reached"], row["next_rung"]) == (
        "甲公司",
        "innovative_sme",
        "specialised_sme",
    )
    gap = next(one for one in row["open"] if one["criterion_id"] == "market_years")["gaps"][0]
    assert (gap["value"], gap["wanted"], gap["distance"]) == (1.0, [2.0], 0.5)
    (maturity,) = told["counts"]["maturity"]
    assert (maturity["assessed"], maturity["answered"], maturity["registered"]) == (0, 1, None)
    out = tandem("region", "show", "ladder").out
    for part in ("No certificate is implied", "2 or more", "nothing is stated", "0 of 1"):
        assert part in out.replace("\n", " ")
    assert "不构成任何认定" in tandem("region", "show", "ladder", "--lang", "zh").out


def test_rules_are_loaded_in_versions(tandem, filled):
    """A rule file joins the register; the version valid on the day holds; another file of its name is refused."""
    text = (Path(__file__).resolve().parents[2] / "examples" / "register" / "ladder.toml").read_text("utf-8")
    Path("ladder.toml").write_text(text, "utf-8")
    assert "Rule files added: 1" in tandem("region", "import", "ladder.toml").out
    assert (Path("tandem-region") / "ladder.toml").is_file()
    Path("ladder.toml").write_text(text.replace("2022-08-01", "2022-09-01"), "utf-8")
    ended = tandem("region", "import", "ladder.toml")
    assert (ended.code, "rule_file.exists" in ended.err) == (2, True)
    later = text.replace('version = "2022"', 'version = "2027"').replace(
        'version = "2026-i', 'version = "2027-i'
    )
    Path("ladder-2027.toml").write_text(later.replace("2022-08-01", "2027-01-01"), "utf-8")
    assert tandem("region", "import", "ladder-2027.toml").code == 0
    versions = {
        day: {
            one["version"]
            for one in shown(tandem, "ladder", "--as-of", day)["counts"]["ladders"]
            if one["ladder_id"] == "sme"
        }
        for day in ("2026-06-01", "2027-06-01")
    }
    assert versions == {"2026-06-01": {"2022"}, "2027-06-01": {"2027"}}
    Path("ladder-x.toml").write_text("[[ladder]]\nid = 3\n", "utf-8")
    broken = tandem("region", "import", "ladder-x.toml")
    assert broken.code == 2
    for part in ("rule_file.wrong", "ladder-x.toml", "version", "valid_from"):
        assert part in broken.err


@pytest.mark.parametrize("out", ["out", "out.xlsx"])
def test_what_is_exported_is_the_same_register(tandem, filled, out):
    """Every vintage and every table come back as they were."""
    Path("later.csv").write_text(FIGURES.replace("14. 58", "14.60"), "utf-8")
    assert tandem("region", "import", "--figures", "later.csv", "--vintage", "2026-08-01").code == 0
    ended = tandem("region", "export", "--out", out)
    assert ended.code == 0, ended.err
    again = tandem("region", "import", out, "--register", "again")
    assert again.code == 0, again.err
    for arguments in (("figures", "--vintages"), ("quality",), ("measures",)):
        first, second = (shown(tandem, *arguments, "--register", name) for name in ("tandem-region", "again"))
        assert _plain(first) == _plain(second)


def _plain(told: dict) -> list[dict]:
    dropped = ("import_number", "vintage_order", "current")
    return sorted(
        ({name: value for name, value in row.items() if name not in dropped} for row in told["rows"]), key=str
    )


def test_the_page(tandem, here):
    """One file without links to elsewhere; it says when the organisations are the sample world's."""
    ended = tandem("region", "report", "--out", "page.html")
    assert ended.code == 0, ended.err
    assert "illustrative" in ended.out
    page = Path("page.html").read_text("utf-8")
    assert len(page) > 50_000
    assert not re.search(r'(?:src|href)="https?://', page)
    told = json.loads(tandem("region", "report", "--json").out)
    assert told["files"] == ["tandem-out/region.html"]
    assert told["counts"]["tiles"]["figures"] == 92
    assert told["illustrative"]


def test_the_page_of_an_own_register_takes_no_sample_world(tandem, filled):
    """Gaps are not told of organisations that nobody read; those that are named are read and counted."""
    told = json.loads(tandem("region", "report", "--json").out)
    assert (told["illustrative"], told["counts"]["organisations"]) == (False, 0)
    Path("organisations.csv").write_text("org_id,name,city\nO1,甲公司,440300\n", "utf-8")
    Path("offers.csv").write_text("offer_id,title,organisation\nF1,图像传感器,甲公司\n", "utf-8")
    told = json.loads(
        tandem(
            "region", "report", "--organisations", "organisations.csv", "--offers", "offers.csv", "--json"
        ).out
    )
    assert (told["illustrative"], told["counts"]["organisations"]) == (False, 1)
    assert [one["table"] for one in told["reading"]["tables"]] == ["organisations", "offers"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "everything"], "WHAT: “everything” is not one of overview"),
        (["show", "--register", "nowhere"], "register.not_one"),
        (["show", "--as-of", "soon"], "setting.date"),
        (["report", "--out", "page.pdf"], "out.suffix"),
        (["export", "--out", "tables.pdf"], "out.suffix"),
        (["export", "--format", "doc"], "setting.choice"),
        (["report", "nothing.xlsx"], "file.missing"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(tandem, here, arguments, said):
    """Said in words with its code, nothing on stdout, nothing written."""
    before = sorted(Path().rglob("*"))
    ended = tandem("region", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert sorted(Path().rglob("*")) == before


def test_the_same_question_has_the_same_answer(tandem, here):
    """Seeded and without a clock: the same page and the same JSON twice."""
    for name in ("one.html", "two.html"):
        assert tandem("region", "report", "--out", name).code == 0
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()
    assert shown(tandem, "targets") == shown(tandem, "targets")


def test_parts_without_a_target_are_named(tandem, here):
    """A province and one city with targets and no table of places: the 20 other cities are counted, the first named."""
    rows = ["X,900,billion CNY,2030,440100,target,plan", "X,20000,billion CNY,2030,Guangdong,target,plan"]
    Path("few.csv").write_text("\n".join(["indicator,value,unit,year,geography,kind,source", *rows]), "utf-8")
    assert tandem("region", "import", "few.csv", "--register", "few").code == 0
    out = tandem("region", "show", "targets", "--register", "few").out
    assert "parts without one: 20 (Shaoguan, Shenzhen," in out
    assert (
        "没有目标的 20 个（韶关、深圳、"
        in tandem("region", "show", "targets", "--register", "few", "--lang", "zh").out
    )


def test_what_an_empty_view_lacks_is_told(tandem, filled):
    """Without clusters or links the table to import is named; the next commands name the register."""
    assert "no rows in the table “Clusters”" in tandem("region", "show", "clusters").out
    assert "“链点”表没有任何行" in tandem("region", "show", "chains", "--lang", "zh").out
    assert "tandem region show targets --register tandem-region" in tandem("region", "show").out
