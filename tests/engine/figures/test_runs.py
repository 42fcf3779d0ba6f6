"""Runs of rows: where something changes, and what is counted from them."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.figures import runs

TEXT = st.sampled_from([None, "a", "b", "c"])
ROWS = st.lists(st.tuples(TEXT, TEXT), max_size=40)


def frame(rows, kind):
    """A frame of two text columns."""
    made = {"x": [x for x, _ in rows], "y": [y for _, y in rows]}
    return pl.DataFrame(made, schema={"x": pl.String, "y": pl.String}).cast(kind)


@given(ROWS, st.sampled_from([pl.String, pl.Categorical]))
def test_runs_begin_where_a_row_differs(rows, kind):
    """Every row at which either text changes begins a run, missing texts too, and the runs cover all rows."""
    begun = runs.starts(frame(rows, kind), ("x", "y"))
    assert begun.tolist() == [n for n in range(len(rows)) if n == 0 or rows[n] != rows[n - 1]]
    assert runs.lengths(begun, len(rows)).sum() == len(rows)


@given(ROWS, st.sampled_from([pl.String, pl.Categorical]))
def test_counts_are_those_of_a_group_by(rows, kind):
    """Counting by runs gives what grouping all rows gives, in the same order."""
    whole = frame(rows, kind)
    assert (
        runs.counted(whole, ("x", "y")).rows() == whole.group_by("x", "y", maintain_order=True).len().rows()
    )
