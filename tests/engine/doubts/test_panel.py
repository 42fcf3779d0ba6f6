"""The panel's order, and that a large register's doubts do not depend on how it is held or in which order it stands."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.doubts import numbering, panel
from tandem.engine.doubts.find import find_doubts
from tandem.engine.doubts.numbering import order_of, taken
from tandem.engine.figures.frame import frame, understand

PLACES, YEARS = 60, range(1976, 2026)


@given(st.lists(st.integers(0, 9), max_size=60), st.sampled_from([1, 7, 10**7]))
def test_the_order_is_that_of_a_stable_sort(values, times):
    """Whether numbers are put in place or sorted, dense or far apart, equal ones keep their order."""
    given_ = np.array(values, np.int64) * times
    assert order_of(given_).tolist() == np.argsort(given_, kind="stable").tolist()


def test_the_order_of_many_numbers_is_that_of_a_stable_sort():
    """The same for many numbers in disorder with repetitions, and for many nearly in order."""
    rng = np.random.default_rng(1)
    for values in (rng.integers(0, 90_000, 100_000), np.arange(100_000) // 3, np.r_[np.arange(50_000), 7, 9]):
        assert (order_of(values) == np.argsort(values, kind="stable")).all()


def planted():
    """30,000 figures of steady series with six slips of each of three sorts; and the ids of the slips."""
    rng = np.random.default_rng(2)
    rows = []
    for name in range(10):
        for place in range(PLACES):
            level = 1000.0 * (1 + name) * (1 + place % 7)
            for year in YEARS:
                level *= 1 + rng.uniform(0.0, 0.05)
                rows.append([f"Export of sort {'abcdefghij'[name]}", f"{level:.1f}", "billion CNY", str(year),
                             f"City {place}", "yearbook"])  # fmt: skip
    spots = rng.choice(len(rows), 18, replace=False)
    slips = {}
    for at in spots[:6]:  # told in ten-thousands
        rows[at][1] = f"{float(rows[at][1]) * 10_000:.1f}"
        slips[f"F{at}"] = "series_jump"
    for n, at in enumerate(spots[6:]):  # told twice: another value, a thousandfold one
        factor, rule = (1.3, "same_figure") if n < 6 else (1_000, "power_of_ten")
        rows.append([*rows[at][:1], f"{float(rows[at][1]) * factor:.1f}", *rows[at][2:5], "bulletin"])
        slips[f"F{len(rows) - 1}"] = rule
    columns = ("indicator", "value", "unit", "period", "geography", "source")
    made = pl.DataFrame(rows, schema=columns, orient="row")
    return made.with_columns(pl.Series("figure_id", [f"F{n}" for n in range(len(rows))])), slips


def test_planted_slips_are_found_whatever_the_order_and_the_type_of_texts():
    """All 18 slips are found, every doubt is of one of them, and all are the same shuffled and as categories."""
    texts, slips = planted()
    plain = find_doubts(understand(texts))
    told = {(one.rule, id_) for one in plain for id_ in one.figures}
    assert {(rule, id_) for id_, rule in slips.items()} <= told
    assert all(slips.keys() & set(one.figures) for one in plain)
    held = texts.cast({name: pl.Categorical for name in texts.columns if name not in ("figure_id", "value")})
    for order in (np.random.default_rng(3).permutation(texts.height), np.arange(texts.height)[::-1]):
        assert find_doubts(understand(held[order])) == plain


@given(st.lists(st.integers(0, 8), max_size=40), st.sampled_from([1, 3, 100]))
def test_what_is_taken_in_pieces_is_what_stands_there(at, piece):
    """Look-ups give the same whatever the size of a piece, and keep the type of what is looked up."""
    values = np.arange(9, dtype=np.int32) ** 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbering, "_PIECE", piece)
        made = taken(values, np.array(at, np.uint32))
    assert made.tolist() == [one**2 for one in at]
    assert made.dtype == np.int32


@pytest.mark.parametrize(("block", "series"), [(1, 1), (1_000, 10**6), (10**6, 500)])
def test_doubts_do_not_depend_on_how_many_figures_are_looked_at_in_one_go(block, series, monkeypatch):
    """Blocks hold whole quantities, every figure once, and the doubts are those of one large block."""
    figures = understand(planted()[0])
    whole = find_doubts(figures)
    monkeypatch.setattr(panel, "_BLOCK", block)
    monkeypatch.setattr(panel, "_SERIES", series)
    made = panel.build(figures, None, None)
    blocks = [np.arange(one.start, one.stop) for one in made.blocks()]
    assert np.concatenate(blocks).tolist() == list(range(len(made.key)))
    assert len(blocks) > 1
    assert all(made.quantity[a[-1]] != made.quantity[b[0]] for a, b in pairwise(blocks))
    assert find_doubts(figures) == whole


def test_bounds_are_half_a_digit_wider_than_the_print():
    """12.3 lies between 12.25 and 12.35; what is open upwards stays open, and a row without a number is left out."""
    rows = [{"indicator": "GDP", "value": value, "unit": "CNY", "year": year, "geography": "X", "source": "s"}
            for value, year in (("12.3", "2021"), ("> 400", "2022"), ("expand", "2023"))]  # fmt: skip
    made = panel.build(frame(rows), None, None)
    at = np.arange(2)
    assert made.lower[at].tolist() == [12.3, 400]
    assert made.low[at] == pytest.approx([12.25, made.low[1]])
    assert made.high[0] == pytest.approx(12.35)
    assert made.upper[at].tolist() == [12.3, np.inf] == [made.upper[0], made.high[1]]
    assert made.first_text.tolist() == [0]
    assert made.starts.tolist() == [0, 2]
