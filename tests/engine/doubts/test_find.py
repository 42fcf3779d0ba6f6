"""The finder as a whole: the programme's figures, planted and consistent registers, what must not matter."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.doubts.planted import consistent, planted

from tandem.base import words
from tandem.engine.doubts.find import RULES, DoubtSettings, find_doubts
from tandem.engine.figures.frame import frame

ROOT = Path(__file__).resolve().parents[3]
PROGRAMME = {
    ("conflict", ("F036", "F037", "F001")),
    ("denominator_missing", ("F031", "F051")),
    ("denominator_missing", ("F032", "F053")),
    ("classes_overlap", ("F060", "F046")),
    ("base_implied", ("F063", "F064")),
}
CHINESE = [
    ("F001", "地区生产总值", "14.58", "万亿元", "广东"),
    ("F031", "广东工业机器人", "1/3", "份额（基数未说明）", "广东"),
    ("F032", "广东服务机器人", "1/8", "份额（基数未说明）", "广东"),
    ("F036", "研发经费支出", "5350", "亿元", "广东"),
    ("F037", "研发投入强度", "3.6", "占GDP比重%", "广东"),
    ("F046", "先进制造业增加值占规上工业增加值比重", ">50", "%", "广东"),
    ("F051", "工业机器人产量占全国比重", "40", "%", "广东"),
    ("F053", "服务机器人产量占全国比重", "80", "%", "广东"),
    ("F060", "传统制造业占规模以上增加值的比重", ">70", "%", "广东"),
    ("F063", "完成数字化转型的规上工业企业", ">44000", "家", "广东"),
    ("F064", "规上工业企业数字化转型比例", "60", "%", "广东"),
]


def programme() -> pl.DataFrame:
    file = ROOT / "examples" / "register" / "figures.csv"
    if not file.exists():
        pytest.skip("needs the register that ships with the project")
    with file.open(encoding="utf-8") as lines:
        return frame(csv.DictReader(lines))


def told(figures, *tables):
    return {(one.kind, one.figures) for one in find_doubts(figures, *tables)}


def test_the_programme_holds_one_mismatch_and_four_that_need_a_definition():
    """Unaided and with its notes taken away: these five, each in its class, and nothing else."""
    figures = programme()
    assert told(figures) == PROGRAMME
    assert told(figures.with_columns(note=pl.lit(None, pl.String))) == PROGRAMME


def test_the_same_in_chinese():
    """The same figures under Chinese names and units give the same doubts."""
    rows = [
        {"id": a, "indicator": b, "value": c, "unit": d, "period": "2025", "geography": e}
        for a, b, c, d, e in CHINESE
    ]
    found = {(kind, frozenset(ids)) for kind, ids in told(frame(rows))}
    assert found == {
        (kind, frozenset(ids)) for kind, ids in PROGRAMME - {("conflict", ("F036", "F037", "F001"))}
    } | {("conflict", frozenset(("F036", "F037", "F001")))}


def test_the_mismatch_says_what_would_explain_it():
    """535 / 14,580 = 3.67 % beside 3.6 %: cut off, or a base of 14.9 trillion; the implied base is about 73,000."""
    by_rule = {one.rule: one for one in find_doubts(programme())}
    assert by_rule["ratio_cut_off"].params["computed"] == "3.67 %"
    assert "14.9 trillion CNY" in words.say("doubt.ratio_cut_off", "en", **by_rule["ratio_cut_off"].params)
    assert "73,000 enterprises" in words.say("doubt.base_implied", "en", **by_rule["base_implied"].params)


def test_every_rule_has_its_sentence():
    """Each rule has words in both languages."""
    assert all(words.has(f"doubt.{rule}") for rule in RULES)


@pytest.mark.parametrize("each", planted("dev"), ids=lambda each: each.register.name)
def test_planted_doubts_are_found(each):
    """Every planted doubt is found in its class, and nothing besides."""
    missed, besides = each.judge(find_doubts(frame(each.register.rows)))
    assert [want.why for want in missed] == []
    assert besides == []


@pytest.mark.parametrize(("part", "least"), [("held", 59), ("second", 72), ("third", 30)])
def test_planted_doubts_of_other_wording(part, least):
    """Of 70, 72 and 31 doubts in registers of other authors at least so many are found, and nothing besides."""
    judged = [(each, each.judge(find_doubts(frame(each.register.rows)))) for each in planted(part)]
    assert sum(len(each.expected) - len(missed) for each, (missed, _) in judged) >= least
    assert [one for _, (_, besides) in judged for one in besides] == []


@pytest.mark.parametrize("register", consistent(), ids=lambda each: each.name)
def test_consistent_registers_raise_no_doubt(register):
    """What fits together is left alone."""
    assert find_doubts(frame(register.rows)) == ()


CONSISTENT = {each.name: frame(each.rows) for each in consistent()}
PLANTED = {each.register.name: frame(each.register.rows) for each in planted("dev")}


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(sorted(CONSISTENT)), st.sampled_from([0.01, 7.0, 1e4]))
def test_scaling_all_money_creates_no_doubt(name, factor):
    """A consistent register stays consistent in another unit of money."""
    figures = CONSISTENT[name]
    is_money = pl.col("dimension").is_in(["money", "ratio"]) & pl.col("currency").is_not_null()
    scaled = figures.with_columns(
        pl.when(is_money).then(pl.col(column) * factor).otherwise(pl.col(column))
        for column in ("lower", "upper", "half")
    )
    assert [one for one in find_doubts(scaled) if one.rule not in ("growth_gap",)] == []


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(sorted(PLANTED)), st.integers(0, 2**31))
def test_the_order_of_rows_tells_nothing(name, seed):
    """Rows in any order, and the same rows twice asked, give the same doubts with the same sentences."""
    figures = PLANTED[name]
    if "vintage" in figures.columns and figures["vintage"].null_count() < figures.height:
        figures = figures.filter(
            pl.col("vintage").is_null()
        )  # order of publication may lie in the order of rows
    mixed = figures[np.random.default_rng(seed).permutation(figures.height)]
    assert find_doubts(mixed) == find_doubts(figures) == find_doubts(figures)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(sorted(CONSISTENT)),
    st.floats(1, 1e9),
    st.sampled_from(["pieces of amber", "大象", "kites"]),
)
def test_an_unrelated_figure_creates_no_doubt(name, value, thing):
    """A figure of something else, of the same year and place, changes nothing."""
    figures = CONSISTENT[name]
    row = {"id": "UNRELATED", "indicator": f"Museum {thing}", "value": f"{value:.0f}", "unit": thing, "source": "s",
           "period": "2025", "geography": figures["geography"][0]}  # fmt: skip
    assert find_doubts(pl.concat([figures, frame([row])], how="diagonal")) == ()


def test_large_consistent_panels_are_silent_and_the_input_is_unchanged():
    """200 indicators x 10 years x 30 places of growing levels: no doubt, and the frame is as it was."""
    rows = [
        {"id": f"{i}-{y}-{g}", "indicator": f"{chr(97 + i % 26)}{i} goods revenue",
         "value": f"{100 * 1.05**y * (1 + g):.1f}",
         "unit": "billion CNY", "period": str(2016 + y), "geography": f"Place {g}", "source": "s"}
        for i in range(200) for y in range(10) for g in range(30)
    ]  # fmt: skip
    figures = frame(rows)
    before = figures.clone()
    assert find_doubts(figures) == ()
    assert figures.equals(before)


def test_an_empty_register_has_no_doubts():
    """No figures, no doubts."""
    assert find_doubts(frame([])) == ()
    assert find_doubts(frame([]), None, None, DoubtSettings(as_of=2026)) == ()
