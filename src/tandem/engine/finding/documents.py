"""What is searched: records as documents, and a segment of them as arrays.

A segment never changes; which of its documents still stand (`alive`) is a mask beside it. It holds either public
documents or others, never both, so that no array of public records was made from hidden text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tandem.domain.records import SEARCHED
from tandem.engine.language import text as language
from tandem.engine.search import tokens
from tandem.engine.search.layout import MOST_COUNTED, WEIGHTS
from tandem.engine.search.tokens import PARTS, Tokens

AUDIENCES = ("public", "members", "named", "confidential")
FIELDS = ("kind", "city", "sector", "service_code", "org", "named")

Ids = npt.NDArray[np.bytes_]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Document:
    """One record as it is searched.

    what      of SEARCHED; audience: of AUDIENCES; open: whether anybody but its owner may see it at all
    labels    field of FIELDS -> what stands there; `org` is the owner, `named` the organisations that it names
    """

    id: str
    what: str
    audience: str
    open: bool
    version: int
    created_at: int
    changed_at: int
    title: str
    text: str
    labels: Mapping[str, Sequence[str]]

    @property
    def public(self) -> bool:
        """Whether everybody may see it."""
        return self.open and self.audience == "public"


@dataclass(frozen=True)
class Labels:
    """Which labels documents carry: label code[i] stands at document doc[i].

    names      alphabetical; doc (entries,) int32 ascending; code (entries,) int32
    """

    names: tuple[str, ...]
    doc: Small
    code: Small

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The code of each name."""
        return {name: i for i, name in enumerate(self.names)}

    def having(self, name: str, documents: int) -> Bools:
        """(documents,) whether a document carries the label."""
        found = np.zeros(documents, np.bool_)
        code = self.number.get(name)
        if code is not None:
            found[self.doc[self.code == code]] = True
        return found

    def counted(self, rows: Bools) -> dict[str, int]:
        """How many of the chosen documents carry each label; labels of none are left out."""
        n = np.bincount(self.code[rows[self.doc]], minlength=len(self.names))
        return {self.names[i]: int(n[i]) for i in np.flatnonzero(n).tolist()}

    def taken(self, rows: Ints, documents: int) -> Labels:
        """The labels of some documents, renumbered as they are asked for."""
        place = np.full(documents, -1, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        kept = place[self.doc] >= 0
        return _labels(self.names, place[self.doc[kept]], self.code[kept])


@dataclass(frozen=True)
class Segment:
    """Some documents, ascending by id.

    public    whether everybody may see all of them, or not everybody any of them
    alive     (documents,) bool, whether the record still stands as this segment has it
    ids       (documents,) bytes; what, audience (documents,) uint8; open (documents,) bool
    version, created, changed  (documents,) int64
    labels    by field of FIELDS
    titles    folded titles as UTF-8, a line each; title_at (documents + 1,) where each begins
    tokens    their words, alphabetical
    indptr, docs, counts  postings of single words: word w stands in docs[indptr[w]:indptr[w + 1]], counts times
    lengths   (documents,) int64, words, those of the title twice
    """

    public: bool
    alive: Bools
    ids: Ids
    what: Bytes
    audience: Bytes
    open: Bools
    version: Ints
    created: Ints
    changed: Ints
    labels: Mapping[str, Labels]
    titles: bytes
    title_at: Ints
    tokens: Tokens
    indptr: Ints
    docs: Small
    counts: Bytes
    lengths: Ints

    @property
    def documents(self) -> int:
        """How many documents there are, alive or not."""
        return len(self.ids)

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Word -> its number."""
        return {word: i for i, word in enumerate(self.tokens.words)}

    @cached_property
    def standing(self) -> int:
        """How many documents are alive."""
        return int(np.count_nonzero(self.alive))

    @cached_property
    def length(self) -> int:
        """Words of all documents that are alive."""
        return int(self.lengths[self.alive].sum())

    def rows(self, wanted: Ids) -> Ints:
        """Where the living documents of these ids stand, -1 where they do not."""
        if not self.documents or not len(wanted):
            return np.full(len(wanted), -1, np.int64)
        at = np.minimum(np.searchsorted(self.ids, wanted), self.documents - 1)
        return np.where((self.ids[at] == wanted) & self.alive[at], at, -1).astype(np.int64)

    def without(self, rows: Ints) -> Segment:
        """The same with some documents gone."""
        if not len(rows):
            return self
        alive = self.alive.copy()
        alive[rows] = False
        return replace(self, alive=alive)


def identities(ids: Sequence[str]) -> Ids:
    """Ids as segments keep them."""
    return np.array([one.encode() for one in ids], np.bytes_) if ids else np.zeros(0, "S1")


def segment(documents: Sequence[Document], *, public: bool) -> Segment:
    """Documents as one segment.  O(words log words)"""
    ordered = sorted(documents, key=lambda one: one.id.encode())
    columns = {
        "ids": identities([one.id for one in ordered]),
        "what": np.array([SEARCHED.index(one.what) for one in ordered], np.uint8),
        "audience": np.array([AUDIENCES.index(one.audience) for one in ordered], np.uint8),
        "open": np.array([one.open for one in ordered], np.bool_),
        "version": np.array([one.version for one in ordered], np.int64),
        "created": np.array([one.created_at for one in ordered], np.int64),
        "changed": np.array([one.changed_at for one in ordered], np.int64),
    }
    labels = {field: _read_labels(ordered, field) for field in FIELDS}
    words = tokens.read((one.title, one.text) for one in ordered)
    return _indexed(columns, labels, _titles([one.title for one in ordered]), words, public=public)


def _indexed(
    columns: Mapping[str, Any],
    labels: Mapping[str, Labels],
    titles: tuple[bytes, Ints],
    words: Tokens,
    *,
    public: bool,
) -> Segment:
    """A segment whose postings are made from its tokens."""
    words = _alphabetical(words)
    indptr, docs, counts, lengths = _postings(words)
    return Segment(
        public=public,
        alive=np.ones(len(columns["ids"]), np.bool_),
        labels=labels,
        titles=titles[0],
        title_at=titles[1],
        tokens=words,
        indptr=indptr,
        docs=docs,
        counts=counts,
        lengths=lengths,
        **columns,
    )


def joined(parts: Sequence[Segment], *, public: bool) -> Segment:
    """What is alive in several segments, as one; texts are not read again."""
    which = [np.flatnonzero(part.alive) for part in parts]
    ids = np.concatenate([part.ids[rows] for part, rows in zip(parts, which, strict=True)])
    order = np.argsort(ids, kind="stable")
    columns = {
        name: np.concatenate([getattr(part, name)[rows] for part, rows in zip(parts, which, strict=True)])[
            order
        ]
        for name in ("ids", "what", "audience", "open", "version", "created", "changed")
    }
    words = _joined_tokens(parts, which, order)
    titles = _joined_titles(parts, which, order)
    return _indexed(columns, _joined_labels(parts, which, order), titles, words, public=public)


def _joined_titles(parts: Sequence[Segment], which: Sequence[Ints], order: Ints) -> tuple[bytes, Ints]:
    lines = [
        part.titles[begin:end]
        for part, rows in zip(parts, which, strict=True)
        for begin, end in zip(part.title_at[rows].tolist(), part.title_at[rows + 1].tolist(), strict=True)
    ]
    return _together([lines[i] for i in order.tolist()])


def _joined_labels(parts: Sequence[Segment], which: Sequence[Ints], order: Ints) -> dict[str, Labels]:
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    found = {}
    for field in FIELDS:
        names = sorted({name for part in parts for name in part.labels[field].names})
        number = {name: i for i, name in enumerate(names)}
        docs, codes, before = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
        for part, rows in zip(parts, which, strict=True):
            own = part.labels[field].taken(rows, part.documents)
            moved = np.array([number[name] for name in own.names], np.int64)
            docs.append(place[own.doc + before])
            codes.append(moved[own.code] if len(moved) else own.code.astype(np.int64))
            before += len(rows)
        found[field] = _labels(tuple(names), np.concatenate(docs), np.concatenate(codes))
    return found


def _joined_tokens(parts: Sequence[Segment], which: Sequence[Ints], order: Ints) -> Tokens:
    number: dict[str, int] = {}
    flat, sizes = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    for part, rows in zip(parts, which, strict=True):
        own = tokens.taken(part.tokens, rows)
        moved = np.array([number.setdefault(word, len(number)) for word in own.words], np.int32)
        flat.append(moved[own.flat] if len(moved) else own.flat)
        sizes.append(np.diff(own.starts))
    starts = np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)
    return tokens.taken(Tokens(list(number), np.concatenate(flat), starts), order)


def _alphabetical(words: Tokens) -> Tokens:
    return (
        tokens.alphabetical(words)
        if len(words.flat)
        else Tokens([], words.flat.astype(np.int32), words.starts)
    )


def _postings(words: Tokens) -> tuple[Ints, Small, Bytes, Ints]:
    """(indptr, docs, counts, lengths) of single words, those of a title counted twice."""
    sizes, n = np.diff(words.starts), max(words.documents, 1)
    part = np.repeat(np.arange(len(sizes)), sizes)
    often = np.array(WEIGHTS)[part % PARTS]
    cell = np.repeat(words.flat.astype(np.int64) * n + part // PARTS, often)
    cell.sort()
    begin = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]])[: len(cell)])
    counts = np.minimum(np.diff(np.concatenate([begin, [len(cell)]])), MOST_COUNTED).astype(np.uint8)
    word, doc = np.divmod(cell[begin], n)
    held = np.bincount(word, minlength=len(words.words))
    indptr = np.concatenate([[0], np.cumsum(held)]).astype(np.int64)
    lengths = sizes.reshape(-1, PARTS) @ np.array(WEIGHTS)
    return indptr, doc.astype(np.int32), counts, lengths.astype(np.int64)


def _titles(titles: Sequence[str]) -> tuple[bytes, Ints]:
    return _together([
        " ".join(language.normal(title).split()).encode("utf-8", "replace") + b"\n" for title in titles
    ])  # fmt: skip


def _together(lines: Sequence[bytes]) -> tuple[bytes, Ints]:
    ends = np.cumsum([len(line) for line in lines]) if lines else np.zeros(0, np.int64)
    return b"".join(lines), np.concatenate([[0], ends]).astype(np.int64)


def _read_labels(documents: Sequence[Document], field: str) -> Labels:
    carried = [
        (row, name) for row, one in enumerate(documents) for name in sorted(set(one.labels.get(field, ())))
    ]
    names = sorted({name for _, name in carried})
    number = {name: i for i, name in enumerate(names)}
    return _labels(tuple(names), np.array([row for row, _ in carried], np.int64),
                   np.array([number[name] for _, name in carried], np.int64))  # fmt: skip


def _labels(names: tuple[str, ...], doc: npt.NDArray[np.integer], code: npt.NDArray[np.integer]) -> Labels:
    order = np.lexsort((code, doc))
    return Labels(names, doc[order].astype(np.int32), code[order].astype(np.int32))
