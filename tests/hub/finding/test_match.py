"""One need of the hub matched: the list of `tandem match`, over what members may see."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.hub.finding.filled import alter, named_id, put

from tandem.base.errors import Absent, Denied
from tandem.domain.disclosures import banded
from tandem.domain.people import HERE, Actor
from tandem.engine.matching import match as engine
from tandem.engine.matching.settings import MatchSettings
from tandem.hub.actions import Asker, run
from tandem.hub.finding import supply as part
from tandem.storage.database import schema as s
from tandem.storage.finding import supply

POSER = Actor("member", "somebody", named_id("poser"))


@pytest.fixture
def hub(world):
    hub = world.hub
    for name in ("poser", "gears", "bearings", "labs", "secret"):
        put(hub, "organisations", name)
    gears, bearings, labs = (named_id(name) for name in ("gears", "bearings", "labs"))
    put(hub, "offers", "谐波减速器寿命检测", text="谐波减速器 精度 寿命 试验", org_id=gears, kind="service")
    put(
        hub,
        "offers",
        "轴承检测",
        text="轴承 振动 试验",
        org_id=bearings,
        kind="service",
        visibility="members",
    )
    put(
        hub,
        "deliveries",
        "谐波减速器检测报告",
        text="为机器人完成谐波减速器寿命检测",
        org_id=labs,
        delivered_on="2025-03-01",
    )
    put(hub, "offers", "谐波减速器设计", text="谐波减速器", org_id=labs, kind="technology")
    more = {"visibility": "confidential", "org_id": named_id("secret"), "kind": "service"}
    put(hub, "offers", "谐波减速器寿命检测 保密", text="谐波减速器 寿命 检测", **more)
    put(hub, "needs", "谐波减速器寿命检测需求", org_id=POSER.org, kind="service", posted_on="2026-12-01")
    return hub


def match(hub, actor=POSER, **given):
    return run("need.match", {"id": named_id("谐波减速器寿命检测需求"), **given}, Asker(actor, hub=hub))


def test_the_list_is_that_of_the_matching_engine(hub):
    """Ranks, scores, probabilities and reasons equal those of the library over the tables that members see."""
    answer = match(hub)
    with hub.database.reading() as tx:
        need = tx.one(s.needs, answer.need_id, HERE)
        result = engine.match(supply.need(need), *supply.read(tx), MatchSettings(as_of=date(2027, 1, 15)))
    expected = [(r["rank"], r["org_id"], r["offer_id"], r["score"], r["probability"],
                 tuple(json.loads(banded(r["reasons"]))))
                for r in result.matches.iter_rows(named=True)]  # fmt: skip
    found = [(p.rank, p.org_id, p.offer_id, p.score, p.probability, p.reasons) for p in answer.items]
    assert found == expected
    assert found[0][1] == named_id("gears")
    assert (answer.candidates, answer.state) == result.supply.select("candidates", "state").row(0)


def test_nothing_confidential_takes_part_or_is_cited(hub):
    """Neither a confidential offer nor its organisation stands in the list, not even in the operator's."""
    for actor in (POSER, HERE):
        assert named_id("secret") not in {one.org_id for one in match(hub, actor).items}
    cited = {one for item in match(hub).items for reason in item.reasons for one in reason["evidence"]}
    assert cited
    assert named_id("谐波减速器寿命检测 保密") not in cited


@pytest.mark.parametrize(("exact", "told"), [(1, "1"), (4, "2-5"), (73, ">5")])
def test_a_capacity_is_told_in_its_band(hub, exact, told):
    """The reasons say how much an offer can take on as coarsely as its record does, also to the operator."""
    alter(hub, "offers", named_id("谐波减速器寿命检测"), capacity=exact)
    for actor in (POSER, HERE):
        capacities = [reason["params"]["capacity"] for item in match(hub, actor).items[:1] for reason in item.reasons
                      if reason["code"] == "capacity_met"]  # fmt: skip
        assert capacities == [told]


def test_hard_constraints_are_counted(hub):
    """The offer of another kind is counted under that constraint, with the organisation as an example."""
    left = {one.code: one for one in match(hub).left_out}
    assert (left["kind"].organisations, left["kind"].examples) == (1, (named_id("labs"),))


def test_who_declined_is_left_out_with_the_reason(hub):
    """An introduction that came to nothing keeps its organisation off the list, and the rest moves up."""
    introduction = {"id": "i", "version": 1, "need_id": named_id("谐波减速器寿命检测需求"), "poser_id": POSER.org,
                    "org_id": named_id("gears"), "state": "declined", "poser_revealed": False, "org_revealed": False,
                    "created_at": 1, "changed_at": 1}  # fmt: skip
    hub.database.write(lambda tx: tx.insert(s.introductions, introduction)).result()
    answer = match(hub)
    assert named_id("gears") not in {one.org_id for one in answer.items}
    assert [one.rank for one in answer.items] == list(range(1, len(answer.items) + 1))
    assert next(one for one in answer.left_out if one.code == "declined").examples == (named_id("gears"),)


def test_changes_of_the_supply_count_at_once(hub):
    """A withdrawn offer, a refused organisation and a new offer each show in the next list."""
    assert match(hub).items[0].org_id == named_id("gears")
    alter(hub, "offers", named_id("谐波减速器寿命检测"), state="withdrawn")
    assert named_id("gears") not in {one.org_id for one in match(hub).items}
    put(hub, "offers", "谐波减速器寿命检测新", org_id=named_id("secret"), kind="service")
    assert match(hub).items[0].org_id == named_id("secret")
    alter(hub, "organisations", named_id("secret"), state="refused")
    assert named_id("secret") not in {one.org_id for one in match(hub).items}


def test_a_large_supply_never_cites_what_is_gone(hub, monkeypatch):
    """Made in the background and kept on disk: after a withdrawal no list names the offer."""
    monkeypatch.setattr(part, "_SMALL", 0)
    assert match(hub).items[0].org_id == named_id("gears")
    assert (hub.folder / part.FOLDER).is_dir()
    alter(hub, "offers", named_id("谐波减速器寿命检测"), state="withdrawn")
    for _ in range(3):
        assert named_id("谐波减速器寿命检测") not in {one.offer_id for one in match(hub).items}


def test_only_the_poser_and_the_operator_match_a_need(hub):
    """Another member is refused where it sees the need, and hears of no such need where it does not."""
    other = Actor("member", "else", named_id("gears"))
    with pytest.raises(Denied, match=r"record\.others"):
        match(hub, other)
    alter(hub, "needs", named_id("谐波减速器寿命检测需求"), visibility="confidential")
    with pytest.raises(Absent):
        match(hub, other)
    assert match(hub).items


def test_without_any_supply_the_list_is_empty(world):
    """A hub with a need and nothing else says that there is none."""
    put(world.hub, "organisations", "poser")
    put(world.hub, "needs", "谐波减速器寿命检测需求", org_id=POSER.org)
    answer = match(world.hub)
    assert (answer.state, answer.items, answer.candidates) == ("none", (), 0)


def test_an_organisation_that_is_asked_about_is_told_where_it_stands(hub):
    """Listed ones with rank and reasons as in the list; others with what keeps them out."""
    listed = match(hub)
    first = listed.items[0]
    told = match(hub, organisation=first.org_id).asked
    assert (told.rank, told.score, told.out) == (1, first.score, None)
    assert [one["code"] for one in told.reasons] == [one["code"] for one in first.reasons]
    outside = {one.code: one.examples for one in listed.left_out}
    code, examples = next((code, ids) for code, ids in outside.items() if ids)
    assert match(hub, organisation=examples[0]).asked.out == code
    assert match(hub, organisation=POSER.org).asked.out in ("self", "evidence")


def test_what_an_organisation_keeps_to_itself_says_nothing_of_where_it_stands(hub):
    """Its confidential offer of the very subject leaves it without evidence."""
    told = match(hub, organisation=named_id("secret")).asked
    assert (told.rank, told.reasons, told.out) == (None, (), "evidence")
    put(hub, "organisations", "unseen", visibility="confidential")
    with pytest.raises(Absent):
        match(hub, organisation=named_id("unseen"))
