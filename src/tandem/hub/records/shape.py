"""Rows as answers: each field of an answer from the column of its name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from tandem.storage.database.transaction import Row

T = TypeVar("T")


def shaped(kind: type[T], row: Row, **own: Any) -> T:
    """An answer of that type; fields that are no column of the row, or differ from it, are given in `own`."""
    names, values = _fields(kind)  # type: ignore[arg-type]  # a type can be hashed
    whole = {**row, **own}
    try:
        return kind(*values(whole))
    except KeyError:  # a record as it was written, without the columns that nothing was told of
        return kind(*map(whole.get, names))


@cache
def _fields(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(field.name for field in dataclasses.fields(kind))
    return names, itemgetter(*names)
