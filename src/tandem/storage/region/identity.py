"""Which figure a row is, in which vintage: keys, ids made from content, and the order of vintages.

All for whole columns. Each distinct text is hashed once; plain decimals by their number, length and point.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.domain.region.periods import read_period
from tandem.engine.figures import frame as reading

Hashes = npt.NDArray[np.uint64]

KEY = ("indicator_id", "geo_id", "period", "kind", "source")  # what makes two rows vintages of one figure
CONTENT = ("indicator", "value", "unit", "period", "geography", "kind", "source")  # what an id is made from
PRINT = ("value", "unit")
ORDER = "vintage_order"
UNDATED = -1.0

_PLAIN = r"^-?\d{1,15}(\.\d{1,12})?$"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: nothing that reads like something else
_DIGITS = 11
_SLICE = 1 << 18  # rows that are looked at together
_SEED, _NULL = 4754, 1
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(0xBF58476D1CE4E5B9)


def hashed(frame: pl.DataFrame, columns: Sequence[str]) -> Hashes:
    """(n,) a stable 64-bit hash of several text columns: equal for equal texts, in any file and version."""
    return _over(frame, columns, _of_texts)


def marked(frame: pl.DataFrame, columns: Sequence[str]) -> Hashes:
    """(n,) the same for one run of the program only, and faster for texts that each row has its own of."""
    return _over(frame, columns, _quick)


def _over(frame: pl.DataFrame, columns: Sequence[str], of: Callable[[pl.Series], Hashes]) -> Hashes:
    """A polynomial of the columns' hashes, which are spread evenly themselves; then its bits are spread once more."""
    made = np.full(frame.height, np.uint64(len(columns)))
    for name in columns:
        made *= _SPREAD
        made += of(frame[name])
    return _mixed(made)


def joined(first: Hashes, second: Hashes) -> Hashes:
    """One hash of two."""
    return _mixed(first * _SPREAD + second)


def content_ids(frame: pl.DataFrame) -> pl.Series:
    """An id for each row from its content (see CONTENT): 'x' and eleven characters; the same row gives the same id."""
    parts = [_written(hashed(part, CONTENT)) for part in frame.select(CONTENT).iter_slices(_SLICE)]
    return pl.concat(parts) if parts else pl.Series("figure_id", [], dtype=pl.String)


def _written(bits: Hashes) -> pl.Series:
    """The lowest 55 bits of each hash, five a character; the reader of CSV is polars' fastest maker of texts."""
    signs = np.frombuffer(_ALPHABET.encode(), np.uint8)
    lines = np.empty((len(bits), _DIGITS + 2), np.uint8)
    lines[:, 0], lines[:, -1] = ord("x"), ord("\n")
    for place in range(_DIGITS):
        lines[:, place + 1] = signs[(bits >> np.uint64(5 * place)).astype(np.uint8) & 31]
    return pl.read_csv(lines.tobytes(), has_header=False, schema={"figure_id": pl.String})["figure_id"]


def vintage_order(vintages: pl.Series, before: float) -> pl.Series:
    """When each row's vintage counts as published, in decimal years; ties go by the order of import.

    A dated vintage has its date; one without a date ('final', none) has that of the latest one before it.
    before  the latest of all earlier imports, UNDATED where there is none
    """
    distinct = vintages.unique().drop_nulls()
    known = pl.DataFrame(
        {"vintage": distinct, "order": [published(text) for text in distinct.cast(pl.String).to_list()]},
        schema={"vintage": vintages.dtype, "order": pl.Float64},
    )
    dated = vintages.alias("vintage").to_frame().join(known, on="vintage", how="left", maintain_order="left")
    latest = dated["order"].cum_max().fill_null(strategy="forward").fill_null(UNDATED)
    so_far = latest.set(latest < before, before)
    return dated["order"].zip_with(dated["order"].is_not_null(), so_far).alias(ORDER)


def current(frame: pl.DataFrame) -> pl.Series:
    """Which rows are of the latest vintage of their figure: of their key, and of their id.

    frame  all vintages in the order of import, with KEY, figure_id, vintage and vintage_order
    """
    if frame["vintage"].null_count() == frame.height or frame["vintage"].n_unique() == 1:
        return pl.repeat(True, frame.height, dtype=pl.Boolean, eager=True)
    by_key = pl.Series("key", marked(frame, KEY))
    ranked = frame.select("figure_id", "vintage", ORDER).with_columns(by_key).with_row_index("row")
    ranked = ranked.with_columns(pl.col("vintage").cast(pl.String).fill_null("\0"))
    last = {
        name: ranked.sort(ORDER, "row").group_by(name).agg(pl.col("vintage").last().alias(f"{name} last"))
        for name in ("key", "figure_id")
    }
    joined = ranked
    for name, latest in last.items():
        joined = joined.join(latest, on=name, how="left", maintain_order="left")
    return (joined["vintage"] == joined["key last"]) & (joined["vintage"] == joined["figure_id last"])


def _quick(column: pl.Series) -> Hashes:
    """One hash a row; equal texts give the same as String and as Categorical; null has its own."""
    if column.dtype == pl.Categorical:
        return _looked_up(column, lambda texts: texts.hash(seed=_SEED).to_numpy(), _NULL)
    texts = column.cast(pl.String)
    hashes = texts.hash(seed=_SEED)
    return hashes.zip_with(texts.is_not_null(), pl.Series([_NULL], dtype=pl.UInt64)).to_numpy()


def _of_texts(column: pl.Series) -> Hashes:
    """One hash a row; null and the empty text are the same."""
    if column.dtype == pl.Categorical:
        return _looked_up(column, _each, _digest(""))
    return _each(column.cast(pl.String))


def _looked_up(column: pl.Series, of: Callable[[pl.Series], Hashes], null: int) -> Hashes:
    """The hash of each distinct text, put where its code stands."""
    distinct = reading.distinct(column).drop_nulls()
    codes = distinct.to_physical().to_numpy()
    table = np.full(int(codes.max(initial=0)) + 2, np.uint64(null))
    table[codes] = of(distinct.cast(pl.String))
    found: Hashes = table[column.to_physical().fill_null(len(table) - 1).to_numpy()]
    return found


def _each(texts: pl.Series) -> Hashes:
    """Plain decimals all at once, other texts one by one."""
    plain = texts.str.contains(_PLAIN).fill_null(False)
    made = np.empty(len(texts), np.uint64)
    here = plain.to_numpy()
    made[here] = _of_decimals(texts.filter(plain))
    others = texts.filter(~plain).to_list()
    known = {text: _digest(text or "") for text in set(others)}
    made[~here] = np.array([known[text] for text in others], np.uint64)
    return made


def _of_decimals(texts: pl.Series) -> Hashes:
    """Number, length and place of the point say exactly which digits were printed."""
    bits = texts.cast(pl.Float64).to_numpy().view(np.uint64)
    length = texts.str.len_bytes().to_numpy().astype(np.uint64)
    point = texts.str.find(".", literal=True).fill_null(63).to_numpy().astype(np.uint64)
    return _mixed(_mixed(bits) * _SPREAD + length * np.uint64(64) + point)


def _digest(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


def _mixed(bits: Hashes) -> Hashes:
    """Every bit spread over all bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = bits >> np.uint64(30)
    mixed ^= bits
    mixed *= _TURN
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def published(text: str) -> float | None:
    """The last day that a vintage's text names, as a decimal year; None where it names none."""
    period = read_period(text)
    if period.day is not None:
        year, *rest = (int(part) for part in period.day.split("-"))
        month = rest[0] if rest else 12
        day = rest[1] if len(rest) > 1 else 31
        return year + (month - 1) / 12 + day / 372
    return None if period.last is None else period.last + 1.0
