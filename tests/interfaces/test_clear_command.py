"""`tandem clear` from end to end: what it writes, what it refuses, that others can check it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from python_calamine import load_workbook

from tandem.storage.exchange import stream

TOOL = Path(__file__).resolve().parents[3] / "shared" / "tools" / "check_clearing.py"
SUFFIXES = ("csv", "parquet", "jsonl", "xlsx")


def frames(seed: int = 1, needs: int = 60, offers: int = 12) -> dict[str, pl.DataFrame]:
    """A contended market: everybody agrees which offers are good, some needs want several."""
    rng = np.random.default_rng(seed)
    pairs = rng.permutation(needs * offers)[: needs * 5]
    value = 500 + 40 * (pairs % offers) + rng.integers(0, 200, len(pairs))
    return {
        "edges": pl.DataFrame({"need_id": pairs // offers, "offer_id": pairs % offers, "value": value}),
        "needs": pl.DataFrame({"need_id": range(needs), "slots": rng.integers(0, 4, needs)}),
        "offers": pl.DataFrame(
            {
                "offer_id": range(offers),
                "capacity": rng.integers(0, 8, offers),
                "size": rng.choice(["micro", "small", "large"], offers),
            }
        ),
    }


@pytest.fixture
def market(tmp_path, monkeypatch):
    """The three files in a format; the working directory holds nothing else."""
    for name in ("TANDEM_LANG", "TANDEM_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def write(suffix: str = "csv", tables: dict[str, pl.DataFrame] | None = None) -> list[str]:
        given = []
        for name, frame in (tables or frames()).items():
            path = Path(f"{name}.{suffix}")
            {
                "csv": lambda path, frame: frame.write_csv(path),
                "parquet": lambda path, frame: frame.write_parquet(path),
                "jsonl": lambda path, frame: frame.write_ndjson(path),
                "xlsx": workbook,
            }[suffix](path, frame)
            given += [f"--{name}", str(path)]
        return given

    return write


def workbook(path: Path, frame: pl.DataFrame) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(path.stem)
        for number, row in enumerate([frame.columns, *frame.rows()]):
            sheet.write_row(number, 0, row)


@pytest.fixture(scope="module")
def tool():
    if not TOOL.is_file():
        pytest.skip("needs ../shared/tools/check_clearing.py")
    spec = importlib.util.spec_from_file_location("check_clearing", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_result_comes_in_the_format_of_the_edges(tandem, market, suffix):
    """Assignment, prices and certificate, checked; the same twice; nothing else is left behind."""
    given = market(suffix)
    before = {path.name for path in Path().iterdir()}
    ended = tandem("clear", *given, "--check", "--out", "out")
    assert (ended.code, ended.err) == (0, "")
    assert "Certified: at most 0." in ended.out
    assert "Checked" in ended.out
    names = {f"assignment.{suffix}", f"prices.{suffix}", "clearing.json"}
    assert {path.name for path in Path("out").iterdir()} == names
    assert {path.name for path in Path().iterdir()} == {*before, "out"}
    assert tandem("clear", *given, "--out", "again").code == 0
    for name in names:
        assert (Path("out") / name).read_bytes() == (Path("again") / name).read_bytes()


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_an_independent_tool_accepts_the_files(tandem, market, tool, suffix):
    """check_clearing.py finds the written clearing feasible, and computes the same value and bound."""
    assert tandem("clear", *market(suffix), "--gap", "1", "--out", "out").code == 0
    found = tool.check(
        *(tool.read(f"{name}.{suffix}") for name in ("edges", "needs", "offers")),
        *(tool.read(f"out/{name}.{suffix}") for name in ("assignment", "prices")),
    )
    proof = json.loads(Path("out/clearing.json").read_text("utf-8"))["certificate"]
    assert found["feasible"], found["errors"]
    assert (found["objective"], np.floor(found["upper_bound"])) == (proof["value"], proof["bound"])
    assert proof["gap"] <= 0.01


def test_the_figures_for_machines(tandem, market):
    """--json gives the certificate, what other ways of assigning come to, and what the checker found."""
    told = json.loads(tandem("clear", *market("parquet"), "--gap", "0", "--check", "--json").out)
    slots, capacity = frames()["needs"]["slots"].sum(), frames()["offers"]["capacity"].sum()
    counts = {"needs": 60, "offers": 12, "edges": 300, "slots": slots, "capacity": capacity}
    assert told["rows"] == counts
    proof = told["certificate"]
    assert (proof["gap"], proof["wanted"], proof["reason"]) == (0, 0, None)
    assert proof["value"] == proof["bound"] == told["checked"]["value"]
    assert proof["value"] >= told["plans"]["greedy"]["value"] >= 1
    assert proof["value"] >= told["plans"]["first_come"]["value"] >= 1
    written = json.loads(Path("tandem-out/clearing.json").read_text("utf-8"))
    assert written["certificate"] == proof
    prices = pl.read_parquet("tandem-out/prices.parquet")
    assignment = pl.read_parquet("tandem-out/assignment.parquet")
    assert prices.columns == ["offer_id", "capacity", "used", "first_choices", "price"]
    assert assignment.columns == ["need_id", "offer_id", "value", "price"]
    assert prices["used"].sum() == assignment.height == told["pairs"]
    assert assignment["value"].sum() == proof["value"]
    assert (prices["used"] <= prices["capacity"]).all()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_largest_values_pass_the_check(tandem, market, suffix):
    """Values up to 2^31 in every format: what is read back proves the bound exactly."""
    tables = frames(needs=400, offers=40)
    large = {**tables, "edges": tables["edges"].with_columns(value=2**31 - pl.col("value") * 1000)}
    ended = tandem("clear", *market(suffix, large), "--check", "--gap", "0.000001", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["certificate"]["gap"] <= 1e-8


def test_the_order_of_rows_changes_nothing(tandem, market):
    """Shuffled edges give the same files."""
    assert tandem("clear", *market("csv"), "--out", "out").code == 0
    tables = frames()
    shuffled = {**tables, "edges": tables["edges"].sample(fraction=1, shuffle=True, seed=3)}
    assert tandem("clear", *market("csv", shuffled), "--out", "again").code == 0
    for name in ("assignment.csv", "prices.csv", "clearing.json"):
        assert (Path("out") / name).read_bytes() == (Path("again") / name).read_bytes()


def test_edges_may_lie_in_files(tandem, market, monkeypatch):
    """--on-disk gives the same result in small parts, and its folder vanishes."""
    monkeypatch.setattr(stream, "PART", 7)
    given = market("parquet")
    assert tandem("clear", *given, "--out", "out").code == 0
    assert tandem("clear", *given, "--out", "disk", "--on-disk", "--check").code == 0
    assert Path("out/assignment.parquet").read_bytes() == Path("disk/assignment.parquet").read_bytes()
    assert {path.name for path in Path().iterdir() if path.is_dir()} == {"out", "disk"}


def test_workers_give_a_result_that_passes_the_check(tandem, market):
    """One worker process of this machine: certified within the gap, and the files prove it."""
    pytest.importorskip("distributed", reason="needs the cluster extra")
    ended = tandem("clear", *market("parquet"), "--workers", "1", "--check", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert told["certificate"]["gap"] <= 0.001
    assert told["checked"]["pairs"] == told["pairs"]


def test_it_speaks_chinese_and_understands_it(tandem, market):
    """Chinese headers in, a Chinese answer out; in a workbook the headers are Chinese too."""
    tables = frames()
    tables["edges"].columns = ["需求编号", "供给编号", "价值"]
    tables["needs"].columns = ["需求编号", "需要家数"]
    tables["offers"].columns = ["供给编号", "可承接数量", "规模"]
    ended = tandem("clear", *market("xlsx", tables), "--check", "--lang", "zh", "--out", "out")
    assert ended.code == 0
    assert "已证明" in ended.out
    assert "已校验" in ended.out
    header = load_workbook("out/assignment.xlsx").get_sheet_by_index(0).to_python()[0]
    assert header == ["需求编号", "供给编号", "价值", "影子价格"]


def test_empty_markets(tandem, market):
    """No edges, or no capacity at all: nothing is assigned, which is proven best."""
    tables = frames()
    for changed in (
        {"edges": tables["edges"].clear()},
        {"offers": tables["offers"].with_columns(capacity=pl.lit(0))},
    ):
        told = json.loads(tandem("clear", *market("parquet", {**tables, **changed}), "--check", "--json").out)
        assert (told["pairs"], told["certificate"]["value"], told["certificate"]["bound"]) == (0, 0, 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_bad_rows_are_refused_with_row_and_reason(tandem, market, lang):
    """Every faulty row is told, in words, with file, row, column and value, and in a copy of the file; exit 2."""
    rows = pl.DataFrame(
        {"need_id": ["0", "99", "1", "1"], "offer_id": ["0", "1", "2", "2"], "value": ["-1", "5", "2.5", "3"]}
    )
    ended = tandem("clear", *market("csv", {**frames(), "edges": rows}), "--lang", lang, "--out", "out")
    assert ended.code == 2
    assert ended.out == ""
    places = {"zh": ("第 2 行", "第 3 行", "第 4 行"), "en": ("row 2", "row 3", "row 4")}[lang]
    for part in ("clear.rows", "edges.csv", "“-1”", "“99”", "“2.5”", "need_id", "value", *places):
        assert part in ended.err
    assert [path.name for path in Path("out").iterdir()] == ["edges.problems.xlsx"]
    copy = load_workbook("out/edges.problems.xlsx").get_sheet_by_index(0).to_python()
    assert copy[1][1:] == ["0", "0", "-1"]
    assert {"zh": "不能小于", "en": "may not be below"}[lang] in copy[1][0]


def test_files_of_one_name_are_told_apart(tandem, market):
    """Three folders with a data.csv each: every faulty one has its own copy."""
    tables = frames()
    tables["edges"] = tables["edges"].with_columns(value=-1)
    tables["needs"] = tables["needs"].with_columns(slots=-1)
    given = []
    for name, frame in tables.items():
        Path(name).mkdir()
        frame.write_csv(f"{name}/data.csv")
        given += [f"--{name}", f"{name}/data.csv"]
    assert tandem("clear", *given, "--out", "out").code == 2
    assert {path.name for path in Path("out").iterdir()} == {"edges.problems.xlsx", "needs.problems.xlsx"}


def test_an_edge_twice_names_both_rows(tandem, market):
    """The second row is told, and where the first stands; as JSON too."""
    rows = pl.DataFrame({"need_id": [0, 1, 0], "offer_id": [0, 1, 0], "value": [1, 2, 3]})
    ended = tandem("clear", *market("csv", {**frames(), "edges": rows}), "--json")
    error = json.loads(ended.out)["error"]
    assert (ended.code, error["code"]) == (2, "clear.rows")
    (finding,) = error["findings"]
    assert (finding["code"], finding["row"]) == ("edge.twice", 4)
    assert "row 2" in finding["message"]


BAD = {
    "no edges named": (["--needs", "needs.csv", "--offers", "offers.csv"], "setting.required"),
    "no such file": (["--edges", "none.csv", "--needs", "needs.csv", "--offers", "offers.csv"], "file.missing"),
    "a gap beyond all gaps": (["--gap", "101"], "setting.percent"),
    "a gap in words": (["--gap", "small"], "setting.percent"),
    "workers below none": (["--workers", "-1"], "setting.minimum"),
    "no rules": (["--rules", "none.toml"], "rules.missing"),
    "rules on workers": (["--rules", "none.toml", "--workers", "2"], "clear.rules_here"),
    "no clearing to begin from": (["--start", "nowhere"], "clear.no_start"),
    "beginning again under rules": (["--start", "nowhere", "--rules", "none.toml"], "clear.start_here"),
    "a file where the folder should be": (["--out", "edges.csv"], "out.not_folder"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_meant_ends_with_2(tandem, market, case):
    """Said in words with its code; nothing is written."""
    given, (arguments, code) = market("csv"), BAD[case]
    before = sorted(Path().rglob("*"))
    ended = tandem("clear", *([] if "--needs" in arguments else given), *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert code in ended.err
    assert sorted(Path().rglob("*")) == before


def test_missing_columns_are_named(tandem, market):
    """Which columns are missing, and which headers were found."""
    ended = tandem("clear", *market("csv"), "--edges", "needs.csv")
    assert ended.code == 2
    for part in ("clear.rows", "offer_id", "value", "slots"):
        assert part in ended.err


def test_rules_are_kept_priced_and_checked(tandem, market):
    """A group gets its number, the checker agrees; a rule that cannot be kept says what can be reached."""
    given = market("csv")
    Path("rules.toml").write_text(
        '[[rule]]\nname = "small firms"\ncolumn = "size"\nvalues = ["micro", "small"]\nmax_units = 5\n'
        '[[rule]]\nname = "everything"\ncolumn = "size"\nvalues = ["micro"]\nmin_units = 9999\n',
        "utf-8",
    )
    ended = tandem("clear", *given, "--rules", "rules.toml", "--check", "--out", "out")
    assert ended.code == 0, ended.err
    assert "small firms: at most 5 pairs. Kept: 5." in ended.out
    assert "everything: at least 9,999 pairs. Not kept" in ended.out
    rows = pl.read_csv("out/assignment.csv").join(frames()["offers"], on="offer_id")
    assert rows.filter(pl.col("size") != "large").height == 5
    rules = json.loads(Path("out/clearing.json").read_text("utf-8"))["rules"]
    assert [(rule["kept"], rule["reason"]) for rule in rules] == [(True, None), (False, "unreachable")]
    assert rules[0]["price"] > 0


def test_an_independent_tool_accepts_a_clearing_under_rules(tandem, market, tool):
    """check_clearing.py finds both rules kept, and its bound is no higher than the certificate's."""
    given = market("csv")
    told = [
        {"column": "size", "values": ["micro", "small"], "max_units": 20},
        {"column": "size", "values": ["large"], "min_units": 6},
    ]
    lines = []
    for number, rule in enumerate(told):
        lines += [
            "[[rule]]",
            f'name = "{number}"',
            *(f"{key} = {json.dumps(one)}" for key, one in rule.items()),
        ]
    Path("rules.toml").write_text("\n".join(lines), "utf-8")
    assert tandem("clear", *given, "--rules", "rules.toml", "--check", "--out", "out").code == 0
    written = json.loads(Path("out/clearing.json").read_text("utf-8"))
    priced = [{**rule, "price": one["price"]} for rule, one in zip(told, written["rules"], strict=True)]
    found = tool.check(
        *(tool.read(f"{name}.csv") for name in ("edges", "needs", "offers")),
        *(tool.read(f"out/{name}.csv") for name in ("assignment", "prices")),
        priced,
    )
    assert found["feasible"], found["errors"]
    assert found["objective"] == written["certificate"]["value"]
    assert found["upper_bound"] <= written["certificate"]["bound"] + 1


def test_rules_that_name_nothing_are_refused(tandem, market):
    """An unknown column or group: exit 2 with entry, key and value."""
    given = market("csv")
    Path("rules.toml").write_text(
        '[[rule]]\nname = "x"\ncolumn = "colour"\nvalues = ["red"]\nmin_units = 1\n', "utf-8"
    )
    ended = tandem("clear", *given, "--rules", "rules.toml", "--out", "out")
    assert ended.code == 2
    assert "rules.wrong" in ended.err
    assert "colour" in ended.err
    assert not Path("out").exists()
