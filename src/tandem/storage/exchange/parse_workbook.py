"""Run as a script in a process of its own: parses one workbook and writes its cells to standard output.

A parser may be made to ask for terabytes by a file of 5 KB (a string count, a far cell), and then the whole process
ends without an error that could be caught. Here only this process ends, at its limits of memory and time.
It imports nothing of Tandem's, so that it starts in hundredths of a second.

Arguments: path, folder of the parser's package, bytes of memory, seconds, cells of a sheet. Output, in marshal's
format: either a word ('protected', 'unreadable', 'large') or a list of (sheet, first row, first column,
[(row offset, cells), ...]), rows without anything left out, cells cut after the last filled one; a date is
('date', ISO text).
"""

from __future__ import annotations

import marshal
import os
import sys
from typing import Any


def cells(book: Any, sheets: Any, most: int) -> Any:
    """All worksheets with their filled rows; 'large' where one has more than `most` cells."""
    read = []
    for name in sheets:
        sheet = book.get_sheet_by_name(name)
        row, column = sheet.start or (0, 0)
        rows, held = [], 0
        for offset, values in enumerate(sheet.to_python(skip_empty_area=True)):
            while values and values[-1] == "":
                values.pop()
            held += len(values)
            if held > most:
                return "large"
            if values:
                rows.append((offset, [plain(value) for value in values]))
        read.append((name, row, column, rows))
    return read


def plain(value: Any) -> Any:
    """A value that marshal can carry."""
    if value.__class__ in (str, float, int, bool):
        return value
    return ("date", value.isoformat()) if hasattr(value, "isoformat") else str(value)


def limit(memory: int, seconds: int) -> None:
    """Bounds this process, where the system can."""
    try:
        import resource  # noqa: PLC0415  not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str, packages: str, memory: str, seconds: str, most: str) -> None:
    """Parses, answers, and leaves without tidying up what is about to vanish."""
    sys.path.insert(0, packages)
    import python_calamine  # noqa: PLC0415  found through the path just set

    limit(int(memory), int(seconds))
    answer: Any = "unreadable"
    try:
        book = python_calamine.load_workbook(path)
        kind = python_calamine.SheetTypeEnum.WorkSheet
        answer = cells(book, [sheet.name for sheet in book.sheets_metadata if sheet.typ == kind], int(most))
    except python_calamine.PasswordError:
        answer = "protected"
    except BaseException:  # noqa: S110  a Rust panic is a BaseException; the answer says it all
        pass
    marshal.dump(answer, sys.stdout.buffer)
    sys.stdout.buffer.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
