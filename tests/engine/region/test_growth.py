"""Growth from series, from print and assumed: known cases, what short series leave open, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base.errors import Invalid
from tandem.engine.region import growth
from tandem.engine.region.growth import Growth, from_series, stated

LEVELS = st.lists(st.floats(0.5, 2.0), min_size=5, max_size=40)


def simulated(n: int, mean: float, phi: float, sd: float, seed: int) -> list[float]:
    """A level series whose growth is the AR(1) of the module, in its standing distribution from the start."""
    chance = np.random.default_rng(seed)
    off = chance.normal(0, sd)
    levels = [100.0]
    for _ in range(n - 1):
        levels.append(levels[-1] * (1 + mean + off))
        off = phi * off + chance.normal(0, sd * np.sqrt(1 - phi**2))
    return levels


def test_a_published_figure_is_a_premise():
    """3.9 % as printed: spread 2 % and persistence .5 assumed, no error of the mean, basis 'published'."""
    told = stated(0.039, figures=("F002",))
    assert told == Growth(0.039, 0.02, 0.5, "published", 1, ("F002",))
    assert told.mean_error == 0
    assert told.freedom is None
    assert stated(0.05, basis="assumed").n == 0


def test_steady_growth_is_found_exactly():
    """Twenty years of 5 % give a mean of 5 % and the least spread that is believed, never 0."""
    found = from_series(range(2000, 2021), [100 * 1.05**year for year in range(21)])
    assert found.mean == pytest.approx(0.05, abs=1e-4)
    assert 0 < found.sd < 0.004
    assert (found.basis, found.n, found.additive) == ("series", 20, False)


def test_recent_years_count_more():
    """After 15 years of 10 % and ten of 3 %, recent growth is nearer to 3 than to 4 %."""
    rates = [1.10] * 15 + [1.03] * 10
    found = from_series(range(26), np.cumprod([100.0, *rates]).tolist())
    assert 0.03 < found.mean < 0.04


def test_estimates_are_right_on_average():
    """Over 200 simulated series of 40 years mean and phi come out near the truth, sd a little low."""
    found = [from_series(range(40), simulated(40, 0.05, 0.5, 0.02, seed)) for seed in range(200)]
    assert np.mean([one.mean for one in found]) == pytest.approx(0.05, abs=0.002)
    assert np.mean([one.phi for one in found]) == pytest.approx(0.5, abs=0.06)
    assert 0.016 < np.mean([one.sd for one in found]) < 0.022


def test_the_stated_error_of_the_mean_is_the_real_one():
    """The mean misses by its own error, with half as much variance again for drift, no more."""
    found = [from_series(range(40), simulated(40, 0.05, 0.3, 0.02, seed)) for seed in range(300)]
    missed = np.mean([((one.mean - 0.05) / one.mean_error) ** 2 for one in found])
    assert 0.3 < missed < 1.0


def test_gaps_count_as_one_observation():
    """Five years between two points are one mean growth of five years, not five equal rates."""
    years = [1990, 1995, 2000, 2005, 2010, 2015]
    found = from_series(years, [100 * 1.04 ** (year - 1990) for year in years])
    assert found.n == 5
    assert found.mean == pytest.approx(0.04, abs=1e-4)
    assert found.phi == 0.5  # nothing to tell it from


@pytest.mark.parametrize("n", [2, 3, 4])
def test_short_series_keep_the_assumed_spread(n):
    """With 2-4 points the mean is measured; the spread is at least the assumed one, its freedom the least."""
    found = from_series(range(n), [100 * 1.06**year for year in range(n)])
    assert found.mean == pytest.approx(0.06, abs=0.0005)
    assert found.sd >= 0.02
    assert (found.n, found.freedom) == (n - 1, 2.0)
    assert found.mean_error > 0.01


def test_levels_at_or_below_zero_change_by_addition():
    """A balance that crosses 0 has no growth rate: differences, in its own unit, and said so."""
    found = from_series(range(8), [-3.0, -2.1, -0.9, 0.1, 1.0, 2.2, 2.9, 4.0])
    assert found.additive
    assert found.mean == pytest.approx(1.0, abs=0.05)
    with pytest.raises(Invalid, match=r"region\.growth\.sign"):
        from_series(range(3), [-1.0, 1.0, 2.0], additive=False)


@pytest.mark.parametrize(
    ("years", "values", "code"),
    [
        ([2025], [1.0], "short"),
        ([2025, 2024], [1.0, 2.0], "years"),
        ([2024, 2024], [1.0, 2.0], "years"),
        ([2024, 2025], [1.0], "years"),
        ([2024, 2025], [1.0, float("nan")], "years"),
    ],
)
def test_what_is_no_series_is_refused(years, values, code):
    """One point, years out of order, a hole where a number should be."""
    with pytest.raises(Invalid, match=rf"region\.growth\.{code}"):
        from_series(years, values)


@given(LEVELS, st.floats(0.001, 1e12))
def test_units_do_not_matter(levels, times):
    """Growth of a series in yuan is its growth in trillions."""
    one, other = (
        from_series(range(len(levels)), levels),
        from_series(range(len(levels)), [x * times for x in levels]),
    )
    assert other.mean == pytest.approx(one.mean, abs=1e-6)
    assert other.sd == pytest.approx(one.sd, rel=1e-4)


@given(LEVELS)
def test_every_series_gives_a_usable_growth(levels):
    """Spread above 0, persistence inside its range, freedom at least 2, whatever the series."""
    found = from_series(range(len(levels)), levels)
    assert found.sd > 0
    assert -0.3 <= found.phi <= 0.9
    assert found.freedom is not None
    assert found.freedom >= 2
    assert found.mean_error > 0


def test_variances_are_those_of_the_process():
    """Var(u_1 + u_2) from u_0 = 0 by hand, and n Var(mean) of a standing AR(1) summed term by term."""
    phi = 0.5
    first, second = growth.summed(phi, 2)
    assert first == pytest.approx(1 - phi**2)
    assert second == pytest.approx((1 - phi**2) * (1 + (1 + phi) ** 2))
    for n in (1, 4, 17):
        terms = 1 + 2 * sum((1 - k / n) * phi**k for k in range(1, n))
        assert growth._inflation(phi, np.array([n]))[0] == pytest.approx(terms)


@pytest.mark.parametrize(("freedom", "point"), [(3, 1.638), (5, 1.476), (10, 1.372), (30, 1.310)])
def test_the_tail_of_student(freedom, point):
    """The 90 % points of Student's t as every table prints them."""
    assert growth._tail(np.array([float(freedom)]))[0] * 1.28155 == pytest.approx(point, abs=0.004)
