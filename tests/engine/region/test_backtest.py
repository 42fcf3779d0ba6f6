"""The 80 % band against what came: simulated series of many kinds, the public ones, and where it is known to fail."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tandem.base.errors import Invalid
from tandem.engine.region.backtest import backtest, pooled

PUBLIC = Path(__file__).resolve().parents[4] / "shared" / "data" / "region" / "china_servicification.csv"
COLUMNS = ("direct_services_per_yuan", "va_services_in_man_output", "domestic_va_total")


def grown(rates: np.ndarray) -> list[float]:
    return np.cumprod(np.concatenate([[100.0], 1 + rates])).tolist()


def autoregressive(n: int, phi: float, sd: float, chance: np.random.Generator) -> list[float]:
    off = np.zeros(n)
    off[0] = chance.normal(0, sd)
    for year in range(1, n):
        off[year] = phi * off[year - 1] + chance.normal(0, sd * np.sqrt(1 - phi**2))
    return grown(0.05 + off)


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("sd", [0.01, 0.05])
def test_simulated_growth_is_held_by_the_band(phi, sd):
    """Series of 15-40 years whose growth is the process itself: 70-90 % of the outcomes lie in the 80 % band."""
    chance = np.random.default_rng(11)
    every = pooled(
        backtest(range(n + 1), autoregressive(n, phi, sd, chance), paths=1_000)
        for n in (14, 24, 40)
        for _ in range(8)
    )
    assert every.n > 1_500
    assert 0.70 <= every.share <= 0.90


def test_counts_and_shares_are_held_too():
    """Poisson counts around growth, and shares that walk at random, are not the process; the band holds 70-90 %."""
    chance = np.random.default_rng(5)
    counts = [chance.poisson(autoregressive(30, 0.5, 0.04, chance)).tolist() for _ in range(12)]
    shares = [np.clip(0.4 + np.cumsum(chance.normal(0, 0.01, 31)), 0.02, 0.98).tolist() for _ in range(12)]
    for kind in (counts, shares):
        every = pooled(backtest(range(31), one, paths=1_000) for one in kind)
        assert 0.70 <= every.share <= 0.90


def test_a_broken_trend_is_where_it_fails():
    """A fall from 10 to 4 % that nothing announced: ten years on, forecasts from before the break do not hold it."""
    chance = np.random.default_rng(2)
    broken = [grown(np.repeat([0.10, 0.04], 15) + chance.normal(0, 0.015, 30)) for _ in range(10)]
    every = pooled(backtest(range(31), one, paths=1_000) for one in broken)
    by_horizon = {far: held / n for far, n, held in every.by_horizon}
    assert by_horizon[10] < 0.7 < by_horizon[1]


@pytest.mark.skipif(not PUBLIC.is_file(), reason="needs the public series beside the checkout")
def test_the_public_series_are_held():
    """Services in China's manufacturing, OECD 1995-2018, three measures: 70-90 % of 405 outcomes."""
    with PUBLIC.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["source"].startswith("OECD")]
    years = [int(row["year"]) for row in rows]
    every = pooled(backtest(years, [float(row[name]) for row in rows]) for name in COLUMNS)
    assert every.n == 405
    assert 0.70 <= every.share <= 0.90


def test_outcomes_are_counted_by_hand():
    """Nine points, six needed first: origins 6, 7, 8 with 3, 2 and 1 years ahead, five of them at most two ahead."""
    values = [100 * 1.03**year for year in range(9)]
    assert [n for _, n, _ in backtest(range(9), values).by_horizon] == [3, 2, 1]
    short = backtest(range(9), values, horizon=2)
    assert (short.n, short.origins) == (5, 3)
    assert short.covered == 5  # steady growth goes on
    assert short.low < short.share == 1.0 == short.high


def test_nothing_of_the_future_is_used():
    """Another future leaves the forecasts made before it alone: outcomes before the change are judged the same."""
    chance = np.random.default_rng(3)
    values = autoregressive(20, 0.5, 0.02, chance)
    wild = [*values[:15], *(10 * value for value in values[15:])]
    told, other = backtest(range(15), values[:15]), backtest(range(15), wild[:15])
    assert told == other


def test_gaps_have_no_outcome():
    """Every second year only: outcomes two, four .. years ahead."""
    years = range(1990, 2014, 2)
    found = backtest(years, [100 * 1.05 ** (year - 1990) for year in years])
    assert {far % 2 for far, _, _ in found.by_horizon} == {0}


def test_too_short_a_series_is_refused():
    """Six points leave none to test against."""
    with pytest.raises(Invalid, match=r"region\.backtest\.short"):
        backtest(range(6), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    with pytest.raises(Invalid, match=r"region\.backtest\.short"):
        pooled([])


def test_the_interval_of_the_share():
    """Wilson's interval for 8 of 10: .490 to .943 (Newcombe 1998 prints the formula; checked by hand)."""
    from tandem.engine.region.backtest import _wilson

    assert _wilson(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
