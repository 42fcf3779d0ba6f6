"""The main tasks with keys alone: what has the focus is seen, in the order of reading, and nothing is out of reach."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.browser.conftest import PASSWORD, Person, Served

_AT = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return {tag: one.tagName, name: one.name || "", text: (one.innerText || "").trim().slice(0, 60),
    href: one.getAttribute("href"),
    top: box.top + scrollY, left: box.left, height: box.height,
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
    main: !!one.closest("main"), shown: one.checkVisibility() && box.width > 1};
}"""
_EVERY = """() => [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0 && !one.disabled).length"""


def tabbed(person: Person, until: str = "", most: int = 90) -> list[dict]:
    """Presses Tab until an element of that text or name has the focus; without one, all the way round."""
    found = []
    for _ in range(most):
        person.page.keyboard.press("Tab")
        one = person.page.evaluate(_AT)
        if one["tag"] == "BODY":
            break
        found.append(one)
        if until and until in (one["text"], one["name"], one["href"]):
            return found
    assert not until, f"{until} was not come to: {[one['text'] or one['name'] for one in found]}"
    return found


def entered(person: Person) -> None:
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


@pytest.mark.parametrize(
    "path", ["/", "/needs", "/needs/new?form=1", "/introductions", "/notices", "/account", "/help", "/region"]
)
def test_everything_can_be_come_to_and_is_seen(served: Served, arrives, path):
    """Tab reaches every link, button and field; each shows that it has the focus."""
    person = arrives(served, "en", 1280, "mei")
    person.go(path)
    found = tabbed(person, most=60)
    hidden = [one["text"] or one["name"] for one in found if not one["seen"]]
    assert not hidden, hidden
    assert len(found) >= min(40, person.page.evaluate(_EVERY) - 12)


def test_the_first_key_skips_the_menu(served: Served, arrives):
    """The skip link comes first, is seen, and leads into the page itself."""
    person = arrives(served, "en", 1280, "mei")
    person.go("/needs")
    person.page.keyboard.press("Tab")
    first = person.page.evaluate(_AT)
    assert first["href"] == "#main"
    assert first["top"] >= 0
    person.page.keyboard.press("Enter")
    person.page.keyboard.press("Tab")
    assert person.page.evaluate(_AT)["main"]


def test_focus_follows_the_reading(served: Served, arrives):
    """In a form the focus goes down the page, never back up by more than a row."""
    person = arrives(served, "en", 390, "mei")
    person.go("/needs/new?form=1")
    tops = [one["top"] for one in tabbed(person, most=70) if one["main"] and one["shown"]]
    assert len(tops) > 10
    assert all(after > before - 60 for before, after in pairwise(tops)), tops


def test_signing_in_and_posing_by_keyboard(own: Served, arrives):
    """From the start page to a need of one's own without a pointer."""
    person = arrives(own, "en")
    person.go("/sign-in")
    tabbed(person, "login")
    person.page.keyboard.type("mei")
    person.page.keyboard.press("Tab")
    person.page.keyboard.type(PASSWORD)
    entered(person)
    person.go("/")
    tabbed(person, "/needs/new")
    entered(person)
    tabbed(person, "pasted")
    person.page.keyboard.type("Need salt spray testing of aluminium housings in Dongguan, budget CNY 80,000")
    tabbed(person, "_step")
    entered(person)
    tabbed(person, "title")
    person.page.keyboard.press("Control+A")
    person.page.keyboard.type("Salt spray testing by keyboard alone")
    for _ in range(2):
        while tabbed(person, "_step")[-1]["text"] not in (
            "Post the need",
            "Post it all the same",
            *words("web.needs.post"),
        ):
            pass
        entered(person)
        if "/needs/new" not in person.page.url:
            break
    assert "Salt spray testing by keyboard alone" in person.page.inner_text("h1")


def words(code: str) -> tuple[str, ...]:
    from tandem.base.words import say

    return say(code, "en"), say(f"{code}.despite", "en")


def test_the_menu_on_the_phone(served: Served, arrives):
    """Its button opens it, Escape closes it, and its links are reached by Tab."""
    person = arrives(served, "zh", 390, "mei")
    person.go("/")
    menu = person.page.locator("#menu")
    assert not menu.is_visible()
    while person.page.evaluate("!document.activeElement.matches('.menu-button')"):
        person.page.keyboard.press("Tab")
    person.page.keyboard.press("Enter")
    assert menu.is_visible()
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("!!document.activeElement.closest('#menu')")
    person.page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert person.page.evaluate("document.activeElement.matches('.menu-button')")


def test_a_facet_and_a_result_by_keyboard(served: Served, arrives):
    """Searching, narrowing and opening a need with keys."""
    person = arrives(served, "zh", 1280)
    person.go("/needs")
    tabbed(person, "text")
    with person.page.expect_response(lambda one: "text=" in one.url):
        person.page.keyboard.type("检测")
    person.page.wait_for_timeout(400)
    at = tabbed(person, most=60)
    assert any((one["href"] or "").startswith("/needs?") for one in at)
    assert any((one["href"] or "").startswith("/needs/") for one in at)


def test_an_introduction_is_answered_by_keyboard(own: Served, arrives):
    """The way that is waited for opens, asks once more, and is taken."""
    from tandem.base.words import say

    person = arrives(own, "en", 1280, "lin")
    person.go("/introductions?waiting=on")
    link = next(one for one in tabbed(person, most=60) if (one["href"] or "").startswith("/introductions/"))
    person.go(link["href"])
    tabbed(person, say("web.introduction.way.interested", "en"))
    person.page.keyboard.press("Enter")
    tabbed(person, say("web.introduction.way.interested.do", "en"))
    entered(person)
    assert person.page.query_selector("[role=status]") is not None
