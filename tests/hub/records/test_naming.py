"""Many records in one ask: names and what is cited, told to those who see the records, in the order asked."""

from __future__ import annotations

import pytest

from tandem.base.errors import Invalid
from tandem.domain.people import Actor
from tandem.hub.records.inputs import MOST_CITED, MOST_NAMED

NOBODY = "a" * 26


def test_names_are_told_of_what_is_seen(world):
    """Organisations by name, others by title; what is hidden is left out as what is not there."""
    first, second = world.organisation("甲厂"), world.organisation("乙所")
    ann, bob = world.person("member", first), world.person("member", second)
    posed = world.ask(ann, "need.pose", title="主轴", visibility="confidential").id
    offered = world.ask(bob, "offer.add", title="检测", visibility="members").id
    ids = [offered, NOBODY, posed, second, first, offered]
    told = {who: [(one.what, one.id, one.name) for one in world.ask(asker, "records.names", ids=ids).items]
            for who, asker in (("ann", ann), ("bob", bob), ("visitor", Actor()))}  # fmt: skip
    orgs = [("organisations", second, "乙所"), ("organisations", first, "甲厂")]
    assert told["ann"] == [("offers", offered, "检测"), ("needs", posed, "主轴"), *orgs]
    assert told["bob"] == [("offers", offered, "检测"), *orgs]
    seen = [one.id for one in world.ask(ann, "records.names", ids=ids, what="needs").items]
    assert seen == [posed]
    assert [one for one in told["visitor"] if one[0] != "organisations"] == []


def test_what_is_cited_is_told_as_its_owner_wrote_it(world):
    """A delivery with its day, an offer without; what was taken back is left out for others, needs are no evidence."""
    first, second = world.organisation("甲厂"), world.organisation("乙所")
    ann, bob = world.person("member", first), world.person("member", second)
    done = world.ask(
        ann, "delivery.add", title="主轴", text="温升", delivered_on="2026-05-01", visibility="members"
    ).id
    offered = world.ask(ann, "offer.add", title="检测", visibility="members").id
    hidden = world.ask(ann, "offer.add", title="绝密", visibility="confidential").id
    posed = world.ask(ann, "need.pose", title="需", visibility="public").id
    given = {"ids": [hidden, offered, NOBODY, posed, done]}
    cited = [(one.what, one.id, one.title, one.text, one.day)
             for one in world.ask(bob, "records.evidence", **given).items]  # fmt: skip
    assert cited == [("offer", offered, "检测", None, None), ("delivery", done, "主轴", "温升", "2026-05-01")]
    world.ask(ann, "offer.withdraw", id=offered)
    assert [one.id for one in world.ask(bob, "records.evidence", **given).items] == [done]
    assert [one.id for one in world.ask(ann, "records.evidence", **given).items] == [hidden, offered, done]


@pytest.mark.parametrize(
    ("action", "most"), [("records.names", MOST_NAMED), ("records.evidence", MOST_CITED)]
)
def test_so_many_and_no_more_at_once(world, action, most):
    """Somebody who asks for more is told how many there may be."""
    ann = world.person("member", world.organisation("甲厂"))
    assert world.ask(ann, action, ids=[NOBODY] * most).items == ()
    with pytest.raises(Invalid):
        world.ask(ann, action, ids=[NOBODY] * (most + 1))
