"""The preview of a need is what others then get: page and truth cannot differ."""

from __future__ import annotations

import dataclasses

import pytest

from tandem.base.errors import Absent, Denied, Invalid
from tandem.domain.people import VISITOR
from tandem.domain.records import VISIBILITIES

DRAFT = {"title": "主轴测试", "text": "主轴温升", "kind": "service", "city": "东莞", "budget_max": 25_000_000,
         "due_on": "2027-03-01", "importance": 9}  # fmt: skip
_OWN = ("id", "version", "pseudonym")  # what a need that is not posed yet has not


@pytest.fixture
def two(world):
    """A poser, an organisation that is named, and one that is neither."""
    orgs = {name: world.organisation(name) for name in ("poser", "named", "other")}
    return {name: world.person("manager", org) for name, org in orgs.items()} | {
        "operator": world.person("operator")
    }


def seen(world, actor, need):
    try:
        return world.ask(actor, "need.show", id=need)
    except Absent:
        return None


def bare(view):
    """A view without what only a posed need has."""
    return None if view is None else {k: v for k, v in dataclasses.asdict(view).items() if k not in _OWN}


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_the_preview_is_what_others_get(world, two, visibility, anonymous):
    """For every visibility, with and without a name: visitor, member, named and invited organisation."""
    named = [two["named"].org] if visibility == "named" else []
    told = {**DRAFT, "visibility": visibility, "anonymous": anonymous, "named": named}
    before = world.ask(two["poser"], "need.preview", **told)
    need = world.ask(two["poser"], "need.pose", **told).id
    after = world.ask(two["poser"], "need.preview", need=need)
    for role, actor in (("visitor", VISITOR), ("member", two["other"])):
        truth = seen(world, actor, need)
        assert getattr(after, role) == truth
        assert bare(getattr(before, role)) == bare(truth)
    truth = seen(world, two["named"], need) if named else None
    assert after.named == truth
    assert bare(before.named) == bare(truth)
    made = world.ask(two["poser"], "introduction.propose", need=need, organisation=two["other"].org)
    world.ask(two["poser"], "introduction.invite", id=made.id)
    shown = world.ask(two["other"], "introduction.show", id=made.id)
    assert (after.invited.brief, after.invited.organisation) == (shown.brief, shown.organisation)
    assert (before.invited.brief, before.invited.organisation) == (shown.brief, shown.organisation)
    assert after.invited.pseudonym == shown.pseudonym


def test_a_change_is_previewed_and_not_made(world, two):
    """What shall be different shows; the record stays as it is."""
    need = world.ask(two["poser"], "need.pose", **DRAFT, visibility="public").id
    told = world.ask(
        two["poser"], "need.preview", need=need, title="轴承测试", visibility="confidential", clear=["text"]
    )
    assert told.visitor is None
    assert told.member is None
    assert (told.invited.brief.title, told.invited.brief.text) == ("轴承测试", None)
    assert world.ask(two["poser"], "need.show", id=need).title == DRAFT["title"]


def test_a_withdrawn_need_is_seen_by_nobody(world, two):
    """Its state counts as it stands; a draft is shown as once posed."""
    need = world.ask(two["poser"], "need.pose", **DRAFT, visibility="public", draft=True).id
    assert world.ask(two["poser"], "need.preview", need=need).visitor.state == "posed"
    world.ask(two["poser"], "need.withdraw", id=need)
    assert world.ask(two["poser"], "need.preview", need=need).visitor is None


def test_only_the_poser_previews(world, two):
    """Another organisation's need is none of one's drafts, and hidden ones are absent."""
    open_, hidden = (world.ask(two["poser"], "need.pose", **DRAFT, visibility=one).id
                     for one in ("members", "confidential"))  # fmt: skip
    with pytest.raises(Denied, match=r"record\.others"):
        world.ask(two["other"], "need.preview", need=open_)
    with pytest.raises(Absent):
        world.ask(two["other"], "need.preview", need=hidden)


def test_the_operator_says_for_whom(world, two):
    """A new need of nobody cannot be previewed; one of an organisation can."""
    with pytest.raises(Invalid, match=r"record\.whose"):
        world.ask(two["operator"], "need.preview", **DRAFT)
    told = world.ask(two["operator"], "need.preview", **DRAFT, organisation=two["poser"].org)
    assert told.member.organisation == two["poser"].org


def test_faulty_values_are_told_at_once(world, two):
    """As in posing: a finding for each value that cannot be."""
    with pytest.raises(Invalid) as raised:
        world.ask(two["poser"], "need.preview", title="主轴", city="Atlantis", service_code="nothing")
    assert {one.column for one in raised.value.findings} == {"city", "service_code"}
