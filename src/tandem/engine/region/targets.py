"""Every target judged: what it requires, what growth says of it, how likely it is, and what would have to be true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import polars as pl

from tandem.engine.figures import subjects
from tandem.engine.region import fan as fans
from tandem.engine.region.bases import Base, Evidence, Register, Row, beside_targets, level_of
from tandem.engine.region.course import Course
from tandem.engine.region.fan import Bounds, Direction, Draws, Fan, Reach
from tandem.engine.region.growth import SHORT, Growth, stated
from tandem.engine.region.plans import ends_between, plan_of

Status = Literal["achieved", "on_track", "moderate", "limited", "deterioration", "not_available"]
STATUSES: tuple[Status, ...] = (
    "achieved", "on_track", "moderate", "limited", "deterioration", "not_available"
)  # fmt: skip
# Observed over required growth from which a status holds: bands of Open SDG's progress status.
BANDS: tuple[tuple[float, Status], ...] = ((0.95, "on_track"), (0.6, "moderate"), (0.0, "limited"))
AFTER_FIVE = "after_five"
_FURTHEST = 60  # years ahead beyond which no fan is drawn
_DIRECTIONS: Mapping[str | None, Direction] = {"up": "up", "down": "down"}
_REAL_GROWTH: Mapping[str | None, str] = {
    "undefined": "region.warning.real_growth.undefined",
    "nominal": "region.warning.real_growth.nominal",
}
_NO_QUANTITY = ("date", "words")


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """means: stated annual growth of the scenarios (mirrored for targets that go down; none where change is in points).

    paths       for each fan, at most; with many targets they share `budget` paths and errors grow accordingly
    shares      probabilities for which the mean growth is told that would be needed
    low_odds    probability under which a target is warned of; old: years after which a base is warned of
    as_of       the year that a base's age is counted to; None: the latest year of any baseline at hand
    bases       target figure id -> the figure that its owner starts from
    """

    means: tuple[float, ...] = (0.03, 0.05)
    paths: int = fans.PATHS
    budget: int = 2_000_000
    least_paths: int = 2_000
    seed: int = fans.SEED
    shares: tuple[float, ...] = (0.5, 0.8)
    low_odds: float = 0.2
    old: int = 2
    as_of: int | None = None
    bases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A mean growth taken as given: the level it leads to in the due year, when it reaches the target, how often."""

    mean: float
    level: float
    reached: float | None
    reach: Reach


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where the way to the target lies at the end of a plan ('15th'), or where a target was published for a year."""

    plan: str
    year: int
    value: float
    figure_id: str | None = None


@dataclass(frozen=True, slots=True)
class TargetState:
    """One target as the register's figures put it; money in yuan (or its currency), shares and growth as fractions.

    value       the bound of '> 10,000', the nearer end of a range; None without a number
    year        due year; None where the horizon is open
    required    annual growth from base to target, (X*/x)^(1/years) - 1; in points a year where growth is additive
    ratio       recent mean growth over required; status: see BANDS
    reach, fan  at the recent growth, with what its estimation leaves open
    needed      {share: mean growth for that probability}, and 'after_five': growth needed after five years as recently
    warnings    (code, figures of its sentence); missing: codes of why it cannot be judged
    """

    figure_id: str
    indicator_id: str
    geo_id: str
    value: float | None
    year: int | None
    base: Base | None
    required: float | None
    recent: Growth | None
    ratio: float | None
    status: Status
    reach: Reach | None
    fan: Fan | None
    waypoints: tuple[Waypoint, ...]
    scenarios: tuple[Scenario, ...]
    needed: Mapping[float | str, float]
    warnings: tuple[tuple[str, Mapping[str, Any]], ...]
    missing: tuple[str, ...]
    direction: Direction = "up"


def judge_targets(
    figures: pl.DataFrame,
    indicators: pl.DataFrame | None = None,
    settings: TargetSettings = TargetSettings(),
) -> tuple[TargetState, ...]:
    """The state of every figure of kind target, in the order of the figures.

    figures     parsed frame (engine/figures/frame.SCHEMA), described by subjects.describe or not yet
    indicators  the indicators table: names, direction, price_basis, growth_of
    Guarantees  one state per target, also for those that cannot be judged; the same figures, settings and seed give
                the same states; all fans share their random draws
    Example     GDP 14.58 (2025) -> 25.8 (2035): required 5.873 %, recent 3.9 % as published, ratio .664: moderate
    """
    if "subject" not in figures.columns:
        figures = subjects.describe(beside_targets(figures), indicators)
    targets = figures.filter(pl.col("kind") == "target")
    if targets.is_empty():
        return ()
    register = Register(figures, targets, indicators, settings.bases.values())
    cases = [_case(row, register, settings) for row in register.rows if row["kind"] == "target"]
    paths = max(1, min(settings.paths, max(settings.least_paths, settings.budget // len(cases))))
    span = max((case.course.years for case in cases if case.course), default=1)
    draws = fans.draw(min(span, _FURTHEST), paths, settings.seed)
    as_of = settings.as_of or register.latest_year
    return tuple(_state(case, settings, draws, as_of) for case in cases)


@dataclass(frozen=True, slots=True)
class _Case:
    """One target with what stands beside it, before anything is simulated."""

    row: Row
    seen: Evidence
    value: float | None
    year: int | None
    direction: Direction
    is_guessed: bool
    prices: str | None
    course: Course | None
    bounds: Bounds
    missing: tuple[str, ...]

    @property
    def is_achieved(self) -> bool:
        """Whether the latest level at hand is at the target or beyond."""
        latest = self.seen.latest or self.seen.base
        return latest is not None and self.value is not None and self._beyond(latest.value, self.value)

    def _beyond(self, level: float, target: float) -> bool:
        return level >= target if self.direction == "up" else level <= target

    def is_behind(self, level: float, asked: float) -> bool:
        """Whether a level is worse than what is asked."""
        return not self._beyond(level, asked)


def _case(row: Row, register: Register, settings: TargetSettings) -> _Case:
    year = None if row["last_year"] is None else int(row["last_year"])
    seen = register.evidence(row, year, settings.bases.get(row["figure_id"]))
    direction, is_guessed = _direction(row, register, seen.base)
    value = level_of(row, direction) if row["dimension"] not in _NO_QUANTITY else None
    base = seen.base
    if value is None or row["meaning"][0] == "other":
        missing = ["region.missing.no_number"]
    else:
        missing = [] if base else ["region.missing.no_base"]
    if year is None:
        missing.append("region.missing.no_year")
    course = None
    if base and value is not None and year is not None:
        if year <= base.year:
            missing.append("region.missing.past_due")
        else:
            additive = (
                seen.growth.additive if seen.growth else row["dimension"] in ("share", "growth", "rank")
            )
            course = Course(base, value, year, additive or min(base.value, value) <= 0)
            if seen.growth is not None and seen.growth.additive != course.additive:
                seen = replace(
                    seen, growth=None
                )  # the owner's base is at 0 or below: rates say nothing of it
    if seen.growth is None and base is not None:
        missing.append("region.missing.no_growth")
    in_share = row["dimension"] == "share" and max(value or 0, base.value if base else 0) <= 1
    prices = (register.said(row, "price_basis") or "undefined") if row["dimension"] == "money" else None
    return _Case(
        row, seen, value, year, direction, is_guessed, prices, course,
        fans.SHARE if in_share else fans.ANYTHING, tuple(missing),
    )  # fmt: skip


def _direction(row: Row, register: Register, base: Base | None) -> tuple[Direction, bool]:
    """up or down, and whether it had to be guessed from where the target lies."""
    said = register.said(row, "direction")
    if said in _DIRECTIONS:
        return _DIRECTIONS[said], False
    if row["form"] == "bound" and row["upper"] is not None and row["upper"] != float("inf"):
        return "down", False
    level = level_of(row)
    return ("down", True) if base and level is not None and level < base.value else ("up", False)


def _state(case: _Case, settings: TargetSettings, draws: Draws, as_of: int) -> TargetState:
    course, growth = case.course, case.seen.growth
    required = course.required if course else None
    ratio = growth.mean / required if growth and required else None
    outlook = _outlook(case, settings, draws) if course and course.years <= len(draws.shocks) else _Outlook()
    missing = case.missing
    status: Status = "not_available"
    if case.value is not None and case.is_achieved:
        status, missing = "achieved", ()
    elif ratio is not None and not missing:
        status = next((name for edge, name in BANDS if ratio >= edge), "deterioration")
    return TargetState(
        case.row["figure_id"], case.row["indicator_id"], case.row["geo_id"], case.value, case.year, case.seen.base,
        required, growth, ratio, status, outlook.reach, outlook.fan, _waypoints(case), outlook.scenarios,
        outlook.needed, tuple(_warnings(case, outlook.reach, settings, as_of)), missing, case.direction,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What was simulated for one target; empty where nothing could be."""

    reach: Reach | None = None
    fan: Fan | None = None
    scenarios: tuple[Scenario, ...] = ()
    needed: Mapping[float | str, float] = field(default_factory=dict)


def _outlook(case: _Case, settings: TargetSettings, draws: Draws) -> _Outlook:
    """Fan and probability at recent growth; scenarios and needed growth around means that are taken as given."""
    course, growth = case.course, case.seen.growth
    assert course is not None
    start = course.base.value
    reach, fan = None, None
    if growth is None and course.additive:
        return _Outlook()  # how far a share or a rank strays in a year cannot be assumed
    shape = growth or stated(0.0, basis="assumed")
    off = fans.swings(shape, draws, course.years)
    if growth is not None:
        made = fans.levels(start, growth, off + fans.mean_errors(growth, draws), case.bounds)
        fan = fans.of_levels(start, growth, range(course.base.year, course.year + 1), made, draws.seed)
        reach = fans.reach(made[-1], course.value, case.direction)
    scenarios = tuple(
        Scenario(
            mean,
            course.level(mean, course.years),
            course.reached(mean),
            fans.reach(fans.final(start, shape.at(mean), off, case.bounds), course.value, case.direction),
        )
        for mean in _means(case, course, settings)
    )
    means = fans.mean_for(start, shape.at(0.0), off, course.value, settings.shares, case.direction)
    needed: dict[float | str, float] = dict(zip(settings.shares, means, strict=True))
    later = course.needed_after(growth.mean, 5) if growth else None
    if later is not None:
        needed[AFTER_FIVE] = later
    return _Outlook(reach, fan, scenarios, needed)


def _means(case: _Case, course: Course, settings: TargetSettings) -> list[float]:
    """Recent growth, the stated means, what is required: each once."""
    growth = case.seen.growth
    asked = [] if course.additive else [mean if case.direction == "up" else -mean for mean in settings.means]
    means: list[float] = []
    for mean in (*([growth.mean] if growth else []), *asked, course.required):
        if all(abs(mean - other) > 1e-9 for other in means):
            means.append(mean)
    return means


def _waypoints(case: _Case) -> tuple[Waypoint, ...]:
    """The ends of plans on the way, and earlier years for which a target was published, which win over the way."""
    course = case.course
    if course is None:
        return ()
    found = {
        plan.last: Waypoint(plan.code, plan.last, course.at(plan.last))
        for plan in ends_between(course.base.year, course.year)
    }
    for year, level, figure in case.seen.path:
        if course.base.year < year < course.year:
            plan = plan_of(year)
            found[year] = Waypoint(plan.code if plan else str(year), year, level, figure)
    return tuple(found[year] for year in sorted(found))


def _warnings(
    case: _Case, reach: Reach | None, settings: TargetSettings, as_of: int
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What a planner should know early, or keep in mind about the figures themselves."""
    seen, base, growth = case.seen, case.seen.base, case.seen.growth
    if reach is not None and reach.probability < settings.low_odds and not case.is_achieved:
        yield "region.warning.low_odds", {"probability": reach.probability, "limit": settings.low_odds}
    for year, asked in _due_by_now(case):
        if seen.latest is not None and case.is_behind(seen.latest.value, asked):
            yield "region.warning.below_path", {"year": seen.latest.year, "due": year}
    if base is not None and as_of - base.year >= settings.old:
        yield "region.warning.base_old", {"year": base.year, "years": as_of - base.year}
    if case.prices == "undefined":
        yield "region.warning.price_undefined", {}
    if growth is not None and seen.is_real and case.prices in _REAL_GROWTH:
        yield _REAL_GROWTH[case.prices], {"growth": growth.mean}
    if seen.is_open and base is not None:
        yield "region.warning.base_open", {"year": base.year}
    if case.row["form"] == "range" and case.value is not None:
        yield "region.warning.target_range", {}
    if case.is_guessed:
        yield "region.warning.direction_guessed", {}
    if growth is not None and growth.basis == "published":
        yield "region.warning.spread_assumed", {"sd": growth.sd, "phi": growth.phi}
    if growth is not None and growth.basis == "series" and growth.n + 1 < SHORT:
        yield "region.warning.short_series", {"n": growth.n + 1}


def _due_by_now(case: _Case) -> Iterator[tuple[int, float]]:
    """What the latest level is held against: the way from the owner's base, targets of years that are past."""
    latest, course = case.seen.latest, case.course
    if latest is None:
        return
    if course is not None and course.base.year < latest.year <= course.year:
        yield latest.year, course.at(latest.year)
    past = [(year, level) for year, level, _ in case.seen.path if year <= latest.year]
    if past:
        yield past[-1]
