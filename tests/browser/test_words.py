"""One language a page: words instead of codes, what others wrote marked as theirs, values as it writes them."""

from __future__ import annotations

import polars as pl
import pytest
from tests.browser import wording
from tests.browser.conftest import LANGUAGES, PEOPLE, Served
from tests.browser.test_pages import come_to, each_role  # noqa: F401  a fixture

from tandem.storage.world import tables

each_language = pytest.mark.parametrize("lang", LANGUAGES)
NAMES_ITS_CODES = (
    "/help/agents",
    "/webhooks",
    "/settings",
    "/nowhere",
)  # pages that tell programmers what things are called, and an error's code to whoever reports it


@pytest.fixture(scope="session")
def proper_names():
    """The names of the organisations and people of the sample, which are of no language."""
    world = pl.read_csv(tables()["organisations"], infer_schema=False)
    known = [name for column in ("name", "name_zh", "name_en") for name in world[column] if name]
    return wording.names([*known, *PEOPLE, *PEOPLE.values(), "采购助手", "轴承检测", "需求.csv"])


@each_language
@each_role
def test_words_instead_of_codes(come_to, role, lang):  # noqa: F811
    """No page shows a code of the catalogues where a sentence should stand."""
    told = [f"{page.address}: {one}" for page in come_to(role, lang).pages if not page.kind.startswith(NAMES_ITS_CODES)
            for one in wording.codes(page.html)]  # fmt: skip
    assert not told, "\n".join(dict.fromkeys(told))


@each_language
@each_role
def test_one_language(come_to, proper_names, role, lang):  # noqa: F811
    """A Chinese page has no English sentence and an English page no Chinese word, but where it says that it is one."""
    told = {}
    for page in come_to(role, lang).pages:
        for one in wording.foreign(page.html, lang, proper_names):
            told.setdefault(one, page.address)
    assert not told, "\n".join(f"{where}: {one}" for one, where in told.items())


@each_language
@each_role
def test_values_as_the_language_writes_them(come_to, role, lang):  # noqa: F811
    """Days, numbers and money in the form of the page's language."""
    told = {}
    for page in come_to(role, lang).pages:
        for one in wording.misformed(page.html, lang):
            told.setdefault(one, page.address)
    assert not told, "\n".join(f"{where}: {one}" for one, where in told.items())


@each_language
def test_pages_say_their_language(come_to, lang):  # noqa: F811
    """`lang` stands on every page, and on what leads to the other language."""
    own, other = ("zh-Hans", "en") if lang == "zh" else ("en", "zh-Hans")
    for page in come_to("visitor", lang).pages:
        assert f'<html lang="{own}"' in page.html, page.address
        assert f'lang="{other}" hreflang' in page.html, page.address


def test_the_language_stays(served: Served, arrives):
    """One click changes the language of this page, and of all that follow."""
    person = arrives(served, "zh")
    person.go("/needs?kind=service")
    with person.page.expect_navigation():
        person.page.click("text=English")
    assert person.page.url == served.address + "/needs?kind=service"
    assert person.page.get_attribute("html", "lang") == "en"
    person.go("/help")
    assert person.page.get_attribute("html", "lang") == "en"


@pytest.mark.parametrize(
    ("html", "lang", "found"),
    [
        ('<html lang="zh-Hans"><p>Save now</p>', "zh", 1),
        ('<html lang="zh-Hans"><p><span lang="en">Save now</span></p>', "zh", 0),
        ('<html lang="zh-Hans"><p>保存 CSV</p><p>XLSX</p>', "zh", 0),
        ('<html lang="en"><p>Made by 甲厂</p>', "en", 1),
        (
            '<html lang="en"><p>Made by <span lang="zh-Hans">甲厂</span></p><input placeholder="搜索">',
            "en",
            1,
        ),
    ],
)
def test_the_measure_itself(html, lang, found):
    """What is of another language is found, unless it is marked."""
    assert len(wording.foreign(html, lang)) == found
