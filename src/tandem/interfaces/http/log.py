"""What the server did, one JSON object a line on stderr; never what was asked or answered, only that it was.

Lines are gathered for a moment and written together.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
import traceback
from functools import lru_cache
from typing import Any, BinaryIO

import msgspec

from tandem.base import settings
from tandem.base.clock import rfc3339
from tandem.interfaces.http.request import Request

_MOMENT = 0.1  # seconds
_ENCODER = msgspec.json.Encoder(enc_hook=str)


class Log:
    """The log of one server."""

    def __init__(self, out: BinaryIO | None = None) -> None:
        self._out = out
        self._lines: list[bytes] = []
        self._planned = False

    def request(self, request: Request, status: int, began: float) -> None:
        """One request that was answered: never its path or query, which may hold what somebody searched for."""
        self.tell("request", request=request.id, method=request.method, route=request.route, status=status,
                  ms=round((time.perf_counter() - began) * 1_000, 1), role=request.role)  # fmt: skip

    def failed(self, request: Request, error: BaseException) -> None:
        """What should not have happened: its kind and where, not its message, which may quote a record."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [one for one in frames if "tandem" in one.filename] or frames
        where = f"{own[-1].filename.rpartition('tandem/')[2]}:{own[-1].lineno}" if own else "-"
        self.tell("failed", request=request.id, route=request.route, error=type(error).__name__, where=where)
        if settings.debug():
            traceback.print_exception(error)

    def tell(self, event: str, **fields: Any) -> None:
        """One line."""
        self._lines.append(
            _ENCODER.encode({"at": rfc3339(int(time.time())), "event": event, **fields}) + b"\n"
        )
        if self._planned:
            return
        try:
            asyncio.get_running_loop().call_later(_MOMENT, self.flush)
            self._planned = True
        except RuntimeError:  # no loop runs: before the server starts, or after it ended
            self.flush()

    def flush(self) -> None:
        """Writes what has been gathered."""
        self._planned = False
        lines, self._lines = self._lines, []
        out = self._out or sys.stderr.buffer
        try:
            out.write(b"".join(lines))
            out.flush()
        except (OSError, ValueError):
            return  # nobody reads the log any more: that must not stop the hub


@lru_cache(4)
def _said(second: int) -> str:
    return rfc3339(second)


class ToLog(logging.Handler):
    """What the libraries log, by its pattern alone: what is filled in might be anybody's text."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        self._log.tell(
            "library", logger=record.name, level=record.levelname.lower(), message=str(record.msg)[:200]
        )
