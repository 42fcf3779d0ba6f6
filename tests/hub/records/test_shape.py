"""Rows as answers: every field comes from somewhere."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tandem.hub.records.shape import shaped


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer."""

    id: str
    city: str | None
    named: tuple[str, ...]


def test_fields_come_from_columns_and_from_what_is_told():
    """What is told comes before a column of the same name; a column that is empty is None."""
    assert shaped(Shown, {"id": "a", "city": None, "named": "x"}, named=("b",)) == Shown("a", None, ("b",))


def test_a_forgotten_column_is_an_error():
    """Never None, which would say that there is nothing."""
    with pytest.raises(KeyError, match="city"):
        shaped(Shown, {"id": "a"}, named=())
