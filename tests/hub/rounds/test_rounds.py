"""Clearing rounds: planned, cleared by their job as `tandem match` clears, published once, compared, dropped."""

from __future__ import annotations

from datetime import date

import pytest

import tandem
from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain.people import Actor
from tandem.hub.actions import Asker, run
from tandem.hub.rounds import clearing, publishing, tidying
from tandem.hub.rounds.runner import work_off
from tandem.storage.database import schema as s
from tandem.storage.finding import supply
from tandem.storage.rounds import demand
from tandem.storage.rounds.demand import Wanted

HOUSE, SECOND = "深圳检测研究院", "广州质检中心"
N1, N2 = "谐波减速器寿命测试一", "谐波减速器寿命测试二"


def test_a_round_is_looked_at_before_it_is_planned(market):
    """How many needs it would take and how its rules are read; mistakes are listed; nothing is kept."""
    rules = '[[rule]]\nname = "小微"\ncolumn = "size"\nvalues = ["微型"]\nmin_share = "1/3"\n'
    found = market.ask("round.check", rules=rules, kind="service")
    assert (found.needs, found.forbidden, found.required) == (2, 0, 0)
    (rule,) = found.rules
    assert (rule.name, rule.bound, rule.column, rule.values) == ("小微", "min_share", "size", ("微型",))
    assert abs(rule.limit - 1 / 3) < 1e-12
    assert market.ask("round.check", city="珠海").needs == 0
    with pytest.raises(Invalid, match=r"rules\.wrong"):
        market.ask("round.check", rules='[[rule]]\nname = "x"\n')
    assert market.ask("round.list").items == ()


def test_the_dearest_places_are_told_by_name(market):
    """The test house with one place is wanted by both needs; what a place is worth, by kind and by city."""
    found = market.clear()
    (place,) = [one for one in found.places if one["organisation"] == "深圳检测研究院"]
    assert (place["title"], place["capacity"], place["wanted"], place["taken"]) == (
        "谐波减速器寿命测试",
        1,
        2,
        1,
    )
    assert place["price"] > 0
    assert {row["side"] for row in found.worth} == {"kind", "city"}


def test_a_round_shares_places_out_jointly(market):
    """One place, two needs: the more important one gets it, the other the second best; both are explained."""
    shown = market.clear()
    assert shown.state == "cleared"
    assert shown.totals.rows["needs"] == 2
    assert (shown.totals.pairs, shown.totals.served, shown.totals.value) == (2, 2, shown.totals.bound)
    assert market.pairs(shown.id) == {(N1, HOUSE), (N2, SECOND)}
    lists = market.ask("round.assignments", id=shown.id, need=market.needs[N2])
    assert [one.organisation for one in lists.items] == [HOUSE, SECOND]
    assert lists.items[0].told["code"] == "clearing.missed.outbid"
    assert lists.need.code == "later"
    assert lists.need.told[1]["params"]["org_id"] == market.people[HOUSE].org
    assert all(one.reasons for one in lists.items)
    assert {one["name"] for one in shown.clearing["plans"]} == {"joint", "greedy", "first_come"}


def test_a_round_is_what_the_library_makes_of_the_same_tables(market):
    """Lists, values and assignment are those of tandem.match and tandem.clear_matches over the hub's own tables."""
    shown = market.clear()
    with market.world.hub.database.reading() as tx:
        tables, wanted = supply.read(tx), demand.read(tx, Wanted())
    organisations, offers, deliveries = tables
    found = tandem.match(wanted.needs, organisations=organisations, offers=offers, deliveries=deliveries,
                         as_of=date.fromisoformat(shown.as_of))  # fmt: skip
    expected = {(row["need_id"], row["rank"], row["org_id"], row["score"], row["cleared"])
                for row in found.matches.iter_rows(named=True)}  # fmt: skip
    got = market.ask("round.assignments", id=shown.id, limit=200).items
    assert {(one.need_id, one.rank, one.org_id, one.score, one.assigned) for one in got} == expected


def test_started_twice_under_one_key_it_is_one_round(market):
    """The second request is answered as the first; one round, one job."""
    asker = Asker(market.operator, hub=market.world.hub, key="k-1")
    first, second = (run("round.start", {"title": "一"}, asker) for _ in range(2))
    assert first.id == second.id
    assert len(market.rows(s.rounds)) == len(market.rows(s.jobs)) == 1


def test_rules_are_kept_and_priced(market):
    """A forbidden group costs value; the rule's price and what it changed are told."""
    free = market.clear()
    rules = '[[rule]]\nname = "不去深圳"\ncolumn = "name"\nvalues = ["深圳检测研究院"]\nmax_units = 0\n'
    ruled = market.clear(rules=rules, title="第二轮")
    assert HOUSE not in {org for _, org in market.pairs(ruled.id)}
    assert ruled.rules[0]["kept"]
    assert ruled.totals.value < free.totals.value
    changed = market.ask("round.compare", id=free.id, other=ruled.id)
    assert (changed.kept, changed.gone, changed.come) == (1, 1, 1)
    assert [one.title for one in changed.items] == [N1]


def test_wrong_rules_are_refused_when_they_are_given(market):
    """Text that is no TOML, or no rule, plans nothing."""
    with pytest.raises(Invalid, match=r"rules\.toml"):
        market.ask("round.start", title="x", rules="[[rule")
    assert market.rows(s.rounds) == []


def test_a_job_that_cannot_be_done_fails_with_its_round(market):
    """A rule about a column that nobody has: job and round fail, with code and findings."""
    rules = '[[rule]]\nname = "a"\ncolumn = "colour"\nvalues = ["red"]\nmin_units = 1\n'
    shown = market.clear(rules=rules)
    assert (shown.state, shown.job.state, shown.job.attempts) == ("failed", "failed", 1)
    assert shown.job.error["code"] == "rules.wrong"
    assert shown.job.error["findings"]


def test_published_once_each_assigned_pair_is_proposed(market):
    """Publishing proposes the pairs; again, it proposes nothing and says the same."""
    shown = market.clear()
    first = market.ask("round.publish", id=shown.id)
    second = market.ask("round.publish", id=shown.id)
    assert first == second
    assert first.introductions == 2
    got = {(row["need_id"], row["org_id"]) for row in market.rows(s.introductions)}
    assert got == {
        (market.needs[N1], market.people[HOUSE].org),
        (market.needs[N2], market.people[SECOND].org),
    }


def test_what_is_under_way_takes_no_part_again(market):
    """A need whose slot somebody is working on is not cleared, and a place that is held is not given out."""
    shown = market.clear()
    market.ask("round.publish", id=shown.id)
    idle = market.clear(title="第二轮")
    assert (idle.state, idle.job.error["code"]) == ("failed", "match.no_needs")
    poser, house = market.people["东莞精密机械"], market.people[HOUSE]
    held = market.rows(s.introductions, s.introductions.c.org_id == house.org)[0]["id"]
    market.ask("introduction.invite", by=poser, id=held)
    market.ask("introduction.answer", by=house, id=held, answer="interested")
    market.need("佛山机器人", "谐波减速器寿命测试三", importance=9)
    third = market.clear(title="第三轮")
    assert market.pairs(third.id) == {("谐波减速器寿命测试三", SECOND)}


def test_who_was_tried_is_not_listed_again_and_lists_stay_as_long(market):
    """A pair that declined leaves the list of the next round; the next best moves up."""
    shown = market.clear(top=1)
    market.ask("round.publish", id=shown.id)
    poser, house = market.people["东莞精密机械"], market.people[HOUSE]
    held = market.rows(s.introductions, s.introductions.c.org_id == house.org)[0]["id"]
    market.ask("introduction.invite", by=poser, id=held)
    market.ask("introduction.answer", by=house, id=held, answer="declined", reason="capacity")
    second = market.clear(top=1, title="第二轮")
    listed = market.ask("round.assignments", id=second.id, need=market.needs[N1]).items
    assert [(one.rank, one.organisation) for one in listed] == [(1, SECOND)]


def test_only_what_is_chosen_takes_part(market):
    """By id, kind and city; an unknown id is refused, and so is a choice without needs."""
    only = market.clear(needs=[market.needs[N2]])
    assert market.pairs(only.id) == {(N2, HOUSE)}
    with pytest.raises(Absent):
        market.ask("round.start", title="x", needs=["nobody"])
    with pytest.raises(Invalid, match=r"round\.no_needs"):
        market.ask("round.start", title="x", kind="finance")


def test_nobody_but_operator_and_auditor_sees_rounds(market):
    """Members are refused; the auditor reads and may not publish."""
    shown = market.clear()
    for verb in ("list", "show", "assignments"):
        given = {} if verb == "list" else {"id": shown.id}
        with pytest.raises(Denied):
            market.ask(f"round.{verb}", by=market.people[HOUSE], **given)
        market.ask(f"round.{verb}", by=Actor("auditor", "a"), **given)
    with pytest.raises(Denied):
        market.ask("round.publish", by=Actor("auditor", "a"), id=shown.id)


def test_a_dropped_round_stops_its_job(market):
    """Dropping a planned round leaves no job waiting; a dropped or published one cannot be dropped."""
    planned = market.ask("round.start", title="一")
    dropped = market.ask("round.drop", id=planned.id)
    assert (dropped.state, dropped.job.state) == ("dropped", "stopped")
    assert work_off(market.world.hub) == 0
    shown = market.clear()
    market.ask("round.publish", id=shown.id)
    for id_ in (planned.id, shown.id):
        with pytest.raises(Conflict, match=r"move\.refused"):
            market.ask("round.drop", id=id_)


def test_stopping_the_job_drops_the_round(market):
    """A job stopped while it works writes nothing, and its round is dropped."""
    planned = market.ask("round.start", title="一")
    real = clearing.saved.of

    def stopped(*args):
        market.ask("job.stop", id=planned.job.id)
        return real(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clearing.saved, "of", stopped)
        assert work_off(market.world.hub) == 1
    shown = market.ask("round.show", id=planned.id)
    assert (shown.state, shown.job.state, shown.totals) == ("dropped", "stopped", None)
    assert market.rows(s.assignments) == []


def test_lists_are_written_in_lots_and_count_once_the_round_is_cleared(market, monkeypatch):
    """A lot a row, another writer in between: nobody sees a list before the end; then all of it is there."""
    monkeypatch.setattr(clearing.lots, "ROWS", 1)
    planned = market.ask("round.start", title="一")
    seen, real = [], clearing.holding.during

    def during(hub, job, work):
        done = real(hub, job, work)
        market.ask("organisation.register", name=f"其间登记 {len(seen)}")
        shown = market.ask("round.assignments", id=planned.id)
        compared = market.ask("round.compare", id=planned.id, other=planned.id)
        seen.append((len(market.rows(s.assignments)), shown.items, compared.kept, compared.needs_only))
        return done

    monkeypatch.setattr(clearing.holding, "during", during)
    work_off(market.world.hub)
    assert {one[1:] for one in seen} == {((), 0, (0, 0))}
    assert [one[0] for one in seen][:4] == [0, 1, 2, 3]
    assert market.pairs(planned.id) == {(N1, HOUSE), (N2, SECOND)}


def test_a_round_that_broke_off_while_it_wrote_is_cleared_whole(market, monkeypatch):
    """The process ends after a lot, the next attempt begins anew: the same lists as without the accident."""
    whole = market.ask("round.assignments", id=market.clear().id, limit=200).items
    monkeypatch.setattr(clearing.lots, "ROWS", 1)
    real, left = clearing.holding.during, [3]

    def during(hub, job, work):
        left[0] -= 1
        if left[0] < 0:
            raise ZeroDivisionError
        return real(hub, job, work)

    planned = market.ask("round.start", title="二")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clearing.holding, "during", during)
        assert work_off(market.world.hub) == 1
    assert len(market.rows(s.assignments, s.assignments.c.round_id == planned.id)) == 2
    market.world.clock.now += 60
    assert work_off(market.world.hub) == 1
    again = market.ask("round.assignments", id=planned.id, limit=200).items
    assert again == whole
    assert len(market.rows(s.round_needs, s.round_needs.c.round_id == planned.id)) == 2


def test_what_a_dropped_round_has_written_is_tidied_away(market, monkeypatch):
    """Dropped after a lot: nothing more is written, nothing is shown, and the sweep takes away what stands there."""
    monkeypatch.setattr(clearing.lots, "ROWS", 1)
    planned, real = market.ask("round.start", title="一"), clearing.holding.during

    def during(hub, job, work):
        done = real(hub, job, work)
        if market.rows(s.assignments):
            market.ask("round.drop", id=planned.id)
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clearing.holding, "during", during)
        assert work_off(market.world.hub) == 1
    assert len(market.rows(s.assignments)) == 1
    assert market.ask("round.assignments", id=planned.id).items == ()
    assert tidying.left_parts(market.world.hub) == 1
    assert market.rows(s.assignments) == []
    assert tidying.left_parts(market.world.hub) == 0


def test_many_pairs_are_proposed_by_a_job_that_goes_on_where_it_broke_off(market, monkeypatch):
    """Published at once; a lot, an accident, the rest: each pair once, each poser told once, and then nothing more."""
    monkeypatch.setattr(publishing, "LOT", 1)
    shown = market.clear()
    posers = ("东莞精密机械", "惠州塑胶")
    first = market.ask("round.publish", id=shown.id)
    assert (first.state, first.introductions) == ("published", 0)
    assert market.ask("round.publish", id=shown.id) == first
    real, lots = publishing.proposing.from_round, []

    def breaks(call, round_id, most):
        lots.append(real(call, round_id, most))
        if len(lots) == 2:
            raise ZeroDivisionError
        return lots[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing.proposing, "from_round", breaks)
        assert work_off(market.world.hub) == 1
    assert (lots, len(market.rows(s.introductions))) == ([1, 1], 1)
    market.ask("job.stop", id=market.ask("round.show", id=shown.id).job.id)
    market.ask("round.publish", id=shown.id)
    if work_off(market.world.hub):  # one pair is left, which is no longer many
        pytest.fail("a job for a single pair")
    assert market.ask("round.publish", id=shown.id).introductions == 2
    for name in posers:
        codes = [one.code for one in market.ask("notice.list", by=market.people[name]).items]
        assert codes == ["introduction.proposed_many"]
    assert market.entries("introduction.propose") == 2


def test_lists_go_in_parts(market):
    """Two by two is all of it, in one order, without repetition."""
    shown = market.clear()
    whole = market.ask("round.assignments", id=shown.id, limit=200).items
    parts, after = [], None
    while True:
        part = market.ask("round.assignments", id=shown.id, limit=1, after=after)
        parts += part.items
        after = part.next
        if after is None:
            break
    assert tuple(parts) == whole
    with pytest.raises(Invalid, match=r"list\.cursor"):
        market.ask("round.assignments", id=shown.id, after="%%")


def test_every_write_tells_the_journal(market):
    """Start, run, clear, end, publish: one entry each."""
    shown = market.clear()
    market.ask("round.publish", id=shown.id)
    for action in ("round.start", "job.post", "job.run", "round.clear", "job.end", "round.publish"):
        assert market.entries(action) == 1, action
