"""How much of a user's file is looked at before it is refused: every limit of reading stands here."""

from __future__ import annotations

from dataclasses import dataclass

FILE_BYTES = 1 << 30  # one file as it lies on disk
LINE_CHARACTERS = 1 << 20  # one line of CSV or JSON Lines
RECORD_CHARACTERS = 4 << 20  # one CSV record, quoted line breaks included
COLUMNS = 1_000
ROWS = 5_000_000
CELLS = 60_000_000  # of one table that is held as a whole
UNPACKED_BYTES = 256 << 20  # a workbook's parts together, counted while unpacking
UNPACKED_RATIO = 200  # unpacked to packed; small parts may be above it
RATIO_FROM_BYTES = 16 << 20  # below this the ratio does no harm
MEMBERS = 2_000  # parts of a workbook's archive
PARSER_BYTES = 3 << 30  # address space of the process that parses a workbook
PARSER_SECONDS = 120
PARQUET_TEXT_BYTES = 2 << 30  # text of all columns once decoded
VALUE_SHOWN = 60  # characters of a faulty value that a finding repeats
HEADER_SEARCH_ROWS = 10  # how far down the header may start, under a title
STREAMED_FILE_BYTES = 64 << 30  # one file that is read in parts and never held as a whole
FINDINGS_LISTED = 1_000  # faulty rows of a streamed table told one by one; the rest are counted


@dataclass(frozen=True, slots=True)
class Room:
    """How large one table may be: rows, and rows times columns."""

    rows: int
    cells: int


BOOK = Room(ROWS, CELLS)
UPLOAD = Room(200_000, 5_000_000)  # a file that somebody hands to a hub on which others work
