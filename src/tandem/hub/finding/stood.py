"""Where organisations were found to stand on needs' lists, kept for as long as all that it was made of stays the same.

It rests on the need as it stands (by its version), on the supply as it was made ready, and on the day: what is taken
from here is what would be found again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from tandem.engine.matching.compare import Standing
from tandem.hub.finding.supply import Ready
from tandem.hub.installation import Hub

MOST = 20_000  # standings


class Stood:
    """The standings of one hub (`hub.part(Stood)`)."""

    def __init__(self, hub: Hub) -> None:
        self._held: OrderedDict[tuple[str, str, int], Standing] = OrderedDict()
        self._of: tuple[object, str] | None = None  # the supply and the day that they are of
        self._lock = Lock()

    def of(self, ready: Ready, day: str, key: tuple[str, str, int], make: Callable[[], Standing]) -> Standing:
        """What was found for (organisation, need, version), else what `make` finds."""
        with self._lock:
            if self._of is None or self._of[0] is not ready.terms or self._of[1] != day:
                self._held.clear()
                self._of = (ready.terms, day)
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()  # outside the lock: two who ask at once may both look, and nobody waits
        with self._lock:
            if self._of is not None and self._of[0] is ready.terms and self._of[1] == day:
                self._held[key] = made
                while len(self._held) > MOST:
                    self._held.popitem(last=False)
        return made

    def close(self) -> None:
        """Nothing to end."""
