"""The five-year plans of China: which plan a year lies in, and where plans end between two years."""

from __future__ import annotations

from dataclasses import dataclass

_FIRST_THIRD = 1966  # the third plan and all later ones follow without a gap; 1963-65 lay between plans


@dataclass(frozen=True, slots=True)
class Plan:
    """One five-year plan: its number and its first and last year."""

    number: int
    first: int
    last: int

    @property
    def code(self) -> str:
        """The number as shown: '15th'."""
        tens = 10 <= self.number % 100 <= 20
        return f"{self.number}{'th' if tens else {1: 'st', 2: 'nd', 3: 'rd'}.get(self.number % 10, 'th')}"


def plan_of(year: int) -> Plan | None:
    """The plan of a year from 1966 on; None before.

    >>> plan_of(2026), plan_of(2035).code
    (Plan(number=15, first=2026, last=2030), '16th')
    """
    if year < _FIRST_THIRD:
        return None
    number = 3 + (year - _FIRST_THIRD) // 5
    first = _FIRST_THIRD + 5 * (number - 3)
    return Plan(number, first, first + 4)


def ends_between(after: int, until: int) -> tuple[Plan, ...]:
    """The plans that end after one year and not after another."""
    plans = (plan_of(year) for year in range(after + 1, until + 1))
    return tuple(plan for year, plan in enumerate(plans, after + 1) if plan is not None and plan.last == year)
