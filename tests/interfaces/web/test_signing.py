"""Signing in, out and on: sessions by cookie, forms that outlive a session, and nothing that leads elsewhere."""

from __future__ import annotations

import json
import re

import pytest
from tests.interfaces.web.conftest import Read, Site

PASSWORD = "nine lanterns at dusk"


def registered(pages: Site, login: str = "wei") -> str:
    """The cookie of somebody who has just registered."""
    answer = pages.post(
        None, "/register", {"login": login, "name": "Li Wei", "password": PASSWORD, "language": "zh"}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["set-cookie"]


def test_registering_signs_in(pages: Site) -> None:
    """Whoever registers has a session at once, in a cookie that scripts cannot read."""
    cookie = registered(pages)
    assert "tandem_session=" in cookie
    assert "HttpOnly" in cookie


def test_a_wrong_password_keeps_what_was_typed(pages: Site) -> None:
    """The login stays, the password does not, and the page says what is wrong."""
    registered(pages)
    answer = pages.post(None, "/sign-in", {"login": "wei", "password": "not that one"}, "zh")
    form = Read(answer.text).form("/sign-in")
    assert answer.status_code in (401, 403)
    assert form["login"] == "wei"
    assert form["password"] == ""


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(pages: Site, back: str) -> None:
    """Signing in leads to this hub's own pages only."""
    registered(pages)
    answer = pages.post(None, "/sign-in", {"login": "wei", "password": PASSWORD, "_back": back})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_a_form_without_its_token_is_refused(pages: Site) -> None:
    """A cookie alone is not enough to write: the page's token must come along."""
    answer = pages.post("ann", "/sign-out", {"_csrf": "guessed"})
    assert answer.status_code == 409
    assert 'action="/sign-out"' in pages.get("ann", "/").text


def test_a_foreign_page_cannot_send(pages: Site) -> None:
    """A request that another site's page made is refused."""
    headers = {**pages.headers("ann", "en"), "origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert pages.web.client.post("/sign-out", data={}, headers=headers).status_code == 403


def test_signing_out_ends_the_session(pages: Site) -> None:
    """The cookie is worth nothing afterwards, and the browser is told to forget."""
    answer = pages.post("ann", "/sign-out", {})
    assert answer.status_code == 303
    assert "storage" in answer.headers["clear-site-data"]
    assert 'action="/sign-out"' not in pages.get("ann", "/").text


def test_the_language_is_kept(pages: Site) -> None:
    """The choice is a cookie, and the page comes back in it."""
    answer = pages.web.client.get("/language?to=zh&back=/design", headers={"accept": "text/html"})
    assert answer.headers["location"] == "/design"
    assert "tandem_lang=zh" in answer.headers["set-cookie"]
    assert "设计规范" in pages.get(None, "/design", "zh").text


def test_pages_allow_nothing_inline(pages: Site) -> None:
    """The policy of every page knows neither inline code nor other hosts."""
    policy = pages.get(None, "/design").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy


def kept_form(pages: Site, who: str, path: str) -> dict[str, str]:
    """What the sign-in page holds of a form of somebody's that was sent after all their sessions had ended."""
    page = pages.read(who, path)
    fields = page.form(path)
    headers = {**pages.headers(None, "en"), "cookie": "tandem_session=tds_over; tandem_lang=en"}
    answer = pages.web.client.post(path, data={**fields, "title": "主轴 secret of one"}, headers=headers)
    assert answer.status_code == 401
    return Read(answer.text).form("/sign-in")


def signed_in(pages: Site, login: str, more: dict[str, str]) -> str:
    """The secret of a session of somebody who signs in, where no form was offered to them."""
    answer = pages.post(None, "/sign-in", {"login": login, "password": PASSWORD, **more})
    assert answer.status_code == 303, answer.text
    return re.findall(r"tandem_session=([\w-]+)", answer.headers["set-cookie"])[0]


def two(pages: Site) -> None:
    """Two people of one machine, who sign in by password."""
    for login in ("wei", "lan"):
        pages.web.secrets[login] = re.findall(r"tandem_session=([\w-]+)", registered(pages, login))[0]


def test_a_form_of_one_is_not_offered_to_another(pages: Site) -> None:
    """What somebody sent after their session had ended goes on under their own account, and under no other."""
    two(pages)
    held = kept_form(pages, "wei", "/account")
    assert "主轴 secret of one" in held["_carried"]
    other = pages.post(None, "/sign-in", {**held, "login": "lan", "password": PASSWORD})
    assert (other.status_code, other.headers["location"]) == (303, "/")
    assert "secret of one" not in other.text
    own = pages.post(None, "/sign-in", {**held, "login": "wei", "password": PASSWORD})
    assert Read(own.text).form("/account")["title"] == "主轴 secret of one"


@pytest.mark.parametrize("whose", [None, "", "x", 7])
def test_a_form_of_nobody_is_not_offered(pages: Site, whose: object) -> None:
    """A kept form that does not say whose it is, or says it wrongly, is dropped."""
    two(pages)
    held = json.loads(kept_form(pages, "wei", "/account")["_carried"])
    told = json.dumps({**held, "whose": whose} if whose is not None else {"path": "/account", "fields": []})
    signed_in(pages, "wei", {"_carried": told})


def test_a_page_of_one_is_not_sent_by_another(pages: Site) -> None:
    """A page shown to somebody who has since signed out: whoever has signed in since is not asked to send it."""
    two(pages)
    fields = {**pages.read("wei", "/account").form("/account"), "title": "主轴 secret of one"}
    other = pages.post("lan", "/account", fields)
    assert other.status_code == 409
    assert "secret of one" not in other.text
    later = signed_in(pages, "wei", {})
    pages.web.secrets["wei"] = later
    assert Read(pages.post("wei", "/account", fields).text).form("/account")["title"] == "主轴 secret of one"


def test_pages_tell_drafts_of_people_apart(pages: Site) -> None:
    """Each account has a mark of its own on its pages, the same in every session, which is not its id."""
    two(pages)
    marks = {
        who: re.search(r'<body[^>]* data-whose="([\w-]{20,})"', pages.get(who, "/").text)
        for who in ("wei", "lan")
    }
    found = {who: one[1] for who, one in marks.items() if one}
    assert len(set(found.values())) == 2
    pages.web.secrets["wei"] = signed_in(pages, "wei", {})
    assert f'data-whose="{found["wei"]}"' in pages.get("wei", "/help").text
    assert "data-whose" not in pages.get(None, "/").text
    assert found["wei"] != pages.web.ask("opal", "account.list", name="wei").items[0].id
