"""Where the page's numbers come from: links to figure rows and to the list of what was computed, kept while writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
from markupsafe import Markup, escape

from tandem.domain import cities
from tandem.storage.region_report.numbers import published
from tandem.storage.region_report.view import Name, RegionView
from tandem.storage.report.two import Piece, Two, html, weave

# Ids of the page itself, which no figure's row may take.
_OWN = re.compile(r"zh|en|main|h|toc|k\d+|(s|h|l|d|fan|ways|scenarios|years|role)-.*")
WHOLE = 5_000  # figures up to which all rows are kept at hand
DOUBTS = 200  # doubts told one by one; all of them are in their CSV
_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


class Computed(NamedTuple):
    """One computed number: its anchor, what it is of, formula and parameters as a sentence, inputs, what came out."""

    anchor: str
    subject: Markup
    how: Markup
    inputs: tuple[str, ...]
    result: Markup


class Cites:
    """The figures and computations a page has used so far, and the links to them."""

    def __init__(self, view: RegionView) -> None:
        self.figures = _latest(view.figures)
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._anchors: dict[str, str] = {}
        self._taken: set[str] = set()
        self._prints: dict[str, str] = {}
        self._links: dict[str, Markup] = {}
        self._ids: dict[str, Markup] = {}
        self.load(None if self.figures.height <= WHOLE else _mentioned(view))
        self._names = {table: _names(frame) for table, frame in view.tables.items()}
        frame = view.tables.get("indicators")
        rows = frame.iter_rows(named=True) if frame is not None and "indicator_id" in frame.columns else ()
        self._indicators = {row["indicator_id"]: row for row in rows}
        self.used: dict[str, None] = {}
        self.computed: dict[str, Computed] = {}

    def load(self, figure_ids: Iterable[str] | None, among: pl.DataFrame | None = None) -> None:
        """Make rows of figures at hand, all of them where None; a large register is asked once for many, not often.

        among  those of the register's figures that hold all that are asked for; all of them where None
        """
        found = self.figures if among is None else among
        if figure_ids is not None:
            wanted = set(figure_ids) - self._rows.keys()
            if not wanted:
                return
            found = found.filter(
                pl.col("figure_id").is_in(pl.Series(sorted(wanted), dtype=pl.String).implode())
            )
        for row in found.iter_rows(named=True):
            figure_id = row["figure_id"]
            if figure_id not in self._anchors:
                self._anchors[figure_id] = _free(figure_id, self._taken)
            self._rows[figure_id] = row
            printed = (row["indicator"], row["value"], row["unit"])
            self._prints[" ".join(part for part in printed if part)] = figure_id

    def row(self, figure_id: str | None) -> Mapping[str, Any] | None:
        """A figure's row in its latest vintage; None where the register has no such figure, or it is not loaded."""
        return self._rows.get(figure_id or "")

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """The figures at hand: all of a small register, those that judgements name of a large one."""
        return self._rows.values()

    def printed_as(self, text: str) -> str | None:
        """The figure that a list of the finder names 'indicator value unit'; None where it is no single one."""
        return self._prints.get(text)

    def name(self, table: str, key: str | None) -> Two:
        """A row's name in both languages; a city's own where the table does not know it, else its id or text."""
        known = self._names.get(table, {}).get(key or "")
        if known is None and table == "geographies":
            known = cities.names(key or "")
        return Two(*(known or (key or "—", key or "—")))

    def indicator(self, figure_id: str) -> Two:
        """What a figure measures: the indicator's name, else its text as printed."""
        row = self.row(figure_id)
        if row is None:
            return Two(figure_id, figure_id)
        known = self._names.get("indicators", {}).get(row["indicator_id"] or "")
        return Two(*known) if known else Two(row["indicator"], row["indicator"])

    def geography(self, row: Mapping[str, Any]) -> Two:
        """Where a figure holds."""
        known = self._names.get("geographies", {}).get(row["geo_id"] or "")
        return Two(*known) if known else Two(row["geography"] or "—", row["geography"] or "—")

    def subject(self, figure_id: str) -> Two:
        """What a figure is of and where, as the name of a row."""
        row, what = self.row(figure_id), self.indicator(figure_id)
        if row is None:
            return what
        where = self.geography(row)
        return Two(f"{what.zh}（{where.zh}）", f"{what.en} ({where.en})")

    def stated(self, row: Mapping[str, Any], column: str) -> Two | None:
        """What a figure's row says in a column, else what the table of indicators says there."""
        if row.get(column):
            return Two(row[column], row[column])
        known = self._indicators.get(row["indicator_id"] or "", {})
        text = known.get(column)
        return Two(known.get(f"{column}_zh") or text, text) if text else None

    def figure(self, figure_id: str | None, shown: Piece | None = None) -> Markup:
        """A link to a figure's row, showing its print unless something else is given."""
        row = self.row(figure_id)
        if row is None or figure_id is None:
            return html(figure_id or "—" if shown is None else shown)
        self.used[figure_id] = None
        if shown is not None:
            return _link(self._anchors[figure_id], shown)
        if figure_id not in self._links:  # a row is loaded once, and its print linked many times
            self._links[figure_id] = _link(self._anchors[figure_id], published(row), "f")
        return self._links[figure_id]

    def by_id(self, figure_id: str) -> Markup:
        """A link to a figure's row that shows its id."""
        if figure_id not in self._ids:  # a series stands behind many a computation
            self._ids[figure_id] = self.figure(figure_id, figure_id)
        return self._ids[figure_id]

    def anchor(self, figure_id: str) -> str:
        """The id of a figure's row in the page."""
        return self._anchors[figure_id]

    def compute(
        self,
        key: str,
        shown: Piece,
        *,
        subject: Piece,
        how: str,
        inputs: Sequence[str | None] = (),
        **params: Piece,
    ) -> Markup:
        """A link to the row that says how a number was computed; `how` names its sentence, `key` the number."""
        known = tuple(one for one in dict.fromkeys(inputs) if one and self.row(one) is not None)
        self.used.update(dict.fromkeys(known))
        if key not in self.computed:
            told = weave(f"regionpage.how.{how}", **params)
            self.computed[key] = Computed(
                f"k{len(self.computed) + 1}", html(subject), told, known, html(shown)
            )
        return _link(self.computed[key].anchor, shown, "k")

    def has(self, key: str) -> bool:
        """Whether a computation has been told."""
        return key in self.computed

    def again(self, key: str, shown: Piece) -> Markup:
        """A link to a computation already told, for another of its numbers."""
        return _link(self.computed[key].anchor, shown) if key in self.computed else html(shown)

    def to(self, anchor: str, shown: Piece) -> Markup:
        """A link to another place of the page, such as the list that a count counts."""
        return _link(anchor, shown)

    def numbers(self, sentence: Two, figures: Sequence[str], key: str) -> Markup:
        """A sentence whose every number leads to the figure that printed it, else to the computation `key`."""
        prints = {
            token.replace(",", ""): figure_id
            for figure_id in reversed(figures)
            if (row := self.row(figure_id)) is not None
            for token in _NUMBER.findall(f"{row['value']} {' '.join(published(row))}")
        }

        def linked(text: str) -> Markup:
            out, end = Markup(), 0
            for found in _NUMBER.finditer(text):
                figure_id = prints.get(found[0].replace(",", ""))
                out += escape(text[end : found.start()])
                out += self.figure(figure_id, found[0]) if figure_id else self.again(key, found[0])
                end = found.end()
            return out + escape(text[end:])

        return html(Two(linked(sentence.zh), linked(sentence.en)))


def named(name: Piece, more: Piece = "") -> Markup:
    """A name as a name: its digits are letters, not numbers of the page; `more` stands behind it, smaller."""
    small = Markup(" <small>{}</small>").format(html(more)) if more else Markup()
    return Markup("<span class=nm>{}{}</span>").format(html(name), small)


def _link(anchor: str, shown: Piece, tone: str = "") -> Markup:
    """A link within the page; put together plainly, because a page has ten thousand."""
    told = f" class={tone}" if tone else ""
    return Markup(f'<a{told} href="#{escape(anchor)}">{html(shown)}</a>')  # noqa: S704 - both parts are escaped


def slug(text: str) -> str:
    """A text as an id: letters of any script, digits, '_', '-' and '.'; everything else by its code."""
    return re.sub(r"[^\w.-]", lambda found: f"_{ord(found[0]):x}", text)


def _latest(figures: pl.DataFrame) -> pl.DataFrame:
    """Each figure once, in its latest vintage; a large register comes so from storage and is taken as it is."""
    if "current" in figures.columns:
        return figures.filter(pl.col("current"))
    if figures.height > WHOLE:
        return figures
    order = figures.with_row_index("_place").sort(
        pl.col("vintage").cast(pl.String).fill_null(""), maintain_order=True
    )
    return order.unique("figure_id", keep="last").sort("_place").drop("_place")


def _mentioned(view: RegionView) -> set[str]:
    """The figures that judgements name, and the thresholds they are held against."""
    named_ids: set[str | None] = set()
    for state in view.targets:
        named_ids |= {state.figure_id, state.base.figure_id if state.base else None}
        named_ids |= {
            *(state.recent.figures if state.recent else ()),
            *(way.figure_id for way in state.waypoints),
        }
    for cluster in view.clusters:
        named_ids |= {
            cluster.figure_id,
            cluster.next_tier,
            *(cluster.growth.figures if cluster.growth else ()),
        }
    for cascade in view.cascades:
        named_ids |= {cascade.target, *(figure_id for _, figure_id, _ in cascade.parts)}
    for doubt in view.doubts[:DOUBTS]:
        named_ids |= set(doubt.figures)
    thresholds = view.figures.filter(pl.col("kind") == "threshold", pl.col("dimension") == "money")
    return {one for one in (*named_ids, *thresholds["figure_id"]) if one}


def _free(figure_id: str, taken: set[str]) -> str:
    """An id for a figure's row that nothing else in the page has; remembered as taken."""
    anchor = slug(figure_id)
    if _OWN.fullmatch(anchor):
        anchor = f"f-{anchor}"
    while anchor in taken:
        anchor += "_"
    taken.add(anchor)
    return anchor


def _names(frame: pl.DataFrame) -> dict[str, Name]:
    key = next((name for name in frame.columns if name.endswith("_id")), None)
    if key is None or "name" not in frame.columns:
        return {}
    known = {}
    for row in frame.iter_rows(named=True):
        name = row["name"] or row[key]
        known[row[key]] = (row.get("name_zh") or name, row.get("name_en") or name)
    return known
