"""The command line: made from the declarations, quiet, exact in its exit codes, never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tandem.hub.actions import ACTIONS
from tandem.interfaces.cli import commands, layout, options, progress
from tandem.storage import exchange, staging

HEAVY = (
    "polars",
    "numpy",
    "xlsxwriter",
    "jinja2",
    "python_calamine",
    "rich",
    "tandem.engine",
    "tandem.storage",
)


def test_help_loads_nothing_heavy():
    """Asking for help imports neither engines nor storage, and says nothing on stderr (its time is in bench/)."""
    code = (
        "import sys\nfrom tandem.interfaces.cli.main import run\nassert run(['--help']) == 0\n"
        f"sys.exit(','.join(n for n in {HEAVY!r} if n in sys.modules) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.returncode == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ACTIONS)
def test_every_command_explains_itself_in_both_languages(tandem, lang, name):
    """Help comes from the catalogue: all settings stand in it, in the language asked for."""
    ended = tandem(*name.replace("_", "-").split("."), "--help", "--lang", lang)
    assert ended.code == 0
    own = (
        "--out" if layout.gives_file(ACTIONS[name]) else "--json"
    )  # a file is its own machine-readable answer
    for flag in (own, "--lang", "--help"):
        assert flag in ended.out
    assert ("用法" in ended.out) == (lang == "zh")


def test_check_reports_and_writes_nothing(tandem, book):
    """A good book ends with 0 and leaves the folder as it was."""
    before = sorted(book.parent.rglob("*"))
    ended = tandem("check", book)
    assert ended.code == 0
    assert "Everything was accepted" in ended.out
    assert sorted(book.parent.rglob("*")) == before


def test_check_names_place_value_and_remedy(tandem, book):
    """A faulty row ends with 2 and says file, row, column, value, what is wrong and what to do."""
    with (book / "needs.csv").open("a", encoding="utf-8") as handle:
        handle.write("N3,Night flight,service,x,440300,2026-02-30\n")
    ended = tandem("check", book, "--out", book.parent / "mended")
    assert ended.code == 2
    for part in ("needs.csv", "row 4", "posted_on", "2026-02-30", "no such day", "Correct"):
        assert part in ended.err
    assert (book.parent / "mended" / "needs.problems.xlsx").is_file()


def test_match_shows_the_head_of_the_lists_and_where_the_files_are(tandem, book):
    """The right organisation stands first for each need, with what speaks for it, and three files are written."""
    ended = tandem("match", book, "--out", "out")
    assert ended.code == 0
    assert ended.err == ""
    assert "As of 2026-03-01" in ended.out
    assert "甲检测公司" in ended.out
    assert "Harbour Marks Ltd" in ended.out
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "matches.csv",
        "matches.xlsx",
        "report.html",
    ]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "jsonl", "html"])
def test_match_writes_one_file_when_one_is_named(tandem, book, suffix):
    """The suffix chooses the format, and nothing else is written."""
    ended = tandem("match", book, "--out", f"one.{suffix}")
    assert ended.code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["book", f"one.{suffix}"]
    assert Path(f"one.{suffix}").stat().st_size > 0


def test_match_takes_single_tables_and_a_day(tandem, book):
    """Tables one by one, as of a day that was asked for, and as many ranks as were asked for."""
    ended = tandem("match", "--needs", book / "needs.csv", "--offers", book / "offers.csv",
                   "--as-of", "2026-05-05", "--top", "1", "--out", "m.parquet", "--json")  # fmt: skip
    told = json.loads(ended.out)
    assert told["as_of"] == "2026-05-05"
    assert told["matches"] == 2
    assert told["rows"] == {"needs": 2, "organisations": 3, "offers": 3, "deliveries": 0}
    assert [need["proposed"][0]["name"] for need in told["shown"]] == ["甲检测公司", "Harbour Marks Ltd"]


def test_good_rows_go_on_unless_strict(tandem, book):
    """A faulty row is reported with an annotated copy; strict writes the copy and nothing else, and ends with 2."""
    with (book / "needs.csv").open("a", encoding="utf-8") as handle:
        handle.write("N3,Night flight,service,x,440300,2026-02-30\n")
    going_on = tandem("match", book, "--out", "out")
    assert going_on.code == 0
    assert "1 of 6 rows rejected" in going_on.err
    assert Path("out/needs.problems.xlsx").is_file()
    stopped = tandem("match", book, "--out", "strict", "--strict")
    assert stopped.code == 2
    assert "match.strict" in stopped.err
    assert [path.name for path in Path("strict").iterdir()] == ["needs.problems.xlsx"]


def test_explain_compares_two_organisations(tandem, book):
    """--explain takes a need and one or two organisations, writes nothing, and its gaps add up to the difference."""
    org_ids = json.loads(tandem("match", book, "--out", "m.csv", "--json").out)["shown"][0]["proposed"]
    ids = [one["org_id"] for one in org_ids[:2]]
    Path("m.csv").unlink()
    told = json.loads(tandem("match", book, "--explain", "N1", *ids, "--json").out)
    first, second = told["standings"]
    assert first["rank"] < second["rank"]
    assert sum(told["differences"].values()) == pytest.approx(first["score"] - second["score"], abs=1e-5)
    shown = tandem("match", "--explain", "N1", *ids, "--lang", "zh", "--needs", book / "needs.csv",
                   "--offers", book / "offers.csv")  # fmt: skip
    assert "第 1 位" in shown.out
    assert not Path("tandem-out").exists()


def test_evaluate_prints_accuracy_with_its_interval(tandem, book):
    """A match list that holds the true organisation first scores 1."""
    tandem("match", book, "--out", "m.csv")
    matches = json.loads(tandem("match", book, "--out", "m.csv", "--json").out)["shown"]
    rows = "".join(f"{need['need_id']},{need['proposed'][0]['org_id']}\n" for need in matches)
    Path("truth.csv").write_text("need_id,org_id\n" + rows, "utf-8")
    told = json.loads(tandem("evaluate", "--matches", "m.csv", "--truth", "truth.csv", "--json").out)
    assert told["figures"]["ndcg_10"] == 1.0
    assert "nDCG@10" in tandem("evaluate", "--matches", "m.csv", "--truth", "truth.csv").out


def test_template_is_accepted_and_never_overwrites(tandem, book):
    """The template passes its own check; a second one of the same name is refused and the first stays."""
    assert tandem("template", "--out", "new.xlsx").code == 0
    before = Path("new.xlsx").read_bytes()
    assert tandem("check", "new.xlsx").code == 0
    again = tandem("template", "--out", "new.xlsx")
    assert again.code == 2
    assert "out.exists" in again.err
    assert Path("new.xlsx").read_bytes() == before


BAD = {
    "unknown command": (["conquer"], "usage.command"),
    "unknown option": (["match", "--nope"], "usage.option"),
    "too many": (["match", "a", "b"], "usage.other"),
    "unknown language": (["match", "--lang", "fr"], "usage.other"),
    "nothing named": (["match"], "input.nothing"),
    "missing file": (["match", "nowhere.xlsx"], "file.missing"),
    "random bytes": (["check", "random.xlsx"], "workbook.unreadable"),
    "random bytes as csv": (["match", "--needs", "random.csv", "--offers", "random.csv"], "file."),
    "wrong suffix": (["match", "thesis.docx"], "file.suffix"),
    "no date": (["match", "book", "--as-of", "soon"], "setting.date"),
    "no ranks": (["match", "book", "--top", "0"], "setting.minimum"),
    "unknown format out": (["match", "book", "--out", "m.pdf"], "out.suffix"),
    "unknown need": (["match", "book", "--explain", "N9", "x"], "explain.need"),
    "unknown organisation": (["match", "book", "--explain", "N1", "x"], "explain.organisation"),
    "no needs": (["match", "--offers", "book/offers.csv"], "match.no_needs"),
    "no supply": (["match", "--needs", "book/needs.csv"], "match.no_supply"),
    "no outcomes": (["evaluate", "--matches", "book/needs.csv", "--truth", "nowhere.csv"], ""),
    "rules and no clearing": (["match", "book", "--rules", "r.toml", "--no-clear"], "match.rules"),
    "rules that are not there": (["match", "book", "--rules", "r.toml"], "rules.missing"),
    "a setting is missing": (["evaluate"], "setting.required"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_with_2_in_words(tandem, book, case, lang):
    """What, where and what to do, with its code; no traceback, nothing on stdout, nothing written."""
    Path("random.xlsx").write_bytes(bytes((i * 7919) % 256 for i in range(3000)))
    Path("random.csv").write_bytes(bytes((i * 7919) % 256 for i in range(3000)))
    Path("thesis.docx").write_bytes(b"x")
    before = sorted(Path().rglob("*"))
    arguments, code = BAD[case]
    ended = tandem(*arguments, *([] if "--lang" in arguments else ["--lang", lang]))
    assert ended.code == 2
    assert code in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""
    assert sorted(Path().rglob("*")) == before


def test_json_errors_are_json_on_stdout(tandem, book):
    """A program finds code, message and figures where it finds results."""
    ended = tandem("match", "nowhere.xlsx", "--json")
    assert ended.code == 2
    assert json.loads(ended.out)["error"]["code"] == "file.missing"


def test_an_unexpected_failure_is_one_line_and_leaves_nothing(tandem, book, monkeypatch):
    """A defect of ours ends with 1, one sentence, and no half-written folder; TANDEM_DEBUG=1 shows where."""

    def breaks(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(exchange, "write_table", breaks)
    ended = tandem("match", book, "--out", "out")
    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert "boom" in ended.err
    assert sorted(path.name for path in Path().iterdir()) == ["book"]
    monkeypatch.setenv("TANDEM_DEBUG", "1")
    assert "Traceback" in tandem("match", book, "--out", "out").err


def test_interruption_ends_with_130_and_leaves_nothing(tandem, book, monkeypatch):
    """Ctrl-C in the middle of writing: no traceback, no temporary folder."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(exchange, "write_table", interrupted)
    ended = tandem("match", book, "--out", "out")
    assert ended.code == 130
    assert ended.err == ""
    assert sorted(path.name for path in Path().iterdir()) == ["book"]


def test_an_unwritable_place_ends_with_1(tandem, book, monkeypatch):
    """The system refuses to write: said in words, with the path."""

    def refuses(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", "out")

    monkeypatch.setattr(staging.tempfile, "mkdtemp", refuses)
    ended = tandem("match", book, "--out", "out")
    assert ended.code == 1
    assert "out.write" in ended.err


def test_the_language_comes_from_the_environment(tandem, book, monkeypatch):
    """A Chinese locale, or TANDEM_LANG, makes the command speak Chinese; --lang wins."""
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "全部通过" in tandem("check", book).out
    assert "Everything" in tandem("check", book, "--lang", "en").out
    monkeypatch.setenv("TANDEM_LANG", "en")
    assert "Everything" in tandem("check", book).out


def test_no_colour_where_nobody_looks(tandem, book):
    """Output into a pipe carries no escape sequences."""
    assert "\x1b" not in tandem("match", book, "--out", "m.csv").out


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}])
def test_no_color_is_honoured_on_a_terminal(book, environment):
    """On a terminal nothing is coloured when NO_COLOR is set; without it, the same command still ends well."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    given = {**os.environ, **environment, "TERM": "xterm-256color"}
    program = [sys.executable, "-m", "tandem.interfaces.cli", "match", "book", "--out", "m.csv"]
    subprocess.run(
        program, stdout=follower, stderr=subprocess.DEVNULL, env=given, cwd=book.parent, check=True
    )
    os.close(follower)
    shown = os.read(leader, 65536)
    assert "甲检测公司".encode() in shown
    assert not ("NO_COLOR" in environment and re.search(rb"\x1b\[[0-9;]*3[0-9]", shown))


def test_progress_is_told_on_stderr_once_it_takes_long(tandem, book, monkeypatch):
    """After the patience each step is told with its seconds; stdout stays clean for machines."""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    ended = tandem("match", book, "--out", "m.csv", "--json", "--lang", "zh")
    assert "正在匹配" in ended.err
    json.loads(ended.out)


def test_options_are_made_from_the_declarations():
    """Every setting of every action is a parameter of its command, and nothing else but the command line's own."""
    app = commands.application("en")
    for name, action in ACTIONS.items():
        group, _, own = name.partition(".")
        assert app.commands[group].commands[own.replace("_", "-")] if own else app.commands[name]
        made = {parameter.name for parameter in options.of_action(action, "en")}
        declared = set(action.takes.__dataclass_fields__)
        extra = {f"own_{option}" for option in layout.own_options(action)}
        assert made - {"as_json", "lang_spoken", *layout.EXTRA.get(name, ()), *extra} == declared
        flags = [flag for one in options.of_action(action, "en") for flag in (*one.opts, *one.secondary_opts)]
        assert len(flags) == len(set(flags)), name


def test_every_command_has_its_place_on_the_first_page():
    """No family of actions is left over: each stands under a heading, and no heading names what is gone."""
    families = {action.family for action in ACTIONS.values()}
    told = [name for names in layout.SECTIONS.values() for name in names]
    assert sorted(told) == sorted(families)
