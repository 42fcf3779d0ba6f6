"""Every page that each role comes to by links, in both languages and widths: accessible, light, whole, at peace."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

import pytest
from tests.browser import crawl, living, seen
from tests.browser.conftest import LANGUAGES, WIDTHS, Served
from tests.browser.crawl import Crawled, Seen

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
# Whose pages are looked at in each run; those of the others are alike or a part of these, and looked at in long runs.
ALWAYS = ("visitor", "manager", "operator")
each_role = pytest.mark.parametrize(
    "role", [role if role in ALWAYS else pytest.param(role, marks=pytest.mark.long) for role in LOGINS]
)
# Where a visitor is asked to sign in, as the words of the link promise.
SIGNS_IN_FIRST = {"/needs/new"}


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


def usual(kind: str, lang: str, width: int) -> bool:
    """Whether a page is looked at in each run: in both languages and both widths, one of each with one of each."""
    odd = zlib.crc32(kind.encode()) % 2 == 1
    return (lang == "zh") ^ (width == WIDTHS[0]) ^ odd


@pytest.fixture(scope="session")
def frames() -> set[tuple[int, str, int]]:
    """What was looked at: pages that are built alike are looked at once in each language and width."""
    return set()


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
@pytest.mark.parametrize("lang", LANGUAGES)
@each_role
def test_pages(served: Served, arrives, come_to, frames, role, lang, width):
    """No axe violation, nothing wider than the screen or too small for a thumb, light, no error, nothing of others."""
    pages = [one for one in come_to(role, lang).pages
             if usual(one.kind, lang, width) and (one.frame, lang, width) not in frames]  # fmt: skip
    told = looked_at(served, arrives, pages, LOGINS[role], lang, width)
    frames.update((one.frame, lang, width) for one in pages)
    assert not told, "\n".join(told)


@pytest.mark.long
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("role", LOGINS)
def test_every_page_of_every_role(served: Served, arrives, come_to, role, lang, width):
    """The same for each page of each role in both languages and widths, alike or not."""
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
