"""A bell for the runner of jobs: rung when there may be work, heard by the same process at once."""

from __future__ import annotations

from threading import Event

from tandem.hub.installation import Hub


class Bell:
    """The one bell of a hub (`hub.part(Bell)`); ringing it where nobody listens does nothing."""

    def __init__(self, hub: Hub) -> None:
        self._event = Event()

    def ring(self) -> None:
        """There may be work."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Until it rings, or for so long."""
        self._event.wait(seconds)
        self._event.clear()

    def close(self) -> None:
        """Whoever waits goes on."""
        self._event.set()
