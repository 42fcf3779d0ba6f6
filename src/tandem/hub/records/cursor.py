"""Lists in parts: the newest first, each part beginning after the last row of the one before.

The cursor is the place of a row that the asker has seen, so that it tells nothing about rows in between.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa

from tandem.base import ids
from tandem.base.errors import Invalid
from tandem.hub.call import Call
from tandem.storage.database.transaction import Row


class Part(Protocol):
    """What a list is asked with."""

    @property
    def limit(self) -> int:
        """How many rows at most."""

    @property
    def after(self) -> str | None:
        """The cursor of the row before the first."""


def part(
    call: Call, statement: sa.Select[Any], table: sa.Table, given: Part
) -> tuple[Sequence[Row], str | None]:
    """The rows of one part that the asker may see, and the cursor of the next. Raises Invalid list.cursor."""
    at, id_ = table.c.created_at, table.c.id
    if given.after is not None:
        last_at, last_id = _read(given.after)
        statement = statement.where(sa.tuple_(at, id_) < sa.tuple_(last_at, last_id))
    return _cut(
        call.tx.rows(statement.order_by(at.desc(), id_.desc()).limit(given.limit + 1), call.actor), given
    )


def part_where(
    call: Call, table: sa.Table, given: Part, wanted: Mapping[str, Any]
) -> tuple[Sequence[Row], str | None]:
    """The same of the rows whose columns have the wanted values, by a statement that is made once and kept."""
    values = {f"wanted_{name}": value for name, value in wanted.items()}
    if given.after is not None:
        values["last_at"], values["last_id"] = _read(given.after)
    statement = _lasting(table, tuple(wanted), given.after is not None)
    return _cut(call.tx.rows(statement, call.actor, **values, at_most=given.limit + 1), given)


@cache
def _lasting(table: sa.Table, wanted: tuple[str, ...], onward: bool) -> sa.Select[Any]:
    at, id_ = table.c.created_at, table.c.id
    same = [table.c[name] == sa.bindparam(f"wanted_{name}", type_=table.c[name].type) for name in wanted]
    statement = sa.select(table).where(*same)
    if onward:
        last = sa.bindparam("last_at", type_=at.type), sa.bindparam("last_id", type_=id_.type)
        statement = statement.where(sa.tuple_(at, id_) < sa.tuple_(*last))
    return statement.order_by(at.desc(), id_.desc()).limit(sa.bindparam("at_most", type_=sa.BigInteger()))


def _cut(rows: Sequence[Row], given: Part) -> tuple[Sequence[Row], str | None]:
    """One row more than asked for was read, to know whether there is a next part."""
    if len(rows) <= given.limit:
        return rows, None
    return rows[: given.limit], _written(rows[given.limit - 1])


def _written(row: Row) -> str:
    return base64.urlsafe_b64encode(f"{row['created_at']}:{row['id']}".encode()).decode().rstrip("=")


def _read(text: str) -> tuple[int, str]:
    try:
        at, _, id_ = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        if not -(2**63) <= int(at) < 2**63 or not ids.known(id_):
            raise ValueError
        return int(at), id_
    except (ValueError, binascii.Error):
        raise Invalid("list.cursor", value=text) from None
