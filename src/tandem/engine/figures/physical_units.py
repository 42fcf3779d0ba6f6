"""Sizes of what is counted: gigawatts and megawatts are one quantity, tonnes and kilograms another."""

from __future__ import annotations

import re
from functools import lru_cache

_PREFIX = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "千": 1e3, "兆": 1e6, "吉": 1e9, "太": 1e12, "": 1.0}
_SIZES = (
    (re.compile(r"([kmgt]?)wh|([千兆吉太]?)瓦(?:小)?时"), "watt-hour"),
    (re.compile(r"([kmgt]?)w|([千兆吉太]?)瓦"), "watt"),
)
_NAMED = {
    "kilowatt-hour": ("watt-hour", 1e3), "kilowatt hour": ("watt-hour", 1e3), "度": ("watt-hour", 1e3),
    "megawatt-hour": ("watt-hour", 1e6), "gigawatt-hour": ("watt-hour", 1e9), "terawatt-hour": ("watt-hour", 1e12),
    "watt": ("watt", 1.0), "kilowatt": ("watt", 1e3), "megawatt": ("watt", 1e6), "gigawatt": ("watt", 1e9),
    "tonne": ("tonne", 1.0), "ton": ("tonne", 1.0), "吨": ("tonne", 1.0), "kg": ("tonne", 1e-3),
    "kilogram": ("tonne", 1e-3), "公斤": ("tonne", 1e-3), "千克": ("tonne", 1e-3), "斤": ("tonne", 5e-4),
    "kilotonne": ("tonne", 1e3), "megatonne": ("tonne", 1e6),
    "kilometre": ("metre", 1e3), "kilometer": ("metre", 1e3), "公里": ("metre", 1e3), "千米": ("metre", 1e3),
    "metre": ("metre", 1.0), "meter": ("metre", 1.0), "米": ("metre", 1.0),
    "square kilometre": ("square metre", 1e6), "square kilometer": ("square metre", 1e6),
    "hectare": ("square metre", 1e4),
    "公顷": ("square metre", 1e4), "square metre": ("square metre", 1.0), "square meter": ("square metre", 1.0),
    "平方米": ("square metre", 1.0), "亩": ("square metre", 1e4 / 15), "mu": ("square metre", 1e4 / 15),
}  # fmt: skip


def size(thing: str | None) -> float:
    """How many of the bare unit one of these is: 1e9 for GW, 1 for what is no physical unit."""
    return _read(thing or "")[1]


def bare(thing: str) -> str:
    """The bare unit: 'watt' for GW; anything else as it is, without its time."""
    return _read(thing)[0]


@lru_cache(maxsize=4096)
def _read(thing: str) -> tuple[str, float]:
    first, *under = (part.strip().lower() for part in re.split(r"/| per ", thing, maxsplit=1))
    rest = thing[len(first) :]
    if under and (below := _read(under[0])[1]) != 1.0:  # kg/mu is so many tonnes on so many square metres
        above, size = _read(first)
        return f"{above}/{_read(under[0])[0]}", size / below
    name = first.removesuffix("s") if first.endswith("s") and len(first) > 3 else first
    if name in _NAMED:
        return _NAMED[name][0] + rest, _NAMED[name][1]
    for pattern, unit in _SIZES:
        if found := pattern.fullmatch(name):
            return unit + rest, _PREFIX[found[1] or found[2] or ""]
    return thing, 1.0
