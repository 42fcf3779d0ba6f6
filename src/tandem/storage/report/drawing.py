"""What the pages' pictures are drawn with: inline SVG, coloured by the page's own CSS, texts in both languages.

Every drawing is 320 units wide so that its letters stay readable on a phone; it is hidden from screen readers, who
get the figure's caption and its table instead.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape

from tandem.storage.report.two import Piece, Two, tongue

WIDTH = 320
NAME_UNITS = 33  # width of a name beside its figures, in half-width letters


def svg(height: float, body: Iterable[Markup], tone: str = "") -> Markup:
    """A drawing of the page's width."""
    head = Markup('<svg class="{}" viewBox="0 0 {} {:g}" aria-hidden="true" focusable="false">')
    return head.format(f"chart {tone}".strip(), WIDTH, height) + Markup("").join(body) + Markup("</svg>")


def rect(x: float, y: float, width: float, height: float, tone: str) -> Markup:
    """A bar; nothing where it has no length."""
    if width <= 0:
        return Markup()
    return Markup('<rect class="{}" x="{:g}" y="{:g}" width="{:g}" height="{:g}" rx="2"/>').format(
        tone, round(x, 1), round(y, 1), round(width, 1), height
    )


def text(x: float, y: float, piece: Piece, tone: str = "", anchor: str = "start") -> Markup:
    """A text in both languages, once where they are the same."""
    both = piece if isinstance(piece, Two) else Two(str(piece), str(piece))
    shown = (
        [("", tongue(both.zh), both.zh)]
        if both.zh == both.en
        else [("z", "zh", both.zh), ("e", "en", both.en)]
    )
    drawn = Markup('<text class="{}" lang="{}" x="{:g}" y="{:g}" text-anchor="{}">{}</text>')
    return Markup("").join(
        drawn.format(f"{tone} {side}".strip(), lang, round(x, 1), round(y, 1), anchor, words)
        for side, lang, words in shown
    )


def shorten(name: str, units: int = NAME_UNITS) -> str:
    """The start of a name that fits `units` half-width letters; Chinese ones count two."""
    used = 0
    for i, letter in enumerate(name):
        used += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if used > units:
            return name[:i].rstrip() + "…"
    return name


def legend(parts: Iterable[tuple[str, Two]]) -> Markup:
    """What the colours of a drawing mean."""
    entry = Markup('<li><span class="key {}"></span>{}</li>')
    both = Markup("<i class=z lang=zh>{}</i><i class=e lang=en>{}</i>")
    rows = (entry.format(tone, both.format(escape(words.zh), escape(words.en))) for tone, words in parts)
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(rows))
