"""Any answer of the hub as a person reads it: one record as lines, many as a table that fits the window.

Fields are called as `field.<name>` says and values as `choice.<field>.<value>` does; a field without words keeps
its own name. What a table has no room for is left out: `--json` and `show` have all of it.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base import error_words
from tandem.base.errors import Finding
from tandem.base.words import Lang, has, say
from tandem.domain import cities
from tandem.interfaces.cli import reasons

_MONEY = frozenset(
    ("budget_min", "budget_max", "price_from", "quote")
)  # minor units of the record's currency
_CITIES = frozenset(("city", "cities", "cities_served"))
_SHARES = frozenset(("likeness", "coverage", "probability", "gap"))
# What a table shows before anything else where there is no room for all.
_FIRST = ("rank", "seq", "id", "title", "name", "login", "label", "said", "state", "at", "action", "kind",
          "organisation")  # fmt: skip
# What only one record alone has room for, or what says nothing beside others.
_ALONE = frozenset(
    ("text", "extra", "params", "named", "ref", "version", "visibility", "currency", "leaf", "path")
)
_NAMES = ("name", "title", "text", "id")  # what stands for a record inside another
_GAP = 3  # between columns
_NARROW, _WIDEST = 12, 44  # cells of the one column that gives way
_GIVES_WAY = frozenset(("title", "name", "said", "reasons", "told", "label"))


def show(answer: Any, lang: Lang, out: Console) -> None:
    """Shows an answer: its own fields as lines, lists in it as tables, and how a list goes on."""
    fields = {one.name: getattr(answer, one.name) for one in dataclasses.fields(answer)}
    after = fields.pop("next", None)
    lists = {name: value for name, value in fields.items() if _is_list(value)}
    _lines({name: value for name, value in fields.items() if name not in lists}, fields, lang, out)
    for name, items in lists.items():
        if name != "items":
            out.print(Text(_called(name, lang), style="bold"))
        _table(items, lang, out)
    if "items" in fields and not fields["items"]:
        out.print(say("cli.records.none", lang))
    if after is not None:
        out.print(Text(say("cli.records.more", lang, after=after)), soft_wrap=True)


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and dataclasses.is_dataclass(value[0])


def _lines(shown: Mapping[str, Any], record: Mapping[str, Any], lang: Lang, out: Console) -> None:
    """Each field that says something, its name before it."""
    told = {name: value for name, value in shown.items() if value not in (None, (), "", {})}
    if not told:
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in told.items():
        table.add_row(_called(name, lang), Text(_value(name, value, record, lang)))
    out.print(table)


def _table(items: Sequence[Any], lang: Lang, out: Console) -> None:
    """Records of one kind, or of several, as rows of the columns that fit."""
    rows = [_cells(one, lang) for one in items]
    columns = _fitting(rows, lang, out.width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    for name, room in columns.items():
        table.add_column(_called(name, lang), no_wrap=True, overflow="ellipsis" if name in _GIVES_WAY else "fold",
                         justify="right" if _counts(name, items) else "left", width=room)  # fmt: skip
    for row in rows:
        table.add_row(*(Text(row.get(name, "")) for name in columns))
    out.print(table)


def _cells(one: Any, lang: Lang) -> dict[str, str]:
    """A record's cells by field, those left out that are empty."""
    if isinstance(one, Finding):
        return {"severity": say(f"cli.severity.{one.severity}", lang), "row": str(one.row or ""),
                "column": str(one.column or ""), "said": error_words.said(one, lang)}  # fmt: skip
    fields = {each.name: getattr(one, each.name) for each in dataclasses.fields(one)}
    cells = {
        name: _value(name, value, fields, lang)
        for name, value in fields.items()
        if value not in (None, (), {})
    }
    if (sentence := _sentence(type(one).__name__, fields, lang)) is not None:
        cells = {
            **{name: text for name, text in cells.items() if name not in ("code", "params")},
            "said": sentence,
        }
    return cells


def _fitting(rows: Sequence[Mapping[str, str]], lang: Lang, width: int) -> dict[str, int]:
    """The columns for which there is room, with how many cells: telling ones first, then in the record's own order."""
    names = list(dict.fromkeys(name for row in rows for name, text in row.items() if text))
    kept, left = {}, width - _GAP
    ordered = [name for name in _FIRST if name in names]
    ordered += [name for name in names if name not in ordered and name not in _ALONE]
    for name in ordered:
        widest = max(cell_len(_called(name, lang)), *(cell_len(row.get(name, "")) for row in rows))
        needs = min(widest, _WIDEST if name in _GIVES_WAY else widest) + _GAP
        if name in _GIVES_WAY and needs > left >= _NARROW:
            needs = left
        if needs <= left:
            kept[name] = needs - _GAP
            left -= needs
    return kept


def _counts(name: str, items: Sequence[Any]) -> bool:
    """Whether a column holds numbers."""
    held = [getattr(one, name, None) for one in items]
    numbers = [value for value in held if isinstance(value, (int, float)) and not isinstance(value, bool)]
    return bool(numbers) and not name.endswith("_at") and name != "at"


def _sentence(kind: str, fields: Mapping[str, Any], lang: Lang) -> str | None:
    """The sentence of a record that is one: a notice, what a check-up found, what clearing discloses."""
    codes = {"Notice": "notice.{code}", "Checkup": "doctor.{code}.{state}", "Disclosure": "disclosure.{code}"}
    if kind not in codes:
        return None
    code = codes[kind].format(**fields)
    try:
        return say(code, lang, **fields.get("params", {})) if has(code) else None
    except (KeyError, IndexError, ValueError):
        return None


def _called(name: str, lang: Lang) -> str:
    code = f"field.{name}"
    return say(code, lang) if has(code) else name


def _value(name: str, value: Any, record: Mapping[str, Any], lang: Lang) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return say("cli.yes" if value else "cli.no", lang)
    if isinstance(value, (int, float)):
        return _number(name, value, record)
    if name in _CITIES and not isinstance(value, Mapping):
        return _listed([_city(one, lang) for one in (value if isinstance(value, tuple) else (value,))], lang)
    return _composed(name, value, lang)


def _number(name: str, value: float, record: Mapping[str, Any]) -> str:
    """A number by what its field counts."""
    if isinstance(value, float):
        return f"{value:.1%}" if name in _SHARES else f"{value:,.2f}"
    if name == "at" or name.endswith("_at"):
        return instant(value)
    if name in _MONEY:
        return money(value, record.get("currency"))
    return str(value) if name in ("seq", "version") else f"{value:,}"


def _composed(name: str, value: Any, lang: Lang) -> str:
    """Text, a list, a mapping, or a record inside a record."""
    if isinstance(value, str):
        return _chosen(name, value, lang)
    if name == "reasons":
        return reasons.telling(value, lang)
    if isinstance(value, Mapping):
        return _mapped(value, lang)
    if isinstance(value, (tuple, list)):
        return _listed([_value(name, one, {}, lang) for one in value], lang)
    named = (str(getattr(value, one)) for one in _NAMES if getattr(value, one, None))
    return next(named, None) or (_whole(value, lang) if dataclasses.is_dataclass(value) else str(value))


def _mapped(value: Mapping[str, Any], lang: Lang) -> str:
    """A code with its figures as its sentence; anything else as names and values."""
    if isinstance(value.get("code"), str):
        return _told(value, lang)
    return _listed([f"{_called(str(key), lang)}: {_value(str(key), one, value, lang)}"
                    for key, one in value.items() if one is not None], lang)  # fmt: skip


def _whole(value: Any, lang: Lang) -> str:
    fields = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    return _composed("", {name: one for name, one in fields.items() if one is not None}, lang)


def _told(value: Mapping[str, Any], lang: Lang) -> str:
    """A code with its figures as its sentence, where it has words."""
    params = dict(value.get("params") or {})
    for code in (str(value["code"]), f"error.{value['code']}", f"exclusion.{value['code']}"):
        if has(code):
            try:
                return say(code, lang, **params)
            except (KeyError, IndexError, ValueError):
                break
    return str(value["code"])


def _chosen(name: str, value: str, lang: Lang) -> str:
    """One of a few values by its name; any other text as it is, on one line."""
    for code in (f"choice.{name}.{value}", f"introduction.{name}.{value}"):
        if has(code):
            return say(code, lang)
    return " ".join(value.split()) if name in _GIVES_WAY else value


def _city(code: Any, lang: Lang) -> str:
    found = cities.cities().get(str(code))
    return str(code) if found is None else found.name(lang)


def _listed(texts: Sequence[str], lang: Lang) -> str:
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
