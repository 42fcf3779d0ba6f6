"""Everything that can go wrong, as codes and figures; sentences are made from them in base.words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class TandemError(Exception):
    """A refusal with a stable code and the figures that explain it; `exit_code` is what a command ends with."""

    exit_code = 1

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({shown})"


class Invalid(TandemError):
    """The input or the way of asking is wrong: the caller can mend it."""

    exit_code = 2

    def __init__(self, code: str, findings: tuple[Finding, ...] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.findings = findings


class Missing(TandemError):
    """An optional part is not installed; `extra` names it."""

    exit_code = 2


class Failed(TandemError):
    """The input was good and the work could not be finished."""

    def __init__(self, code: str, findings: tuple[Finding, ...] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.findings = findings


class Denied(TandemError):
    """Whoever asks may not do this; with more rights the same request would be good."""

    exit_code = 2


class Absent(TandemError):
    """There is no such record, or whoever asks may not know that there is: the two are told alike."""

    exit_code = 2


class Conflict(TandemError):
    """The request was good for an earlier state of the record, or collides with another request."""

    exit_code = 2


class Limited(TandemError):
    """Too much was asked in too short a time; `seconds` says when to come again."""


class Unavailable(TandemError):
    """What is needed does not answer now, or the hub is stopping; nothing is known to be wrong with the request."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong (or worth knowing) in one place of the user's input.

    severity is 'error' (the row is rejected), 'warning' (the row is kept, something was ignored) or 'note'.
    row counts as the user's program counts: the header is row 1; None where the whole file or table is meant.
    """

    code: str
    severity: str = "error"
    table: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
