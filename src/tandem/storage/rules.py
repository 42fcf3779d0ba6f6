"""Reading a file of rules (TOML); what the rules are stands in domain/rules.py."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tandem.base.errors import Invalid
from tandem.domain import rules
from tandem.domain.rules import Group, Rules
from tandem.domain.tables import ORGANISATIONS, TABLES
from tandem.storage.exchange import choices

_BYTES = 4 << 20


def read(path: Path) -> Rules:
    """The rules of a TOML file; a group may be written in the words that the exchange tables know ("微型" is micro).

    Raises Invalid rules.missing without the file, rules.size, rules.toml where it is not TOML (`why` says where),
    rules.wrong with a finding for each entry that is not a rule.
    """
    if not path.is_file():
        raise Invalid("rules.missing", path=str(path))
    if path.stat().st_size > _BYTES:
        raise Invalid("rules.size", path=str(path), most=_BYTES >> 20)
    try:
        text = path.read_text("utf-8-sig")
    except (ValueError, OSError) as error:
        raise Invalid("rules.toml", path=str(path), why=str(error)[:200]) from error
    return of(text, path.name, str(path))


def of(text: str, file: str, path: str | None = None) -> Rules:
    """The same from the text of such a file; `file` is its name in findings. Raises as `read`, but for the file."""
    try:
        content: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Invalid("rules.toml", path=path or file, why=str(error)[:200]) from error
    found = rules.parse(content, file)
    return replace(found, rules=tuple(replace(rule, group=_meant(rule.group)) for rule in found.rules))


def _meant(group: Group) -> Group:
    """The group with each value's meaning, where its column is a choice that the tables know."""
    tables = [TABLES[group.side], ORGANISATIONS] if group.side != "pairs" else []
    for column in (column for table in tables for column in table.columns):
        if column.name == group.column and column.type == "choice":
            meaning = (choices.meant(column, value) or value for value in group.values)
            return replace(group, meaning=tuple(meaning))
    return group
