"""A spreadsheet through the pages: dropped, understood, mended in place, written; and what is taken away."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote

import pytest
import python_calamine
from tests.hub.records.test_columns import ROWS, workbook
from tests.interfaces.web.conftest import Read, Site

from tandem.base.words import say
from tandem.interfaces.web import import_grid

CSV = "text/csv"
FAULTY = (
    "需求题目,城市,截止日期,预算上限（万元）\n主轴热补偿,东莞,2027-12-01,250\n"
    "<b>测试</b>,火星,2027-13-01,三百\n,深圳,2027-05-01,1\n检测,深圳,2027-05-01,1\n"
)


def hand_over(
    pages: Site, who: str, content: bytes | str, name: str = "needs.csv", lang: str = "en", **more: str
):
    content = content.encode() if isinstance(content, str) else content
    return pages.post(who, "/import", more, lang, files={"file": (name, content)})


def step(pages: Site, answer, who: str = "ann", lang: str = "en") -> tuple[str, Read]:
    """The page that an answer leads to."""
    assert answer.status_code == 303, answer.text[:3000]
    path = unquote(answer.headers["location"])
    return path, pages.read(who, path, lang)


def import_(pages: Site, content: bytes | str, name: str = "needs.csv", lang: str = "en") -> tuple[str, Read]:
    """As far as the check, with every guess taken."""
    path, page = step(pages, hand_over(pages, "ann", content, name, lang), lang=lang)
    return step(pages, pages.post("ann", path, {**page.form(path), "go": "check"}, lang), lang=lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_of_somebodys_own_becomes_records(pages, lang):
    """Guesses are shown with their reason, taken by a click, checked, written, and remembered for the next file."""
    held = workbook([("Sheet1", [[*row] for row in ROWS])])
    content = held.content
    path, page = step(pages, hand_over(pages, "ann", content, held.name, lang), lang=lang)
    form = page.form(path)
    assert (form["t.Sheet1"], form["c.needs.客户单位"], form["c.needs.需求标题名"]) == (
        "needs",
        "organisation",
        "title",
    )
    assert form["c.needs.联系人"] == ""
    assert say("web.import.by.likeness", lang) in page.text
    assert "主轴热补偿方案" in page.text
    form["c.needs.客户单位"] = ""  # they are another organisation's names: kept as a column of its own
    path, page = step(pages, pages.post("ann", path, {**form, "go": "check"}, lang), lang=lang)
    assert path.endswith("/check")
    assert say("web.import.clean", lang, ready="3") in page.text
    write = path.replace("/check", "/write")
    answer = pages.post("ann", write, page.form(write), lang)
    assert answer.status_code == 200
    assert say("web.import.done.more", lang, n="3") in Read(answer.text).text
    again = pages.post("ann", write, page.form(write), lang)
    assert say("web.import.done.more", lang, n="3") in Read(again.text).text
    assert len(pages.web.ask("ann", "need.list").items) == 3
    path, page = step(pages, hand_over(pages, "max", content, held.name, lang), "max", lang)
    assert page.form(path)["c.needs.需求标题名"] == "title"
    assert say("web.import.by.remembered", lang) in page.text
    path, page = step(pages, hand_over(pages, "bob", content, held.name, lang), "bob", lang)
    assert say("web.import.by.remembered", lang) not in page.text


def test_misspelt_english_headers(pages):
    """They are guessed, and a table that nothing tells is asked for."""
    path, page = step(pages, hand_over(pages, "ann", "Titel,Citty\nSpindle drift,Dongguan\n", "list.csv"))
    assert say("web.import.holds.none", "en") in page.text
    path, page = step(pages, pages.post("ann", path, {**page.form(path), "t.": "needs"}))
    form = page.form(path)
    assert path.endswith("/columns")
    assert (form["t."], form["c.needs.Titel"], form["c.needs.Citty"]) == ("needs", "title", "city")
    path, page = step(pages, pages.post("ann", path, {**form, "go": "check"}))
    assert say("web.import.clean", "en", ready="1") in page.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_errors_are_mended_where_they_stand(pages, lang):
    """An input at each wrong cell, with what is wrong; checked again; what is written holds the corrections."""
    path, page = import_(pages, FAULTY, lang=lang)
    form = page.form(path)
    inputs = {name: value for name, value in form.items() if name.startswith("x.")}
    assert inputs == {"x.needs.3.city": "火星", "x.needs.3.due_on": "2027-13-01", "x.needs.3.budget_max": "三百",
                      "x.needs.4.title": ""}  # fmt: skip
    assert say("web.import.found", lang, ready="2", n="2") in page.text
    assert "<b>测试</b>" not in page.html
    form |= {
        "x.needs.3.due_on": "2027-12-31",
        "x.needs.3.budget_max": "300万",
        "x.needs.4.title": "减速器 = 测试",
    }
    path, page = step(pages, pages.post("ann", path, form, lang), lang=lang)
    form = page.form(path)
    assert {name for name in form if name.startswith("x.")} == {"x.needs.3.city"}
    assert say("web.import.kept", lang) in page.text
    assert say("web.import.corrected", lang, n="3") in page.text
    path, page = step(pages, pages.post("ann", path, {**form, "x.needs.3.city": "Zhuhai"}, lang), lang=lang)
    assert say("web.import.clean", lang, ready="4") in page.text
    write = path.replace("/check", "/write")
    assert pages.post("ann", write, {**page.form(write), "visibility": "public"}, lang).status_code == 200
    own = {one.title: one for one in pages.web.ask("ann", "need.list").items}
    assert (own["<b>测试</b>"].city, own["<b>测试</b>"].due_on, own["<b>测试</b>"].budget_max) == (
        "440400", "2027-12-31", 300_000_000,
    )  # fmt: skip
    assert {one.visibility for one in own.values()} == {"public"}
    assert "减速器 = 测试" in own


def test_the_good_rows_can_go_on_without_the_others(pages):
    """What stays behind is said, and can be mended afterwards: what was written is known again."""
    path, page = import_(pages, FAULTY)
    write = path.replace("/check", "/write")
    done = Read(pages.post("ann", write, page.form(write)).text)
    assert say("web.import.rest", "en", n="2") in done.text
    assert path in done.links
    page = pages.read("ann", path)
    path, page = step(pages, pages.post("ann", path, {**page.form(path), "x.needs.4.title": "later"}))
    assert say("web.import.found", "en", ready="1", n="1") in page.text


def test_what_was_typed_stays_where_it_cannot_be_taken(pages):
    """A value beyond what a cell holds comes back with the reason, in its input."""
    path, page = import_(pages, FAULTY)
    answer = pages.post("ann", path, {**page.form(path), "x.needs.4.title": "x" * 700})
    assert answer.status_code in (400, 422)
    assert Read(answer.text).form(path)["x.needs.4.title"] == "x" * 700


def test_the_annotated_copy_and_taking_the_file_away(pages):
    """The copy is a download; a file that is taken away is gone, and its page begins again."""
    path, _ = import_(pages, FAULTY)
    copy = pages.get("ann", path.replace("/check", "/problems"))
    assert copy.headers["content-disposition"].startswith("attachment")
    cells = python_calamine.load_workbook(io.BytesIO(copy.content)).get_sheet_by_index(0).to_python()
    assert [bool(row[0]) for row in cells[1:]] == [False, True, True, False]
    gone = pages.post("ann", path.replace("/check", "/let-go"), {})
    assert gone.headers["location"] == "/import"
    over = pages.get("ann", path)
    assert over.status_code == 404
    assert say("web.import.over", "en") in Read(over.text).text


def test_somebody_elses_file_is_not_there(pages):
    """For each step the same page as for a file that never was; not even the operator's eyes see it."""
    path, _ = import_(pages, FAULTY)
    for who in ("bob", "max", "opal"):
        for one in ("columns", "check", "problems"):
            theirs = pages.get(who, re.sub(r"\w+$", one, path))
            never = pages.get(who, f"/import/nothing/{one}")
            assert theirs.status_code == never.status_code == 404
            assert "测试" not in theirs.text
        for one in ("columns", "check", "write", "let-go"):
            assert pages.post(who, re.sub(r"\w+$", one, path), {"visibility": "public"}).status_code == 404
    assert pages.get("ann", path).status_code == 200


def test_who_may_not_import_is_told_before_a_file_is_sent(pages):
    """A visitor signs in first; staff are refused; who acts for no organisation registers one."""
    assert pages.get(None, "/import").status_code == 401
    pages.web.join("rita", "reviewer")
    assert pages.get("rita", "/import").status_code == 403
    pages.web.join("nora", "member")
    page = pages.read("nora", "/import")
    assert say("web.import.no_organisation", "en") in page.text
    assert not [own for own, _ in page.forms if own.get("action") == "/import"]


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xlsx"), (b"no zip", "a.xlsx"), (b"MZ", "a.exe"), (b"", "a.csv"),
     (b"title\n\x00", "needs.csv")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_beside_its_field(pages, content, name):
    """At the first step or when its columns are looked at: the same page, with what to do."""
    answer = hand_over(pages, "ann", content, name)
    if answer.status_code == 303:
        answer = pages.get("ann", unquote(answer.headers["location"]))
    assert answer.status_code in (400, 413, 422)
    page = Read(answer.text)
    assert any(own.get("action") == "/import" for own, _ in page.forms)
    assert 'role="alert"' in page.html


def test_many_faulty_rows_are_shown_page_by_page(pages):
    """So many a page, and the next ones behind a link."""
    rows = "".join(f"N{n},,2027-05-01\n" for n in range(import_grid.ROWS + 5))
    path, page = import_(pages, f"need_id,title,due_on\n{rows}")
    assert sum(name.startswith("x.") for name in page.form(path)) == import_grid.ROWS
    assert f"{path}?page=2" in page.links
    second = pages.read("ann", f"{path}?page=2")
    assert sum(name.startswith("x.") for name in second.form(f"{path}?page=2")) == 5


def test_an_operator_imports_for_an_organisation(pages):
    """It is found by its name, and named while the file is chosen; the records are that organisation's."""
    org = pages.web.actors["ann"].org
    name = pages.web.ask("opal", "organisation.show", id=org).name
    choice = f"/import?organisation={org}"
    assert choice in pages.read("opal", f"/import?find={name[:2]}").links
    chosen = pages.read("opal", choice)
    assert name in chosen.text
    assert chosen.form("/import")["organisation"] == org
    assert choice not in pages.read("ann", f"/import?find={name[:2]}").links
    path, page = step(pages, hand_over(pages, "opal", "title\nx\n", organisation=org), "opal")
    path, page = step(pages, pages.post("opal", path, {**page.form(path), "go": "check"}), "opal")
    write = path.replace("/check", "/write")
    assert pages.post("opal", write, page.form(write)).status_code == 200
    assert [one.org_id for one in pages.web.ask("ann", "need.list").items] == [org]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_export_offers_what_there_is_to_take(pages, lang):
    """Everything, each table in each format, and the template; a visitor has nothing of their own."""
    import_(pages, FAULTY)
    page = pages.read("ann", "/export", lang)
    files = [link for link in page.links if link.startswith("/export/")]
    assert len(files) == 1 + 4 * 4 * 2 + 1
    for link in files:
        answer = pages.get("ann", link, lang)
        assert (answer.status_code, answer.headers["content-disposition"][:10]) == (200, "attachment")
    visitor = pages.read(None, "/export", lang)
    assert (
        len([link for link in visitor.links if link.startswith("/export/file?") and "others=on" in link])
        == 16
    )
    assert len([link for link in visitor.links if link.startswith("/export/")]) == 1 + 16 + 1
    book = pages.get("ann", "/export/template", lang).content
    names = python_calamine.load_workbook(io.BytesIO(book)).sheet_names
    assert say("table.needs", lang) in names


def test_a_large_file_goes_on_in_the_background(pages, monkeypatch):
    """The page is answered at once and tells how far it is; once the job has ended, what was written, or why not."""
    from tandem.hub.rounds import runner
    from tandem.interfaces.web import importing

    monkeypatch.setattr(importing, "LARGE", 1)
    path, page = import_(pages, "需求名称,城市\n主轴热补偿,东莞\n镜片检测,深圳\n")
    later = path.replace("/check", "/later")
    form = page.form(later)
    answer = pages.post("ann", later, {**form, "visibility": "public"})
    place, page = step(pages, answer)
    assert "/going?job=" in place
    assert say("web.import.going.more", "en") in page.text
    assert pages.post("ann", later, {**form, "visibility": "public"}).headers["location"] == place
    assert 'hx-trigger="every 2s"' in pages.get("ann", place, **{"hx-request": "true"}).text
    assert pages.get("bob", place).status_code == 404
    assert pages.web.ask("ann", "need.list", mine=True).items == ()
    assert runner.work_off(pages.web.world.hub) == 1
    ended = pages.get("ann", place, **{"hx-request": "true"})
    assert ended.headers["hx-refresh"] == "true"
    assert "every 2s" not in ended.text
    assert say("web.import.done.more", "en", n="2") in pages.read("ann", place).text
    assert {one.visibility for one in pages.web.ask("ann", "need.list", mine=True).items} == {"public"}
    place, _ = step(pages, pages.post("ann", later, {**form, "_key": "another"}))
    pages.post("ann", path.replace("/check", "/let-go"), {})
    runner.work_off(pages.web.world.hub)
    assert say("web.import.failed", "en") in pages.read("ann", place).text
