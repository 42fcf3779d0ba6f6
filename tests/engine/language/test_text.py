"""One analysis: both scripts give the same tokens, terms of the trade stay whole, English is left as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.language import industry, script, text

SAME = [
    ("智慧製造軟體與伺服馬達", "智能制造软件与伺服电机"),
    ("碳化矽晶圓的微影設備", "碳化硅晶圆的光刻机"),
    ("無人機適航認證與品質管制", "无人机适航认证与质量控制"),
    ("保稅倉庫、冷鏈物流及報關服務", "保税仓库、冷链物流及报关服务"),
    ("伺服器與網路資訊安全", "服务器与网络信息安全"),
    ("積體電路封裝用的電漿清洗", "集成电路封装用的电浆清洗"),
    ("程式與晶片", "程序与芯片"),
]


@pytest.mark.parametrize(("traditional", "mainland"), SAME)
def test_both_scripts_give_the_same_tokens(traditional, mainland):
    """A need written in Hong Kong or Taiwan is found by the words of a mainland offer, and the other way round."""
    assert text.tokens(traditional) == text.tokens(mainland)


@pytest.mark.parametrize(
    "mainland", ["著名品牌", "乾隆年间", "核心指标与机床行程", "桌布", "软体机器人", "系统校正"]
)
def test_simplified_text_passes_unchanged(mainland):
    """Characters and words that mainland text uses too are not touched in mainland text."""
    assert script.simplified(mainland) == mainland


@given(st.text(alphabet="軟體伺服馬達减速器的製造與标定碳化矽abc ", max_size=30))
def test_simplifying_twice_changes_nothing(sentence):
    """What has been made simplified stays as it is."""
    once = script.simplified(sentence)
    assert script.simplified(once) == once


def test_a_term_is_one_token_or_two_words():
    """No term of the list falls into single characters or into three pieces, so that translation can see it whole."""
    pieces = {term: text.cut(term) for term in industry.terms().english}
    assert {
        term: cut
        for term, cut in pieces.items()
        if len(cut) > 2 or (len(cut) == 2 and min(map(len, cut)) < 2)
    } == {}


def test_the_longer_term_is_met_by_the_shorter():
    """A search for 减速器 meets 谐波减速器, and the pair says more than the word."""
    found = text.terms("谐波减速器", None)
    assert "减速器" in found
    assert "谐波 减速器" in found


def test_english_is_lower_cased_stemmed_and_without_stop_words():
    """English keeps its analysis: no stop words, Snowball stems, words of two letters or more."""
    assert text.tokens("The Servo Motors of a CNC machine") == ["servo", "motor", "cnc", "machin"]


def test_mixed_text_keeps_the_order_of_both_languages():
    """Latin words inside Chinese stay where they stand."""
    assert text.tokens("采用SiC的逆变器") == ["采用", "sic", "逆变器"]


def test_the_title_counts_twice():
    """Terms of the title weigh twice those of the text; no pair reaches from one into the other."""
    assert text.terms("gear", "gear box") == {"gear": 3, "box": 1, "gear box": 1}


@pytest.mark.parametrize("nothing", ["", "的", "，。", "a", "\x00", "𠀀"])
def test_text_without_words_has_no_tokens(nothing):
    """Stop words, punctuation and single letters alone give nothing."""
    assert text.tokens(nothing) == []
