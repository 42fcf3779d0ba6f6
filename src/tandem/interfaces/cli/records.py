"""Any answer of the hub as a person reads it: one record as lines, many as a table that fits the window.

Of what a table has no room for, sentences and what one acts upon stand beneath the row; the rest is left out:
`--json` and `show` have all of it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tandem.base import error_words
from tandem.base.errors import Finding
from tandem.base.words import Lang, has, say
from tandem.interfaces.cli import values, wrapping

# What a table shows before anything else where there is no room for all.
_FIRST = ("rank", "seq", "severity", "row", "id", "title", "name", "login", "label", "said", "state", "at", "action",
          "kind", "organisation", "assigned", "score", "probability")  # fmt: skip
# What only one record alone has room for, or what says nothing beside others.
_ALONE = frozenset(
    ("text", "extra", "params", "named", "ref", "version", "visibility", "currency", "leaf", "path")
)
_GAP = 3  # between columns
_NARROW, _SOME, _WIDEST = 12, 24, 44  # cells of columns that give way
_INDENT = 4  # of what stands beneath a row
_ROOMY = 32  # cells that a sentence needs at least to have a column
_GIVES_WAY = frozenset(("title", "name", "label", "organisation", "poser"))
_WRAPS = ("said", "reasons", "told")  # sentences: never cut
# What has to be known where one acts upon a list: who has to do what by when, for whom, and what is asked for. A list
# is one to act upon where its records have one of the marks.
_KEPT = ("organisation", "poser", "role", "waits_on", "step", "due_at", "action", "given", "record")
_MARKS = frozenset(("waits_on", "login", "action"))
_ID = re.compile("[a-z2-7]{26}")
_NUMBER = re.compile(r"-?[0-9][0-9,.]*%?")


def show(answer: Any, lang: Lang, out: Console) -> None:
    """Shows an answer: its own fields as lines, lists in it as tables, and how a list goes on."""
    fields = {one.name: getattr(answer, one.name) for one in dataclasses.fields(answer)}
    after = fields.pop("next", None)
    lists = {name: value for name, value in fields.items() if _is_list(value)}
    _lines({name: value for name, value in fields.items() if name not in lists}, fields, lang, out)
    for name, items in lists.items():
        if name != "items":
            out.print(Text(values.called(name, lang), style="bold"))
        table(items, lang, out)
    if "items" in fields and not fields["items"]:
        out.print(say("cli.records.none", lang))
    if after is not None:
        out.print(Text(say("cli.records.more", lang, after=after)), soft_wrap=True)


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and dataclasses.is_dataclass(value[0])


def _lines(shown: Mapping[str, Any], record: Mapping[str, Any], lang: Lang, out: Console) -> None:
    """Each field that says something, its name before it."""
    given = {name: value for name, value in shown.items() if value is not None}
    told = {name: values.whole(name, value, record, lang) for name, value in given.items()}
    told = {name: text for name, text in told.items() if text}
    if not told:
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, text in told.items():
        table.add_row(values.called(name, lang), Text(text))
    out.print(table)


def table(items: Sequence[Any], lang: Lang, out: Console) -> None:
    """Records of one kind, or of several, as rows of the columns that fit; what may not be lost stands beneath."""
    rows = [_cells(one, lang) for one in items]
    rooms = _fitting(rows, lang, out.width)
    right = {name for name in rooms if _counts([row.get(name, "") for row in rows])}
    heads = {name: values.called(name, lang) for name in rooms}
    out.print()
    out.print(Text(_line(heads, rooms, right), style="bold"), soft_wrap=True)
    out.print(Text(" " + "─" * (sum(rooms.values()) + _GAP * (len(rooms) - 1))), soft_wrap=True)
    for row in rows:
        for line in (*_lined(row, rooms, right), *_beneath(row, rooms, lang, out.width)):
            out.print(Text(line), soft_wrap=True)
    out.print()


def _lined(row: Mapping[str, str], rooms: Mapping[str, int], right: Collection[str]) -> Iterator[str]:
    """The lines of a row: as many as its longest sentence has."""
    cells = {
        name: wrapping.wrapped(row.get(name, ""), room) if name in _WRAPS else [row.get(name, "")]
        for name, room in rooms.items()
    }
    for n in range(max(1, *map(len, cells.values()))):
        yield _line({name: lines[n] if n < len(lines) else "" for name, lines in cells.items()}, rooms, right)


def _line(cells: Mapping[str, str], rooms: Mapping[str, int], right: Collection[str]) -> str:
    """One line of a table, each cell in its room."""
    padded = []
    for name, room in rooms.items():
        text = wrapping.cut(cells.get(name, ""), room)
        space = " " * (room - wrapping.width(text))
        padded.append(space + text if name in right else text + space)
    return (" " + (" " * _GAP).join(padded)).rstrip()


def _beneath(row: Mapping[str, str], rooms: Mapping[str, int], lang: Lang, width: int) -> Iterator[str]:
    """What a row has that may not be lost, and that no column has room for."""
    mark, between = ("：", "；") if lang == "zh" else (": ", "; ")
    told = [
        f"{values.called(name, lang)}{mark}{row[name]}"
        for name in _kept(row)
        if name in row and name not in rooms
    ]
    sentences = [row[name] for name in _WRAPS if name in row and name not in rooms]
    for text in (*sentences, *([between.join(told)] if told else [])):
        yield from (" " * _INDENT + line for line in wrapping.wrapped(text, width - _INDENT))


def _kept(names: Iterable[str]) -> tuple[str, ...]:
    """What of these may not be lost."""
    return _KEPT if _MARKS.intersection(names) else ()


def _cells(one: Any, lang: Lang) -> dict[str, str]:
    """A record's cells by field, those left out that are empty."""
    if isinstance(one, Finding):
        return {"severity": say(f"cli.severity.{one.severity}", lang), "row": str(one.row or ""),
                "column": error_words.column(one, lang) or "", "said": error_words.said(one, lang)}  # fmt: skip
    fields = {each.name: getattr(one, each.name) for each in dataclasses.fields(one)}
    for name in [name for name, value in fields.items() if _nameless(value)]:
        inside = fields.pop(name)
        fields |= {each.name: getattr(inside, each.name) for each in dataclasses.fields(inside)}
    cells = {
        name: values.value(name, value, fields, lang)
        for name, value in fields.items()
        if value not in (None, (), {})
    }
    if (sentence := _sentence(type(one).__name__, fields, lang)) is not None:
        cells = {
            **{name: text for name, text in cells.items() if name not in ("code", "params")},
            "said": sentence,
        }
    cells = {name: text for name, text in cells.items() if not _again(name, text, cells)}
    return {"organisation" if name == "org_id" else name: text for name, text in cells.items()}


def _nameless(value: Any) -> bool:
    """Whether a record inside another is only its figures, so that each of them is a cell."""
    return dataclasses.is_dataclass(value) and not any(hasattr(value, name) for name in values.NAMES)


def _again(name: str, text: str, cells: Mapping[str, str]) -> bool:
    """Whether a cell only says again what another says: an id beside the name that it stands for, a name twice."""
    if name == "org_id":
        return "organisation" in cells or ("name" in cells and "login" not in cells)
    return name in ("name_zh", "name_en") and text == cells.get("name")


def _fitting(rows: Sequence[Mapping[str, str]], lang: Lang, width: int) -> dict[str, int]:
    """The columns for which there is room, with how many cells: telling ones first, then in the record's own order.

    Columns that give way get some room at first, and what is left in the end.
    """
    names = list(dict.fromkeys(name for row in rows for name, text in row.items() if text))
    kept, wanted, left = {}, {}, width - _GAP
    ordered = [name for name in _FIRST if name in names]
    ordered += sorted((name for name in names if name not in ordered and name not in _ALONE),
                      key=lambda name: name.endswith("_id"))  # fmt: skip
    for name in ordered:
        texts = [row.get(name, "") for row in rows]
        widest = room = max(wrapping.width(values.called(name, lang)), *map(wrapping.width, texts))
        if name in _WRAPS:
            room = min(widest, _ROOMY)
        elif name in _GIVES_WAY and not any(map(_ID.fullmatch, texts)):
            room = min(widest, _SOME)
            room = left - _GAP if room + _GAP > left >= _NARROW else room
            if name in _kept(names) and room < widest:
                continue
        if room + _GAP <= left:
            kept[name], wanted[name] = room, widest
            left -= room + _GAP
    for most in (_WIDEST, width):
        for name, room in kept.items():
            more = max(0, min(wanted[name], most) - room)
            kept[name] += min(more, left)
            left -= min(more, left)
    return kept


def _counts(texts: Sequence[str]) -> bool:
    """Whether a column holds numbers."""
    return all(_NUMBER.fullmatch(text) for text in texts if text)


def _sentence(kind: str, fields: Mapping[str, Any], lang: Lang) -> str | None:
    """The sentence of a record that is one: a notice, what a check-up found."""
    codes = {"Notice": "notice.{code}", "Checkup": "doctor.{code}.{state}"}
    if kind not in codes:
        return None
    code = codes[kind].format(**fields)
    try:
        return say(code, lang, **fields.get("params", {})) if has(code) else None
    except (KeyError, IndexError, ValueError):
        return None
