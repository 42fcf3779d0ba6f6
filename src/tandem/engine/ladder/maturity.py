"""Digital maturity from an organisation's own answers: a level per dimension and overall, unproven answers capped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import TypeAlias

import polars as pl

from tandem.domain.region.maturity import HIGHEST, Dimension, Question, Questionnaire
from tandem.engine.ladder import facts as stating
from tandem.engine.ladder.facts import Fact

Years: TypeAlias = Mapping[str, Mapping[int, Fact]]
_NEARLY = 1e-9  # weights in binary must not take a level that decimal arithmetic gives


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the level stated, the level that counts, whether evidence was named."""

    question_id: str
    stated: int
    counted: int
    proven: bool


@dataclass(frozen=True, slots=True)
class DimensionState:
    """One dimension: the weighted mean of the levels that count; None where too little is answered.

    answered    the share of the weight that is answered
    unanswered  questions without an answer; wrong: questions whose answer is no level from 0 to 4
    """

    dimension_id: str
    mean: float | None
    answered: float
    answers: tuple[Answer, ...]
    unanswered: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def capped(self) -> tuple[str, ...]:
        """Questions whose answer counts for less than stated, because nothing proves it."""
        return tuple(one.question_id for one in self.answers if one.counted < one.stated)


@dataclass(frozen=True, slots=True)
class Maturity:
    """One organisation: the weighted mean over dimensions, and the whole level below it; None unless all have one."""

    organisation: str
    questionnaire_id: str
    version: str
    mean: float | None
    level: int | None
    dimensions: tuple[DimensionState, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """Organisations by level, always with what they are a part of.

    levels      organisations at each whole level, from 0
    assessed    with an overall level; answered: with an answer at least; registered: in the register, None if unknown
    """

    levels: tuple[int, ...]
    assessed: int
    answered: int
    registered: int | None


def assess(
    facts: pl.DataFrame, questionnaire: Questionnaire, until: int | None = None
) -> tuple[Maturity, ...]:
    """Every organisation that answers at least one question, in the order of the facts; the newest answer counts."""
    asked = {question.question_id for one in questionnaire.dimensions for question in one.questions}
    known = stating.stated(facts, until)
    return tuple(
        judge(organisation, years, questionnaire)
        for organisation, years in known.items()
        if asked & set(years)
    )


def judge(organisation: str, years: Years, questionnaire: Questionnaire) -> Maturity:
    """One organisation's answers (question -> year -> fact)."""
    dimensions = tuple(_dimension(one, years, questionnaire) for one in questionnaire.dimensions)
    means = [one.mean for one in dimensions]
    mean = None
    if all(one is not None for one in means):
        weights = [one.weight for one in questionnaire.dimensions]
        mean = sum(weight * (one or 0.0) for weight, one in zip(weights, means, strict=True)) / sum(weights)
    return Maturity(
        organisation,
        questionnaire.questionnaire_id,
        questionnaire.version,
        mean,
        None if mean is None else floor(mean + _NEARLY),
        dimensions,
    )


def count(found: Sequence[Maturity], registered: int | None) -> Count:
    """How many organisations stand at each level; registered: how many organisations the register holds."""
    levels = [one.level for one in found if one.level is not None]
    return Count(
        tuple(levels.count(level) for level in range(HIGHEST + 1)), len(levels), len(found), registered
    )


def _dimension(dimension: Dimension, years: Years, questionnaire: Questionnaire) -> DimensionState:
    answers, unanswered, wrong, weight, total = [], [], [], 0.0, 0.0
    for question in dimension.questions:
        facts = stating.newest(years.get(question.question_id, {}))
        if not facts:
            unanswered.append(question.question_id)
            continue
        answer = _answer(question, facts[0], questionnaire.unproven_level)
        if answer is None:
            wrong.append(question.question_id)
            continue
        answers.append(answer)
        weight += question.weight
        total += question.weight * answer.counted
    answered = weight / sum(one.weight for one in dimension.questions)
    enough = weight > 0 and answered >= questionnaire.least_answered
    mean = total / weight if enough else None
    return DimensionState(
        dimension.dimension_id, mean, answered, tuple(answers), tuple(unanswered), tuple(wrong)
    )


def _answer(question: Question, fact: Fact, unproven: int) -> Answer | None:
    value = fact.value
    if isinstance(value, str | bool) or value != int(value) or not 0 <= value <= HIGHEST:
        return None
    stated, proven = int(value), fact.evidence is not None
    return Answer(question.question_id, stated, stated if proven else min(stated, unproven), proven)
