"""Cells of a whole column judged at once: ids, whole numbers; and why a cell is refused, one at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.storage.exchange import columnar, columns, values
from tandem.storage.exchange.values import Bad

Ints = npt.NDArray[np.int64]

BAD = -1  # stands for a number that cannot be read; numbers are never negative
NONE = -2  # stands for no number, where that is allowed


def ids(cells: pl.Series) -> pl.Series:
    """Ids as whole numbers or as text without white space; null where there is none."""
    if cells.dtype.is_integer():
        return cells
    text = cells if cells.dtype == pl.String else columnar.as_text(cells)
    return columns.trimmed(pl.Series([None] * len(cells), dtype=pl.String) if text is None else text)


def whole(cells: pl.Series, limit: int, default: int = BAD) -> Ints:
    """Whole numbers from 0 to `limit`, BAD where they are not, and the default where there is nothing."""
    if cells.dtype.is_integer():
        return _within(cells, limit, default)
    text = cells if cells.dtype == pl.String else columnar.as_text(cells)
    if text is None:
        return np.full(len(cells), BAD, np.int64)
    read = text.cast(pl.Int64, strict=False)
    numbers = _within(read, limit, default)
    odd = read.is_null() & text.is_not_null()
    if odd.any():
        strange = text.filter(odd)
        meant = {each: _number(each, limit, default) for each in strange.unique().to_list()}
        numbers = numbers.copy()
        numbers[odd.to_numpy()] = strange.replace_strict(meant, return_dtype=pl.Int64).to_numpy()
    return numbers


def _within(numbers: pl.Series, limit: int, default: int) -> Ints:
    good = numbers.is_between(0, limit).fill_null(True)
    kept = numbers if good.all() else numbers.set(~good, None)
    read: Ints = kept.cast(pl.Int64).fill_null(default).to_numpy()
    return read if good.all() else np.where(good.to_numpy(), read, BAD)


def why(cell: Any, limit: int) -> tuple[str, str | None, dict[str, Any]]:
    """Why a cell is no whole number from 0 to `limit`: code, the cell as text, figures."""
    text = "" if cell is None else str(cell).strip()
    if text in ("", "nan"):
        return "required", None, {}
    try:
        _parsed(text, limit)
    except Bad as bad:
        return bad.code, text, bad.params
    return "number.unread", text, {}


def _number(text: str, limit: int, empty: int) -> int:
    try:
        return _parsed(text, limit) if text.strip() else empty
    except Bad:
        return BAD


def _parsed(text: str, limit: int) -> int:
    number = values.parse_decimal(text)
    if number != number.to_integral_value():
        raise Bad("number.whole")
    if number < 0:
        raise Bad("number.minimum", minimum=0)
    if number > limit:
        raise Bad("number.large", limit=limit)
    return int(number)
