"""The way from a base to a target: the growth it asks for, where it stands in between, and when a pace arrives."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tandem.engine.region.bases import Base


@dataclass(frozen=True, slots=True)
class Course:
    """A base, a level and the later year it is due in; additive: change in units a year instead of a rate.

    Multiplicative courses need a base and a level above 0.

    >>> gdp = Course(Base("F001", 14.58, 2025), 25.8, 2035)
    >>> round(gdp.required, 5), round(gdp.at(2030), 3), round(gdp.reached(0.039), 1), round(gdp.doubling, 1)
    (0.05873, 19.395, 2039.9, 12.1)
    """

    base: Base
    value: float
    year: int
    additive: bool = False

    @property
    def years(self) -> int:
        """Years from base to due year."""
        return self.year - self.base.year

    @property
    def required(self) -> float:
        """(X* / x)^(1 / years) - 1, or (X* - x) / years."""
        return self._pace(self.base.value, self.years)

    @property
    def doubling(self) -> float:
        """Years in which the required growth doubles a level, ln 2 / ln(1 + required); inf where it does not grow."""
        return math.log(2) / math.log1p(self.required) if self.required > 0 else math.inf

    def at(self, year: int) -> float:
        """The level on the way at the required growth."""
        return self.level(self.required, year - self.base.year)

    def level(self, mean: float, years: int) -> float:
        """The level after so many years at a mean growth."""
        if self.additive:
            return self.base.value + mean * years
        return float(self.base.value * (1 + mean) ** years)

    def needed_after(self, mean: float, years: int) -> float | None:
        """Growth needed in the years left after so many years at a mean; None where none are left or nothing is."""
        start = self.level(mean, years)
        if years >= self.years or (not self.additive and start <= 0):
            return None
        return self._pace(start, self.years - years)

    def reached(self, mean: float) -> float | None:
        """The decimal year in which a mean growth arrives; None where it leads away."""
        if self.additive:
            gap, pace = self.value - self.base.value, mean
        elif mean > -1:
            gap, pace = math.log(self.value / self.base.value), math.log1p(mean)
        else:
            return None
        return self.base.year + gap / pace if pace and gap / pace > 0 else None

    def _pace(self, start: float, years: int) -> float:
        if self.additive:
            return (self.value - start) / years
        return float((self.value / start) ** (1 / years) - 1)
