"""Small books made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes text as a CSV file; name and encoding may be chosen."""

    def make(text: str, name: str = "needs.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return make


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook from sheet name -> rows; None leaves a cell empty."""

    def make(sheets: dict[str, Sequence[Sequence[Any]]], name: str = "book.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    for position, cell in enumerate(row):
                        if cell is not None:
                            sheet.write(number, position, cell)
        return path

    return make
