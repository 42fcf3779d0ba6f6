"""Rows as answers: each field of an answer from the column of its name."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, TypeVar

from tandem.storage.database.transaction import Row

T = TypeVar("T")


def shaped(kind: type[T], row: Row, **own: Any) -> T:
    """An answer of that type; fields that are no column of the row, or differ from it, are given in `own`."""
    names: tuple[str, ...] = _fields(kind)  # type: ignore[arg-type]  # a type can be hashed
    return kind(**{name: own[name] if name in own else row.get(name) for name in names})


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
