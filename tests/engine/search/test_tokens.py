"""Texts as numbers, put together and taken apart again."""

import numpy as np

from tandem.engine.language import text
from tandem.engine.search import tokens

FIRST = [("robot gear", "gear test"), (None, "减速器 测试"), ("", None)]
SECOND = [("paint", "robot paint test")]


def said(found):
    """Each document as its title's and its text's tokens."""
    parts = [
        [found.words[i] for i in found.flat[a:b]]
        for a, b in zip(found.starts, found.starts[1:], strict=False)
    ]
    return list(zip(parts[::2], parts[1::2], strict=True))


def expected(texts):
    return [tuple(text.tokens(part) if part else [] for part in one) for one in texts]


def test_documents_read_joined_taken_and_renumbered_say_the_same():
    joined = tokens.joined(tokens.read(FIRST), tokens.read(SECOND))
    assert said(joined) == expected(FIRST + SECOND)
    some = tokens.taken(joined, np.array([3, 0, 3]))
    assert said(some) == expected([SECOND[0], FIRST[0], SECOND[0]])
    ordered = tokens.alphabetical(some)
    assert said(ordered) == said(some)
    assert ordered.words == sorted({word for document in said(some) for part in document for word in part})


def test_nothing_is_nothing():
    empty = tokens.read([])
    assert empty.documents == 0
    assert said(tokens.joined(empty, tokens.read(SECOND))) == expected(SECOND)
    assert tokens.alphabetical(tokens.taken(tokens.read(FIRST), np.zeros(0, np.int64))).words == []
