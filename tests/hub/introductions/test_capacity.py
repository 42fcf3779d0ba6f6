"""Who holds a place, and who a slot: clearing, proposals, answers and the work list count as one does by hand."""

from __future__ import annotations

from random import Random

import pytest
import sqlalchemy as sa

from tandem.base.errors import Conflict
from tandem.domain.introductions import successors
from tandem.domain.people import HERE
from tandem.hub.call import Call
from tandem.hub.introductions import lists, places
from tandem.hub.introductions.inputs import WorkQuery
from tandem.storage.database import schema as s
from tandem.storage.finding import supply
from tandem.storage.rounds import capacity, demand
from tandem.storage.rounds.demand import Wanted

# Written out here once more, so that a change of the table of moves is a change of this test.
HOLDS = {"interested", "introduced", "quoted", "agreed"}
FILLS = {"agreed", "outcome"}
ENGAGES = {"proposed", "invited", "interested", "introduced", "quoted", "agreed", "outcome"}


def stage(story, chance):
    """Offers and needs of every size; who may be introduced."""
    orgs = [story.world.organisation(f"机构{n}") for n in range(6)]
    offers = [
        story.add(s.offers, title="检测", org_id=chance.choice(orgs), visibility="public",
                  state=chance.choice(["open", "open", "withdrawn"]), capacity=chance.choice([None, 0, 1, 2, 3]))
        for _ in range(6)
    ]  # fmt: skip
    needs = [story.pose(slots=chance.choice([None, 1, 2, 3]), visibility="public") for _ in range(4)]
    return orgs, offers, needs


def introduced(story, chance, orgs, offers, needs):
    """Pairs, each once; some with an offer, all proposed."""
    pairs = [(need, org) for need in needs for org in orgs]
    rows = []
    for need, org in chance.sample(pairs, 14):
        row = dict.fromkeys(s.introductions.c.keys())
        row |= {"need_id": need, "org_id": org, "offer_id": chance.choice([None, *offers]), "state": "proposed",
                "poser_revealed": False, "org_revealed": False, "lease_until": 0, "ended_at": 0}  # fmt: skip
        del row["id"], row["version"], row["created_at"], row["changed_at"]
        rows.append(story.add(s.introductions, **row))
    return rows


def by_hand(tx):
    """Places left of each offer, and slots that are engaged and filled of each need, one row after the other."""
    held, engaged, filled = {}, {}, {}
    for row in tx.unguarded(s.introductions.select()):
        held[row["offer_id"]] = held.get(row["offer_id"], 0) + (row["state"] in HOLDS)
        engaged[row["need_id"]] = engaged.get(row["need_id"], 0) + (row["state"] in ENGAGES)
        filled[row["need_id"]] = filled.get(row["need_id"], 0) + (row["state"] in FILLS)
    left = {}
    for row in tx.unguarded(s.offers.select()):
        told = 1 if row["capacity"] is None else row["capacity"]
        left[row["id"]] = max(0, told - held.get(row["id"], 0)) if row["state"] == "open" else 0
    return left, engaged, filled


def agree(call, needs):
    """Everybody who counts says the same."""
    left, engaged, filled = by_hand(call.tx)
    assert places.free(call, list(left)) == left
    assert capacity.free(call.tx, list(left)) == left
    cleared = demand.places(call.tx, supply.read(call.tx).offers)
    assert {
        row["offer_id"]: 1 if row["capacity"] is None else row["capacity"] for row in cleared.to_dicts()
    } == {offer: left[offer] for offer in cleared["offer_id"]}
    for offer, n in left.items():
        assert takes(call, offer) == (n > 0)
    wanted = {row["id"]: row["slots"] or 1 for row in call.tx.unguarded(s.needs.select())}
    for need in needs:
        assert places.engaged(call, need) == engaged.get(need, 0)
        assert places.filled(call, need) == filled.get(need, 0)
    open_ = {need: wanted[need] - engaged.get(need, 0) for need in wanted}
    read = demand.read(call.tx, Wanted()).needs
    assert dict(read.select("need_id", "slots").iter_rows()) == {
        need: n for need, n in open_.items() if n > 0
    }
    unfilled = {
        one.need_id: one.slots - one.live for one in lists.worklist(call, WorkQuery(limit=200)).unfilled
    }
    assert unfilled.items() <= {need: n for need, n in open_.items() if n > 0}.items()


def takes(call, offer):
    try:
        places.take(call, offer)
    except Conflict:
        return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_everybody_counts_alike(story, seed):
    """Chance histories by the table of moves, looked at after every few moves."""
    chance, hub = Random(seed), story.world.hub
    orgs, offers, needs = stage(story, chance)
    ids = introduced(story, chance, orgs, offers, needs)
    for _ in range(12):
        with hub.database.reading() as tx:
            agree(Call(tx, HERE, hub), needs)
        hub.database.write(lambda tx: _moves(tx, chance, ids)).result()
    with hub.database.reading() as tx:
        ended = {row["state"] for row in tx.unguarded(s.introductions.select())}
        agree(Call(tx, HERE, hub), needs)
    assert len(ended) > 3


def _moves(tx, chance, ids):
    """Some introductions one step on."""
    for id_ in chance.sample(ids, 5):
        row = tx.unguarded(sa.select(s.introductions).where(s.introductions.c.id == id_))[0]
        if to := successors()[row["state"]]:
            tx.change(s.introductions, row, {"state": chance.choice(to)})
