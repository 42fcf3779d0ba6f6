"""The command line on a hub: as the operator at its own machine, or as somebody; readable answers, files, secrets."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tandem.hub.finding.answers import FoundRecords
from tandem.interfaces.cli import records, values

PASSWORD = "correct horse battery"


@pytest.fixture
def hub(tandem, tmp_path, monkeypatch):
    """Runs commands on one data directory, where nobody has configured anything."""
    for name in ("TANDEM_LANG", "TANDEM_DATA", "TANDEM_URL", "TANDEM_TOKEN", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: tandem(*arguments, "--data", "hub")


def told(ended) -> dict:
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_a_story_from_the_first_command(hub):
    """The first write makes the hub; what is posed is listed, shown, changed under its version, and taken back."""
    org = told(hub("organisation", "register", "--name", "甲厂", "--city", "深圳", "--json"))["id"]
    need = told(hub("need", "pose", "--title", "泵阀低温密封检测", "--organisation", org, "--budget-max", "12000.50",
                    "--kind", "service", "--json"))  # fmt: skip
    assert need["budget_max"] == 1_200_050
    listed = hub("need", "list", "--lang", "zh")
    assert need["id"] in listed.out
    assert "泵阀低温密封检测" in listed.out
    assert "已发布" in listed.out
    shown = hub("need", "show", need["id"])
    assert "CNY 12,000.50" in shown.out
    assert "Service" in shown.out
    assert hub("need", "edit", need["id"], "--slots", "2", "--version-seen", "1").code == 0
    stale = hub("need", "edit", need["id"], "--slots", "3", "--version-seen", "1")
    assert stale.code == 2
    assert "record.stale" in stale.err
    assert told(hub("need", "withdraw", need["id"], "--json"))["state"] == "withdrawn"


def test_a_key_makes_a_command_happen_once(hub):
    """Asked again under its key, a command gives the first answer and does nothing."""
    first = told(hub("organisation", "register", "--name", "甲厂", "--key", "k1", "--json"))
    again = told(hub("organisation", "register", "--name", "甲厂", "--key", "k1", "--json"))
    assert first == again
    assert len(told(hub("organisation", "list", "--json"))["items"]) == 1


def test_reading_makes_no_hub(hub):
    """A mistyped directory is told, and nothing is made there."""
    ended = hub("need", "list")
    assert ended.code == 2
    assert "data.absent" in ended.err
    assert not Path("hub").exists()


def test_somebody_is_admitted_by_a_token_and_sees_what_they_may(hub, monkeypatch):
    """Signed in, the rights are the account's; a wrong secret is refused, from the environment as from the option."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    told(hub("account", "register", "--login", "ann", "--name", "Ann", "--password", "-", "--json"))
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    secret = told(hub("session", "open", "--login", "ann", "--password", "-", "--json"))["secret"]
    assert told(hub("account", "show", "--token", secret, "--json"))["login"] == "ann"
    refused = hub("organisation", "verify", "nope", "--token", secret)
    assert "action.refused" in refused.err
    monkeypatch.setenv("TANDEM_TOKEN", "tdt_wrong")
    assert "session.unknown" in hub("need", "list").err


def test_a_secret_that_nobody_can_type_is_not_waited_for(hub, monkeypatch):
    """Without a terminal a missing password is an error at once."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    ended = hub("account", "register", "--login", "ann", "--name", "Ann")
    assert ended.code == 2
    assert "setting.required" in ended.err


def test_files_go_in_by_path_and_come_out_without_overwriting(hub, tmp_path):
    """An import reads a file of this machine; an export writes one, and replaces none that is there unless told to."""
    org = told(hub("organisation", "register", "--name", "甲厂", "--json"))["id"]
    (tmp_path / "needs.csv").write_text(f"need_id,title,organisation\nN1,密封检测,{org}\n", "utf-8")
    imported = told(hub("records", "import", "needs.csv", "--table", "needs", "--json"))
    assert [one["read"] for one in imported["tables"]] == [1]
    missing = hub("records", "import", "gone.csv", "--table", "needs")
    assert "file.missing" in missing.err
    assert hub("records", "export", "--out", "all.xlsx").code == 0
    assert Path("all.xlsx").read_bytes()[:2] == b"PK"
    again = hub("records", "export", "--out", "all.xlsx")
    assert again.code == 2
    assert "file.exists" in again.err
    assert hub("records", "export", "--out", "all.xlsx", "--force").code == 0


def test_a_list_goes_on_where_it_says(hub):
    for n in range(3):
        hub("organisation", "register", "--name", f"机构{n}")
    first = hub("organisation", "list", "--limit", "2")
    after = first.out.split("--after ")[1].split()[0]
    both = first.out + hub("organisation", "list", "--limit", "2", "--after", after).out
    assert [both.count(f"机构{n}") for n in range(3)] == [1, 1, 1]


def test_tables_fit_the_window_and_keep_ids_whole(hub, monkeypatch):
    """However narrow the window, the id of each row can be copied, and no line is wider than the window."""
    from rich.cells import cell_len

    for n in range(2):
        hub(
            "organisation",
            "register",
            "--name",
            f"一家名称相当长的精密制造有限公司第{n}分公司",
            "--city",
            "深圳",
        )
    ids = [one["id"] for one in told(hub("organisation", "list", "--json"))["items"]]
    for width in (60, 80, 160):
        monkeypatch.setenv("COLUMNS", str(width))
        shown = hub("organisation", "list", "--lang", "zh").out
        assert all(one in shown for one in ids), width
        assert all(cell_len(line) <= width for line in shown.splitlines()), width


def test_money_and_instants_are_written_for_people(monkeypatch):
    assert values.money(-5, "CNY") == "CNY -0.05"
    assert values.money(1_234_567_89, "HKD") == "HKD 1,234,567.89"
    monkeypatch.setenv("TZ", "UTC")
    __import__("time").tzset()
    assert values.instant(0) == "1970-01-01 00:00"


def test_nothing_found_is_said(capsys):
    from rich.console import Console

    records.show(FoundRecords((), None, 0, {}), "zh", Console(width=80))
    assert "没有内容" in capsys.readouterr().out


def test_texts_come_from_files_where_they_are_named_so(hub, tmp_path, monkeypatch):
    """@FILE, @- and @@ as the help tells; a file that is not there, or no text, is told."""
    org = told(hub("organisation", "register", "--name", "甲厂", "--json"))["id"]
    pose = ("need", "pose", "--title", "密封检测", "--organisation", org, "--json", "--text")
    (tmp_path / "text.txt").write_bytes("\ufeff零下二十度\n第二行".encode())
    assert told(hub(*pose, "@text.txt"))["text"] == "零下二十度\n第二行"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("泵阀".encode()), "utf-8"))
    assert told(hub(*pose, "@-"))["text"] == "泵阀"
    assert told(hub(*pose, "@@home"))["text"] == "@home"
    assert "file.missing" in hub(*pose, "@gone.txt").err
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xfd")
    assert "file.encoding" in hub(*pose, "@bytes").err
    assert "@FILE" in hub_help(hub, "round", "start")


def hub_help(hub, *command: str) -> str:
    return hub(*command, "--help").out


@pytest.fixture
def cleared(hub, book) -> str:
    """The id of a round of the small book."""
    for table in ("needs", "offers"):
        org = ["--organisation", told(hub("organisation", "register", "--name", table, "--json"))["id"]]
        assert hub("records", "import", book / f"{table}.csv", "--table", table, *org).code == 0
    id_ = told(hub("round", "start", "--title", "第一轮", "--json"))["id"]
    assert told(hub("job", "work", "--json"))["jobs"] == 1
    return str(id_)


def test_a_round_is_told_as_a_clearing_of_files_is(hub, cleared):
    """Ways of assigning, gain, proof and supply in the reader's language, without a code or a nested mapping."""
    for lang, words in (("zh", ("已出清", "联合出清", "先到先得", "供给充分的需求", "每项需求最多 10 家机构")),
                        ("en", ("cleared", "joint", "first come", "Needs well supplied"))):  # fmt: skip
        shown = hub("round", "show", cleared, "--lang", lang).out
        assert all(word in shown for word in (*words, "第一轮", cleared)), shown
        assert not any(code in shown for code in ("small_share", "sensitivity", "{", "plans")), shown


def test_what_was_decided_for_a_need_is_told_before_its_list(hub, cleared):
    """Its title, its supply and what clearing did for it, in words; each organisation by its name."""
    first = told(hub("round", "assignments", cleared, "--json"))["items"][0]
    shown = hub("round", "assignments", cleared, "--need", first["need_id"], "--lang", "zh").out
    assert shown.splitlines()[0].startswith(f"{first['need_id']}  {first['title']}  供给")
    assert "首选" in shown.splitlines()[1]
    assert first["organisation"] in shown
    assert first["org_id"] not in shown


def test_what_clearing_discloses_is_told_whole(hub):
    """No sentence of it is cut, and who learns it and how coarsely stands in words."""
    assert hub("organisation", "register", "--name", "甲厂").code == 0
    shown = hub("round", "disclosures", "--lang", "zh").out
    assert shown.count("知悉方：") == len(told(hub("round", "disclosures", "--json"))["items"])
    assert "需求方；程度：" in shown
    assert "…" not in shown


def test_an_import_tells_counts_and_what_wants_to_be_looked_at(hub, book):
    """New rows are counted and not listed; rows that change, and what was found, are listed up to twenty."""
    assert hub("organisation", "register", "--name", "甲厂").code == 0
    org = told(hub("organisation", "list", "--json"))["items"][0]["id"]
    bring = ("records", "import", "many.csv", "--table", "needs", "--organisation", org)
    rows = "".join(f"N{n},密封检测{n}\n" for n in range(60))
    Path("many.csv").write_text("need_id,title\n" + rows, "utf-8")
    first = hub(*bring, "--lang", "zh").out
    assert "新增 60 行" in first
    assert len(first.splitlines()) < 12
    Path("many.csv").write_text("need_id,title\n" + rows.replace("密封", "气密") + "N99,\n", "utf-8")
    second = hub(*bring, "--lang", "zh").out
    assert "变更 60 行" in second
    assert "另有 40 项" in second
    assert "title" in second


def test_facets_are_lines_in_words(hub, book):
    """How many of each kind of record, in words and not in codes."""
    org = told(hub("organisation", "register", "--name", "甲厂", "--json"))["id"]
    assert hub("records", "import", book / "needs.csv", "--table", "needs", "--organisation", org).code == 0
    found = hub("search", "find", "密封", "--lang", "zh").out
    assert "记录：需求 1" in found
    assert "城市：深圳 1" in found


def test_every_state_has_words():
    """Whatever a record of the hub can be, a terminal says it in the reader's language."""
    from tandem.domain import moves
    from tandem.interfaces.cli import values

    states = {state for table in moves.TABLES.values() for state in table}
    for state in (*states, "served", "weak", "none", "good", "warning", "bad", "dead", "delivered"):
        assert not values.value("state", state, {}, "zh").isascii(), state
        assert values.value("state", state, {}, "en").replace(" ", "").isalpha(), state


def test_names_stand_for_ids_in_lists():
    """Where an answer has an organisation's name, its list shows that, and the reasons have room."""
    from rich.console import Console

    from tandem.hub.finding.answers import NeedMatched, Proposal

    out = Console(width=110, file=io.StringIO())
    proposal = Proposal(1, "a" * 26, "粤帆叶片技术服务有限公司", "b" * 26, 0.5, 0.2, ())
    records.show(NeedMatched("c" * 26, "weak", 1, 0.5, (proposal,), ()), "zh", out)
    shown = out.file.getvalue()
    assert "粤帆叶片技术服务有限公司" in shown
    assert "供给薄弱" in shown
    assert "a" * 26 not in shown


def test_a_record_within_a_record_is_told_whole_where_there_is_room():
    """A contact is of use with its address: alone all of it stands there, in a list its name."""
    from tandem.hub.introductions.answers import Contact

    contact = Contact("Ann Lee", "ann@factory.example")
    assert values.whole("contact", contact, {}, "zh") == "名称：Ann Lee\n电子邮箱：ann@factory.example"
    assert values.value("contact", contact, {}, "zh") == "Ann Lee"
    assert (
        values.value("facets", {"what": {"needs": 2, "offers": 1}}, {}, "en") == "record: needs 2, offers 1"
    )


@pytest.mark.parametrize("width", [50, 80, 110])
def test_a_list_to_act_upon_loses_nothing_that_one_acts_upon(width):
    """Whom it waits on, the step, by when and for whom stand there whole, within the window."""
    from rich.console import Console

    from tandem.hub.introductions.answers import Waiting
    from tandem.interfaces.cli import wrapping

    one = Waiting(id="a" * 26, state="invited", need_id="b" * 26, title="泵阀低温密封检测" * 5,
                  poser="珠海驭岬电驱有限公司", organisation="Tamar Energy Storage Certification",
                  waits_on="broker", step="answer", due_at=0,
                  overdue=True, reminded_at=None)  # fmt: skip
    for lang, words in (
        ("zh", ("运营方", "答复邀请", "珠海驭岬电驱有限公司")),
        ("en", ("the operator", "answer the invitation")),
    ):
        out = Console(width=width, file=io.StringIO())
        records.table([one], lang, out)
        shown = out.file.getvalue()
        assert all(wrapping.width(line) <= width for line in shown.splitlines())
        joined = shown.replace(" ", "").replace("\n", "")
        for word in (*words, values.instant(0), "Tamar Energy Storage Certification", "a" * 26):
            assert word.replace(" ", "") in joined, (width, word)


@pytest.mark.parametrize("width", [50, 80, 110])
def test_remedies_are_wrapped_and_never_cut(hub, tmp_path, monkeypatch, width):
    """The findings of an import have their last word in every window; so have notices."""
    from rich.console import Console

    from tandem.hub.introductions.answers import Notice

    monkeypatch.setenv("COLUMNS", str(width))
    assert hub("organisation", "register", "--name", "甲厂").code == 0
    (tmp_path / "needs.csv").write_text("title,posted_on,organisation\n密封,03/04/2026,甲厂\n", "utf-8")
    ended = hub("records", "import", "needs.csv", "--preview")
    assert "for example 2026-03-01." in " ".join(ended.out.split())
    assert "…" not in ended.out
    out = Console(width=width, file=io.StringIO())
    records.table(
        [Notice("a" * 26, "introduction.invited", {"title": "泵" * 40}, "b" * 26, 0, None)], "en", out
    )
    assert "interested." in " ".join(out.file.getvalue().split())


def test_accounts_are_listed_with_their_organisation(hub, monkeypatch):
    """In eighty columns too: which organisation somebody acts for decides what they may do."""
    monkeypatch.setenv("COLUMNS", "80")
    org = told(hub("organisation", "register", "--name", "甲厂", "--json"))["id"]
    made = told(
        hub("account", "register", "--login", "ann", "--name", "Ann", "--password", PASSWORD, "--json")
    )
    assert hub("account", "set", made["id"], "--role", "manager", "--organisation", org).code == 0
    assert org in hub("account", "list").out


@pytest.mark.parametrize(("rows", "code"), [("N1,密封\n", 0), ("N1,密封\nN2,\n", 2), ("N2,\n", 2)])
def test_an_import_that_leaves_rows_out_ends_with_2(hub, tmp_path, rows, code):
    """The others are taken; a script notices that rows are missing."""
    org = told(hub("organisation", "register", "--name", "甲厂", "--json"))["id"]
    (tmp_path / "needs.csv").write_text("need_id,title\n" + rows, "utf-8")
    ended = hub("records", "import", "needs.csv", "--organisation", org, "--lang", "en")
    assert ended.code == code, ended.err
    assert len(told(hub("need", "list", "--json"))["items"]) == rows.count("密封")


def test_a_choice_is_given_in_words(hub):
    """As in a file: by its Chinese word, its English one, or its code."""
    org = told(hub("organisation", "register", "--name", "甲厂", "--size", "小型", "--json"))
    assert org["size"] == "small"
    for kind in ("技术", "Technology", "technology"):
        need = told(
            hub("need", "pose", "--title", "密封", "--kind", kind, "--organisation", org["id"], "--json")
        )
        assert need["kind"] == "technology"
    assert [one["id"] for one in told(hub("need", "list", "--kind", "服务", "--json"))["items"]] == []
    assert "setting.ambiguous" in hub("search", "find", "密封", "--kind", "制造").err


def test_errors_name_commands_and_fields_in_words(hub):
    """What can be done now as one types it; a city given by hand is no row."""
    org = told(hub("organisation", "register", "--name", "甲厂", "--json"))["id"]
    need = told(hub("need", "pose", "--title", "密封", "--organisation", org, "--json"))["id"]
    refused = hub("need", "publish", need, "--lang", "zh").err
    assert "tandem need close、tandem need withdraw" in refused
    city = hub("need", "edit", need, "--city", "亚特兰蒂斯", "--lang", "zh").err
    assert "需求 / 城市" in city
    assert "该行" not in city


def test_a_journal_shorter_than_was_seen_is_told_so(hub):
    """Not that a size lies between two numbers of which the first is the larger."""
    assert hub("organisation", "register", "--name", "甲厂").code == 0
    ended = hub("journal", "consistency", "--old", "99", "--lang", "en")
    assert ended.code == 2
    assert "journal.old" in ended.err
    assert "fewer than 99" in ended.err


def test_a_search_without_hits_has_no_empty_heading(hub):
    """Nothing is said of what it holds where it holds nothing."""
    assert hub("organisation", "register", "--name", "甲厂").code == 0
    assert "among them" not in hub("search", "find", "qqqqqq", "--lang", "en").out


def test_what_a_text_says_is_told_as_its_fields_are(hub):
    """Amounts in major units, fields and values by their names."""
    hub("organisation", "register", "--name", "甲厂", "--city", "深圳")
    read = hub("need", "read", "找两家做轴承测试，预算20万，深圳", "--lang", "zh")
    assert read.code == 0, read.err
    for words in ("预算上限", "200,000.00", "城市", "服务"):
        assert words in read.out
    assert "20,000,000" not in read.out
