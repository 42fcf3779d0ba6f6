"""Accounts, people, tokens and webhooks as pages: what is secret is shown once, and each role does what is its own."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from tests.interfaces.web.conftest import Read, Site
from tests.interfaces.web.test_signing import PASSWORD, registered

from tandem.interfaces.web import account

SECRET = re.compile(r"td[a-z]_[\w-]{20,}")


def signed_in(pages: Site, login: str) -> str:
    """Somebody who has registered, under their login among the people of the test."""
    cookie = registered(pages, login)
    pages.web.secrets[login] = re.search(r"tandem_session=([^;]+)", cookie)[1]  # type: ignore[index]
    return login


def id_of(pages: Site, login: str) -> str:
    return next(
        one.id for one in pages.web.ask("opal", "account.list", limit=200).items if one.login == login
    )


def test_an_account_is_changed_and_speaks_its_language_at_once(pages: Site) -> None:
    """Name, e-mail and language are kept; the page that follows is in the new language; an empty field means none."""
    who = signed_in(pages, "wei")
    form = pages.read(who, "/account").form("/account")
    assert form["name"] == "Li Wei"
    answer = pages.post(
        who, "/account", {**form, "name": "李伟", "email": "wei@example.org", "language": "en"}
    )
    assert answer.status_code == 303
    assert "tandem_lang=en" in answer.headers["set-cookie"]
    form = pages.read(who, "/account").form("/account")
    assert (form["name"], form["email"]) == ("李伟", "wei@example.org")
    pages.post(who, "/account", {**form, "email": ""})
    assert pages.read(who, "/account").form("/account")["email"] == ""


def test_a_stale_account_page_changes_nothing(pages: Site) -> None:
    """Two pages of one account: the second one to be sent hears that something changed, with what was typed kept."""
    who = signed_in(pages, "wei")
    form = pages.read(who, "/account").form("/account")
    other = pages.read(who, "/account").form("/account")
    assert pages.post(who, "/account", {**form, "name": "First"}).status_code == 303
    answer = pages.post(who, "/account", {**other, "name": "Second"})
    assert answer.status_code in (409, 412)
    assert Read(answer.text).form("/account")["name"] == "Second"
    assert pages.read(who, "/account").form("/account")["name"] == "First"


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(pages: Site) -> None:
    """A wrong one is told; the right one ends the session in the other browser at once."""
    who = signed_in(pages, "wei")
    answer = pages.post(None, "/sign-in", {"login": "wei", "password": PASSWORD})
    pages.web.secrets["elsewhere"] = re.search(r"tandem_session=([^;]+)", answer.headers["set-cookie"])[1]  # type: ignore[index]
    form = pages.read(who, "/account").form("/account/password")
    new = {"new_password": "ten lanterns at dawn"}
    wrong = pages.post(who, "/account/password", {**form, "password": "not this one", **new})
    assert wrong.status_code == 403
    assert "not this one" not in wrong.text
    assert pages.post(who, "/account/password", {**form, "password": PASSWORD, **new}).status_code == 303
    assert pages.get("elsewhere", "/account").status_code == 401
    assert pages.get(who, "/account").status_code == 200


def test_sessions_are_listed_and_ended(pages: Site) -> None:
    """The one in use is marked and has no button; the other is out at its next request."""
    who = signed_in(pages, "wei")
    answer = pages.post(None, "/sign-in", {"login": "wei", "password": PASSWORD})
    pages.web.secrets["phone"] = re.search(r"tandem_session=([^;]+)", answer.headers["set-cookie"])[1]  # type: ignore[index]
    page = pages.read(who, "/account/sessions")
    assert "this one" in page.text
    (end,) = [own["action"] for own, _ in page.forms if own.get("action", "").endswith("/end")]
    assert pages.post(who, end, {}).status_code == 303
    assert pages.get("phone", "/account").status_code == 401


def test_a_token_is_made_shown_once_used_and_ended(pages: Site) -> None:
    """Its secret works over HTTP within its scopes, never comes again, and is worth nothing once ended."""
    who = signed_in(pages, "wei")
    form = pages.read(who, "/account/tokens").form("/account/tokens")
    sent = {**form, "label": "ERP", "reach": "read", "days": "30"}
    made = pages.post(who, "/account/tokens", sent)
    secret = SECRET.search(made.text)[0]  # type: ignore[index]
    assert f"Bearer {secret}" in made.text
    assert "/mcp" in made.text
    assert (
        SECRET.search(pages.post(who, "/account/tokens", sent).text) is None
    )  # sent twice: the same one, unsaid
    known = {"authorization": f"Bearer {secret}"}
    assert pages.web.client.get("/api/needs", headers=known).status_code == 200
    assert pages.web.client.post("/api/needs", headers=known, json={"title": "x"}).status_code == 403
    page = pages.read(who, "/account/tokens")
    assert SECRET.search(page.html) is None
    (end,) = [own["action"] for own, _ in page.forms if own.get("action", "").endswith("/end")]
    assert pages.post(who, end, {}).status_code == 303
    assert pages.web.client.get("/api/needs", headers=known).status_code == 401


def test_a_token_for_nothing_is_not_one_for_everything(pages: Site) -> None:
    """Whoever says "only what I tick" and ticks nothing is asked again; what is ticked is what it may."""
    who = signed_in(pages, "wei")
    form = pages.read(who, "/account/tokens").form("/account/tokens")
    refused = pages.post(who, "/account/tokens", {**form, "label": "ERP", "reach": "some"})
    assert refused.status_code in (400, 422)
    assert SECRET.search(refused.text) is None
    made = pages.post(
        who, "/account/tokens", {**form, "label": "ERP", "reach": "some", "scopes": ["need", "offer"]}
    )
    assert "need, offer" in made.text


def test_every_part_that_a_token_may_have_has_words(pages: Site) -> None:
    """A member, a manager and the operator choose among parts of the hub that are called something."""
    for role in ("member", "manager", "operator"):
        page = pages.read(
            {"member": "ann", "manager": "max", "operator": "opal"}[role], "/account/tokens", "zh"
        )
        for family in account.families(role):  # type: ignore[arg-type]
            assert f'value="{family}"' in page.html
            assert f">{family}</label>" not in page.html


def test_erasing_asks_for_the_password_and_signs_out(pages: Site) -> None:
    """The page says what goes and what stays; a wrong password changes nothing."""
    who = signed_in(pages, "wei")
    assert "Erase my account for good" in pages.read(who, "/account/erase").text
    assert pages.post(who, "/account/erase", {"password": "not this one"}).status_code == 403
    done = pages.post(who, "/account/erase", {"password": PASSWORD})
    assert done.status_code == 303
    assert "Max-Age=0" in done.headers["set-cookie"]
    assert pages.get(who, "/account").status_code == 401
    again = pages.post(None, "/sign-in", {"login": "wei", "password": PASSWORD})
    assert again.status_code != 303


def test_a_forgotten_password_is_renewed_by_the_operators_secret(pages: Site) -> None:
    """The operator sees the secret once; its bearer sets a new password and signs in with it."""
    signed_in(pages, "wei")
    made = pages.post("opal", f"/people/{id_of(pages, 'wei')}/reset", {})
    secret = SECRET.search(made.text)[0]  # type: ignore[index]
    assert (
        pages.post(None, "/renew", {"secret": "another", "password": "ten lanterns at dawn"}).status_code
        == 401
    )
    assert pages.post(None, "/renew", {"secret": secret, "password": "short"}).status_code in (400, 422)
    assert (
        pages.post(None, "/renew", {"secret": secret, "password": "ten lanterns at dawn"}).status_code == 303
    )
    entered = pages.post(None, "/sign-in", {"login": "wei", "password": "ten lanterns at dawn"})
    assert entered.status_code == 303


def test_a_manager_invites_withdraws_and_lets_go(pages: Site) -> None:
    """An invitation is listed until withdrawn; who accepts is a colleague, can be made manager, and can be let go."""
    who = signed_in(pages, "wei")
    form = pages.read("max", "/people").form("/people/invite")
    assert pages.post("max", "/people/invite", {**form, "login": "wei", "role": "member"}).status_code == 303
    page = pages.read("max", "/people")
    (back,) = [own["action"] for own, _ in page.forms if own.get("action", "").endswith("/withdraw")]
    assert pages.post("max", back, {}).status_code == 303
    pages.post(
        "max", "/people/invite", {**pages.read("max", "/people").form("/people/invite"), "login": "wei"}
    )
    (one,) = [
        own["action"] for own, _ in pages.read(who, "/").forms if own.get("action", "").endswith("/accept")
    ]
    assert pages.post(who, one, {}).status_code == 303
    wei = id_of(pages, "wei")
    assert "Li Wei" in pages.read("max", "/people").text
    place = pages.read("max", f"/people/{wei}").form(f"/people/{wei}")
    assert pages.post("max", f"/people/{wei}", {**place, "role": "manager"}).status_code == 303
    assert pages.get(who, "/people").status_code == 200
    assert pages.post("max", f"/people/{wei}", {"leave": "on"}).status_code == 303
    assert "Li Wei" not in pages.read("max", "/people").text
    assert pages.get("max", f"/people/{wei}").status_code == 404


def test_the_operator_finds_places_and_blocks(pages: Site) -> None:
    """By name and role; an organisation by its name; a name that means none is asked again; blocking is at once."""
    who = signed_in(pages, "wei")
    assert "Li Wei" in pages.read("opal", "/people?name=li+w").text
    assert "Li Wei" not in pages.read("opal", "/people?role=auditor").text
    wei = id_of(pages, "wei")
    place = pages.read("opal", f"/people/{wei}").form(f"/people/{wei}")
    refused = pages.post("opal", f"/people/{wei}", {**place, "named": "no such firm"})
    assert refused.status_code in (400, 422)
    assert "no such firm" in refused.text
    assert pages.post("opal", f"/people/{wei}", {**place, "named": "乙所"}).status_code == 303
    assert "乙所" in pages.read("opal", f"/people/{wei}").text
    assert pages.post("opal", f"/people/{wei}", {"state": "blocked"}).status_code == 303
    assert pages.get(who, "/account").status_code == 401
    assert pages.post("opal", f"/people/{wei}", {"state": "active"}).status_code == 303
    assert pages.post("opal", f"/people/{wei}/erase", {}).status_code == 303
    assert "wei" not in pages.read("opal", f"/people/{wei}").text


@pytest.mark.parametrize("path", ["/people", "/settings", "/webhooks", "/journal/verification"])
def test_a_member_is_told_that_a_page_is_not_for_members(pages: Site, path: str) -> None:
    """A page in words, with a way on; nothing of what is there."""
    answer = pages.get("ann", path, "zh")
    assert answer.status_code == 403
    assert "无权" in answer.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_numbers_of_the_hubs_health_are_grouped(pages: Site, monkeypatch, lang: str) -> None:
    """Room on disk with its thousands apart."""
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=65_406 << 20))
    text = pages.read("opal", "/settings", lang).text
    assert "65,406 MB" in text
    assert "65406" not in text


def test_a_webhook_is_added_tested_and_removed(pages: Site) -> None:
    """Its secret is shown once; an address inside is refused beside the field, with what was typed kept."""
    form = pages.read("max", "/webhooks").form("/webhooks")
    refused = pages.post("max", "/webhooks", {**form, "address": "https://localhost/x"})
    assert refused.status_code in (400, 422)
    assert Read(refused.text).form("/webhooks")["address"] == "https://localhost/x"
    made = pages.post(
        "max", "/webhooks", {**form, "address": "https://erp.example.org/t", "actions": ["need"]}
    )
    assert "whsec_" in made.text
    path = re.search(r'href="(/webhooks/\w+)"', made.text)[1]  # type: ignore[index]
    assert "whsec_" not in pages.read("max", path).html
    assert pages.post("max", f"{path}/test", {}).status_code == 303
    assert pages.get("ann", path).status_code == 403
    assert (
        pages.post("max", f"{path}/remove", pages.read("max", path).form(f"{path}/remove")).status_code == 303
    )
    assert pages.get("max", path).status_code == 404


def test_e_mail_can_be_ended_by_its_link_alone(pages: Site) -> None:
    """Opening the link changes nothing; its button does, without signing in; a wrong link says so in words."""
    page = pages.read(None, "/unsubscribe/wrong-one")
    assert "No more e-mails" in page.text
    answer = pages.post(None, "/unsubscribe/wrong-one", {})
    assert answer.status_code == 401
    assert "off already" in answer.text
