"""Ids of records: 128 random bits, so that no id tells how many others there are or when they were made."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable

Ids = Callable[[], str]
LENGTH = 26  # characters of an id: base32 in lower case without padding


def chance() -> str:
    """A new id of this machine's best randomness."""
    return written(secrets.token_bytes(16))


def written(sixteen: bytes) -> str:
    """16 bytes as an id.

    >>> written(bytes(16))
    'aaaaaaaaaaaaaaaaaaaaaaaaaa'
    """
    return base64.b32encode(sixteen).decode("ascii").rstrip("=").lower()


def secret() -> str:
    """A new secret for a session, a token or a signature: 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)
