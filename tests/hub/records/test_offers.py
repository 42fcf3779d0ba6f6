"""Offers and deliveries: the same steps as needs, judged by the same rules, each seen by whom it is open to."""

from __future__ import annotations

import pytest

from tandem.base.errors import Absent, Conflict, Invalid
from tandem.domain.people import HERE, VISITOR
from tandem.storage.database import schema as s


@pytest.fixture
def provider(world):
    return world.person("member", world.organisation("检测中心"))


def test_an_offer_goes_and_comes_back(world, provider):
    """Withdrawn it is its owner's alone; reopened others see it again, its capacity as a band."""
    own = world.ask(provider, "offer.add", title="三坐标检测", capacity=4, visibility="public",
                    cities_served=["珠海", "香港"], price_from="1200.50")  # fmt: skip
    assert (own.cities_served, own.price_from) == (("440400", "810000"), 120_050)
    world.ask(provider, "offer.withdraw", id=own.id)
    with pytest.raises(Absent):
        world.ask(VISITOR, "offer.show", id=own.id)
    with pytest.raises(Conflict, match=r"move\.refused"):
        world.ask(provider, "offer.withdraw", id=own.id)
    world.ask(provider, "offer.reopen", id=own.id)
    seen = world.ask(VISITOR, "offer.show", id=own.id)
    assert (seen.capacity, seen.organisation, seen.state) == ("2-5", provider.org, "open")


def test_offers_of_a_city_are_those_that_serve_it(world, provider):
    """By name, by province, or everywhere."""
    for title, served in (("a", ["深圳"]), ("b", ["广东省"]), ("c", []), ("d", ["香港"])):
        world.ask(provider, "offer.add", title=title, cities_served=served, visibility="public")
    found = world.ask(VISITOR, "offer.list", city="Shenzhen").items
    assert {one.title for one in found} == {"a", "b", "c"}


def test_all_that_is_wrong_is_told_together(world, provider):
    """City, order of days and an empty title: one error with a finding for each, and nothing is written."""
    with pytest.raises(Invalid) as refused:
        world.ask(provider, "offer.add", title=" ", cities_served=["Atlantis"], available_from="2027-02-01",
                  available_to="2027-01-01")  # fmt: skip
    assert refused.value.code == "record.faulty"
    assert [one.code for one in refused.value.findings] == ["cities.unknown", "required", "dates.order"]
    assert not world.ask(provider, "offer.list").items


def test_an_edit_is_judged_with_what_stays(world, provider):
    """A new end before the old beginning is refused; a cleared field is empty; a fixed one cannot be cleared."""
    own = world.ask(provider, "offer.add", title="x", text="y", available_from="2027-02-01")
    with pytest.raises(Invalid, match=r"record\.faulty"):
        world.ask(provider, "offer.edit", id=own.id, available_to="2027-01-01")
    assert world.ask(provider, "offer.edit", id=own.id, clear=["text"]).text is None
    with pytest.raises(Invalid, match=r"record\.clear"):
        world.ask(provider, "offer.edit", id=own.id, clear=["title"])


def test_who_delivered_is_told_as_far_as_it_is_seen(world, provider):
    """A partner and a need that the asker may not see are left out; by them, nothing is found."""
    partner = world.ask(HERE, "organisation.register", name="隐秘伙伴", visibility="confidential").id
    open_partner = world.organisation("open")
    need = world.ask(HERE, "need.pose", title="n", visibility="confidential", organisation=partner).id
    own = world.ask(HERE, "delivery.add", title="x", organisation=provider.org, visibility="public", need=need,
                    rating=0.8, partners=[partner, open_partner])  # fmt: skip
    assert own.org_ids == (provider.org, partner, open_partner)
    seen = world.ask(VISITOR, "delivery.show", id=own.id)
    assert (seen.organisations, seen.need, seen.rating) == ((provider.org, open_partner), None, 0.8)
    assert [one.id for one in world.ask(VISITOR, "delivery.list", organisation=open_partner).items] == [
        own.id
    ]
    assert not world.ask(VISITOR, "delivery.list", organisation=partner).items
    assert not world.ask(VISITOR, "delivery.list", need=need).items
    assert len(world.ask(HERE, "delivery.list", organisation=partner).items) == 1


def test_partners_change_with_the_delivery(world, provider):
    """The organisations that delivered are found by what the delivery says now; removed it counts no more."""
    first, second = world.organisation("a"), world.organisation("b")
    own = world.ask(provider, "delivery.add", title="x", partners=[first], visibility="public")
    edited = world.ask(provider, "delivery.edit", id=own.id, partners=[second])
    assert edited.org_ids == (provider.org, second)
    assert not world.ask(VISITOR, "delivery.list", organisation=first).items
    world.ask(provider, "delivery.remove", id=own.id)
    assert not world.ask(VISITOR, "delivery.list", organisation=second).items


def test_every_write_tells_the_journal(world, provider):
    """Adding, editing, withdrawing and reopening stand in the journal, for the organisation to read."""
    own = world.ask(provider, "offer.add", title="x")
    world.ask(provider, "offer.edit", id=own.id, title="y")
    world.ask(provider, "offer.withdraw", id=own.id)
    world.ask(provider, "offer.reopen", id=own.id)
    with world.hub.database.reading() as tx:
        told = tx.unguarded(
            s.journal.select().where(s.journal.c.record_id == own.id).order_by(s.journal.c.seq)
        )
    assert [one["action"] for one in told] == ["offer.add", "offer.edit", "offer.withdraw", "offer.reopen"]
    assert {one["org_id"] for one in told} == {provider.org}
