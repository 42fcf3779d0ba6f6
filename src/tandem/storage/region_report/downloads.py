"""Tables as CSV inside the page: a link whose address is the file, so that it needs no network and no script."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from markupsafe import Markup
from markupsafe import escape as html_escape

from tandem.storage.exchange.write import escape
from tandem.storage.report.two import weave

_BOM = "\ufeff"  # by which spreadsheet programs know UTF-8


def download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], code: str = "csv") -> Markup:
    """A link that saves these rows as `name`.csv; no cell becomes a formula (`exchange.write.escape`)."""
    opened = f'<a class="csv" download="{html_escape(name)}.csv" href="{address(header, rows)}">'
    return Markup(f"{opened}{_label(code)}</a>")  # noqa: S704 - the name is escaped, an address is base64


@cache
def _label(code: str) -> Markup:
    return weave(f"regionpage.{code}")


def address(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The rows as a data: address."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return (
        "data:text/csv;charset=utf-8;base64," + base64.b64encode((_BOM + text.getvalue()).encode()).decode()
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (tuple, list)):
        return escape(";".join(str(one) for one in value))
    return escape(str(value))
