"""A browser's session: opened with a password, kept as a cookie, and of no use to a page that is not the hub's."""

from __future__ import annotations

import pytest

from tandem.hub.people import oidc
from tandem.interfaces.http.admission import CSRF, SESSION

PASSWORD = "correct horse battery"
HERE = {"origin": "http://hub.example", "sec-fetch-site": "same-origin"}


@pytest.fixture
def signed_in(web):
    """The client with the cookies of a session, and what its pages send beside them."""
    joined = web(
        None, "POST", "/api/accounts", json={"login": "cy@example.org", "password": PASSWORD, "name": "Cy"}
    )
    assert joined.status_code == 201, joined.text
    answer = web(None, "POST", "/api/sessions", json={"login": "cy@example.org", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return answer


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(web, signed_in):
    """HttpOnly and SameSite on the session; the token for pages is another; over TLS both are Secure."""
    kept = {one.partition("=")[0]: one for one in signed_in.headers.get_list("set-cookie")}
    assert "HttpOnly" in kept[SESSION]
    assert "SameSite=Lax" in kept[SESSION]
    assert "HttpOnly" not in kept[CSRF]
    assert "Secure" not in kept[SESSION]
    assert web(None, "GET", "/api/account").json()["login"] == "cy@example.org"
    web.client.base_url = "https://hub.example"
    own = {**HERE, "origin": "https://hub.example", "x-csrf-token": web.client.cookies[CSRF]}
    again = web(
        None, "POST", "/api/sessions", json={"login": "cy@example.org", "password": PASSWORD}, headers=own
    )
    assert all("; Secure" in one for one in again.headers.get_list("set-cookie"))


@pytest.mark.parametrize("headers", [
    {},
    {"x-csrf-token": "good"},
    {**HERE},
    {**HERE, "x-csrf-token": ""},
    {**HERE, "x-csrf-token": "\u00e9"},
    {**HERE, "x-csrf-token": "a" * 43},
    {"x-csrf-token": "good", "origin": "http://evil.example", "sec-fetch-site": "cross-site"},
    {"x-csrf-token": "good", "origin": "http://evil.example"},
    {"x-csrf-token": "good", "origin": "null"},
    {"x-csrf-token": "good", "sec-fetch-site": "cross-site"},
    {"x-csrf-token": "good", "sec-fetch-site": "same-site", "origin": "http://hub.example"},
])  # fmt: skip
def test_a_foreign_page_writes_nothing(web, signed_in, headers):
    """Without the page's token, or from elsewhere, a write with the cookie is refused."""
    sent = {name: (web.client.cookies[CSRF] if value == "good" else value).encode("latin-1")
            for name, value in headers.items()}  # fmt: skip
    answer = web(None, "PATCH", "/api/account", json={"name": "Mallory"}, headers={**sent, "if-match": "*"})
    assert answer.status_code == 403
    assert answer.json()["code"] in ("http.origin", "http.csrf")
    assert web(None, "GET", "/api/account").json()["name"] == "Cy"


def test_the_hubs_own_page_writes_and_signs_out(web, signed_in):
    """With token and origin a write is done; closing the session takes the cookies away and ends it everywhere."""
    secret = web.client.cookies[SESSION]
    own = {**HERE, "x-csrf-token": web.client.cookies[CSRF]}
    done = web(None, "PATCH", "/api/account", json={"name": "Cyd"}, headers={**own, "if-match": "*"})
    assert done.json()["name"] == "Cyd"
    closed = web(None, "POST", "/api/sessions/close", headers=own)
    assert closed.status_code == 200
    assert SESSION not in web.client.cookies
    web.client.cookies.clear()
    assert web(None, "GET", "/api/account", headers={"authorization": f"Bearer {secret}"}).status_code == 401


def test_a_wrong_password_opens_nothing(web, signed_in):
    """401, no cookie, and the same whether there is such a login or not."""
    web.client.cookies.clear()
    told = []
    for login in ("cy@example.org", "nobody@example.org"):
        answer = web(None, "POST", "/api/sessions", json={"login": login, "password": "not this one"})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        told.append({name: value for name, value in answer.json().items() if name != "request"})
    assert told[0] == told[1]


def test_a_login_provider_that_is_not_configured_is_said_so(web):
    """A problem, not a failure; a callback that nobody began is refused."""
    assert web(None, "GET", "/login/oidc").json()["code"] == "login.none"
    assert web(None, "GET", "/login/oidc/callback?state=a&code=b").status_code in (401, 422)


def test_a_browser_goes_to_the_provider_and_comes_back_with_a_session(web, monkeypatch):
    """The state travels in a cookie of its own, kept from scripts; what comes back goes to the hub with it."""
    seen = []

    def begin(hub, redirect, actor):
        seen.append((redirect, actor.account))
        return "https://login.example/authorize?state=s1&x=检", "s1"

    def finish(hub, told, state):
        seen.append((told, state))
        return web.secrets["ann"]

    monkeypatch.setattr(oidc, "begin", begin)
    monkeypatch.setattr(oidc, "finish", finish)
    sent = web(None, "GET", "/login/oidc")
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("https://login.example/authorize?state=s1&x=%E6")
    assert "HttpOnly" in sent.headers["set-cookie"]
    assert "Path=/login" in sent.headers["set-cookie"]
    back = web(None, "GET", "/login/oidc/callback?state=s1&code=c")
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert seen == [("http://hub.example/login/oidc/callback", None), ({"state": "s1", "code": "c"}, "s1")]
    assert web(None, "GET", "/api/needs").status_code == 200
    assert web.client.cookies[SESSION] == web.secrets["ann"]
    foreign = web(None, "GET", "/login/oidc?link=1", headers={"sec-fetch-site": "cross-site"})
    assert foreign.json()["code"] == "http.origin"
    web(None, "GET", "/login/oidc?link=1", headers={"sec-fetch-site": "same-origin"})
    assert seen[-1] == ("http://hub.example/login/oidc/callback", web.actors["ann"].account)
