"""Which indicator and which place a text means: by id, name or alias, case and spaces aside; part_of among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from tandem.domain import cities
from tandem.domain.region.numerals import folded

_NAMES = ("name", "name_zh", "name_en", "aliases")


def indicator_ids(texts: Iterable[str], indicators: pl.DataFrame | None) -> dict[str, str]:
    """text -> id of the indicator that it is an id or name of, else the text itself."""
    known = _names(indicators, "indicator_id")
    return {text: known.get(key(text), text) for text in texts}


def geo_ids(texts: Iterable[str], geographies: pl.DataFrame | None) -> dict[str, str]:
    """text -> id of the geography that it names; else the GB/T 2260 code of a city or province; else the text."""
    known = _names(geographies, "geo_id")
    return {text: known.get(key(text)) or cities.place(text) or text for text in texts}


def key(text: str) -> str:
    """How names are compared: full-width forms, case and blanks aside."""
    return "".join(folded(text).casefold().split())


def _names(table: pl.DataFrame | None, id_column: str) -> Mapping[str, str]:
    """Key -> id; an id wins over a name, a name over an alias, an earlier row over a later one."""
    if table is None or table.is_empty():
        return {}
    found = {key(name): name for name in table[id_column].drop_nulls().to_list()}
    for column in (name for name in _NAMES if name in table.columns):
        for id_, text in zip(table[id_column].to_list(), table[column].to_list(), strict=True):
            for name in (text or "").replace("；", ";").split(";") if column == "aliases" else (text or "",):
                if id_ is not None and name.strip():
                    found.setdefault(key(name), id_)
    return found


def parents(geographies: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """geo_id -> ids of what it is part of, in the order given; names are resolved to ids."""
    texts = dict(zip(geographies["geo_id"].to_list(), geographies["part_of"].to_list(), strict=True))
    named = {geo: [part.strip() for part in (text or "").replace("；", ";").split(";") if part.strip()]
             for geo, text in texts.items()}  # fmt: skip
    meant = geo_ids({part for parts in named.values() for part in parts}, geographies)
    return {geo: tuple(dict.fromkeys(meant[part] for part in parts)) for geo, parts in named.items()}


def rings(geographies: pl.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Rings in part_of, each once: (a, b, c) where a is part of b, b of c and c of a."""
    above = parents(geographies)
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for geo in above:
        if (ring := _ring(geo, above)) is not None:
            found.setdefault(frozenset(ring), ring)
    return tuple(found.values())


def _ring(start: str, above: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The shortest way from a place back to itself; None where there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        longer: list[tuple[str, ...]] = []
        for way in ways:
            for parent in above.get(way[-1], ()):
                if parent == start:
                    return way
                if parent not in seen:
                    seen.add(parent)
                    longer.append((*way, parent))
        ways = longer
    return None
