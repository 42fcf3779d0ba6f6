"""Leases, reminders, and the work list that shows what waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.hub.conftest import NOON

from tandem.base.errors import Invalid
from tandem.domain.introductions import LEASES
from tandem.hub.introductions.answers import Swept
from tandem.hub.introductions.sweep import sweep
from tandem.storage.database import schema as s

NOTHING = Swept(0, 0, 0, 0, 0)
ENDS = {
    "proposed": "expired",
    "invited": "expired",
    "interested": "expired",
    "introduced": "lost",
    "quoted": "lost",
}


@pytest.mark.parametrize("at", ENDS)
def test_what_waits_too_long_ends(story, at):
    """Reminded once at half time, ended at its lease, and nothing before either."""
    story.reach(at)
    hub, clock = story.world.hub, story.world.clock
    clock.now = NOON + LEASES[at] // 2 - 1
    assert sweep(hub) == NOTHING
    clock.now += 1
    assert sweep(hub) == Swept(0, 0, 1, 0, 0)
    assert sweep(hub) == NOTHING
    clock.now = NOON + LEASES[at]
    done = sweep(hub)
    assert (done.expired, done.lost) == ((1, 0) if ENDS[at] == "expired" else (0, 1))
    view = story.show("broker")
    assert (view.state, view.due_at, view.ended_at) == (ENDS[at], None, clock.now)
    assert sweep(hub) == NOTHING


def test_an_agreement_stands_and_is_asked_for_its_outcome_again(story):
    """At the end of its lease nothing is lost: poser and operator hear, and the lease begins anew."""
    story.reach("agreed")
    story.world.clock.now = NOON + LEASES["agreed"]
    assert sweep(story.world.hub) == Swept(0, 0, 0, 1, 0)
    assert story.show("broker").state == "agreed"
    assert story.show("broker").due_at == story.world.clock.now + LEASES["agreed"]
    assert "introduction.overdue" in story.notices("poser")
    assert "introduction.overdue" in story.notices("broker")


def test_sweeps_at_once_do_everything_once(story):
    """Eight sweeps of forty overdue introductions: each ends once and is told once."""
    actor, offered = story.provider("广州检验集团", 99)
    for _ in range(40):
        story.id = story.ask("broker", "propose", need=story.pose(), organisation=actor.org, offer=offered).id
        story.do("broker", "invite")
    story.world.clock.now += LEASES["invited"]
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda _: sweep(story.world.hub), range(8)))
    assert sum(one.expired for one in done) == 40
    told = [one.code for one in story.world.ask(actor, "notice.list", limit=200).items]
    assert told.count("introduction.expired") == 40
    assert not story.ask("broker", "list", state="invited").items


def test_the_reminder_goes_to_who_has_to_act(story):
    """The invited organisation is reminded of its answer; the operator where nobody can sign in for it."""
    story.reach("invited")
    story.world.clock.now += LEASES["invited"] // 2
    sweep(story.world.hub)
    assert "introduction.remind.answer" in story.notices("invited")
    story.id = story.ask(
        "broker", "propose", need=story.pose(), organisation=story.world.organisation("珠海")
    ).id
    story.do("broker", "invite")
    story.world.clock.now += LEASES["invited"] // 2
    sweep(story.world.hub)
    assert "introduction.remind.answer" in story.notices("broker")
    assert "introduction.remind.answer" not in story.notices("poser")


def test_the_operator_sets_the_leases(story):
    """A length counts for what begins to wait from then on; half a request is refused."""
    assert story.ask("broker", "lease").hours == {state: length // 3_600 for state, length in LEASES.items()}
    assert story.ask("broker", "lease", state="invited", hours=2).hours["invited"] == 2
    story.reach("invited")
    row = story.row(s.introductions, story.id)
    assert (row["lease_until"], row["remind_at"]) == (NOON + 7_200, NOON + 3_600)
    with pytest.raises(Invalid, match=r"introduction\.lease"):
        story.ask("broker", "lease", state="invited")


def test_the_work_list_is_ordered_by_what_is_most_overdue(story):
    """Side, step and time of each; the broker itself where a side has nobody; parts meet without gap."""
    for n in range(5):
        story.world.clock.now = NOON + n * 86_400
        org = story.world.organisation(f"机构{n}") if n % 2 else story.provider(f"机构{n}")[0].org
        story.id = story.ask("broker", "propose", need=story.pose(), organisation=org).id
        if n < 4:
            story.do("broker", "invite")
    story.world.clock.now = NOON + 6 * 86_400
    whole = story.ask("broker", "worklist").items
    assert [one.waits_on for one in whole] == ["invited", "broker", "invited", "broker", "poser"]
    assert [one.overdue for one in whole] == [True, True, False, False, False]
    assert [one.step for one in whole] == ["answer"] * 4 + ["invite"]
    parts, after = [], None
    while True:
        part = story.ask("broker", "worklist", limit=2, after=after)
        parts += part.items
        if (after := part.next) is None:
            break
    assert tuple(parts) == whole
    assert len(story.ask("broker", "worklist", overdue=True).items) == 2
    with pytest.raises(Invalid, match=r"list\.cursor"):
        story.ask("broker", "worklist", after="x:y")


def test_waiting_lists_hold_what_waits_on_ones_own_side(story):
    """An invitation waits on the invited, an interest on the poser."""
    story.reach("invited")
    assert len(story.ask("invited", "list", waiting=True).items) == 1
    assert not story.ask("poser", "list", waiting=True).items
    story.do("invited", "answer", answer="interested")
    assert not story.ask("invited", "list", waiting=True).items
    assert len(story.ask("poser", "list", waiting=True).items) == 1


def test_leases_that_are_only_shown_leave_no_entry(story):
    """An entry tells a change; looking is none."""

    def entries():
        with story.world.hub.database.reading() as tx:
            return len(tx.unguarded(s.journal.select().where(s.journal.c.action == "introduction.lease")))

    operator = story.world.person("operator")
    assert story.world.ask(operator, "introduction.lease").hours
    assert entries() == 0
    story.world.ask(operator, "introduction.lease", state="invited", hours=5)
    assert entries() == 1
