"""What lies in files is as harmless as what is typed: names of files and sheets, headers, cells."""

from __future__ import annotations

import csv
import io

import pytest
import xlsxwriter
from tests.browser import crawl
from tests.browser.conftest import Person, Served
from tests.browser.hostile import CAME_THROUGH, CANARY, HOSTILE, unharmed, watched

TEXT = HOSTILE["markup"]
SHEET = f"<img src=x onerror={CANARY}=1>"  # a sheet's name has 31 characters, without slashes
FILE = f'"><img src=x onerror={CANARY}=1>'


def book() -> bytes:
    """A workbook whose sheet names, headers and cells are hostile: rows of nothing else, and rows that can be taken."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"strings_to_formulas": False, "strings_to_urls": False}) as made:
        sheet = made.add_worksheet(SHEET)
        sheet.write_row(0, 0, ["需求名称", "需求描述", "机构名称", "城市", "截止日期", "预算上限", TEXT])
        sheet.write_row(1, 0, [TEXT + " 甲", TEXT, "", "东莞", "2031-05-06", 250_000, TEXT])
        sheet.write_row(2, 0, [TEXT + " 乙", TEXT, TEXT, TEXT, TEXT, TEXT, TEXT])
        sheet.write_row(3, 0, ['=HYPERLINK("javascript:alert(1)")', TEXT, "", "深圳", "", "", "=1+1"])
        made.add_worksheet("x' onfocus='canary=1").write_row(0, 0, [TEXT, TEXT + "2"])
    return held.getvalue()


def table() -> bytes:
    """The same as text, under headers that a hub has to guess."""
    held = io.StringIO()
    rows = csv.writer(held)
    rows.writerow(["需求名称", "需求描述", "城市", "截止日期", TEXT])
    rows.writerow([TEXT + " 丙", TEXT, "广州", "2031-05-06", TEXT])
    rows.writerow([TEXT + " 丁", TEXT, TEXT, TEXT, TEXT])
    return held.getvalue().encode()


def press(person: Person, selector: str) -> None:
    with person.page.expect_navigation(timeout=60_000):
        person.page.click(selector)


def handed(person: Person, name: str, content: bytes) -> list[str]:
    """Imports a file step by step: (what went wrong)."""
    person.go("/import")
    person.page.set_input_files(
        "#file", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    press(person, "main form[enctype] button[type=submit]")
    told = unharmed(person, f"{name} handed over")
    assert "/columns" in person.page.url, person.texts()[:800]
    first = person.page.locator("select[name^='t.']").first
    if first.input_value() != "needs":
        with person.page.expect_navigation():
            first.select_option("needs")
    told += unharmed(person, f"{name} columns")
    press(person, "button[name=go][value=check]")
    told += unharmed(person, f"{name} checked")
    boxes = person.page.locator("table.mending input[name^='x.']")
    assert boxes.count() >= 2, person.texts()[:1500]
    assert TEXT in [one.input_value() for one in boxes.all()]
    for box in boxes.all():
        box.fill(TEXT + "!")
    press(person, "form:has(table.mending) button[type=submit]")
    told += unharmed(person, f"{name} mended")
    press(person, "form[action$='/write'] button[type=submit]")
    told += unharmed(person, f"{name} written")
    assert person.page.query_selector("main .note.good") is not None, person.texts()[:800]
    return told


def test_hostile_workbooks(own: Served, arrives, cookies):
    """A workbook and a table of hostile names, headers and cells: each step, and all pages that show it."""
    opal = watched(arrives(own, "zh", 1280, "opal"))
    told = handed(opal, FILE + ".xlsx", book())
    told += handed(opal, FILE + ".csv", table())
    opal.go("/needs?text=onerror")
    assert opal.page.locator("#results .card").count() >= 3, opal.texts()[:800]
    told += unharmed(opal, "searched")
    opal.page.click("#results .card a[href^='/needs/']")
    opal.page.wait_for_load_state()
    assert TEXT in opal.page.inner_text("main"), "what was imported is shown as it was written"
    told += unharmed(opal, "the need")
    for login in ("opal", "mei", None):
        person = opal if login == "opal" else watched(arrives(own, "zh", 390, login))
        pages = [
            one for one in crawl.crawl(own.address, cookies(own, login, "zh")).pages if CANARY in one.html
        ]
        assert pages or login is None
        for page in pages:
            assert not CAME_THROUGH.search(page.html), page.address
            person.go(page.address)
            told += unharmed(person, page.address)
    assert not told, "\n".join(told)


@pytest.mark.parametrize("way", [pytest.param("check", marks=pytest.mark.long), "store"])
def test_hostile_registers(own: Served, arrives, cookies, way):
    """Figures with hostile texts in every column, good rows and faulty ones: checked in place, stored, and shown."""
    held = io.StringIO()
    rows = csv.writer(held)
    rows.writerow(["id", "indicator", "value", "unit", "year", "geography", "source", "vintage", TEXT])
    rows.writerow(["E1", TEXT, "3", TEXT, "2026", TEXT, TEXT, TEXT, TEXT])
    rows.writerow([TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT])
    opal = watched(arrives(own, "en", 1280, "opal"))
    opal.go("/region/import")
    file = {"name": FILE + " figures.csv", "mimeType": "text/csv", "buffer": held.getvalue().encode()}
    opal.page.set_input_files("main input[type=file]", file)
    opal.page.select_option("main select[name=table]", "figures")
    if way == "check":
        with opal.page.expect_response(lambda one: one.request.method == "POST"):
            opal.page.click("button[value=check]")
        opal.page.wait_for_selector("#found table")
    else:
        press(opal, "button[value=store]")
    told = unharmed(opal, way)
    assert CANARY in opal.page.inner_text("#found"), opal.texts()[:800]
    if way == "store":
        for page in crawl.crawl(own.address, cookies(own, "opal", "en"), ("/region/figures/E1",)).pages:
            if CANARY in page.html:
                assert not CAME_THROUGH.search(page.html), page.address
                opal.go(page.address)
                told += unharmed(opal, page.address)
        opal.go("/region/figures/E1")
        assert CANARY in opal.page.inner_text("main")
    assert not told, "\n".join(told)
