"""JSON Lines: one object a line; numbers stay as written, so that nothing is rounded or becomes infinite."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from tandem.base.errors import Invalid
from tandem.storage.exchange import limits, text
from tandem.storage.exchange.raw import Cells, Fault, RawTable


class _TwiceError(ValueError):
    """A key that stands twice in one object: which value is meant is unknown."""


def read(path: Path, room: limits.Room = limits.BOOK) -> RawTable:
    """The objects of a JSON Lines file; lines that are no flat object are faults of their row."""
    encoding = text.encoding_of(path)
    names = keys(path, encoding)
    cells, faults = Cells(len(names), path.name, room), []
    for number, line in enumerate(text.bounded_lines(path, encoding), 1):
        if not line.strip():
            continue
        parsed = _object(line, number)
        if isinstance(parsed, Fault):
            faults.append(parsed)
            continue
        odd = [name for name, value in parsed.items() if isinstance(value, _Odd)]
        if odd:
            faults += [Fault(number, "cell.nested", column=names[name]) for name in odd]
        else:
            row: list[str | None] = [None] * len(names)
            for name, value in parsed.items():
                row[names[name]] = value or None
            cells.add(number, row)
    if not names and not faults:
        raise Invalid("file.empty", file=path.name)
    if not names:
        raise Invalid("json.no_object", file=path.name)
    frame, rows = cells.table()
    return RawTable(path.name, None, tuple(names), frame, rows, tuple(faults))


class _Odd:
    """A value that no cell can hold."""


def keys(path: Path, encoding: str, most: int | None = None) -> dict[str, int]:
    """All keys (or those of the first `most` lines) with their column, in order of first appearance."""
    names: dict[str, int] = {}
    for number, line in enumerate(islice(text.bounded_lines(path, encoding), most), 1):
        parsed = _object(line, number) if line.strip() else {}
        if not isinstance(parsed, Fault):
            for name in parsed:
                names.setdefault(name, len(names))
            if len(names) > limits.COLUMNS:
                raise Invalid("file.columns", file=path.name, n=len(names), limit=limits.COLUMNS)
    return names


def _object(line: str, number: int) -> dict[str, Any] | Fault:
    try:
        value = json.loads(line, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_pairs)
    except _TwiceError as error:
        return Fault(number, "json.twice", value=str(error))
    except (ValueError, RecursionError):
        return Fault(number, "json.syntax", value=line[: limits.VALUE_SHOWN])
    if not isinstance(value, dict):
        return Fault(number, "json.not_object", value=line[: limits.VALUE_SHOWN])
    if "\\ud" in line.lower() and not _encodable(value):
        return Fault(number, "json.syntax", value=ascii(line)[: limits.VALUE_SHOWN])
    return {name: _cell(content) for name, content in value.items()}


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return made


def _cell(value: Any) -> str | _Odd | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    return _Odd()


def _encodable(value: dict[str, Any]) -> bool:
    """Whether the text can be stored: half of a surrogate pair cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
