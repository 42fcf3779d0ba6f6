"""Fans: pictures that stand by themselves, with axes and a name that is read out; a table beside each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tandem.base.words import Lang
from tandem.interfaces.web import write
from tandem.interfaces.web.drawing import words

WIDTH, HEIGHT = 360, 200  # units: at 390 px letters stay readable
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 12, 26  # room beside the plot
_STEPS = 4  # of an axis, at most


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a line: place, height, and how the two are written."""

    x: float
    y: float
    at: str
    shown: str


@dataclass(frozen=True, slots=True)
class Band:
    """A range of a fan at one place: from low to high; the widest ranges come first in `fan`."""

    x: float
    low: float
    high: float


def fan(
    past: Sequence[Mark],
    median: Sequence[Mark],
    bands: Sequence[Sequence[Band]],
    target: Mark | None,
    title: str,
    lang: Lang,
    *,
    path: Sequence[Mark] = (),
    ways: Sequence[Mark] = (),
) -> Markup:
    """What was, and the range that growth leads to: the past, the median dashed, bands, the target.

    bands  the widest first; each band's places in order
    path   the way that leads to the target; ways: points of it that are told apart
    """
    marks = [*past, *median, *path, *([target] if target else [])]
    edges = [one for band in bands for one in band]
    plot = _Plot.of([*(m.x for m in marks), *(e.x for e in edges)],
                    [*(m.y for m in marks), *(e.low for e in edges), *(e.high for e in edges)])  # fmt: skip
    body = [plot.axis(lang)]
    body += [plot.area(band, f"band{min(number, 2)}") for number, band in enumerate(bands)]
    body += [
        plot.path(((m.x, m.y) for m in past), "line"),
        plot.path(((m.x, m.y) for m in median), "line dashed"),
        plot.path(((m.x, m.y) for m in path), "line asked"),
    ]
    body += [plot.dot(mark) for mark in past]
    body += [plot.dot(mark, "aim") for mark in ways]
    if target is not None:
        body.append(plot.target(target))
    return _picture(title, [*body, _ends(plot, [*past, *median] or marks)])


@dataclass(frozen=True, slots=True)
class _Plot:
    """From values to places in the picture."""

    left: float
    right: float
    low: float
    high: float

    @classmethod
    def of(cls, xs: Sequence[float], ys: Sequence[float]) -> _Plot:
        """The plot that holds all of them."""
        left, right = (min(xs), max(xs)) if xs else (0.0, 1.0)
        low, high = (min(ys), max(ys)) if ys else (0.0, 1.0)
        if low > 0 and low < 0.4 * high:
            low = 0.0
        return cls(left, right if right > left else left + 1, low, high if high > low else low + 1)

    def x(self, value: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * (value - self.left) / (self.right - self.left)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (value - self.low) / (self.high - self.low)

    def path(self, points: Iterable[tuple[float, float]], tone: str) -> Markup:
        drawn = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        return Markup('<polyline class="{}" points="{}"/>').format(tone, drawn) if drawn else Markup()

    def area(self, band: Sequence[Band], tone: str) -> Markup:
        edge = [(one.x, one.high) for one in band] + [(one.x, one.low) for one in reversed(band)]
        drawn = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in edge)
        return Markup('<polygon class="{}" points="{}"/>').format(tone, drawn)

    def dot(self, mark: Mark, tone: str = "dot") -> Markup:
        drawn = Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3"><title>{}: {}</title></circle>')
        return drawn.format(tone, self.x(mark.x), self.y(mark.y), mark.at, mark.shown)

    def target(self, mark: Mark) -> Markup:
        """A diamond with its value written by it."""
        x, y = self.x(mark.x), self.y(mark.y)
        points = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
        right = x > WIDTH / 2
        drawn = Markup('<polygon class="aim" points="{}"><title>{}: {}</title></polygon>').format(
            points, mark.at, mark.shown
        )
        return drawn + words(
            x - 9 if right else x + 9, y + 4, mark.shown, "strong", "end" if right else "start"
        )

    def axis(self, lang: Lang) -> Markup:
        """The lines of round values, with their numbers."""
        drawn = Markup()
        for value in _round_steps(self.low, self.high):
            y = self.y(value)
            drawn += Markup('<line class="axis" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                _LEFT, WIDTH - _RIGHT, y, y
            )
            drawn += words(_LEFT - 5, y + 4, write.brief(value, lang), "note", "end")
        return drawn


def _ends(plot: _Plot, marks: Sequence[Mark]) -> Markup:
    """Where the line begins and ends, written under it."""
    if not marks:
        return Markup()
    first = words(_LEFT, HEIGHT - 8, marks[0].at, "note")
    return first + words(WIDTH - _RIGHT, HEIGHT - 8, marks[-1].at, "note", "end") if len(marks) > 1 else first


def _round_steps(low: float, high: float) -> list[float]:
    """Round values between two, few enough to be read."""
    step = 10.0 ** len(str(int((high - low) or 1)))
    while (high - low) / step < 2:
        step /= 10 if step > 1e-6 else 1e6
        if step <= 1e-6:
            break
    step *= next((by for by in (1, 2, 5, 10) if (high - low) / (step * by) <= _STEPS), 10)
    first = int(low / step) + (low > 0 and low % step > 0)
    return [number * step for number in range(first, int(high / step) + 1)]


def _picture(title: str, body: Iterable[Markup]) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        WIDTH, HEIGHT, title
    )
    return head + Markup("").join(body) + Markup("</svg>")
