"""Many records in one ask, by their ids: what they are called, and what those say that reasons cite.

An id that the asker may not see is left out, as one that there is not.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from tandem.hub.call import Call
from tandem.hub.records import answers, owning
from tandem.hub.records.inputs import RECORD_NAMES, Cited, Several
from tandem.storage.database import schema as s


def names(call: Call, given: Several) -> answers.Names:
    """What records are called, in the order of the ids."""
    found = {
        id_: answers.Called(what, id_, called)
        for what in ((given.what,) if given.what else RECORD_NAMES)
        for id_, called in owning.names(call, call.actor, set(given.ids), s.RECORDS[what]).items()
    }
    return answers.Names(tuple(found[id_] for id_ in dict.fromkeys(given.ids) if id_ in found))


def evidence(call: Call, given: Cited) -> answers.EvidenceSaid:
    """What deliveries and offers say, in the order of the ids."""
    found = {one.id: one for one in _cited(call, given)}
    return answers.EvidenceSaid(tuple(found[id_] for id_ in dict.fromkeys(given.ids) if id_ in found))


def _cited(call: Call, given: Cited) -> Iterator[answers.Cited]:
    for what, table, day in (
        ("delivery", s.deliveries, s.deliveries.c.delivered_on),
        ("offer", s.offers, sa.null()),
    ):
        t = table.c
        for part in owning.parts(sorted(set(given.ids))):
            asked = sa.select(t.id, t.title, t.text, day.label("day")).where(t.id.in_(part))
            for row in call.tx.rows(asked, call.actor):
                yield answers.Cited(what, row["id"], row["title"], row["text"], row["day"])
