"""Postings against counting by hand, and every quick way against the plain one."""

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tandem.engine.language import text
from tandem.engine.search import layout, postings, scan, tokens
from tandem.engine.search.postings import Bm25, Members

WORDS = ["gear", "test", "robot", "paint", "joint", "减速器", "测试"]
PART = st.one_of(st.none(), st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
TEXTS = st.lists(st.tuples(PART, PART), max_size=12)
HOW = Bm25(k1=0.8, b=0.5, idf_power=1.5)


def of(texts, least=1):
    return postings.build(tokens.read(texts), least)


def entries(found):
    """(term, document) -> count, read off the arrays."""
    return {
        (term, int(found.docs[i])): int(found.counts[i])
        for t, term in enumerate(found.vocabulary)
        for i in range(found.indptr[t], found.indptr[t + 1])
    }


def counted(texts):
    return {
        (term, doc): n
        for doc, (title, body) in enumerate(texts)
        for term, n in text.terms(title, body).items()
    }


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_entries_are_those_of_counting_each_text(texts):
    """Words and pairs, the title twice; lengths are the sums of the counts."""
    found = of(texts)
    assert entries(found) == counted(texts)
    assert found.lengths.tolist() == [sum(text.terms(*one).values()) for one in texts]
    assert all(
        (np.diff(found.docs[a:b]) > 0).all() for a, b in zip(found.indptr, found.indptr[1:], strict=False)
    )


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.integers(1, 40))
def test_batches_change_nothing(texts, batch):
    """However few entries are worked on at a time, the arrays are the same."""
    whole = of(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "BATCH", batch)
        pieces = of(texts)
        members = Members.from_lists([[i % 3] for i in range(len(texts))], 3)
        grouped = postings.by_group(pieces, None, members)
    assert list(pieces.vocabulary) == list(whole.vocabulary)
    for name in ("indptr", "docs", "counts", "lengths"):
        assert (getattr(pieces, name) == getattr(whole, name)).all()
    assert entries(grouped) == entries(postings.by_group(whole, None, members))


def test_a_term_counts_at_most_what_a_byte_holds():
    found = of([(None, "gear " * 300)])
    assert entries(found)[("gear", 0)] == postings.MOST_COUNTED


def test_pairs_of_one_document_can_be_left_out():
    """Words stay, pairs of two documents stay, and lengths count everything."""
    texts = [("gear test", "robot paint"), ("gear test", "joint")]
    found, whole = of(texts, least=2), of(texts)
    assert "gear test" in found.vocabulary
    assert "robot paint" not in found.vocabulary
    assert "robot" in found.vocabulary
    assert (found.lengths == whole.lengths).all()


def test_a_vocabulary_knows_its_terms_and_no_others():
    vocabulary = of([("gear test", "robot gear test")]).vocabulary
    assert list(vocabulary) == ["gear", "robot", "test", "gear test", "robot gear"]
    assert [vocabulary[term] for term in vocabulary] == list(range(5))
    for unknown in ("paint", "test gear", "gear test robot", "gear paint", "", " "):
        assert unknown not in vocabulary
    assert vocabulary.get("test gear", -1) == -1


def test_a_score_by_hand():
    """One word in one of two documents of the same length: idf^1.5 tf (k1 + 1) / (tf + k1)."""
    found = postings.score(of([(None, "gear"), (None, "paint")]), {"gear": 2.0}, HOW)
    assert found == pytest.approx([2 * log(1 + 1.5 / 1.5) ** 1.5, 0])


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.dictionaries(st.sampled_from([*WORDS, "gear test", "never"]), st.floats(0.1, 3), max_size=6))
def test_contributions_add_up_to_the_score(texts, query):
    found = of(texts)
    docs = np.arange(len(texts))
    terms, parts = postings.contributions(found, query, HOW, docs)
    assert set(terms) == {term for term in query if term in found.vocabulary}
    assert parts.sum(axis=1) == pytest.approx(postings.score(found, query, HOW))


@settings(max_examples=40, deadline=None)
@given(TEXTS.filter(len), st.data())
def test_only_is_the_collection_without_the_others(texts, data):
    """Scores equal those of a collection in which the hidden documents never were, bit for bit."""
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    query = {"gear": 1.0, "test": 0.5, "gear test": 1.0, "robot": 2.0}
    cut = postings.only(of(texts), sorted(query), keep)
    alone = of([one for one, kept in zip(texts, keep, strict=True) if kept])
    assert postings.score(cut, query, HOW)[keep].tolist() == postings.score(alone, query, HOW).tolist()
    assert not postings.score(cut, query, HOW)[~keep].any()


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.data())
def test_groups_hold_the_sum_of_their_documents(texts, data):
    groups = data.draw(
        st.lists(st.sets(st.integers(0, 3), max_size=3), min_size=len(texts), max_size=len(texts))
    )
    members = Members.from_lists([sorted(own) for own in groups], 4)
    found = of(texts)
    expected = Counter()
    for (term, doc), n in counted(texts).items():
        for group in groups[doc]:
            expected[term, group] += n
    assert entries(postings.by_group(found, None, members)) == expected
    some = ["gear", "never", "gear test"]
    few = {cell: n for cell, n in expected.items() if cell[0] in some}
    assert entries(postings.by_group(found, some, members)) == few


def test_organisations_with_one_document_each_are_their_documents():
    """Nothing is laid out twice."""
    found = of([("gear", None), ("paint", None)])
    assert postings.by_group(found, None, Members.from_lists([[0], [1]], 2)) is found
    swapped = postings.by_group(found, None, Members.from_lists([[1], [0]], 2))
    assert entries(swapped) == {("gear", 1): 2, ("paint", 0): 2}


def test_the_compiled_loop_gives_the_same_bits():
    """Large collections are read by compiled code: equal bits, so equal ranks."""
    pytest.importorskip("numba", reason="numba is not installed (extra scale)")
    draw = np.random.default_rng(3)
    sizes = draw.integers(0, 300, 50)
    end = np.cumsum(sizes)
    docs = np.concatenate([np.sort(draw.choice(1000, n, replace=False)) for n in sizes]).astype(np.int32)
    counts = draw.integers(1, 255, len(docs)).astype(np.uint8)
    norms, weight = draw.random(1000), draw.random(50) * 9
    asked = (end - sizes, end, weight, docs, counts, norms)
    assert scan.plain(*asked).tobytes() == scan.compiled()(*asked).tobytes()


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.lists(st.sampled_from([*WORDS, "unknown"]), max_size=9), st.data())
def test_rows_read_whole_give_what_looking_up_gives(texts, terms, data):
    """Short rows and long ones, the same counts: how often each term stands in each wanted document."""
    found, counts = of(texts), counted(texts)
    docs = np.array(data.draw(st.lists(st.integers(0, max(len(texts) - 1, 0)), unique=True)), np.int64)
    docs = docs if len(texts) else docs[:0]
    expected = [[min(counts.get((term, doc), 0), 255) for term in terms] for doc in docs.tolist()]
    with pytest.MonkeyPatch.context() as patch:
        for short in (postings._SHORT, 0):
            patch.setattr(postings, "_SHORT", short)
            assert postings.occurrences(found, terms, docs).tolist() == expected


def test_small_collections_compile_nothing():
    assert scan.chosen(1000) is scan.plain
