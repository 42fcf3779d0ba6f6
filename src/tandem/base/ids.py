"""Ids of records: 128 random bits, so that no id tells how many others there are or when they were made."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache

Ids = Callable[[], str]
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_SHIFTS = range(120, -1, -10)
LENGTH = 26  # characters of an id: base32 in lower case without padding


def chance() -> str:
    """A new id of this machine's best randomness."""
    return written(secrets.token_bytes(16))


def written(sixteen: bytes) -> str:
    """16 bytes as an id.

    >>> written(bytes(16))
    'aaaaaaaaaaaaaaaaaaaaaaaaaa'
    """
    number, pairs = int.from_bytes(sixteen, "big") << 2, _pairs()
    return "".join([pairs[number >> shift & 1023] for shift in _SHIFTS])


@cache
def _pairs() -> list[str]:
    """Two characters for every ten bits: base64.b32encode takes twice as long, and every entry has an id."""
    return [one + other for one in _ALPHABET for other in _ALPHABET]


def known(text: str) -> bool:
    """Whether a text has the form of an id.

    >>> known(written(bytes(16))), known("x")
    (True, False)
    """
    return len(text) == LENGTH and not set(text) - set(_ALPHABET)


def secret() -> str:
    """A new secret for a session, a token or a signature: 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)
