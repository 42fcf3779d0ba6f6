"""Offers, past deliveries, and the needs that fit: written, changed, taken back; interest shown in a need."""

from __future__ import annotations

import pytest
from tests.hub.finding.filled import put
from tests.interfaces.web.conftest import Read, Site

from tandem.base.words import say

SAID = "谐波减速器寿命测试"


@pytest.fixture
def town(pages: Site) -> Site:
    """Bob's organisation offers what a need of ann's asks for."""
    web = pages.web
    pages.offer = web.ask("bob", "offer.add", title=SAID, kind="service", capacity=3, visibility="members").id
    pages.need = web.ask("ann", "need.pose", title="减速器寿命要做测试", text=SAID, kind="service",
                         visibility="members", budget_max=25_000_000).id  # fmt: skip
    return pages


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_offer_is_added_shown_changed_and_withdrawn(town, lang):
    """By its form, with everything that it can say; withdrawn it is its owner's alone, and can be offered again."""
    page = town.read("bob", "/offers/new", lang)
    sent = {**page.form("/offers/new"), "title": "三坐标测量", "cities_served": "珠海\n东莞", "price_from": "1200.50",
            "currency": "CNY", "capacity": "2", "available_from": "2027-02-01"}  # fmt: skip
    answer = town.post("bob", "/offers/new", sent, lang)
    assert answer.status_code == 303
    at = answer.headers["location"].partition("?")[0]
    shown = town.read("ann", at, lang)
    assert "三坐标测量" in shown.text
    assert ("1,200.50 元" if lang == "zh" else "CNY 1,200.50") in shown.text
    assert say("web.organisation.calendar.others", lang) in shown.text
    form = town.read("bob", f"{at}/edit", lang).form(f"{at}/edit")
    assert form["cities_served"].split() == (["珠海", "东莞"] if lang == "zh" else ["Zhuhai", "Dongguan"])
    assert town.post("bob", f"{at}/edit", {**form, "price_from": ""}, lang).status_code == 303
    own = town.read("bob", at, lang)
    assert "1,200.50" not in own.text
    assert town.post("bob", f"{at}/withdraw", own.form(f"{at}/withdraw"), lang).status_code == 303
    assert town.get("ann", at).status_code == 404
    assert (
        town.post("bob", f"{at}/reopen", town.read("bob", at, lang).form(f"{at}/reopen"), lang).status_code
        == 303
    )
    assert town.get("ann", at).status_code == 200


def test_two_who_change_an_offer_at_once_lose_nothing(town):
    """The second is shown what the first changed in words, keeps what was typed, and saves it by a second click."""
    at = f"/offers/{town.offer}/edit"
    sent = {**town.read("bob", at).form(at), "title": "寿命试验", "kind": "technology"}
    town.web.ask("bob", "offer.edit", id=town.offer, title="别的标题", cities_served=("珠海",))
    refused = town.post("bob", at, sent)
    assert refused.status_code == 412
    shown = Read(refused.text)
    for words in (say("web.change.stale", "en"), "别的标题", "Zhuhai", say("web.change.taken", "en")):
        assert words in shown.text
    kept = shown.form(at)
    assert (kept["title"], kept["kind"], kept["cities_served"]) == ("寿命试验", "technology", "Zhuhai")
    assert town.post("bob", at, kept).status_code == 303
    assert town.web.ask("bob", "offer.show", id=town.offer).title == "寿命试验"


def test_two_who_change_the_same_are_not_asked(town):
    """What both wrote alike is saved at the first click."""
    at = f"/offers/{town.offer}/edit"
    sent = {**town.read("bob", at).form(at), "title": "寿命试验"}
    town.web.ask("bob", "offer.edit", id=town.offer, title="寿命试验")
    assert town.post("bob", at, sent).status_code == 303


def test_a_partner_who_joined_meanwhile_is_told_by_name(town):
    """Of a delivery, whose partners are organisations."""
    own = town.web.actors["bob"].org
    partner = town.web.actors["ann"].org
    made = town.web.ask(
        "bob", "delivery.add", title="交付", delivered_on="2026-01-02", visibility="members"
    ).id
    at = f"/deliveries/{made}/edit"
    sent = {**town.read("bob", at).form(at), "title": "已交付"}
    town.web.ask("bob", "delivery.edit", id=made, partners=(partner,))
    refused = town.post("bob", at, sent)
    assert refused.status_code == 412
    name = town.web.ask("bob", "organisation.show", id=partner).name
    assert name in Read(refused.text).text
    assert partner not in Read(refused.text).text
    assert own != partner


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(town):
    """A city that nobody knows and a price that is none."""
    sent = {
        **town.read("bob", "/offers/new").form("/offers/new"),
        "title": "测量",
        "cities_served": "Atlantis",
    }
    refused = town.post("bob", "/offers/new", sent)
    assert refused.status_code == 422
    kept = Read(refused.text).form("/offers/new")
    assert (kept["title"], kept["cities_served"].strip()) == ("测量", "Atlantis")
    assert 'aria-invalid="true"' in refused.text


def test_others_may_not_change_an_offer(town):
    """The form is refused, and so is what it would send."""
    assert town.get("ann", f"/offers/{town.offer}/edit").status_code == 403
    assert town.post("ann", f"/offers/{town.offer}/withdraw", {}).status_code in (200, 403)
    assert town.web.ask("bob", "offer.show", id=town.offer).state == "open"
    assert town.get(None, "/offers/new").status_code == 401


def test_an_operator_says_for_whom(town):
    """For the organisation that the address names, or one that is found by name."""
    org = town.web.actors["ann"].org
    page = town.read("opal", f"/offers/new?organisation={org}")
    sent = {**page.form("/offers/new"), "organisation": org, "title": "代填"}
    at = town.post("opal", "/offers/new", sent).headers["location"].partition("?")[0]
    assert town.web.ask("opal", "offer.show", id=at.rpartition("/")[2]).org_id == org


def test_a_delivery_is_evidence_and_can_be_removed(town):
    """With partners that are found by name; removed it counts no more."""
    page = town.read("bob", "/deliveries/new")
    form = page.form("/deliveries/new")
    seeking = town.post(
        "bob", "/deliveries/new", {**form, "title": "寿命测试", "_with": "甲厂", "_step": "with"}
    )
    assert 'name="partners"' in seeking.text
    sent = {**form, "title": SAID + "报告", "text": "两千小时", "delivered_on": "2026-05-01", "rating": "0.9",
            "partners": town.web.actors["ann"].org}  # fmt: skip
    answer = town.post("bob", "/deliveries/new", sent)
    assert answer.status_code == 303
    at = answer.headers["location"].partition("?")[0]
    shown = town.read("ann", at)
    assert "90.0%" in shown.text
    assert f"/organisations/{town.web.actors['ann'].org}" in shown.links
    assert say("web.claim.shown", "en", n=1) in town.read("ann", f"/offers/{town.offer}").text
    editing = town.read("bob", f"{at}/edit")
    edited = editing.form(f"{at}/edit")
    assert f'<a href="{at}"><span lang="zh-Hans">' in editing.html
    assert town.post("bob", f"{at}/edit", {**edited, "rating": ""}).status_code == 303
    own = town.read("bob", at)
    assert town.post("bob", f"{at}/remove", own.form(f"{at}/remove")).status_code == 303
    assert town.get("ann", at).status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_needs_that_fit_come_with_reasons_and_a_way_to_say_so(town, lang):
    """A newcomer finds the need by its offer alone; its interest reaches the poser and is told back."""
    page = town.read("bob", "/fits", lang)
    assert f"/needs/{town.need}" in page.links
    assert say("web.fits.newcomer", lang, floor="5.0%", n=3) in page.text
    assert "250,000" not in page.text
    sent = {**page.form("/fits"), "need": town.need, "offer": town.offer, "why": "有两台试验台"}
    assert town.post("bob", "/fits", sent, lang).status_code == 303
    again = town.read("bob", "/fits", lang)
    assert say("web.fits.volunteered", lang) in again.text
    assert say("web.fits.waiting", lang) in again.text
    (one,) = town.web.ask("ann", "introduction.list").items
    assert one.reasons[-1]["params"] == {"text": "有两台试验台"}


def test_what_cannot_be_said_twice_is_told_and_what_was_typed_stays(town):
    """Within a month, of the same need."""
    sent = {**town.read("bob", "/fits").form("/fits"), "need": town.need, "why": "一次"}
    town.post("bob", "/fits", sent)
    refused = town.post("bob", "/fits", {**sent, "_key": "other", "why": "再来一次"})
    assert refused.status_code == 409
    assert say("error.introduction.volunteered", "en", days=30) in Read(refused.text).text


def test_who_has_nothing_to_be_found_by_is_told_what_to_do(town):
    """No offer that members see: the page leads to the form; without an organisation to registering one."""
    town.web.ask("bob", "offer.withdraw", id=town.offer)
    assert say("web.fits.nothing_said", "en") in town.read("bob", "/fits").text
    town.web.join("dora", "member")
    assert "/organisations/new" in town.read("dora", "/fits").links
    assert town.get(None, "/fits").status_code == 401


def test_lists_show_what_may_be_seen(town):
    """All offers, one's own with deliveries, those of an organisation; a hidden one is nowhere."""
    put(
        town.web.world.hub, "offers", "绝密供给", org_id=town.web.actors["bob"].org, visibility="confidential"
    )
    for path in ("/offers", "/offers?kind=service", f"/offers?organisation={town.web.actors['bob'].org}"):
        page = town.read("ann", path)
        assert f"/offers/{town.offer}" in page.links
        assert "绝密供给" not in page.html
    assert "绝密供给" in town.read("bob", "/offers?mine=1").html
