"""The rules that a clearing must keep: numbers and shares by group, budgets, forbidden and required pairs.

A rule is written as an entry of one of four lists (docs/rules.md shows each):
  rule       at least or at most a number or share of the accepted pairs belongs to a group
  budget     the accepted pairs of some needs cost at most a sum
  forbidden  this need and this offer are never joined
  required   this need and this offer are joined
`parse` believes nothing and reports everything that is wrong at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from tandem.base.errors import Finding, Invalid

Bound = Literal["min_units", "max_units", "min_share", "max_share", "max_cost"]
Side = Literal["offers", "needs", "pairs"]

BOUNDS: tuple[Bound, ...] = ("min_units", "max_units", "min_share", "max_share")
LISTS = ("rule", "budget", "forbidden", "required")
TABLES = ("offers", "needs")
COST_TABLES = ("offers", "needs", "edges")
CROSS_CITY = "cross_city"
MOST_RULES, MOST_PAIRS, MOST_VALUES, TEXT = 100, 100_000, 10_000, 200
NUMBER_LIMIT = 2**53  # every sum of units or fen below this is exact wherever it is read
_SHARE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(?:/(\d{1,9}))?(%)?", re.ASCII)
FINEST_SHARE = 10_000  # shares are whole numbers of ten-thousandths, or ratios of small numbers

# Keys may be written in Chinese; a TOML file puts such keys in quotes.
CHINESE = {
    "规则": "rule", "预算": "budget", "禁止": "forbidden", "必选": "required",
    "名称": "name", "表": "table", "列": "column", "取值": "values", "跨城市": CROSS_CITY,
    "最少数量": "min_units", "最多数量": "max_units", "最低占比": "min_share", "最高占比": "max_share",
    "费用列": "cost", "费用表": "cost_table", "上限": "limit", "需求": "need", "供给": "offer",
}  # fmt: skip
CHINESE_TABLES = {"供给": "offers", "需求": "needs", "边": "edges"}
KEYS = {
    "rule": ("name", "table", "column", "values", CROSS_CITY, *BOUNDS),
    "budget": ("name", "column", "values", "cost", "cost_table", "limit"),
    "forbidden": ("need", "offer"),
    "required": ("need", "offer"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The pairs that a rule counts: those whose need or offer has one of the values in a column.

    side     where the column stands; "pairs" where the group is all pairs whose need and offer lie in different cities
    meaning  what each value means in our own words ("微型" means micro), else the value itself
    """

    side: Side
    column: str
    values: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One number, share or budget.

    row    which entry of its list it is, from 1; listed: "rule" or "budget"
    limit  pairs for units, an exact share of the accepted pairs, or a sum in the smallest unit of money (fen)
    cost   the table and column in which the cost of a pair stands; only for a budget
    """

    row: int
    listed: str
    name: str
    group: Group
    bound: Bound
    limit: Fraction
    cost: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One need and one offer, by id, that are never joined, or always."""

    row: int
    need: str
    offer: str
    required: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a clearing; where two cannot both be kept, the one that stands first has precedence."""

    rules: tuple[Rule, ...] = ()
    pairs: tuple[Pair, ...] = ()


def parse(given: Mapping[str, Any], file: str | None = None) -> Rules:
    """The rules of a plain mapping (as read from TOML or JSON); keys may be Chinese.

    Raises Invalid rules.wrong with a finding for each thing that is wrong: entry, key, value.
    """
    reading = _Reading(file)
    lists = reading.lists(given)
    rules = [
        rule
        for listed, read in (("rule", _rule), ("budget", _budget))
        for row, entry in enumerate(lists[listed], 1)
        if (rule := read(_Entry(reading, listed, row, entry))) is not None
    ]
    pairs = [
        pair
        for listed in ("forbidden", "required")
        for row, entry in enumerate(lists[listed], 1)
        if (pair := _pair(_Entry(reading, listed, row, entry))) is not None
    ]
    _consistent(reading, pairs)
    if reading.findings:
        raise Invalid("rules.wrong", tuple(reading.findings), n=len(reading.findings))
    return Rules(tuple(rules), tuple(pairs))


@dataclass
class _Reading:
    """What was found wrong so far."""

    file: str | None
    findings: list[Finding] = field(default_factory=list)

    def wrong(
        self,
        code: str,
        listed: str | None,
        row: int | None,
        key: str | None,
        value: Any = None,
        **params: Any,
    ) -> None:
        """Remembers one thing that is wrong."""
        shown = None if value is None else str(value)[:TEXT]
        self.findings.append(
            Finding(
                f"rules.{code}",
                table=listed,
                file=self.file,
                sheet=listed,
                row=row,
                column=key,
                value=shown,
                params=params,
            )
        )

    def lists(self, given: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
        """The entries of each list, keys in English."""
        found: dict[str, Sequence[Mapping[str, Any]]] = dict.fromkeys(LISTS, ())
        for key, entries in given.items():
            name = CHINESE.get(key, key)
            most = MOST_RULES if name in ("rule", "budget") else MOST_PAIRS
            if name not in LISTS:
                self.wrong("key", None, None, str(key)[:TEXT], known=list(LISTS))
            elif not isinstance(entries, Sequence) or not all(isinstance(one, Mapping) for one in entries):
                self.wrong("list", name, None, key)
            elif len(entries) > most or found[name]:
                self.wrong("many", name, None, key, most=most)
            else:
                found[name] = entries
        return found


class _Entry:
    """One entry of a list, with its keys in English."""

    def __init__(self, reading: _Reading, listed: str, row: int, given: Mapping[str, Any]) -> None:
        self.reading, self.listed, self.row, self.good = reading, listed, row, True
        self.given: dict[str, Any] = {}
        for key, value in given.items():
            name = CHINESE.get(key, key)
            if name in KEYS[listed] and name not in self.given:
                self.given[name] = value
            else:
                self.wrong("key", str(key)[:TEXT], known=list(KEYS[listed]))

    def wrong(self, code: str, key: str | None, value: Any = None, **params: Any) -> None:
        """Remembers what is wrong with one key."""
        self.good = False
        self.reading.wrong(code, self.listed, self.row, key, value, **params)

    def text(self, key: str, default: str | None = None) -> str:
        """A short text; required unless there is a default."""
        value = self.given.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # ids are often written as numbers
        if value is None:
            self.wrong("missing", key)
        elif not isinstance(value, str) or not value.strip() or len(value) > TEXT:
            self.wrong("text", key, value)
        else:
            return value.strip()
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        """One or several short texts."""
        value = self.given.get(key)
        listed: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
        plain = [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in listed]
        good = all(isinstance(one, str) and one.strip() and len(one) <= TEXT for one in plain)
        if value is None:
            self.wrong("missing", key)
        elif not plain or not good or len(plain) > MOST_VALUES:
            self.wrong("text", key, value)
        else:
            return tuple(dict.fromkeys(str(one).strip() for one in plain))
        return ()

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of a few words, in English or Chinese."""
        value = self.given.get(key, default)
        meant = CHINESE_TABLES.get(value, value) if isinstance(value, str) else value
        if meant in allowed:
            return str(meant)
        self.wrong("choice", key, value, known=list(allowed))
        return default

    def whole(self, key: str) -> Fraction:
        """A whole number from 0."""
        value = self.given.get(key)
        if value is None:
            self.wrong("missing", key)
        elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= NUMBER_LIMIT:
            self.wrong("number", key, value)
        else:
            return Fraction(value)
        return Fraction(0)

    def share(self, key: str) -> Fraction:
        """A share from 0 to 1, exactly as written: 0.3 is 3/10; "1/3" and "30%" are understood."""
        value = self.given[key]
        try:
            exact = _exact(value)
        except (ValueError, ArithmeticError, TypeError):
            exact = Fraction(-1)
        if 0 <= exact <= 1 and exact.denominator <= FINEST_SHARE:
            return exact
        self.wrong("share", key, value)
        return Fraction(0)


def _exact(value: Any) -> Fraction:
    """The number meant; the ways of writing it are few, so that none takes long to read (1e-99999999)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise TypeError
    if not (written := _SHARE.fullmatch(str(value).strip())):
        raise ValueError
    number, below, percent = written.groups()
    return Fraction(number) / (int(below) if below else 1) / (100 if percent else 1)


def _rule(entry: _Entry) -> Rule | None:
    bounds = [bound for bound in BOUNDS if bound in entry.given]
    group = _group(entry)
    name = entry.text("name", _named(group))
    if len(bounds) != 1:
        entry.wrong("one_bound", None, known=list(BOUNDS))
        return None
    limit = entry.whole(bounds[0]) if bounds[0].endswith("units") else entry.share(bounds[0])
    return Rule(entry.row, entry.listed, name, group, bounds[0], limit) if entry.good else None


def _group(entry: _Entry) -> Group:
    if CROSS_CITY not in entry.given:
        side: Side = "needs" if entry.choice("table", TABLES, "offers") == "needs" else "offers"
        column, values = entry.text("column"), entry.texts("values")
        return Group(side, column, values, values)
    if entry.given[CROSS_CITY] is not True:
        entry.wrong("cross_city", CROSS_CITY, entry.given[CROSS_CITY])
    for key in ("table", "column", "values"):
        if key in entry.given:
            entry.wrong("cross_city", key, entry.given[key])
    return Group("pairs", CROSS_CITY)


def _budget(entry: _Entry) -> Rule | None:
    group = Group("needs", entry.text("column"), values := entry.texts("values"), values)
    table = entry.choice("cost_table", COST_TABLES, "offers")
    column, name, limit = entry.text("cost"), entry.text("name", _named(group)), entry.whole("limit")
    made = Rule(entry.row, entry.listed, name, group, "max_cost", limit, (table, column))
    return made if entry.good else None


def _pair(entry: _Entry) -> Pair | None:
    need, offer = entry.text("need"), entry.text("offer")
    return Pair(entry.row, need, offer, entry.listed == "required") if entry.good else None


def _named(group: Group) -> str:
    """What a rule is called that has no name."""
    if group.side == "pairs":
        return CROSS_CITY
    shown = ", ".join(group.values[:5]) + (", …" if len(group.values) > 5 else "")
    return f"{group.column}: {shown}"[:TEXT]


def _consistent(reading: _Reading, pairs: Sequence[Pair]) -> None:
    """No pair stands twice, or is both forbidden and required."""
    seen: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        listed = "required" if pair.required else "forbidden"
        before = seen.setdefault((pair.need, pair.offer), pair)
        if before is not pair:
            code = "pair_both" if before.required != pair.required else "pair_twice"
            reading.wrong(code, listed, pair.row, None, f"{pair.need} - {pair.offer}", first=before.row)
