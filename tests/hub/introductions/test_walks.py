"""Random walks: whatever anybody tries in whatever order, the table, the places, the leases and the secrets hold."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa
from tests.hub.introductions.conftest import Story, stage

from tandem.base.errors import TandemError
from tandem.domain import introductions as table
from tandem.hub.introductions.sweep import sweep
from tandem.storage.database import schema as s

STEPS = 150
VERBS = ("invite", "answer", "reveal", "introduce", "quote", "agree", "lose", "outcome")
MOVED = {"propose", "invite", "answer", "introduce", "quote", "agree", "outcome"}
HOUR = 3_600


class Walk:
    """A small market with hidden providers of little capacity, and everybody trying everything."""

    def __init__(self, story: Story, seed: int) -> None:
        self.story, self.chance = story, random.Random(seed)
        self.providers = [
            story.provider(f"机密机构{n}", 1 + n % 2, visibility="confidential") for n in range(3)
        ]
        self.needs: list[str] = []
        self.refused: list[str] = []  # what refusals told
        for _ in range(2):
            self.pose()
        self.actors = [story.actors["poser"], story.actors["broker"], *(actor for actor, _ in self.providers)]
        self.before: dict[str, tuple[str, bool]] = {}

    def pose(self) -> None:
        self.needs.append(self.story.pose(slots=self.chance.randint(1, 2)))
        listed = [("kind_met", actor, offered, False) for actor, offered in self.providers]
        self.story.publish(*listed, need=self.needs[-1])

    def rows(self, of: sa.Table = s.introductions) -> list[dict]:
        with self.story.world.hub.database.reading() as tx:
            return [dict(row) for row in tx.unguarded(sa.select(of))]

    def step(self) -> None:
        kind = self.chance.random()
        if kind < 0.03:
            self.pose()
        elif kind < 0.18:
            actor, offered = self.chance.choice(self.providers)
            self.tried(self.story.actors["broker"], "propose", need=self.chance.choice(self.needs),
                       organisation=actor.org, offer=offered)  # fmt: skip
        elif kind < 0.22:
            self.story.world.clock.now += self.chance.choice((1, 24, 72, 130)) * HOUR
            sweep(self.story.world.hub)
        elif rows := self.rows():
            row = self.chance.choice([one for one in rows if one["ended_at"] is None] or rows)
            verb, actor = self.chance.choice(VERBS), self.chance.choice(self.actors)
            if row["state"] in table.STEPS and self.chance.random() < 0.5:  # what the table waits for
                sides = {"poser": row["poser_id"], "invited": row["org_id"]}
                verb, org = table.STEPS[row["state"]], sides[table.WAITS_ON[row["state"]]]
                actor = next(one for one in self.actors if one.org == org)
            self.tried(actor, verb, id=row["id"], **self.given(verb))

    def given(self, verb: str) -> dict[str, object]:
        """What a verb takes beside the introduction."""
        if verb == "answer":
            no = {"answer": "declined", "reason": "scope"}
            return {"answer": "interested"} if self.chance.random() < 0.8 else no
        return {"quote": {"amount": 7}, "lose": {"reason": "other"}, "outcome": {"rating": 0.5}}.get(verb, {})

    def tried(self, actor: object, verb: str, **given: object) -> None:
        try:
            self.story.world.ask(actor, f"introduction.{verb}", **given)
        except TandemError as refused:
            self.refused.append(repr(refused.params))

    def check(self) -> None:
        rows, capacity = self.rows(), {row["id"]: row["capacity"] for row in self.rows(s.offers)}
        for row in rows:
            waits = row["state"] in table.WAITS_ON
            assert (row["lease_until"] is not None) == waits
            assert (row["remind_at"] is not None or row["reminded_at"] is not None) == waits
            assert (row["ended_at"] is not None) == (row["state"] in table.ENDED)
            self.followed(row)
        for offered, most in capacity.items():
            held = sum(row["offer_id"] == offered and row["state"] in table.HOLDING for row in rows)
            assert 0 <= held <= most
        for need in self.rows(s.needs):
            filled = sum(row["need_id"] == need["id"] and row["state"] in table.FILLING for row in rows)
            assert filled <= need["slots"]
            assert need["state"] == ("answered" if filled == need["slots"] else "posed")
        self.secret(rows)

    def followed(self, row: dict) -> None:
        """The state is the same, or one or two moves of the table away (a lapse and a proposal, by one action)."""
        state = self.before.get(row["id"], "proposed")
        near = {state, *table.successors()[state]}
        assert row["state"] in near | {to for one in near for to in table.successors()[one]}
        self.before[row["id"]] = row["state"]

    def secret(self, rows: list[dict]) -> None:
        """Nobody reads the other side's name in an introduction in which it was neither revealed nor introduced."""
        names = {row["id"]: row["name"] for row in self.rows(s.organisations)}
        assert not [told for told in self.refused if any(name in told for name in names.values())]
        state = {row["id"]: row for row in rows}
        poser = self.story.actors["poser"]
        met = {row["org_id"] for row in rows if row["org_revealed"] or row["introduced_at"] is not None}
        posed = self.story.world.ask(poser, "introduction.list", limit=200)
        for view in posed.items:
            org, known = state[view.id]["org_id"], state[view.id]
            told = bool(known["org_revealed"]) or known["introduced_at"] is not None
            assert (names[org] in repr(view), org in repr(view), view.contact is not None and not told) == (
                told, told, False)  # fmt: skip
        assert not {names[actor.org] for actor, _ in self.providers if actor.org not in met
                    and names[actor.org] in repr(posed)}  # fmt: skip
        for actor, _ in self.providers:
            seen = self.story.world.ask(actor, "introduction.list", limit=200).items
            assert {view.id for view in seen} == {
                row["id"] for row in rows if row["org_id"] == actor.org and row["invited_at"] is not None
            }
            for view in seen:
                known = state[view.id]
                told = bool(known["poser_revealed"]) or known["introduced_at"] is not None
                assert (names[poser.org] in repr(view), poser.org in repr(view)) == (told, told)
                assert view.need_id is None


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2))])
def test_no_walk_breaks_the_rules(world, seed):
    """150 tries by poser, broker, three providers and the clock, each followed by every check."""
    walk = Walk(stage(world), seed)
    for _ in range(STEPS):
        walk.step()
        walk.check()
    made = {row["action"].partition(".")[2] for row in walk.rows(s.journal) if row["kind"] == "introductions"}
    assert made >= MOVED  # the walk went everywhere


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_no_long_walk_breaks_the_rules(world, seed):
    """Four hundred tries each."""
    walk = Walk(stage(world), seed)
    for _ in range(400):
        walk.step()
        walk.check()
