"""The dictionary: what a line says, what is left out, both directions, and the list of our own terms."""

import re

import pytest

from tandem.engine.language import dictionary, industry, packaged

LINES = """# a comment
減速器 减速器 [jian3 su4 qi4] /reducer/speed reducer (mechanical gear)/CL:個|个[ge4]/
李 李 [Li3] /surname Li/
李 李 [li3] /plum/
開發 开发 [kai1 fa1] /to exploit (a resource); to open up (for development)/to develop/
裏 里 [li3] /variant of 裡|里[li3]/
not a line of the dictionary
"""


@pytest.fixture(scope="module")
def small():
    return dictionary.parse(LINES)


def test_heads_are_simplified(small):
    """Entries stand under their simplified head; readings of one head are kept together; other lines are ignored."""
    assert set(small.entries) == {"减速器", "李", "开发", "里"}
    assert "减速器" in small
    assert "減速器" not in small


def test_glosses_become_stems_with_weights(small):
    """Asides, counters and "to" go; the first gloss weighs 1, the second 1 / sqrt 2."""
    first, second = small.english("减速器")
    assert first == (("reduc",), ("reducer",), 1.0)
    assert second.stems == ("speed", "reduc")
    assert second.written == ("speed", "reducer")
    assert second.weight == pytest.approx(2**-0.5)
    assert [gloss.written for gloss in small.english("开发")] == [("exploit",), ("open", "up"), ("develop",)]


def test_what_is_said_about_the_word_is_no_meaning(small):
    """Surnames and variants of other characters give nothing."""
    assert [gloss.stems for gloss in small.english("李")] == [("plum",)]
    assert small.english("里") == []
    assert small.english("没有") == []


def test_english_words_and_pairs_lead_back(small):
    """A whole gloss of one or two words leads to its heads; part of a longer one does not."""
    assert small.chinese(("reduc",)) == {"减速器": 1.0}
    assert list(small.chinese(("speed", "reduc"))) == ["减速器"]
    assert small.chinese(("speed",)) == {}
    assert list(small.chinese(("develop",))) == ["开发"]


def test_a_missing_package_is_an_empty_dictionary():
    """Without the data nothing fails: every look-up is empty."""
    assert packaged.read("no_such_package_anywhere", "x.txt") is None
    assert packaged.read("numpy", "no such file") is None
    empty = dictionary.parse("")
    assert empty.english("减速器") == []
    assert empty.chinese(("reduc",)) == {}


def test_the_installed_dictionary_is_found():
    """All entries of one to eight Chinese characters are read from the installed package."""
    assert len(dictionary.load().entries) > 100_000
    assert ("bear",) in [gloss.stems for gloss in dictionary.load().english("轴承")]


def test_every_term_of_our_list_is_well_formed():
    """Simplified Chinese, at least one English form, no form twice, no other form that is a term itself."""
    terms = industry.terms()
    assert len(terms.english) >= 600
    for term, meanings in terms.english.items():
        assert re.fullmatch(r"[\u3400-\u9fff]+", term), term
        assert all(meaning == meaning.strip() != "" for meaning in meanings), term
        assert len(set(meanings)) == len(meanings), term
    assert set(terms.traditional.values()) <= set(terms.english)
    assert not set(terms.everywhere) & set(terms.english)


def test_a_form_in_traditional_characters_counts_in_traditional_text_only():
    """軟體 is software, 软体 is soft-bodied; 晶片 is a chip in any text."""
    terms = industry.parse("软件\tsoftware\t軟體\n芯片\tchip\t晶片\n")
    assert terms.everywhere == {"晶片": "芯片"}
    assert terms.traditional == {"晶片": "芯片", "软体": "软件"}


def test_no_line_of_the_list_stands_twice():
    """A term or another form has one line."""
    lines = (packaged.read("tandem.engine.language", "industry_terms.tsv") or "").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    heads = [row[0] for row in rows]
    forms = [form for row in rows for form in (row[2].split(";") if len(row) > 2 else [])]
    assert len(heads) == len(set(heads))
    assert len(forms) == len(set(forms))
