"""Figures as answers: the list that filters leave, and one figure with everything that the register holds of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from tandem.base.errors import Absent
from tandem.base.words import has
from tandem.engine.figures import runs
from tandem.hub.call import Call
from tandem.hub.records import cursor
from tandem.hub.regional import answers, kept
from tandem.hub.regional import doubts as doubted
from tandem.hub.regional.answers import Figure, Text
from tandem.hub.regional.inputs import FigureQuery, Named
from tandem.hub.regional.kept import NOTHING, State
from tandem.hub.regional.telling import Teller, text
from tandem.storage.region.identity import KEY
from tandem.storage.region.register import NUMBER
from tandem.storage.region_report.cites import Cites
from tandem.storage.region_report.numbers import published
from tandem.storage.report.two import Two, phrase

_TOLD = ("definition", "denominator", "price_basis", "quality", "direction", "owner", "measure", "clause",
         "budget_line", "note")  # fmt: skip
_SOURCES = 40  # named with their number of figures
_TEXTS = ("figure_id", "indicator", "source", "geography", "value")


def listed(call: Call, given: FigureQuery) -> answers.Figures:
    """The figures that the filters leave, in their latest vintage. Raises Invalid list.cursor"""
    (begin,) = cursor.begun(call, given, _place) or (0,)
    held = kept.state(call)
    if held is None:
        return answers.Figures(NOTHING, 0, (), (), None)
    found = _filtered(held, given)
    cites = held.once("cites", lambda state: Cites(state.view))
    items = tuple(
        _figure(row, cites, current=True) for row in found.slice(begin, given.limit).iter_rows(named=True)
    )
    more = begin + given.limit < found.height
    return answers.Figures(
        held.about,
        found.height,
        held.once("sources", _sources),
        items,
        cursor.written(call.action, begin + given.limit) if more else None,
    )


def _place(text: str) -> int:
    """How many figures stand before a part. Raises ValueError"""
    place = cursor.number(text)
    if place < 0:
        raise ValueError
    return place


def _sources(held: State) -> tuple[tuple[str, int], ...]:
    found = runs.counted(held.view.figures, ("source",)).drop_nulls().cast({"source": pl.String})
    summed = found.group_by("source").agg(pl.col("len").sum())
    most = summed.sort(["len", "source"], descending=[True, False]).head(_SOURCES)
    return tuple((str(name), int(n)) for name, n in most.select("source", "len").iter_rows())


def _filtered(held: State, given: FigureQuery) -> pl.DataFrame:
    figures = held.view.figures
    for wanted, columns in (
        (given.sort, ("kind",)),
        (given.indicator, ("indicator_id", "indicator")),
        (given.geography, ("geo_id", "geography")),
        (given.source, ("source",)),
    ):
        if wanted is not None:
            same = (pl.col(name).cast(pl.String) == wanted.strip() for name in columns)
            figures = figures.filter(pl.any_horizontal(*same))
    return figures if given.text is None else figures.filter(_says(held, given.text.strip().casefold()))


def _says(held: State, words: str) -> pl.Expr:
    """Whether a figure's texts, or the names of its indicator or place in either language, hold the words."""
    own = [pl.col(name).cast(pl.String).str.to_lowercase().str.contains(words, literal=True).fill_null(False)
           for name in _TEXTS]  # fmt: skip
    for table, key in (("indicators", "indicator_id"), ("geographies", "geo_id")):
        rows = held.opened.register.tables[table].iter_rows(named=True)
        names = [row[key] for row in rows if words in " ".join(
            str(row.get(name) or "") for name in ("name", "name_zh", "name_en")).casefold()]  # fmt: skip
        own.append(pl.col(key).cast(pl.String).is_in(names).fill_null(False))
    return pl.any_horizontal(*own)


def show(call: Call, given: Named) -> answers.FigureShown:
    """One figure: what it says, where it stands, what rests on it. Raises Absent register.absent"""
    held = kept.state(call)
    rows = [] if held is None else _prints(held, given.id)
    if held is None or not rows:
        raise Absent("register.absent", id=given.id)
    own = [one for one in rows if one["figure_id"] == given.id]
    row = next((one for one in own if one["current"]), own[0])
    cites = held.once("cites", lambda state: Cites(state.view))
    entry = next((one for one in held.whole.imports if one.number == row[NUMBER]), None)
    return answers.FigureShown(
        about=held.about,
        figure=_figure(row, cites, current=bool(row["current"])),
        told=tuple(_told(row, cites)),
        vintages=tuple(_figure(one, cites, current=bool(one["current"])) for one in rows),
        targets=tuple(_targets(held, given.id)),
        doubts=tuple((one.id, one.sort) for one in held.once("doubts", doubted.doubts).items
                     if given.id in one.how.inputs),
        import_number=row[NUMBER],
        imported=entry.imported_on if entry else None,
    )  # fmt: skip


def _prints(held: State, figure_id: str) -> list[dict[str, Any]]:
    """Every print of a figure, the newest first: under its id, and those that have all in common but the print."""
    own = held.whole.figures.filter(pl.col("figure_id").cast(pl.String) == figure_id)
    if own.is_empty():
        return []
    row = own.row(0, named=True)
    same = (pl.col(name).cast(pl.String).eq_missing(pl.lit(row[name], pl.String)) for name in KEY)
    found = held.whole.figures.filter(
        (pl.col("figure_id").cast(pl.String) == figure_id) | pl.all_horizontal(*same)
    )
    return list(found.sort("vintage_order", NUMBER, descending=True, nulls_last=True).iter_rows(named=True))


def _figure(row: Mapping[str, Any], cites: Cites, *, current: bool) -> Figure:
    known = cites.name("indicators", row["indicator_id"])
    name = known if known.en != row["indicator_id"] else Two(row["indicator"], row["indicator"])
    return Figure(
        id=row["figure_id"],
        name=text(name),
        indicator=row["indicator"],
        shown=text(published(row)),
        value=row["value"] or "",
        unit=row["unit"] or "",
        period=row["period"] or "",
        place=text(cites.geography(row)),
        sort=row["kind"] or "",
        source=row["source"] or "",
        vintage=row["vintage"] or "",
        current=current,
    )


def _told(row: Mapping[str, Any], cites: Cites) -> Iterable[tuple[str, Text]]:
    for column in _TOLD:
        said = cites.stated(row, column)
        if said is not None:
            code = f"regionpage.{column}.{said.en}"
            yield column, text(phrase(code) if has(code) else said)


def _targets(held: State, figure_id: str) -> Iterable[tuple[str, Text]]:
    teller = held.once("names", lambda state: Teller(state.view))
    for one in held.view.targets:
        base, growth = one.base, one.recent
        if figure_id in (
            one.figure_id,
            base.figure_id if base else None,
            *(growth.figures if growth else ()),
        ):
            yield one.figure_id, teller.subject(one.figure_id)
