"""Ladder files: everything wrong is told with its place, and versions hold on their days."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest

from tandem.base.errors import Invalid
from tandem.domain.region import ladder
from tandem.domain.region.ladder import AllOf, AnyOf, Band

GOOD = {
    "id": "sme",
    "version": "1",
    "zh": "阶梯",
    "en": "ladder",
    "valid_from": date(2022, 8, 1),
    "source": "made up",
    "field": [
        {"id": "years", "zh": "年数", "en": "years", "unit": "year"},
        {"id": "revenue", "zh": "收入", "en": "revenue", "unit": "yuan"},
    ],
    "rung": [
        {
            "id": "first",
            "zh": "一级",
            "en": "first",
            "criterion": [
                {"id": "old", "zh": "年数", "en": "years", "field": "years", "operator": ">=", "value": 3}
            ],
        }
    ],
}


def with_criterion(**changes):
    """The good ladder with other keys in its one criterion; None takes a key out."""
    made = deepcopy(GOOD)
    criterion = made["rung"][0]["criterion"][0]
    criterion.update(changes)
    made["rung"][0]["criterion"][0] = {key: value for key, value in criterion.items() if value is not None}
    return made


def test_a_good_file_becomes_records():
    """Conditions, bands and alternatives arrive as written; evidence is asked for unless the file says not."""
    bands = [{"to": 5, "value": 2}, {"from": 5, "value": 1}]
    made = with_criterion(
        field=None, operator=None, value=None, evidence=False,
        any_of=[
            {"field": "years", "operator": ">=", "by": "revenue", "bands": bands},
            {"all_of": [{"field": "revenue", "operator": "between", "value": [1, 9]}]},
        ],
    )  # fmt: skip
    (found,) = ladder.parse({"ladder": [made]})
    (criterion,) = found.rungs[0].criteria
    inf = float("inf")
    assert criterion.condition == AnyOf(
        (
            ladder.Test("years", ">=", (), 1, "revenue", (Band(-inf, 5.0, 2.0), Band(5.0, inf, 1.0))),
            AllOf((ladder.Test("revenue", "between", (1.0, 9.0)),)),
        )
    )
    assert ladder.fields(criterion.condition) == ("revenue", "years")
    assert not criterion.evidence
    assert ladder.parse({"ladder": [GOOD]})[0].rungs[0].criteria[0].evidence


WRONG = {
    "no operator": ({"operator": None}, "missing", "operator"),
    "an unknown operator": ({"operator": "about"}, "choice", "operator"),
    "a word for a number": ({"value": "three"}, "number", "value"),
    "no value": ({"value": None}, "missing", "value"),
    "a list for one value": ({"value": [1, 2]}, "number", "value"),
    "one value for a list": ({"operator": "in"}, "values", "value"),
    "a range upside down": ({"operator": "between", "value": [3, 1]}, "between", "value"),
    "not a number at all": ({"value": float("nan")}, "number", "value"),
    "a field without words": ({"field": "age"}, "field", "field"),
    "an unknown key": ({"colour": "red"}, "key", "colour"),
    "two conditions in one": ({"any_of": []}, "one_of", None),
    "no Chinese": ({"zh": None}, "missing", "zh"),
    "half a year": ({"years": 1.5}, "years", "years"),
    "evidence in words": ({"evidence": "yes"}, "flag", "evidence"),
    "a value beside bands": ({"by": "revenue", "bands": [{"value": 1}]}, "bands_value", "value"),
    "bands that overlap": (
        {"value": None, "by": "revenue", "bands": [{"to": 5, "value": 1}, {"from": 4, "value": 1}]}, "band", "from",
    ),
    "bands for an equality": ({"operator": "==", "value": None, "by": "revenue", "bands": [{"value": 1}]},
                              "bands_operator", "operator"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case):
    """Key, reason and place of each mistake in a criterion."""
    changes, code, key = WRONG[case]
    with pytest.raises(Invalid, match=r"rule_file\.wrong") as caught:
        ladder.parse({"ladder": [with_criterion(**changes)]}, "ladder.toml")
    found = [(one.code, one.column) for one in caught.value.findings]
    assert (f"rule_file.{code}", key) in found
    assert all(one.file == "ladder.toml" and one.sheet.startswith("sme") for one in caught.value.findings)


def test_everything_wrong_is_told_at_once():
    """Two mistakes in two places are two findings; a file of something else says what is missing."""
    made = with_criterion(operator="about")
    made["valid_from"] = "soon"
    with pytest.raises(Invalid) as caught:
        ladder.parse({"ladder": [made]})
    assert {one.code for one in caught.value.findings} == {"rule_file.choice", "rule_file.date"}
    with pytest.raises(Invalid) as caught:
        ladder.parse({"rule": []})
    assert {one.code for one in caught.value.findings} == {"rule_file.key", "rule_file.missing"}


def test_conditions_end_somewhere():
    """A file that nests conditions without end is refused, not followed."""
    condition = {"field": "years", "operator": ">=", "value": 1}
    for _ in range(50):
        condition = {"any_of": [condition]}
    made = with_criterion(field=None, operator=None, value=None, **condition)
    with pytest.raises(Invalid) as caught:
        ladder.parse({"ladder": [made]})
    assert "rule_file.deep" in {one.code for one in caught.value.findings}


def test_versions_hold_on_their_days():
    """Of two versions the one valid on the day is used, both ends included; before the first there is none."""
    old = {**deepcopy(GOOD), "valid_to": date(2023, 12, 31)}
    new = {**deepcopy(GOOD), "version": "2", "valid_from": date(2023, 7, 1)}
    both = ladder.parse({"ladder": [new, old]})
    days = {day: [one.version for one in ladder.valid_on(both, date.fromisoformat(day))]
            for day in ("2022-07-31", "2022-08-01", "2023-07-01", "2023-12-31", "2030-01-01")}  # fmt: skip
    assert list(days.values()) == [[], ["1"], ["2"], ["2"], ["2"]]


def test_one_version_stands_once():
    """Two ladders of one id and version cannot both hold."""
    with pytest.raises(Invalid) as caught:
        ladder.parse({"ladder": [GOOD, GOOD]})
    assert [one.code for one in caught.value.findings] == ["rule_file.twice"]
