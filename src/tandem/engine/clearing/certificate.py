"""The proof that comes with every clearing: what it is worth, and what no clearing of the same market can exceed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Certificate:
    """value <= the best possible <= bound, both whole numbers.

    The bound is the linear-programming dual at the clearing's prices p >= 0 and holds for any such prices:
        D(p) = sum_j capacity_j p_j + sum_i (sum of the slots_i largest positive v_ij - p_j)
    rounded down, because the best possible is a whole number.

    wanted  the gap that was asked for (a share); reason why it was not reached: a code, or None where it was
    """

    value: int
    bound: int
    wanted: float
    reason: str | None = None

    @property
    def gap(self) -> float:
        """The share of the bound by which the clearing may at most be short of the best possible."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0
