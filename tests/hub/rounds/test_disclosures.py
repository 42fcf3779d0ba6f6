"""What a published round lets others learn of a need that they may not see: what is declared, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.hub.rounds import two_worlds
from tests.hub.rounds.market import stage

from tandem.base import words
from tandem.domain.disclosures import BANDS, DISCLOSURES, declared
from tandem.domain.people import VISITOR
from tandem.domain.records import capacity_band
from tandem.hub.actions import ACTIONS
from tandem.hub.introductions import places
from tandem.hub.records import offers
from tandem.hub.rounds import disclosing, saved
from tandem.storage.database import schema as s


@pytest.fixture
def worlds(tmp_path):
    """Makes the two worlds, shows them to a test as pairs of answers by reader, and closes them."""
    held = []

    def both(*, publish=True):
        held.extend(
            two_worlds.made(tmp_path / f"{len(held)}{hidden}", stage, hidden=hidden)
            for hidden in (False, True)
        )
        pair = held[-2:]
        for market in pair:
            two_worlds.published(market) if publish else market.clear()
        return pair

    yield both
    for market in held:
        market.world.hub.close()


def compared(pair):
    """(reader, action, field, before, after) of all that differs between the worlds, and how much was compared."""
    found, asked = [], 0
    people = [two_worlds.readers(market) for market in pair]
    for name in people[0]:
        sides = [two_worlds.read(market, who[name]) for market, who in zip(pair, people, strict=True)]
        asked += len(sides[0])
        listed = [side.get("introduction.list", {}).get("items", ()) for side in sides]
        own = tuple(len(items) for items in listed)
        needs = tuple(frozenset(one["need_id"] for one in items) for items in listed)
        for action in sorted(sides[0].keys() & sides[1].keys()):
            for difference in two_worlds.differences(sides[0][action], sides[1][action]):
                found.append((replace(people[0][name], own=own, needs=needs), action.split()[0], *difference))
        # an introduction that is there in one world alone can be asked for there alone
        only = {
            action
            for action in sides[0].keys() ^ sides[1].keys()
            if not action.startswith("introduction.show ")
        }
        assert not only
    return found, asked


def undeclared(found):
    """Differences that no declaration covers, or that leave its band."""
    return [one for one in found if not covered(*one)]


def covered(reader, action, field, before, after):
    entry = declared(reader.party, action, field)
    return entry is not None and WITHIN[entry.band](reader, before, after)


def whether(reader, before, after):
    """A whole item that is one's own: it names one's own need or organisation."""
    return all(one is None or (isinstance(one, dict) and of_own(reader, one)) for one in (before, after))


def of_own(reader, item):
    return bool(OWN[reader.org] & set(json.dumps(item, ensure_ascii=False).replace('"', " ").split()))


def introduced(reader, before, after):
    """A need that is listed in that world alone in which it has no introduction of one's own."""
    (listed, other) = (before, 1) if after is None else (after, 0)
    return None in (before, after) and listed["id"] in reader.needs[other] - reader.needs[1 - other]


def own_figures(reader, before, after):
    """At most as many as the introductions that one has oneself, and times of these alone."""
    return all(
        (isinstance(one, int) and 0 <= one <= n) or (isinstance(one, list) and n > 0) or one is None
        for one, n in zip((before, after), reader.own, strict=True)
    )


def in_capacity_bands(reader, before, after):
    return {before, after} <= {"0", "1", "2-5", ">5"}


WITHIN = {
    "whether": whether,
    "introduced": introduced,
    "own_figures": own_figures,
    "capacity": in_capacity_bands,
}
OWN = {"东莞精密机械": {"谐波减速器寿命测试一"}, "惠州塑胶": {"谐波减速器寿命测试二"},
       "深圳检测研究院": {"深圳检测研究院"}, "广州质检中心": {"广州质检中心"}}  # fmt: skip


def test_what_others_learn_of_a_hidden_need_is_what_is_declared(worlds):
    """Every reading action of every outsider: what differs by the hidden need is declared and in its band."""
    found, asked = compared(worlds())
    assert asked > 100
    assert undeclared(found) == []
    assert {reader.org for reader, *_ in found} >= {"东莞精密机械", "深圳检测研究院", "广州质检中心"}
    assert not [one for one in found if one[0].party is None]


def test_before_a_round_is_published_nothing_differs(worlds):
    """A cleared round shows to nobody."""
    found, asked = compared(worlds(publish=False))
    assert asked > 100
    assert found == []


def test_a_planted_count_of_free_places_is_caught(worlds, monkeypatch):
    """An offer that shows how many of its places are free tells of needs that nobody may see."""
    real = offers.show

    def leaking(call, given):
        free = places.free(call, [given.id])[given.id]
        return replace(real(call, given), capacity=capacity_band(free))

    monkeypatch.setattr(offers, "show", leaking)
    found, _ = compared(worlds())
    assert {(reader.party, action) for reader, action, *_ in undeclared(found)} >= {(None, "offer.show")}


def test_planted_figures_of_a_round_are_caught(worlds, monkeypatch):
    """Reasons that tell how many pairs a round has assigned tell the poser of a need that it did not know of."""
    real = saved._pairs

    def leaking(round_id, found):
        rows = real(round_id, found)
        n = sum(row["cleared"] for row in rows)
        more = {"code": "kind_met", "weight": 0.0, "params": {"kind": "service", "pairs": n}, "evidence": []}
        return [{**row, "reasons": json.dumps([*json.loads(row["reasons"]), more])} for row in rows]

    monkeypatch.setattr(saved, "_pairs", leaking)
    found, _ = compared(worlds())
    assert [one for one in undeclared(found) if one[1].startswith("introduction.")]


def test_lists_do_not_depend_on_hidden_needs(worlds):
    """Ranks, scores, reasons of every need that both worlds have are the same; only what was assigned may differ."""
    sides = []
    for market in worlds(publish=False):
        shared = [id_ for title, id_ in market.needs.items() if not title.startswith("绝密")]
        rows = market.rows(s.assignments, s.assignments.c.need_id.in_(shared))
        names = ("need_id", "rank", "org_id", "offer_id", "score", "probability", "value", "reasons")
        sides.append({tuple(row[name] for name in names) for row in rows})
    assert sides[0] == sides[1]
    assert sides[0]


def test_an_offers_capacity_shows_in_bands_only(worlds):
    """No reason of a proposal tells the exact number."""
    for market in worlds(publish=False):
        for row in market.rows(s.assignments):
            for reason in json.loads(row["reasons"]):
                assert reason["params"].get("capacity", "1") in ("0", "1", "2-5", ">5")


def test_every_declaration_has_words_and_actions():
    """Each names actions that exist, has a sentence in both languages, and everybody may read it."""
    for one in DISCLOSURES:
        assert set(one.at) <= set(ACTIONS)
        assert words.has(f"disclosure.{one.code}")
    assert all(words.has(f"disclosure.band.{band}") for band in BANDS)
    assert set(ACTIONS["round.disclosures"].may) >= {VISITOR.role}
    assert len(disclosing.disclosures(None, None).items) == len(DISCLOSURES)
