"""The hub as a whole: every number of the overview against a small world that can be counted by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.hub.conftest import NOON, World

from tandem.base.errors import Denied, Invalid
from tandem.domain.people import HERE, Actor
from tandem.storage.database import schema as s

DAY = 86_400
GUANGZHOU, SHENZHEN, HONG_KONG = "440100", "440300", "810000"


def put(world: World, table: Any, **values: Any) -> str:
    return str(world.hub.database.write(lambda tx: tx.add(table, values)).result()["id"])


def need(world: World, title: str = "A need", **more: Any) -> str:
    row = {"state": "posed", "visibility": "members", "anonymous": False, "title": title, "kind": "service",
           "city": GUANGZHOU, "sector": "moulds", "slots": 1, **more}  # fmt: skip
    return put(world, s.needs, **row)


def offer(world: World, org: str, **more: Any) -> str:
    row = {
        "state": "open",
        "visibility": "members",
        "title": "An offer",
        "org_id": org,
        "kind": "service",
        "capacity": 2,
    }
    return put(world, s.offers, **{**row, **more})


def introduction(world: World, need_id: str, org: str, state: str, **more: Any) -> str:
    row = {"state": state, "need_id": need_id, "org_id": org, "poser_revealed": False, "org_revealed": False}
    return put(world, s.introductions, **{**row, **more})


def delivery(world: World, org: str, at: int, state: str = "stated") -> None:
    row = {
        "state": state,
        "visibility": "members",
        "title": "Done",
        "org_id": org,
        "org_ids": json.dumps([org]),
    }
    id_ = put(world, s.deliveries, **row, created_at=at)
    world.hub.database.write(
        lambda tx: tx.insert(s.delivered_by, {"delivery_id": id_, "org_id": org})
    ).result()


def failed_job(world: World, **more: Any) -> None:
    row = {
        "kind": "round.clear",
        "state": "failed",
        "given": "{}",
        "role": "operator",
        "done": 0,
        "total": 0,
        "attempts": 1,
    }
    put(world, s.jobs, **{**row, **more})


def show(world: World, actor: Actor = HERE, **given: object) -> Any:
    return world.ask(actor, "overview.show", **given)


def group(gaps: Any, value: str | None) -> Any:
    return next(one for one in gaps.items if one.value == value)


def waits(found: Any) -> dict[str, int]:
    return {one.code: one.n for one in found.attention if one.n}


def test_an_empty_hub_waits_for_nothing(world):
    """Nothing there: all sums are 0, no quartile, no flow."""
    found = show(world)
    assert waits(found) == {}
    assert (found.totals.organisations, found.totals.posed, found.totals.free) == (0, 0, 0)
    assert found.by_kind.items == ()
    assert found.flows == ()
    assert found.round_at is None
    assert all((one.n, one.median) == (0, None) for one in found.times)


def test_gaps_set_open_slots_against_free_places(world):
    """From interest on, an introduction takes a slot of its need and a place of its offer; a proposal neither."""
    lab = world.organisation("Lab", city=SHENZHEN)
    given = offer(world, lab, capacity=2)
    first, second = need(world, slots=3), need(world, city=SHENZHEN, kind="technology", sector="motors")
    introduction(world, first, lab, "interested", offer_id=given)
    introduction(world, second, lab, "proposed", offer_id=given)
    need(world, state="draft")
    need(world, due_on="2027-01-14")  # a day before the hub's own
    found = show(world)
    service = group(found.by_kind, "service")
    assert (service.needs, service.slots, service.free, service.missing) == (1, 2, 1, 1)
    technology = group(found.by_kind, "technology")
    assert (technology.needs, technology.slots, technology.free, technology.missing) == (1, 1, 0, 1)
    assert (group(found.by_city, GUANGZHOU).missing, group(found.by_city, SHENZHEN).missing) == (2, 0)
    moulds = group(found.by_sector, "moulds")
    assert (moulds.slots, moulds.free, moulds.missing) == (2, None, None)
    assert (found.totals.posed, found.totals.needs, found.totals.slots, found.totals.free) == (3, 2, 3, 1)
    assert waits(found)["past_due"] == 1


def test_filters_narrow_the_gaps_and_nothing_else(world):
    """A kind, a city by its name; totals and what waits stay those of the whole hub."""
    lab = world.organisation("Lab", city=SHENZHEN)
    offer(world, lab, kind="technology", capacity=None)
    need(world)
    need(world, kind="technology", city=SHENZHEN)
    found = show(world, kind="technology", city="Shenzhen")
    assert [(one.value, one.slots, one.free) for one in found.by_kind.items] == [("technology", 1, 1)]
    assert found.totals.posed == 2
    assert waits(found)["unproposed"] == 2
    assert [one.value for one in show(world, sector="moulds").by_city.items] == [SHENZHEN, GUANGZHOU][::-1]
    with pytest.raises(Invalid, match=r"city\.unknown"):
        show(world, city="Atlantis")


def test_the_newest_round_over_all_needs_says_what_lacks_supply(world):
    """A later round over one city alone does not hide what the round over all found."""
    weak, served, none = need(world, "weak"), need(world, "served"), need(world, "none")
    for at, asked, supply in (
        (1, {}, {weak: "weak", served: "served", none: "none"}),
        (2, {"city": GUANGZHOU}, {weak: "served"}),
    ):
        round_id = put(world, s.rounds, state="cleared", given=json.dumps(asked), created_at=NOON + at)
        rows = [{"round_id": round_id, "need_id": id_, "code": "x", "slots": 1, "got": 0, "listed": 0, "candidates": 0,
                 "supply": one, "told": "[]"} for id_, one in supply.items()]  # fmt: skip
        world.hub.database.write(lambda tx, rows=rows: tx.insert(s.round_needs, rows)).result()
    found = show(world)
    assert group(found.by_kind, "service").unmatched == 2
    assert waits(found)["unmatched"] == 2
    assert waits(found)["rounds"] == 2
    listed = world.ask(HERE, "overview.needs", about="unmatched")
    assert {(one.title, one.supply) for one in listed.items} == {("weak", "weak"), ("none", "none")}


def test_what_waits_is_told_by_whom_it_waits_on(world):
    """An overdue introduction is the broker's where nobody can sign in for the side that it waits on."""
    staffed, alone = world.organisation("Staffed"), world.organisation("Alone", state="verified")
    world.person("member", staffed)
    ids = [need(world, str(n)) for n in range(3)]
    introduction(world, ids[0], alone, "proposed", poser_id=staffed, lease_until=NOON - 5)
    introduction(world, ids[1], staffed, "invited", poser_id=alone, lease_until=NOON)
    introduction(world, ids[2], alone, "invited", poser_id=staffed, lease_until=NOON - 1)
    introduction(world, ids[2], staffed, "quoted", poser_id=staffed, lease_until=NOON + 1)
    found = show(world)
    assert {code: n for code, n in waits(found).items() if code.startswith("overdue")} == {
        "overdue.poser": 1, "overdue.invited": 1, "overdue.broker": 1,
    }  # fmt: skip
    assert next(one.since for one in found.attention if one.code == "overdue.poser") == NOON - 5
    assert waits(found)["organisations"] == 1


def test_confirmations_are_the_askers_own_and_jobs_are_recent(world):
    """Another's wish, an old failure: nothing for this operator."""
    operator, other = world.person("operator"), world.person("operator")
    for who in (operator, other):
        row = {"id": who.account, "version": 1, "account_id": who.account, "action": "need.pose", "given": "{}",
               "state": "waiting", "created_at": NOON, "expires_at": NOON + 9}  # fmt: skip
        world.hub.database.write(lambda tx, row=row: tx.insert(s.confirmations, row)).result()
    for at in (NOON, NOON - 15 * DAY):
        failed_job(world, changed_at=at)
    assert {**waits(show(world, operator))} == {"confirmations": 1, "jobs": 1}


def test_exposure_counts_what_an_organisation_was_when_it_was_proposed(world):
    """Proposed before its first delivery it was a newcomer, whatever came later; withdrawn deliveries do not count."""
    new, small, large = (
        world.organisation(name, size="micro" if name == "new" else None)
        for name in ("new", "small", "large")
    )
    offer(world, new)
    delivery(world, new, NOON - 50, "withdrawn")
    delivery(world, small, NOON - 10)
    for at in range(4):
        delivery(world, large, NOON - 100 + at)
    one = need(world)
    introduction(world, one, new, "proposed", created_at=NOON - 20)
    introduction(
        world, one, small, "agreed", created_at=NOON - 20, invited_at=NOON, introduced_at=NOON, agreed_at=NOON
    )
    introduction(world, one, large, "invited", created_at=NOON - 98, invited_at=NOON)
    found = {row.sort: row for row in show(world).exposure}
    assert [found[sort].organisations for sort in ("all", "newcomer", "small", "sized")] == [3, 1, 2, 1]
    assert [found[sort].proposed for sort in ("all", "newcomer", "small", "sized")] == [3, 2, 3, 1]
    assert [found["small"].invited, found["newcomer"].introduced, found["all"].agreed] == [2, 1, 1]


def test_times_are_quartiles_of_the_steps_that_ended_lately(world):
    """The first invitation counts from the need's posing; what ended before the days asked for is left out."""
    lab, other = world.organisation("Lab"), world.organisation("Other")
    one = need(world, created_at=NOON - 20 * DAY)
    at = {
        "invited_at": NOON - 16 * DAY,
        "introduced_at": NOON - 10 * DAY,
        "agreed_at": NOON - 4 * DAY,
        "ended_at": NOON,
    }
    introduction(world, one, lab, "outcome", **at)
    introduction(
        world, one, other, "lost", invited_at=NOON - 14 * DAY, introduced_at=NOON - 12 * DAY, ended_at=NOON
    )
    spans = {row.step: row for row in show(world).times}
    assert (spans["invited"].n, spans["invited"].median) == (1, 4 * DAY)
    assert (spans["introduced"].n, spans["introduced"].low, spans["introduced"].median) == (
        2,
        3 * DAY,
        4 * DAY,
    )
    assert [(spans[step].n, spans[step].median) for step in ("agreed", "outcome", "whole")] == [
        (1, 6 * DAY), (1, 4 * DAY), (1, 16 * DAY),
    ]  # fmt: skip
    assert {row.step: row.n for row in show(world, days=5).times}["introduced"] == 0


def test_flows_go_from_the_needs_city_to_the_organisations(world):
    """All introductions of the days, and how many came how far; cities that are not told stay None."""
    lab, far = world.organisation("Lab", city=HONG_KONG), world.organisation("Far")
    first, second = need(world), need(world)
    introduction(world, first, lab, "outcome", introduced_at=NOON, agreed_at=NOON, ended_at=NOON)
    introduction(world, second, lab, "invited")
    introduction(world, second, far, "introduced", introduced_at=NOON)
    introduction(world, first, far, "proposed", created_at=NOON - 400 * DAY)
    found = show(world)
    assert [(one.origin, one.to, one.proposed, one.introduced, one.agreed, one.outcome) for one in found.flows] == [
        (GUANGZHOU, HONG_KONG, 2, 1, 1, 1), (GUANGZHOU, None, 1, 1, 0, 0),
    ]  # fmt: skip
    assert not found.flows_cut


def test_what_was_summed_is_summed_again_once_something_happened(world):
    """Another action, or the next minute; between them, asking again counts nothing anew."""
    put(world, s.needs, state="posed", visibility="members", anonymous=False, title="One", slots=1)
    assert show(world).totals.posed == 1
    need(world, "past the journal")
    assert show(world).totals.posed == 1
    world.ask(HERE, "organisation.register", name="New works")
    assert (show(world).totals.posed, waits(show(world))["organisations"]) == (2, 1)
    need(world, "past the journal again")
    world.clock.now += 60
    assert show(world).totals.posed == 3


@pytest.mark.parametrize("about", ["open", "unproposed", "unfilled", "past_due"])
def test_every_list_holds_what_the_overview_counts(world, about):
    """The numbers of the overview and the lists behind them, part by part."""
    lab = world.organisation("Lab")
    for n in range(3):
        need(world, f"new {n}")
        need(world, f"late {n}", due_on="2020-01-01")
        introduction(world, need(world, f"tried {n}"), lab, "declined", ended_at=NOON)
        introduction(world, need(world, f"filled {n}"), lab, "agreed")
    need(world, "nothing wanted", slots=0)
    found, titles, after = show(world), [], None
    while True:
        part = world.ask(HERE, "overview.needs", about=about, limit=2, after=after)
        titles += [one.title for one in part.items]
        after = part.next
        if after is None:
            break
    wanted = {
        "open": ("new", "tried"),
        "unproposed": ("new",),
        "unfilled": ("tried",),
        "past_due": ("late",),
    }[about]
    assert sorted(titles) == sorted(f"{word} {n}" for word in wanted for n in range(3))
    counted = found.totals.needs if about == "open" else waits(found)[about]
    assert counted == len(titles)


def test_only_those_who_run_and_audit_the_hub_see_it(world):
    """Members are refused; the auditor sees no jobs of others, which are not the auditor's to see."""
    failed_job(world)
    assert "jobs" in waits(show(world))
    assert "jobs" not in waits(show(world, world.person("auditor")))
    for role in ("member", "manager", "analyst", "reviewer"):
        for name in ("overview.show", "overview.needs"):
            with pytest.raises(Denied):
                world.ask(world.person(role), name)
