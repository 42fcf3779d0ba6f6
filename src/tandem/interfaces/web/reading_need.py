"""Values that reading a text proposes for the fields of a need, as a form shows and takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tandem.base.words import Lang
from tandem.hub.finding.answers import ReadField
from tandem.interfaces.web import write
from tandem.interfaces.web.visit import Visit

_MONEY = ("budget_min", "budget_max")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a click takes: as the field holds it, as its reader calls it, and the words it rests on."""

    value: str
    words: str
    said: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a text proposes for one field: the likeliest first; `sure` where the text says it outright."""

    field: str
    choices: Sequence[Choice]
    sure: bool

    @property
    def first(self) -> Choice:
        """What stands in the field before anybody has looked."""
        return self.choices[0]


async def proposals(visit: Visit, text: str) -> Mapping[str, Proposed]:
    """By field; nothing where the text says nothing. Raises Invalid setting.long."""
    if not text.strip():
        return {}
    found = await visit.ask("need.read", {"text": text})
    return {one.field: _proposed(one, visit.lang) for one in found.items}


def _proposed(one: ReadField, lang: Lang) -> Proposed:
    every = ((one.value, one.said), *((other.value, other.said) for other in one.others))
    made = [
        Choice(_held(one.field, value, lang), _named(one.field, value, lang), said) for value, said in every
    ]
    return Proposed(
        one.field, tuple({choice.value: choice for choice in reversed(made)}.values())[::-1], one.sure
    )


def _held(field: str, value: str | int, lang: Lang) -> str:
    """A value as the form's field holds it: money in major units, a city by its name."""
    if field in _MONEY:
        return write.major(int(value))
    return write.city(str(value), lang) if field == "city" else str(value)


def _named(field: str, value: str | int, lang: Lang) -> str:
    if field in _MONEY:
        return write.money(int(value), None, lang)
    if field == "city":
        return write.city(str(value), lang)
    if field == "service_code":
        return write.service(str(value), lang)
    if field == "due_on":
        return write.day(str(value), lang)
    return write.choice(field, str(value), lang) if field in ("kind", "currency", "lang") else str(value)
