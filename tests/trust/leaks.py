"""Leaks, each planted in the hub on purpose: what two worlds are compared for must catch every one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from tests.trust import worlds
from tests.trust.worlds import Lane, Place

from tandem.base.errors import Denied
from tandem.domain.people import Actor
from tandem.engine.finding import audience, ranking
from tandem.engine.finding.audience import Audience
from tandem.hub.feeds import entries
from tandem.hub.finding import find, news
from tandem.hub.records import cursor
from tandem.storage.database import schema as s
from tandem.storage.database import transaction as transactions
from tandem.storage.database import visible

Leak = Callable[[pytest.MonkeyPatch], None]


@contextmanager
def planted(leak: Leak) -> Iterator[None]:
    """A hub that leaks; what was compiled before it or with it is not used on the other side."""
    with pytest.MonkeyPatch.context() as patch:
        _forget()
        leak(patch)
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    visible._of_table.cache_clear()
    worlds.FORMS.clear()


def needs_for_everybody(patch: pytest.MonkeyPatch) -> None:
    """Needs are shown to everybody."""
    patch.setitem(visible.RULES, "needs", lambda shape, table: sa.true())


def entries_for_everybody(patch: pytest.MonkeyPatch) -> None:
    """Entries of the journal are shown to everybody."""
    patch.setitem(visible.RULES, "journal", lambda shape, table: sa.true())


def one_sequence_of_ids(patch: pytest.MonkeyPatch) -> None:
    """Ids count what is hidden."""

    @contextmanager
    def drawing(self: Place, lane: Lane) -> Iterator[None]:
        self.lanes.lane = "open"
        yield

    patch.setattr(Place, "drawing", drawing)


def lists_filtered_late(patch: pytest.MonkeyPatch) -> None:
    """A list takes its part first and leaves out what is hidden afterwards."""
    true_part = cursor.part_where

    def part_where(call: Any, table: Any, given: Any, wanted: Any) -> Any:
        all_of_it = replace(call, actor=Actor("operator", call.actor.account, call.actor.org))
        rows, after = true_part(all_of_it, table, given, wanted)
        allowed = {row["id"] for row in call.tx.rows(sa.select(table.c.id), call.actor)}
        return [row for row in rows if row["id"] in allowed], after

    patch.setattr(cursor, "part_where", part_where)


def hidden_told_from_absent(patch: pytest.MonkeyPatch) -> None:
    """Who asks for a hidden record hears that it may not, instead of that there is none."""
    true_one = transactions.Tx.one

    def one(self: Any, table: Any, id: str, actor: Actor) -> Any:
        asked = sa.select(table.c.id).where(table.c.id == id)
        if self.unguarded(asked) and not self.rows(asked, actor):
            raise Denied("record.others", table=table.name, id=id)
        return true_one(self, table, id, actor)

    patch.setattr(transactions.Tx, "one", one)


def words_weighed_over_all(patch: pytest.MonkeyPatch) -> None:
    """Search weighs words by hidden texts among the others."""
    true = ranking.statistics
    patch.setattr(ranking, "statistics", lambda shelf: true([replace(one, public=True) for one in shelf]))


def facets_over_all(patch: pytest.MonkeyPatch) -> None:
    """Counts by kind and city hold what was not filtered."""
    true = ranking._count
    patch.setattr(ranking, "_count", lambda facets, one, hit: true(facets, one, one.alive))


def hits_for_members(patch: pytest.MonkeyPatch) -> None:
    """Whoever is signed in has every record counted among what it finds."""
    true = audience.seen
    patch.setattr(audience, "seen", lambda one, who: one.alive if who.member else true(one, who))


def cursors_with_row_numbers(patch: pytest.MonkeyPatch) -> None:
    """The place where a list of hits goes on holds the row's number in its table."""
    true_find, true_written, asked = find.find, cursor.written, []

    def remembering(call: Any, given: Any) -> Any:
        asked[:] = [call]
        return true_find(call, given)

    def written(listed: str, *place: Any) -> str:
        if not asked or listed != "search.find":
            return true_written(listed, *place)
        ids = [row["id"] for table in s.RECORDS.values()
               for row in asked[0].tx.unguarded(sa.select(table.c.id).order_by(table.c.created_at))]  # fmt: skip
        return true_written(listed, *place, ids.index(place[-1]))

    patch.setattr(find, "find", remembering)
    patch.setattr(cursor, "written", written)


def news_of_everything(patch: pytest.MonkeyPatch) -> None:
    """Saved searches are told how much is new among all records."""
    patch.setattr(news, "audience_of", lambda actor: Audience(all=True))


def numbered_entries(patch: pytest.MonkeyPatch) -> None:
    """What is sent tells the number of its entry, which counts what is hidden."""
    true = entries.shown
    patch.setattr(entries, "shown", lambda entry, actor: {**true(entry, actor), "seq": entry["seq"]})


LEAKS: tuple[Leak, ...] = (
    needs_for_everybody, entries_for_everybody, one_sequence_of_ids, lists_filtered_late, hidden_told_from_absent,
    words_weighed_over_all, facets_over_all, hits_for_members, cursors_with_row_numbers, news_of_everything,
    numbered_entries,
)  # fmt: skip
