"""Lists in parts: each part begins after the last row of the one before.

A cursor is the place of a row that the asker has seen, so that it tells nothing about rows in between. It is good for
the list that gave it, and for no other: the name of the action stands in it. There is one form for all lists: the
name and the values by which the list is ordered, as text that goes into a URL; what is no such text is refused before
the database hears of it.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from tandem.base import ids
from tandem.base.errors import Invalid
from tandem.hub.call import Call
from tandem.storage.database.transaction import Row

Value = str | int | float
Kind = Callable[[str], Value]
T = TypeVar("T")


class Part(Protocol):
    """What a list is asked with."""

    @property
    def limit(self) -> int:
        """How many rows at most."""

    @property
    def after(self) -> str | None:
        """The cursor of the row before the first."""


def number(text: str) -> int:
    """A whole number that a column can hold. Raises ValueError."""
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def record(text: str) -> str:
    """The id of a record. Raises ValueError."""
    if not ids.known(text):
        raise ValueError
    return text


def score(text: str) -> float:
    """A finite number, to the last bit. Raises ValueError."""
    value = float.fromhex(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def written(listed: str, *place: Value) -> str:
    """The cursor of a place in a list: the values by which the list is ordered."""
    told = (one.hex() if isinstance(one, float) else str(one) for one in place)
    return base64.urlsafe_b64encode(":".join((listed, *told)).encode()).decode().rstrip("=")


def read(listed: str, text: str, *kinds: Kind) -> tuple[Any, ...]:
    """The place in that list, a value for each kind. Raises Invalid list.cursor for what this list has not given.

    >>> read("need.list", written("need.list", 7), number)
    (7,)
    """
    try:
        told = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(":")[1:]
        place = tuple(kind(one) for kind, one in zip(kinds, told, strict=True))
        if written(listed, *place) != text:  # another list's, or another spelling of the same
            raise ValueError
    except (ValueError, OverflowError, binascii.Error):
        raise Invalid("list.cursor", value=text) from None
    return place


def begun(call: Call, given: Part, *kinds: Kind) -> tuple[Any, ...] | None:
    """The place after which a part of the action's list begins; None for the first. Raises Invalid list.cursor."""
    return None if given.after is None else read(call.action, given.after, *kinds)


def cut(
    call: Call, rows: Sequence[T], given: Part, place: Callable[[T], tuple[Value, ...]]
) -> tuple[Sequence[T], str | None]:
    """The rows of a part, and the cursor of the next.

    rows  one more than asked for, where there are so many: that is how it is known whether there is a next part
    """
    if len(rows) <= given.limit:
        return rows, None
    return rows[: given.limit], written(call.action, *place(rows[given.limit - 1]))


def part(
    call: Call, statement: sa.Select[Any], table: sa.Table, given: Part
) -> tuple[Sequence[Row], str | None]:
    """The rows of one part that the asker may see, the newest first, and the cursor of the next.

    Raises Invalid list.cursor
    """
    at, id_ = table.c.created_at, table.c.id
    if (last := begun(call, given, number, record)) is not None:
        statement = statement.where(sa.tuple_(at, id_) < sa.tuple_(*last))
    rows = call.tx.rows(statement.order_by(at.desc(), id_.desc()).limit(given.limit + 1), call.actor)
    return cut(call, rows, given, _newest)


def part_where(
    call: Call, table: sa.Table, given: Part, wanted: Mapping[str, Any]
) -> tuple[Sequence[Row], str | None]:
    """The same of the rows whose columns have the wanted values, by a statement that is made once and kept."""
    values = {f"wanted_{name}": value for name, value in wanted.items()}
    if (last := begun(call, given, number, record)) is not None:
        values["last_at"], values["last_id"] = last
    statement = _lasting(table, tuple(wanted), last is not None)
    return cut(call, call.tx.rows(statement, call.actor, **values, at_most=given.limit + 1), given, _newest)


@cache
def _lasting(table: sa.Table, wanted: tuple[str, ...], onward: bool) -> sa.Select[Any]:
    at, id_ = table.c.created_at, table.c.id
    same = [table.c[name] == sa.bindparam(f"wanted_{name}", type_=table.c[name].type) for name in wanted]
    statement = sa.select(table).where(*same)
    if onward:
        last = sa.bindparam("last_at", type_=at.type), sa.bindparam("last_id", type_=id_.type)
        statement = statement.where(sa.tuple_(at, id_) < sa.tuple_(*last))
    return statement.order_by(at.desc(), id_.desc()).limit(sa.bindparam("at_most", type_=sa.BigInteger()))


def _newest(row: Row) -> tuple[Value, ...]:
    return row["created_at"], row["id"]
