"""Where an organisation stands on a ladder: each criterion judged on stated facts, and what the next rung still wants.

A criterion is met, met without evidence ("unproven"), unknown (nothing stated) or unmet. Any of several takes the best
of its parts, all of several the worst. A rung is reached when all its criteria and those of the rungs below are met
with evidence where evidence is asked for. Nothing here is a certificate: it is what stated facts come to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import polars as pl

from tandem.domain.region.ladder import AnyOf, Condition, Criterion, Ladder, Plain, Rung, Test
from tandem.engine.ladder import facts as stating
from tandem.engine.ladder.facts import Fact

State = Literal["unmet", "unknown", "unproven", "met"]
STATES: tuple[State, ...] = ("unmet", "unknown", "unproven", "met")
Years: TypeAlias = Mapping[str, Mapping[int, Fact]]


@dataclass(frozen=True, slots=True)
class Gap:
    """One stated field that falls short: what is wanted and what was stated, in base units (yuan, shares of 1).

    distance  how far, as a share of what is wanted (0.5: half of it is missing); None where that means nothing
    """

    field: str
    operator: str
    wanted: tuple[Plain, ...]
    value: Plain
    distance: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion: its state, what falls short (of the nearest alternative), and the fields nothing is stated on."""

    criterion_id: str
    state: State
    gaps: tuple[Gap, ...] = ()
    unknown: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RungState:
    """One rung on its own criteria, without those of the rungs below."""

    rung_id: str
    state: State
    criteria: tuple[Judged, ...]

    @property
    def open(self) -> tuple[Judged, ...]:
        """The criteria that are not met with evidence."""
        return tuple(one for one in self.criteria if one.state != "met")


@dataclass(frozen=True, slots=True)
class Standing:
    """An organisation on one ladder in one version.

    reached    the highest rung met with evidence, with all rungs below; None where not even the first is
    supported  the same, counting statements without evidence
    next_rung  the first rung that is not reached; None at the top
    """

    organisation: str
    ladder_id: str
    version: str
    reached: str | None
    supported: str | None
    next_rung: str | None
    rungs: tuple[RungState, ...]

    def rung(self, rung_id: str | None) -> RungState | None:
        """The state of one rung."""
        return next((one for one in self.rungs if one.rung_id == rung_id), None)


def standings(
    facts: pl.DataFrame, ladders: Sequence[Ladder], until: int | None = None
) -> tuple[Standing, ...]:
    """Every organisation that states something a ladder asks for, on each such ladder; in the order of the facts.

    facts  the table of facts: organisation, criterion (the field of a rule), value, year, evidence
    until  the last year that counts, the newest stated one where None
    """
    known = stating.stated(facts, until)
    asked = {(one.ladder_id, one.version): _fields(one) for one in ladders}
    return tuple(
        judge(organisation, years, one)
        for organisation, years in known.items()
        for one in ladders
        if asked[one.ladder_id, one.version] & set(years)
    )


def judge(organisation: str, years: Years, ladder: Ladder) -> Standing:
    """One organisation's stated facts (field -> year -> fact) against one ladder."""
    rungs = tuple(_rung(one, years) for one in ladder.rungs)
    reached, supported = _climbed(rungs, ("met",)), _climbed(rungs, ("met", "unproven"))
    return Standing(
        organisation,
        ladder.ladder_id,
        ladder.version,
        rungs[reached - 1].rung_id if reached else None,
        rungs[supported - 1].rung_id if supported else None,
        rungs[reached].rung_id if reached < len(rungs) else None,
        rungs,
    )


def counts(found: Sequence[Standing], ladder: Ladder) -> dict[str, int]:
    """How many organisations have reached each rung as their highest; "-" counts those on none."""
    own = [
        one.reached for one in found if one.ladder_id == ladder.ladder_id and one.version == ladder.version
    ]
    return {"-": own.count(None), **{rung.rung_id: own.count(rung.rung_id) for rung in ladder.rungs}}


def _fields(ladder: Ladder) -> set[str]:
    conditions = [one.condition for rung in ladder.rungs for one in rung.criteria]
    found: set[str] = set()
    while conditions:
        one = conditions.pop()
        if isinstance(one, Test):
            found.add(one.field)
        else:
            conditions.extend(one.parts)
    return found


def _climbed(rungs: Sequence[RungState], good: tuple[State, ...]) -> int:
    """How many rungs from the bottom up are good without a break."""
    for position, one in enumerate(rungs):
        if one.state not in good:
            return position
    return len(rungs)


def _rung(rung: Rung, years: Years) -> RungState:
    judged = tuple(_criterion(one, years) for one in rung.criteria)
    return RungState(rung.rung_id, _worst([one.state for one in judged]), judged)


def _criterion(criterion: Criterion, years: Years) -> Judged:
    found = _condition(criterion.condition, years, evidence=criterion.evidence)
    if found.state == "met":
        return Judged(criterion.criterion_id, "met")
    return Judged(criterion.criterion_id, found.state, found.gaps, found.unknown, found.unproven)


@dataclass(frozen=True, slots=True)
class _Found:
    state: State
    gaps: tuple[Gap, ...] = ()
    unknown: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()

    @property
    def far(self) -> tuple[Any, ...]:
        """What is nearest comes first: better states, then fewer things missing, then smaller distances."""
        distance = sum(1.0 if gap.distance is None else gap.distance for gap in self.gaps)
        return (-STATES.index(self.state), len(self.gaps) + len(self.unknown), distance)


def _condition(condition: Condition, years: Years, *, evidence: bool) -> _Found:
    if isinstance(condition, Test):
        return _test(condition, years, evidence=evidence)
    parts = [_condition(part, years, evidence=evidence) for part in condition.parts]
    if isinstance(condition, AnyOf):
        return _nearest(parts)
    return _Found(
        _worst([part.state for part in parts]),
        tuple(gap for part in parts for gap in part.gaps),
        tuple(dict.fromkeys(name for part in parts for name in part.unknown)),
        tuple(dict.fromkeys(name for part in parts for name in part.unproven)),
    )


def _nearest(parts: Sequence[_Found]) -> _Found:
    """The best alternative; where it is only unknown, what the nearest stated one falls short of is told beside it."""
    best = min(parts, key=lambda part: part.far)
    short = [part for part in parts if part.state == "unmet"]
    if best.state != "unknown" or best.gaps or not short:
        return best
    return replace(best, gaps=min(short, key=lambda part: part.far).gaps)


def _worst(states: Sequence[State]) -> State:
    return STATES[min(STATES.index(state) for state in states)]


def _test(test: Test, years: Years, *, evidence: bool) -> _Found:
    wanted = test.wanted
    if test.by is not None:
        chosen = stating.newest(years.get(test.by, {}))
        if not chosen or not _is_number(chosen[0].value):
            return _Found("unknown", unknown=(test.by,))
        band = next((one for one in test.bands if one.start <= float(chosen[0].value) < one.end), None)
        if band is None:  # the rule has no threshold for this organisation: another alternative must carry it
            edges = tuple(edge for one in test.bands for edge in (one.start, one.end))
            bounds = (min(edges), max(edges))
            return _Found("unmet", (Gap(test.by, "between", bounds, chosen[0].value, None),))
        wanted = (band.value,)
    found = stating.newest(years.get(test.field, {}), test.years)
    failing = [one for one in found if not _holds(test.operator, one.value, wanted)]
    if failing:
        gap = Gap(
            test.field,
            test.operator,
            wanted,
            failing[0].value,
            _distance(failing[0].value, wanted),
        )
        return _Found("unmet", (gap,))
    if len(found) < test.years:
        return _Found("unknown", unknown=(test.field,))
    if evidence and any(one.evidence is None for one in found):
        return _Found("unproven", unproven=(test.field,))
    return _Found("met")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _holds(operator: str, value: Plain, wanted: Sequence[Plain]) -> bool:
    """A value of another kind than what is wanted never holds."""
    if operator in (">=", "<=", "between"):
        if not _is_number(value):
            return False
        number, low, high = float(value), float(wanted[0]), float(wanted[-1])
        return {">=": number >= low, "<=": number <= high, "between": low <= number <= high}[operator]
    return any(type(one) is type(value) and _plain(one) == value for one in wanted)


def _plain(value: Plain) -> Plain:
    return value.casefold() if isinstance(value, str) else value


def _distance(value: Plain, wanted: Sequence[Plain]) -> float | None:
    """|value - nearest wanted| / |wanted|."""
    if not _is_number(value) or not all(_is_number(one) for one in wanted) or not wanted:
        return None
    nearest = min((float(one) for one in wanted), key=lambda one: abs(one - float(value)))
    return abs(nearest - float(value)) / abs(nearest) if nearest else None
