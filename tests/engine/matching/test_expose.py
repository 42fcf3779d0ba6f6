"""The exposure floor: reached at the least loss, never by lifting who has no evidence, off at 0."""

import itertools
import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching import tiny

from tandem.engine.matching import corpus, expose
from tandem.engine.matching.expose import Exposure, Head
from tandem.engine.matching.match import MatchResult, match, match_corpus
from tandem.engine.matching.settings import MatchSettings


def head(*scores: float, small: str = "", reserve: tuple[float, ...] = ()) -> Head:
    """Places with these scores, s where the organisation is small; reserves with theirs."""
    marks = small or "-" * len(scores)
    flags = tuple(mark == "s" for mark in marks)
    own = tuple((100 + i, score, len(scores) + 1 + i) for i, score in enumerate(reserve))
    return Head(tuple(range(len(scores))), scores, flags, flags, own)


def test_the_cheapest_lifts_are_taken():
    """Two of twenty places wanted: need 1 loses 0.1 and then 0.3, need 2 loses 0.2."""
    heads = [head(*[0.9] * 8, 0.7, 0.5, reserve=(0.4, 0.4)), head(*[0.9] * 9, 0.5, reserve=(0.3,))]
    counts, account = expose.lifts(heads, 0.1)
    assert counts == [1, 1]
    assert account.score_loss == pytest.approx(0.3)
    assert account.reached
    assert (account.small_before, account.small, account.lifted, account.places) == (0, 2, 2, 20)


def test_a_lifted_organisation_stands_at_the_end():
    one = head(*[0.9] * 9, 0.5, small="--------s-", reserve=(0.4, 0.3))
    assert one.after(0) == tuple(range(10))
    assert one.after(1) == (0, 1, 2, 3, 4, 5, 6, 7, 8, 100)
    assert one.after(2) == (0, 1, 2, 3, 4, 5, 6, 8, 100, 101)


def test_a_floor_that_holds_lifts_nobody():
    counts, account = expose.lifts([head(*[0.5] * 10, small="s---------", reserve=(0.4,))], 0.1)
    assert counts == [0]
    assert account.lifted == 0


def test_off():
    counts, account = expose.lifts([head(*[0.5] * 10, reserve=(0.4,))], 0.0)
    assert counts == [0]
    assert account.reached


def test_out_of_reach_says_so():
    counts, account = expose.lifts([head(*[0.5] * 10, reserve=(0.4,)), head(*[0.5] * 10)], 0.2)
    assert counts == [1, 0]
    assert not account.reached
    assert account.share == pytest.approx(0.05)


def test_the_account_is_carried_from_need_to_need():
    """Asked one by one over twenty needs, one place in ten goes to small ones in all, as if asked at once."""
    heads = [head(*[0.9] * 9, 0.5 + i / 100, reserve=(0.4,)) for i in range(20)]
    account = Exposure()
    for one in heads:
        _, account = expose.lifts([one], 0.05, account)
    together = expose.lifts(heads, 0.05)[1]
    assert (account.places, account.small, account.lifted) == (200, 10, 10)
    assert together.small == account.small
    assert together.score_loss <= account.score_loss


needs_drawn = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(50, 100), st.booleans()), min_size=1, max_size=4),
        st.lists(st.integers(1, 50), max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@given(needs_drawn, st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]))
def test_no_choice_of_lifts_is_cheaper(drawn, floor):
    """Against every combination of lifts: the floor is reached if it can be, and then at the least loss."""
    heads = []
    for places, below in drawn:
        listed = sorted(places, reverse=True)
        heads.append(
            head(*(float(s) for s, _ in listed), small="".join("s" if m else "-" for _, m in listed),
                 reserve=tuple(float(s) for s in sorted(below, reverse=True)))
        )  # fmt: skip
    counts, account = expose.lifts(heads, floor)
    possible = []
    for tried in itertools.product(*(range(min(len(h.reserve), h.small.count(False)) + 1) for h in heads)):
        small = sum(sum(h.small) for h in heads) + sum(tried)
        loss = sum(h.cost(i) or 0.0 for h, n in zip(heads, tried, strict=True) for i in range(n))
        possible.append((small, loss, tried))
    enough = [loss for small, loss, _ in possible if small >= expose.wanted(floor, account.places)]
    assert account.reached == bool(enough)
    if enough:
        assert account.score_loss == pytest.approx(min(enough))
    for one, count in zip(heads, counts, strict=True):
        assert len(set(one.after(count))) == len(one.organisations)


def crowded(floor: float, top: int = 10) -> MatchResult:
    """Twelve well-known organisations before a small one with real evidence and one without."""
    known = [f"k{i:02}" for i in range(12)]
    done = [
        {"delivery_id": f"{org}-{n}", "title": "helical gear reducer grinding", "org_ids": [org],
         "text": "reducer housing", "delivered_on": date(2024, 1, 1 + n)}
        for org in known for n in range(5)
    ]  # fmt: skip
    done += [
        {"delivery_id": "s-1", "title": "gear reducer", "org_ids": ["small"], "delivered_on": date(2015, 1, 1)},
        {"delivery_id": "t-1", "title": "garden fence painting and grinding", "org_ids": ["tiny"],
         "delivered_on": date(2024, 1, 1)},
    ]  # fmt: skip
    wanted = tiny.needs({"title": "helical gear reducer grinding", "text": "reducer housing"})
    supply = corpus.read(tiny.organisations(*known, "small", "tiny"), tiny.offers(), tiny.deliveries(*done))
    return match_corpus(
        wanted, supply, tiny.offers(), MatchSettings(exposure_floor=floor, top=top, weak_below=0.3)
    )


def codes(result: MatchResult, org: str) -> dict[str, dict[str, object]]:
    found = result.matches.filter(pl.col("org_id") == org)["reasons"][0]
    return {reason["code"]: reason for reason in json.loads(found)}


def test_the_floor_in_a_list():
    """The small organisation takes the last place, keeps its score and chance, and says why it is there."""
    off, on = crowded(0.0), crowded(0.1)
    assert "small" not in off.matches["org_id"].to_list()
    assert on.matches["org_id"].to_list()[:9] == off.matches["org_id"].to_list()[:9]
    last = on.matches.row(-1, named=True)
    assert (last["rank"], last["org_id"]) == (10, "small")
    assert codes(on, "small")["floor"]["params"] == {"place": 13}
    assert codes(on, "small")["floor"]["weight"] == 0
    assert last["score"] == pytest.approx(sum(r["weight"] for r in json.loads(last["reasons"])), abs=1e-5)
    assert on.matches["score"].is_sorted(descending=True)
    assert on.matches["probability"].is_sorted(descending=True)
    assert on.exposure.lifted == 1
    assert on.exposure.share == pytest.approx(0.1)
    assert off.exposure.lifted == 0
    assert off.exposure.places == 10


def test_nobody_without_evidence_is_lifted():
    """Half of the places are asked for; only one small organisation has evidence that is not weak."""
    result = crowded(0.5)
    assert result.exposure.lifted == 1
    assert not result.exposure.reached
    assert "tiny" not in result.matches["org_id"].to_list()


def test_who_is_displaced_stands_right_behind():
    long = crowded(0.1, top=14).matches["org_id"].to_list()
    assert long.index("small") == 9
    assert long[10:] == [*crowded(0.0, top=14).matches["org_id"].to_list()[9:12], "tiny"]
    assert len(set(long)) == len(long)


def test_whole_result_is_the_same_twice():
    assert crowded(0.1).matches.equals(crowded(0.1).matches)


def test_small_by_stated_size_is_counted_too():
    """Sizes are reported beside the history; they do not satisfy the floor."""
    orgs = tiny.organisations("a", "b").with_columns(size=pl.lit("small"))
    done = [
        {"delivery_id": f"{org}{n}", "title": "gear", "org_ids": [org], "delivered_on": date(2020, 1, 1)}
        for org in "ab" for n in range(4)
    ]  # fmt: skip
    result = match(tiny.needs({"title": "gear"}), orgs, tiny.offers(), tiny.deliveries(*done))
    assert (result.exposure.small, result.exposure.small_sized, result.exposure.places) == (0, 2, 2)
