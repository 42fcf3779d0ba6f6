"""How far promised probabilities were kept, as a picture: one SVG file beside the ranker."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from markupsafe import Markup

from tandem.base.words import Lang, say

_SIZE, _LEFT, _TOP, _SIDE = 420, 60, 40, 300
_HEAD = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="{0}" height="{0}" lang="{1}" role="img"'
    ' font-family="system-ui, Noto Sans CJK SC, sans-serif" font-size="12"><title>{2}</title>'
    '<rect width="{0}" height="{0}" fill="#fff"/><text x="20" y="22" font-size="14" font-weight="600">{2}</text>'
)
_LINE = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"{}/>')
_DOT = Markup(
    '<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="#0f6e6a" fill-opacity=".75"><title>{}</title></circle>'
)
_TEXT = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="#44505c">{}</text>')


def write_calibration_plot(path: Path, reliability: pl.DataFrame, lang: Lang) -> None:
    """Draws a reliability table (calibrate.reliability): the nearer its dots to the diagonal, the better.

    A dot stands for a tenth of the matches that were judged, its area for their number. Same table, same bytes.
    """
    rows = reliability.filter(pl.col("matches") > 0)
    highest = max([0.05, *rows["predicted"], *rows["observed"]])
    drawn = [_HEAD.format(_SIZE, lang, say("plot.calibration", lang)), *_frame(highest, lang)]
    most = max([1, *rows["matches"]])
    for row in rows.iter_rows(named=True):
        x, y = _at(row["predicted"] / highest, row["observed"] / highest)
        told = f"{row['predicted']:.1%} / {row['observed']:.1%} ({row['matches']:,})"
        drawn.append(_DOT.format(x, y, 3 + 6 * (row["matches"] / most) ** 0.5, told))
    path.write_text(Markup("").join([*drawn, Markup("</svg>\n")]), encoding="utf-8", newline="\n")


def _at(across: float, up: float) -> tuple[float, float]:
    """Shares of the two axes as a place in the picture."""
    return _LEFT + _SIDE * across, _TOP + _SIDE * (1 - up)


def _frame(highest: float, lang: Lang) -> list[Markup]:
    """Axes with five steps, the diagonal, and the names of the axes."""
    drawn = [_LINE.format(*_at(0, 0), *_at(1, 1), "#b0523a", Markup(' stroke-dasharray="4 4"'))]
    for step in range(6):
        share = step / 5
        drawn.append(_LINE.format(*_at(share, 0), *_at(share, 1), "#e4e7ea", Markup()))
        drawn.append(_LINE.format(*_at(0, share), *_at(1, share), "#e4e7ea", Markup()))
        (x, y), (left, up) = _at(share, 0), _at(0, share)
        drawn.append(_TEXT.format(x, y + 18, "middle", f"{share * highest:.0%}"))
        drawn.append(_TEXT.format(left - 8, up + 4, "end", f"{share * highest:.0%}"))
    x, y = _at(0.5, 0)
    drawn.append(_TEXT.format(x, y + 40, "middle", say("plot.predicted", lang)))
    drawn.append(_TEXT.format(_LEFT - 40, _TOP - 6, "start", say("plot.observed", lang)))
    return drawn
