"""A cell of a choice column: which choice it means (the words stand in base/choices.py)."""

from __future__ import annotations

from tandem.base import choices
from tandem.domain.tables import Column


def meant(column: Column, text: str) -> str | None:
    """The choice that a text means; None where it means none, or does not tell which."""
    found = choices.meant(column.name, column.choices, text)
    return found[0] if len(found) == 1 else None


def word(column: Column, choice: str) -> str:
    """A choice in Chinese."""
    return choices.word(column.name, choice, "zh") or choice


def nearest(column: Column, text: str) -> str | None:
    """The choice written most like the text; None where none is close."""
    return choices.nearest(column.name, column.choices, text)
