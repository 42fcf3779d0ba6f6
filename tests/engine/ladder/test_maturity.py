"""Self-assessed maturity: weighted means, capped without evidence, silent where too little is answered."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from tandem.domain.region import maturity as rules
from tandem.engine.ladder import maturity

SHIPPED = Path(__file__).resolve().parents[3] / "examples" / "register" / "maturity.toml"
(QUESTIONNAIRE,) = rules.parse(tomllib.loads(SHIPPED.read_text("utf-8")))
QUESTIONS = [question.question_id for one in QUESTIONNAIRE.dimensions for question in one.questions]


def answers(
    levels: dict[str, object], evidence: str | None = "record", organisation: str = "O1"
) -> pl.DataFrame:
    return pl.DataFrame(
        [{"organisation": organisation, "criterion": name, "value": str(level), "year": "2026", "evidence": evidence}
         for name, level in levels.items()],
        schema=dict.fromkeys(("organisation", "criterion", "value", "year", "evidence"), pl.String),
    )  # fmt: skip


def test_the_same_level_everywhere_is_that_level():
    """Weights cannot move what all answers agree on."""
    for level in range(5):
        (found,) = maturity.assess(answers(dict.fromkeys(QUESTIONS, level)), QUESTIONNAIRE)
        assert (found.level, found.mean) == (level, pytest.approx(level))


def test_weights_count_dimensions():
    """Production at 4 with weight 1.5, the other three at 2 with weight 1: (6 + 6) / 4.5 = 2.67, level 2."""
    production = {question.question_id for question in QUESTIONNAIRE.dimensions[1].questions}
    (found,) = maturity.assess(
        answers({name: 4 if name in production else 2 for name in QUESTIONS}), QUESTIONNAIRE
    )
    assert found.mean == pytest.approx(12 / 4.5)
    assert found.level == 2


def test_answers_without_evidence_are_capped_and_told():
    """Level 4 everywhere with nothing to prove it counts as the questionnaire's cap, and every such answer is named."""
    (found,) = maturity.assess(answers(dict.fromkeys(QUESTIONS, 4), evidence=None), QUESTIONNAIRE)
    assert found.level == QUESTIONNAIRE.unproven_level == 1
    assert [name for one in found.dimensions for name in one.capped] == QUESTIONS
    (low,) = maturity.assess(answers(dict.fromkeys(QUESTIONS, 1), evidence=None), QUESTIONNAIRE)
    assert not [name for one in low.dimensions for name in one.capped]


def test_too_little_answered_gives_no_level():
    """One of three questions is below one half: neither the dimension nor the whole has a level; the gaps are named."""
    first = [question.question_id for question in QUESTIONNAIRE.dimensions[0].questions]
    (found,) = maturity.assess(answers(dict.fromkeys(set(QUESTIONS) - set(first[1:]), 3)), QUESTIONNAIRE)
    assert (found.level, found.mean, found.dimensions[0].mean) == (None, None, None)
    assert found.dimensions[0].unanswered == tuple(first[1:])
    assert found.dimensions[1].mean == 3


def test_an_answer_that_is_no_level():
    """5, yes, and a half are set aside by name; they are neither zero nor an error."""
    first = [question.question_id for question in QUESTIONNAIRE.dimensions[0].questions]
    given = {**dict.fromkeys(QUESTIONS, 2), **dict(zip(first, (5, "yes", 1.5), strict=True))}
    (found,) = maturity.assess(answers(given), QUESTIONNAIRE)
    assert found.dimensions[0].wrong == tuple(first)
    assert found.level is None


def test_counts_come_with_their_base():
    """Two assessed of three that answered, of 444 registered."""
    table = pl.concat([
        answers(dict.fromkeys(QUESTIONS, 2), organisation="A"),
        answers(dict.fromkeys(QUESTIONS, 3), organisation="B"),
        answers({QUESTIONS[0]: 4}, organisation="C"),
    ])  # fmt: skip
    counted = maturity.count(maturity.assess(table, QUESTIONNAIRE), 444)
    assert (counted.levels, counted.assessed, counted.answered, counted.registered) == (
        (0, 0, 1, 1, 0),
        2,
        3,
        444,
    )
