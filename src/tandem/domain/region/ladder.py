"""The enterprise ladder: rungs in order, each with criteria that stated facts can meet, as a rule file has them.

A criterion is a test of one stated field, or any of / all of several; a threshold may depend on another field
(R&D ratio by revenue). `parse` believes nothing and reports everything that is wrong at once. Whoever reaches a rung
by these rules has stated facts that meet them; a certificate is given by the authority alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, isfinite
from typing import Any, Literal, TypeAlias

from tandem.domain.region.rule_file import Entry, Reading

Operator = Literal[">=", "<=", "==", "in", "between"]
OPERATORS: tuple[Operator, ...] = (">=", "<=", "==", "in", "between")
Plain: TypeAlias = float | bool | str

_LADDER = (
    "id",
    "version",
    "zh",
    "en",
    "valid_from",
    "valid_to",
    "source",
    "official",
    "note_zh",
    "note_en",
    "field",
    "rung",
)
_FIELD = ("id", "zh", "en", "unit")
_RUNG = ("id", "zh", "en", "note_zh", "note_en", "criterion")
_BAND = ("from", "to", "value")
_TEST = ("field", "operator", "value", "years", "by", "bands")
_CONDITION = (*_TEST, "any_of", "all_of")
_CRITERION = ("id", "zh", "en", "note_zh", "note_en", "evidence", *_CONDITION)
_DEEPEST = 6  # any_of and all_of within each other
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Band:
    """A threshold that holds where another field is at or above `start` and below `end`."""

    start: float
    end: float
    value: float


@dataclass(frozen=True, slots=True)
class Test:
    """One stated field against what is wanted.

    wanted  one value; the least and the most for `between`; the allowed ones for `in`; empty with bands
    years   in how many years in a row, the newest last, the field must pass
    by      the field that chooses the band; outside all bands the test is not met
    """

    field: str
    operator: Operator
    wanted: tuple[Plain, ...]
    years: int = 1
    by: str | None = None
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Met where one of its parts is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Met where all of its parts are."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Test | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a rung, with its words; `evidence` where a statement alone is not enough."""

    criterion_id: str
    zh: str
    en: str
    condition: Condition
    evidence: bool = True
    note: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: all of its criteria, and those of the rungs below."""

    rung_id: str
    zh: str
    en: str
    criteria: tuple[Criterion, ...]
    note: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Field:
    """One stated field: its words, and the unit of its number (yuan, %, year); shares are numbers from 0 to 1."""

    field_id: str
    zh: str
    en: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """One ladder in one version; note: what of the source is simplified or left out, in Chinese and English.

    official  whether the rungs are an authority's; an illustrative rule of the hub's own is not
    fields    everything that the criteria ask for, with its words and unit
    """

    ladder_id: str
    version: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
    source: str
    official: bool
    fields: tuple[Field, ...]
    rungs: tuple[Rung, ...]
    note: tuple[str, str] = ("", "")

    def valid(self, day: date) -> bool:
        """Whether the version holds on a day; the last day counts."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def fields(condition: Condition) -> tuple[str, ...]:
    """Every stated field that a condition asks for, each once, in order."""
    if isinstance(condition, Test):
        named = (condition.field,) if condition.by is None else (condition.by, condition.field)
        return tuple(dict.fromkeys(named))
    return tuple(dict.fromkeys(name for part in condition.parts for name in fields(part)))


def valid_on(ladders: Sequence[Ladder], day: date) -> tuple[Ladder, ...]:
    """Of each ladder the version that holds on a day; of several, the one that began last."""
    newest: dict[str, Ladder] = {}
    for one in ladders:
        before = newest.get(one.ladder_id)
        if one.valid(day) and (before is None or one.valid_from > before.valid_from):
            newest[one.ladder_id] = one
    return tuple(newest.values())


def parse(given: Mapping[str, Any], file: str | None = None) -> tuple[Ladder, ...]:
    """The ladders of a plain mapping, as read from TOML or JSON; several versions of one may stand in it.

    Raises Invalid rule_file.wrong with a finding for each thing that is wrong: entry, key, value.
    """
    reading = Reading("ladder", file)
    Entry(reading, given, "", ("ladder",))
    if "ladder" not in given:
        reading.wrong("missing", "", "ladder")
    found = [_ladder(reading, one) for one in reading.entries(given, "ladder")]
    seen: set[tuple[str, str]] = set()
    for one in found:
        if (one.ladder_id, one.version) in seen:
            reading.wrong("twice", one.ladder_id, "version", one.version)
        seen.add((one.ladder_id, one.version))
    reading.finish()
    return tuple(found)


def _ladder(reading: Reading, given: Mapping[str, Any]) -> Ladder:
    place = str(given.get("id", "?"))
    entry = Entry(reading, given, place, _LADDER)
    begins, ends = entry.day("valid_from", required=True), entry.day("valid_to", required=False)
    if begins is not None and ends is not None and ends < begins:
        entry.wrong("order", "valid_to", ends, start=str(begins))
    rungs = tuple(_rung(reading, one, place) for one in reading.entries(given, "rung", place))
    if not rungs:
        entry.wrong("missing", "rung")
    _once(entry, "rung", [one.rung_id for one in rungs])
    zh, en = entry.both()
    known = tuple(_field(reading, one, place) for one in reading.entries(given, "field", place))
    _once(entry, "field", [one.field_id for one in known])
    for name in _asked(rungs):
        if name not in {one.field_id for one in known}:
            entry.wrong("field", "field", name, known=[one.field_id for one in known])
    return Ladder(
        entry.text("id"), entry.text("version"), zh, en, begins or date.min, ends, entry.text("source", most=2_000),
        entry.flag("official", False), known, rungs, entry.both("note", required=False),
    )  # fmt: skip


def _field(reading: Reading, given: Mapping[str, Any], above: str) -> Field:
    entry = Entry(reading, given, f"{above} / {given.get('id', '?')}", _FIELD)
    zh, en = entry.both()
    return Field(entry.text("id"), zh, en, entry.text("unit", ""))


def _asked(rungs: Sequence[Rung]) -> tuple[str, ...]:
    """Every field that a criterion of the rungs asks for, each once, in order."""
    conditions = [one.condition for rung in rungs for one in rung.criteria]
    return tuple(dict.fromkeys(name for one in conditions for name in fields(one) if name))


def _rung(reading: Reading, given: Mapping[str, Any], above: str) -> Rung:
    place = f"{above} / {given.get('id', '?')}"
    entry = Entry(reading, given, place, _RUNG)
    criteria = tuple(_criterion(reading, one, place) for one in reading.entries(given, "criterion", place))
    if not criteria:
        entry.wrong("missing", "criterion")
    _once(entry, "criterion", [one.criterion_id for one in criteria])
    zh, en = entry.both()
    return Rung(entry.text("id"), zh, en, criteria, entry.both("note", required=False))


def _criterion(reading: Reading, given: Mapping[str, Any], above: str) -> Criterion:
    entry = Entry(reading, given, f"{above} / {given.get('id', '?')}", _CRITERION)
    zh, en = entry.both()
    return Criterion(
        entry.text("id"), zh, en, _condition(entry, 1), entry.flag("evidence", True), entry.both("note", required=False)
    )  # fmt: skip


def _once(entry: Entry, key: str, ids: Sequence[str]) -> None:
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        entry.wrong("twice", key, name)


def _condition(entry: Entry, depth: int) -> Condition:
    """The one of field, any_of and all_of that an entry has."""
    kinds = [key for key in ("field", "any_of", "all_of") if key in entry.given]
    if len(kinds) != 1:
        entry.wrong("one_of", None, known=["field", "any_of", "all_of"])
        return AnyOf(())
    if kinds[0] == "field":
        return _test(entry)
    if depth == _DEEPEST:
        entry.wrong("deep", kinds[0], most=_DEEPEST)
        return AnyOf(())
    given = entry.reading.entries(entry.given, kinds[0], entry.place)
    parts = tuple(
        _condition(Entry(entry.reading, one, f"{entry.place} / {kinds[0]} {row}", _CONDITION), depth + 1)
        for row, one in enumerate(given, 1)
    )
    if not parts:
        entry.wrong("missing", kinds[0])
    return AnyOf(parts) if kinds[0] == "any_of" else AllOf(parts)


def _test(entry: Entry) -> Test:
    operator: Operator = next(one for one in OPERATORS if one == entry.choice("operator", OPERATORS))
    years = entry.number("years", 1, least=1)
    if years != int(years) or years > MOST_YEARS:
        entry.wrong("years", "years", years, most=MOST_YEARS)
    by = entry.text("by") if "by" in entry.given or "bands" in entry.given else None
    bands = _bands(entry, operator) if by is not None else ()
    if bands and "value" in entry.given:
        entry.wrong("bands_value", "value", entry.given["value"])
    wanted = () if by is not None else _wanted(entry, operator)
    return Test(entry.text("field"), operator, wanted, int(years), by, bands)


def _wanted(entry: Entry, operator: Operator) -> tuple[Plain, ...]:
    """What the operator compares with: numbers for an order, any plain value for `==`, a list for the others."""
    value = entry.given.get("value")
    listed: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    if value is None:
        entry.wrong("missing", "value")
    elif operator in ("between", "in") and not isinstance(value, list | tuple):
        entry.wrong("values", "value", value, operator=operator)
    elif operator == "between" and (len(listed) != 2 or not _ordered(listed)):
        entry.wrong("between", "value", value)
    elif operator in (">=", "<=") and not _numeric(value):
        entry.wrong("number", "value", value)
    elif not listed or not all(isinstance(one, str | bool) or _numeric(one) for one in listed):
        entry.wrong("values", "value", value, operator=operator)
    else:
        return tuple(float(one) if _numeric(one) else one for one in listed)
    return ()


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _ordered(pair: Sequence[Any]) -> bool:
    return all(_numeric(one) for one in pair) and bool(pair[0] <= pair[1])


def _bands(entry: Entry, operator: Operator) -> tuple[Band, ...]:
    """Bands from low to high without overlap."""
    if operator not in (">=", "<="):
        entry.wrong("bands_operator", "operator", operator)
    made: list[Band] = []
    for row, one in enumerate(entry.reading.entries(entry.given, "bands", entry.place), 1):
        band = Entry(entry.reading, one, f"{entry.place} / bands {row}", _BAND)
        start, end = (band.number("from", -inf) if "from" in one else -inf), (
            band.number("to") if "to" in one else inf
        )  # fmt: skip
        if start >= end or (made and start < made[-1].end):
            band.wrong("band", "from", one.get("from"))
        made.append(Band(start, end, band.number("value")))
    if not made:
        entry.wrong("missing", "bands")
    return tuple(made)
