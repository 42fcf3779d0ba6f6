"""What of an input is new to a register: nothing is stored twice, and no vintage is ever overwritten.

key      indicator, geography, period, kind and source: two rows of one key are vintages of one figure
the rule same key, vintage and print as stored: unchanged. Same key or figure id and same vintage with another print:
         refused, because one of the two would have to give way. Otherwise stored, beside what was there.
within   one input, figures of one key and vintage under two ids are both kept: whether they contradict each other is a
         question for its readers, not a fault of the file
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from tandem.base.errors import Finding
from tandem.engine.figures import frame as reading
from tandem.engine.figures import places
from tandem.storage.exchange import limits
from tandem.storage.exchange.accept import ROW
from tandem.storage.region import figures, identity
from tandem.storage.region.figures import Figures
from tandem.storage.region.identity import Hashes

NEEDED = ("figure_id", "indicator", "geography", "period", "kind", "source", "vintage", *identity.PRINT)
_COLUMNS = ("indicator_id", "geo_id", *NEEDED)


@dataclass(frozen=True)
class Judged:
    """stored: the new rows with figure_id and vintage_order; the counts of the rest; findings of refused rows."""

    stored: pl.DataFrame
    unchanged: int
    refused: int
    findings: tuple[Finding, ...]
    latest: float


@dataclass(frozen=True)
class _Marks:
    """Hashes of each row: key and vintage; these and the print; id and vintage."""

    key: Hashes
    printed: Hashes
    named: Hashes


def judge(
    given: Figures,
    earlier: Iterable[pl.DataFrame],
    indicators: pl.DataFrame | None,
    geographies: pl.DataFrame | None,
    latest: float,
) -> Judged:
    """Which figures of an input are stored, unchanged or refused.

    earlier  columns NEEDED of all imports before; latest: the last vintage's order among them
    """
    frame = identified(given.frame())
    marks = _marks(resolved(frame, indicators, geographies))
    before = [_marks(resolved(_complete(part), indicators, geographies)) for part in earlier]
    same = _in(marks.printed, [part.printed for part in before])
    clash = ~same & (
        _in(marks.key, [part.key for part in before]) | _in(marks.named, [part.named for part in before])
    )
    again = _again(marks) & ~same & ~clash
    repeats, other = _split(again, marks)
    refused = clash | other
    kept = ~(same | repeats | refused)
    ordered = frame.with_columns(identity.vintage_order(frame["vintage"], latest))
    stored = ordered if kept.all() else ordered.filter(pl.Series(kept))
    findings = _tell(given, frame, np.flatnonzero(refused)[: limits.FINDINGS_LISTED])
    top = stored[identity.ORDER].max()
    return Judged(stored.drop(ROW), int((same | repeats).sum()), int(refused.sum()), findings,
                  max(latest, float(top) if isinstance(top, float) else latest))  # fmt: skip


def identified(frame: pl.DataFrame) -> pl.DataFrame:
    """With every column that identity needs, and an id in every row."""
    made = _complete(frame)
    missing = made["figure_id"].is_null()
    if not missing.any():
        return made
    ids = identity.content_ids(made)
    return made.with_columns(made["figure_id"].zip_with(~missing, ids).alias("figure_id"))


def resolved(
    frame: pl.DataFrame, indicators: pl.DataFrame | None, geographies: pl.DataFrame | None
) -> pl.DataFrame:
    """With the ids of indicators and places that the texts mean; each distinct text is looked up once."""
    texts = {
        name: reading.distinct(frame[name]).drop_nulls().cast(pl.String).to_list()
        for name in ("indicator", "geography")
    }
    meant = {
        "indicator_id": ("indicator", places.indicator_ids(texts["indicator"], indicators)),
        "geo_id": ("geography", places.geo_ids(texts["geography"], geographies)),
    }
    return frame.with_columns(_put(frame[name], ids).alias(made) for made, (name, ids) in meant.items())


def _put(column: pl.Series, ids: dict[str, str]) -> pl.Series:
    changed = {text: found for text, found in ids.items() if text != found}
    if not changed:
        return column
    known = pl.DataFrame(
        {"text": list(ids), "id": list(ids.values())}, schema=dict.fromkeys(("text", "id"), pl.String)
    )
    joined = (
        column.alias("text")
        .to_frame()
        .join(known.cast(column.dtype), on="text", how="left", maintain_order="left")
    )
    return joined["id"]


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(None, pl.String).alias(name) for name in NEEDED if name not in frame.columns
    )


def _marks(frame: pl.DataFrame) -> _Marks:
    key = identity.marked(frame, (*identity.KEY, "vintage"))
    also = identity.marked(frame, identity.PRINT)
    return _Marks(key, identity.joined(key, also), identity.marked(frame, ("figure_id", "vintage")))


def _in(marks: Hashes, before: list[Hashes]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = np.zeros(len(marks), np.bool_)
    for part in before:
        found |= pl.Series(marks).is_in(pl.Series(part).implode()).to_numpy()
    return found


def _again(marks: _Marks) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows whose id and vintage stand earlier in the same input."""
    ordered = np.sort(marks.named)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.zeros(len(ordered), np.bool_)
    return (~pl.Series(marks.named).is_first_distinct()).to_numpy()


def _split(
    again: np.ndarray[tuple[int], np.dtype[np.bool_]], marks: _Marks
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Of repeated ids: rows that say the same as the first of them, and rows that say something else."""
    if not again.any():
        return again, again
    rows = pl.DataFrame({"named": marks.named, "printed": marks.printed})
    first = rows.unique("named", keep="first", maintain_order=True).rename({"printed": "first"})
    same = rows.join(first, on="named", how="left", maintain_order="left")
    repeats = again & (same["printed"] == same["first"]).to_numpy()
    return repeats, again & ~repeats


def _tell(
    given: Figures, frame: pl.DataFrame, rows: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> tuple[Finding, ...]:
    told = frame[rows].select(ROW, "value", "figure_id", "vintage", "indicator").cast({"vintage": pl.String})
    return tuple(
        figures.finding("figure.vintage", given.source, row, "value", value,
                        figure=id_, indicator=str(indicator), vintage=vintage or "-")
        for row, value, id_, vintage, indicator in told.iter_rows()
    )  # fmt: skip
