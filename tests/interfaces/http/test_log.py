"""What the server writes down: that something was asked and how it ended, never what."""

from __future__ import annotations

from tandem.interfaces.http import application as applications
from tandem.interfaces.http.request import preferred

SECRET = "秘密配方 7741"


def test_a_line_for_each_request_and_nothing_of_its_content(web):
    """Method, route template, status, time, role and request id; no title, id, query, secret or address."""
    made = web("ann", "POST", "/api/needs", json={"title": SECRET, "visibility": "confidential"})
    web("ann", "GET", f"/api/needs/{made.json()['id']}")
    web("bob", "GET", "/api/search", params={"text": SECRET})
    web("ann", "POST", "/api/needs", json={"title": SECRET, "no_such": SECRET})
    web(None, "GET", f"/{SECRET}")
    lines = web.log()
    assert [(one["method"], one["route"], one["status"], one["role"]) for one in lines[:2]] == [
        ("POST", "/api/needs", 201, "member"),
        ("GET", "/api/needs/{id}", 200, "member"),
    ]
    assert all(isinstance(one["ms"], float) and one["event"] == "request" for one in lines)
    assert lines[0]["request"] == made.headers["x-request-id"]
    assert lines[-1]["route"] == "-"
    text = web.logged.getvalue().decode()
    for hidden in (SECRET, "7741", made.json()["id"], web.secrets["ann"], "testclient"):
        assert hidden not in text


def test_a_request_may_name_itself(web):
    """A fit X-Request-Id is kept, so that a proxy's log and ours can be laid side by side; another is replaced."""
    fit = web("ann", "GET", "/api/needs", headers={"x-request-id": "proxy-00000001"})
    assert fit.headers["x-request-id"] == "proxy-00000001"
    for odd in ("short", "a b c d e f g h", 'x"},{"event":"forged"', "y" * 65):
        assert web("ann", "GET", "/api/needs", headers={"x-request-id": odd}).headers["x-request-id"] != odd


def test_a_failure_of_ours_shows_no_trace(web, monkeypatch):
    """The asker gets a number to tell the operator; the log has the kind and the place, and not the message."""

    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(applications.actions, "run", broken)
    answer = web("ann", "GET", "/api/needs")
    assert answer.status_code == 500
    assert answer.json()["code"] == "http.unexpected"
    assert "Traceback" not in answer.text
    assert SECRET not in answer.text
    failed = next(one for one in web.log() if one["event"] == "failed")
    assert failed["error"] == "RuntimeError"
    assert failed["request"] == answer.json()["request"]
    assert SECRET not in web.logged.getvalue().decode()


def test_languages_are_weighed():
    """RFC 9110: the best quality wins, what is not ours does not count, nonsense is no language."""
    assert preferred(b"en;q=0.3, zh-Hant-HK;q=0.9") == "zh"
    assert preferred(b"zh;q=0, en;q=0.1") == "en"
    assert preferred(b"zh;q=nonsense, en") == "en"
    assert preferred(b"fr, *") is None


def test_an_account_is_answered_in_its_language_where_the_request_names_none(web, monkeypatch):
    """What the request prefers comes first, then the account, then the hub."""
    monkeypatch.setenv("LC_ALL", "C")
    web.ask("ann", "account.edit", language="zh")

    def language(who, header=None):
        headers = {} if header is None else {"accept-language": header}
        return web(who, "GET", "/api/needs/nosuch", headers=headers).headers["content-language"]

    assert [language("ann"), language("ann", "fr"), language("ann", "en"), language("bob")] == [
        "zh",
        "zh",
        "en",
        "en",
    ]
    assert (language(None), language(None, "zh-CN")) == ("en", "zh")
