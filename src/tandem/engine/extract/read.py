"""A need read from free text: for each field of a need a proposed value, the words that it rests on, and others.

Nothing is filled in that the text does not say: where it is silent, nothing is proposed. Rules and word lists alone,
so that the same text gives the same answer anywhere, at once, and each answer can point at its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tandem.engine.extract import counts, day_forms, days, kinds, money, places, sectors, titles
from tandem.engine.extract.money import Amount
from tandem.engine.extract.said import Found, Said, language, said

FIELDS = ("title", "kind", "sector", "service_code", "city", "due_on", "budget_min", "budget_max", "currency", "slots",
          "lang")  # fmt: skip
_OTHERS = 3  # alternatives of one field
_LOCAL = {"810000": "HKD", "820000": "MOP"}

Value = str | int | date


@dataclass(frozen=True, slots=True)
class Choice:
    """A value, and the place in the text as written that it rests on; begin = end where it rests on no single place."""

    value: Value
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one field.

    field   one of FIELDS
    value   title, sector, lang: text; kind: its code; service_code, city: codes; due_on: a day; slots: a number;
            budget_min, budget_max: minor units of `currency`
    sure    whether the text says it outright; otherwise it should be looked at
    others  further values, the likelier first
    """

    field: str
    value: Value
    begin: int
    end: int
    sure: bool
    others: tuple[Choice, ...] = ()


def proposals(text: str, as_of: date) -> tuple[Proposal, ...]:
    """Proposals for the fields of a need that a text speaks of, in the order of FIELDS.

    text     as somebody wrote or pasted it; the first 20,000 characters are read
    as_of    the day of writing: "in two weeks" counts from it, and days before it are no due dates
    Returns  at most one proposal for a field; () where there is nothing but blanks
    Guarantees  no clock, no chance; O(length), some 4 ms for a message

    >>> found = proposals("想找两家机构做模具温度场仿真，预算20到30万，12月底前交付。我们厂在佛山。", date(2026, 11, 22))
    >>> [one.value for one in found if one.field in ("city", "due_on", "budget_max", "slots")]
    ['440600', datetime.date(2026, 12, 31), 30000000, 2]
    """
    if not any(sign.isalnum() for sign in text):
        return ()
    read = said(text)
    found = {one.field: one for one in _proposals(read, as_of)}
    return tuple(found[field] for field in FIELDS if field in found)


def _proposals(read: Said, as_of: date) -> Iterator[Proposal]:
    lang = language(read.written)
    told = list(day_forms.read(read.text, as_of))
    named = titles.proposed(read)
    sorts = kinds.kinds(read)
    kind = str(sorts[0].value)
    cities = places.named(read)
    yield from _one(read, "lang", [Found(lang, 0, 0, 3.0)], 0.0)
    yield from _one(read, "title", named, 3.0)
    yield from _one(read, "kind", sorts, 3.0)
    yield from _one(read, "sector", sectors.told(read, lang), 2.4)
    title = read.text[named[0].begin : named[0].end] if named else ""
    asked = kinds.Asked(title, _asked(read, told, named))
    yield from _one(read, "service_code", kinds.services(read, asked, kind), 0.6)
    yield from _one(read, "city", cities, 2.4)
    yield from _one(read, "due_on", days.deadlines(read, as_of, told), 2.9)
    least = 2.0 if kind == "talent" else 0.0  # an amount alone is what a post is paid
    sums = money.budgets(read, [(one.begin, one.end) for one in told])
    yield from _budget(read, [one for one in sums if one.weight >= least], cities)
    if kind != "talent":
        yield from _one(read, "slots", counts.wanted(read), 1.9)


def _one(read: Said, field: str, found: Sequence[Found], sure: float) -> Iterator[Proposal]:
    """The proposal for one field; `sure` is the weight from which the text says it outright."""
    if not found:
        return
    best, *rest = found
    seen = {best.value}
    others: list[Choice] = []
    for one in rest:
        if one.value not in seen and len(others) < _OTHERS:
            seen.add(one.value)
            others.append(_choice(read, one.value, one))
    first = _choice(read, best.value, best)
    yield Proposal(field, first.value, first.begin, first.end, best.weight >= sure, tuple(others))


def _choice(read: Said, value: object, found: Found) -> Choice:
    assert isinstance(value, str | int | date)
    begin, end = read.span(found.begin, found.end) if found.end > found.begin else (0, 0)
    return Choice(value, begin, end)


def _budget(read: Said, found: Sequence[Found], cities: Sequence[Found]) -> Iterator[Proposal]:
    """Both ends of the likeliest budget, and its currency: of the poser's city where the text tells none."""
    if not found:
        return
    best = found[0]
    amount = best.value
    assert isinstance(amount, Amount)
    for field, value in (("budget_min", amount.low), ("budget_max", amount.high)):
        if value is not None:
            others = [
                Found(other, one.begin, one.end)
                for one in found[1:]
                if isinstance(one.value, Amount)
                for other in [one.value.low if field == "budget_min" else one.value.high]
                if other is not None
            ]
            yield from _one(read, field, [Found(value, best.begin, best.end, best.weight), *others], 2.0)
    local = _LOCAL.get(str(cities[0].value), "CNY") if cities else "CNY"
    if amount.currency is None or amount.currency == "$":
        dollar = amount.currency == "$"
        guess = ("HKD" if local == "HKD" else "USD") if dollar else local
        other = "USD" if guess == "HKD" and dollar else "CNY" if guess != "CNY" else "HKD"
        options = [Found(code, best.begin, best.end, 1.0) for code in (guess, other)]
        yield from _one(read, "currency", options, 0.0 if guess == "CNY" and not dollar else 2.0)
    else:
        yield from _one(read, "currency", [Found(amount.currency, best.begin, best.end, 3.0)], 0.0)


def _asked(read: Said, told: Sequence[day_forms.Read], named: Sequence[Found]) -> str:
    """The text around what is asked for: sentences of the title, without those pieces that only speak of terms."""
    if not named:
        return read.text
    begin, _ = read.sentence(named[0].begin)
    return read.text[begin : begin + 300] + "\n" + read.text[:300]
