"""The figures as the finder looks at them: whole numbers in sorted arrays, words only once for each distinct text.

A figure's key is (quantity, kind, period, place): figures of one key say the same thing twice. Quantities, periods and
places are small whole numbers, so ten million figures are a handful of arrays and a look-up is a binary search.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tandem.domain.region.periods import read_period
from tandem.engine.figures import geography_tree, physical_units, runs, subjects
from tandem.engine.figures.geography_tree import Tree
from tandem.engine.figures.subjects import Phrase, Subject

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
BASELINE, TARGET, CONTEXT, THRESHOLD = 0, 1, 2, 3
_KINDS = {"baseline": BASELINE, "target": TARGET, "context": CONTEXT, "threshold": THRESHOLD}
_N_KINDS = len(_KINDS)
_ANNUAL = re.compile(r"(?:fy)?\s*(\d{4})\s*(?:年|年度|年末|年底|年终)?")
_BASES = {"real": "real", "nominal": "nominal"}  # anything else is undefined
_ROUNDING = 1e-9  # of a value: what binary arithmetic may cost


@dataclass(frozen=True, slots=True)
class Span:
    """A period: its years (0 where open or unknown), and whether it is one plain year."""

    text: str
    first: int
    last: int
    is_year: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A distinct text: what it says, and what its unit is."""

    subject: Subject
    indicator: str
    indicator_id: str
    unit: str
    dimension: str
    currency: str
    thing: str
    basis: str


@dataclass(frozen=True)
class Panel:
    """Figures with numbers, sorted by key; all arrays (n,) in that order.

    row          place in `figures`
    text, quantity, place, period, kind   codes into texts, identities, places, spans; kind as above
    low, high    bounds with the slack of rounding, base units; lower, upper without it
    unnumbered   rows of baselines without a number, and their texts
    key          ((quantity x kinds + kind) x periods + period) x places + place
    """

    figures: pl.DataFrame
    texts: tuple[Text, ...]
    identities: tuple[Subject, ...]
    places: tuple[str, ...]
    spans: tuple[Span, ...]
    tree: Tree
    declared: Mapping[str, Mapping[str, Any]]
    row: Ints
    text: Ints
    quantity: Ints
    place: Ints
    period: Ints
    kind: Ints
    low: Floats
    high: Floats
    lower: Floats
    upper: Floats
    key: Ints
    unnumbered: Ints
    unnumbered_text: Ints

    def keys(self, quantity: int, at: Ints, place: Ints | None = None, period: Ints | None = None) -> Ints:
        """The keys of another quantity (place, period) for the figures at `at`; a place or period below 0 has none."""
        places = self.place[at] if place is None else place
        periods = self.period[at] if period is None else period
        kinds = np.minimum(self.kind[at], TARGET)
        made: Ints = ((quantity * _N_KINDS + kinds) * len(self.spans) + periods) * len(self.places) + places
        return np.where((places < 0) | (periods < 0), -1, made)

    def find(self, keys: Ints) -> Ints:
        """Where the first figure of each key stands; -1 where there is none."""
        at = np.searchsorted(self.key, keys)
        safe = np.minimum(at, len(self.key) - 1)
        return np.where((at < len(self.key)) & (self.key[safe] == keys), safe, -1)

    def of(self, quantity: int, kind: int = BASELINE) -> Ints:
        """Where the figures of one quantity stand."""
        width = len(self.spans) * len(self.places)
        first = (quantity * _N_KINDS + kind) * width
        return np.arange(*np.searchsorted(self.key, [first, first + width]))

    @cached_property
    def first_years(self) -> Ints:
        """First year of each period, 0 where there is none."""
        return np.array([span.first for span in self.spans], np.int64)

    @cached_property
    def last_years(self) -> Ints:
        """Last year of each period, its first where it is open, 0 where there is none."""
        return np.array([span.last or span.first for span in self.spans], np.int64)

    @cached_property
    def year_codes(self) -> Mapping[int, int]:
        """Plain year -> its code among the periods."""
        return {span.first: code for code, span in enumerate(self.spans) if span.is_year}

    @cached_property
    def baselines(self) -> list[int]:
        """Quantities that have a baseline."""
        there = np.zeros(len(self.identities), np.bool_)
        there[self.quantity[self.kind == BASELINE]] = True
        return [int(one) for one in np.flatnonzero(there)]

    @cached_property
    def cited(self) -> pl.DataFrame:
        """The columns of the figures that sentences show."""
        return self.figures.select("figure_id", "indicator", "indicator_id", "value", "unit", "period", "geography",
                                   "geo_id", "source", "form", "dimension")  # fmt: skip

    @cached_property
    def first_text(self) -> Ints:
        """(quantities,) a text of each quantity, -1 where none has a figure."""
        made = np.full(len(self.identities), -1, np.int64)
        made[self.quantity[::-1]] = self.text[::-1]
        return made

    def unit_of(self, at: int) -> tuple[str, str]:
        """Dimension and currency of a figure."""
        text = self.texts[self.text[at]]
        return text.dimension, text.currency


def build(figures: pl.DataFrame, indicators: pl.DataFrame | None, geographies: pl.DataFrame | None) -> Panel:
    """The panel of a parsed frame; rows without a number and dates are left out."""
    figures = _latest(figures)
    text, rows = _texts(figures)
    read = subjects.subjects(rows, indicators, geographies)
    place, place_names = codes(figures["geo_id"])
    period, period_names = codes(figures["period"])
    kind, kind_names = codes(figures["kind"])
    tree = geography_tree.build(place_names, geographies)
    declared = subjects.named(indicators)
    kinds = np.array([_KINDS.get(name or "baseline", -1) for name in kind_names], np.int64)[kind]
    used = np.flatnonzero(
        (kinds >= 0) & figures["lower"].is_not_null().to_numpy() & figures["upper"].is_not_null().to_numpy()
    )
    wordy = np.flatnonzero((kinds == BASELINE) & figures["lower"].is_null().to_numpy())
    unnumbered_text = text[wordy]
    if len(used) < len(text):
        text, place, period, kinds = (codes_[used] for codes_ in (text, place, period, kinds))
    identity, quantity = _quantities(read, rows, declared, tree, text, place)
    spans, period = _spans(period_names, period)
    lower, upper, half = (_numbers(figures[name], used) for name in ("lower", "upper", "half"))
    kinds = _context_beside_baseline(kinds, quantity, len(identity))
    key = quantity * _N_KINDS
    for codes_, size in ((kinds, len(spans)), (period, len(place_names)), (place, 1)):
        key += codes_
        key *= size
    sizes = np.array(
        [physical_units.size(thing) for thing in rows["thing"].to_list()]
        if "thing" in rows.columns
        else [1.0]
    )
    if (sizes != 1.0).any():
        times = sizes[text]
        lower, upper, half = lower * times, upper * times, half * times
    order = _order(key, lower, upper, figures["figure_id"], used)
    lower, upper, half = lower[order], upper[order], half[order]
    largest = np.abs(upper)
    largest[np.isinf(largest)] = 0.0
    half += _ROUNDING * np.maximum(np.abs(lower), largest)
    return Panel(
        figures,
        _described(rows, read),
        tuple(identity),
        tuple(name or "" for name in place_names),
        spans,
        tree,
        declared,
        row=used[order],
        text=text[order],
        quantity=quantity[order],
        place=place[order],
        period=period[order],
        kind=kinds[order],
        low=lower - half,
        high=upper + half,
        lower=lower,
        upper=upper,
        key=key[order],
        unnumbered=wordy,
        unnumbered_text=unnumbered_text,
    )


def _numbers(column: pl.Series, used: Ints) -> Floats:
    """A column's numbers in the rows used; nothing is copied where all are."""
    numbers: Floats = column.fill_null(0.0).to_numpy()
    return numbers if len(used) == len(numbers) else numbers[used]


def _order(key: Ints, lower: Floats, upper: Floats, ids: pl.Series, used: Ints) -> Ints:
    """The order of the keys; figures of one key by value and id, so that the order of rows tells nothing."""
    order = order_of(key)
    ranked = key[order]
    again = ranked[1:] == ranked[:-1]
    if again.any():
        tied = np.flatnonzero(np.r_[False, again] | np.r_[again, False])
        at = order[tied]
        frame = pl.DataFrame({"key": key[at], "lower": lower[at], "upper": upper[at], "at": at})
        frame = frame.with_columns(ids[used[at]].cast(pl.String).alias("id"))
        order[tied] = frame.sort("key", "lower", "upper", "id", nulls_last=True)["at"].to_numpy()
    return order


def order_of(values: Ints) -> Ints:
    """(n,) the stable order of whole numbers from 0: put in place where they lie close and in disorder, else sorted."""
    n, size = len(values), int(values.max(initial=-1)) + 1
    breaks = np.count_nonzero(values[1:] < values[:-1])
    if breaks < n // 1_000 or size > 8 * n + 1_000_000:
        return np.argsort(values, kind="stable")
    first = np.full(size, -1, np.int32)
    first[values[::-1]] = np.arange(n - 1, -1, -1, dtype=np.int32)
    found = first[first >= 0].astype(np.int64)
    if len(found) == n:
        return found
    again = np.ones(n, np.bool_)
    again[found] = False
    rest = np.flatnonzero(again)
    rest = rest[np.argsort(values[rest], kind="stable")]
    return np.insert(found, np.searchsorted(values[found], values[rest], side="right"), rest)


def codes(column: pl.Series) -> tuple[Ints, list[str | None]]:
    """Dense codes (n,) of a text column and the texts that they stand for, in the order of the texts."""
    if column.dtype != pl.Categorical:
        column = column.cast(pl.String).cast(pl.Categorical)
    distinct = column.unique()
    pairs = sorted(
        zip(distinct.cast(pl.String).to_list(), distinct.to_physical().to_list(), strict=True),
        key=lambda pair: (pair[0] is None, pair[0] or ""),
    )
    missing = max((code for _, code in pairs if code is not None), default=-1) + 1
    dense = np.full(missing + 1, -1, np.int64)
    for new, (_, code) in enumerate(pairs):
        dense[missing if code is None else code] = new
    names = [name for name, _ in pairs]
    if len(names) < 2:
        return np.zeros(len(column), np.int64), names
    physical = column.to_physical()
    if column.null_count():
        physical = physical.cast(pl.UInt32).fill_null(missing)
    return dense[physical.to_numpy().astype(np.int64)], names


def _texts(figures: pl.DataFrame) -> tuple[Ints, pl.DataFrame]:
    """A code for each distinct (indicator, unit, denominator ...), and those texts, a row each."""
    columns = [name for name in (*subjects.TEXT_KEY, "price_basis") if name in figures.columns]
    begun = runs.starts(figures, [name for name in columns if figures[name].null_count() < figures.height])
    texts = figures.select(columns)[begun]
    made = np.zeros(texts.height, np.int64)
    for column in texts:
        code, names = codes(column)
        if len(names) > 1:
            made = _dense(made * len(names) + code)
    first = np.full(int(made.max(initial=-1)) + 1, -1, np.int64)
    first[made[::-1]] = np.arange(len(made) - 1, -1, -1)
    return np.repeat(made, runs.lengths(begun, figures.height)), texts[first].cast(pl.String)


def _dense(values: Ints) -> Ints:
    """The same groups numbered from 0 without gaps."""
    size = int(values.max()) + 1 if len(values) else 0
    if size > 4 * len(values) + 1_000_000:
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    there = np.zeros(size, np.bool_)
    there[values] = True
    return (np.cumsum(there) - 1)[values]


def _latest(figures: pl.DataFrame) -> pl.DataFrame:
    """Without vintages that a later one of the same figure, or of the same indicator, place and period, revises.

    What the same source, or anybody in a later year, published of it is a revision; two sources of one year disagree.
    """
    figures = figures.with_columns(pl.lit(None, pl.String).alias(name) for name in ("vintage", "source", "price_basis")
                                   if name not in figures.columns)  # fmt: skip
    numbered = figures.with_row_index("_row")
    if figures["vintage"].null_count() < figures.height:
        order = (
            pl.col("vintage")
            .cast(pl.String)
            .fill_null("")
            .str.extract(r"((?:19|20)\d\d[-/.\d]*)")
            .fill_null("")
        )
        same = ["indicator_id", "unit", "geo_id", "period", "kind"]
        ranked = numbered.with_columns(order.alias("_order")).sort("_order", "_row")
        known = ranked.filter(pl.col("vintage").is_not_null())
        rest = ranked.filter(pl.col("vintage").is_null())
        last = [pl.col(name).last().alias(f"_last{name}") for name in ("vintage", "source", "_order")]
        known = known.join(known.group_by(same).agg(last), on=same, how="left", nulls_equal=True)
        revised = (pl.col("source").eq_missing(pl.col("_lastsource"))) | (
            pl.col("_order").str.head(4) != pl.col("_last_order").str.head(4)
        )
        known = known.filter((pl.col("vintage") == pl.col("_lastvintage")) | ~revised)
        kept = pl.concat(
            [known.select("_row", "_order", "figure_id"), rest.select("_row", "_order", "figure_id")]
        )
        kept = kept.sort("_order", "_row").unique("figure_id", keep="last")
        return figures[kept["_row"].sort()]
    return figures


def _described(rows: pl.DataFrame, read: list[Subject]) -> tuple[Text, ...]:
    return tuple(
        Text(
            one,
            row["indicator"] or "",
            row["indicator_id"] or "",
            row["unit"] or "",
            row["dimension"] or "none",
            row["currency"] or "",
            physical_units.bare(row["thing"] or ""),
            _BASES.get(row.get("price_basis") or one.basis or "", ""),
        )
        for one, row in zip(read, rows.iter_rows(named=True), strict=True)
    )


def _quantities(
    read: list[Subject], rows: pl.DataFrame, declared: Mapping[str, Any], tree: Tree, text: Ints, place: Ints
) -> tuple[list[Subject], Ints]:
    """A code for each distinct quantity, and that of every figure; the figure's own place is no part of it."""
    known: dict[Any, int] = {}
    found: list[Subject] = []
    made = np.zeros(len(text), np.int64)
    plain = np.full(len(read), -1, np.int64)
    ids = rows["indicator_id"].to_list() if "indicator_id" in rows.columns else [None] * len(read)

    def code(one: Subject, id_: str | None) -> int:
        name = (id_, one.quantity, one.basis) if id_ in declared else one.identity
        if name not in known:
            known[name] = len(found)
            found.append(one)
        return known[name]

    for number, one in enumerate(read):
        if not (one.what.places or one.what.wider):
            plain[number] = code(one, ids[number])
    made = plain[text]
    placed = np.flatnonzero(made < 0)
    pairs, back = np.unique(np.stack([text[placed], place[placed]]), axis=1, return_inverse=True)
    own = [
        code(replace(read[t], what=without_own_place(read[t].what, int(p), tree)), ids[t])
        for t, p in pairs.T.tolist()
    ]
    made[placed] = np.array(own, np.int64)[back.ravel()] if own else made[placed]
    return found, made


def without_own_place(phrase: Phrase, place: int, tree: Tree) -> Phrase:
    """'Guangdong GDP' of Guangdong is its GDP, and so is 'national GDP' of the country."""
    places = tuple(name for name in phrase.places if name != tree.names[place])
    wider = None if phrase.wider == tree.adjectives[place] else phrase.wider
    return replace(phrase, places=places, wider=wider)


def _spans(names: list[str | None], period: Ints) -> tuple[tuple[Span, ...], Ints]:
    """The distinct periods in the order of their last years, whatever their spelling, and each figure's."""
    known: dict[str, Span] = {}
    keys = []
    for name in names:
        folded = (name or "").strip().lower()
        annual = _ANNUAL.fullmatch(folded)
        read = read_period(name or "")
        keys.append(annual[1] if annual else re.sub(r"\s+", "", folded))
        known.setdefault(keys[-1], Span(folded, read.first or 0, read.last or 0, annual is not None))
    ordered = sorted(known, key=lambda key: (known[key].last or known[key].first, known[key].first, key))
    to = np.array([ordered.index(key) for key in keys] or [0], np.int64)
    return tuple(known[key] for key in ordered), to[period]


def _context_beside_baseline(kinds: Ints, quantity: Ints, n: int) -> Ints:
    """Context figures count as baselines where the same quantity is one."""
    if not (kinds == CONTEXT).any():
        return kinds
    baseline = np.zeros(n, np.bool_)
    baseline[quantity[kinds == BASELINE]] = True
    return np.where((kinds == CONTEXT) & baseline[quantity], BASELINE, kinds)
