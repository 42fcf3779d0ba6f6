"""Documents for a question: scores from the definition, segments that make no difference, marks, readings of words."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.domain.records import SEARCHED
from tandem.engine.finding import audience, documents, question, ranking, snippet, suggestion
from tandem.engine.finding.audience import Audience
from tandem.engine.finding.documents import AUDIENCES, Document
from tandem.engine.finding.question import Slot
from tandem.engine.language import text

WORDS = ("减速器", "轴承", "检测", "robot", "reducer", "coating", "lab")
OPERATOR = Audience(all=True)


def some(rng: random.Random, n: int) -> list[Document]:
    """Documents of random words, visibilities and owners."""
    return [
        Document(
            id=f"{rng.getrandbits(64):016x}",
            what=rng.choice(SEARCHED),
            audience=rng.choice(AUDIENCES),
            open=rng.random() < 0.8,
            version=1,
            created_at=rng.randrange(5),
            changed_at=0,
            title=" ".join(rng.sample(WORDS, 2)),
            text=" ".join(rng.choices(WORDS, k=rng.randrange(6))),
            labels={
                "org": [rng.choice("abc")],
                "named": rng.sample("abc", rng.randrange(3)),
                "city": [rng.choice("123")],
                "kind": [],
            },
        )
        for _ in range(n)
    ]


def shelf(found, cuts):
    """The documents as segments, cut where `cuts` says."""
    segments = []
    for public in (True, False):
        own = [one for one in found if one.public == public]
        edges = [0, *sorted(min(cut, len(own)) for cut in cuts), len(own)]
        segments += [documents.segment(own[a:b], public=public) for a, b in pairwise(edges)]
    return segments


def bm25(found, words):
    """id -> score by the formula, statistics over public documents."""
    bags = {one.id: 2 * text.tokens(one.title) + text.tokens(one.text) for one in found}
    public = [bags[one.id] for one in found if one.public]
    mean = sum(map(len, public)) / max(len(public), 1) if public else 1.0
    scores = {}
    for id_, bag in bags.items():
        score, met = 0.0, 0
        for word in words:
            held = sum(word in one for one in public)
            tf = bag.count(word)
            idf = math.log(1 + (len(public) - held + 0.5) / (held + 0.5))
            score += (
                idf
                * tf
                * (ranking.K1 + 1)
                / (tf + ranking.K1 * (1 - ranking.B + ranking.B * len(bag) / mean))
                if tf
                else 0
            )
            met += bool(tf)
        if met == len(words):
            scores[id_] = score
    return scores


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_the_formula_over_public_statistics(seed):
    """Every hit and its score against BM25 written out in plain Python."""
    found = some(random.Random(seed), 60)
    slots = [Slot("减速器", {}), Slot("robot", {})]
    hits = ranking.find(shelf(found, [10, 20]), slots, OPERATOR, ranking.Filters(), limit=100).hits
    expected = bm25(found, ["减速器", "robot"])
    assert {one.id for one in hits} == set(expected)
    assert all(math.isclose(one.score, expected[one.id], rel_tol=1e-12) for one in hits)
    assert [one.id for one in hits] == [one.id for one in sorted(hits, key=lambda one: (-one.score, one.id))]


@given(st.integers(0, 10_000), st.lists(st.integers(0, 30), max_size=4), st.sampled_from(["a", "b", None]))
def test_how_documents_lie_in_segments_makes_no_difference(seed, cuts, org):
    """Cut anywhere, some dead and read again, joined: equal answers, order of counts and bits of scores."""
    found = some(random.Random(seed), 30)
    who = Audience(member=True, org=org)
    slots = question.read("减速器 reducer", translated=False)
    once = ranking.find(shelf(found, []), slots, who, ranking.Filters(), limit=5)
    parts = shelf(found, cuts)
    dead = [documents.segment(found[:9], public=public) for public in (True, False)]
    parts += [one.without(np.arange(one.documents)) for one in dead]
    assert repr(ranking.find(parts, slots, who, ranking.Filters(), limit=5)) == repr(once)
    whole = [
        documents.joined([one for one in parts if one.public == public], public=public)
        for public in (True, False)
    ]
    assert repr(ranking.find(whole, slots, who, ranking.Filters(), limit=5)) == repr(once)
    typed = [suggestion.suggested(one, "r", who, None, 3) for one in (parts, whole, shelf(found, []))]
    assert typed[0] == typed[1] == typed[2]


def test_joined_segments_equal_one_made_at_once():
    """Arrays, labels, titles and postings."""
    found = some(random.Random(1), 50)
    own = [one for one in found if not one.public]
    one = documents.segment(own, public=False)
    two = documents.joined(
        [documents.segment(own[:7], public=False), documents.segment(own[7:], public=False)], public=False
    )
    for name in (
        "ids",
        "what",
        "audience",
        "open",
        "created",
        "title_at",
        "indptr",
        "docs",
        "counts",
        "lengths",
    ):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert (one.titles, list(one.tokens.words)) == (two.titles, list(two.tokens.words))
    for field in documents.FIELDS:
        assert one.labels[field].names == two.labels[field].names
        assert np.array_equal(one.labels[field].doc, two.labels[field].doc)


def test_what_each_asker_sees():
    """Every combination of audience, openness, owner and naming against the rule in words."""
    found = some(random.Random(2), 300)
    hidden = documents.segment([one for one in found if not one.public], public=False)
    by_id = {one.id: one for one in found}
    for who in (
        Audience(),
        Audience(member=True),
        Audience(member=True, org="a"),
        Audience(org="b"),
        OPERATOR,
    ):
        for id_, seen in zip(hidden.ids.tolist(), audience.seen(hidden, who).tolist(), strict=True):
            one = by_id[id_.decode()]
            mine = who.org is not None and who.org in one.labels["org"]
            named = one.audience == "named" and who.org in one.labels["named"]
            members = who.member and one.audience in ("public", "members")
            assert seen == (who.all or mine or (one.open and (named or members))), (who, one)


def test_stop_words_alone_find_nothing():
    """A question without words of its own is not a question for everything."""
    found = shelf(some(random.Random(3), 20), [])
    assert ranking.find(found, question.read("the of"), OPERATOR, ranking.Filters(), limit=5).total == 0


def test_a_question_is_met_in_the_other_language():
    """机器人 stands for robot and the other way round, as a lighter word than the asker's own."""
    assert "robot" in question.read("机器人")[0].other
    assert "机器人" in question.read("robots")[0].other
    assert question.weight(1.0) < 1


@pytest.mark.parametrize(
    ("body", "asked", "marked"),
    [
        ("我们需要谐波減速器的寿命检测。", "减速器", ["減速器"]),
        ("Ｒｏｂｏｔｓ and reducers", "robot reducer", ["Ｒｏｂｏｔｓ", "reducers"]),
        ("前文" * 300 + "这里说到涂层工艺", "涂层", ["涂层"]),
        ("nothing of it", "涂层", []),
        ("", "涂层", []),
    ],
)
def test_a_snippet_shows_and_marks_the_hits(body, asked, marked):
    """Traditional and full-width writing, a hit far behind, no hit, no text; never longer than it may be."""
    found = snippet.of(body, question.read(asked))
    assert [found.text[a:b] for a, b in found.marks] == marked
    assert len(found.text) <= snippet.LONGEST
