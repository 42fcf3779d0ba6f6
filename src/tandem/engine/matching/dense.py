"""Nearness in meaning: the need and every document as unit vectors, one more view beside the words.

    c(d)       = cosine of the need and document d
    closer(d)  = (c(d) - mean c) / (max c - mean c), at least 0, over the documents that may speak
    meaning(o) = max over its documents d of closer(d) ^ power x age x rating x stated
    score(o)   = (words(o) + weight x meaning(o) / max meaning) / (1 + weight)

Only documents in another language than the need's speak by default: across languages words miss what meaning finds,
within one language words alone rank better (bench/dense.py). An organisation speaks through its nearest document, so
that the reason names the evidence. Mean and largest cosine are those of the documents that the need may see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.base.errors import Invalid
from tandem.engine.matching import corpus, views
from tandem.engine.matching.corpus import Corpus
from tandem.engine.matching.explain import Case, Meaning
from tandem.engine.search.postings import BoolArray, FloatArray

DIMENSIONS = 512
PIECE = 300  # characters of a text that are encoded: further ones add little and blur the vector
_POWER = 1.5  # flat between 1 and 3 on dev needs

VectorArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Vectors:
    """The vectors of a book.

    doc_ids    the documents in the order of a corpus: deliveries by id, then offers by id
    documents  (documents, DIMENSIONS) float32, unit rows; zeros where not ready
    ready      (documents,) bool
    needs      need_id -> (DIMENSIONS,) float32, unit
    wanted     (documents,) bool, those that a vector is of use for; None: all
    """

    doc_ids: tuple[str, ...]
    documents: VectorArray
    ready: BoolArray
    needs: Mapping[str, VectorArray]
    wanted: BoolArray | None = None

    def state(self) -> DenseState:
        """How far the vectors are."""
        wanted = np.ones_like(self.ready) if self.wanted is None else self.wanted
        ready, of = int((self.ready & wanted).sum()), int(wanted.sum())
        return DenseState(ready, of, used=0 < of == ready)


@dataclass(frozen=True, slots=True)
class DenseState:
    """How many documents had vectors, of how many that they are of use for, and whether vectors were used.

    They are used when all are ready and not before: a result never depends on how far a build had come, and nobody
    is put back because their text was encoded last.
    """

    ready: int
    of: int
    used: bool

    @property
    def code(self) -> str:
        """The code of the sentence that tells it; `ready` and `of` are its figures."""
        if self.of == 0:
            return "dense.one_language"
        return "dense.used" if self.used else "dense.not_yet"


def piece(title: str | None, text: str | None) -> str:
    """What is encoded of a need, a delivery or an offer."""
    return ". ".join(part.strip() for part in (title, text) if part and part.strip())[:PIECE]


def of_use(needs: pl.DataFrame, offers: pl.DataFrame, deliveries: pl.DataFrame) -> BoolArray:
    """(documents,) bool, in the order of a corpus: those in another language than one of the needs."""
    asked = {
        corpus.spoken(f"{title or ''} {text or ''}") for title, text in needs["title", "text"].iter_rows()
    }
    spoken = (corpus.spoken(title) for title, _ in corpus.written(offers, deliveries))
    return np.array([bool(asked - {one}) for one in spoken], np.bool_)


def check(vectors: Vectors, supply: Corpus) -> None:
    """Raises Invalid("dense.documents") where vectors are those of other documents than the corpus holds."""
    if vectors.doc_ids != supply.doc_ids:
        raise Invalid("dense.documents", vectors=len(vectors.doc_ids), documents=len(supply.doc_ids))


def joined(case: Case, need: Mapping[str, Any], day: int, vectors: Vectors) -> Case:
    """The same case with nearness in meaning in its scores; as it was where vectors are not ready or nobody speaks.

    need  a row of the needs: need_id, title, text; day: the day from which ages are counted, days since 1970
    """
    asked = vectors.needs.get(need["need_id"])
    if asked is None or not vectors.state().used:
        return case
    found = _meaning(case, _may_speak(case, need), asked, day, vectors)
    return case if found is None else _ranked(case, found)


def _may_speak(case: Case, need: Mapping[str, Any]) -> BoolArray:
    """Documents of eligible organisations that the need may see, in another language unless settings say otherwise."""
    members = case.seen.members
    allowed = np.zeros(len(case.supply.doc_ids), np.bool_)
    allowed[members.doc[case.ruling.eligible[members.group]]] = True
    if case.settings.meaning_within:
        return allowed
    own = corpus.spoken(f"{need['title'] or ''} {need['text'] or ''}")
    return np.asarray(allowed & (case.supply.spoken != (own or "")), np.bool_)


def _meaning(
    case: Case, allowed: BoolArray, asked: VectorArray, day: int, vectors: Vectors
) -> Meaning | None:
    speaking = np.flatnonzero(allowed)
    if len(speaking) == 0:
        return None
    cosine = (vectors.documents @ asked).astype(np.float64)
    mean, highest = float(cosine[speaking].mean()), float(cosine[speaking].max())
    if highest - mean < 1e-9:
        return None
    closer = np.maximum(cosine[speaking] - mean, 0.0) / (highest - mean)
    vote = np.zeros(len(cosine))
    vote[speaking] = closer**_POWER * views.standing(case.supply, speaking, day, case.settings)
    nearest = views.window(vote, case.settings.window)
    members = case.seen.members
    meaning = np.zeros(members.groups)
    np.maximum.at(meaning, members.group, vote[members.doc])
    meaning[~case.ruling.eligible] = 0.0
    weight = case.settings.meaning / (1 + case.settings.meaning)
    proposed = np.zeros(members.groups, np.bool_)
    proposed[members.of(nearest)[1]] = True
    return Meaning(vote, cosine, meaning, weight / float(meaning.max()), proposed)


def _ranked(case: Case, found: Meaning) -> Case:
    """Words and meaning added. Meaning alone makes candidates of the owners of its nearest documents only."""
    before, kept = case.ranked, 1 / (1 + case.settings.meaning)
    candidate = ((before.every > 0) | found.proposed) & case.ruling.eligible
    every: FloatArray = np.where(candidate, kept * before.every + found.unit * found.evidence, 0.0)
    best = views.window(np.round(every, 9), case.settings.top)
    ranked = replace(
        before,
        organisations=best,
        scores=every[best],
        evidence=kept * before.evidence,
        profile=kept * before.profile,
        candidates=int(np.count_nonzero(every)),
        every=every,
    )
    return replace(case, ranked=ranked, meaning=found)
