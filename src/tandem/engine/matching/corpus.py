"""The supply side as arrays: every delivery and offer as a document, every organisation as their sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.domain.tables import SMALL_SIZES
from tandem.engine.search import postings, tokens
from tandem.engine.search.postings import BoolArray, FloatArray, IntArray, Members, Postings

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{2}")
_LARGE = 200_000  # documents from which pairs that stand in one only are left out
_ROWS = 10_000  # rows read into objects at a time
ALWAYS = -(2**31)  # the day of a document that was there before everything: an offer, an undated delivery


@dataclass(frozen=True)
class Corpus:
    """What organisations have delivered and what they offer, ready to be asked.

    org_ids      sorted; organisation number = position
    doc_ids      deliveries first (by id), then offers (by id); titles beside them
    deliveries   how many of the documents are deliveries
    day          (documents,) int64, days since 1970 of the delivery, ALWAYS where none is known
    dated        (documents,) bool, whether the day is known
    rating       (documents,) float64, NaN where none is known
    documents    postings of single documents; members: the organisations of each
    profiles     postings of organisations, from all their documents
    history      (organisations,) int64, number of deliveries
    small        (organisations,) float64: 1 for a size of micro or small, 0 for a larger one, NaN where unknown
    cities       city code of each organisation, None where unknown
    """

    org_ids: tuple[str, ...]
    doc_ids: tuple[str, ...]
    titles: tuple[str, ...]
    deliveries: int
    day: IntArray
    dated: BoolArray
    rating: FloatArray
    documents: Postings
    members: Members
    profiles: Postings
    history: IntArray
    small: FloatArray
    cities: tuple[str | None, ...]

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages of the documents, by their titles: 'zh', 'en'."""
        return frozenset(filter(None, self.spoken.tolist()))

    @cached_property
    def spoken(self) -> npt.NDArray[np.str_]:
        """(documents,) the language of each document by its title: 'zh', 'en', '' where neither."""
        return np.array([spoken(title) or "" for title in self.titles], "U2")


def spoken(title: str | None) -> str | None:
    """'zh' for a title with Chinese characters, 'en' for one with Latin letters only, None for neither."""
    if not title:
        return None
    if _HAN.search(title):
        return "zh"
    return "en" if _LATIN.search(title) else None


def days(dates: pl.Series, missing: int = ALWAYS) -> IntArray:
    """Dates as days since 1970, `missing` where null."""
    filled = dates.cast(pl.Date).to_physical().cast(pl.Int64).fill_null(missing)
    return np.asarray(filled.to_numpy(), dtype=np.int64)


def day_of(day: date) -> int:
    """A date as days since 1970."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def read(organisations: pl.DataFrame, offers: pl.DataFrame, deliveries: pl.DataFrame) -> Corpus:
    """The corpus of three exchange tables; organisations that are only referred to are added."""
    texts = tokens.read(written(offers, deliveries))
    return assembled(organisations, offers, deliveries, postings.build(texts, least_pairs(texts.documents)))


def least_pairs(documents: int) -> int:
    """In how many documents a pair of neighbours must stand to be indexed: in a large collection in more than one.

    Most pairs of a large collection stand in one document only; without them it needs half the memory.
    """
    return 1 if documents < _LARGE else 2


def assembled(
    organisations: pl.DataFrame,
    offers: pl.DataFrame,
    deliveries: pl.DataFrame,
    documents: Postings,
    profiles: Postings | None = None,
) -> Corpus:
    """The corpus of tables whose texts are indexed already, in the order of `written`; texts are not looked at."""
    deliveries = deliveries.drop("text", strict=False).sort("delivery_id", maintain_order=True)
    offers = offers.drop("text", strict=False).sort("offer_id", maintain_order=True)
    owners: list[list[str]] = [
        *deliveries["org_ids"].to_list(),
        *([own] for own in offers["org_id"].to_list()),
    ]
    org_ids = sorted({*organisations["org_id"], *(org for own in owners for org in own)})
    number = {org: i for i, org in enumerate(org_ids)}
    members = Members.from_lists([sorted({number[org] for org in own}) for own in owners], len(org_ids))
    day = np.concatenate([days(deliveries["delivered_on"]), np.full(offers.height, ALWAYS, np.int64)])
    rating = np.concatenate([_floats(deliveries["rating"]), np.full(offers.height, np.nan)])
    city = _stated(organisations, "city")
    history = np.bincount(members.group[members.doc < deliveries.height], minlength=len(org_ids))
    return Corpus(
        org_ids=tuple(org_ids),
        doc_ids=(*deliveries["delivery_id"].to_list(), *offers["offer_id"].to_list()),
        titles=(*deliveries["title"].to_list(), *offers["title"].to_list()),
        deliveries=deliveries.height,
        day=day,
        dated=day != ALWAYS,
        rating=rating,
        documents=documents,
        members=members,
        profiles=postings.by_group(documents, None, members) if profiles is None else profiles,
        history=history.astype(np.int64),
        small=_small(organisations, org_ids),
        cities=tuple(city.get(org) for org in org_ids),
    )


def written(offers: pl.DataFrame, deliveries: pl.DataFrame) -> Iterator[tuple[str | None, str | None]]:
    """(title, text) of every document in the order of a corpus: deliveries by id, then offers by id."""
    for table, key in ((deliveries, "delivery_id"), (offers, "offer_id")):
        # rows are fetched by number, some at a time: sorting them would hold all texts twice
        order = table.select(key).with_row_index("row").sort(key, maintain_order=True)["row"]
        for rows in order.to_frame().iter_slices(_ROWS):
            yield from table.select("title", "text")[rows["row"]].iter_rows()


def _stated(organisations: pl.DataFrame, column: str) -> dict[str, str | None]:
    """What each organisation states in a column; nothing where the table has no such column."""
    if column not in organisations.columns:
        return {}
    return dict(organisations.select("org_id", column).iter_rows())


def _small(organisations: pl.DataFrame, org_ids: Sequence[str]) -> FloatArray:
    known: dict[str | None, float] = {None: float("nan")}
    known |= dict.fromkeys(SMALL_SIZES, 1.0)
    sizes = _stated(organisations, "size")
    return np.array([known.get(sizes.get(org), 0.0) for org in org_ids], np.float64)


def _floats(values: pl.Series) -> npt.NDArray[np.float64]:
    return np.asarray(values.cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)


@dataclass(frozen=True)
class Visible:
    """The part of a corpus that a need may see: nothing that was delivered on its day or later."""

    documents: Postings
    profiles: Postings
    members: Members


def before(corpus: Corpus, day: int, terms: Sequence[str]) -> Visible:
    """The corpus as it stood before a day began, for some terms; statistics are those of that moment too."""
    keep = corpus.day < day
    if keep.all():
        return Visible(corpus.documents, corpus.profiles, corpus.members)
    documents = postings.only(corpus.documents, terms, keep)
    members = corpus.members.kept(keep)
    return Visible(documents, postings.by_group(documents, terms, members), members)
