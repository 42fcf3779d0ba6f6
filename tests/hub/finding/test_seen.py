"""What the index takes an asker to see is what storage lets them see, for every record and role."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sqlalchemy as sa
from tests.hub.finding.filled import named_id, put

from tandem.domain.people import ROLES, Actor
from tandem.domain.records import VISIBILITIES
from tandem.engine.finding import audience
from tandem.hub.finding.asking import audience_of
from tandem.storage.database import schema as s
from tandem.storage.finding import shelf as shelves

STATES = {"needs": ("draft", "posed", "expired", "withdrawn"), "offers": ("open", "withdrawn"),
          "organisations": ("claimed", "refused")}  # fmt: skip
ORGS = tuple(named_id(name) for name in ("one", "two", "three"))


@pytest.fixture
def filled(world):
    for name in ("one", "two"):
        put(world.hub, "organisations", name, visibility="members")
    for table, states in STATES.items():
        for number, (state, seen, owner) in enumerate(itertools.product(states, VISIBILITIES, ORGS[:2])):
            more = {} if table == "organisations" else {"org_id": owner}
            named = {"named": [ORGS[number % 3]]} if seen == "named" else {}
            put(world.hub, table, f"{table} {number}", state=state, visibility=seen, **more, **named)
    return world.hub


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("org", [None, *ORGS])
def test_the_index_sees_what_storage_sees(filled, role, org):
    """Roles x organisations x states x visibilities x tables: the same ids."""
    actor = Actor(role, None if role == "visitor" else "somebody", org)
    shelf = shelves.build(filled.database)
    seen = {
        id_.decode()
        for one in shelf.segments
        for id_ in one.ids[audience.seen(one, audience_of(actor))].tolist()
    }
    expected = set()
    with filled.database.reading() as tx:
        for table in STATES:
            expected |= {row["id"] for row in tx.rows(sa.select(s.RECORDS[table]), actor)}
    assert seen == expected
    assert np.all([one.standing == one.documents for one in shelf.segments])
