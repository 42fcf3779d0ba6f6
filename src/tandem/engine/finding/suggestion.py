"""Titles that go on as somebody types: only titles of documents that they see, so that nothing else is suggested."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tandem.engine.finding import audience, ranking
from tandem.engine.finding.audience import Audience
from tandem.engine.finding.documents import Ints, Segment
from tandem.engine.language import text

_SOUGHT = 2_000  # occurrences up to which they are sought one by one


def suggested(
    shelf: Sequence[Segment], typed: str, who: Audience, what: str | None, most: int
) -> tuple[str, ...]:
    """Ids of documents whose titles hold what was typed at the beginning of a word; each title once.

    Titles that begin with it come first, then the shorter ones, then by the alphabet.
    """
    wanted = " ".join(text.normal(typed).split()).encode("utf-8", "replace")
    if not wanted:
        return ()
    found: dict[tuple[int, int, bytes], str] = {}
    for one in ranking.readable(shelf, who):
        for key, id_ in _best(one, wanted, who, what, most):
            found[key] = min(id_, found.get(key, id_))
    return tuple(found[key] for key in sorted(found)[:most])


def _best(
    one: Segment, wanted: bytes, who: Audience, what: str | None, most: int
) -> list[tuple[tuple[int, int, bytes], str]]:
    """The first titles of a segment, each with where it stands and the least id of those that bear it."""
    places = _places(one.titles, wanted)
    if not len(places):
        return []
    rows, first = np.unique(np.searchsorted(one.title_at, places, side="right") - 1, return_index=True)
    kept = (audience.seen(one, who) & ranking.admitted(one, ranking.Filters(what)))[rows]
    rows, places = rows[kept], places[first][kept]
    inside = (places != one.title_at[rows]).astype(np.int64)
    length = one.title_at[rows + 1] - one.title_at[rows]
    order = np.lexsort((length, inside))
    titles: dict[tuple[int, int, bytes], str] = {}
    last = (-1, -1)
    for at in order.tolist():
        here = (int(inside[at]), int(length[at]))
        if len(titles) >= most and here != last:  # all titles of one length are looked at, or none
            break
        last, row = here, int(rows[at])
        key = (*here, one.titles[one.title_at[row] : one.title_at[row + 1]])
        titles.setdefault(key, one.ids[row].decode())
    return list(titles.items())


def _places(titles: bytes, wanted: bytes) -> Ints:
    """Where the wanted bytes stand, but not inside a Latin word."""
    found: list[int] = []
    at = titles.find(wanted)
    while at >= 0 and len(found) < _SOUGHT:
        found.append(at)
        at = titles.find(wanted, at + 1)
    places = np.array(found, np.int64) if at < 0 else _all(titles, wanted)
    if wanted[:1].isalnum():
        before = np.frombuffer(titles, np.uint8)[np.maximum(places - 1, 0)]
        latin = ((before | 32) >= ord("a")) & ((before | 32) <= ord("z")) | (before >= ord("0")) & (
            before <= ord("9")
        )
        places = places[(places == 0) | ~latin]
    return places


def _all(titles: bytes, wanted: bytes) -> Ints:
    """The same for bytes that occur very often: byte after byte over all places at once."""
    letters = np.frombuffer(titles, np.uint8)
    places = np.flatnonzero(letters[: len(letters) - len(wanted) + 1] == wanted[0])
    for offset, letter in enumerate(wanted[1:], 1):
        places = places[letters[places + offset] == letter]
    return places
