"""Every page that each role comes to by links, in both languages and widths: accessible, light, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl
import pytest
from tests.browser import crawl, living, seen, wording
from tests.browser.conftest import LANGUAGES, PEOPLE, WIDTHS, Served
from tests.browser.crawl import Crawled, Seen

from tandem.storage.world import tables

# `member` and `provider` act for a firm that serves, `manager` for one that has needs and an agent of its own.
LOGINS = {"visitor": None, "newcomer": "new", "member": "kai", "provider": "lin", "manager": "mei", "operator": "opal",
          "auditor": "ada"}  # fmt: skip
BESIDE = ("/design", "/sign-in", "/register", "/renew", "/nowhere")
# Pages that nobody comes to by a link: what leads there.
BY_OTHER_WAYS = {
    "/unsubscribe/{id}": "a link in an e-mail",
    "/set-up": "the first visit to a hub that nobody operates",
    "/language": "leads back to where one was",
    "/overview": "the start page of those who run a hub; its filters stand in the address",
    "/rounds/{id}/progress": "a round under way asks for it",
    "/import/{id}/write": "a form that is sent again after signing in",
    "/import/{id}/later": "a form that is sent again after signing in",
    "/import/{id}/going": "an import under way asks for it",
    "/introductions/new": "a form that is sent again after signing in",
    **{f"/introductions/{{id}}/{way}": "a form that is sent again after signing in"
       for way in ("agree", "introduce", "invite", "outcome", "propose", "reveal")},
}  # fmt: skip
# Whose pages are looked at in each run, the one with most to do first; those of all others in long runs.
ALWAYS = ("manager", "operator", "visitor")
each_role = pytest.mark.parametrize(
    "role", [role if role in ALWAYS else pytest.param(role, marks=pytest.mark.long) for role in LOGINS]
)
# Where a visitor is asked to sign in, as the words of the link promise.
SIGNS_IN_FIRST = {"/needs/new"}
each_language = pytest.mark.parametrize("lang", LANGUAGES)
# Pages that tell programmers what things are called, and an error's code to whoever reports it.
NAMES_ITS_CODES = ("/help/agents", "/webhooks", "/settings", "/nowhere")


@pytest.fixture(scope="session")
def come_to(served: Served, cookies: Callable[..., dict[str, str]]) -> Callable[[str, str], Crawled]:
    """The pages of a role, walked once in each language."""
    known: dict[tuple[str, str], Crawled] = {}

    def walked(role: str, lang: str) -> Crawled:
        if (role, lang) not in known:
            login = LOGINS[role]
            beside = (*BESIDE, *living.beside(served.folder, login))
            known[role, lang] = crawl.crawl(served.address, cookies(served, login, lang), beside)
        return known[role, lang]

    return walked


def once(come_to: Callable[[str, str], Crawled], lang: str) -> Mapping[str, Sequence[Seen]]:
    """Each place once, by the role that comes to it first; start pages are as many as roles."""
    found: dict[str, list[Seen]] = {role: [] for role in ALWAYS}
    taken: set[str] = set()
    for role, pages in found.items():
        for one in come_to(role, lang).pages:
            place = f"/ {role}" if one.kind == "/" else one.kind.partition("?")[0]
            if place not in taken:
                taken.add(place)
                pages.append(one)
    return found


def looked_at(
    served: Served, arrives, pages: Iterable[Seen], login: str | None, lang: str, width: int
) -> list[str]:
    """What is wrong with some pages."""
    person, told = arrives(served, lang, width, login), []
    for one in pages:
        person.wrong.clear()
        status = person.go(one.address).status
        mishaps = [text for text in person.wrong if not (status == one.status and str(status) in text)]
        told += [f"{one.address}: {text}" for text in [*seen.wrong(person.page, width), *mishaps]]
    return told


@pytest.mark.parametrize("width", WIDTHS)
@each_language
def test_pages(served: Served, arrives, come_to, lang, width):
    """No axe violation, nothing wider than the screen or too small for a thumb, light, no error, nothing of others."""
    pages = once(come_to, lang)
    told = [f"{role}: {one}" for role, own in pages.items()
            for one in looked_at(served, arrives, own, LOGINS[role], lang, width)]  # fmt: skip
    assert sum(len(own) for own in pages.values()) > 60
    assert not told, "\n".join(told)


@pytest.mark.long
@pytest.mark.parametrize("width", WIDTHS)
@each_language
@pytest.mark.parametrize("role", LOGINS)
def test_every_page_of_every_role(served: Served, arrives, come_to, role, lang, width):
    """The same for each page of each role, and for what its address may ask for."""
    told = looked_at(served, arrives, come_to(role, lang).pages, LOGINS[role], lang, width)
    assert not told, "\n".join(told)


@pytest.mark.parametrize("role", LOGINS)
def test_links_lead_somewhere(come_to, role):
    """No link that a role is shown, in the menu or on any page, leads to an error or to what the role may not see."""
    walked = come_to(role, "en")
    dead = [f"{status} {link.address} on {link.met}" for link, status in walked.dead if (link.met or status >= 500)
            and not (status == 401 and LOGINS[role] is None and link.address in SIGNS_IN_FIRST)]  # fmt: skip
    assert not dead, "\n".join(dead)
    assert len(walked.pages) > 30


def test_every_page_can_be_come_to(come_to):
    """Each page of the hub is found by links from the start page, by one role at least."""
    found = crawl.places_of(come_to(role, "en") for role in LOGINS)
    assert crawl.places() - found - set(BY_OTHER_WAYS) == set()


def test_the_measure_itself(served: Served, arrives):
    """A page broken on purpose is found out: what axe sees, width, targets, and faint words and marks of a picture."""
    person = arrives(served, "en", 390, "opal")
    person.go("/")
    assert seen.wrong(person.page, 390) == []
    person.page.evaluate(
        """() => {
          const main = document.querySelector("main");
          main.insertAdjacentHTML("beforeend", '<img src="/assets/none.png"><div class="wide"></div>'
            + '<button class="tiny" aria-label="x"></button><svg viewBox="0 0 9 9"><text class="pale">pale</text>'
            + '<rect class="bar faint" width="9" height="9"></rect></svg>');
          main.querySelector(".wide").style.cssText = "width: 900px; height: 9px";
          main.querySelector(".tiny").style.cssText = "width: 9px; height: 9px; min-height: 0; padding: 0";
          main.querySelector(".pale").style.fill = "#ddd";
          main.querySelector(".faint").style.fill = "#eee";
        }"""
    )
    told = " ".join(seen.wrong(person.page, 390))
    assert all(one in told for one in ("image-alt", "wider", "small: 9x9", "pale", "bar faint")), told


@pytest.fixture(scope="session")
def proper_names():
    """The names of the organisations and people of the sample, which are of no language."""
    world = pl.read_csv(tables()["organisations"], infer_schema=False)
    known = [name for column in ("name", "name_zh", "name_en") for name in world[column] if name]
    return wording.names([*known, *PEOPLE, *PEOPLE.values(), "采购助手", "轴承检测", "需求.csv"])


@each_language
@each_role
def test_words_instead_of_codes(come_to, role, lang):
    """No page shows a code of the catalogues where a sentence should stand."""
    told = [f"{page.address}: {one}" for page in come_to(role, lang).pages if not page.kind.startswith(NAMES_ITS_CODES)
            for one in wording.codes(page.html)]  # fmt: skip
    assert not told, "\n".join(dict.fromkeys(told))


@each_language
@each_role
def test_one_language(come_to, proper_names, role, lang):
    """A Chinese page has no English sentence and an English page no Chinese word, but where it says that it is one."""
    told = {}
    for page in come_to(role, lang).pages:
        for one in wording.foreign(page.html, lang, proper_names):
            told.setdefault(one, page.address)
    assert not told, "\n".join(f"{where}: {one}" for one, where in told.items())


@each_language
@each_role
def test_values_as_the_language_writes_them(come_to, role, lang):
    """Days, numbers and money in the form of the page's language."""
    told = {}
    for page in come_to(role, lang).pages:
        for one in wording.misformed(page.html, lang):
            told.setdefault(one, page.address)
    assert not told, "\n".join(f"{where}: {one}" for one, where in told.items())


@each_language
def test_pages_say_their_language(come_to, lang):
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
def test_the_measure_of_words_itself(html, lang, found):
    """What is of another language is found, unless it is marked."""
    assert len(wording.foreign(html, lang)) == found
