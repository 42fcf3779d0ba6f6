"""Reasons as sentences: one place where a reason's code and figures become words, for terminals, files and pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter
from typing import Any

from tandem.base.words import LANGUAGES, Lang, catalogue, has, say
from tandem.domain.cities import cities
from tandem.domain.services import services


def sentence(code: str, params: Mapping[str, Any], lang: Lang) -> str:
    """A reason in words."""
    words = words_of(code, params)
    return say(words, lang, **{name: shown(name, params.get(name), lang) for name in fields(words)})


def words_of(code: str, params: Mapping[str, Any]) -> str:
    """The catalogue's code for a reason; a shorter sentence where no terms in common are named."""
    bare = f"reason.bare.{code}"
    return f"reason.{code}" if params.get("terms") or not has(bare) else bare


@cache
def fields(words: str) -> tuple[str, ...]:
    """The names of the figures that a sentence asks for, in either language."""
    asked = (
        name for lang in LANGUAGES for _, name, _, _ in Formatter().parse(catalogue()[words][lang]) if name
    )
    return tuple(dict.fromkeys(asked))


def shown(name: str, value: Any, lang: Lang) -> str:
    """One figure of a reason as people write it."""
    if name in _UNSAID and not value:
        return say(_UNSAID[name], lang)
    if name in _SHOWN:
        return _SHOWN[name](value, lang)
    return "" if value is None else str(value)


def city(code: Any, lang: Lang) -> str:
    """A city's name; its code where it is not known."""
    if not code:
        return say("report.city.unknown", lang)
    known = cities().get(str(code))
    return str(code) if known is None else known.short if lang == "zh" else known.en


def kind(name: Any, lang: Lang) -> str:
    """A kind's name."""
    code = f"report.kind.{name or 'unknown'}"
    return say(code, lang) if has(code) else str(name)


def service(code: Any, lang: Lang) -> str:
    """A service's name; its code where it is not known."""
    known = services().get(str(code))
    return str(code) if known is None else known.name(lang)


def listed(items: Any, lang: Lang) -> str:
    """Things one after the other."""
    return ("、" if lang == "zh" else ", ").join(map(str, items or ()))


_UNSAID = {
    "delivered_on": "report.undated",
    "last": "report.undated",
    "from": "report.open",
    "to": "report.open",
}
_SHOWN: Mapping[str, Callable[[Any, Lang], str]] = {
    "terms": listed,
    "pairs": lambda value, lang: listed([" = ".join(map(str, pair)) for pair in value or ()], lang),
    "coverage": lambda value, lang: f"{float(value or 0):.0%}",
    "kind": kind,
    "city": city,
    "service": service,
}
