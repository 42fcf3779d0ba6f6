"""The figures as the finder looks at them: whole numbers in sorted arrays, words only once for each distinct text.

A figure's key is (quantity, kind, period, place): figures of one key say the same thing twice. Quantities, periods and
places are small whole numbers, so ten million figures are a handful of arrays and a look-up is a binary search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tandem.domain.region.periods import read_period
from tandem.engine.doubts.numbering import Ints, codes, dense, order_of, taken
from tandem.engine.figures import geography_tree, physical_units, runs, subjects
from tandem.engine.figures.geography_tree import Tree
from tandem.engine.figures.subjects import Phrase, Subject

Floats: TypeAlias = NDArray[np.float64]
BASELINE, TARGET, CONTEXT, THRESHOLD = 0, 1, 2, 3
_KINDS = {"baseline": BASELINE, "target": TARGET, "context": CONTEXT, "threshold": THRESHOLD}
_N_KINDS = len(_KINDS)
_ANNUAL = re.compile(r"(?:fy)?\s*(\d{4})\s*(?:年|年度|年末|年底|年终)?")
_BASES = {"real": "real", "nominal": "nominal"}  # anything else is undefined
_ROUNDING = 1e-9  # of a value: what binary arithmetic may cost
_BLOCK, _SERIES = 1 << 18, 4_000_000  # figures, and series, that are looked at in one go


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
class Bounds:
    """Bounds of the panel's figures, computed where they are asked for: `low[at]` for places in its order.

    row     (n,) place in `figures` of each figure of the panel
    lower, upper, half   (figures,) base units, in the order of `figures`
    side    -1 lower, +1 upper bound; slack: with half a last digit and what arithmetic costs to that side
    """

    row: Ints
    lower: Floats
    upper: Floats
    half: Floats
    side: int
    slack: bool

    def __getitem__(self, at: Any) -> Any:
        rows = self.row[at]
        own = (self.lower if self.side < 0 else self.upper)[rows]
        if not self.slack:
            return own
        lower, upper = np.abs(self.lower[rows]), np.abs(self.upper[rows])
        largest = np.maximum(lower, np.where(np.isinf(upper), 0.0, upper))
        return own + self.side * (self.half[rows] + _ROUNDING * largest)


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
    low: Bounds
    high: Bounds
    lower: Bounds
    upper: Bounds
    key: Ints
    unnumbered: Ints
    unnumbered_text: Ints

    def keys(self, quantity: int, at: Ints, place: Ints | None = None, period: Ints | None = None) -> Ints:
        """The keys of another quantity (place, period) for the figures at `at`; a place or period below 0 has none."""
        places = self.place[at] if place is None else place
        periods = self.period[at] if period is None else period
        kinds = np.minimum(self.kind[at], TARGET).astype(np.int64)
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

    def series(self, at: Ints | slice) -> Ints:
        """A number for the quantity and place of each figure at `at`."""
        return self.quantity[at].astype(np.int64) * len(self.places) + self.place[at]

    @cached_property
    def starts(self) -> Ints:
        """(quantities + 1,) where the figures of each quantity begin, and where the last ones end."""
        width = _N_KINDS * len(self.spans) * len(self.places)
        return np.searchsorted(self.key, np.arange(len(self.identities) + 1) * width)

    def blocks(self) -> Iterator[slice]:
        """All figures, a few whole quantities at a time: what is made of a block stays small."""
        most, first = max(_SERIES // max(len(self.places), 1), 1), 0
        while first < len(self.identities):
            begin = self.starts[first]
            last = int(np.searchsorted(self.starts, begin + _BLOCK, side="right")) - 1
            last = min(max(last, first + 1), first + most, len(self.identities))
            if self.starts[last] > begin:
                yield slice(int(begin), int(self.starts[last]))
            first = last

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
        width = len(self.spans) * len(self.places)
        first = np.arange(len(self.identities)) * _N_KINDS * width
        begin, end = np.searchsorted(self.key, first), np.searchsorted(self.key, first + width)
        return [int(one) for one in np.flatnonzero(end > begin)]

    @cached_property
    def cited(self) -> pl.DataFrame:
        """The columns of the figures that sentences show."""
        return self.figures.select("figure_id", "indicator", "indicator_id", "value", "unit", "period", "geography",
                                   "geo_id", "source", "form", "dimension")  # fmt: skip

    @cached_property
    def first_text(self) -> Ints:
        """(quantities,) a text of each quantity, -1 where none has a figure."""
        made = np.full(len(self.identities), -1, np.int64)
        there = np.flatnonzero(np.diff(self.starts))
        made[there] = self.text[self.starts[there]]
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
    kinds = taken(np.array([_KINDS.get(name or "baseline", -1) for name in kind_names], np.int8), kind)
    numbered = figures["lower"].is_not_null().to_numpy() & figures["upper"].is_not_null().to_numpy()
    used = np.flatnonzero((kinds >= 0) & numbered)
    wordy = np.flatnonzero((kinds == BASELINE) & figures["lower"].is_null().to_numpy())
    unnumbered_text = text[wordy]
    bounds = _bounds(figures, rows, text)
    if len(used) < len(text):
        text, place, period, kinds = (codes_[used] for codes_ in (text, place, period, kinds))
    identity, quantity = _quantities(read, rows, declared, tree, text, place)
    spans, period = _spans(period_names, period)
    kinds = _context_beside_baseline(kinds, quantity, len(identity))
    key = quantity.astype(np.int64)
    for codes_, size in ((kinds, _N_KINDS), (period, len(spans)), (place, len(place_names))):
        key *= size
        key += codes_
    order, key = _order(key, bounds, figures["figure_id"], used)
    row = order if len(used) == figures.height else used[order]
    return Panel(
        figures,
        _described(rows, read),
        tuple(identity),
        tuple(name or "" for name in place_names),
        spans,
        tree,
        declared,
        row=row,
        text=taken(text, order),
        quantity=taken(quantity, order),
        place=taken(place, order),
        period=taken(period, order),
        kind=taken(kinds, order),
        low=Bounds(row, *bounds, -1, slack=True),
        high=Bounds(row, *bounds, +1, slack=True),
        lower=Bounds(row, *bounds, -1, slack=False),
        upper=Bounds(row, *bounds, +1, slack=False),
        key=key,
        unnumbered=wordy,
        unnumbered_text=unnumbered_text,
    )


def _bounds(figures: pl.DataFrame, rows: pl.DataFrame, text: Ints) -> tuple[Floats, Floats, Floats]:
    """Lower, upper, half of all figures, things of several sizes in one size; no copy of what is whole and plain."""
    numbers = [figures[name] for name in ("lower", "upper", "half")]
    lower, upper, half = (
        one.fill_null(0.0).to_numpy() if one.null_count() else one.to_numpy() for one in numbers
    )
    things = rows["thing"].to_list() if "thing" in rows.columns else []
    sizes = np.array([physical_units.size(thing) for thing in things])
    if not (sizes != 1.0).any():
        return lower, upper, half
    times = sizes[text]
    return lower * times, upper * times, half * times


def _order(key: Ints, bounds: tuple[Floats, Floats, Floats], ids: pl.Series, used: Ints) -> tuple[Ints, Ints]:
    """The order of the keys, and these in it; of one key by value and id, so that the order of rows tells nothing."""
    order = order_of(key)
    ranked = taken(key, order)
    again = ranked[1:] == ranked[:-1]
    if again.any():
        tied = np.flatnonzero(np.r_[False, again] | np.r_[again, False])
        at = order[tied]
        lower, upper, _ = (one[used[at]] for one in bounds)
        frame = pl.DataFrame({"key": key[at], "lower": lower, "upper": upper, "at": at})
        frame = frame.with_columns(ids[used[at]].cast(pl.String).alias("id"))
        order[tied] = frame.sort("key", "lower", "upper", "id", nulls_last=True)["at"].to_numpy()
    return order, ranked


def _texts(figures: pl.DataFrame) -> tuple[Ints, pl.DataFrame]:
    """A code for each distinct (indicator, unit, denominator ...), and those texts, a row each."""
    columns = [name for name in (*subjects.TEXT_KEY, "price_basis") if name in figures.columns]
    begun = runs.starts(figures, [name for name in columns if figures[name].null_count() < figures.height])
    texts = figures.select(columns)[begun]
    made = np.zeros(texts.height, np.int64)
    for column in texts:
        code, names = codes(column)
        if len(names) > 1:
            made = dense(made * len(names) + code)
    first = np.full(int(made.max(initial=-1)) + 1, -1, np.int64)
    first[made[::-1]] = np.arange(len(made) - 1, -1, -1)
    return np.repeat(made.astype(np.int32), runs.lengths(begun, figures.height)), texts[first].cast(pl.String)


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
    plain = np.full(len(read), -1, np.int32)
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
    made = taken(plain, text)
    placed = np.flatnonzero(made < 0) if (plain < 0).any() else np.zeros(0, np.int64)
    pairs, back = np.unique(np.stack([text[placed], place[placed]]), axis=1, return_inverse=True)
    own = [
        code(replace(read[t], what=without_own_place(read[t].what, int(p), tree)), ids[t])
        for t, p in pairs.T.tolist()
    ]
    made[placed] = np.array(own, np.int32)[back.ravel()] if own else made[placed]
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
    to = np.array([ordered.index(key) for key in keys] or [0], np.int32)
    return tuple(known[key] for key in ordered), taken(to, period)


def _context_beside_baseline(kinds: Ints, quantity: Ints, n: int) -> Ints:
    """Context figures count as baselines where the same quantity is one."""
    if not (kinds == CONTEXT).any():
        return kinds
    baseline = np.zeros(n, np.bool_)
    baseline[quantity[kinds == BASELINE]] = True
    return np.where((kinds == CONTEXT) & baseline[quantity], BASELINE, kinds)
