"""Translation: whole terms, shares that add up, scores against the definition, both directions."""

from math import log1p, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.engine.language import industry, text
from tandem.engine.matching import translate
from tandem.engine.matching.translate import Group, Translation
from tandem.engine.search import postings, tokens
from tandem.engine.search.postings import Bm25

ENGLISH = [
    ("Harmonic reducer", "speed reducer for robot joints, strain wave gear"),
    ("Servo motor", "servo drives and motors with encoder"),
    ("Wind turbine blades", "inspection of blades for offshore wind"),
    ("Bonded warehouse", "customs clearance and cold chain logistics"),
    ("Arbitration", "dispute resolution for trade contracts"),
    (None, None),
]
CHINESE = [
    ("谐波减速器", "机器人关节用"),
    ("伺服电机", "驱动与编码器"),
    ("风机叶片", "海上风电叶片检测"),
    ("保税仓库", "报关与冷链物流"),
    ("仲裁", "贸易合同争议解决"),
]


@pytest.fixture(scope="module")
def english():
    return postings.build(tokens.read(ENGLISH))


@pytest.fixture(scope="module")
def chinese():
    return postings.build(tokens.read(CHINESE))


def by_source(need, into="en"):
    return {group.source: group for group in translate.translate(text.terms(need, None), into).groups}


def test_a_term_is_not_glossed_word_by_word():
    """减速器 and the pair 谐波 减速器 are one word each, with the English of the list."""
    assert "reduc" in by_source("减速器")["减速器"].targets
    whole = by_source("谐波减速器")
    assert list(whole) == ["谐波减速器"]
    assert "harmon reduc" in whole["谐波减速器"].targets
    assert whole["谐波减速器"].shown["harmon reduc"] == "harmonic reducer"


def test_shares_add_up_to_one():
    """Whatever the number of glosses, a word is worth as much as any other."""
    for group in by_source("开发伺服电机的智能制造软件，进行实时标定").values():
        assert sum(group.targets.values()) == pytest.approx(1.0)
        assert set(group.shown) == set(group.targets)


def test_a_repeated_word_weighs_the_root_of_its_count():
    """A title counts twice: weight sqrt 2."""
    (group,) = translate.translate({"仲裁": 2}, "en").groups
    assert group.weight == pytest.approx(sqrt(2))


def test_latin_words_stay_and_weigh_more():
    """Names and standards are kept as they are when the target is English."""
    group = by_source("支持AVS3的机顶盒")["avs3"]
    assert group.targets == {"avs3": 1.0}
    assert group.weight > by_source("机顶盒")["机顶盒"].weight


def test_unknown_words_are_cut_into_known_ones_or_named():
    """A name that no list holds is not guessed; a long word is read by its parts, which weigh less."""
    parts = translate.translate({"轴承齿轮仪": 1.0}, "en").groups
    assert [group.source for group in parts] == ["轴承", "齿轮"]
    assert all(group.weight < 1 for group in parts)
    assert translate.translate({"囧囧": 1.0}, "en").unknown == ("囧囧",)


@pytest.mark.parametrize("place", range(5))
def test_each_need_finds_its_counterpart_both_ways(place, english, chinese):
    """The five hand-written pairs find each other on rank 1 in both directions."""
    there = translate.score(english, translate.translate(text.terms(*CHINESE[place]), "en"))
    back = translate.score(chinese, translate.translate(text.terms(*ENGLISH[place]), "zh"))
    assert int(there.argmax()) == place
    assert int(back.argmax()) == place


def test_traditional_and_simplified_needs_score_alike(english):
    """The same need in both scripts: the same bits."""
    one = translate.translate(text.terms("諧波減速機與伺服馬達", None), "en")
    other = translate.translate(text.terms("谐波减速器与伺服电机", None), "en")
    assert translate.score(english, one).tolist() == translate.score(english, other).tolist()


def defined(documents, translation, how):
    """The score by its definition, document by document."""
    counts = [text.terms(title, body) for title, body in documents]
    lengths = [sum(own.values()) for own in counts]
    present = [length for length in lengths if length]
    mean = sum(present) / len(present)
    total = np.zeros(len(documents))
    for group in translation.groups:
        known = {t: s for t, s in group.targets.items() if any(t in own for own in counts)}
        if not known:
            continue
        shares = {t: s / sum(known.values()) for t, s in known.items()}
        df = sum(s * sum(t in own for own in counts) for t, s in shares.items())
        idf = log1p((len(present) - df + 0.5) / (df + 0.5)) ** how.idf_power
        for d, own in enumerate(counts):
            tf = sum(s * own.get(t, 0) for t, s in shares.items())
            norm = how.k1 * (1 - how.b + how.b * lengths[d] / mean)
            total[d] += group.weight * idf * tf * (how.k1 + 1) / (tf + norm) if tf else 0.0
    return total


TERMS = st.sampled_from(
    ["reduc", "speed reduc", "servo", "motor", "servo motor", "blade", "nowher", "warehous"]
)
GROUPS = st.lists(
    st.builds(
        lambda source, weight, targets: Group(source, weight, targets, {t: t for t in targets}),
        st.sampled_from("甲乙丙"),
        st.floats(0.1, 3),
        st.dictionaries(TERMS, st.floats(0.01, 1), min_size=1, max_size=5),
    ),
    max_size=5,
).map(lambda groups: Translation(tuple(groups)))
HOWS = st.builds(
    Bm25, st.sampled_from([0.4, 0.8, 1.2]), st.sampled_from([0.0, 0.5, 0.95]), st.sampled_from([0.8, 1.0])
)


@given(GROUPS, HOWS)
@settings(deadline=None)
def test_scores_follow_the_definition(translation, how):
    """Scores over arrays equal the formula worked out with dictionaries, for any groups and parameters."""
    found = translate.score(postings.build(tokens.read(ENGLISH)), translation, how)
    assert found == pytest.approx(defined(ENGLISH, translation, how))


@given(GROUPS)
@settings(deadline=None)
def test_contributions_add_up_to_the_score(translation):
    """What the pairs of words add is the score, document by document."""
    english = postings.build(tokens.read(ENGLISH))
    docs = np.arange(len(ENGLISH))
    pairs, parts = translate.contributions(english, translation, docs)
    assert parts.shape == (len(docs), len(pairs))
    assert parts.sum(axis=1) == pytest.approx(translate.score(english, translation))


def test_pairs_show_the_word_and_its_translation(english):
    """The reason for a hit reads 谐波减速器 -> harmonic reducer, not stems."""
    asked = translate.translate(text.terms("谐波减速器", None), "en")
    pairs, parts = translate.contributions(english, asked, np.array([0]))
    assert ("谐波减速器", "harmonic reducer") in pairs
    assert parts[0, pairs.index(("谐波减速器", "harmonic reducer"))] > 0


def test_nothing_to_translate_scores_nothing(english):
    """An empty need, or one in words that nobody knows, gives zeros."""
    assert not translate.score(english, translate.translate({}, "en")).any()
    assert not translate.score(english, translate.translate({"囧囧": 1.0}, "en")).any()
    assert translate.contributions(english, Translation(()), np.array([0, 1]))[1].shape == (2, 0)


def test_every_term_of_the_list_translates_to_its_english():
    """Each term of our list, asked alone, gives stems of its first English form."""
    for term, meanings in industry.terms().english.items():
        targets = {t for group in by_source(term).values() for t in group.targets}
        assert set(text.tokens(meanings[0])) <= targets or term in ("支持",), term


@pytest.mark.parametrize(
    ("source", "met", "told"),
    [
        ("补偿", "up", None),  # out of "make up"
        ("热", "heat", None),  # one character has many meanings
        ("冷链", "cold", None),  # a part of "cold chain"
        ("补偿", "compensate", ("补偿", "compensate")),
        ("主轴", "main shaft", ("主轴", "main shaft")),
        ("tape out", "流片", ("tape-out", "流片")),
    ],
)
def test_told_are_whole_meanings_alone(source, met, told):
    """What a reader is told of met words is a whole term with a whole meaning, written out; else nothing."""
    assert translate.readable(source, met) == told
