"""Organisations in the browser: found, registered with those that look the same shown, checked, edited; their page."""

from __future__ import annotations

import pytest
from tests.hub.finding.filled import alter, put
from tests.interfaces.web.conftest import Site

from tandem.base.words import say
from tandem.storage.database import schema as s

LIST, NEW = "/organisations", "/organisations/new"
NUMBER = "91350100M000100Y43"  # its check character is right


@pytest.fixture
def town(pages: Site) -> Site:
    """A test house that is claimed, with an offer, two deliveries that speak of it, and one that does not."""
    hub = pages.web.world.hub
    pages.lab = put(hub, "organisations", "深圳检测研究院", name_en="Shenzhen Testing", city="440300", type="lab",
                    size="small", sector="检测", reg_no=NUMBER)  # fmt: skip
    pages.offer = put(
        hub,
        "offers",
        "谐波减速器寿命测试",
        org_id=pages.lab,
        kind="service",
        capacity=4,
        text="疲劳寿命两千小时",
    )
    for n, title in enumerate(("谐波减速器寿命测试报告", "减速器寿命测试两千小时", "月饼彩盒快印")):
        id_ = put(hub, "deliveries", title, org_id=pages.lab, delivered_on=f"2026-0{n + 1}-01", rating=0.8)
        hub.database.write(
            lambda tx, id_=id_: tx.insert(s.delivered_by, [{"delivery_id": id_, "org_id": pages.lab}])
        ).result()
    pages.web.join("dora", "member")
    pages.web.join("lab manager", "manager", pages.lab)
    return pages


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", [None, "ann", "opal"])
def test_lists_and_pages_are_there_for_everybody(town, who, lang):
    """The list with its filters, and an organisation's page with claims beside evidence."""
    listed = town.read(who, f"{LIST}?city=440300&type=lab&size=small", lang)
    assert f"{LIST}/{town.lab}" in listed.links
    one = town.read(who, f"{LIST}/{town.lab}", lang)
    for code in (
        "web.organisation.claims",
        "web.claim.stated",
        "web.claim.evidence",
        "web.organisation.calendar",
    ):
        assert say(code, lang) in one.text
    assert say("web.claim.shown", lang, n=2) in one.text
    assert say("web.organisation.others", lang, n=1) in one.text
    assert "谐波减速器寿命测试报告" in one.text


@pytest.mark.parametrize(("query", "there"), [("?name=检测研究", True), ("?name=none", False), ("?city=珠海", False),
                                              ("?sector=检测", True), ("?state=verified", False)])  # fmt: skip
def test_filters_narrow_the_list(town, query, there):
    """By a part of the name in either language, by city name, sector and state; nothing says so with a way back."""
    page = town.read("ann", f"{LIST}{query}")
    assert (f"{LIST}/{town.lab}" in page.links) is there
    assert (say("web.organisations.nothing", "en") in page.text) is not there


def test_a_city_that_nobody_knows_is_told_beside_its_field(town):
    """The list goes on without it, what was typed stays."""
    page = town.read("ann", f"{LIST}?city=Atlantis")
    assert 'value="Atlantis" aria-invalid="true"' in page.html
    assert f"{LIST}/{town.lab}" in page.links


def test_only_the_part_is_sent_where_a_script_asks_for_it(town):
    """Searching as one types changes the results alone."""
    answer = town.get("ann", f"{LIST}?name=检测研究", **{"hx-request": "true"})
    assert "<html" not in answer.text
    assert town.lab in answer.text


def test_whoever_registers_becomes_the_manager(town):
    """And is taken to the page of the organisation with what to do next."""
    page = town.read("dora", NEW)
    answer = town.post("dora", NEW, {**page.form(NEW), "name": "新创机电"})
    assert answer.status_code == 303
    at = answer.headers["location"].partition("?")[0]
    town.web.secrets["dora"] = town.web.session(town.web.join("dora2", "manager", at.rpartition("/")[2]))
    one = town.read("dora", at)
    assert say("web.newcomer", "en") in one.text
    assert say("web.newcomer.fair", "en", floor="5.0%", n=3) in one.text


def test_those_that_look_the_same_are_shown_before_another_is_registered(town):
    """With a way to say that it is none of them; what was typed stays."""
    sent = {**town.read("dora", NEW).form(NEW), "name": "深圳检测研究院", "sector": "标定"}
    refused = town.post("dora", NEW, sent)
    assert refused.status_code == 409
    assert f'href="{LIST}/{town.lab}"' in refused.text
    assert 'value="标定"' in refused.text
    assert 'name="despite"' in refused.text
    again = town.post("dora", NEW, {**sent, "despite": "on", "_key": "another"})
    assert again.status_code == 303


def test_who_belongs_to_an_organisation_is_led_there(town):
    """Instead of a form that would be refused."""
    page = town.read("ann", NEW)
    assert say("web.organisation.taken", "en") in page.text
    assert not [own for own, _ in page.forms if own.get("action") == NEW]


def test_the_operator_verifies_and_refuses_with_a_note(town):
    """A refusal without a word is told beside the field; the page says what was checked and when."""
    at = f"{LIST}/{town.lab}"
    page = town.read("opal", at)
    refused = town.post("opal", f"{at}/verify", {**page.form(f"{at}/verify"), "_verdict": "refuse"})
    assert refused.status_code == 422
    done = town.post("opal", f"{at}/verify", {**page.form(f"{at}/verify"), "_verdict": "verify", "_key": "b"})
    assert done.status_code == 303
    shown = town.read("ann", at)
    assert say("web.organisation.verified", "en", day="15 Jan 2027, 16:00") in shown.text
    assert say("web.organisation.number.valid", "en") in shown.text
    assert f"{at}/verify" not in shown.html


def test_the_operators_note_is_for_its_own_people(town):
    """Others read the state alone."""
    alter(town.web.world.hub, "organisations", town.lab, check_note="抄件已阅")
    assert "抄件已阅" not in town.read("ann", f"{LIST}/{town.lab}").text
    assert "抄件已阅" in town.read("lab manager", f"{LIST}/{town.lab}").text


def test_managers_edit_and_empty_fields(town):
    """A field that is emptied is cleared; others are refused the form."""
    at = f"{LIST}/{town.lab}/edit"
    sent = {**town.read("lab manager", at).form(at), "sector": "", "city": "珠海"}
    assert town.post("lab manager", at, sent).status_code == 303
    page = town.read("lab manager", f"{LIST}/{town.lab}", "zh")
    assert "珠海" in page.text
    assert "<dt>行业</dt><dd>-</dd>" in page.html
    assert town.get("ann", at).status_code == 403


def test_a_change_in_between_is_not_lost(town):
    """Somebody else was quicker: the form keeps what was typed, takes over the rest, and says so."""
    at = f"{LIST}/{town.lab}/edit"
    sent = {**town.read("lab manager", at).form(at), "sector": "标定"}
    town.web.ask("opal", "organisation.edit", id=town.lab, city="441900")
    refused = town.post("lab manager", at, sent)
    assert refused.status_code == 412
    assert say("web.change.stale", "en") in refused.text
    form = town.read("lab manager", at).form(at)
    from tests.interfaces.web.conftest import Read

    kept = Read(refused.text).form(at)
    assert (kept["sector"], kept["city"]) == ("标定", form["city"])
    assert town.post("lab manager", at, {**kept, "_key": "c"}).status_code == 303


def test_places_are_exact_for_ones_own_and_a_band_for_others(town):
    """Nothing of what is held shows to others."""
    assert (
        say("web.organisation.calendar.band", "en", month="Feb", band="2-5")
        in town.read("ann", f"{LIST}/{town.lab}").html
    )
    own = town.read("lab manager", f"{LIST}/{town.lab}").html
    assert say("web.organisation.calendar.free", "en", month="Feb", n=4) in own
    assert say("web.organisation.calendar.band", "en", month="Feb", band="2-5") not in own


def test_nothing_hidden_shows(town):
    """A confidential organisation is absent; confidential offers, deliveries and needs leave no trace on the page."""
    hub = town.web.world.hub
    put(hub, "needs", "匿名需求", org_id=town.lab, anonymous=True)
    before = town.read("ann", f"{LIST}/{town.lab}").html
    assert "匿名需求" not in before
    put(hub, "offers", "绝密供给", org_id=town.lab, visibility="confidential", text="谐波减速器寿命测试")
    put(hub, "needs", "绝密需求", org_id=town.lab, visibility="confidential")
    assert town.read("ann", f"{LIST}/{town.lab}").html == before
    hidden = put(hub, "organisations", "隐身机构", visibility="confidential")
    assert town.get("ann", f"{LIST}/{hidden}").status_code == 404


def test_what_people_write_is_no_markup(town):
    """In names, notes and sectors."""
    bad = put(
        town.web.world.hub,
        "organisations",
        "<script>alert(1)</script>",
        sector="<img src=x onerror=alert(1)>",
    )
    for path in (f"{LIST}/{bad}", LIST):
        html = town.read("opal", path).html
        assert "<script>alert" not in html
        assert "<img src=x" not in html
