"""No field of any form lets a script in, stored or reflected; forms from elsewhere do nothing; sessions end at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from tests.browser import crawl, living
from tests.browser.conftest import PASSWORD, Served
from tests.browser.hostile import CAME_THROUGH, CANARY, HOSTILE, sent, unharmed, watched, with_forms
from tests.browser.living import SECRET
from tests.browser.test_pages import BESIDE

from tandem.interfaces.web import site

Cookies = Callable[..., dict[str, str]]


def walked(where: Served, cookies: Cookies, login: str | None, lang: str = "zh") -> crawl.Crawled:
    return crawl.crawl(
        where.address, cookies(where, login, lang), (*BESIDE, *living.beside(where.folder, login))
    )


# Forms that have to be taken with a hostile text in them, so that there is something stored to be shown; by login.
STORED = {
    "mei": ("post /needs/new", "post /offers/new", "post /account/tokens", "post /needs/{id}/edit",
            "post /organisations/{id}/edit", "post /account", "post /searches"),
    "opal": ("post /rounds/new", "post /account", "post /organisations/new"),
}  # fmt: skip


@pytest.mark.parametrize("login", ["mei", pytest.param("opal", marks=pytest.mark.long)])
def test_hostile_texts_in_every_field(own: Served, arrives, cookies: Cookies, login):
    """Whatever is typed where: no page that shows it runs it, neither at once nor wherever it is listed later."""
    person = watched(arrives(own, "zh", 1280, login))
    forms = [one.address for one in walked(own, cookies, login).pages if with_forms(one.html)]
    told, taken = sent(person, forms, HOSTILE["markup"])
    assert not told, "\n".join(told)
    kept = {" ".join(kind.split()[:2]) for kind, well in taken.items() if well}
    assert set(STORED[login]) <= kept, taken
    shown = [one for one in walked(own, cookies, login).pages if CANARY in one.html]
    assert len(shown) > 12
    for page in shown:
        assert not CAME_THROUGH.search(page.html), page.address
        person.go(page.address)
        told += unharmed(person, page.address)
    assert not told, "\n".join(told)


@pytest.mark.long
@pytest.mark.parametrize("what", ["address", "long", "turned"])
def test_other_hostile_texts(own: Served, arrives, cookies: Cookies, what):
    """Addresses that are scripts, long and turned texts: shown as text on a phone's width, never an error of ours."""
    person = watched(arrives(own, "en", 390, "mei"))
    text = HOSTILE[what]
    pages = (
        "/needs/new?form=1",
        "/offers/new",
        "/account/tokens",
        "/account",
        "/webhooks",
        "/deliveries/new",
    )
    told, taken = sent(person, pages, text)
    assert len(taken) >= 4, taken  # too long a text may be refused everywhere, and is shown again then
    for page in walked(own, cookies, "mei", "en").pages:
        if text[:4] in page.html:
            person.go(page.address)
            told += unharmed(person, page.address)
            if (wide := person.page.evaluate("document.documentElement.scrollWidth")) > 390:
                told.append(f"{page.address}: {wide} px wide")
    assert not told, "\n".join(told)


def asked_for() -> set[str]:
    """The names that pages read from their addresses, as the program has them."""
    found = set()
    for path in Path(site.__file__).parent.glob("*.py"):
        text = path.read_text("utf-8")
        found.update(re.findall(r"query(?:\.get\(|\[)\"([a-z_]+)\"", text))
        for names in re.findall(r"(?:in|names =|FILTERS =|ASKED =) \((\"[^)]*)\)", text):
            found.update(re.findall(r"\"([a-z_]+)\"", names))
    return found


def parameters(pages: Mapping[str, str]) -> dict[str, set[str]]:
    """What each page's address may ask for: by its links, and by its forms that only ask."""
    found: dict[str, set[str]] = defaultdict(set)
    for html in pages.values():
        for link in crawl.links(html):
            split = urlsplit(link.replace("&amp;", "&"))
            found[crawl.place(split.path)].update(name for name, _ in parse_qsl(split.query))
        for form in re.findall(r"<form(?![^>]*post)[^>]*action=\"([^\"]+)\".*?</form>", html, re.DOTALL):
            found[crawl.place(form)].update(re.findall(r"name=\"([a-z_]+)\"", html))
    return found


@pytest.mark.parametrize("login", [pytest.param(None, marks=pytest.mark.long), "opal"])
def test_hostile_addresses(served: Served, arrives, cookies: Cookies, login):
    """Every name in the address of every page reflects text as text: one by one, and all that pages know at once."""
    person = watched(arrives(served, "en", 1280, login))
    pages = {one.kind: one for one in walked(served, cookies, login, "en").pages if "?" not in one.kind}
    names, every = parameters({one.address: one.html for one in pages.values()}), sorted(asked_for())
    assert len(every) > 30
    told, shown = [], 0
    with httpx.Client(base_url=served.address, cookies=cookies(served, login, "en"), timeout=60) as client:
        for kind, page in pages.items():
            for asked in (*([name] for name in sorted(names[kind] - {"lang"})), every):
                address = page.address + "?" + str(httpx.QueryParams(dict.fromkeys(asked, HOSTILE["markup"])))
                answer = client.get(address, headers={"accept": "text/html"})
                if answer.status_code >= 500 or CAME_THROUGH.search(answer.text):
                    told.append(f"{page.address} {asked}: {answer.status_code}")
                if CANARY in answer.text.partition("<main")[2]:
                    shown += 1
                    person.page.goto(served.address + address)
                    told += unharmed(person, f"{page.address} {asked}")
    assert shown > 5
    assert not told, "\n".join(told)


def test_search_as_you_type_reflects_text_only(served: Served, arrives):
    """The part that a script puts into the page is as safe as the page."""
    person = arrives(served, "en", 1280, "mei")
    watched(person)
    person.go("/needs")
    person.page.fill("#text", HOSTILE["markup"])
    with person.page.expect_response(lambda one: "text=" in one.url):
        person.page.press("#text", "End")
        person.page.type("#text", "!")
    person.page.wait_for_timeout(300)
    assert unharmed(person, "/needs") == []


@pytest.mark.parametrize("back", ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example",
                                  "javascript:alert(1)", "/%09/elsewhere.example"])  # fmt: skip
def test_nobody_is_sent_elsewhere(served: Served, arrives, back):
    """The place to go back to after signing in is one of this hub."""
    person = arrives(served)
    person.page.goto(served.address + "/sign-in?" + str(httpx.QueryParams({"back": back})))
    person.page.fill("input[name=login]", "new")
    person.page.fill("input[name=password]", PASSWORD)
    with person.page.expect_navigation():
        person.page.click("main button[type=submit]")
    assert person.page.url.startswith(served.address + "/")
    assert unharmed(person, back) == []


@pytest.mark.parametrize("login", [None, "mei", "opal"])
def test_every_page_forbids_scripts_of_its_own(served: Served, cookies: Cookies, login):
    """Each HTML answer has a policy without `unsafe`, and no script, style or handler stands in any page."""
    with httpx.Client(base_url=served.address, cookies=cookies(served, login, "en"), timeout=60) as client:
        for page in [*walked(served, cookies, login, "en").pages, crawl.Seen("", "/needs/nope", "")]:
            answer = client.get(page.address, headers={"accept": "text/html"})
            policy = answer.headers["content-security-policy"]
            assert "unsafe" not in policy, page.address
            assert "default-src 'none'" in policy, page.address
            assert "frame-ancestors 'none'" in policy, page.address
            assert answer.headers["x-content-type-options"] == "nosniff", page.address
            assert not re.search(
                r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", answer.text
            ), page.address


def test_a_form_needs_the_token_of_its_session(own: Served, cookies: Cookies):
    """Without the token, with another's, or from elsewhere, a form changes nothing and is told so."""
    held = cookies(own, "mei", "en")
    ours = {"origin": own.address, "sec-fetch-site": "same-origin", "accept": "text/html"}
    needs = "/api/needs?mine=true&limit=200"
    with httpx.Client(base_url=own.address, cookies=held, timeout=60) as client:
        token = re.search(r'name="_csrf" value="([^"]+)"', client.get("/needs/new?form=1").text)[1]
        fields = {"title": "别处来的需求", "_step": "post", "_despite": "1", "visibility": "members"}
        other = cookies(own, "lin", "en")
        with httpx.Client(base_url=own.address, cookies=other, timeout=60) as another:
            theirs = re.search(r'name="_csrf" value="([^"]+)"', another.get("/needs/new?form=1").text)[1]
        assert theirs != token
        for wrong in ({}, {"_csrf": ""}, {"_csrf": theirs}, {"_csrf": "x" * 43}):
            answer = client.post("/needs/new", data={**fields, **wrong}, headers=ours)
            assert answer.status_code in (401, 403, 409), (wrong, answer.status_code)
        elsewhere = {
            "origin": "https://elsewhere.example",
            "sec-fetch-site": "cross-site",
            "accept": "text/html",
        }
        answer = client.post("/needs/new", data={**fields, "_csrf": token}, headers=elsewhere)
        assert answer.status_code == 403
        assert "别处来的需求" not in client.get(needs).text
        answer = client.post("/needs/new", data={**fields, "_csrf": token}, headers=ours)
        assert answer.status_code == 303
        assert "别处来的需求" in client.get(needs).text


# Forms that begin a session have none whose token they could show; a browser must still say that they are ours.
BEGINS = {"/sign-in", "/register", "/set-up", "/renew", "/unsubscribe/{id}"}


def test_every_form_needs_its_token(own: Served, cookies: Cookies):
    """Whatever is sent without the session's token or from elsewhere is refused, everywhere, and leaves no trace."""
    posts = sorted(path for method, path in site.views() if method == "POST")
    assert len(posts) > 60
    ours = {"origin": own.address, "sec-fetch-site": "same-origin", "accept": "text/html"}
    theirs = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site", "accept": "text/html"}
    told = []
    with httpx.Client(base_url=own.address, cookies=cookies(own, "opal", "en"), timeout=60) as client:
        before = client.get("/api/journal/head").json()
        for path in posts:
            address = path.replace("{id}", "a" * 26)
            if (status := client.post(address, data={"title": "x"}, headers=theirs).status_code) != 403:
                told.append(f"{path} from elsewhere: {status}")
            if path not in BEGINS:
                status = client.post(address, data={"title": "x"}, headers=ours).status_code
                told += [] if status == 409 else [f"{path} without its token: {status}"]
        assert client.get("/api/journal/head").json() == before
        assert client.get("/account").status_code == 200
    assert not told, "\n".join(told)


def test_a_session_ended_elsewhere_is_over_with_the_next_click(own: Served, arrives):
    """Revoked in one browser, the other is asked to sign in where it was about to be, and sees nothing of it."""
    here = arrives(own, "en", 1280, "mei", afresh=True)
    there = arrives(own, "en", 1280, "mei", afresh=True)
    there.go("/needs?mine=on")
    assert SECRET in there.texts()
    here.go("/account/sessions")
    for _ in range(8):  # whichever of the others is the other browser's: all but one's own
        ending = here.page.query_selector_all("form[action$='/end'] button")
        if not ending:
            break
        with here.page.expect_navigation():
            ending[-1].click()
        here.go("/account/sessions")
        if "/sign-in" in here.page.url or here.page.query_selector("input[name=password]"):
            break
    there.go("/account")
    assert there.page.query_selector("input[name=password]") is not None
    assert SECRET not in there.page.content()
    there.go("/needs?mine=on")
    assert SECRET not in there.page.content()


def test_after_signing_out_nothing_comes_back(own: Served, arrives):
    """The way back in the browser shows no page of whoever has gone."""
    person = arrives(own, "en", 1280, "mei", afresh=True)
    person.go("/needs?mine=on")
    with person.page.expect_navigation():
        person.page.click(f"text={SECRET}")
    with person.page.expect_navigation():
        person.page.click("form[action='/sign-out'] button")
    assert SECRET not in person.page.content()
    for _ in range(2):
        person.page.go_back()
        person.page.wait_for_load_state()
        assert SECRET not in person.page.content()
        assert person.page.query_selector("form[action='/sign-out']") is None
