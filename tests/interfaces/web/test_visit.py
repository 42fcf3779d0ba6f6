"""Visits: odd addresses and forms are answered in words, and nothing is done for whoever is not a page of this hub."""

from __future__ import annotations

import pytest
from tests.interfaces.web.conftest import Read

from tandem.base.words import say
from tandem.interfaces.http import admission


@pytest.fixture
def firm(pages):
    """A member who has posed a need; where it is."""
    pages.need = pages.web.ask("ann", "need.pose", title="主轴温升检测").id
    return pages


@pytest.mark.parametrize("query", ["x=%ff", "text=%B9%E3%D6%DD", "&".join(f"a{n}=1" for n in range(101))])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_address_that_cannot_be_read_is_told_in_words(pages, query, lang):
    """As a page of this hub with all that protects one, whoever comes."""
    answer = pages.get(None, f"/search?{query}", lang)
    assert answer.status_code == 400
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert say("web.menu.home", lang) in Read(answer.text).text


def test_an_origin_that_is_no_address_is_refused(firm):
    """Not an error of the server: over pages and over the API."""
    headers = {**firm.headers("ann", "en"), "origin": "http://["}
    token = admission.csrf(firm.web.secrets["ann"])
    for path in ("/needs/new", "/api/needs"):
        assert (
            firm.web.client.post(path, data={"_csrf": token, "title": "x"}, headers=headers).status_code
            == 403
        )


@pytest.mark.parametrize("version", [None, "", "²", "x", "-1"])
def test_nothing_is_overwritten_without_the_version_that_was_seen(firm, version):
    """As programs have to name it: a form that has lost its version changes nothing, and says what to do."""
    at = f"/needs/{firm.need}/edit"
    form = firm.read("ann", at).form(at)
    firm.web.ask("ann", "need.edit", id=firm.need, city="广州")
    sent = {**form, "title": "轴承检测"}
    sent.pop("_version")
    answer = firm.post("ann", at, sent if version is None else {**sent, "_version": version})
    assert answer.status_code in (412, 422)
    assert say("error.form.version", "en") in Read(answer.text).text
    assert firm.web.ask("ann", "need.show", id=firm.need).title == "主轴温升检测"


def test_what_was_done_is_said_once_and_by_no_address(firm):
    """The note comes with the answer that did it, goes with the page that shows it, and no link can make it up."""
    note = say("web.done.need_drafted", "en")
    assert note not in firm.read("ann", "/?done=need_drafted").text
    form = firm.read("ann", "/needs/new?form=1").form("/needs/new")
    made = firm.post("ann", "/needs/new", {**form, "title": "齿轮检测", "_step": "draft"})
    assert (made.status_code, "done" in made.headers["location"]) == (303, False)
    where = made.headers["location"]
    shown = firm.get("ann", where)
    assert note in Read(shown.text).text
    assert "Max-Age=0" in shown.headers["set-cookie"]
    assert note not in firm.read("ann", where).text


def test_pages_name_who_is_signed_in(firm):
    """By the name that the account has now; a visitor is nobody."""
    firm.web.ask("ann", "account.edit", name="安 <b>")
    assert "安 &lt;b&gt;</a>" in firm.get("ann", "/").text
    assert 'class="me"' not in firm.get(None, "/").text


def test_a_program_does_not_come_to_pages(firm):
    """A bearer counts for nothing there: pages are for browsers, which show a session."""
    made = firm.web.ask("ann", "token.create", label="robot", scopes=("read",))
    answer = firm.web.client.get("/account/tokens", headers={"authorization": f"Bearer {made.secret}",
                                                             "accept": "text/html"})  # fmt: skip
    assert answer.status_code == 401


def test_a_page_with_a_secret_is_kept_by_no_browser(firm):
    """The new token's page is shown once."""
    form = firm.read("ann", "/account/tokens").form("/account/tokens")
    made = firm.post("ann", "/account/tokens", {**form, "label": "robot", "reach": "read", "days": "30"})
    assert made.status_code == 200
    assert "no-store" in made.headers["cache-control"]


def test_over_tls_the_session_is_this_hosts_alone(firm):
    """A name that no other host can set; one of that kind without it counts for nothing."""
    secret = firm.web.secrets["ann"]
    safe = f"https://{firm.headers('ann', 'en')['origin'].partition('//')[2]}"
    for name, status in ((f"__Host-{admission.SESSION}", 200), (admission.SESSION, 401)):
        answer = firm.web.client.get(
            f"{safe}/account", headers={"cookie": f"{name}={secret}", "accept": "text/html"}
        )
        assert answer.status_code == status
