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


def ids(cells: pl.Series) -> pl.Series:
    """Ids as whole numbers or as text without white space; null where there is none."""
    if cells.dtype.is_integer():
        return cells
    text = cells if cells.dtype == pl.String else columnar.as_text(cells)
    return columns.trimmed(pl.Series([None] * len(cells), dtype=pl.String) if text is None else text)


def whole(cells: pl.Series, limit: int, default: int | None = None) -> Ints:
    """Whole numbers from 0 to `limit`, or BAD; where there is nothing, the default (BAD without one)."""
    empty = BAD if default is None else default
    if cells.dtype.is_integer():
        good = cells.is_between(0, limit) | cells.is_null()
        kept = cells if good.all() else cells.set(~good, None)
        read = kept.cast(pl.Int64).fill_null(empty)
        return read.to_numpy() if good.all() else np.where(good.to_numpy(), read.to_numpy(), BAD)
    text = cells if cells.dtype == pl.String else columnar.as_text(cells)
    if text is None:
        return np.full(len(cells), BAD, np.int64)
    read = text.cast(pl.Int64, strict=False)
    odd = read.is_null() & text.is_not_null()
    numbers = read.fill_null(empty).to_numpy().copy()
    numbers[(numbers < 0) | (numbers > limit)] = BAD
    if odd.any():
        strange = text.filter(odd)
        meant = {each: _number(each, limit, empty) for each in strange.unique().to_list()}
        numbers[odd.to_numpy()] = strange.replace_strict(meant, return_dtype=pl.Int64).to_numpy()
    return numbers


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
