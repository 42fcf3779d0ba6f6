"""Claims beside evidence, of what the asker may see."""

from __future__ import annotations

import pytest
from tests.hub.finding.filled import alter, named_id, put

from tandem.domain.records import FINDABLE
from tandem.storage.database import schema as s


@pytest.fixture
def lab(world):
    """A laboratory with two offers, three deliveries that speak of the first, and one of neither."""
    hub = world.hub
    put(hub, "organisations", "检测所", reg_no="91350100M000100Y43")
    put(hub, "organisations", "别家")
    org = named_id("检测所")
    put(hub, "offers", "谐波减速器寿命测试", org_id=org, text="疲劳寿命两千小时")
    put(hub, "offers", "海缆路由勘察", org_id=org)
    for n, (day, rating) in enumerate((("2026-05-01", 0.9), ("2026-06-01", 0.6), (None, None))):
        delivered(
            hub,
            f"减速器寿命测试 {n}",
            org,
            text="谐波减速器疲劳寿命测试两千小时",
            delivered_on=day,
            rating=rating,
        )
    delivered(hub, "月饼彩盒快印", org, delivered_on="2025-01-01", rating=0.3)
    return world


def delivered(hub, title, org, **more):
    id_ = put(hub, "deliveries", title, org_id=org, **more)
    hub.database.write(lambda tx: tx.insert(s.delivered_by, [{"delivery_id": id_, "org_id": org}])).result()


def profile(world, actor=None):
    return world.ask(actor or world.person("analyst"), "organisation.profile", id=named_id("检测所"))


def test_each_claim_stands_beside_the_deliveries_that_speak_of_it(lab):
    """Count, newest day, and no mean of two ratings; a claim without evidence has none."""
    found = profile(lab)
    by = {one.title: one for one in found.offers}
    tested = by["谐波减速器寿命测试"]
    assert (tested.record.deliveries, tested.record.rated, tested.record.mean) == (3, 2, None)
    assert (tested.record.newest, tested.record.oldest) == ("2026-06-01", "2026-05-01")
    assert by["海缆路由勘察"].record.deliveries == 0
    assert [one.title for one in found.others] == ["月饼彩盒快印"]
    assert (found.record.deliveries, found.record.rated, found.record.mean) == (4, 3, 0.6)
    assert not found.newcomer


def test_hidden_deliveries_and_offers_change_nothing(lab):
    """For an outsider; its own people see them counted."""
    before = profile(lab)
    org = named_id("检测所")
    delivered(lab.hub, "保密寿命测试", org, visibility="confidential", text="谐波减速器寿命测试", rating=0.1)
    put(lab.hub, "offers", "保密供给", org_id=org, visibility="confidential")
    assert profile(lab) == before
    own = profile(lab, lab.person("member", org))
    assert {one.title: one.record.deliveries for one in own.offers}["谐波减速器寿命测试"] == 4
    assert len(own.offers) == 3


def test_whether_it_is_verified_and_what_its_number_says(lab):
    """The day of the check, only while it stands."""
    assert (profile(lab).verified_at, profile(lab).number) == (None, "valid")
    alter(lab.hub, "organisations", named_id("检测所"), state="verified", checked_at=123)
    assert profile(lab).verified_at == 123


def test_who_has_delivered_nothing_is_new(lab):
    """With the hub's own figures of how new ones are kept in view."""
    found = lab.ask(lab.person("analyst"), "organisation.profile", id=named_id("别家"))
    assert (found.newcomer, found.record.deliveries, found.offers) == (True, 0, ())
    assert 0 < found.floor < 1
    assert found.small_history > 0


def test_what_an_organisation_lacks_is_told_to_its_own_people(world):
    """All at first, then less and less; nobody else is told, and a number that cannot be right is as good as none."""
    org = world.organisation("新所", visibility="confidential")
    own = world.person("manager", org)

    def lacking(who=own):
        return world.ask(who, "organisation.profile", id=org).lacking

    assert lacking() == FINDABLE
    world.ask(
        own, "organisation.edit", id=org, city="深圳", type="lab", size="small", reg_no="91350100M000100Y44"
    )
    assert lacking() == FINDABLE[1:]
    world.ask(own, "organisation.edit", id=org, reg_no="91350100M000100Y43", visibility="members")
    world.ask(own, "offer.add", title="检测", visibility="members")
    world.ask(own, "delivery.add", title="检测", visibility="members")
    assert lacking() == ("verified",)
    world.ask(world.person("operator"), "organisation.verify", id=org)
    assert lacking() == lacking(world.person("auditor")) == ()
    assert lacking(world.person("analyst")) is None
