"""Which place lies in which: from a geographies table, else from GB/T 2260 codes; provinces lie in the country."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tandem.domain import cities
from tandem.engine.figures import places

_CODE = re.compile(r"[1-8]\d{5}")
_COUNTRY = frozenset(
    ("china", "中国", "全国", "cn", "chn", "prc", "100000", "p.r. china", "mainland china", "国家")
)
_WORLD = frozenset(("world", "global", "全球", "世界"))
_APART = ("71", "81", "82")  # Taiwan, Hong Kong, Macao: national figures do not count them in
_ADJECTIVES = {"country": "national", "world": "global", "province": "provincial", "city": "municipal"}


@dataclass(frozen=True, slots=True)
class Tree:
    """Places by their code: ids, levels ('' where unknown), the adjective of the level, all wider places of each."""

    names: tuple[str, ...]
    levels: tuple[str, ...]
    adjectives: tuple[str, ...]
    wider: tuple[tuple[int, ...], ...]
    direct: tuple[tuple[int, ...], ...]


def build(ids: Sequence[str | None], geographies: pl.DataFrame | None) -> Tree:
    """The tree of these places; a table's word wins over the code's."""
    names = tuple(name or "" for name in ids)
    rows = {} if geographies is None else {row["geo_id"]: row for row in geographies.iter_rows(named=True)}
    told = {} if geographies is None or "part_of" not in geographies.columns else places.parents(geographies)
    parents = {name: told.get(name) or _code_parents(name, names) for name in {*names, *rows}}
    level = tuple(str(rows[name].get("level") or "") if name in rows else _level(name) for name in names)
    code = {name: number for number, name in enumerate(names)}
    wider = tuple(
        tuple(code[up] for up in _above(name, parents) if up in code and up != name) for name in names
    )
    direct = tuple(tuple(code[up] for up in parents[name] if up in code) for name in names)
    return Tree(names, level, tuple(_ADJECTIVES.get(one, "") for one in level), wider, direct)


def known_inside(whole: str) -> tuple[str, ...]:
    """GB/T 2260 codes of the cities of a province, of the provinces and cities of China; none of any other place."""
    codes = tuple(cities.cities())
    if _level(whole) == "country":
        inside = [code for code in codes if not code.startswith(_APART)]
        return tuple(dict.fromkeys([*(province_of(code) for code in inside), *inside]))
    if _level(whole) == "province":
        return tuple(code for code in codes if code != whole and province_of(code) == whole)
    return ()


def province_of(code: str) -> str:
    """The GB/T 2260 code of the province in which a code lies."""
    return f"{code[:2]}0000"


def _code_parents(name: str, names: Sequence[str]) -> tuple[str, ...]:
    if not _CODE.fullmatch(name) or name == "100000":
        return ()
    if name != province_of(name):
        return (province_of(name),)
    return tuple(one for one in names if one.lower() in _COUNTRY)


def _level(name: str) -> str:
    if name.lower() in _COUNTRY:
        return "country"
    if name.lower() in _WORLD:
        return "world"
    if _CODE.fullmatch(name):
        return "province" if name.endswith("0000") else "city"
    return ""


def _above(name: str, parents: Mapping[str, tuple[str, ...]]) -> list[str]:
    """All wider places, the nearest first; a circle ends where it began."""
    found: list[str] = []
    ahead = list(parents.get(name, ()))
    while ahead:
        up = ahead.pop(0)
        if up not in found and up != name:
            found.append(up)
            ahead.extend(parents.get(up, ()) or _unnamed_parents(up))
    return found


def _unnamed_parents(name: str) -> tuple[str, ...]:
    """A province that the register does not name still leads from its cities to the country."""
    return ("100000", "China", "中国", "全国") if _CODE.fullmatch(name) and name.endswith("0000") else ()
