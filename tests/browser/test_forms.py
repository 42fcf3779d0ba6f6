"""What somebody has typed is never lost: wrong fields, errors, the way back, a session that is over, two clicks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from tests.browser import crawl, living
from tests.browser.conftest import PASSWORD, Person, Served
from tests.browser.hostile import with_forms
from tests.interfaces.web.conftest import Read

TITLE = "五轴机床主轴热误差补偿联合攻关"
TEXT = "需要在 8 小时连续加工中把 Z 向漂移压到 8 微米以内，\n样机三个月内交付。"


def fill(person: Person, title: str = TITLE, text: str = TEXT) -> None:
    person.go("/needs/new?form=1")
    person.page.fill("#f-need-pose-title", title)
    person.page.fill("#f-need-pose-text", text)
    person.page.fill("#f-need-pose-budget_max", "250000")


def post(person: Person, button: str = "main button[value=post]") -> None:
    with person.page.expect_navigation():
        person.page.click(button)


def typed(person: Person) -> list[str]:
    """What stands in the form's fields."""
    names = ("title", "text", "budget_max")
    return [person.page.input_value(f"#f-need-pose-{name}").replace("\r", "") for name in names]


def posed(where: Served, cookies: Callable[..., dict[str, str]], title: str = TITLE) -> int:
    """How many needs of that title the hub holds."""
    with httpx.Client(base_url=where.address, cookies=cookies(where, "opal", "en"), timeout=60) as client:
        found = client.get("/api/needs", params={"limit": 200}).json()["items"]
    return sum(one["title"] == title for one in found)


def on(person: Person) -> None:
    """Goes on past needs that say nearly the same, where there are some."""
    if person.page.query_selector("input[name=_despite]"):
        post(person)


def test_a_wrong_field_keeps_the_rest(own: Served, arrives, cookies):
    """The form comes back with all that was typed, and says beside the field what to mend; mended, it is posed once."""
    person = arrives(own, "zh", 1280, "mei")
    fill(person)
    person.page.fill("#f-need-pose-due_on", "2020-01-01")
    person.page.fill("#f-need-pose-budget_max", "不多")
    post(person)
    assert typed(person) == [TITLE, TEXT, "不多"]
    assert person.page.get_attribute("#f-need-pose-budget_max", "aria-invalid") == "true"
    person.page.fill("#f-need-pose-budget_max", "250000")
    person.page.fill("#f-need-pose-due_on", "2030-01-01")
    post(person)
    on(person)
    assert "/needs/" in person.page.url
    assert TEXT.splitlines()[0] in person.texts()
    assert posed(own, cookies) == 1


def test_an_error_of_the_hub_keeps_it(served: Served, arrives):
    """Where the answer is an error page, the way back shows the form as it was typed."""
    person = arrives(served, "en", 1280, "mei")
    fill(person)
    person.page.route(
        "**/needs/new", lambda route: route.fulfill(status=500, content_type="text/html", body="<h1>500</h1>")
    )
    post(person)
    person.page.unroute("**/needs/new")
    person.page.go_back()
    person.page.wait_for_load_state()
    assert typed(person) == [TITLE, TEXT, "250000"]


def test_a_hub_that_does_not_answer_keeps_it(served: Served, arrives):
    """Where nothing answers, the typed text is there when the form is opened again."""
    person = arrives(served, "en", 1280, "mei")
    fill(person)
    person.page.context.set_offline(True)
    person.page.click("main button[value=post]", no_wait_after=True)
    person.page.wait_for_timeout(500)
    person.page.context.set_offline(False)
    person.go("/needs/new?form=1")
    assert typed(person) == [TITLE, TEXT, "250000"]


def test_leaving_and_coming_back_keeps_it(served: Served, arrives):
    """Another page, the way back, and the same form opened anew: all show what was typed."""
    person = arrives(served, "zh", 390, "mei")
    fill(person)
    person.go("/help")
    person.page.go_back()
    person.page.wait_for_load_state()
    assert typed(person) == [TITLE, TEXT, "250000"]
    person.go("/needs")
    person.go("/needs/new?form=1")
    assert typed(person) == [TITLE, TEXT, "250000"]


def test_what_was_posed_is_not_offered_again(own: Served, arrives, cookies):
    """Once the hub has it, the form is empty."""
    person = arrives(own, "zh", 1280, "mei")
    fill(person)
    post(person)
    on(person)
    assert "/needs/" in person.page.url
    assert "/new" not in person.page.url
    person.go("/needs/new?form=1")
    assert typed(person) == ["", "", ""]


def test_an_expired_session_loses_nothing(own: Served, arrives, cookies):
    """The session ends while somebody types: signed in again they go on, and it is posed once with everything typed."""
    person = arrives(own, "zh", 1280, "mei", afresh=True)
    fill(person)
    other = arrives(own, "zh", 1280, "mei", afresh=True)
    other.go("/account/sessions")
    for ending in range(other.page.locator("form[action$='/end']").count(), 0, -1):
        other.go("/account/sessions")
        with other.page.expect_navigation():
            other.page.locator("form[action$='/end'] button").nth(ending - 1).click()
    post(person)
    person.page.fill("input[name=login]", "mei")
    person.page.fill("input[name=password]", PASSWORD)
    post(person, "main button[type=submit]")
    post(person, "main form button[type=submit]")
    on(person)
    assert "/needs/" in person.page.url, person.texts()[:500]
    assert TEXT.splitlines()[1] in person.texts()
    assert posed(own, cookies) == 1


def signs_in(person: Person, login: str) -> None:
    person.go("/sign-in")
    person.page.fill("input[name=login]", login)
    person.page.fill("input[name=password]", PASSWORD)
    post(person, "main button[type=submit]")


def test_the_next_person_in_the_tab_finds_nothing(served: Served, arrives):
    """A session ends without signing out: the same person finds what was typed, anybody else does not, nor later."""
    person = arrives(served, "zh", 1280, "mei", afresh=True)
    fill(person)
    person.page.context.clear_cookies()
    signs_in(person, "mei")
    person.go("/needs/new?form=1")
    assert typed(person) == [TITLE, TEXT, "250000"]
    person.page.context.clear_cookies()
    signs_in(person, "lin")
    person.go("/needs/new?form=1")
    assert typed(person) == ["", "", ""]
    assert "主轴" not in person.page.evaluate("() => JSON.stringify(sessionStorage)")


@pytest.mark.parametrize("clicks", [2, 4])
def test_clicking_twice_poses_once(own: Served, arrives, cookies, clicks):
    """However often the button is clicked, there is one need."""
    person = arrives(own, "en", 1280, "mei")
    fill(person)
    person.page.evaluate(
        "(n) => { const one = document.querySelector('main button[value=post]');"
        " for (let i = 0; i < n; i++) one.click(); }",
        clicks,
    )
    for _ in range(3):  # each click leads somewhere; the last one stays
        person.page.wait_for_timeout(1_000)
        person.page.wait_for_load_state("networkidle")
    on(person)
    assert posed(own, cookies) == 1


def test_sending_a_form_again_poses_once(own: Served, arrives, cookies):
    """The way back and the button once more: the same need, not a second one."""
    person = arrives(own, "en", 1280, "mei")
    fill(person)
    with person.page.expect_request(lambda one: one.method == "POST") as first:
        post(person)
    on(person)
    assert posed(own, cookies) == 1
    headers = {"content-type": first.value.headers["content-type"], "origin": own.address}
    again = person.page.context.request.post(
        own.address + "/needs/new",
        data=first.value.post_data + "&_despite=1",
        headers=headers,
        max_redirects=0,
    )
    assert again.status in (303, 409, 422)
    assert posed(own, cookies) == 1


SENDING = {"sec-fetch-site": "same-origin", "accept": "text/html"}
_ENDS = (
    "/sign-out",
    "/end",
    "/erase",
    "/remove",
    "/withdraw",
    "/let-go",
    "/reset",
    "/drop",
    "/account/password",
)
_BEGINS = ("/sign-in", "/register", "/renew")
_TYPES = re.compile(r'<(?:textarea|input(?![^>]*type="(?:hidden|checkbox|radio|file|password|submit)"))[^>]*?'
                    r'\sname="([^"_][^"]*)"')  # fmt: skip


def forms(pages: list[crawl.Seen]) -> Iterator[tuple[str, str, dict[str, str], list[str]]]:
    """Each kind of form that sends something typed: its page, its address, what it sends as it is, what is typed."""
    known = set()
    for page in pages:
        parts = re.findall(r"<form.*?</form>", page.html, re.DOTALL)
        for part in parts:
            (own, fields), names = Read(part).forms[0], _TYPES.findall(part)
            to = own.get("action") or page.address
            kind = (crawl.place(to.partition("?")[0]), *sorted(names))
            if own.get("method") == "post" and names and kind not in known and not to.endswith(_ENDS):
                known.add(kind)
                yield page.address, to, dict(fields), names


def typed_in(names: list[str]) -> dict[str, str]:
    """Something that no field of dates, numbers or names of places takes, another in each."""
    return {name: f"写到一半 “{number}” <{name}>" for number, name in enumerate(names, 1)}


def keeps(page: str, texts: dict[str, str]) -> list[str]:
    """The names of what was typed and does not stand on a page."""
    shown = html.unescape(page)
    return [name for name, text in texts.items() if text not in shown]


@pytest.mark.parametrize("login", ["mei", pytest.param("opal", marks=pytest.mark.long)])
def test_every_form_comes_back_as_it_was_typed(own: Served, cookies, login):
    """Whatever form is refused, all that was typed stands in what comes back."""
    held = cookies(own, login, "zh")
    pages = crawl.crawl(own.address, held, living.beside(own.folder, login)).pages
    told, refused = [], 0
    with httpx.Client(base_url=own.address, cookies=held, headers=SENDING | {"origin": own.address},
                      timeout=60) as client:  # fmt: skip
        for page, to, fields, names in forms(pages):
            texts = typed_in(names)
            answer = client.post(to, data={**fields, **texts})
            refused += answer.status_code in (409, 422)
            if answer.status_code >= 400 and (lost := keeps(answer.text, texts)):
                told.append(f"{page} to {to} ({answer.status_code}): {lost}")
            assert answer.status_code < 500, (page, to)
    assert refused > 5
    assert not told, "\n".join(told)


@pytest.mark.parametrize("login", ["mei", pytest.param("opal", marks=pytest.mark.long)])
def test_every_form_outlives_its_session(own: Served, cookies, login):
    """Whatever form is sent after its session has ended: signing in shows it again, whole, to be sent on."""
    over = cookies(own, login, "zh")
    pages = crawl.crawl(own.address, over, living.beside(own.folder, login)).pages
    with httpx.Client(
        base_url=own.address, cookies=over, headers=SENDING | {"origin": own.address}
    ) as client:
        ending = Read(client.get("/help").text).form("/sign-out")
        assert client.post("/sign-out", data=ending).status_code == 303
    told, tried = [], 0
    for page, to, fields, names in [one for one in forms(pages) if one[1] not in _BEGINS][:12]:
        texts, ours = typed_in(names), SENDING | {"origin": own.address}
        with httpx.Client(base_url=own.address, cookies=over, headers=ours, timeout=60) as client:
            asked = client.post(to, data={**fields, **texts})
            assert asked.status_code == 401, (page, to, asked.status_code)
            signing = Read(asked.text).form("/sign-in")
            again = client.post("/sign-in", data={**signing, "login": login, "password": PASSWORD})
            shown = Read(again.text).form(to.replace("&amp;", "&"))
            told += [f"{page} to {to}: {name}" for name, text in texts.items() if shown.get(name) != text]
            tried += 1
    assert tried > 3
    assert not told, "\n".join(told)


_VALUES = """() => [...document.querySelectorAll("main form[method=post]")].flatMap((form, n) => [...form.elements]
  .filter((one) => one.tagName === "TEXTAREA"
    || one.tagName === "INPUT" && ["text", "number", "date"].includes(one.type))
  .map((one) => [`${n} ${one.name}`, one.value]))"""
_TYPE = """() => { for (const one of document.querySelectorAll("main form[method=post] :is(textarea, input)")) {
  if (one.tagName === "INPUT" && !["text", "number", "date"].includes(one.type)) continue;
  one.value = one.type === "number" ? "7" : one.type === "date" ? "2031-05-06" : `写到一半 ${one.name}`;
  one.dispatchEvent(new Event("input", {bubbles: true}));
} }"""


@pytest.mark.parametrize("login", ["mei", pytest.param("opal", marks=pytest.mark.long)])
def test_every_form_is_there_on_the_way_back(served: Served, arrives, cookies, login):
    """Whatever form is left by a link: the way back shows it with all that was typed."""
    pages = crawl.crawl(
        served.address, cookies(served, login, "zh"), living.beside(served.folder, login)
    ).pages
    person, told, known = arrives(served, "zh", 1280, login), [], set()
    for page in pages:
        place = page.kind.partition("?")[0]
        if not with_forms(page.html) or page.status >= 400 or place in known:
            continue
        known.add(place)
        person.go(page.address)
        person.page.evaluate(_TYPE)
        before = person.page.evaluate(_VALUES)
        person.go("/help")
        person.page.go_back()
        person.page.wait_for_load_state("load")
        if before and person.page.evaluate(_VALUES) != before:
            told.append(page.address)
    assert len(known) > 8
    assert not told, "\n".join(told)
