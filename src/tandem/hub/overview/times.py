"""How long it takes: from a need's posing to its first invitation, and from one step of an introduction to the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa

from tandem.engine.introductions import spans
from tandem.hub.call import Call
from tandem.hub.overview.answers import Span
from tandem.storage.database import schema as s

_MOST = 200_000  # of one step: the newest; quartiles of more would tell nothing else
_n, _i = s.needs.c, s.introductions.c
_STEPS = {
    "introduced": (_i.invited_at, _i.introduced_at),
    "agreed": (_i.introduced_at, _i.agreed_at),
    "outcome": (_i.agreed_at, _i.ended_at),
    "whole": (_n.created_at, _i.agreed_at),
}


def times(call: Call, since: int) -> tuple[Span, ...]:
    """Each step that ended since an instant."""
    return (
        _span(call, "invited", _first(since)),
        *(_span(call, step, _step(step, since)) for step in _STEPS),
    )


def _first(since: int) -> sa.Select[Any]:
    """A need's posing and its first invitation."""
    first = sa.func.min(_i.invited_at)
    invited = (
        sa.select(_i.need_id, first.label("at"))
        .group_by(_i.need_id)
        .having(first >= since)
        .subquery("invited")
    )
    joined = s.needs.join(invited, invited.c.need_id == _n.id)
    return sa.select(_n.created_at.label("began"), invited.c.at.label("ended")).select_from(joined)


def _step(step: str, since: int) -> sa.Select[Any]:
    began, ended = _STEPS[step]
    joined = s.introductions.join(s.needs, _n.id == _i.need_id) if step == "whole" else s.introductions
    done = [_i.state == "outcome"] if step == "outcome" else []
    return (
        sa.select(began.label("began"), ended.label("ended"))
        .select_from(joined)
        .where(ended >= since, began.is_not(None), *done)
    )


def _span(call: Call, step: str, statement: sa.Select[Any]) -> Span:
    ended = statement.selected_columns["ended"]
    rows = call.tx.unguarded(statement.order_by(ended.desc()).limit(_MOST))
    at = np.array([(row["began"], row["ended"]) for row in rows], np.int64).reshape(-1, 2)
    found = spans.quartiles(at[:, 0], at[:, 1])
    return Span(step, len(rows), *(found or (None, None, None)))
