"""Response figures: by hand, and against the definitions on random invitations."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base.errors import Invalid
from tandem.engine.introductions import response

_INVITATION = st.tuples(*[st.one_of(st.none(), st.integers(0, 10**6)) for _ in range(4)], st.booleans())


@given(st.lists(_INVITATION, max_size=30))
def test_the_figures_follow_their_definitions(rows):
    """Counts and quartiles as the plain definitions give them; the inputs stay as they were."""
    invited = [1_000_000] * len(rows)
    times = [[0 if row[at] is None else 1_000_000 + row[at] for row in rows] for at in range(4)]
    declined = [int(row[4]) for row in rows]
    columns = [np.array(one, np.int64) for one in (invited, *times, declined)]
    before = [one.copy() for one in columns]
    found = response.figures(*columns)
    assert all((a == b).all() for a, b in zip(before, columns, strict=True))
    waited = sorted(row[0] for row in rows if row[0] is not None)
    assert (found.invitations, found.answers) == (len(rows), len(waited))
    assert found.accepted == sum(row[0] is not None and not row[4] for row in rows)
    assert found.settled == sum(row[0] is not None or row[3] is not None for row in rows)
    assert found.awarded == sum(row[1] is not None and row[2] is not None for row in rows)
    if len(waited) > 1:
        cuts = statistics.quantiles(waited, n=4, method="inclusive")
        assert found.quartiles == pytest.approx([cut / 3_600 for cut in cuts])
    elif not waited:
        assert found.quartiles is None


@given(st.lists(st.integers(0, 50), max_size=12))
def test_a_figure_is_told_only_where_many_stand_behind_it(counts):
    """Five contribute, none more than 85 %."""
    contributing = [one for one in counts if one]
    wanted = len(contributing) >= 5 and 100 * max(contributing) <= 85 * sum(contributing)
    assert response.disclosed(np.array(counts, np.int64)) == wanted


def test_what_cannot_be_is_refused():
    """An answer before its invitation, and columns of different length."""
    one, two = np.array([5]), np.array([3])
    none = np.array([0])
    with pytest.raises(Invalid, match=r"response\.order"):
        response.figures(one, two, none, none, none, none)
    with pytest.raises(Invalid, match=r"response\.shape"):
        response.figures(one, np.array([6, 7]), none, none, none, none)
