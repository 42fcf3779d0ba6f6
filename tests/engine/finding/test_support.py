"""Which deliveries speak of what an offer states: by words in common, by translation, and by nothing else."""

from __future__ import annotations

from tandem.engine.finding import support
from tandem.engine.finding.ranking import Statistics

KNOWN = Statistics(100, 8.0, lambda word: {"检测": 60, "服务": 70}.get(word, 1))


def test_what_the_shorter_says_stands_in_the_longer():
    """A title and a long report of the same, whichever of them is the offer."""
    short, long = "谐波减速器寿命测试", "为机器人厂完成谐波减速器寿命测试，连续两千小时，出具第三方检测报告。"
    ((one,),) = support.supports([short], [long], KNOWN)
    ((other,),) = support.supports([long], [short], KNOWN)
    assert one == other
    assert one[0] == 0
    assert one[1] > 0.9


def test_common_words_alone_are_no_evidence():
    """Two services that share only what everybody says."""
    assert support.supports(["食品微生物检测服务"], ["海缆敷设检测服务"], KNOWN) == [[]]


def test_the_other_language_counts():
    """An offer in Chinese and a delivery in English of the same thing; one of something else does not."""
    found = support.supports(
        ["叶片疲劳测试"], ["fatigue testing of wind turbine blades", "port logistics for furniture"], KNOWN
    )
    assert [place for place, _ in found[0]] == [0]


def test_texts_of_hardly_any_words_tell_nothing():
    """A single word is in half of all texts."""
    assert support.supports(["检测"], ["检测"], KNOWN) == [[]]


def test_the_nearest_come_first_and_the_same_input_gives_the_same():
    """Sorted by support; equal ones as they were given."""
    offers, made = ["注塑模具流动分析"], ["减速器寿命测试与模具改模", "注塑模具流动分析", "注塑模具流动分析"]
    found = support.supports(offers, made, KNOWN)
    assert found == support.supports(offers, made, KNOWN)
    assert [place for place, _ in found[0]][:2] == [1, 2]
    assert found[0][0][1] == found[0][1][1] == 1.0
