"""Cursors of lists: what is none is refused before the database hears of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from tandem.base.errors import Invalid
from tandem.hub.call import Call
from tandem.hub.records import cursor
from tandem.storage.database import schema as s


@dataclass(frozen=True)
class _Part:
    after: str
    limit: int = 10


@pytest.mark.parametrize("id", ["", "x", "a\0" * 13, "A" * 26, "é" * 26, "a" * 27])
def test_a_cursor_holds_an_id(world, id):
    """Another length or other characters are no place in a list."""
    actor = world.person("member", world.organisation("甲厂"))
    given = _Part(base64.urlsafe_b64encode(f"1:{id}".encode()).decode().rstrip("="))
    with world.hub.database.reading() as tx, pytest.raises(Invalid, match=r"list\.cursor"):
        cursor.part(Call(tx, actor, world.hub), sa.select(s.needs), s.needs, given)
