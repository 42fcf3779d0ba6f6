"""The statements that run often, over what grows for years, find their rows by an index: none reads a whole table."""

from __future__ import annotations

import re
import shutil

import pytest
from tests.hub.conftest import NOON, Clock, Counted, World
from tests.hub.introductions.conftest import stage

from tandem.base.clock import DAY
from tandem.hub.feeds import outbox
from tandem.hub.finding import news
from tandem.hub.installation import DATABASE, open_hub
from tandem.hub.introductions.sweep import sweep
from tandem.hub.rounds import tidying
from tandem.storage.database import schema as s
from tandem.storage.database.session import Session
from tandem.storage.rounds import demand
from tandem.storage.rounds.demand import Wanted

SMALL = {"webhooks", "meta", "rounds", "jobs"}  # some dozens of rows in a hub's whole life, or some hundreds


@pytest.fixture
def story(tmp_path, empty_file):
    (tmp_path / "hub").mkdir()
    shutil.copy(empty_file, tmp_path / "hub" / DATABASE)
    hub = open_hub(tmp_path / "hub", clock=Clock(), ids=Counted())
    story = stage(World(hub, hub.clock), due_on="2027-02-10")
    story.reach("invited")
    yield story
    hub.close()


@pytest.fixture
def plans(story, monkeypatch):
    """What runs from now on: text of a statement -> what SQLite plans for it."""
    told = {}
    true_driver, true_stream = Session.driver, Session.stream

    def driver(self, text, parameters=None):
        if text.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            told[text] = parameters or []
        true_driver(self, text, parameters)

    def stream(self, *given):
        form, values = self._forms.of(*given[:2])
        told[form.sql] = values
        return true_stream(self, *given)

    monkeypatch.setattr(Session, "driver", driver)
    monkeypatch.setattr(Session, "stream", stream)

    def made():
        monkeypatch.undo()
        with story.world.hub.database.engine.connect() as connection:
            return {
                text: [
                    row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", tuple(values))
                ]
                for text, values in told.items()
            }

    return made


def whole(plans):
    """Statements that read a whole table of those that grow, with their plans."""
    names = "|".join(sorted(set(s.metadata.tables) - SMALL))
    scan = re.compile(rf"^SCAN ({names})(?! USING)")
    return {text: plan for text, plan in plans.items() if any(scan.match(line) for line in plan)}


def planned(plans, *parts):
    """The plans of the statements that hold all these parts."""
    found = [plan for text, plan in plans.items() if all(part in " ".join(text.split()) for part in parts)]
    assert found, parts
    return found


def ask_all_day(story):
    """What people and programs ask again and again."""
    lists = (
        ("introduction.list", ({}, {"waiting": True}, {"need": story.need}, {"state": "invited"})),
        ("introduction.figures", ({},)),
        ("notice.list", ({}, {"unread": True})),
        ("journal.list", ({}, {"action": "need.pose"}, {"record": story.need})),
        ("need.list", ({}, {"state": "posed"}, {"mine": True})),
        ("offer.list", ({}, {"mine": True})),
        ("delivery.list", ({}, {"need": story.need}, {"mine": True})),
        ("organisation.list", ({},)),
        ("session.list", ({},)),
        ("search.saved", ({},)),
    )
    for side in ("broker", "poser", "invited"):
        for name, inputs in lists:
            for given in inputs:
                story.world.ask(story.actors[side], name, **given)
    story.ask("broker", "worklist")
    story.ask("broker", "worklist", overdue=True, limit=1)


def sweep_all(story):
    """What a hub does now and then by itself: a lease has ended, a need is past its day, a round is published again."""
    hub = story.world.hub
    for days in (6, 40):
        hub.clock.now = NOON + days * DAY
        sweep(hub)
    news.sweep(hub)
    tidying.old_answers(hub)
    tidying.dead_keys(hub)
    hub.database.write(outbox.forget).result()
    with hub.database.reading() as tx:
        demand.count(tx, Wanted())
    published = story.publish(("a", story.actors["invited"], None, True))
    story.world.ask(story.actors["broker"], "round.publish", id=published)


def test_nothing_that_runs_often_reads_a_whole_table(story, plans):
    """Lists, figures, the work list, every sweep: each statement finds its rows by an index."""
    ask_all_day(story)
    sweep_all(story)
    told = plans()
    assert len(told) > 40
    assert whole(told) == {}


IN_ORDER = (
    ("needs", "WHERE 1 = 1 ORDER"),
    ("needs", "WHERE needs.state = ? ORDER"),
    ("needs", "WHERE needs.state = ? AND"),
    ("needs", "WHERE needs.org_id = ?"),
    ("offers", "WHERE 1 = 1 ORDER"),
    ("offers", "WHERE offers.org_id = ?"),
    ("deliveries", "WHERE 1 = 1 ORDER"),
    ("deliveries", "WHERE deliveries.org_id = ?"),
    ("introductions", "WHERE 1 = 1 ORDER"),
    ("introductions", "WHERE introductions.state = ? ORDER"),
    ("journal", "WHERE 1 = 1 ORDER"),
    ("journal", "WHERE journal.action = ?"),
    ("journal", "WHERE journal.org_id = ?"),
)


def test_a_list_is_read_in_its_order(story, plans):
    """A part of a list is as many steps along an index, however long the list is: nothing is sorted first."""
    ask_all_day(story)
    told = plans()
    for table, condition in IN_ORDER:
        for plan in planned(told, f"FROM {table} {condition}", " LIMIT "):
            assert not any(line.endswith("TEMP B-TREE FOR ORDER BY") for line in plan), (
                table,
                condition,
                plan,
            )


def test_the_side_of_an_organisation_is_found_by_two_indexes(story, plans):
    """Its introductions, as poser and as invited, are not looked for among those of everybody."""
    ask_all_day(story)
    for plan in planned(plans(), "FROM introductions", "introductions.poser_id = ?", " LIMIT "):
        assert plan[0] == "MULTI-INDEX OR" or "need_id=?" in plan[0], plan


def test_erasing_a_person_finds_their_entries(story, plans):
    """The journal, the largest table of all, is not read for one account."""
    story.world.ask(story.actors["broker"], "account.erase", id=story.actors["stranger"].account)
    (plan,) = planned(plans(), "DELETE FROM journal_contents", "journal.account_id = ?")
    assert not any(line.startswith("SCAN journal") for line in plan), plan
    assert any("journal_account" in line for line in plan), plan


@pytest.mark.parametrize(
    "index",
    ["needs_due", "needs_org", "deliveries_need", "introductions_newest", "introductions_round",
     "introductions_invited", "accounts_role", "keys_end", "journal_action", "outbox_age"],
)  # fmt: skip
def test_an_index_is_there_because_it_is_used(story, plans, index):
    """Every write pays for an index: each of these is what some of the statements above go by."""
    ask_all_day(story)
    sweep_all(story)
    used = re.compile(rf"USING (COVERING )?INDEX {index}\b")
    assert any(used.search(line) for plan in plans().values() for line in plan)


def test_a_scan_would_be_seen(story, plans):
    """The comparison is worth something: without its indexes a statement of the sweep is told of."""
    with story.world.hub.database.engine.begin() as connection:
        for index in ("needs_due", "needs_posed"):  # the other one holds all posed needs too
            connection.exec_driver_sql(f"DROP INDEX {index}")
    sweep_all(story)
    assert any("FROM needs" in text for text in whole(plans()))
