"""Instants: whole seconds UTC. Whoever needs the time is handed a clock, so that tests and replays set it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NewType

Instant = NewType("Instant", int)
Clock = Callable[[], Instant]

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def system() -> Instant:
    """Now, by this machine."""
    return Instant(int(time.time()))


def rfc3339(at: int) -> str:
    """An instant as RFC 3339 text, always in UTC.

    >>> rfc3339(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(at: int) -> str:
    """The UTC day of an instant, ISO 8601."""
    return rfc3339(at)[:10]
