"""Exchange tables: reading what people bring, writing what they take away."""

from tandem.storage.exchange.annotate import annotate, explain
from tandem.storage.exchange.book import Book, Counts
from tandem.storage.exchange.read import read_book, read_table
from tandem.storage.exchange.template import write_template
from tandem.storage.exchange.write import write_table

__all__ = [
    "Book",
    "Counts",
    "annotate",
    "explain",
    "read_book",
    "read_table",
    "write_table",
    "write_template",
]
