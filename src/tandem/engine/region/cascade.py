"""Do the parts' targets add up to the whole's: cities to their province, cities to their metropolitan area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tandem.engine.figures import geography_tree, subjects
from tandem.engine.figures.geography_tree import Tree
from tandem.engine.region.bases import Register, Row
from tandem.engine.region.targets import TargetState

# From fine to coarse. Places of other kinds (routes, companies, districts) are no parts that fill a whole.
LEVELS = ("city", "metropolitan_area", "region", "province", "country")
ADDITIVE = ("money", "count")


@dataclass(frozen=True, slots=True)
class Cascade:
    """A target beside the sum of its parts' targets for the same indicator, year and unit.

    parts     (geo_id, figure_id, value) of one level, which do not overlap
    residual  target - total: what the parts leave open (what is missing included), below 0 where they promise more
    missing   parts of that level without such a target, and finer places that lie in none of its parts
    level     which level was added up
    """

    target: str
    parts: tuple[tuple[str, str, float], ...]
    total: float
    residual: float
    missing: tuple[str, ...]
    level: str = "city"


def cascades(
    states: Sequence[TargetState],
    figures: pl.DataFrame,
    geographies: pl.DataFrame | None = None,
    indicators: pl.DataFrame | None = None,
) -> tuple[Cascade, ...]:
    """One cascade for every target whose parts have targets too; only of money and counts, which can be added.

    states       what judge_targets gave; figures: the frame it gave it from (indicator, unit, currency of each)
    geographies  the table of places (part_of, level); where it lists none in a province, or in China, the known
                 places of GB/T 2260 are its parts
    Guarantees   no place counts twice: the parts are of one level, the finest of which all have a target, else the
                 one with the fewest missing; a level whose places share a finer place is left out
    """
    valued = {
        state.figure_id: state for state in states if state.value is not None and state.year is not None
    }
    wanted = pl.Series("figure_id", list(valued), dtype=pl.String)
    targets = figures.filter(pl.col("figure_id").cast(pl.String).is_in(wanted.implode()))
    if "subject" not in targets.columns:
        targets = subjects.describe(targets, indicators, geographies)
    if targets.is_empty():
        return ()
    rows = [row for row in Register(targets, targets, indicators).rows if row["dimension"] in ADDITIVE]
    tree = _Places(geography_tree.build(_places(rows, geographies), geographies))
    held: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        held.setdefault(_quantity(row, valued, indicators), {}).setdefault(row["geo_id"], row)
    found = (_cascade(row, held[_quantity(row, valued, indicators)], valued, tree) for row in rows)
    return tuple(one for one in found if one is not None)


def _places(rows: Sequence[Row], geographies: pl.DataFrame | None) -> list[str]:
    """Places of the table and of the targets, and the GB/T 2260 places of wholes in which the table lists none.

    Without them a province of 21 cities would seem complete with the two that have a target.
    """
    table = [] if geographies is None else geographies["geo_id"].cast(pl.String).to_list()
    named = list(dict.fromkeys([*table, *(row["geo_id"] for row in rows)]))
    tree, listed = geography_tree.build(named, geographies), set(table)
    filled = {
        named[up]
        for place, level, direct in zip(named, tree.levels, tree.direct, strict=True)
        if place in listed and level in LEVELS
        for up in direct
    }
    known = (
        place
        for whole in named
        if whole not in filled
        for place in geography_tree.known_inside(whole)
        if geography_tree.province_of(place) not in filled
    )
    return list(dict.fromkeys([*named, *known]))


def _quantity(
    row: Row, valued: Mapping[str, TargetState], indicators: pl.DataFrame | None
) -> tuple[Any, ...]:
    """What has to agree before targets are added: indicator, year, unit, currency."""
    listed = indicators is not None and row["indicator_id"] in indicators["indicator_id"]
    what = row["indicator_id"] if listed else row["meaning"]
    return what, valued[row["figure_id"]].year, row["dimension"], row["currency"], row["thing"]


class _Places:
    """Which places of each level lie in a place, and which finest places each of them holds."""

    def __init__(self, tree: Tree) -> None:
        self._code = {name: number for number, name in enumerate(tree.names)}
        self._tree = tree
        self._inside: dict[int, list[int]] = {}
        for place, wider in enumerate(tree.wider):
            for up in wider:
                self._inside.setdefault(up, []).append(place)

    def levels(self, geo_id: str) -> dict[str, list[str]]:
        """The places inside, by level, from fine to coarse."""
        inside = self._inside.get(self._code[geo_id], [])
        return {
            level: found
            for level in LEVELS
            if (found := [self._tree.names[one] for one in inside if self._tree.levels[one] == level])
        }

    def leaves(self, geo_id: str, level: str) -> set[str]:
        """The places of a level inside a place; itself where it is of that level."""
        code = self._code[geo_id]
        if self._tree.levels[code] == level:
            return {geo_id}
        return {
            self._tree.names[one] for one in self._inside.get(code, []) if self._tree.levels[one] == level
        }


def _cascade(
    row: Row, held: Mapping[str, Row], valued: Mapping[str, TargetState], places: _Places
) -> Cascade | None:
    levels = places.levels(row["geo_id"])
    if not levels:
        return None
    finest, leaves = next(iter(levels.items()))
    best: tuple[str, list[str], list[str]] | None = None
    for level, members in levels.items():
        told = [one for one in members if one in held]
        covered = [leaf for one in members for leaf in sorted(places.leaves(one, finest))]
        if not told or len(covered) != len(set(covered)):
            continue
        left = [one for one in members if one not in held] + sorted(set(leaves) - set(covered))
        if best is None or len(left) < len(best[2]):
            best = level, told, left
        if not left:
            break
    if best is None:
        return None
    level, told, left = best
    parts = tuple((one, str(held[one]["figure_id"]), _value(valued, held[one])) for one in told)
    total = sum(value for _, _, value in parts)
    return Cascade(row["figure_id"], parts, total, _value(valued, row) - total, tuple(left), level)


def _value(valued: Mapping[str, TargetState], row: Row) -> float:
    value = valued[row["figure_id"]].value
    assert value is not None
    return value
