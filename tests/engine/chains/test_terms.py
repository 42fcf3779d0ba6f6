"""Terms are found where they stand, in both scripts and languages, and not where only letters agree."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.chains import terms


def found(text: str, *asked: str) -> list[str]:
    hits = terms.find(pl.Series([text]), asked)
    return [asked[term] for term in sorted(set(hits["term"]))]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("諧波減速機與諧波減速器定製", "谐波减速器"),  # traditional characters
        ("８Ｋ　摄像机", "8K摄像机"),  # full width
        ("两台8K 摄像机", "8k摄像机"),
        ("Set-top boxes for hotels", "set-top box"),
        ("frameless MOTORS, 50 mm", "frameless motor"),
        ("LiDAR batteries", "lidar battery"),
        ("force/torque sensors", "force torque sensor"),
        ("支持 HDMI 线缆", "HDMI线"),
        ("伺服电机与驱动", "伺服电机"),
    ],
)
def test_it_stands_there(text, term):
    """Script, width, case, blanks, hyphens and the plural do not hide a term."""
    assert found(text, term) == [term]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("OLED屏与支架", "LED屏"),  # part of a longer Latin word
        ("motion control of arms", "motion controller"),  # another word of one stem
        ("camera modules", "camera module board"),
        ("飞控、航电", "飞控航电"),  # a comma between
        ("vision, inspection", "vision inspection"),
        ("the visionary inspection", "vision inspection"),
        ("modules of a camera", "camera module"),
    ],
)
def test_it_does_not_stand_there(text, term):
    """Letters inside other words, other words of a stem, another order and two parts of a sentence are no hit."""
    assert found(text, term) == []


def test_each_place_comes_with_what_stands_around_it():
    """before and after hold the rest of the same part of the sentence, in normal form."""
    hits = terms.find(
        pl.Series([None, "低温型，适配人形机器人的谐波减速器定制；谐波减速器。"]), ["谐波减速器"]
    )
    assert hits.rows() == [(1, 0, "适配人形机器人的", "定制"), (1, 0, "", "")]


def test_nothing_asked_or_nothing_to_read_is_no_hit():
    """No terms, blank terms and no texts give empty frames with their columns."""
    for texts, asked in (([], ["机巢"]), (["机巢"], []), (["机巢"], [" "]), ([None], ["机巢"])):
        assert terms.find(pl.Series(texts, dtype=pl.String), asked).shape == (0, 4)
        assert terms.mentions(pl.Series(texts, dtype=pl.String), asked).shape == (0, 2)


HAN = st.text("机电控视频飞网", max_size=12)


@given(
    st.lists(HAN, max_size=8),
    st.lists(st.text("机电控视频飞网", min_size=2, max_size=4), max_size=6, unique=True),
)
def test_chinese_terms_are_found_as_a_plain_search_finds_them(texts, asked):
    """Against Python's own substring search: the same (text, term) pairs, and one hit for each place."""
    pairs = {(row, term) for row, text in enumerate(texts) for term, one in enumerate(asked) if one in text}
    series = pl.Series(texts, dtype=pl.String)
    assert set(terms.mentions(series, asked).rows()) == pairs
    assert set(terms.find(series, asked).select("row", "term").rows()) == pairs


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("box", "boxes"),
        ("lens", "lenses"),
        ("battery", "batteries"),
        ("case", "cases"),
        ("agv", "agvs"),
        ("bus", "buses"),
    ],
)
def test_singular_and_plural_meet(one, many):
    """Whichever of the two is asked for, both are met."""
    assert {one, many} <= set(terms.numbers(one))
    assert found(f"new {one} here", many) == ([many] if len(many) > 4 else [])
    assert found(f"new {many} here", one) == [one]


WORDS = st.lists(st.sampled_from(["lens", "lenses", "camera", "cameras", "drive", "of"]), max_size=7)


@given(st.lists(WORDS, max_size=6), st.lists(WORDS.filter(bool), min_size=1, max_size=4))
def test_english_terms_are_found_as_a_walk_over_words_finds_them(texts, asked):
    """Against a walk over words: a term is found where its words stand one after another, the last in either number."""
    singular = {"lenses": "lens", "cameras": "camera"}

    def runs(text: list[str], term: list[str]) -> bool:
        spans = (text[i : i + len(term)] for i in range(len(text) - len(term) + 1))
        return any(
            span[:-1] == term[:-1] and singular.get(span[-1], span[-1]) == singular.get(term[-1], term[-1])
            for span in spans
        )

    pairs = {(row, no) for row, text in enumerate(texts) for no, term in enumerate(asked) if runs(text, term)}
    series = pl.Series([" ".join(text) for text in texts], dtype=pl.String)
    assert set(terms.mentions(series, [" ".join(term) for term in asked]).rows()) == pairs
