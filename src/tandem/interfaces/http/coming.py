"""Bodies on their way in: whoever sends slowly holds none of the hub's places, only one for bodies that are coming.

What has come stays in memory until its request is done, so that its bytes are bounded, of one asker and of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tandem.base.errors import Limited
from tandem.interfaces.http.places import Places
from tandem.interfaces.http.request import Request

EACH, IN_ALL = 32, 1_024  # bodies that are still coming, of one asker and of all
BYTES_EACH, BYTES_IN_ALL = 160_000_000, 512_000_000  # that have come and are not done with
_AGAIN = 5  # seconds


class Coming:
    """The bodies of one server; used on the loop alone."""

    def __init__(self) -> None:
        self.places = Places(EACH, IN_ALL)
        self.bytes_each, self.bytes_in_all = BYTES_EACH, BYTES_IN_ALL
        self._held: Counter[str] = Counter()

    @contextmanager
    def of(self, who: str) -> Iterator[Body]:
        """What comes of one request; its bytes count until its work is done."""
        body = Body(self, who)
        try:
            yield body
        finally:
            self._held[who] -= body.size
            self._held = +self._held  # whoever holds none is forgotten

    def count(self, who: str, size: int) -> None:
        """So many bytes more have come. Raises Limited http.bytes."""
        if self._held[who] + size > self.bytes_each or self._held.total() + size > self.bytes_in_all:
            raise Limited("http.bytes", seconds=_AGAIN)
        self._held[who] += size


class Body:
    """The body of one request, of which `size` bytes have come."""

    def __init__(self, coming: Coming, who: str) -> None:
        self._coming, self._who = coming, who
        self.size = 0

    async def read(self, request: Request, most: int, seconds: float) -> bytes:
        """All of it. Raises Limited http.places, http.bytes; Invalid http.large, http.slow; Gone."""
        with self._coming.places.held(self._who):
            return await request.body(most, seconds, self._count)

    def _count(self, size: int) -> None:
        self._coming.count(self._who, size)
        self.size += size
