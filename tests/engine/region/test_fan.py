"""The fan: the published GDP example, exact moments of the process as an oracle, and what may never happen."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.base.errors import Invalid
from tandem.engine.region import fan as fans
from tandem.engine.region.bases import Base
from tandem.engine.region.course import Course
from tandem.engine.region.fan import draw, fan, mean_for, reach, reached, swings
from tandem.engine.region.growth import stated, summed

GDP, TARGET, YEARS = 14.58, 25.8, tuple(range(2025, 2036))
REQUIRED = (TARGET / GDP) ** 0.1 - 1
# Mean growth, P(reach) and P5 / P50 / P95 in 2035: the published table, made with 100,000 paths of its own.
TABLE = [
    (0.039, 0.023, (18.20, 21.35, 24.98)),
    (0.05, 0.188, (20.27, 23.73, 27.71)),
    (REQUIRED, 0.496, (22.03, 25.78, 30.08)),
]


@pytest.mark.parametrize(("mean", "odds", "levels"), TABLE)
def test_the_published_table(mean, odds, levels):
    """GDP 14.58 -> 25.8 by 2035: 2.3, 18.8, 49.6 % and the bands, within the errors of two simulations and of print."""
    found = reached(GDP, stated(mean), TARGET, 10)
    assert found.probability == pytest.approx(odds, abs=3 * np.sqrt(2) * found.error + 0.0005)
    assert found.error == pytest.approx(np.sqrt(odds * (1 - odds) / 100_000), rel=0.02)
    assert (found.level_p5, found.level_p50, found.level_p95) == pytest.approx(levels, abs=0.035)


@pytest.mark.parametrize(("mean", "odds", "levels"), TABLE)
def test_an_analytic_oracle(mean, odds, levels):
    """ln level is a sum of ln(1 + m + u_t): normal, d = 1/(1+m), its mean lowered by d^2 Var/2."""
    del odds, levels
    slope, sd, phi = 1 / (1 + mean), 0.02, 0.5
    standing = sd**2 * (1 - phi ** (2 * np.arange(1, 11)))  # Var u_t from u_0 = 0
    middle = 10 * np.log1p(mean) - slope**2 * standing.sum() / 2
    spread = slope * sd * np.sqrt(summed(phi, 10)[-1])
    exact = 1 - NormalDist(middle, spread).cdf(np.log(TARGET / GDP))
    found = reached(GDP, stated(mean), TARGET, 10)
    assert found.probability == pytest.approx(exact, abs=4 * found.error + 0.001)
    assert found.level_p95 == pytest.approx(GDP * np.exp(middle + 1.64485 * spread), rel=0.003)


@pytest.mark.parametrize(
    ("mean", "level", "year"),
    [(0.03, 19.59, 2044.3), (0.039, 21.38, 2039.9), (0.05, 23.75, 2036.7), (REQUIRED, 25.80, 2035.0)],
)
def test_levels_and_years_as_printed(mean, level, year):
    """Level in 2035 and the year in which 25.8 is reached, to the printed digits."""
    course = Course(Base("F001", GDP, 2025), TARGET, 2035)
    assert round(course.level(mean, 10), 2) == level
    assert round(course.reached(mean), 1) == year


def test_the_required_growth_as_printed():
    """5.873 % a year, 19.395 on the way in 2030, doubling in 12.1 years."""
    course = Course(Base("F001", GDP, 2025), TARGET, 2035)
    assert round(course.required * 100, 3) == 5.873
    assert round(course.at(2030), 3) == 19.395
    assert round(course.doubling, 1) == 12.1


def test_the_same_seed_gives_the_same_fan():
    """Nothing but the arguments decides; another seed gives other paths and the same picture."""
    one, again = fan(GDP, stated(0.039), YEARS, 2_000, 7), fan(GDP, stated(0.039), YEARS, 2_000, 7)
    other = fan(GDP, stated(0.039), YEARS, 2_000, 8)
    assert one == again
    assert other.p50 != one.p50
    assert other.p50[-1] == pytest.approx(one.p50[-1], rel=0.02)


def test_fewer_years_are_the_first_of_more():
    """Draws for three years are the first three of ten, so that adding years changes nothing before them."""
    short, long = draw(3, 50, 1), draw(10, 50, 1)
    assert (short.shocks == long.shocks[:3]).all()


def test_a_fan_of_chosen_years():
    """Years that are left out are lived through all the same."""
    every, some = fan(GDP, stated(0.05), YEARS, 3_000), fan(GDP, stated(0.05), (2025, 2030, 2035), 3_000)
    assert some.p90 == (every.p90[0], every.p90[5], every.p90[10])


@given(
    st.floats(-0.05, 0.15), st.floats(0.001, 0.1), st.floats(-0.3, 0.9), st.floats(0.01, 1e13), st.booleans()
)
def test_bands_keep_their_order(mean, sd, phi, x0, additive):
    """P5 <= P10 <= P50 <= P90 <= P95 in every year, and the base year is the base."""
    made = fan(x0, stated(mean, sd=sd, phi=phi, additive=additive), range(2025, 2032), 300)
    bands = np.array([made.p5, made.p10, made.p50, made.p90, made.p95])
    assert (np.diff(bands, axis=0) >= 0).all()
    assert (bands[:, 0] == x0).all()


@given(st.floats(0.0, 0.1), st.floats(10.0, 30.0))
def test_the_odds_never_rise_with_the_target(mean, target):
    """A higher target is never likelier; reaching up and staying under are complements."""
    off = swings(stated(mean), draw(10, 500), 10)
    last = fans.final(GDP, stated(mean), off)
    assert reach(last, target).probability >= reach(last, target * 1.05).probability
    assert reach(last, target).probability + reach(last, target, "down").probability == pytest.approx(
        1, abs=0.01
    )


@pytest.mark.parametrize(("direction", "target"), [("up", 25.8), ("down", 11.0)])
def test_the_needed_mean_gives_the_odds_it_was_asked_for(direction, target):
    """Fed back as a premise, the mean needed for 50 and 80 % reaches the target on 50 and 80 % of the same paths."""
    draws = draw(10, 20_000)
    shape = stated(0.0)
    off = swings(shape, draws, 10)
    for share, mean in zip((0.5, 0.8), mean_for(GDP, shape, off, target, (0.5, 0.8), direction), strict=True):
        last = fans.final(GDP, shape.at(mean), off)
        assert reach(last, target, direction).probability == pytest.approx(share, abs=0.001)


def test_needed_means_of_additive_growth():
    """In points, the mean for half the paths is the straight way itself."""
    shape = stated(0.0, sd=0.5, additive=True)
    (middle,) = mean_for(60.0, shape, swings(shape, draw(10, 20_000), 10), 65.0, (0.5,))
    assert middle == pytest.approx(0.5, abs=0.02)


def test_what_is_not_known_widens_the_fan():
    """An error of the mean, and few degrees of freedom, each push P10 and P90 apart."""
    sure = stated(0.05)
    unsure = replace(sure, mean_error=0.02)
    few = replace(sure, freedom=3.0)
    width = {
        name: (made.p90[-1] - made.p10[-1])
        for name, one in (("sure", sure), ("unsure", unsure), ("few", few))
        for made in [fan(GDP, one, YEARS, 20_000)]
    }
    assert width["unsure"] > 1.5 * width["sure"]
    assert width["few"] > 1.1 * width["sure"]


def test_spread_follows_students_t():
    """With 5 degrees of freedom the 90 % point of one year's growth is that of Student's t, 1.476 standing shocks."""
    growth = replace(stated(0.0, phi=0.0, sd=0.01), freedom=5.0)
    off = swings(growth, draw(1, 200_000), 1)
    assert np.quantile(off, 0.9) / 0.01 == pytest.approx(1.476, rel=0.01)


def test_a_share_stays_a_share():
    """A share near 1 that grows by points never passes 100 %."""
    made = fan(0.95, stated(0.02, sd=0.02, additive=True), YEARS, 2_000, bounds=fans.SHARE)
    assert max(made.p95) == 1.0


def test_inputs_stay_as_they_are():
    """Draws are shared by all fans: no fan may change them."""
    draws = draw(5, 100)
    before = draws.shocks.copy()
    fan(GDP, replace(stated(0.05), mean_error=0.01, freedom=4.0), range(2025, 2031), draws=draws)
    assert (draws.shocks == before).all()


@pytest.mark.parametrize("years", [(2025,), (2025, 2025), (2030, 2025)])
def test_years_must_go_on(years):
    """A fan needs a base year and later ones."""
    with pytest.raises(Invalid, match=r"region\.fan\.years"):
        fan(GDP, stated(0.05), years)
    with pytest.raises(Invalid, match=r"region\.fan\.size"):
        draw(0)
