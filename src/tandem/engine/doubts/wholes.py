"""Parts larger than what they are parts of: a narrower quantity, a place inside another, places together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tandem.engine.doubts.evidence import Doubt, DoubtSettings, digits, doubt, in_unit_of, names
from tandem.engine.doubts.levels import comparable, unit
from tandem.engine.doubts.numbering import Ints
from tandem.engine.doubts.panel import BASELINE, Panel
from tandem.engine.doubts.quantities import Index
from tandem.engine.figures.subjects import Phrase

_CELLS = 4_000_000  # (cell, place) pairs looked at in one go
_LEAST_PARTS = 2
_DIVISIONS = (("urban", "rural"), ("male", "female"))  # of people: nobody is neither or both
_TRADE = frozenset(("foreign trade",))


def find(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Doubts about parts and wholes."""
    if not len(panel.key):
        return
    index = Index(panel)
    for part, whole in _pairs(panel, index):
        yield from _larger(panel, part, whole, settings)
    for whole, parts in _divisions(panel, index):
        yield from _together(panel, whole, parts, settings)
    yield from _inside(panel, settings)


def _pairs(panel: Panel, index: Index) -> Iterator[tuple[int, int]]:
    """Declared parts, and quantities whose words are another's with something narrowing before them."""
    declared = {name: about["part_of"] for name, about in panel.declared.items() if about.get("part_of")}
    for name, whole in declared.items():
        for part_q in index.by_id.get(name, ()):
            yield from ((part_q, whole_q) for whole_q in index.by_id.get(whole, ()))
    economy = index.same(frozenset(("gdp",)), None)
    for part in index.levels:
        if panel.identities[part].what.measure == "value added" and _narrows(panel.identities[part].what):
            yield from ((part, whole) for whole in economy)  # GDP is the sum of all value added
        if (
            (one := panel.identities[part].what).additive
            and _narrows(one)
            and not panel.identities[part].aside
        ):
            for keys in _broader(one):
                yield from ((part, whole) for whole in index.same(keys, one.measure) if _plain(panel, whole))


def _divisions(panel: Panel, index: Index) -> Iterator[tuple[int, list[int]]]:
    """Wholes with all classes that make them up: trade both ways, the three sectors, town and country."""
    for whole in index.levels:
        one = panel.identities[whole].what
        if not _plain(panel, whole) or one.wider or one.places or panel.identities[whole].aside:
            continue
        told: list[list[frozenset[str]]] = []
        if one.keys >= _TRADE:
            told = [[one.keys - _TRADE | {way} for way in ("export", "import")]]
        elif "popul" in one.keys or one.measure == "employment":
            told = [[one.keys | {name} for name in division] for division in _DIVISIONS]
        elif one.keys == {"gdp"}:
            told = [[frozenset((name,)) for name in ("primari", "secondari", "tertiari")]]
        for classes in told:
            measure = "value added" if one.keys == {"gdp"} else one.measure
            found = [index.same(keys, measure) for keys in classes]
            if all(found):
                yield whole, [parts[0] for parts in found]


def _together(panel: Panel, whole: int, parts: list[int], settings: DoubtSettings) -> Iterator[Doubt]:
    """Cells in which the classes do not sum to the whole; figures told twice are another doubt."""
    at = panel.of(whole)
    found = np.stack([panel.find(panel.keys(part, at)) for part in parts])
    there = (found >= 0).all(axis=0)
    off = (panel.low[found].sum(axis=0) > panel.high[at]) | (panel.high[found].sum(axis=0) < panel.low[at])
    told = 0
    for number in np.flatnonzero(there & off):
        base, classes = int(at[number]), [int(one) for one in found[:, number]]
        one_unit = all(_same_unit(panel, one, base) for one in classes)
        if (
            told < settings.most
            and one_unit
            and not any(_is_told_twice(panel, one) for one in (base, *classes))
        ):
            told += 1
            total = in_unit_of(panel, base, float(panel.lower[classes].sum()), 4)
            yield doubt(panel, "parts_differ", [base, *classes], total=total, listed=names(panel, classes))


def _is_told_twice(panel: Panel, at: int) -> bool:
    first, last = np.searchsorted(panel.key, [panel.key[at], panel.key[at] + 1])
    return bool(last - first > 1)


def _narrows(phrase: Phrase) -> bool:
    """Whether words before a quantity make it narrower: not 'A and B', 'non-A', 'potential A', 'gross A'."""
    return not (
        phrase.is_joint
        or phrase.wider
        or phrase.places
        or any(w.role in ("non", "negative") for w in phrase.words)
    )


def _plain(panel: Panel, quantity: int) -> bool:
    one = panel.identities[quantity].what
    return one.additive and not one.is_joint


def _broader(phrase: Phrase) -> list[frozenset[str]]:
    """What is left without a narrowing word: advanced manufacturing value added -> manufacturing value added."""
    found = []
    first = phrase.pieces[0] if phrase.pieces else 0
    for start in range(1, first + (1 if phrase.measure and first == len(phrase.words) else 0)):
        found.append(Phrase(phrase.words[start:]).keys)
    end = 0
    for size in phrase.pieces[:-1]:  # exports of goods | to ASEAN countries
        end += size
        found.append(Phrase(phrase.words[:end]).keys)
    last = phrase.words[-1] if phrase.words else None
    for word in phrase.words:  # wind capacity, offshore
        if word is not last:
            found.append(Phrase(tuple(one for one in phrase.words if one is not word)).keys)
    return list(dict.fromkeys(keys for keys in found if keys < phrase.keys and (keys or phrase.measure)))


def _larger(panel: Panel, part: int, whole: int, settings: DoubtSettings) -> Iterator[Doubt]:
    at = panel.of(part)
    base = panel.find(panel.keys(whole, at))
    off = (base >= 0) & (panel.low[at] > panel.high[base])
    told = 0
    for number in np.flatnonzero(off):
        a, b = int(at[number]), int(base[number])
        if told < settings.most and _same_unit(panel, a, b):
            told += 1
            yield doubt(panel, "part_over_whole", [a, b])


def _same_unit(panel: Panel, a: int, b: int) -> bool:
    first, second = unit(panel, int(panel.text[a])), unit(panel, int(panel.text[b]))
    return comparable(first, second) and first[0] in ("money", "count") and first[3] == second[3]


def _inside(panel: Panel, settings: DoubtSettings) -> Iterator[Doubt]:
    """Places against the places that they lie in, a block of cells (quantity, kind, period) at a time."""
    ups = sorted({up for places in panel.tree.wider for up in places})
    additive = np.array([one.quantity == "level" and one.what.additive for one in panel.identities])
    if not ups or not additive.any():
        return
    at = np.flatnonzero(additive[panel.quantity] & (panel.kind == BASELINE))
    cell = panel.key[at] // len(panel.places)
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]]) if len(at) else at
    number = np.cumsum(np.r_[0, cell[1:] != cell[:-1]]) if len(at) else at
    told: dict[int, int] = {}
    block = max(_CELLS // len(ups), 1)
    for first in range(0, len(starts), block):
        begin, end = starts[first], starts[first + block] if first + block < len(starts) else len(at)
        for one in _block(panel, at[begin:end], number[begin:end] - first, ups):
            quantity = int(panel.quantity[one[0][0]])
            if told.get(quantity, 0) < settings.most:
                told[quantity] = told.get(quantity, 0) + 1
                yield _told(panel, *one)


def _told(panel: Panel, at: list[int], total: float | None) -> Doubt:
    if total is None:
        return doubt(panel, "place_over_place", at)
    return doubt(panel, "places_over_place", [at[-1], *at[:-1]], total=digits(total, 4), n=len(at) - 1)


def _block(panel: Panel, at: Ints, cell: Ints, ups: list[int]) -> Iterator[tuple[list[int], float | None]]:
    """Within one block: (child, parent), or (children ..., parent) with their sum."""
    column = np.full(len(panel.places), -1, np.int64)
    column[ups] = np.arange(len(ups))
    size = int(cell[-1]) + 1 if len(cell) else 0
    is_up = column[panel.place[at]] >= 0
    holder = np.full((size, len(ups)), -1, np.int64)
    holder[cell[is_up], column[panel.place[at[is_up]]]] = at[is_up]
    most = max((len(one) for one in panel.tree.wider), default=0)
    larger: set[tuple[int, int]] = set()
    for depth in range(most):
        up = _step(panel, panel.tree.wider, depth)[panel.place[at]]
        base = np.where(up >= 0, holder[cell, column[up]], -1)
        for n in np.flatnonzero((base >= 0) & (panel.low[at] > panel.high[base])):
            if _same_unit(panel, int(at[n]), int(base[n])):
                larger.add((int(cell[n]), int(base[n])))
                yield [int(at[n]), int(base[n])], None
    yield from _sums(panel, at, cell, holder, column, larger)


def _step(panel: Panel, table: tuple[tuple[int, ...], ...], depth: int) -> Ints:
    """(places,) the depth-th wider place, -1 where there is none."""
    return np.array([one[depth] if depth < len(one) else -1 for one in table], np.int64)


def _sums(
    panel: Panel, at: Ints, cell: Ints, holder: Ints, column: Ints, larger: set[tuple[int, int]]
) -> Iterator[tuple[list[int], float]]:  # fmt: skip
    """Places of one level together against what they directly lie in; each place counts once, with its least figure."""
    for level in sorted({name for name in panel.tree.levels if name}):
        is_level = np.array([name == level for name in panel.tree.levels])
        for depth in range(max((len(one) for one in panel.tree.direct), default=0)):
            up = _step(panel, panel.tree.direct, depth)
            mine = np.flatnonzero(is_level[panel.place[at]] & (up[panel.place[at]] >= 0))
            again = (
                np.r_[False, panel.key[at[mine[1:]]] == panel.key[at[mine[:-1]]]] if len(mine) else mine > 0
            )
            mine = mine[~again]
            bins = cell[mine] * holder.shape[1] + column[up[panel.place[at[mine]]]]
            total = np.bincount(bins, weights=panel.low[at[mine]], minlength=holder.size)
            base = holder.ravel()
            off = np.flatnonzero((base >= 0) & (total > panel.high[base]))
            for one in off:
                parts = at[mine[bins == one]]
                whole = int(base[one])
                alone = (int(one) // holder.shape[1], whole) in larger
                if (
                    len(parts) >= _LEAST_PARTS
                    and not alone
                    and all(_same_unit(panel, int(p), whole) for p in parts)
                ):
                    yield [*parts.tolist(), whole], float(panel.lower[parts].sum())
