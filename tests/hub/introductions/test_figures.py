"""Response figures: one's own, the operator's, and for others only what many stand behind."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from tandem.base.errors import Denied
from tandem.domain.introductions import STATES
from tandem.engine.introductions.response import figures
from tandem.hub.introductions.answers import Response
from tandem.storage.database import schema as s


def answered(story, name, hours, answer="interested", **need):
    """An invitation of a new organisation, answered after some hours; its member."""
    actor, offered = story.provider(name, 9)
    again(story, actor, offered, hours, answer, **need)
    return actor


def again(story, actor, offered, hours, answer="interested", **need):
    posed = story.pose(**{"visibility": "public", "anonymous": False, **need})
    story.id = story.ask("broker", "propose", need=posed, organisation=actor.org, offer=offered).id
    story.do("broker", "invite")
    story.world.clock.now += hours * 3_600
    reason = {"reason": "scope"} if answer == "declined" else {}
    story.world.ask(actor, "introduction.answer", id=story.id, answer=answer, **reason)


def test_an_organisation_sees_its_own_figures_and_the_operator_all(story):
    """Hours until the answer and shares of yes, for each organisation; others' are not asked for."""
    actor = answered(story, "甲", 4)
    answered(story, "乙", 10, "declined")
    assert story.world.ask(actor, "introduction.figures").own == Response(1, 1, (4.0, 4.0, 4.0), 1, 1, 0, 0)
    hub = story.ask("broker", "figures")
    assert hub.hub == Response(2, 2, (5.5, 7.0, 8.5), 1, 2, 0, 0)
    assert {one.name: one.response.accepted for one in hub.organisations} == {"甲": 1, "乙": 0}
    with pytest.raises(Denied):
        story.world.ask(actor, "introduction.figures", organisation=story.actors["invited"].org)


def test_the_figures_of_the_hub_are_told_from_five_organisations_on(story):
    """Four say nothing, five do; one that dominates silences them again."""
    actors = [answered(story, f"机构{n}", n + 1) for n in range(4)]
    assert story.ask("stranger", "figures").hub is None
    actors.append(answered(story, "第五", 5))
    assert story.ask("stranger", "figures").hub == Response(5, 5, (2.0, 3.0, 4.0), 5, 5, 0, 0)
    for _ in range(40):
        again(story, actors[0], None, 0)
    assert story.ask("stranger", "figures").hub is None


def test_nothing_hidden_moves_a_figure_that_others_see(story):
    """Confidential and anonymous needs and hidden organisations leave the members' figures as they are."""
    for n in range(5):
        answered(story, f"机构{n}", n + 1)
    before = story.ask("stranger", "figures")
    answered(story, "己", 99, visibility="confidential")
    answered(story, "庚", 99, anonymous=True)
    story.reach("interested")
    assert story.ask("stranger", "figures") == before


def test_figures_read_in_lots_are_those_of_all_rows_at_once(story):
    """Some thousands of invitations of nine organisations, however they may have gone: the same as from whole rows."""
    chance, world = Random(7), story.world
    orgs = [
        world.organisation(f"机构{n}", visibility=chance.choice(["public", "confidential"])) for n in range(9)
    ]
    needs = [story.pose(visibility=chance.choice(["public", "confidential"]), anonymous=chance.random() < 0.3,
                        state=chance.choice(["posed", "withdrawn"])) for _ in range(400)]  # fmt: skip
    pairs = chance.sample([(need, org) for need in needs for org in orgs], 2_500)
    rows = [_introduction(world, chance, need, org) for need, org in pairs]
    world.hub.database.write(lambda tx: tx.insert(s.introductions, rows)).result()
    told = story.ask("broker", "figures", days=30)
    wanted = [row for row in rows if row["invited_at"] and row["invited_at"] >= world.clock.now - 30 * 86_400]
    assert 1_000 < len(wanted) < len(rows)
    assert told.hub == _all_at_once(wanted)
    of = {org: [row for row in wanted if row["org_id"] == org] for org in orgs}
    assert [one.id for one in told.organisations] == sorted(of, key=lambda org: (-len(of[org]), org))
    assert all(one.response == _all_at_once(of[one.id]) for one in told.organisations)
    one = story.ask("broker", "figures", days=30, organisation=orgs[3])
    assert one.hub == _all_at_once(of[orgs[3]])
    assert story.ask("broker", "figures", days=30, organisation="x").hub == _all_at_once([])
    open_needs, open_orgs = _open(story, s.needs), _open(story, s.organisations)
    seen = [row for row in wanted if row["need_id"] in open_needs and row["org_id"] in open_orgs]
    assert story.ask("stranger", "figures", days=30).hub == (
        _all_at_once(seen) if len({row["org_id"] for row in seen}) >= 5 else None
    )


def _introduction(world, chance, need, org):
    """A row as the moves leave it, at chance times of the last sixty days."""
    now = world.clock.now
    row = dict.fromkeys(s.introductions.c.keys())
    invited = now - chance.randrange(60 * 86_400) if chance.random() < 0.95 else None
    row |= {"id": world.hub.database._ids(), "version": 1, "need_id": need, "org_id": org, "poser_revealed": False,
            "org_revealed": False, "created_at": 0, "changed_at": 0, "invited_at": invited,
            "state": chance.choice(STATES)}  # fmt: skip
    at = invited
    for name in ("answered_at", "introduced_at", "agreed_at", "ended_at"):
        if at is not None and chance.random() < 0.7:
            at += chance.randrange(90_000)
            row[name] = at
    return row


def _all_at_once(rows):
    """The figures as they come from all rows held as mappings."""
    times = {
        name: np.array([row[f"{name}_at"] or 0 for row in rows], np.int64)
        for name in ("invited", "answered", "introduced", "agreed", "ended")
    }
    found = figures(declined=np.array([row["state"] == "declined" for row in rows], np.int64), **times)
    return Response(found.invitations, found.answers, found.quartiles, found.accepted, found.settled, found.awarded,
                    found.decided)  # fmt: skip


def _open(story, table):
    with story.world.hub.database.reading() as tx:
        rows = tx.unguarded(table.select())
    closed = ("draft", "withdrawn", "refused")
    return {
        row["id"]
        for row in rows
        if row["visibility"] in ("public", "members")
        and row["state"] not in closed
        and not row.get("anonymous")
    }
