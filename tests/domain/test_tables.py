"""The exchange tables describe themselves without contradiction."""

from __future__ import annotations

import pytest

from tandem.domain.tables import INPUT_TABLES, TABLES, Table
from tandem.storage.exchange import headers


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_header_means_one_column(table: Table) -> None:
    """A column's own name and its Chinese name lead to it, and no alias belongs to two columns."""
    owners: dict[str, str] = {}
    for column in table.columns:
        for name in dict.fromkeys(map(headers.normal, (column.name, column.zh, *column.aliases))):
            assert owners.setdefault(name, column.name) == column.name, name
        assert headers.recognised(column.name, table) == (0, column)


def test_every_sheet_name_means_one_table() -> None:
    """Names and aliases of sheets are unambiguous."""
    for table in INPUT_TABLES:
        for name in (table.name, table.zh, *table.sheet_aliases):
            assert headers.table_named(name) is table


def test_unknown_column_is_an_error() -> None:
    """Asking for a column that a table lacks raises."""
    with pytest.raises(KeyError):
        TABLES["needs"].column("colour")
