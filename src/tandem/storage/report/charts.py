"""The report's pictures: who is wanted, where first places go, which kinds lack supply, what room is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tandem.engine.matching.story import ByKind, Wanted
from tandem.storage.report.drawing import NAME_UNITS, WIDTH, rect, shorten, svg, text
from tandem.storage.report.two import Two, percent, phrase

_ROW = 38


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a strip: css class, label, how much."""

    tone: str
    label: Two
    amount: int


def wanted_chart(rows: Sequence[Wanted], names: dict[str, Two]) -> Markup:
    """Who is first choice of how many needs: within room, beyond it, and the second and third places."""
    scale = WIDTH / max((row.top3 for row in rows), default=1)
    body = []
    for i, row in enumerate(rows):
        y = i * _ROW
        name = names.get(row.org_id, Two(row.org_id, row.org_id))
        value = phrase("report.wanted.value", first=row.first, capacity=row.capacity)
        room = min(row.first, row.capacity)
        body += [
            text(0, y + 13, Two(shorten(name.zh), shorten(name.en)), "name"),
            text(WIDTH, y + 13, value, "note", "end"),
            rect(0, y + 19, row.top3 * scale, 11, "later"),
            rect(0, y + 19, room * scale, 11, "room"),
            rect(room * scale, y + 19, (row.first - room) * scale, 11, "beyond"),
        ]
    return svg(len(rows) * _ROW, body)


def strips_chart(strips: Sequence[tuple[Two, Sequence[Part]]]) -> Markup:
    """Strips of full width above each other, each divided in parts."""
    body = []
    for i, (label, parts) in enumerate(strips):
        y, x = i * 58, 0.0
        total = sum(part.amount for part in parts) or 1
        body.append(text(0, y + 13, label, "name"))
        for part in parts:
            width = WIDTH * part.amount / total
            body.append(rect(x, y + 20, max(width - 1, 0.5) if part.amount else 0, 24, part.tone))
            if width >= 26:
                body.append(text(x + width / 2, y + 36, f"{part.amount:,}", f"on {part.tone}", "middle"))
            x += width
    return svg(len(strips) * 58 - 10, body)


def shares_chart(rows: Sequence[tuple[Two, float]]) -> Markup:
    """Shares on one scale from 0 to 100 %."""
    body = []
    for i, (label, share) in enumerate(rows):
        y = i * _ROW
        body += [
            text(0, y + 13, label, "name"),
            text(WIDTH, y + 13, percent(share), "note", "end"),
            rect(0, y + 19, WIDTH, 11, "ground"),
            rect(0, y + 19, WIDTH * share, 11, "room"),
        ]
    return svg(len(rows) * _ROW, body)


def kinds_chart(rows: Sequence[tuple[ByKind, Two]]) -> Markup:
    """Needs to the left, offers to the right of each kind's name; needs without supply at the outer end."""
    middle, room = WIDTH / 2, WIDTH / 2 - 42 - 30
    scale = room / max((max(row.needs, row.offers) for row, _ in rows), default=1)
    body = [
        text(middle - 44, 12, phrase("report.kinds.needs"), "note", "end"),
        text(middle + 44, 12, phrase("report.kinds.offers"), "note"),
    ]
    for i, (row, name) in enumerate(rows):
        y = 20 + i * 27
        left, right = middle - 42, middle + 42
        met = row.needs - row.unserved
        body += [
            text(middle, y + 15, Two(shorten(name.zh, 12), shorten(name.en, 14)), "name", "middle"),
            rect(left - met * scale, y + 4, met * scale, 15, "room"),
            rect(left - row.needs * scale, y + 4, row.unserved * scale, 15, "beyond"),
            rect(right, y + 4, row.offers * scale, 15, "later"),
            text(left - row.needs * scale - 5, y + 16, f"{row.needs:,}", "note", "end"),
            text(right + row.offers * scale + 5, y + 16, f"{row.offers:,}", "note"),
        ]
    return svg(24 + len(rows) * 27, body)


def worth_chart(rows: Sequence[tuple[Two, float, float | None, Two]], units: int = NAME_UNITS) -> Markup:
    """What one more place is worth: a bar for the dearest and, within it, one for the mean; a note at the right.

    units  width of a name in half-width letters
    """
    scale = WIDTH / max((most for _, most, _, _ in rows), default=1)
    body = []
    for i, (label, most, mean, note) in enumerate(rows):
        y = i * _ROW
        body += [
            text(0, y + 13, Two(shorten(label.zh, units), shorten(label.en, units)), "name"),
            text(WIDTH, y + 13, note, "note", "end"),
            rect(0, y + 19, most * scale, 11, "room" if mean is None else "later"),
            rect(0, y + 19, (mean or 0.0) * scale, 11, "room"),
        ]
    return svg(len(rows) * _ROW, body)
