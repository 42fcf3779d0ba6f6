"""Questionnaires: five levels each, weights above zero, and everything wrong told with its place."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tandem.base.errors import Invalid
from tandem.domain.region import maturity

FIVE_ZH, FIVE_EN = ["零", "一", "二", "三", "四"], ["nil", "one", "two", "three", "four"]
GOOD = {
    "id": "digital",
    "version": "1",
    "zh": "问卷",
    "en": "questionnaire",
    "valid_from": "2026-01-01",
    "source": "made up",
    "unproven_level": 1,
    "level": [{"zh": zh, "en": en} for zh, en in zip(FIVE_ZH, FIVE_EN, strict=True)],
    "dimension": [
        {
            "id": "d",
            "zh": "维度",
            "en": "dimension",
            "weight": 2,
            "question": [
                {
                    "id": "q",
                    "zh": "问",
                    "en": "question",
                    "levels_zh": FIVE_ZH,
                    "levels_en": FIVE_EN,
                    "evidence_zh": "文件",
                    "evidence_en": "document",
                }
            ],
        }
    ],
}


def test_a_good_file_becomes_records():
    """Words of every level stay in pairs; half of a dimension must be answered unless the file says otherwise."""
    (found,) = maturity.parse({"questionnaire": [GOOD]})
    assert found.levels[4] == ("四", "four")
    assert found.dimensions[0].questions[0].levels[2] == ("二", "two")
    assert (found.least_answered, found.dimensions[0].weight) == (0.5, 2.0)


def changed(where: str, key: str, value: object) -> dict:
    made = deepcopy(GOOD)
    place = {"top": made, "dimension": made["dimension"][0], "question": made["dimension"][0]["question"][0]}
    place[where][key] = value
    return made


WRONG = {
    "a level beyond the highest": ("top", "unproven_level", 5, "level"),
    "half a level": ("top", "unproven_level", 1.5, "level"),
    "more than everything answered": ("top", "least_answered", 1.2, "share"),
    "four levels": ("top", "level", GOOD["level"][:4], "levels"),
    "no dimension": ("top", "dimension", [], "missing"),
    "a weight of nothing": ("dimension", "weight", 0, "weight"),
    "four meanings": ("question", "levels_zh", FIVE_ZH[:4], "levels"),
    "no evidence named": ("question", "evidence_en", "", "text"),
    "one question twice": ("dimension", "question", GOOD["dimension"][0]["question"] * 2, "twice"),
    "an end before the beginning": ("top", "valid_to", "2025-12-31", "order"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case):
    """The reason stands beside the key."""
    where, key, value, code = WRONG[case]
    with pytest.raises(Invalid) as caught:
        maturity.parse({"questionnaire": [changed(where, key, value)]})
    assert (f"rule_file.{code}", key) in {(one.code, one.column) for one in caught.value.findings}
