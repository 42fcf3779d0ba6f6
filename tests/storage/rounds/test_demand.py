"""What takes part in a round: posed needs with open slots, and offers with the places that are left."""

from __future__ import annotations

import polars as pl
import pytest
from tests.hub.conftest import Clock, Counted

from tandem.domain.introductions import FILLING, HOLDING, LIVE, STATES
from tandem.storage.database import migrate
from tandem.storage.database import schema as s
from tandem.storage.database.open import database
from tandem.storage.rounds import demand
from tandem.storage.rounds.demand import Wanted

NEED = {"text": None, "kind": "service", "visibility": "public", "anonymous": False, "pseudonym": "p",
        "org_id": "poser", "posted_on": "2027-01-10", "importance": 1, "state": "posed", "title": "x"}  # fmt: skip


@pytest.fixture
def tx(tmp_path):
    """Adds rows and reads what takes part."""
    held = database(tmp_path / "hub.db", Clock(), Counted())
    migrate.prepare(held.engine)

    class Both:
        def add(self, table, **values):
            return held.write(lambda tx: tx.add(table, values)).result()["id"]

        def introduced(self, need, state, offer=None, org="org"):
            row = {name: None for name in s.introductions.c.keys() if name not in ("id", "version")}  # noqa: SIM118
            row |= {"need_id": need, "org_id": org, "offer_id": offer, "state": state, "poser_revealed": False,
                    "org_revealed": False, "created_at": 0, "changed_at": 0}  # fmt: skip
            self.add(s.introductions, **row)

        def read(self, **wanted):
            with held.reading() as tx:
                return demand.read(tx, Wanted(**wanted))

        def places(self, frame):
            with held.reading() as tx:
                return demand.places(tx, frame)["capacity"].to_list()

    yield Both()
    held.close()


def test_needs_that_are_posed_and_not_past_their_day(tx):
    """Of every visibility; drafts, withdrawn ones and those due yesterday stay out; due today takes part."""
    wanted = [tx.add(s.needs, **NEED, due_on=None), tx.add(s.needs, **{**NEED, "visibility": "confidential"}),
              tx.add(s.needs, **NEED, due_on="2027-01-15")]  # fmt: skip
    for state in ("draft", "withdrawn", "answered", "closed", "expired"):
        tx.add(s.needs, **{**NEED, "state": state})
    tx.add(s.needs, **NEED, due_on="2027-01-14")
    found = tx.read()
    assert found.needs["need_id"].to_list() == sorted(wanted)
    assert found.open == frozenset(wanted) - {wanted[1]}


@pytest.mark.parametrize("state", STATES)
def test_a_slot_that_somebody_works_on_is_not_open(tx, state):
    """Every introduction that may still lead to an agreement, or did, takes a slot; the pair is not tried again."""
    need = tx.add(s.needs, **NEED, slots=2)
    tx.introduced(need, state)
    found = tx.read()
    taken = state in (*LIVE, *FILLING)
    assert found.needs["slots"].to_list() == [1 if taken else 2]
    assert found.tried[need] == {"poser", "org"}


def test_a_need_without_an_open_slot_takes_no_part(tx):
    """One slot, one introduction under way."""
    tx.introduced(tx.add(s.needs, **NEED), "proposed")
    assert tx.read().needs.height == 0


@pytest.mark.parametrize("state", STATES)
def test_places_are_what_introductions_leave(tx, state):
    """An introduction from interested on holds a place; an offer without a number has one; none falls below zero."""
    tx.introduced("n1", state, "full")
    tx.introduced("n2", state, "full")
    tx.introduced("n3", state, "some")
    tx.introduced("n4", state, "unsaid")
    offers = pl.DataFrame({"offer_id": ["some", "full", "free", "unsaid"], "capacity": [3, 1, 4, None]})
    left = [2, 0, 4, 0] if state in HOLDING else [3, 1, 4, None]
    assert tx.places(offers) == left


def test_only_what_was_chosen(tx):
    """By kind, city and ids, many ids too."""
    first = tx.add(s.needs, **{**NEED, "kind": "talent"}, city="440300")
    second = tx.add(s.needs, **NEED, city="440100")
    assert tx.read(kind="talent").needs["need_id"].to_list() == [first]
    assert tx.read(city="440100").needs["need_id"].to_list() == [second]
    many = (*(f"x{n}" for n in range(1_200)), second)
    assert tx.read(ids=many).needs["need_id"].to_list() == [second]
