"""Who sees which documents: the rule of storage/database/visible.py over arrays, and never wider than it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tandem.engine.finding.documents import AUDIENCES, Bools, Segment

_MEMBERS, _NAMED = AUDIENCES.index("members"), AUDIENCES.index("named")


@dataclass(frozen=True, slots=True)
class Audience:
    """Who asks.

    all      sees every record (operator, auditor)
    member   sees what is open to members
    org      sees what this organisation owns and what names it; None: none of that
    """

    all: bool = False
    member: bool = False
    org: str | None = None

    @property
    def outside(self) -> bool:
        """Whether nothing but public records is seen."""
        return not (self.all or self.member or self.org is not None)


def seen(segment: Segment, who: Audience) -> Bools:
    """(documents,) what the asker sees of a segment."""
    if segment.public or who.all:
        return segment.alive
    found = np.zeros(segment.documents, np.bool_)
    if who.member:
        found |= segment.audience <= _MEMBERS
    if who.org is not None:
        found |= (segment.audience == _NAMED) & segment.labels["named"].having(who.org, segment.documents)
    found &= segment.open
    if who.org is not None:
        found |= segment.labels["org"].having(who.org, segment.documents)
    return found & segment.alive
