"""Producer services by code: a two-level taxonomy with names, key terms and its place in GB/T 4754 and ISIC.

The table is service_codes.tsv beside this file. A code is AREA or AREA.SERVICE and never changes its meaning.
`gbt` holds divisions (2 digits) and groups (3 digits) of GB/T 4754-2017, `isic` divisions of ISIC Rev. 4; both stay
empty where no division fits a service well. In the columns of key terms a leading ~ marks a term that other services
use too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tandem.base.words import Lang

_TABLE = Path(__file__).with_name("service_codes.tsv")


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A word or phrase that speaks for a service; `weak` where it speaks for others as well."""

    text: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """One code of the taxonomy: names, divisions and groups in the two standards, key terms of both languages."""

    code: str
    zh: str
    en: str
    gbt: tuple[str, ...] = ()
    isic: tuple[str, ...] = ()
    terms: tuple[KeyTerm, ...] = ()

    @property
    def parent(self) -> str | None:
        """The area that the service belongs to; None for an area itself."""
        return self.code.rpartition(".")[0] or None

    def name(self, lang: Lang) -> str:
        """How the service is called in a sentence."""
        return self.zh if lang == "zh" else self.en


@cache
def services() -> Mapping[str, Service]:
    """All areas and services by code, in the order of the table."""
    lines = _TABLE.read_text("utf-8").splitlines()[1:]
    return {service.code: service for service in map(_service, lines)}


def find(text: str) -> Service | None:
    """The service meant by a code in any case, or by its name, zh or en; None where unknown.

    >>> [find(given).code for given in ("ln.x", "fn.factoring", "保理", "Cold chain") if find(given)]
    ['FN.FACTORING', 'FN.FACTORING', 'LG.COLD']
    """
    return _by_spelling().get(_key(text))


def children(area: str) -> tuple[Service, ...]:
    """The services of an area."""
    return tuple(service for service in services().values() if service.parent == area)


def compatible(asked: str, given: str) -> bool:
    """Whether an offer's code serves a need's: the same code, or one is the area of the other.

    >>> compatible("LG", "LG.COLD"), compatible("LG.COLD", "LG"), compatible("LG.COLD", "LG.ROAD")
    (True, True, False)
    """
    return asked == given or asked.startswith(given + ".") or given.startswith(asked + ".")


def in_standard(standard: str, division: str) -> tuple[Service, ...]:
    """The services that stand in a division or group of 'gbt' (GB/T 4754-2017) or 'isic' (Rev. 4).

    A division also finds what is mapped to one of its groups.
    """
    return tuple(
        service
        for service in services().values()
        if any(place.startswith(division) for place in (service.gbt if standard == "gbt" else service.isic))
    )


@cache
def _by_spelling() -> Mapping[str, Service]:
    known: dict[str, Service] = {}
    for service in services().values():
        for spelling in (service.code, service.zh, service.en):
            known.setdefault(_key(spelling), service)
    return known


def _service(line: str) -> Service:
    code, zh, en, gbt, isic, terms_zh, terms_en = line.split("\t")
    terms = tuple(_term(term) for term in (*_list(terms_zh), *_list(terms_en)))
    return Service(code, zh, en, _list(gbt), _list(isic), terms)


def _term(written: str) -> KeyTerm:
    return KeyTerm(written.removeprefix("~"), written.startswith("~"))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold().strip())
