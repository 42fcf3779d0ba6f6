"""Text to terms: one analysis for everything that is indexed and everything that is asked.

A text becomes a list of tokens: Latin words lower-cased, without stop words, stemmed (Snowball, English); runs of
Chinese characters made simplified and cut into words. `terms` adds the pairs of neighbouring tokens, which tell
"visual servoing" from "visual" and "servoing" far apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise

import rjieba
import Stemmer

from tandem.engine.language import industry, script
from tandem.engine.language.stopwords import ENGLISH, HAN

PAIR = " "  # joins the two tokens of a pair; never inside a token
_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]{2,}")
_STEMMER = Stemmer.Stemmer("english")


def is_han(token: str) -> bool:
    """Whether a token (or the first token of a pair) is Chinese."""
    return "\u3400" <= token[0] <= "\u9fff"


def tokens(text: str) -> list[str]:
    """The tokens of a text in their order; stop words are left out."""
    runs: list[str] = _RUNS.findall(normal(text))
    if text.isascii():  # most English texts: no Chinese to look for, which halves the time of a large index
        return [stem(run) for run in runs if run not in ENGLISH]
    found: list[str] = []
    for run in runs:
        if is_han(run):
            found.extend(word for word in cut(run) if word not in HAN)
        elif run not in ENGLISH:
            found.append(stem(run))
    return found


def cut(run: str) -> list[str]:
    """A run of Chinese characters as words, stop words among them. The only segmenter of index and query.

    Characters come out simplified, and other forms of a term of our list as that term: 諧波減速機 is 谐波 减速器.
    """
    forms = industry.terms().traditional if script.is_traditional(run) else industry.terms().everywhere
    found: list[str] = []
    for word in _segmenter().cut(script.simplified(run)):
        found.extend(_segmenter().cut(forms[word]) if word in forms else (word,))
    return found


@cache
def _segmenter() -> rjieba.Jieba:
    """rjieba with the terms of our list that it would cut into single characters or into more than two words.

    Terms that fall into two words stay so (谐波 减速器), as words and as a pair: a search for the shorter term still
    meets the longer one, and translation puts the pair together again. Other forms are kept whole, to be recognised.
    """
    segmenter = rjieba.Jieba()
    terms = industry.terms()
    for term in sorted({*terms.english, *terms.traditional}, key=lambda term: (len(term), term)):
        pieces = segmenter.cut(term)
        most = 2 if term in terms.english else 1
        if len(pieces) > most or (len(pieces) > 1 and min(map(len, pieces)) == 1):
            segmenter.add_word(term, None, None)
    return segmenter


def with_pairs(words: list[str]) -> list[str]:
    """The tokens and, after them, each pair of neighbours."""
    return words + [first + PAIR + second for first, second in pairwise(words)]


def terms(title: str | None, text: str | None) -> dict[str, int]:
    """How often each token and each pair of neighbours occurs; the title counts twice."""
    counts: dict[str, int] = {}
    for part, weight in ((title, 2), (text, 1)):
        for term in with_pairs(tokens(part)) if part else ():
            counts[term] = counts.get(term, 0) + weight
    return counts


def normal(text: str) -> str:
    """Compatibility forms folded (NFKC), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a lower-case Latin word."""
    return str(_STEMMER.stemWord(word))


def distinct(words: Iterable[str]) -> list[str]:
    """Each word once, in the order of first appearance."""
    return list(dict.fromkeys(words))


def surfaces(text: str) -> dict[str, str]:
    """How each Latin stem of a text is written in it the first time; Chinese tokens show as they are."""
    shown: dict[str, str] = {}
    for run in _RUNS.findall(normal(text)):
        if not is_han(run) and run not in ENGLISH:
            shown.setdefault(stem(run), run)
    return shown
