"""Cursors of lists that go by need: the place of a row that the asker has seen."""

from __future__ import annotations

import base64
import binascii

from tandem.base.errors import Invalid


def written(need: str, rank: int = 0) -> str:
    """The cursor of a row."""
    return base64.urlsafe_b64encode(f"{rank}:{need}".encode()).decode().rstrip("=")


def pair(text: str) -> tuple[str, int]:
    """The need and the rank of a cursor. Raises Invalid list.cursor.

    >>> pair(written("n1", 3))
    ('n1', 3)
    """
    try:
        rank, _, need = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        if not 0 <= int(rank) < 2**63 or "\0" in need:
            raise ValueError
        return need, int(rank)
    except (ValueError, binascii.Error):
        raise Invalid("list.cursor", value=text) from None
