"""What was summed is summed once: kept until anything is told to the journal, and for a minute at most.

A page is turned by asking again (another group, the map's flows): the sums under it stay the same. Only what is the
same for everybody who may see it is kept; what waits for one account is asked each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from tandem.hub.call import Call
from tandem.hub.installation import Hub

_MOST = 32  # ways to ask
_SECONDS = 60  # the day, and the days looked back on, move on


class Kept:
    """The newest sums of one hub (`hub.part(Kept)`)."""

    def __init__(self, hub: Hub) -> None:
        self._held: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._lock = Lock()

    def of(self, call: Call, name: object, make: Callable[[], Any]) -> Any:
        """What `make` gives, or what it gave when the journal was as it is in this transaction."""
        key = (call.tx.journal_size(), call.now // _SECONDS, name)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()  # outside the lock: two who ask at once may both count, and nobody waits
        with self._lock:
            self._held[key] = made
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return made

    def close(self) -> None:
        """Nothing to end."""
