"""The kinds of jobs: what each does, and what is done where one ends without a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tandem.base.errors import Failed
from tandem.hub.installation import Hub
from tandem.storage.database.transaction import Row, Tx

# Writes what a job came to, in the transaction that ends it, and gives what the job tells of it. Done again or never.
Finish = Callable[[Tx], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Work:
    """A job being done.

    given  what it was posted with
    at     says how far it is: step (a code), done, of how many; Conflict job.taken where it may not go on
    on     the same without news, within a longer step
    """

    hub: Hub
    job: Row
    given: Mapping[str, Any]
    at: Callable[[str, int, int], None]
    on: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; both places are "module:function" under tandem.hub.

    does  function(Work) -> Finish: works outside any transaction, and leaves everything that lasts to its Finish
    over  function(Tx, job, state): what follows from a job that failed or was stopped, in the same transaction
    """

    does: str
    over: str


KINDS: dict[str, Kind] = {"round.clear": Kind("rounds.clearing:clear", "rounds.planning:over")}


def does(kind: str) -> Callable[[Work], Finish]:
    """What a job of that kind does. Raises Failed job.kind, for a job of newer code."""
    if kind not in KINDS:
        raise Failed("job.kind", kind=kind)
    return _function(KINDS[kind].does)


def over(kind: str) -> Callable[[Tx, Row, str], None]:
    """What follows where a job of that kind ends without a result."""
    return _function(KINDS[kind].over) if kind in KINDS else _nothing


def _nothing(tx: Tx, job: Row, state: str) -> None:
    """Nothing follows."""


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"tandem.hub.{module}"), name)
    return found
