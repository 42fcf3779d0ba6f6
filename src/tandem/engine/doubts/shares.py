"""Shares beside each other: of wholes that nobody stated, of classes that overlap, of places that pass 100 %."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, doubt, doubt_of_rows, names, percent
from tandem.engine.doubts.numbering import Ints
from tandem.engine.doubts.panel import Bounds, Panel
from tandem.engine.figures.subjects import Phrase, Subject

_PART_WORDS = frozenset(("share",))
_NOT_A_PART = frozenset(("rate", "intensity", "ratio", "contribution"))
# Sectors of an economy: one of each slot, whatever the words, makes the whole.
_SECTORS = {"primari": "primary", "agricultur": "primary", "secondari": "secondary", "industri": "secondary",
            "manufactur": "secondary", "tertiari": "tertiary", "servic": "tertiary"}  # fmt: skip
_ECONOMIES = frozenset(("gdp",))  # anything is told as per cent of it, parts or not
_MEMBERS = frozenset(
    ("enterpris", "household", "popul", "personnel", "school", "hospit", "villag", "product")
)
_STUFF = frozenset(
    (
        "robot",
        "drone",
        "vehicl",
        "new energi vehicl",
        "integr circuit",
        "electr",
        "equip",
        "enterpris",
        "personnel",
    )
)
_DEMOGRAPHIC = frozenset(("sex", "age", "residence"))
_TRADE = frozenset(("trade", "foreign trade"))
_ASKED = frozenset(
    ("respond", "answer", "survey", "受访", "受访者", "调查", "被调查", "问卷")
)  # may name several
_IN_WORDS = re.compile(
    r"\b(?:half|third|quarter|fifth|tenth|majority|most)\b|\b(?:one|two|three|four) (?:in|out of) "
    r"|分之|过半|半数|一半|[一二三四五六七八九]成"
)
_CROSSES = re.compile(
    r"several answers|multiple (?:answers|choice|response)|more than one answer|cuts? across|cross-cut|not additive"
    r"|(?:not|never) (?:to be )?(?:added|summed)|多选|可多选|交叉|不可相加|不能相加|不可加总"
)
Set: TypeAlias = tuple[str, list[int]]
Bools: TypeAlias = NDArray[np.bool_]


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Doubts about shares."""
    shares = [q for q in panel.baselines if panel.identities[q].quantity == "share"]
    yield from _unstated(panel, shares, settings)
    yield from _wordy(panel, settings)
    for rule, members in _siblings(panel, shares):
        yield from _over_one(panel, rule, members, settings)
    yield from _places(panel, shares, settings)


def _unstated(panel: Panel, shares: Sequence[int], settings: DoubtSettings) -> Iterator[Doubt]:
    """Pairs of one subject where at least one whole is unstated and the values differ; else the share alone."""
    by_subject: dict[frozenset[str], list[int]] = {}
    for q in shares:
        by_subject.setdefault(panel.identities[q].what.keys, []).append(q)
    for q in shares:
        one = panel.identities[q]
        if one.marks & _NOT_A_PART:
            continue
        at, told = panel.of(q), 0
        if one.whole is not None:
            at = at[_of_themselves(panel, one, at)]
        if not len(at):
            continue
        paired = np.zeros(len(at), np.bool_)
        for other in by_subject[one.what.keys]:
            if not _same_measure(one.what, panel.identities[other].what) or panel.identities[other].marks & {
                "contribution"
            }:
                continue
            for n, a, b in _apart(panel, at, other, same=other == q):
                paired[n] = True
                if told < settings.most:
                    told += 1
                    first, second = (a, b) if other != q or _id(panel, a) < _id(panel, b) else (b, a)
                    yield doubt(panel, "wholes_differ", [first, second])
        if is_share(panel, q):
            yield from (
                doubt(panel, "whole_unstated", [a])
                for a in _latest_of_each_place(panel, at[~paired], settings.most)
            )


def _of_themselves(panel: Panel, one: Subject, at: Ints) -> Bools:
    """(n,) whether the place named as the whole is each figure's own: 'the province's solar share' of the province."""
    whole = one.whole or Phrase()
    if whole.keys or whole.measure or whole.places or not whole.wider:
        return np.zeros(len(at), np.bool_)
    own = {name for name, adjective in zip(panel.tree.names, panel.tree.adjectives, strict=True)
           if adjective == whole.wider and not set(one.what.places) - {name}}  # fmt: skip
    is_own = np.array([name in own for name in panel.tree.names], np.bool_)
    return is_own[panel.place[at]]


def _wordy(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Shares told in words, of an unstated whole: 'a good third'."""
    for text, one in enumerate(panel.texts):
        if one.subject.whole is None and not one.subject.marks & _NOT_A_PART:
            told = one.subject.quantity == "share" and bool(one.subject.marks & _PART_WORDS)
            for n in np.flatnonzero(panel.unnumbered_text == text)[: settings.most]:
                row = int(panel.unnumbered[n])
                if told or (not one.unit and _IN_WORDS.search((panel.figures["value"][row] or "").lower())):
                    yield doubt_of_rows(panel, "whole_unstated", [row])


def _apart(panel: Panel, at: Ints, other: int, *, same: bool) -> Iterator[tuple[int, int, int]]:
    """Figures whose key under the other quantity has a figure of disjoint bounds."""
    keys = panel.keys(other, at)
    if same and not (keys[1:] == keys[:-1]).any():
        return
    first, last = (np.searchsorted(panel.key, keys + more) for more in (0, 1))
    for n in np.flatnonzero(
        last - first > same
    ).tolist():  # of one quantity every figure stands at its own key
        a = int(at[n])
        for b in range(int(first[n]), int(last[n])):
            if (not same or b > a) and (panel.low[a] > panel.high[b] or panel.low[b] > panel.high[a]):
                yield n, a, b


def _id(panel: Panel, at: int) -> str:
    return str(panel.figures["figure_id"][int(panel.row[at])])


def _same_measure(first: Phrase, second: Phrase) -> bool:
    return bool(first.keys) and (first.measure == second.measure or not first.measure or not second.measure)


def is_share(panel: Panel, quantity: int) -> bool:
    """Whether a share is told as one in words: a bare per cent may be a margin, a coverage, a rate of its own kind."""
    text = panel.texts[int(panel.first_text[quantity])]
    unit = text.unit.lower()
    told = ("share", "fraction", "proportion", "占比", "比重", "比例", "份额")
    in_words = not text.unit.strip() and text.subject.whole is None  # 'nearly half', 七成
    if (
        text.subject.marks & _PART_WORDS
        or any(word in unit for word in told)
        or in_words
        or _is_fraction(panel, quantity)
    ):
        return True
    words = text.subject.what.words  # 'Green power, 40 %': of what there is of it
    bare = not text.subject.marks and text.subject.what.measure is None and len(words) > 1
    return bare and words[-1].key in _STUFF and all(word.role in ("class", "concept") for word in words)


def _is_fraction(panel: Panel, quantity: int) -> bool:
    """1/3, one in eight: a fraction of something."""
    return any(panel.figures["form"][int(panel.row[at])] == "fraction" for at in panel.of(quantity)[:1])


def _latest_of_each_place(panel: Panel, at: Ints, most: int) -> list[int]:
    order = at[np.argsort(-panel.last_years[panel.period[at]], kind="stable")]
    _, first = np.unique(panel.place[order], return_index=True)
    return [int(one) for one in order[np.sort(first)][:most]]


def _siblings(panel: Panel, shares: Sequence[int]) -> Iterator[Set]:
    """Sets of classes of one whole that a reader would take for a partition, each with the rule that it breaks."""
    by_whole: dict[tuple[Any, ...], list[int]] = {}
    for q in shares:
        one = panel.identities[q]
        if one.whole is None or (one.whole.wider and not one.whole.keys - {"market", "total"}):
            continue  # '% of national' is of the nation's own each time
        if not one.marks & _NOT_A_PART and not one.whole.keys & _ASKED:
            by_whole.setdefault(_whole_key(one), []).append(q)
    for whole, members in by_whole.items():
        told = [q for q in members if _classes(panel, q) != "overlapping"]
        if len(told) > 1:
            yield from _declared(panel, told)
            yield from _by_family(panel, told)
            yield from _sectors(panel, whole, told)
            yield from _crossing(panel, whole, [q for q in told if _classes(panel, q) != "exclusive"])


def _whole_key(one: Subject) -> tuple[Any, ...]:
    whole = one.whole or Phrase()
    return tuple(sorted(whole.keys)), whole.measure or "", whole.wider or "", whole.places


def _classes(panel: Panel, quantity: int) -> str:
    """What the indicators table says of the classes within their whole."""
    about = panel.declared.get(panel.texts[int(panel.first_text[quantity])].indicator_id, {})
    return str(about.get("classes") or "")


def _declared(panel: Panel, members: list[int]) -> Iterator[Set]:
    exclusive = [q for q in members if _classes(panel, q) == "exclusive"]
    if len(exclusive) > 1:
        yield "classes_over_whole", exclusive


def _by_family(panel: Panel, members: list[int]) -> Iterator[Set]:
    """Urban and rural, male and female: classes that exclude each other by what they mean."""
    families: dict[tuple[Any, ...], dict[str, int]] = {}
    for q in members:
        for word in panel.identities[q].what.words:
            if word.is_exclusive:
                rest = panel.identities[q].what.keys - {word.key}
                if word.family != "trade direction" or {"foreign trade", "trade"} & _heads(panel, q):
                    families.setdefault((word.family, rest - _heads(panel, q)), {})[word.shown] = q
    for found in families.values():
        within = ("small", "medium", "micro") if "small and medium" in found else ()
        distinct = {q for name, q in found.items() if name not in within}
        if len(distinct) > 1:
            yield "classes_over_whole", sorted(distinct)


def _heads(panel: Panel, quantity: int) -> frozenset[str]:
    """Words of a class that only repeat its whole: 'female employees' of employees."""
    whole = panel.identities[quantity].whole or Phrase()
    return whole.keys | {"enterpris", "industri", "sector", "popul", "economi", "servic"}


def _sectors(panel: Panel, whole: tuple[Any, ...], members: list[int]) -> Iterator[Set]:
    """Agriculture, industry and services of an economy; one reading of each."""
    if not (
        set(whole[0]) & {"gdp", "economi"} or (not whole[0] and whole[1] in ("employment", "value added"))
    ):
        return
    slots: dict[str, int] = {}
    for q in members:
        keys = panel.identities[q].what.keys - {"sector"}
        keys = keys - {"industri"} if len(keys) > 1 else keys
        if len(keys) == 1 and (slot := _SECTORS.get(next(iter(keys)))) is not None:
            slots.setdefault(slot, q)
    if (
        len(slots) > 1
        and len({panel.identities[q].what.measure or "value added" for q in slots.values()}) == 1
    ):
        yield "classes_over_whole", sorted(slots.values())


def _by_head(panel: Panel, members: list[int]) -> Iterator[Set]:
    """Classes that qualify one noun (advanced, traditional manufacturing), or bare words of classes."""
    for found in _heads_of(panel, members).values():
        if len(flat := _without_nested(panel, found)) > 1:
            yield "classes_overlap", flat


def _heads_of(panel: Panel, members: list[int]) -> dict[tuple[str, str], list[int]]:
    heads: dict[tuple[str, str], list[int]] = {}
    for q in members:
        words = panel.identities[q].what.words
        measure = panel.identities[q].what.measure or (panel.identities[q].whole or Phrase()).measure or ""
        if words and not any(word.is_exclusive for word in words) and not panel.identities[q].what.is_joint:
            last = words[-1]
            if len(words) > 1 or last.role == "class":
                heads.setdefault((last.key if last.role != "class" else "", measure), []).append(q)
    return heads


def _crossing(panel: Panel, whole: tuple[Any, ...], members: list[int]) -> Iterator[Set]:
    """Classes of one total whatever their nouns, unless they are mere features of its members or an economy's ratios.

    Households with a car and households with a computer are no classes; town and sex divide people twice, as all know.
    """
    if set(whole[0]) & _ECONOMIES or (not whole[1] and set(whole[0]) & _MEMBERS):
        yield from _by_head(panel, members)
        return
    told = [q for q in members if not (panel.identities[q].what.is_joint or _crosses_as_all_know(panel, q))]
    flat = _without_nested(panel, told)
    yield from _by_head(panel, told)
    for first, second in combinations(flat, 2):
        if not _families(panel, first) & _families(panel, second):
            yield "classes_overlap", [first, second]


def _crosses_as_all_know(panel: Panel, quantity: int) -> bool:
    """Men, towns, exports: whoever trades or works does so beside any other class."""
    words = panel.identities[quantity].what.words
    is_direction = bool(words) and all(
        word.family == "trade direction" or word.key in _TRADE for word in words
    )
    return bool(_families(panel, quantity) & _DEMOGRAPHIC) or is_direction


def _families(panel: Panel, quantity: int) -> frozenset[str]:
    return frozenset(word.family for word in panel.identities[quantity].what.words if word.is_exclusive)


def _without_nested(panel: Panel, members: list[int]) -> list[int]:
    """Without classes inside another one of the set: robot manufacturing within manufacturing."""
    keys = {q: panel.identities[q].what.keys for q in members}
    return [q for q in members if not any(keys[other] < keys[q] for other in members)]


def _over_one(panel: Panel, rule: str, members: list[int], settings: DoubtSettings) -> Iterator[Doubt]:
    """Cells (period, place) where the classes' lower bounds sum above 1: the smallest set that does."""
    at = np.concatenate([panel.of(q) for q in members])
    cell = panel.period[at].astype(np.int64) * len(panel.places) + panel.place[at]
    order = np.lexsort((panel.low[at], panel.quantity[at], cell))
    at, cell = at[order], cell[order]
    again = np.r_[False, (cell[1:] == cell[:-1]) & (panel.quantity[at[1:]] == panel.quantity[at[:-1]])]
    at, cell = at[~again], cell[~again]  # the least figure where one class has several
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    total = np.add.reduceat(panel.low[at], starts)
    ends = np.r_[starts[1:], len(at)]
    for n in np.flatnonzero(total > 1)[: settings.most]:
        group = at[starts[n] : ends[n]]
        if rule == "classes_overlap":
            group = group[[not _declares_crossing(panel, int(one)) for one in group]]
            if len(group) < 2 or panel.low[group].sum() <= 1:
                continue
        chosen = _smallest(panel.low, group)
        if len(chosen) > 1:
            yield _classes_doubt(panel, rule, chosen, [g for g in group.tolist() if g not in chosen])


def _declares_crossing(panel: Panel, at: int) -> bool:
    """Whether a figure itself says that its class cuts across others: that settles a doubt, as a table's word does."""
    row = panel.figures.row(int(panel.row[at]), named=True)
    return any(
        _CROSSES.search((row.get(name) or "").lower()) for name in ("definition", "note", "indicator", "unit")
    )


def _smallest(low: Bounds, group: Ints) -> list[int]:
    """The fewest figures whose lower bounds sum above 1: the largest ones."""
    order = sorted(group.tolist(), key=lambda one: (-low[one], one))
    total = np.cumsum(low[order])
    return order[: int(np.argmax(total > 1)) + 1]


def _classes_doubt(panel: Panel, rule: str, chosen: list[int], others: list[int]) -> Doubt:
    whole = panel.identities[int(panel.quantity[chosen[0]])].whole or Phrase()
    return doubt(
        panel, rule, chosen, listed=names(panel, chosen), total=percent(float(panel.lower[chosen].sum())),
        whole=whole.text or "–", others=names(panel, others) or ("–",),
    )  # fmt: skip


def _places(panel: Panel, shares: Sequence[int], settings: DoubtSettings) -> Iterator[Doubt]:
    """One share of a wider place's total over places that lie beside each other."""
    for q in shares:
        whole = panel.identities[q].whole
        if whole is None or not whole.wider or panel.identities[q].marks & _NOT_A_PART:
            continue
        at = panel.of(q)
        at = at[[bool(panel.tree.levels[place]) for place in panel.place[at]]]
        told = 0
        for period in np.unique(panel.period[at]) if len(at) else ():
            group = _beside_each_other(panel, at[panel.period[at] == period])
            if len(group) > 1 and panel.low[group].sum() > 1 and told < settings.most:
                told += 1
                chosen = _smallest(panel.low, group)
                others = [g for g in group.tolist() if g not in chosen]
                yield _classes_doubt(panel, "places_over_whole", chosen, others)


def _beside_each_other(panel: Panel, at: Ints) -> Ints:
    """The figures of the places of the level that most of them have, one for each place."""
    if not len(at):
        return at
    levels = [panel.tree.levels[place] for place in panel.place[at]]
    level = max(sorted(set(levels)), key=levels.count)
    at = at[[one == level for one in levels]]
    at = at[np.lexsort((panel.low[at], panel.place[at]))]
    return at[np.r_[True, panel.place[at[1:]] != panel.place[at[:-1]]]] if len(at) else at
