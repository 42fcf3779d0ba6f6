"""Outcomes: what introductions came to, as a book from which `tandem learn` learns.

Needs whose introductions were decided, the organisations with their offers and deliveries, and as truth the pairs that
became an agreement and were served. Only what is open to members goes in: a ranker moves what everybody sees, and no
confidential text may.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from io import BytesIO

import polars as pl
import sqlalchemy as sa

from tandem.base import words
from tandem.base.clock import begins, day
from tandem.base.errors import Invalid
from tandem.domain.tables import TABLES, TRUTH
from tandem.hub.answers import Download
from tandem.hub.call import Call
from tandem.hub.introductions.inputs import OutcomeQuery
from tandem.hub.records import owning
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import open_to_members
from tandem.storage.exchange import write
from tandem.storage.exchange.book import frame_name, schema
from tandem.storage.finding import supply

SERVED = 0.5  # an outcome rated lower than this did not serve the need
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(call: Call, given: OutcomeQuery) -> Download:
    """One workbook; raises Invalid outcome.none where nothing has come to an outcome yet."""
    tables = frames(call, given.since)
    if not tables["truth"].height:
        raise Invalid("outcome.none")
    held = BytesIO()
    with write.open_workbook(held) as book:
        for name, frame in tables.items():
            told = write.exchanged(frame, name)
            kinds = {frame_name(column): str(column.type) for column in TABLES[name].columns}
            title = words.say(f"table.{name}", call.lang)
            titles = write.headers(told, name, call.lang)
            write.add_sheet(book, title, titles, told, [kinds.get(one, "text") for one in told.columns])
    return Download(f"outcomes-{day(call.now)}.xlsx", _XLSX, held.getvalue())


def frames(call: Call, since: date | None = None) -> Mapping[str, pl.DataFrame]:
    """The exchange tables of all that is decided: organisations, needs, offers, deliveries, truth.

    since  only needs whose introductions ended on that day or later
    """
    i, n = s.introductions.c, s.needs.c
    first = 0 if since is None else begins(since.isoformat())
    told = call.tx.rows(
        sa.select(i.need_id, i.org_id, i.rating)
        .join(s.needs, n.id == i.need_id)
        .where(i.state == "outcome", i.ended_at >= first, open_to_members(s.needs))
        .order_by(i.need_id, i.org_id),
        call.actor,
    )
    open_ = supply.read(call.tx)
    known = set(open_.organisations["org_id"])
    needs = supply.needs([_nameless(row, known) for row in _needs(call, {row["need_id"] for row in told})])
    served = [row for row in told if row["rating"] >= SERVED and row["org_id"] in known]
    posed = pl.col("need_id").is_in(needs["need_id"].implode())
    return {
        "organisations": open_.organisations,
        "needs": needs,
        "offers": open_.offers,
        "deliveries": open_.deliveries.with_columns(pl.when(posed).then(pl.col("need_id")).alias("need_id")),
        "truth": pl.DataFrame(
            {"need_id": [row["need_id"] for row in served], "org_id": [row["org_id"] for row in served]},
            schema=schema(TRUTH),
        ),
    }


def _needs(call: Call, ids: Collection[str]) -> Sequence[Row]:
    rows = [
        row
        for part in owning.parts(sorted(ids))
        for row in call.tx.rows(sa.select(s.needs).where(s.needs.c.id.in_(part)), call.actor)
    ]
    return sorted(rows, key=lambda row: str(row["id"]))


def _nameless(row: Row, organisations: Collection[str]) -> Row:
    """A need without its poser where that stays anonymous, or is hidden itself."""
    return {**row, "org_id": None} if row["anonymous"] or row["org_id"] not in organisations else row
