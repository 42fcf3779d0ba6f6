"""Pictures in the rows of a table, which has the same numbers: bars, strips, ranges, calendars.

SVG without script or style, drawn on the server and coloured by hub.css, texts in the reader's language and escaped.
Lines and fans are in plots.py, the map in city_map.py; `legend`, `shades` and `linked` serve them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of bars: label, how much, how it is written; `behind` is a second, paler bar on the same scale.

    link    where the label leads; tone, behind_tone: classes of hub.css (bar, bar2, bar3, h0 to h4)
    more    further cells of the row's table, as they are written
    """

    label: str
    value: float
    shown: str
    link: str = ""
    tone: str = "bar"
    behind: float | None = None
    behind_tone: str = "bar2"
    more: tuple[str | Markup, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a strip: class, what it is, how much, how it is written."""

    tone: str
    label: str
    amount: float
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """One strip with its parts, the same kinds of parts in each strip of a picture."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """One row of ranges: label, low, middle and high (of any one unit), and the row's cells as they are written."""

    label: str
    low: float
    middle: float
    high: float
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell of a calendar: shade 0 to 4, what stands in it, what is read out."""

    shade: int
    shown: str
    title: str


def bar(
    value: float, most: float, tone: str = "bar", behind: float | None = None, behind_tone: str = "bar2"
) -> Markup:
    """One bar as wide as its cell, out of `most`; `behind` a paler one under it. Not read out: its number stands by."""
    drawn = Markup() if behind is None else _rect(0, behind, most, behind_tone)
    return _row(drawn + _rect(0, value, most, tone))


def bars(rows: Sequence[Bar], caption: str, heads: Sequence[str], most: float | None = None) -> Markup:
    """Horizontal bars in a table: label, bar, number, further cells; `heads` names them, without the bar.

    most  the length of a whole bar; without one, the longest
    """
    longest = most or max((max(row.value, row.behind or 0) for row in rows), default=0) or 1
    head = Markup('<th scope="col">{}</th><th class="drawn"><span class="unseen">{}</span></th>').format(
        heads[0], caption
    )
    head += Markup("").join(Markup('<th scope="col" class="number">{}</th>').format(one) for one in heads[1:])
    body = Markup("").join(_bar_row(row, longest) for row in rows)
    return _table(caption, head, body, "bars")


def _bar_row(row: Bar, most: float) -> Markup:
    drawn = bar(row.value, most, row.tone, row.behind, row.behind_tone)
    more = Markup("").join(Markup('<td class="number">{}</td>').format(one) for one in row.more)
    return Markup(
        '<tr><th scope="row">{}</th><td class="drawn">{}</td><td class="number">{}</td>{}</tr>'
    ).format(linked(row.label, row.link), drawn, row.shown, more)


def strip(parts: Sequence[Part], whole: float | None = None) -> Markup:
    """Parts of a whole in one bar as wide as its cell; `whole` where the parts do not fill it."""
    total = whole or sum(part.amount for part in parts) or 1
    drawn, at = Markup(), 0.0
    for part in parts:
        drawn += _rect(at, part.amount, total, part.tone)
        at += part.amount
    return _row(drawn)


def strips(rows: Sequence[Strip], caption: str, head: str) -> Markup:
    """Stacked strips in a table: label, strip, a number for each part; the column heads are the key to the colours."""
    kinds = rows[0].parts if rows else ()
    heads = Markup('<th scope="col">{}</th><th class="drawn"><span class="unseen">{}</span></th>').format(
        head, caption
    )
    heads += Markup("").join(
        Markup('<th scope="col" class="number"><span class="key {}"></span>{}</th>').format(
            one.tone, one.label
        )
        for one in kinds
    )
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td class="drawn">{}</td>{}</tr>').format(
            row.label,
            strip(row.parts),
            Markup("").join(
                Markup('<td class="number">{}</td>').format(part.shown or f"{part.amount:g}")
                for part in row.parts
            ),
        )
        for row in rows
    )
    return _table(caption, heads, body, "bars")


def ranges(rows: Sequence[Range], caption: str, heads: Sequence[str]) -> Markup:
    """Ranges in a table, on one scale from 0: low to high as a bar, the middle as a stroke; `heads` as for bars."""
    most = max((row.high for row in rows), default=0) or 1
    head = Markup('<th scope="col">{}</th><th class="drawn"><span class="unseen">{}</span></th>').format(
        heads[0], caption
    )
    head += Markup("").join(Markup('<th scope="col" class="number">{}</th>').format(one) for one in heads[1:])
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td class="drawn">{}</td>{}</tr>').format(
            row.label,
            _row(_range(row, most)),
            Markup("").join(Markup('<td class="number">{}</td>').format(one) for one in row.shown),
        )
        for row in rows
    )
    return _table(caption, head, body, "bars")


def _range(row: Range, most: float) -> Markup:
    if row.high <= 0:
        return Markup()
    middle = Markup('<rect class="bar" x="{:.2f}" y="0" width="1.4" height="10"/>').format(
        min(100 * row.middle / most, 98.6)
    )
    return _rect(row.low, row.high - row.low, most, "bar2") + middle


def calendar(rows: Sequence[tuple[str, Sequence[Slot]]], heads: Sequence[str], caption: str) -> Markup:
    """Cells of a calendar: rows (weeks, offers) by columns (days, months); the number stands in the shaded cell."""
    head = Markup("<td></td>") + Markup("").join(
        Markup('<th scope="col">{}</th>').format(one) for one in heads
    )
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(label, Markup("").join(map(_slot, found)))
        for label, found in rows
    )
    return _table(caption, head, body, "calendar")


def legend(parts: Iterable[tuple[str, str]]) -> Markup:
    """What the colours mean: (class, words)."""
    rows = (Markup('<li><span class="key {}"></span>{}</li>').format(tone, words) for tone, words in parts)
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(rows))


def shades(scale: str) -> Markup:
    """The five shades of a map or a calendar, from nothing to much; `scale` says so in words."""
    keys = Markup("").join(Markup('<span class="key h{}"></span>').format(number) for number in range(5))
    return Markup('<p class="legend">{} {}</p>').format(keys, scale)


def linked(label: str, link: str) -> Markup:
    """A label, leading somewhere where there is a link."""
    if not link:
        return escape(label)
    return Markup('<a href="{}">{}</a>').format(link, label)


def words(x: float, y: float, text: str, tone: str = "", anchor: str = "start") -> Markup:
    """A text of a picture."""
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        tone, x, y, anchor, text
    )


def _row(body: Markup) -> Markup:
    """A drawing that is stretched over its cell of a table."""
    head = Markup(
        '<svg class="row" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    )
    return head + body + Markup("</svg>")


def _rect(at: float, value: float, most: float, tone: str) -> Markup:
    if value <= 0:
        return Markup()
    return Markup('<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="10"/>').format(
        tone, 100 * at / most, max(100 * value / most, 0.6)
    )


def _slot(one: Slot) -> Markup:
    return Markup('<td class="h{}" title="{}">{}<span class="unseen"> {}</span></td>').format(
        one.shade, one.title, one.shown, one.title
    )


def _table(caption: str, head: Markup, body: Markup, tone: str) -> Markup:
    """A table in a box that scrolls by itself."""
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}">'
        '<table class="{1}"><caption class="unseen">{0}</caption>'
        "<thead><tr>{2}</tr></thead><tbody>{3}</tbody></table></div>"
    ).format(caption, tone, head, body)
