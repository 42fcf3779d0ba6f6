"""Places for what holds a connection for long: so many for one asker, so many in all, so that the hub stays free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tandem.base.errors import Limited
from tandem.domain.people import Actor
from tandem.hub.people import limits

_AGAIN = 5  # seconds


class Places:
    """Who holds how many; used on the loop alone.

    each    places of one asker
    in_all  places of all askers together
    """

    def __init__(self, each: int, in_all: int) -> None:
        self.each, self.in_all = each, in_all
        self._held: Counter[str] = Counter()

    def room(self, who: str) -> None:
        """Raises Limited http.places where there is no place left."""
        if self._held[who] >= self.each or self._held.total() >= self.in_all:
            raise Limited("http.places", seconds=_AGAIN)

    @contextmanager
    def held(self, who: str) -> Iterator[None]:
        """Holds a place. Raises Limited http.places."""
        self.room(who)
        self._held[who] += 1
        try:
            yield
        finally:
            self._held[who] -= 1
            self._held = +self._held  # whoever holds none is forgotten


def asker(actor: Actor, address: str) -> str:
    """Whose places they are: an account's, or a visitor's address's."""
    return actor.account or limits.network(address)
