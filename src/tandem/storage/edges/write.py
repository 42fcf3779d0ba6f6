"""What clearing gives as files, in the format that the edges came in; and the same files read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tandem.base.errors import Invalid
from tandem.base.words import Lang
from tandem.domain.tables import ASSIGNMENT, INTEGER_LIMIT, PRICES, Table
from tandem.engine.clearing.market import VALUE_LIMIT
from tandem.storage.edges import judge
from tandem.storage.edges.directory import Directory, Rows
from tandem.storage.exchange.stream import open_source
from tandem.storage.exchange.write import write_table

CERTIFICATE = "clearing.json"
_FORMATS = {
    ".csv": ".csv", ".tsv": ".csv", ".txt": ".csv", ".xlsx": ".xlsx", ".xlsm": ".xlsx",
    ".parquet": ".parquet", ".jsonl": ".jsonl", ".ndjson": ".jsonl",
}  # fmt: skip
Prices = npt.NDArray[np.float64]
_FORMULA = r"^('*[=+\-@\t\r＝＋－＠])"
_NUMBER = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"


def names(edges: Path) -> tuple[str, str, str]:
    """The files of a clearing: assignment, prices, certificate."""
    suffix = _FORMATS[edges.suffix.casefold()]
    return f"{ASSIGNMENT.name}{suffix}", f"{PRICES.name}{suffix}", CERTIFICATE


def price_bits(edges: Path) -> int:
    """How many bits of a price come back from the files: a workbook keeps 15 digits, the others whole doubles."""
    return 46 if _FORMATS[edges.suffix.casefold()] == ".xlsx" else 53


def write(frame: pl.DataFrame, path: Path, table: Table, lang: Lang) -> None:
    """One table; headers are the names of the exchange tables, in a workbook those of the language.

    Raises Invalid file.not_written
    """
    try:
        if path.suffix == ".parquet":
            frame.write_parquet(path, compression="zstd")
        elif path.suffix == ".jsonl":
            frame.write_ndjson(path)
        elif path.suffix == ".csv":
            _escaped(frame).write_csv(path, include_bom=True)
        else:
            write_table(frame, path, table.name, lang)
    except OSError as error:
        raise Invalid("file.not_written", file=str(path)) from error


def write_certificate(content: Mapping[str, Any], path: Path) -> None:
    """The certificate and all figures, as JSON."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _escaped(frame: pl.DataFrame) -> pl.DataFrame:
    """No id becomes a formula in a spreadsheet program; reading takes the apostrophe off again."""
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA) & ~pl.col(name).str.contains(_NUMBER))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, kind in frame.schema.items()
        if kind == pl.String
    )


@dataclass(frozen=True)
class Written:
    """A clearing as its files hold it: rows of needs and offers are -1 where the id is unknown.

    need, offer, value  (pairs,)
    price               (offers,) in units of value, 0 where an offer is not listed
    certificate         the content of clearing.json
    """

    need: npt.NDArray[np.int32]
    offer: npt.NDArray[np.int32]
    value: npt.NDArray[np.int64]
    price: Prices
    certificate: Mapping[str, Any]


def read_back(folder: Path, edges: Path, needs: Directory, offers: Directory) -> Written:
    """The files of a clearing, for the checker."""
    assignment, prices, certificate = (folder / name for name in names(edges))
    need, offer, value, _ = _columns(assignment, ASSIGNMENT)
    return Written(
        needs.rows(judge.ids(need)),
        offers.rows(judge.ids(offer)),
        judge.whole(value, max(VALUE_LIMIT, INTEGER_LIMIT)),
        _posted(prices, offers),
        json.loads(certificate.read_text("utf-8")),
    )


def read_earlier(folder: Path, needs: Directory, offers: Directory) -> tuple[Rows, Rows, Prices]:
    """Pairs and prices of an earlier clearing, by the rows that their ids have now; -1 where they have none.

    Raises Invalid clear.no_start where the folder holds no clearing, or one that cannot be read
    """
    for suffix in dict.fromkeys(_FORMATS.values()):
        files = [folder / f"{table.name}{suffix}" for table in (ASSIGNMENT, PRICES)]
        if all(file.is_file() for file in files):
            try:
                need, offer, _, _ = _columns(files[0], ASSIGNMENT)
                return needs.rows(judge.ids(need)), offers.rows(judge.ids(offer)), _posted(files[1], offers)
            except (Invalid, ValueError, pl.exceptions.PolarsError) as error:
                raise Invalid("clear.no_start", folder=str(folder)) from error
    raise Invalid("clear.no_start", folder=str(folder))


def _posted(prices: Path, offers: Directory) -> Prices:
    """The price of each offer in units of value, 0 where it is not listed."""
    listed, _, _, _, price = _columns(prices, PRICES)
    rows = offers.rows(judge.ids(listed))
    posted = np.zeros(len(offers), np.float64)
    posted[rows[rows >= 0]] = price.cast(pl.Float64).to_numpy()[rows >= 0]
    return posted


def _columns(path: Path, table: Table) -> list[pl.Series]:
    """The table's columns, in its order."""
    source = open_source(path, table)
    at = [source.position(table, column) for column in table.columns]
    wanted = [each for each in at if each is not None]
    if len(wanted) < len(at):
        raise Invalid("clear.unread", file=path.name)
    parts = list(source.parts(wanted)) or [pl.DataFrame(schema=dict.fromkeys(map(str, wanted), pl.Int64))]
    rows = pl.concat(parts, how="vertical_relaxed")
    return [rows[str(each)] for each in wanted]
