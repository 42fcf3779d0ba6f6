"""Instants: whole seconds UTC. Whoever needs the time is handed a clock, so that tests and replays set it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NewType

Instant = NewType("Instant", int)
Clock = Callable[[], Instant]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_AHEAD = 8 * HOUR  # of UTC, in all of China; without summer time


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
    """The day of an instant as calendars in China have it (UTC+8), ISO 8601: the day that counts for every date.

    >>> day(0), day(16 * HOUR)
    ('1970-01-01', '1970-01-02')
    """
    return rfc3339(at + _AHEAD)[:10]


def begins(day: str) -> int:
    """The instant with which a day begins, as `day` has it.

    >>> begins("1970-01-02")
    57600
    """
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) - _AHEAD
