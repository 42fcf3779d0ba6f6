"""What an indicator's text measures, of what whole and where: the same words for the same thing, in zh and en.

Text work is done once for each distinct (indicator, unit, denominator); an indicators table wins over what is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tandem.engine.figures import phrasing, wording
from tandem.engine.figures.phrasing import Reading, Words
from tandem.engine.figures.wording import Word

QUANTITIES = ("level", "growth", "share", "per", "rank", "duration", "other")
TEXT_KEY = ("indicator_id", "indicator", "unit", "denominator", "dimension", "currency", "thing", "whole")
_BETWEEN = frozenset(("of", "in", "to", "from", "with", "among", "han_among", "comma"))
_BARE_SHARE = frozenset(("比", "比重", "比例", "份额", "比率"))  # what is left of 占比 names no whole
_TWICE = re.compile(
    r"([A-Za-z][^\u3400-\u9fff]*\s[^\u3400-\u9fff]*[A-Za-z)][^\u3400-\u9fff]*?)\s+\S*[\u3400-\u9fff]{3,}\S*$"
)
_TWICE_HAN_FIRST = re.compile(
    r"\S*[\u3400-\u9fff]\S*\s+([A-Za-z][^\u3400-\u9fff]*\s[^\u3400-\u9fff]*[A-Za-z)])$"
)
_PEOPLE = frozenset(("sex", "residence", "age"))
_WIDER = ("national", "global", "provincial", "municipal")
_LEAST_HAN, _LEAST_LATIN = 2, 4  # letters of a place's name that is looked for inside a text


@dataclass(frozen=True, slots=True)
class Phrase:
    """A quantity named in words: what (in order), which measure of it, within which wider place, in which places.

    keys     stems of the words, whatever their order
    wider    'national', 'global', 'provincial' or 'municipal' where the text says so
    places   ids of places named, which belong to the quantity unless they are the figure's own
    is_joint two things together ('A and B'): no part of A, nor A of it
    pieces   how many words stand in each piece between prepositions: 'exports of goods | to ASEAN countries'
    """

    words: Words = ()
    measure: str | None = None
    additive: bool = True
    wider: str | None = None
    places: tuple[str, ...] = ()
    is_joint: bool = False
    pieces: tuple[int, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Stems of the words; only firms of industry are surveyed above a size, so there they need not be said."""
        keys = frozenset(word.key for word in self.words)
        if not any(word.role == "scope" for word in self.words):
            return keys
        return keys - ({"industri", "enterpris"} if self.measure else {"industri"})

    @property
    def text(self) -> str:
        """The words as shown: 'above-scale industrial value added'."""
        parts = [self.wider] if self.wider else []
        return " ".join(
            [*parts, *(word.shown for word in self.words), *([self.measure] if self.measure else [])]
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """One reading of one text: the phrase measured, how (quantity), and the phrases it is a share of or told per."""

    what: Phrase
    quantity: str
    whole: Phrase | None = None
    per: Phrase | None = None
    basis: str | None = None
    marks: frozenset[str] = frozenset()
    aside: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What is measured, without measure words; the measure alone where there is nothing else."""
        return " ".join(word.shown for word in self.what.words) or self.what.measure or ""

    @property
    def whole_subject(self) -> str | None:
        """The whole of a share, None where it is not stated."""
        return (self.whole.text or None) if self.whole else None

    @property
    def identity(self) -> tuple[Any, ...]:
        """Equal for two texts exactly where they name the same quantity, whatever the order of their words."""
        return (self.quantity, _same(self.what), _same(self.whole), _same(self.per), self.basis or "", self.aside,
                tuple(sorted(self.marks & {"annual_growth", "contribution", "rank", "years"})))  # fmt: skip


def _same(phrase: Phrase | None) -> tuple[Any, ...]:
    return (
        ()
        if phrase is None
        else (tuple(sorted(phrase.keys)), phrase.measure or "", phrase.wider or "", phrase.places)
    )


POINT = "percentage point"  # a change of a share, not a share


def describe(
    figures: pl.DataFrame, indicators: pl.DataFrame | None = None, geographies: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The figures with `subject`, `quantity` and `whole_subject` (String), rows in their order.

    figures      parsed frame (engine/figures/frame.SCHEMA), texts String or Categorical
    indicators   its unit-independent words (name, denominator) win over the text of the figure
    geographies  names of places, which are no part of a subject
    """
    keys = [name for name in TEXT_KEY if name in figures.columns]
    texts = figures.select(keys).unique(maintain_order=True)
    read = subjects(texts, indicators, geographies)
    known = texts.with_columns(
        pl.Series("subject", [one.subject for one in read], dtype=pl.String),
        pl.Series("quantity", [one.quantity for one in read], dtype=pl.String),
        pl.Series("whole_subject", [one.whole_subject for one in read], dtype=pl.String),
    )
    plain = figures.drop("subject", "quantity", "whole_subject", strict=False)
    return plain.join(known, on=keys, how="left", nulls_equal=True, maintain_order="left")


def subjects(
    texts: pl.DataFrame, indicators: pl.DataFrame | None = None, geographies: pl.DataFrame | None = None
) -> list[Subject]:
    """The reading of each row of distinct texts (columns of TEXT_KEY)."""
    declared = named(indicators)
    places = _place_names(geographies)
    found = []
    for row in texts.cast(pl.String).iter_rows(named=True):
        about = declared.get(row.get("indicator_id") or "", {})
        name = (
            about.get("name_en") or about.get("name") or row.get("indicator") or row.get("indicator_id") or ""
        )
        told = about.get("denominator") or row.get("denominator")
        if told is None and (over := declared.get(about.get("denominator_id") or "")):
            told = over.get("name_en") or over.get("name")
        found.append(
            understand(
                name, row.get("unit"), row.get("dimension"), row.get("thing"), row.get("whole"), told, places
            )
        )
    return found


def named(indicators: pl.DataFrame | None) -> dict[str, dict[str, Any]]:
    """The rows of an indicators table by id."""
    if indicators is None or indicators.is_empty():
        return {}
    return {row["indicator_id"]: row for row in indicators.iter_rows(named=True)}


def understand(
    indicator: str,
    unit: str | None = None,
    dimension: str | None = None,
    thing: str | None = None,
    whole: str | None = None,
    denominator: str | None = None,
    places: Mapping[str, str] | None = None,
) -> Subject:
    """One text read; the stated denominator wins over the indicator's own words, those over the unit's unless poorer.

    >>> one = understand("R&D intensity", "% of GDP", "share", whole="GDP")
    >>> one.subject, one.quantity, one.whole_subject
    ('r&d', 'share', 'gdp')
    """
    if said_twice := _TWICE.match(indicator.strip()) or _TWICE_HAN_FIRST.match(indicator.strip()):
        indicator = said_twice[1]  # 'Robot density 机器人密度': one name in two languages
    whole = None if whole in _BARE_SHARE else whole
    reading = phrasing.read(_words(indicator, places or {}), divided=dimension in ("share", "ratio"))
    quantity = "other" if thing == POINT else _quantity(reading, dimension)
    what = phrase(reading.subject)
    under = reading.per or reading.whole
    per = phrase(under) if under else _per_unit(unit, quantity)
    found = Subject(what, quantity, None, per if quantity == "per" else None, reading.basis, reading.marks,
                    tuple(sorted(word.key for word in reading.aside if word.is_content)))  # fmt: skip
    if quantity != "share":
        return found
    return _with_whole(found, reading, whole, denominator, places or {})


def _with_whole(
    found: Subject, reading: Reading, unit: str | None, denominator: str | None, places: Mapping[str, str]
) -> Subject:
    stated = phrase(reading.whole) if reading.whole else None
    of_unit = phrase(_words(unit, places)) if unit else None
    if denominator:
        return replace(found, whole=phrase(phrasing.read(_words(denominator, places)).subject))
    if stated is None and of_unit is None and (split := phrasing.inside(reading.subject)):
        return replace(found, what=phrase(split[0]), whole=phrase(split[1]))
    if stated is None and of_unit is None:
        key = " ".join(
            [*(word.shown for word in found.what.words), *sorted(found.marks & {"rate", "intensity"})]
        )
        if "share" in found.marks and (people := _people(found.what)) is not None:
            return replace(found, whole=people)
        usual = wording.conventions().get(key)
        return replace(found, whole=phrase(wording.words(usual)) if usual else None)
    return replace(found, whole=_richer(stated, of_unit))


def _people(what: Phrase) -> Phrase | None:
    """Of whom a class of people is a share: urban population of population, women employed of all employed."""
    rest = tuple(word for word in what.words if word.family not in _PEOPLE)
    told = rest or ((Word("measure", what.measure, what.measure),) if what.measure == "employment" else ())
    divided = len(rest) < len(what.words) and not what.is_joint
    named = not rest or (len(rest) == 1 and rest[0].key == "popul" and what.measure is None)
    return replace(what, words=rest, pieces=()) if divided and told and named else None


def _richer(stated: Phrase | None, of_unit: Phrase | None) -> Phrase | None:
    """The indicator's own whole, unless the unit's says the same and more."""
    if stated is None or of_unit is None:
        return stated or of_unit
    if (
        {word.key for word in stated.words} <= {word.key for word in of_unit.words}
        and (stated.wider is None or stated.wider == of_unit.wider)
        and not stated.measure
    ):
        return replace(of_unit, places=of_unit.places or stated.places)
    return stated


def phrase(words: Words) -> Phrase:
    """The words of one quantity sorted by what they do; the last measure is the measure."""
    measures = [word for word in words if word.role in ("measure", "average")]
    measure = measures[-1] if measures else None
    wider = next((word.role for word in words if word.role in _WIDER), None)
    kept, pieces = _pieces(words, measure)
    name = measure.shown if measure else None
    keys = {word.key for word in kept}
    if "r&d" in keys and name == "investment":  # R&D investment is what others print as expenditure
        name = "expenditure"
    if (
        "scope" in {word.role for word in kept}
        and name == "value added"
        and keys == {word.key for word in kept if word.role == "scope"}
    ):
        kept = (
            *kept,
            *(word for word in wording.words("industrial")),
        )  # only industry is surveyed above a size
    return Phrase(
        kept,
        name,
        measure is None or measure.role != "average",
        wider,
        tuple(sorted({word.key for word in words if word.role == "place"})),
        any(word.role in ("and", "slash") for word in words),
        pieces,
    )


def _pieces(words: Words, measure: Word | None) -> tuple[Words, tuple[int, ...]]:
    """The words that say what, each once, and how many stand in each piece between prepositions."""
    kept: dict[str, Word] = {}
    pieces = [0]
    for word in words:
        if word.role in _BETWEEN and pieces[-1]:
            pieces.append(0)
        is_what = word.is_content or (word.role in ("measure", "average") and measure is not None)
        if is_what and word.key not in kept and (measure is None or word.key != measure.key):
            kept[word.key] = word
            pieces[-1] += 1
    return tuple(kept.values()), tuple(size for size in pieces if size)


def _quantity(reading: Reading, dimension: str | None) -> str:
    """How a subject is told: by the unit's dimension first, by the words where the unit says little."""
    marks = reading.marks
    growing = bool(marks & {"growth", "annual_growth"})
    counted_years = dimension == "count" and {"years", "rank"} <= marks
    readings = (
        (dimension == "rank", "rank"),
        (dimension == "time" or counted_years, "duration"),
        (dimension == "date", "other"),
        (dimension == "growth" or (growing and dimension in ("share", "none", "words", None)), "growth"),
        (dimension == "ratio" or bool(reading.per), "per"),
        (dimension == "share", "share"),
        (dimension in ("money", "count"), "other" if growing else "level"),
        ("rank" in marks, "rank"),
        (bool(marks & {"share", "rate", "ratio", "intensity"}), "share"),
        (dimension in ("none", None), "level"),
    )
    return next((quantity for holds, quantity in readings if holds), "other")


def _words(written: str, places: Mapping[str, str]) -> Words:
    """The words of a text, names of the register's own places among them as places."""
    low = written.casefold()
    for name, geo in places.items():
        if name in low and re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", low):
            before, _, after = low.partition(name)
            return (*_words(before, places), Word("place", name, geo), *_words(after, places))
    return wording.words(written)


def _place_names(geographies: pl.DataFrame | None) -> dict[str, str]:
    """Names of the register's places -> id, longer ones first; those too short to be looked for are left out."""
    found: dict[str, str] = {}
    if geographies is None or geographies.is_empty():
        return found
    for row in geographies.iter_rows(named=True):
        names = [
            row.get("name"),
            row.get("name_zh"),
            row.get("name_en"),
            *(row.get("aliases") or "").split(";"),
        ]
        if row.get("level") in ("country", "world"):
            continue  # 'national' and 'global' are understood as such
        for name in (one.strip().casefold() for one in names if one and one.strip()):
            if len(name) >= (_LEAST_LATIN if name.isascii() else _LEAST_HAN):
                found.setdefault(name, row["geo_id"])
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def _per_unit(unit: str | None, quantity: str) -> Phrase | None:
    """What a unit is told per: CNY/person."""
    if quantity != "per" or not unit:
        return None
    parts = re.split(r"/|\bper\b|每", unit, maxsplit=1)
    if len(parts) < 2 or not parts[1].strip():
        return None
    return phrase(
        tuple(word for word in wording.words(parts[1]) if not word.shown.replace(".", "").isdecimal())
    )
