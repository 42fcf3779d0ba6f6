"""From the rules as people write them to limits over the edges of one market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from tandem.base.errors import Finding, Invalid
from tandem.domain import cities
from tandem.domain.rules import Group, Pair, Rule, Rules
from tandem.domain.tables import NEEDS, OFFERS, ORGANISATIONS
from tandem.engine.clearing.market import Ints, Market
from tandem.engine.rules.limits import COST_LIMIT, Fixed, Limit, Limits, Mask, limit_of

_SHOWN = 12


def limits_of(
    rules: Rules,
    market: Market,
    needs: pl.DataFrame,
    offers: pl.DataFrame,
    edges: pl.DataFrame | None = None,
    file: str | None = None,
) -> Limits:
    """The rules as limits over the edges of a market.

    needs, offers  one row for each need and offer of the market, in its order: need_id, offer_id and every column that
                   a rule names ("city" in both for cross-city; organisation columns such as size joined by the caller)
    edges          one row for each edge of the market, in its order; only for costs that stand there
    file           named in findings
    A group on "city" is compared by GB/T 2260 code where both sides are known cities ("深圳" is Shenzhen is 440300),
    and may be a province or a region ("大湾区").
    Raises         Invalid rules.wrong with a finding for each unknown column, value or id and each cost that is not
                   a whole number from 0

    The usual way:
        limits = groups.limits_of(storage.rules.read(path), market, needs, offers)
        ruled = rules.clear_under(market, limits, ClearSettings(gap=0.001))
    """
    reading = _Columns(market, {"needs": needs, "offers": offers}, edges, file)
    found = [limit for rule in rules.rules if (limit := reading.limit(rule)) is not None]
    required, forbidden = reading.pairs(rules.pairs)
    if reading.findings:
        raise Invalid("rules.wrong", tuple(reading.findings), n=len(reading.findings))
    return Limits(tuple(found), required, forbidden)


class _Columns:
    """The columns that rules name, as masks and costs over edges."""

    def __init__(
        self, market: Market, frames: Mapping[str, pl.DataFrame], edges: pl.DataFrame | None, file: str | None
    ) -> None:
        self.market, self.frames, self.edges, self.file = market, frames, edges, file
        self.findings: list[Finding] = []
        self.row = {"needs": market.need(), "offers": market.offer}

    def wrong(
        self, code: str, rule: Rule | Pair, key: str | None, value: object = None, **params: object
    ) -> None:
        """Remembers one thing that is wrong."""
        listed = rule.listed if isinstance(rule, Rule) else "required" if rule.required else "forbidden"
        shown = None if value is None else str(value)
        self.findings.append(
            Finding(f"rules.{code}", "error", listed, self.file, listed, rule.row, key, shown, params)
        )

    def limit(self, rule: Rule) -> Limit | None:
        """The limit of a rule; None where something about it is unknown."""
        inside = self.cross_city(rule) if rule.group.side == "pairs" else self.members(rule)
        if inside is None:
            return None
        if rule.cost is None:
            return limit_of(rule, inside)
        cost = self.costs(rule, *rule.cost, inside)
        return None if cost is None else limit_of(rule, inside, cost)

    def column(self, rule: Rule, side: str, name: str, key: str) -> pl.Series | None:
        """A column of a table, as text."""
        frame = self.frames[side]
        if name in frame.columns:
            return frame[name].cast(pl.String, strict=False)
        self.wrong("column", rule, key, name, table=side, known=frame.columns[:_SHOWN])
        return None

    def members(self, rule: Rule) -> Mask | None:
        """Which edges have an offer or need of the group."""
        group = rule.group
        column = self.column(rule, group.side, group.column, "column")
        if column is None:
            return None
        known = _places(column) if group.column == "city" else None
        present = set(column.drop_nulls().unique().to_list())
        wanted: set[str] = set()
        for value, meaning in zip(group.values, group.meaning, strict=True):
            found = _spellings(group, value, meaning, present, known)
            if found is None:
                shown = sorted(present)[:_SHOWN]
                self.wrong("value", rule, "values", value, table=group.side, name=group.column, known=shown)
            wanted |= found or set()
        inside = column.is_in(list(wanted)).fill_null(False).to_numpy()
        return np.asarray(inside[self.row[group.side]], np.bool_)

    def cross_city(self, rule: Rule) -> Mask | None:
        """Which edges join a need and an offer in different cities; where a city is unknown it is not counted."""
        found = [self.column(rule, side, "city", "cross_city") for side in ("needs", "offers")]
        both = [column for column in found if column is not None]
        if len(both) < 2:
            return None
        numbers: dict[str, int] = {}
        rows = []
        for side, column in zip(("needs", "offers"), both, strict=True):
            codes = _places(column)
            place = {name: numbers.setdefault(code, len(numbers)) for name, code in codes.items()}
            rows.append(
                column.replace_strict(place, default=-1, return_dtype=pl.Int64).to_numpy()[self.row[side]]
            )
        return np.asarray((rows[0] != rows[1]) & (rows[0] >= 0) & (rows[1] >= 0))

    def costs(self, rule: Rule, table: str, name: str, inside: Mask) -> Ints | None:
        """What each edge of the group costs, in fen."""
        frame = self.edges if table == "edges" else self.frames[table]
        if frame is None or name not in frame.columns:
            self.wrong(
                "column",
                rule,
                "cost",
                name,
                table=table,
                known=[] if frame is None else frame.columns[:_SHOWN],
            )
            return None
        rows = np.arange(self.market.edges) if table == "edges" else self.row[table]
        numbers = frame[name].cast(pl.Float64, strict=False).fill_null(-1).fill_nan(-1).to_numpy()
        good = (numbers >= 0) & (numbers < COST_LIMIT) & (numbers == np.floor(numbers))
        bad = np.unique(rows[inside & ~good[rows]])
        if len(bad):
            first = frame[name][int(bad[0])]
            self.wrong("cost", rule, "cost", first, table=table, name=name, n=len(bad), line=int(bad[0]) + 1)
            return None
        return np.where(good, numbers, 0).astype(np.int64)[rows]

    def pairs(self, pairs: Sequence[Pair]) -> tuple[tuple[Fixed, ...], tuple[int, ...]]:
        """Required pairs with their edges, and the edges of forbidden pairs."""
        if not pairs:
            return (), ()
        rows = {
            side: {str(one): row for row, one in enumerate(self.frames[side][key].to_list())}
            for side, key in (("needs", "need_id"), ("offers", "offer_id"))
        }
        required: list[Fixed] = []
        forbidden: list[int] = []
        for pair in pairs:
            for side, key, one in (("needs", "need", pair.need), ("offers", "offer", pair.offer)):
                if one not in rows[side]:
                    self.wrong("id", pair, key, one, table=side)
            edge = self.edge(rows["needs"].get(pair.need), rows["offers"].get(pair.offer))
            if pair.required:
                required.append(Fixed(pair, edge))
            elif edge is not None:
                forbidden.append(edge)
        return tuple(required), tuple(forbidden)

    def edge(self, need: int | None, offer: int | None) -> int | None:
        """The edge of a need and an offer."""
        if need is None or offer is None:
            return None
        first, last = self.market.first[need], self.market.first[need + 1]
        at = int(first + np.searchsorted(self.market.offer[first:last], offer))
        return at if at < last and self.market.offer[at] == offer else None


def _places(column: pl.Series) -> dict[str, str]:
    """The code of each city named in a column; what is no known city stands for itself."""
    named = column.drop_nulls().unique().to_list()
    return {name: city.code if (city := cities.find(name)) else name for name in named if name.strip()}


def _spellings(
    group: Group, value: str, meaning: str, present: set[str], known: Mapping[str, str] | None
) -> set[str] | None:
    """How a value of a group is written in the column: () where the value is good and nobody has it, else None."""
    if known is not None and (codes := cities.area(value)):
        return {name for name, code in known.items() if code in codes}
    found = {value, meaning} & present
    return found if found or _allowed(group, meaning) else None


def _allowed(group: Group, meaning: str) -> bool:
    """Whether the exchange tables know this value of this column, even if nobody has it."""
    tables = (ORGANISATIONS, NEEDS if group.side == "needs" else OFFERS)
    return any(
        column.name == group.column and meaning in column.choices
        for table in tables
        for column in table.columns
    )
