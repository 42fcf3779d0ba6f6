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
    """An answer of that type; fields that are no column of the row, or differ from it, are given in `own`.

    Raises KeyError for a field that is in neither: an answer says of everything it has what that is
    """
    values = _values(kind)  # type: ignore[arg-type]  # a type can be hashed
    return kind(*values({**row, **own}))


@cache
def _values(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    return itemgetter(*(field.name for field in dataclasses.fields(kind)))
