"""The illustrative sample world: where it lies (in the package, or beside a clone's sources), and as one workbook."""

from __future__ import annotations

from pathlib import Path

from tandem.base.errors import Failed
from tandem.base.words import Lang
from tandem.domain.tables import INPUT_TABLES
from tandem.storage.exchange import write
from tandem.storage.exchange.book import Book


def folder() -> Path:
    """The folder with needs.csv and the other tables. Raises Failed world.missing."""
    package = Path(__file__).parents[1]
    for place in (package / "world", package.parent.parent / "examples" / "world"):
        if (place / "needs.csv").is_file():
            return place
    raise Failed("world.missing", path=str(package / "world"))


def tables() -> dict[str, Path]:
    """The file of each table."""
    found = folder()
    return {table.name: found / f"{table.name}.csv" for table in INPUT_TABLES}


def write_book(book: Book, path: Path, lang: Lang) -> None:
    """All tables of a book as one workbook, a sheet each, as a person would bring it."""
    with write.open_workbook(path) as workbook:
        for table in INPUT_TABLES:
            frame = write.exchanged(book.table(table.name), table.name)
            titles = write.headers(frame, table.name, lang)
            kinds = [column.type for column in table.columns] + ["text"] * (frame.width - len(table.columns))
            title = table.zh if lang == "zh" else table.name
            write.add_sheet(workbook, title, titles, frame, kinds)
