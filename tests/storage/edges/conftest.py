"""Small markets in files of every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

SUFFIXES = ("csv", "parquet", "jsonl", "xlsx")


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Writes columns as a table in the format that the name's suffix says."""

    def make(name: str, columns: dict[str, list]) -> Path:
        path, frame = tmp_path / name, pl.DataFrame(columns, strict=False)
        if path.suffix == ".csv":
            frame.write_csv(path)
        elif path.suffix == ".parquet":
            frame.write_parquet(path)
        elif path.suffix == ".jsonl":
            frame.write_ndjson(path)
        else:
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet("edges")
                for row, cells in enumerate([frame.columns, *frame.rows()]):
                    for column, cell in enumerate(cells):
                        if cell is not None:
                            sheet.write(row, column, cell)
        return path

    return make
