"""Searching needs, offers and organisations; titles as somebody types; needs like a draft."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from tandem.domain.records import SEARCHED, budget_band
from tandem.engine.finding import likeness, ranking, snippet, suggestion
from tandem.engine.finding.question import Slot
from tandem.engine.finding.snippet import Snippet
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.finding import answers
from tandem.hub.finding.asking import audience_of, filters_of, slots_of
from tandem.hub.finding.index import Index
from tandem.hub.finding.inputs import Draft, Nothing, Search, Typed
from tandem.hub.records import cursor, owning
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row

_ALIKE = 0.5  # likeness from which a need is told to be near a draft
_SHOWN = 200  # characters of a title


def find(call: Call, given: Search) -> answers.FoundRecords:
    """The records that a question finds among those that the asker sees, best first; without words the newest first."""
    slots, after = slots_of(given), cursor.begun(call, given, cursor.score, cursor.record)
    who = audience_of(call.actor)
    index = call.hub.part(Index)
    shelf, behind = index.shelf(call.tx, who), index.behind(who)
    found = ranking.find(shelf, slots, who, filters_of(given), limit=given.limit, after=after)
    rows = records(call, [(hit.what, hit.id) for hit in found.hits])
    names = _names(call, rows.values())
    last = found.hits[-1] if found.more else None
    return answers.FoundRecords(
        items=tuple(
            _hit(call, hit, rows[hit.id], slots or (), names) for hit in found.hits if hit.id in rows
        ),
        next=None if last is None else cursor.written(call.action, last.score, last.id),
        total=found.total,
        facets=found.facets,
        behind=behind,
    )


def suggest(call: Call, given: Typed) -> answers.Suggestions:
    """Titles of records that the asker sees, going on as what was typed."""
    who = audience_of(call.actor)
    shelf = call.hub.part(Index).shelf(call.tx, who)
    ids = suggestion.suggested(shelf, given.text, who, given.what, given.limit)
    rows = records(call, [(what, id_) for what in SEARCHED for id_ in ids])
    return answers.Suggestions(tuple(dict.fromkeys(_title(rows[id_]) for id_ in ids if id_ in rows)))


def similar(call: Call, given: Draft) -> answers.LikeNeeds:
    """Needs that the asker sees and that say nearly what a draft says."""
    who = audience_of(call.actor)
    shelf = call.hub.part(Index).shelf(call.tx, who)
    found = likeness.alike(shelf, given.title, given.text or "", who, "needs", _ALIKE, given.limit)
    rows = records(call, [("needs", one.id) for one in found])
    return answers.LikeNeeds(tuple(_like(call, one, rows[one.id]) for one in found if one.id in rows))


def rebuild(call: Call, given: Nothing) -> Done:
    """Has the index made anew from the records, in the background; until then it answers as it is."""
    call.tx.tell("search.rebuild", call.actor)
    call.tx.after.append(call.hub.part(Index).rebuild)
    return Done()


def records(call: Call, names: Iterable[tuple[str, str]]) -> dict[str, Row]:
    """Records by id, as far as the asker sees them: the index says which, storage says whether."""
    by_table: dict[str, list[str]] = {}
    for name, id_ in names:
        by_table.setdefault(name, []).append(id_)
    found = {}
    for name, ids in by_table.items():
        table = s.RECORDS[name]
        padded = ids + ids[-1:] * ((1 << (len(ids) - 1).bit_length()) - len(ids))  # few lengths, few forms
        for row in call.tx.rows(sa.select(table).where(table.c.id.in_(padded)), call.actor):
            found[row["id"]] = row
    return found


def _hit(
    call: Call, hit: ranking.Hit, row: Row, slots: Sequence[Slot], names: Mapping[str, str]
) -> answers.Hit:
    body, whose = row.get("text"), _whose(call, row)
    return answers.Hit(
        what=hit.what,
        id=hit.id,
        state=row["state"],
        title=_piece(snippet.of(_title(row), slots, _SHOWN)),
        said=_piece(snippet.of(body, slots)) if body else None,
        kind=row["type"] if hit.what == "organisations" else row["kind"],
        cities=_cities(row),
        sector=row.get("sector"),
        service_code=row["service_code"],
        **whose,
        score=round(hit.score, 6) if slots else 0.0,
        name=names.get(whose["organisation"] or ""),
        due_on=row.get("due_on"),
        budget=budget_band(row.get("budget_min"), row.get("budget_max")),
        currency=row.get("currency"),
    )


def _names(call: Call, rows: Iterable[Row]) -> Mapping[str, str]:
    """The names of the organisations that records belong to, as far as the asker sees them."""
    return owning.names(call, call.actor, {owner for row in rows if (owner := owning.owner(row)) is not None})


def _whose(call: Call, row: Row) -> dict[str, str | None]:
    """Whose a record is, or what stands for its poser."""
    if row.get("anonymous") and not owning.sees_own(call.actor, row):
        return {"organisation": None, "pseudonym": row["pseudonym"]}
    return {"organisation": owning.owner(row), "pseudonym": None}


def _like(call: Call, one: likeness.Alike, row: Row) -> answers.LikeNeed:
    return answers.LikeNeed(one.id, row["title"], row["state"], round(one.likeness, 3), **_whose(call, row))


def _piece(found: Snippet) -> answers.Piece:
    return answers.Piece(found.text, found.marks, *found.cut)


def _title(row: Row) -> str:
    return str(row["title"] if "title" in row else row["name"])


def _cities(row: Row) -> tuple[str, ...]:
    if "cities_served" in row:
        return tuple(json.loads(row["cities_served"] or "[]"))
    return (row["city"],) if row["city"] else ()
