"""Questionnaires for a self-assessment of digital maturity: dimensions, questions, five levels, what proves each.

`parse` believes nothing of a rule file and reports everything that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tandem.domain.region.rule_file import Entry, Reading

HIGHEST = 4  # levels 0 to 4
_QUESTIONNAIRE = ("id", "version", "zh", "en", "valid_from", "valid_to", "source", "official", "note_zh", "note_en",
                  "unproven_level", "least_answered", "level", "dimension")  # fmt: skip
_DIMENSION = ("id", "zh", "en", "weight", "question")
_QUESTION = ("id", "zh", "en", "weight", "levels_zh", "levels_en", "evidence_zh", "evidence_en")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; levels: what each level means, from 0; evidence: what counts as proof of an answer."""

    question_id: str
    zh: str
    en: str
    weight: float
    levels: tuple[tuple[str, str], ...]
    evidence: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Questions that belong together; weights are taken relative to each other."""

    dimension_id: str
    zh: str
    en: str
    weight: float
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One questionnaire in one version.

    unproven_level  the highest level that counts where an answer comes without evidence
    least_answered  the share of a dimension's weight that must be answered before it has a level
    levels          the name of each overall level, from 0
    """

    questionnaire_id: str
    version: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
    source: str
    official: bool
    unproven_level: int
    least_answered: float
    levels: tuple[tuple[str, str], ...]
    dimensions: tuple[Dimension, ...]
    note: tuple[str, str] = ("", "")

    def valid(self, day: date) -> bool:
        """Whether the version holds on a day; the last day counts."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def parse(given: Mapping[str, Any], file: str | None = None) -> tuple[Questionnaire, ...]:
    """The questionnaires of a plain mapping, as read from TOML or JSON.

    Raises Invalid rule_file.wrong with a finding for each thing that is wrong: entry, key, value.
    """
    reading = Reading("maturity", file)
    Entry(reading, given, "", ("questionnaire",))
    if "questionnaire" not in given:
        reading.wrong("missing", "", "questionnaire")
    found = tuple(_questionnaire(reading, one) for one in reading.entries(given, "questionnaire"))
    reading.finish()
    return found


def _questionnaire(reading: Reading, given: Mapping[str, Any]) -> Questionnaire:
    place = str(given.get("id", "?"))
    entry = Entry(reading, given, place, _QUESTIONNAIRE)
    begins, ends = entry.day("valid_from", required=True), entry.day("valid_to", required=False)
    if begins is not None and ends is not None and ends < begins:
        entry.wrong("order", "valid_to", ends, start=str(begins))
    dimensions = tuple(_dimension(reading, one, place) for one in reading.entries(given, "dimension", place))
    if not dimensions:
        entry.wrong("missing", "dimension")
    _once(entry, dimensions)
    unproven = entry.number("unproven_level", least=0)
    if unproven != int(unproven) or unproven > HIGHEST:
        entry.wrong("level", "unproven_level", unproven, most=HIGHEST)
    least = entry.number("least_answered", 0.5, least=0)
    if least > 1:
        entry.wrong("share", "least_answered", least)
    zh, en = entry.both()
    return Questionnaire(
        entry.text("id"), entry.text("version"), zh, en, begins or date.min, ends, entry.text("source", most=2_000),
        entry.flag("official", False), int(unproven), least, _levels(reading, given, place), dimensions,
        entry.both("note", required=False),
    )  # fmt: skip


def _once(entry: Entry, dimensions: tuple[Dimension, ...]) -> None:
    """An answer names its question alone, so no two questions share an id."""
    ids = [question.question_id for one in dimensions for question in one.questions]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        entry.wrong("twice", "question", name)


def _levels(reading: Reading, given: Mapping[str, Any], place: str) -> tuple[tuple[str, str], ...]:
    named = [Entry(reading, one, f"{place} / level {row}", ("zh", "en")).both()
             for row, one in enumerate(reading.entries(given, "level", place))]  # fmt: skip
    if len(named) != HIGHEST + 1:
        reading.wrong("levels", place, "level", len(named), most=HIGHEST + 1)
    return tuple(named)


def _dimension(reading: Reading, given: Mapping[str, Any], above: str) -> Dimension:
    place = f"{above} / {given.get('id', '?')}"
    entry = Entry(reading, given, place, _DIMENSION)
    questions = tuple(_question(reading, one, place) for one in reading.entries(given, "question", place))
    if not questions:
        entry.wrong("missing", "question")
    zh, en = entry.both()
    return Dimension(entry.text("id"), zh, en, _weight(entry), questions)


def _question(reading: Reading, given: Mapping[str, Any], above: str) -> Question:
    entry = Entry(reading, given, f"{above} / {given.get('id', '?')}", _QUESTION)
    zh, en = entry.both()
    return Question(entry.text("id"), zh, en, _weight(entry), _meanings(entry), entry.both("evidence"))


def _weight(entry: Entry) -> float:
    weight = entry.number("weight", 1.0)
    if weight <= 0:
        entry.wrong("weight", "weight", weight)
    return weight


def _meanings(entry: Entry) -> tuple[tuple[str, str], ...]:
    """What the levels of a question mean: two lists of five texts."""
    both = []
    for key in ("levels_zh", "levels_en"):
        value = entry.given.get(key)
        if value is None:
            entry.wrong("missing", key)
        elif not isinstance(value, list | tuple) or len(value) != HIGHEST + 1 or not all(
            isinstance(one, str) and one.strip() for one in value
        ):  # fmt: skip
            entry.wrong("levels", key, value, most=HIGHEST + 1)
        else:
            both.append(tuple(one.strip() for one in value))
    return tuple(zip(*both, strict=True)) if len(both) == 2 else ()
