"""Records of a hub: who may see them, and in how much detail."""

from __future__ import annotations

VISIBILITIES = ("public", "members", "named", "confidential")
_BANDS = (100_000, 1_000_000, 10_000_000)  # major units


def budget_band(low: int | None, high: int | None) -> str | None:
    """The band, in major units, of the budget that others see: no amount of a poser leaves the hub.

    low, high  minor units, either may be missing

    >>> budget_band(None, 25_000_000), budget_band(5_000_000_00, None), budget_band(None, None)
    ('100000-1000000', '1000000-10000000', None)
    """
    told = high if high is not None else low
    if told is None:
        return None
    below = [band for band in _BANDS if told < band * 100]
    if len(below) == len(_BANDS):
        return f"<{_BANDS[0]}"
    above = _BANDS[len(_BANDS) - len(below) - 1]
    return f"{above}-{below[0]}" if below else f">={above}"
