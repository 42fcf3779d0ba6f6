"""The start page of visitors and members, notices, and what agents wish to do in a member's name."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.interfaces.web.conftest import Site
from tests.interfaces.web.test_introductions import Story

from tandem.base.settings import settings_of
from tandem.base.words import has, of_setting, say
from tandem.hub import notices as telling
from tandem.hub.actions import ACTIONS
from tandem.hub.call import Call
from tandem.storage.database import schema as s

LANGS = pytest.mark.parametrize("lang", ["zh", "en"])


def agent(pages: Site, who: str) -> str:
    """The secret of a token for an agent of somebody's."""
    answer = pages.web(who, "POST", "/api/tokens", json={"label": "采购助手", "agent": True})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["secret"])


def wish(pages: Site, who: str, path: str, **given: Any) -> str:
    """Something that an agent asks for; the id under which it waits."""
    headers = {"authorization": f"Bearer {agent(pages, who)}"}
    answer = pages.web.client.post(path, json=given, headers=headers)
    assert "confirmation_id" in answer.json(), answer.text
    return str(answer.json()["confirmation_id"])


@LANGS
def test_visitors_read_what_a_hub_is_and_its_public_needs(pages: Site, lang: Any) -> None:
    """Three ways in; public needs and no others."""
    pages.web.ask("ann", "need.pose", title="Public gears", visibility="public")
    pages.web.ask("ann", "need.pose", title="Members' gears", visibility="members")
    page = pages.read(None, "/", lang)
    for code in ("web.home.need", "web.home.supply", "web.home.run", "web.home.newest"):
        assert say(code, lang) in page.text
    assert "Public gears" in page.text
    assert "gears" not in page.text.replace("Public gears", "")
    assert {"/needs/new", "/register", "/help"} <= set(page.links)


@LANGS
def test_somebody_without_an_organisation_is_led_to_one(pages: Site, lang: Any) -> None:
    """First steps: register it, or be invited by a colleague, who needs one's login."""
    pages.web.join("new", "member")
    page = pages.read("new", "/", lang)
    assert "/organisations/new" in page.links
    assert pages.web.ask("new", "account.show").login in page.text
    assert say("web.home.waiting", lang) not in page.text
    assert "/organisations/new" not in pages.read("ann", "/", lang).links


def test_an_invitation_is_answered_on_the_start_page(pages: Site) -> None:
    """Whoever is invited by an organisation reads by which, and joins it by a click."""
    pages.web.join("new", "member")
    login = pages.web.ask("new", "account.show").login
    invited = pages.web.ask("max", "membership.invite", login=login)
    page = pages.read("new", "/")
    assert "甲厂" in page.text
    path = f"/invitations/{invited.id}/accept"
    assert pages.post("new", path, page.form(path)).status_code == 303
    assert "甲厂" not in pages.read("max", "/").text
    assert pages.web.ask("max", "membership.list", state="accepted").items
    again = pages.post("new", path, page.form(path))
    assert again.status_code == 409
    assert 'role="alert"' in again.text


@LANGS
def test_members_see_what_waits_and_what_is_theirs(pages: Site, lang: Any) -> None:
    """Introductions that wait, needs and offers with their state, unread notices; nothing that is the other side's."""
    story = Story(pages)
    page = pages.read("poser", "/", lang)
    assert f"/introductions/{story.id}" in page.links
    assert f"/needs/{story.need}" in page.links
    assert say("choice.state.posed", lang) in page.text
    assert "Shenzhen Metrology" not in page.text
    page = pages.read("invited", "/", lang)
    assert f"/introductions/{story.id}" not in page.links
    assert f"/offers/{story.offer}" in page.links
    assert say("web.home.nothing_waits", lang) in page.text
    story.done("poser", "invite")
    page = pages.read("invited", "/", lang)
    assert f"/introductions/{story.id}" in page.links
    assert say("notice.introduction.invited", lang, title="谐波减速器寿命测试") in page.text


@pytest.mark.parametrize("role", ["analyst", "reviewer"])
def test_staff_have_a_start_page_too(pages: Site, role: Any) -> None:
    """Those who take part in no introduction see their notices, and no way that is not theirs."""
    pages.web.join("eve", role)
    page = pages.read("eve", "/")
    assert say("web.notices", "en") in page.text
    assert "/introductions" not in page.links
    assert "/organisations/new" not in page.links


def test_notices_lead_to_their_record_and_are_read(pages: Site) -> None:
    """Unread ones stand out; one, or all that are shown, are marked; another's cannot be."""
    story = Story(pages)
    story.done("poser", "invite")
    story.done("invited", "interested")
    story.done("poser", "introduce")
    page = pages.read("invited", "/notices")
    assert page.links.count(f"/introductions/{story.id}") == 2
    ids = [one.id for one in pages.web.ask("invited", "notice.list").items]
    assert pages.post("bob", "/notices/read", {"id": ids[0]}).status_code == 404
    assert len(pages.web.ask("invited", "notice.list", unread=True).items) == 2
    assert pages.post("invited", "/notices/read", {"id": ids[0]}).status_code == 303
    assert [one.id for one in pages.web.ask("invited", "notice.list", unread=True).items] == ids[1:]
    assert page.links.count("/notices?unread=on") == 1
    assert say("web.notices.none_unread", "en") not in pages.read("invited", "/notices?unread=on").text
    pages.post("invited", "/notices/read", {"id": ids[1]})
    assert say("web.notices.none_unread", "en") in pages.read("invited", "/notices?unread=on").text


@LANGS
def test_every_notice_is_a_sentence_and_leads_somewhere(pages: Site, lang: Any) -> None:
    """Each code that the hub writes is read in words, its figures too, with an address of this hub."""
    hub, account = pages.web.world.hub, str(pages.web.actors["ann"].account)
    told = {
        "introduction.proposed_many": {"n": 3}, "introduction.unfilled": {"title": "齿轮"},
        "account.set": {"role": "manager"},
        "organisation.verified": {"note": ""}, "search.news": {"name": "gears", "n": 2},
        "confirmation.waiting": {"action": "need.pose"}, "membership.invited": {"role": "member"},
        "need.expired": {"title": "齿轮", "due_on": "2027-01-02"},
    }  # fmt: skip
    for code, params in told.items():
        about = None if code.endswith("many") else "abc"
        hub.database.write(
            lambda tx, code=code, params=params, about=about: telling.to_account(
                Call(tx, pages.web.actors["ann"], hub), account, code, about, **params
            )
        ).result()
    page = pages.read("ann", "/notices", lang)
    assert not [code for code in told if code in page.text]
    for words in (
        say("choice.role.manager", lang),
        say("action.need.pose", lang).rstrip(".。"),
        say("notice.introduction.proposed_many", lang, n=3),
    ):
        assert words in page.text
    assert {
        "/needs/abc",
        "/organisations/abc",
        "/confirmations",
        "/account",
        "/introductions?state=proposed",
    } <= set(page.links)
    assert "need.pose" not in page.text


@LANGS
def test_a_wish_is_read_in_words_and_done_on_a_yes(pages: Site, lang: Any) -> None:
    """Every value that the agent gave stands there as people write it; nothing is posed before the yes."""
    given = {"title": "Spindle <b>drift</b>", "kind": "technology", "city": "440300", "budget_max": 2_500_000,
             "currency": "HKD", "due_on": "2027-03-01", "anonymous": True}  # fmt: skip
    id_ = wish(pages, "ann", "/api/needs", **given)
    page = pages.read("ann", "/confirmations", lang)
    money = {"zh": "25,000 港元", "en": "HKD 25,000"}[lang]
    kind, posing = say("choice.kind.technology", lang), say("action.need.pose", lang).rstrip(".。")
    for words in (posing, "Spindle <b>drift</b>", kind, money,
                  {"zh": "深圳", "en": "Shenzhen"}[lang], {"zh": "2027年3月1日", "en": "1 Mar 2027"}[lang], "采购助手",
                  say("web.yes", lang)):  # fmt: skip
        assert words in page.text
    assert "<b>drift" not in page.html
    assert id_ in pages.read("ann", "/", lang).html
    assert pages.web.ask("ann", "need.list").items == ()
    assert "Spindle" not in pages.read("max", "/confirmations", lang).text
    path = f"/confirmations/{id_}/accept"
    assert pages.post("max", path, {}).status_code == 404
    assert pages.post("ann", path, page.form(path)).status_code == 303
    assert [one.title for one in pages.web.ask("ann", "need.list").items] == ["Spindle <b>drift</b>"]
    assert "Spindle" not in pages.read("ann", "/confirmations", lang).text
    assert "Spindle" in pages.read("ann", "/confirmations?state=accepted", lang).text


def test_a_wish_refused_does_nothing(pages: Site) -> None:
    """No is no, also against a later yes."""
    id_ = wish(pages, "ann", "/api/needs", title="Not wanted")
    page = pages.read("ann", "/confirmations")
    assert (
        pages.post(
            "ann", f"/confirmations/{id_}/refuse", page.form(f"/confirmations/{id_}/refuse")
        ).status_code
        == 303
    )
    answer = pages.post("ann", f"/confirmations/{id_}/accept", page.form(f"/confirmations/{id_}/accept"))
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert pages.web.ask("ann", "need.list").items == ()


def test_a_wish_about_a_record_names_it_by_its_title(pages: Site) -> None:
    """What an agent wants with an introduction is read by the introduction's title, with the way to it."""
    story = Story(pages)
    wish(pages, "poser", f"/api/introductions/{story.id}/invite")
    page = pages.read("poser", "/confirmations")
    assert "谐波减速器寿命测试" in page.text
    assert f"/introductions/{story.id}" in page.links


def test_a_wish_lapses(pages: Site) -> None:
    """What waited too long is among the expired, without a way to do it."""
    wish(pages, "ann", "/api/needs", title="Too late")
    pages.web.world.clock.now += 3 * 86_400
    pages.web.secrets["ann"] = pages.web.session(pages.web.actors["ann"])
    assert "Too late" not in pages.read("ann", "/confirmations").text
    page = pages.read("ann", "/confirmations?state=expired")
    assert "Too late" in page.text
    assert not [own for own, _ in page.forms if own["action"].startswith("/confirmations/")]


# What decides who sees what, or binds, of each action that a wish may hold: what holds where an agent tells nothing.
UNTOLD: dict[str, dict[str, str]] = {
    "need.pose": {"visibility": "choice.visibility.members", "anonymous": "web.no", "draft": "web.no", "slots": "1",
                  "importance": "1", "currency": "choice.currency.CNY", "organisation": "甲厂"},
    "offer.add": {"visibility": "choice.visibility.members", "capacity": "1", "currency": "choice.currency.CNY",
                  "organisation": "甲厂"},
    "delivery.add": {"visibility": "choice.visibility.members", "organisation": "甲厂"},
    "organisation.register": {"visibility": "choice.visibility.members", "despite": "web.no"},
    "organisation.verify": {"refuse": "web.no"},
    "membership.invite": {"role": "choice.role.member", "organisation": "甲厂"},
    "need.publish": {"visibility": "choice.visibility.named", "anonymous": "web.yes", "named": "乙所"},
    "need.reopen": {"visibility": "choice.visibility.named", "anonymous": "web.yes", "named": "乙所"},
    "offer.reopen": {"visibility": "choice.visibility.named", "named": "乙所"},
    "introduction.quote": {"currency": "choice.currency.HKD"},
    "introduction.outcome": {"visibility": "web.confirmations.as_need", "title": "谐波减速器寿命测试"},
}  # fmt: skip
# What they leave untold stays as it is, or they take nothing beyond what must be told.
LEAVES = {"need.edit", "offer.edit", "delivery.edit", "organisation.edit", "need.withdraw", "need.close",
          "round.publish", "membership.accept", "introduction.volunteer", "introduction.invite", "introduction.answer",
          "introduction.reveal", "introduction.introduce", "introduction.agree", "introduction.lose"}  # fmt: skip


def test_every_action_that_a_wish_may_hold_is_looked_at() -> None:
    """A new action that binds is judged here: what does it take where nothing is told?"""
    assert {one.name for one in ACTIONS.values() if one.binds} == UNTOLD.keys() | LEAVES


def asked(pages: Site, action: str) -> tuple[str, dict[str, Any]]:
    """Who has an agent that asks for an action, and what it tells: only what it must."""
    given: dict[str, Any] = {one.name: 1 if one.type in ("money", "share") else "Told"
                             for one in settings_of(ACTIONS[action].takes) if one.required}  # fmt: skip
    family = action.partition(".")[0]
    if family == "introduction":
        story = Story(pages, currency="HKD")
        story.done("poser", "invite")
        given["id"] = story.id
        return ("invited" if action.endswith("quote") else "poser"), given
    if action in ("need.publish", "need.reopen", "offer.reopen"):
        said = {"title": "Told", "visibility": "named", "named": [pages.web.actors["bob"].org]}
        own = {"anonymous": True} if family == "need" else {}
        given["id"] = pages.web.ask("ann", "need.pose" if own else "offer.add", **said, **own).id
    if action == "organisation.verify":
        given["id"] = pages.web.actors["bob"].org
        return "opal", given
    return ("max" if action == "membership.invite" else "ann"), given


@LANGS
@pytest.mark.parametrize("action", sorted(UNTOLD))
def test_a_wish_shows_what_holds_where_nothing_was_told(pages: Site, action: str, lang: Any) -> None:
    """A yes is to what the page shows: who sees it, under whose name, how many, in which currency."""
    who, given = asked(pages, action)
    account = pages.web.actors[who].account
    row = {"id": "w" * 26, "version": 1, "account_id": account, "key_id": None, "action": action, "seen": None,
           "given": json.dumps(given), "state": "waiting", "created_at": 1, "expires_at": 2**40}  # fmt: skip
    pages.web.world.hub.database.write(lambda tx: tx.insert(s.confirmations, row)).result()
    shown = dict(
        re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", pages.read(who, "/confirmations", lang).html, re.DOTALL)
    )
    shown = {label: re.sub("<[^>]+>", "", text).strip() for label, text in shown.items()}
    for name, code in UNTOLD[action].items():
        label = say(f"field.{name}" if has(f"field.{name}") else of_setting(action, name), lang).rstrip(".。")
        family = (
            say(f"web.confirmations.about.{name}", lang) if has(f"web.confirmations.about.{name}") else label
        )
        found = shown.get(label[:1].upper() + label[1:], shown.get(family))
        assert found is not None, (name, shown)
        assert (say(code, lang) if has(code) else code) in found, (name, found)


def test_a_wish_names_whom_it_is_about(pages: Site) -> None:
    """Organisations by their names, as far as the member sees them; another's hidden one stays its id."""
    bob, hidden = pages.web.actors["bob"].org, pages.web.world.organisation("暗厂", visibility="confidential")
    wish(pages, "ann", "/api/deliveries", title="x", partners=[bob, hidden], visibility="named", named=[bob])
    text = pages.read("ann", "/confirmations").text
    assert text.count("乙所") == 2
    assert bob not in text
    assert hidden in text
    assert "暗厂" not in text
