"""What a target is measured against: its base, its series, its published growth, and targets of earlier years.

One quantity is one indicator of the table, or texts that say the same (subjects), at one geography and in one unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tandem.engine.figures import subjects
from tandem.engine.region import growth as growths
from tandem.engine.region.growth import Growth

SERIES = 3  # points from which a series tells recent growth
_TEXTS = ("figure_id", "indicator", "indicator_id", "unit", "denominator", "geo_id", "kind", "form", "dimension",
          "currency", "thing", "whole", "vintage", "price_basis", "direction", "subject")  # fmt: skip
_NUMBERS = ("lower", "upper", "half", "first_year", "last_year")
_ADDITIVE = ("share", "growth", "rank")  # dimensions whose levels change by points
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Base:
    """Where a target starts: a figure, its level in base units and its year."""

    figure_id: str
    value: float
    year: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands beside one target.

    base      the owner's, else the latest baseline before the due year; None where there is none
    latest    the latest baseline of all, of the same quantity
    is_open   whether the base is printed as a bound (> 8 trillion)
    growth    of the series up to the base, else as published; None where nothing tells
    is_real   whether that growth is at constant prices
    path      (year, level, figure id) of targets of the same quantity for other years, ascending
    """

    base: Base | None
    latest: Base | None
    is_open: bool
    growth: Growth | None
    is_real: bool
    path: tuple[tuple[int, float, str], ...]


class Register:
    """The figures that could stand beside any of the targets, found by indicator or by meaning, and geography."""

    def __init__(
        self,
        figures: pl.DataFrame,
        targets: pl.DataFrame,
        indicators: pl.DataFrame | None,
        given: Iterable[str] = (),
    ) -> None:
        self.declared = subjects.named(indicators)
        self._growth_of = {
            one: row["growth_of"] for one, row in self.declared.items() if row.get("growth_of")
        }
        self.rows = tuple(_rows(_relevant(figures, targets, self._growth_of, tuple(given)), indicators))
        self._by_id: dict[tuple[str, str], list[Row]] = {}
        self._by_meaning: dict[tuple[str, Any], list[Row]] = {}
        self._growth: dict[tuple[str, Any], list[Row]] = {}
        self.by_figure = {row["figure_id"]: row for row in self.rows}
        for row in self.rows:
            self._by_id.setdefault((row["geo_id"], row["indicator_id"]), []).append(row)
            self._by_meaning.setdefault((row["geo_id"], row["meaning"]), []).append(row)
            if row["meaning"][0] == "growth" or row["indicator_id"] in self._growth_of:
                for key in {row["meaning"][1], self._growth_of.get(row["indicator_id"])} - {None}:
                    self._growth.setdefault((row["geo_id"], key), []).append(row)

    @property
    def latest_year(self) -> int:
        """The latest year of any baseline at hand; 0 without one."""
        years = [row["last_year"] for row in self.rows if row["kind"] == "baseline" and row["last_year"]]
        return max(years, default=0)

    def said(self, row: Row, column: str) -> str | None:
        """What a figure says in a column, else its indicator's row of the table."""
        return row[column] or self.declared.get(row["indicator_id"], {}).get(column)

    def same(self, row: Row) -> list[Row]:
        """Figures of the same quantity, geography and unit, the row itself among them."""
        found = list(self._by_id.get((row["geo_id"], row["indicator_id"]), ()))
        listed = row["indicator_id"] in self.declared
        for other in self._by_meaning.get((row["geo_id"], row["meaning"]), ()):
            # Two indicators that the table keeps apart stay apart, however alike their texts are.
            if other["indicator_id"] != row["indicator_id"] and not (
                listed and other["indicator_id"] in self.declared
            ):
                found.append(other)
        return [other for other in found if _compatible(row, other)]

    def growth_figures(self, row: Row) -> list[Row]:
        """Published growth of the same subject and geography."""
        keys = [(row["geo_id"], row["meaning"][1]), (row["geo_id"], row["indicator_id"])]
        found = {one["figure_id"]: one for key in keys for one in self._growth.get(key, ())}
        return [one for one in found.values() if one["dimension"] == "growth" and one["kind"] == "baseline"]

    def evidence(self, target: Row, due: int | None, given: str | None = None) -> Evidence:
        """What stands beside a target row due in a year; `given` is the figure that its owner starts from."""
        same = self.same(target)
        known = _by_year(one for one in same if one["kind"] == "baseline")
        levels = {year: level for year, row in known.items() if (level := level_of(row)) is not None}
        years = sorted(year for year in levels if due is None or year < due)
        latest = Base(known[max(levels)]["figure_id"], levels[max(levels)], max(levels)) if levels else None
        base = self._given(given)
        if given is None and (years or latest):
            at = years[-1] if years else max(levels)
            base = Base(known[at]["figure_id"], levels[at], at)
        found, is_real = self._recent(target, known, levels, base)
        path = {
            int(one["last_year"]): (int(one["last_year"]), level, str(one["figure_id"]))
            for one in same
            if one["kind"] == "target" and one["last_year"] is not None and one["last_year"] != due
            if (level := level_of(one)) is not None
        }
        is_open = base is not None and self.by_figure[base.figure_id]["form"] == "bound"
        return Evidence(base, latest, is_open, found, is_real, tuple(path[year] for year in sorted(path)))

    def _given(self, given: str | None) -> Base | None:
        row = self.by_figure.get(given or "")
        if row is None or row["last_year"] is None or (level := level_of(row)) is None:
            return None
        return Base(row["figure_id"], level, int(row["last_year"]))

    def _recent(
        self, target: Row, known: Mapping[int, Row], levels: Mapping[int, float], base: Base | None
    ) -> tuple[Growth | None, bool]:
        until = max((year for year in levels), default=0) if base is None else max(base.year, *levels, 0)
        series = [year for year in sorted(levels) if year <= until and _is_point(known[year])]
        if len(series) >= SERIES:
            values = [levels[year] for year in series]
            ids = tuple(known[year]["figure_id"] for year in series)
            additive = target["dimension"] in _ADDITIVE or min(*values, _or_one(level_of(target))) <= 0
            found = growths.from_series(series, values, figures=ids, additive=additive)
            return found, self.said(known[series[-1]], "price_basis") == "real"
        # Growth of a share may be points or per cent, and no rate of growth leads to 0 or from there.
        if target["dimension"] in _ADDITIVE or target["meaning"][0] == "growth":
            return None, False
        if min(base.value if base else 1.0, _or_one(level_of(target))) <= 0:
            return None, False
        return self._published(target)

    def _published(self, target: Row) -> tuple[Growth | None, bool]:
        told = [one for one in self.growth_figures(target) if one["form"] in ("point", "about")]
        told = [one for one in told if one["last_year"] is not None and one["lower"] is not None]
        if not told:
            return None, False
        wanted = self.said(target, "price_basis")
        # The latest year, in the target's own prices where both are published; sorting is stable.
        best = max(told, key=lambda one: (one["last_year"], self._prices(one) == wanted))
        alike = [
            one for one in told if one["last_year"] == best["last_year"] and one["lower"] == best["lower"]
        ]
        ids = (best["figure_id"], *(one["figure_id"] for one in alike if one is not best))
        return growths.stated(float(best["lower"]), figures=ids), self._prices(best) == "real"

    def _prices(self, row: Row) -> str | None:
        return self.said(row, "price_basis") or row["basis"]


def level_of(row: Row, direction: str = "up") -> float | None:
    """The level a figure stands for: its number, the end of a bound, the nearer end of a range; None without one."""
    low, high = row["lower"], row["upper"]
    if low is None or high is None:
        return None
    ends = [end for end in ((low, high) if direction == "up" else (high, low)) if np.isfinite(end)]
    if row["form"] == "bound" and len(ends) == 2:  # "< 30 minutes" starts at 0, which nobody printed
        return float(high)
    return float(ends[0]) if ends else None


def _or_one(level: float | None) -> float:
    return 1.0 if level is None else level


def _is_point(row: Row) -> bool:
    return row["form"] in ("point", "about", "fraction") and row["first_year"] == row["last_year"]


def _by_year(rows: Iterable[Row]) -> dict[int, Row]:
    """The figure that stands for each year: the latest vintage; a plain number before a bound."""
    found: dict[int, Row] = {}
    for row in rows:
        year = row["last_year"]
        if year is None or row["lower"] is None:
            continue
        if int(year) not in found or _rank(row) >= _rank(found[int(year)]):
            found[int(year)] = row
    return found


def _rank(row: Row) -> tuple[bool, str]:
    return _is_point(row), row["vintage"] or ""


def _compatible(a: Row, b: Row) -> bool:
    if a["dimension"] != b["dimension"]:
        return False
    pairs = ((a[name], b[name]) for name in ("currency", "thing"))
    return all(one == other or one is None or other is None for one, other in pairs)


def beside_targets(figures: pl.DataFrame) -> pl.DataFrame:
    """Baselines and targets of the places that have targets: what is worth describing for them."""
    told = figures.filter(pl.col("kind") == "target")["geo_id"]
    places = told.unique().cast(pl.String).to_list()
    return figures.filter(_among(figures, "kind", ("baseline", "target")) & _among(figures, "geo_id", places))


def _relevant(
    figures: pl.DataFrame, targets: pl.DataFrame, growth_of: Mapping[str, str], given: Sequence[str]
) -> pl.DataFrame:
    """Figures that share place and subject, or place and indicator, with a target, and those given: few among many."""
    about = targets.select("geo_id", "indicator_id").unique()
    levels: dict[str, list[str]] = {}
    for growth, level in growth_of.items():
        levels.setdefault(level, []).append(growth)
    pairs = [
        (geo, one)
        for geo, indicator in about.cast(pl.String).iter_rows()
        for one in (indicator, *levels.get(indicator or "", ()))
    ]
    by_indicator = pl.DataFrame(
        pairs, {"geo_id": pl.String, "indicator_id": pl.String}, orient="row", strict=False
    ).cast({name: figures[name].dtype for name in ("geo_id", "indicator_id")})
    figures = figures.with_row_index("place")
    held = beside_targets(figures)
    by_subject = targets.select("geo_id", "subject").unique()
    parts = [held.join(one, on=one.columns, how="semi").select("place") for one in (by_subject, by_indicator)]
    if given:
        parts.append(figures.filter(_among(figures, "figure_id", given)).select("place"))
    wanted = pl.concat(parts).unique()
    return figures.join(wanted, on="place", how="semi", maintain_order="left").select(
        pl.col(*_TEXTS).cast(pl.String), *_NUMBERS
    )


def _among(figures: pl.DataFrame, column: str, values: Sequence[str | None]) -> pl.Expr:
    texts = pl.Series(column, [one for one in values if one is not None], dtype=pl.String)
    return pl.col(column).is_in(texts.cast(figures[column].dtype).implode())


def _rows(figures: pl.DataFrame, indicators: pl.DataFrame | None) -> Iterator[dict[str, Any]]:
    """Rows as mappings, with `meaning` (quantity, what, whole, per) and the `basis` that the text itself names."""
    keys = [name for name in subjects.TEXT_KEY if name in figures.columns]
    texts = figures.select(keys).unique(maintain_order=True).with_row_index("text")
    read = [(one.identity[:4], one.basis) for one in subjects.subjects(texts.drop("text"), indicators)]
    known = figures.join(texts, on=keys, how="left", nulls_equal=True, maintain_order="left")
    for row in known.iter_rows(named=True):
        (quantity, *phrases), row["basis"] = read[row["text"]]
        row["meaning"] = (quantity, *(_elsewhere(phrase, row["geo_id"]) for phrase in phrases))
        yield row


def _elsewhere(phrase: tuple[Any, ...], own: str) -> tuple[Any, ...]:
    """A phrase without the figure's own place: 'Guangdong GDP' of Guangdong is GDP."""
    if not phrase or own not in phrase[3]:
        return phrase
    return (*phrase[:3], tuple(place for place in phrase[3] if place != own))
