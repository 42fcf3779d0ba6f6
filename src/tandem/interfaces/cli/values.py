"""Values of the hub's answers as people write them: money, instants, cities, states, codes, what stands in lists.

Fields are called as `field.<name>` says and values as `choice.<field>.<value>` does; what has no words keeps its own.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tandem.base import choices, error_words
from tandem.base.words import Lang, has, say
from tandem.domain import cities
from tandem.interfaces.cli import reasons

_MONEY = frozenset(
    ("budget_min", "budget_max", "price_from", "quote")
)  # minor units of the record's currency
_CITIES = frozenset(("city", "cities", "cities_served"))
_SHARES = frozenset(("likeness", "coverage", "probability", "gap"))
_PLAIN = frozenset(("seq", "version"))  # numbers that nobody groups
_ONE_LINE = frozenset(("title", "name", "said", "label"))
NAMES = ("name", "title", "text", "id")  # what stands for a record inside another
# Fields whose values are called as those of another field.
_LIKE: Mapping[str, str] = {"supply": "state", "states": "state", "hours": "state",
                              "rows": "what"}  # fmt: skip
# Under what else the words of a field's values stand.
_WORDS: Mapping[str, str] = {"waits_on": "introduction.side.", "code": "exclusion.", "step": "",
                               "band": "disclosure.band."}  # fmt: skip


def called(name: str, lang: Lang) -> str:
    """What a field is called."""
    code = f"field.{name}"
    return say(code, lang) if has(code) else name


def value(name: str, given: Any, record: Mapping[str, Any], lang: Lang) -> str:
    """A field's value; `record` holds the fields beside it: an amount's currency, whose value a `value` is."""
    if name == "value" and isinstance(record.get("field"), str):
        name = record["field"]
    if name == "field" and isinstance(given, str):
        return called(given, lang)
    if isinstance(given, bool):
        return say("cli.yes" if given else "cli.no", lang)
    if isinstance(given, (int, float)):
        return _number(name, given, record)
    if name in _CITIES and not isinstance(given, Mapping):
        return listed([_city(one, lang) for one in (given if isinstance(given, tuple) else (given,))], lang)
    return _composed(name, given, lang)


def whole(name: str, given: Any, record: Mapping[str, Any], lang: Lang) -> str:
    """A field's value where there is room: what a mapping or a record inside it holds, a line each."""
    if dataclasses.is_dataclass(given):
        given = {one.name: getattr(given, one.name) for one in dataclasses.fields(given)}
    if not isinstance(given, Mapping) or isinstance(given.get("code"), str) or _counting(given):
        return value(name, given, record, lang)
    mark = "：" if lang == "zh" else ": "
    return "\n".join(f"{_key(name, str(key), lang)}{mark}{value(str(key), one, given, lang)}"
                     for key, one in given.items() if one not in (None, "", (), [], {}))  # fmt: skip


def listed(texts: Sequence[str], lang: Lang) -> str:
    """Several texts as one."""
    return ("、" if lang == "zh" else ", ").join(texts)


def instant(seconds: int) -> str:
    """An instant in the time of this machine, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def money(minor: int, currency: str | None) -> str:
    """An amount in major units with its currency.

    >>> money(123456, "CNY"), money(5000, None)
    ('CNY 1,234.56', '50.00')
    """
    amount = f"{'-' if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"
    return f"{currency} {amount}" if currency else amount


def told(given: Mapping[str, Any], lang: Lang) -> str:
    """A code with its figures as its sentence, where it has words."""
    params = dict(given.get("params") or {})
    if has(f"error.{given['code']}"):
        return error_words.told(str(given["code"]), params, lang)
    for code in (str(given["code"]), f"exclusion.{given['code']}"):
        if has(code):
            try:
                return say(code, lang, **params)
            except (KeyError, IndexError, ValueError):
                break
    return str(given["code"])


def _number(name: str, given: float, record: Mapping[str, Any]) -> str:
    """A number by what its field counts."""
    if isinstance(given, float):
        return f"{given:.1%}" if name in _SHARES else f"{given:,.2f}"
    if name == "at" or name.endswith("_at"):
        return instant(given)
    if name in _MONEY:
        return money(given, record.get("currency"))
    return str(given) if name in _PLAIN else f"{given:,}"


def _composed(name: str, given: Any, lang: Lang) -> str:
    """Text, a list, a mapping, or a record inside a record."""
    if isinstance(given, str):
        return _chosen(name, given, lang)
    if name == "reasons":
        return reasons.telling(given, lang)
    if isinstance(given, Mapping):
        return _mapped(name, given, lang)
    if isinstance(given, (tuple, list)):
        return listed([value(name, one, {}, lang) for one in given], lang)
    named = (str(getattr(given, one)) for one in NAMES if getattr(given, one, None))
    return next(named, None) or (_whole(given, lang) if dataclasses.is_dataclass(given) else str(given))


def _mapped(name: str, given: Mapping[str, Any], lang: Lang) -> str:
    """A code with its figures as its sentence; anything else as names and values."""
    if isinstance(given.get("code"), str):
        return told(given, lang)
    mark = " " if _counting(given) else "：" if lang == "zh" else ": "
    parts = [f"{_key(name, str(key), lang)}{mark}{value(str(key), one, given, lang)}"
             for key, one in given.items() if one is not None]  # fmt: skip
    return listed(parts, lang)


def _counting(given: Mapping[str, Any]) -> bool:
    """Whether a mapping only says how many there are of each."""
    return bool(given) and all(isinstance(one, int) and not isinstance(one, bool) for one in given.values())


def _key(name: str, key: str, lang: Lang) -> str:
    """What a key of a mapping is called: a value of the mapping's own field, or another field."""
    if name in _CITIES:
        return _city(key, lang)
    own = _chosen(name, key, lang)
    return called(key, lang) if own == key else own


def _whole(given: Any, lang: Lang) -> str:
    fields = {one.name: getattr(given, one.name) for one in dataclasses.fields(given)}
    return _composed("", {name: one for name, one in fields.items() if one is not None}, lang)


def _chosen(name: str, given: str, lang: Lang) -> str:
    """One of a few values by its name; any other text as it is, on one line where it is a title."""
    name = _LIKE.get(name, name)
    if (word := choices.word(name, given, lang)) is not None:
        return word
    if name in _WORDS and has(code := f"{_WORDS[name]}{given}"):
        return say(code, lang)
    return " ".join(given.split()) if name in _ONE_LINE else given


def _city(code: Any, lang: Lang) -> str:
    found = cities.cities().get(str(code))
    return str(code) if found is None else found.name(lang)
