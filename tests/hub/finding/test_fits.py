"""Needs that fit an organisation: of what it may see alone, also for those who have delivered nothing yet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.hub.finding.filled import alter, named_id, put

from tandem.base.clock import DAY
from tandem.base.errors import Conflict
from tandem.domain.introductions import VOLUNTEER_EVERY, VOLUNTEER_MOST
from tandem.domain.services import services
from tandem.storage.database import schema as s

SAID = "谐波减速器寿命测试"


@pytest.fixture
def town(world):
    """A test house with a delivery, a newcomer with an offer, a poser; two needs that fit and one that does not."""
    hub = world.hub
    for name in ("老所", "新所", "厂家", "旁人"):
        put(hub, "organisations", name)
    put(hub, "deliveries", "寿命测试两千小时", org_id=named_id("老所"), text=SAID, delivered_on="2026-05-01")
    hub.database.write(lambda tx: tx.insert(
        s.delivered_by, [{"delivery_id": named_id("寿命测试两千小时"), "org_id": named_id("老所")}]
    )).result()  # fmt: skip
    put(hub, "offers", SAID, org_id=named_id("新所"), kind="service", capacity=2, service_code=None)
    put(hub, "offers", "海缆敷设施工", org_id=named_id("旁人"), kind="service", capacity=1)
    own = {"org_id": named_id("厂家"), "kind": "service", "posted_on": "2027-01-10"}
    put(hub, "needs", "减速器寿命要做测试", text=SAID, budget_max=25_000_000, **own)
    put(hub, "needs", "出口纸箱", text="彩盒印刷与纸箱。", **own)
    world.orgs = {name: world.person("member", named_id(name)) for name in ("老所", "新所", "厂家", "旁人")}
    return world


def fits(town, who, **given):
    return town.ask(town.orgs[who], "need.fits", **given)


def titles(found):
    return [one.title for one in found.items]


@pytest.mark.parametrize("who", ["老所", "新所"])
def test_evidence_and_offers_find_the_need(town, who):
    """By deliveries or by what is offered; the need first that says the same, with reasons and a band of its budget."""
    found = fits(town, who)
    assert titles(found)[0] == "减速器寿命要做测试"
    first = found.items[0]
    assert (first.budget, first.name, first.organisation) == ("100000-1000000", "厂家", named_id("厂家"))
    assert first.rank in (1, 2)
    assert {id_ for one in first.reasons for id_ in one["evidence"]} <= {
        named_id("寿命测试两千小时"),
        named_id(SAID),
    }
    assert found.matched


def test_a_newcomer_is_found_needs_by_the_service_that_it_names(town):
    """An offer whose words are not those of the need, of the same service code."""
    code = next(iter(services()))
    put(town.hub, "offers", "标定", org_id=named_id("新所"), kind="service", capacity=2, service_code=code)
    wanted = {"org_id": named_id("厂家"), "kind": "service", "service_code": code, "posted_on": "2027-01-10"}
    put(town.hub, "needs", "找人帮忙", **wanted)
    (one,) = [one for one in fits(town, "新所").items if one.title == "找人帮忙"]
    assert (one.rank, [reason["code"] for reason in one.reasons]) == (None, ["service_met"])


def test_own_needs_closed_ones_and_those_past_their_day_are_none(town):
    """What nobody could answer is not shown."""
    put(town.hub, "needs", "自家测试", text=SAID, org_id=named_id("新所"), kind="service")
    put(
        town.hub, "needs", "过期测试", text=SAID, org_id=named_id("厂家"), kind="service", due_on="2027-01-01"
    )
    put(town.hub, "needs", "已关闭测试", text=SAID, org_id=named_id("厂家"), kind="service", state="closed")
    assert set(titles(fits(town, "新所"))) <= {"减速器寿命要做测试", "出口纸箱"}


def test_hidden_needs_change_nothing(town):
    """A confidential need that fits best, a draft, one for another organisation: the same answer as without them."""
    before = fits(town, "新所")
    own = {"org_id": named_id("厂家"), "kind": "service", "text": SAID}
    put(town.hub, "needs", "保密" + SAID, visibility="confidential", **own)
    put(town.hub, "needs", "草稿" + SAID, state="draft", **own)
    put(town.hub, "needs", "指定" + SAID, visibility="named", named=(named_id("旁人"),), **own)
    assert fits(town, "新所") == before
    put(town.hub, "needs", "给新所" + SAID, visibility="named", named=(named_id("新所"),), **own)
    assert "给新所" + SAID in titles(fits(town, "新所"))


def test_what_others_may_not_read_of_a_need_moves_nothing(town):
    """Budget, importance and the poser behind a pseudonym are not looked at."""
    alter(town.hub, "needs", named_id("减速器寿命要做测试"), anonymous=True)
    before = fits(town, "新所")
    assert (before.items[0].name, before.items[0].organisation) == (None, None)
    assert before.items[0].pseudonym
    alter(town.hub, "needs", named_id("减速器寿命要做测试"), importance=9, budget_max=20_000_000)
    assert fits(town, "新所") == before


def test_hidden_proposals_change_nothing_and_invitations_lead_elsewhere(town):
    """A proposal that the organisation does not know of stays unseen; one that it knows takes the need out."""
    operator = town.person("operator")
    before = fits(town, "新所")
    need = named_id("减速器寿命要做测试")
    made = town.ask(operator, "introduction.propose", need=need, organisation=named_id("新所"))
    assert fits(town, "新所") == before
    town.ask(operator, "introduction.invite", id=made.id)
    assert "减速器寿命要做测试" not in titles(fits(town, "新所"))


def test_what_one_has_volunteered_for_is_told_with_its_day(town):
    """Beside the need, and in a list of what waits until it is invited."""
    need = named_id("减速器寿命要做测试")
    town.ask(town.orgs["新所"], "introduction.volunteer", need=need)
    found = fits(town, "新所")
    assert found.items[0].volunteered_at == town.clock.now
    assert [(one.id, one.at) for one in found.waiting] == [(need, town.clock.now)]
    town.clock.now += DAY
    (one,) = town.ask(town.orgs["厂家"], "introduction.list").items
    town.ask(town.orgs["厂家"], "introduction.invite", id=one.id)
    assert fits(town, "新所").waiting == ()


def test_an_operator_asks_as_the_organisation_would_be_answered(town):
    """What the organisation may not see is not told of it to anybody; only the organisation may volunteer."""
    put(
        town.hub,
        "needs",
        "保密" + SAID,
        visibility="confidential",
        org_id=named_id("厂家"),
        kind="service",
        text=SAID,
    )
    own = fits(town, "新所")
    items = tuple(replace(one, may_volunteer=False) for one in own.items)
    assert town.ask(town.person("operator"), "need.fits", organisation=named_id("新所")) == replace(
        own, items=items, left=0
    )


def test_who_shows_members_nothing_is_told_so(town):
    """A confidential offer: posers' matching does not find it, and nothing is asked with it."""
    alter(town.hub, "offers", named_id(SAID), visibility="confidential")
    found = fits(town, "新所")
    assert (found.asked, found.matched, found.items) == (0, False, ())


def test_what_was_found_once_is_found_again_without_looking_until_something_changes(town, monkeypatch):
    """A second asking matches nothing; a changed need, a new offer and a new day are looked at anew."""
    from tandem.hub.finding import fits as finding

    looked = []
    consider = finding.consider
    monkeypatch.setattr(finding, "consider", lambda need, *more: looked.append(need) or consider(need, *more))
    before = fits(town, "新所")
    first = len(looked)
    assert first > 0
    assert fits(town, "新所") == before
    assert len(looked) == first
    alter(town.hub, "needs", named_id("减速器寿命要做测试"), text="彩盒印刷")
    assert fits(town, "新所") != before
    assert len(looked) == first + 1
    put(town.hub, "offers", "彩盒印刷", org_id=named_id("新所"), kind="service", capacity=1)
    after = fits(town, "新所")
    again = len(looked)
    assert again > first + 1
    town.clock.now += DAY
    assert fits(town, "新所") == after
    assert len(looked) > again


def test_whether_one_may_volunteer_now_is_told_with_each_need(town):
    """Not again within the time, nor beyond the most, nor in another's name; what is told is what is then answered."""
    need, other = named_id("减速器寿命要做测试"), put(town.hub, "needs", "减速器寿命", text=SAID,
                                                    org_id=named_id("厂家"), kind="service")  # fmt: skip

    def may():
        found = fits(town, "新所")
        return {one.id: one.may_volunteer for one in found.items if one.id in (need, other)}, found.left

    assert may() == ({need: True, other: True}, VOLUNTEER_MOST)
    town.ask(town.orgs["新所"], "introduction.volunteer", need=need)
    assert may() == ({need: False, other: True}, VOLUNTEER_MOST - 1)
    for n in range(VOLUNTEER_MOST - 1):
        one = put(town.hub, "needs", f"纸箱 {n}", org_id=named_id("厂家"), kind="service")
        town.ask(town.orgs["新所"], "introduction.volunteer", need=one)
    assert may() == ({need: False, other: False}, 0)
    with pytest.raises(Conflict):
        town.ask(town.orgs["新所"], "introduction.volunteer", need=other)
    operator = town.ask(town.person("operator"), "need.fits", organisation=named_id("新所"))
    assert (operator.left, any(one.may_volunteer for one in operator.items)) == (0, False)
    town.clock.now += VOLUNTEER_EVERY
    assert may() == ({need: True, other: True}, VOLUNTEER_MOST)
