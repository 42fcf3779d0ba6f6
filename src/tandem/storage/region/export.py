"""A register out: a workbook, or a folder with one file for each table, that is read in again as the same register."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tandem.base.errors import Invalid
from tandem.base.words import Lang
from tandem.domain.region.tables import FIGURES, REGISTER_TABLES
from tandem.domain.tables import Table
from tandem.engine.figures import frame as reading
from tandem.storage import staging
from tandem.storage.exchange import write
from tandem.storage.region import identity
from tandem.storage.region.register import NUMBER, Register

FORMATS = ("csv", "parquet", "jsonl")
SHEET_ROWS = 1_048_575  # of a workbook, below the header
_OURS = {*reading.PARSED, identity.ORDER, NUMBER, "current"}


def export_register(register: Register, out: Path, lang: Lang, suffix: str = "csv") -> tuple[Path, ...]:
    """Writes all tables that have rows: a workbook where `out` ends in .xlsx, else files in the folder `out`.

    register  opened with all vintages, if all are to be written; prints go out exactly as they came in
    suffix    of the files in a folder: csv, parquet or jsonl
    Returns   what was written. Raises Invalid register.sheet where a sheet cannot hold the rows; out.* as staging
    """
    frames = {table: outward(register, table) for table in REGISTER_TABLES}
    filled = {table: frame for table, frame in frames.items() if frame.height}
    if out.suffix.casefold() == ".xlsx":
        return (_workbook(filled, out, lang),)
    if suffix not in FORMATS:
        raise Invalid("file.suffix_out", file=out.name, suffix=suffix, known=[*FORMATS, "xlsx"])
    with staging.staged(out) as made:
        for table, frame in filled.items():
            write.write_table(frame, made / f"{table.name}.{suffix}", table.name, lang)
    return tuple(out / f"{table.name}.{suffix}" for table in filled)


def outward(register: Register, table: Table) -> pl.DataFrame:
    """A table as it leaves: what was read from prints stays behind, for the prints say it."""
    if table is not FIGURES:
        return register.tables[table.name]
    frame = register.figures.sort(NUMBER, maintain_order=True)
    texts = frame.select(name for name in frame.columns if name not in _OURS)
    return texts.cast({name: pl.String for name, kind in texts.schema.items() if kind == pl.Categorical})


def _workbook(frames: dict[Table, pl.DataFrame], out: Path, lang: Lang) -> Path:
    for table, frame in frames.items():
        if frame.height > SHEET_ROWS:
            raise Invalid("register.sheet", table=table.name, n=frame.height, limit=SHEET_ROWS)
    with staging.staged_file(out) as made, write.open_workbook(made) as book:
        for table, frame in frames.items():
            exchanged = write.exchanged(frame, table.name)
            kinds = [column.type for column in table.columns] + ["text"] * (frame.width - len(table.columns))
            title = table.zh if lang == "zh" else table.name
            write.add_sheet(book, title, write.headers(frame, table.name, lang), exchanged, kinds)
    return out
