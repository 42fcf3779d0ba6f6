"""Tables out: CSV, XLSX, Parquet, JSON Lines; no cell becomes a formula, and equal input gives equal bytes."""

from __future__ import annotations

import csv
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from tandem.base import words
from tandem.base.errors import Invalid
from tandem.base.words import Lang
from tandem.domain.tables import TABLES
from tandem.storage import staging
from tandem.storage.exchange.book import frame_name

FIXED_DATE = datetime(2000, 1, 1)  # workbooks know no time zone
CELL_CHARACTERS = 32_767  # more than this no spreadsheet program reads back
_TRIGGER = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EXACT = 10**15  # whole numbers beyond this lose digits in a spreadsheet
_WIDTHS = {"long_text": 60, "text": 28, "date": 12, "references": 28, "cities": 24}


def write_table(frame: pl.DataFrame, path: Path, table: str, lang: Lang) -> None:
    """Writes one table in the format that the suffix names: .csv, .xlsx, .parquet or .jsonl.

    frame  a canonical frame, unknown columns after the known ones; money in minor units is written in major ones
    table  its name; headers are in the language for CSV and XLSX, and the names of DESIGN section 4 elsewhere
    Raises Invalid for another suffix, or where the file cannot be written
    """
    write_lots([frame], path, table, lang)


def write_lots(frames: Iterable[pl.DataFrame], path: Path, table: str, lang: Lang) -> None:
    """The same of a table that is made in lots, one after the other, so that it is never held as a whole.

    frames  at least one, all with the same columns and types; a workbook is held all the same (see `open_workbook`)
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.casefold())
    if writer is None:
        raise Invalid("file.suffix_out", file=path.name, suffix=path.suffix or "-", known=list(_WRITERS))
    try:
        writer((exchanged(frame, table) for frame in frames), path, table, lang)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise Invalid("file.not_written", file=str(path)) from error


def exchanged(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """The frame as it leaves: money as decimals in major units, lists joined with ';'."""
    money = (
        {column.name for column in TABLES[table].columns if column.type == "money"}
        if table in TABLES
        else set()
    )
    return frame.with_columns(
        *(_decimal(frame[name]) for name in frame.columns if name in money and frame[name].dtype.is_integer()),
        *(pl.col(name).cast(pl.List(pl.String)).list.join(";", ignore_nulls=True)
          for name, kind in frame.schema.items() if isinstance(kind, pl.List)),
    )  # fmt: skip


def headers(frame: pl.DataFrame, table: str, lang: Lang) -> list[str]:
    """Column titles in the language; unknown columns keep the user's own."""
    ours = {frame_name(column): column for column in TABLES[table].columns} if table in TABLES else {}
    return [_header(name, table, lang) if name in ours else name for name in frame.columns]


def escape(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula; reading takes the apostrophe off again.

    >>> escape("=1+1"), escape("-5"), escape("'=x")
    ("'=1+1", '-5', "''=x")
    """
    return f"'{text}" if _TRIGGER.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def open_workbook(path: Path | BytesIO, beside: Path | None = None) -> xlsxwriter.Workbook:
    """A workbook in which strings stay strings and whose dates are fixed, so that equal input gives equal bytes.

    beside  a folder for its rows, so that they are not held in memory; they are then written in their order
    """
    held = {"in_memory": True} if beside is None else {"constant_memory": True, "tmpdir": str(beside)}
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, **held}
    )
    book.set_properties({"created": FIXED_DATE})
    return book


def put(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    """One cell: text as text, numbers as numbers, dates as dates, nothing for None."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, formats.get("number"))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats.get("date"))
    elif isinstance(value, (int, float, Decimal)) and -_EXACT < value < _EXACT:
        sheet.write_number(row, column, value, formats.get("number"))
    else:
        sheet.write_string(row, column, legal(str(value)), formats.get("wrap"))


def legal(text: str) -> str:
    """Text that a workbook can hold: no control characters, no more than a cell takes."""
    clean = _ILLEGAL.sub(" ", text)
    return clean if len(clean) <= CELL_CHARACTERS else clean[: CELL_CHARACTERS - 1] + "…"


def _csv(frames: Iterator[pl.DataFrame], path: Path, table: str, lang: Lang) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        for number, frame in enumerate(frames):
            if not number:
                writer.writerow(escape(name) for name in headers(frame, table, lang))
            for row in frame.iter_rows():
                writer.writerow("" if cell is None else escape(_plain(cell)) for cell in row)


def _xlsx(frames: Iterator[pl.DataFrame], path: Path, table: str, lang: Lang) -> None:
    first = next(frames)
    with open_workbook(path) as book:
        title = words.say(f"table.{table}", lang) if words.has(f"table.{table}") else table
        add_sheet(book, title, headers(first, table, lang), chain([first], frames), _kinds(first, table))


def add_sheet(
    book: Any,
    title: str,
    titles: Sequence[str],
    rows: pl.DataFrame | Iterable[pl.DataFrame],
    kinds: Sequence[str],
) -> Any:
    """A sheet with a frozen, filtered header over the rows of a frame, or of several; kinds are column types."""
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True,
                            "valign": "vcenter", "border": 1, "border_color": "#D0D7DE"})  # fmt: skip
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    for position, (name, kind) in enumerate(zip(titles, kinds, strict=True)):
        sheet.write_string(0, position, legal(name), head)
        sheet.set_column(position, position, _WIDTHS.get(kind, max(10, min(24, _display(name) + 4))))
    frames, number = [rows] if isinstance(rows, pl.DataFrame) else rows, 0
    for number, row in enumerate(chain.from_iterable(frame.iter_rows() for frame in frames), 1):
        for position, cell in enumerate(row):
            put(sheet, number, position, cell, formats)
    sheet.freeze_panes(1, 0)
    if titles:
        sheet.autofilter(0, 0, max(number, 1), len(titles) - 1)
    return sheet


def _parquet(frames: Iterator[pl.DataFrame], path: Path, table: str, lang: Lang) -> None:
    first = next(frames)
    if (second := next(frames, None)) is None:
        first.write_parquet(path, compression="zstd")
        return
    with staging.scratch(path.parent / "parts") as folder:
        for number, frame in enumerate(chain([first, second], frames)):
            frame.write_parquet(folder / f"{number:09d}.parquet", compression="zstd")
        pl.scan_parquet(folder / "*.parquet").sink_parquet(path, compression="zstd")


def _jsonl(frames: Iterator[pl.DataFrame], path: Path, table: str, lang: Lang) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        for row in chain.from_iterable(frame.iter_rows(named=True) for frame in frames):
            present = {name: _json(value) for name, value in row.items() if value is not None}
            handle.write(json.dumps(present, ensure_ascii=False, allow_nan=False) + "\n")


_WRITERS: Mapping[str, Callable[[Iterator[pl.DataFrame], Path, str, Lang], None]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".jsonl": _jsonl,
}


def _decimal(column: pl.Series) -> pl.Series:
    """Minor units -> exact decimals: 250050 -> 2500.50."""
    amounts = [None if value is None else Decimal(value).scaleb(-2) for value in column]
    return pl.Series(column.name, amounts, dtype=pl.Decimal(20, 2))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.quantize(Decimal(1)) if value == value.to_integral_value() else value, "f")
    return repr(value) if isinstance(value, float) else str(value)


def _json(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _kinds(frame: pl.DataFrame, table: str) -> list[str]:
    known = {frame_name(column): column.type for column in TABLES[table].columns} if table in TABLES else {}
    return [str(known.get(name, "text")) for name in frame.columns]


def _header(name: str, table: str, lang: Lang) -> str:
    code = f"column.{table}.{name}"
    return words.say(code, lang) if words.has(code) else name


def _display(text: str) -> int:
    """Width in Latin characters: East Asian ones take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
