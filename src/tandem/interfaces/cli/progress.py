"""Progress on stderr, and only for work that has already taken two seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tandem.base.words import Lang, say

PATIENCE = 2.0  # seconds before anything is said


@contextmanager
def shown(lang: Lang) -> Iterator[Callable[[str], None]]:
    """Yields the function to tell of each step by its code; steps begun within the patience stay unsaid."""
    line = _Line(lang)
    timer = threading.Timer(PATIENCE, line.speak)
    timer.daemon = True
    timer.start()
    try:
        yield line.step
    finally:
        timer.cancel()


class _Line:
    """The step we are in; said once patience is over, and each later step when it begins."""

    def __init__(self, lang: Lang) -> None:
        self._lang: Lang = lang
        self._code: str | None = None
        self._speaking = False
        self._lock = threading.Lock()
        self._begun = time.monotonic()

    def step(self, code: str) -> None:
        with self._lock:
            self._code = code
            if self._speaking:
                self._say()

    def speak(self) -> None:
        with self._lock:
            self._speaking = True
            if self._code is not None:
                self._say()

    def _say(self) -> None:
        seconds = time.monotonic() - self._begun
        sys.stderr.write(f"[{seconds:4.0f} s] {say(str(self._code), self._lang)}\n")
        sys.stderr.flush()
