"""Interval arithmetic over printed figures: what a written number can stand for, and whether relations hold.

Written only from the rule "half a unit of the last printed digit", so that the registers are checked by
something that knows nothing of how doubts are found.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from typing import TypeAlias

Interval: TypeAlias = tuple[float, float]

# Longer words first: 万亿 is not 万, "100 million" is not "million".
SCALES: tuple[tuple[str, float], ...] = (
    ("万亿", 1e12),
    ("百万", 1e6),
    ("太瓦时", 1e12 / 1e3),  # watt-hours against the kilowatt-hours of 亿千瓦时
    ("亿斤", 1e8 / 2e3),  # half-kilograms against the tonnes of 万吨
    ("千公顷", 1e3),
    ("亿", 1e8),
    ("万", 1e4),
    ("trillion", 1e12),
    ("billion", 1e9),
    ("million", 1e6),
    ("thousand", 1e3),
    ("10,000", 1e4),
    ("1,000", 1e3),
    ("TWh", 1e12),
    ("GWh", 1e9),
    ("GW", 1e9),
    ("MW", 1e6),
    ("‰", 1e-3),
    ("%", 1e-2),
)
_FIGURE = re.compile(r"(>|<|近|不低于)?\s*([+-]?\d[\d,]*(?:\.\d+)?)(?:-(\d[\d,]*(?:\.\d+)?))?")
_OPERATIONS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}


def scale(unit: str) -> float:
    """How many of the bare unit one of this unit is: 亿元 1e8, % 0.01, "per 10,000 persons" 1e-4."""
    over, _, under = unit.replace(" per ", "/").partition("/")
    if "%" in over or "‰" in over:
        over, under = ("%" if "%" in over else "‰"), ""
    return _word(over) / _word(re.sub(r"每(?=\d|万)", "", under).replace("100 persons", "100"))


def _word(text: str) -> float:
    if text == "100":
        return 100.0
    return next((size for word, size in SCALES if word in text), 1.0)


def number(printed: str) -> Interval | None:
    """The values a printed figure can stand for; None where it is a text, a date or a share in words."""
    found = _FIGURE.fullmatch(printed.strip())
    if found is None:
        return None
    sign, first, last = found.groups()
    low, half = _read(first)
    if last is not None:
        high = _read(last)[0]
        return (low, high) if high > low else None  # 2026-06 is a month
    if sign in (">", "不低于"):
        return low, math.inf
    if sign in ("<", "近"):
        return -math.inf, low
    return low - half, low + half


def _read(digits: str) -> tuple[float, float]:
    plain = digits.replace(",", "")
    decimals = len(plain.partition(".")[2])
    return float(plain), 0.5 * 10.0**-decimals


def figure(row: Mapping[str, str]) -> Interval | None:
    """A row's interval in bare units (yuan, persons, fractions)."""
    read = number(row["value"])
    if read is None:
        return None
    size = scale(row["unit"])
    return read[0] * size, read[1] * size


def names(expression: str) -> set[str]:
    """The figure ids an expression speaks of."""
    return {node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)}


def value(expression: str, figures: Mapping[str, Interval]) -> Interval:
    """An expression over figure ids, as the interval of all values it can take."""
    return _value(ast.parse(expression, mode="eval").body, figures)


def _value(node: ast.expr, figures: Mapping[str, Interval]) -> Interval:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value), float(node.value)
    if isinstance(node, ast.Name):
        return figures[node.id]
    if isinstance(node, ast.BinOp):
        return _combine(_OPERATIONS[type(node.op)], _value(node.left, figures), _value(node.right, figures))
    raise ValueError(ast.dump(node))


def _combine(operation: str, a: Interval, b: Interval) -> Interval:
    if operation == "+":
        return a[0] + b[0], a[1] + b[1]
    if operation == "-":
        return a[0] - b[1], a[1] - b[0]
    if operation == "*":
        ends = [x * y for x in a for y in b]
    elif operation == "/":
        ends = [x / y for x in a for y in b]
    else:
        ends = [x**y for x in a for y in b]
    return min(ends), max(ends)


def holds(left: Interval, relation: str, right: Interval) -> bool:
    """Whether the printed figures allow the relation: "~" can be equal, "<=" can be no larger."""
    slack = 1e-9 * max(abs(end) for end in (*left, *right) if math.isfinite(end))
    if relation == "<=":
        return left[0] <= right[1] + slack
    return left[0] <= right[1] + slack and right[0] <= left[1] + slack
