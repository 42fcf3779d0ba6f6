"""What a job does, and what follows where it ends without a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.base.errors import Failed
from tandem.hub.installation import Hub
from tandem.storage.database.transaction import Row, Tx

CLEARING, PUBLISHING, IMPORTING = "round.clear", "round.publish", "records.import"  # the kinds of jobs
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


def does(kind: str) -> Callable[[Work], Finish]:
    """What a job does, outside any transaction: what counts is left to its Finish.

    Raises Failed job.kind, for a job of newer code
    """
    if kind == CLEARING:
        from tandem.hub.rounds import clearing  # noqa: PLC0415  a hub that clears nothing need not load it

        return clearing.clear
    if kind == PUBLISHING:
        from tandem.hub.rounds import publishing  # noqa: PLC0415  it posts the jobs

        return publishing.work
    if kind == IMPORTING:
        from tandem.hub.records import import_later  # noqa: PLC0415  it posts the jobs

        return import_later.work
    raise Failed("job.kind", kind=kind)


def over(kind: str) -> Callable[[Tx, Row, str], None]:
    """What follows where a job failed or was stopped, of (transaction, job, state), in that transaction."""
    if kind != CLEARING:
        return _nothing
    from tandem.hub.rounds import planning  # noqa: PLC0415  it posts the jobs

    return planning.over


def _nothing(tx: Tx, job: Row, state: str) -> None:
    """Nothing follows."""
