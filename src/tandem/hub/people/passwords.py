"""Passwords: hashed with argon2id, compared in about the same time whether there is one or not.

Parameters are those of the OWASP password storage cheat sheet (46 MiB, one pass, one lane). A hash is made and compared
outside of transactions, at most two at a time, so that many who sign in at once cannot take all memory.
"""

from __future__ import annotations

import os
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from tandem.hub.installation import Hub

MEMORY, PASSES, LANES = 47_104, 1, 1  # KiB, passes, lanes
AT_ONCE = 2


class Passwords:
    """The hashing of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hasher = PasswordHasher(
            PASSES, MEMORY, LANES, hash_len=32, salt_len=16, type=Type.ID, encoding="utf-8"
        )
        self._places = BoundedSemaphore(AT_ONCE)
        self._nobody: str | None = None

    def hashed(self, password: str) -> str:
        """The hash to keep, with its salt and parameters."""
        with self._places:
            return self._hasher.hash(password)

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password of that hash; where there is no hash, as much work and no."""
        if self._nobody is None:
            self._nobody = self.hashed(os.urandom(16).hex())
        with self._places:
            try:
                return self._hasher.verify(kept or self._nobody, password) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """Nothing to end."""
