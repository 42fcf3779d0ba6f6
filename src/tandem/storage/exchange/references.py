"""Organisations and needs meant by id, registration number or exact name -> their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import polars as pl

from tandem.domain.tables import ORGANISATIONS, Column
from tandem.storage.exchange import names, values
from tandem.storage.exchange.accept import ROW, Typed
from tandem.storage.exchange.columns import Problem

_SUGGESTED = 500  # distinct unknown names per table that get a suggestion


class Directory:
    """Who is meant by a reference: ids first, then registration numbers, then names after normalisation."""

    def __init__(self, rows: pl.DataFrame, lost: pl.DataFrame, key: str, called: Iterable[str],
                 beyond: Directory | None = None) -> None:  # fmt: skip
        """rows as accepted, lost as rejected, with the id column `key` and the columns by which rows are called.

        beyond  who is asked where nothing here is meant
        """
        self._beyond = beyond
        self._key, self._called = key, [name for name in called if name in rows.columns]
        self._rows = rows
        self._ids = set(rows[key].to_list())
        self._numbers = self._index(rows, ["reg_no"], str) if "reg_no" in rows.columns else {}
        self._lost = lost

    @cached_property
    def _names(self) -> Mapping[str, list[str]]:
        return self._index(self._rows, self._called, names.normal)

    @cached_property
    def _rejected(self) -> Mapping[str, int]:
        """Ids and normal names of rejected rows with their row number."""
        found: dict[str, int] = {}
        for column in (self._key, *self._called):
            if column in self._lost.columns:
                for name, row in self._lost.select(column, ROW).iter_rows():
                    if name is not None:
                        found.setdefault(names.normal(name), row)
        return found

    @cached_property
    def _nearest(self) -> names.Nearest:
        called = [name for column in self._called for name in self._rows[column].drop_nulls()]
        return names.Nearest([*called, *self._rows[self._key].to_list()])

    def resolve(self, text: str) -> str:
        """The id meant; values.Bad where nothing, or more than one thing, is."""
        if text in self._ids:
            return text
        for found in (self._numbers.get(text.replace(" ", "").upper()), self._names.get(names.normal(text))):
            if found and len(found) > 1:
                raise values.Bad("reference.ambiguous", ids=found[:5], n=len(found))
            if found:
                return found[0]
        if (there := self._elsewhere(text)) is not None:
            return there
        if (row := self._rejected.get(names.normal(text))) is not None:
            raise values.Bad("reference.rejected", first_row=row)
        raise values.Bad("reference.unknown")

    def knows(self, text: str) -> bool:
        """Whether a text means something here, be it more than one thing."""
        try:
            self.resolve(text)
        except values.Bad as bad:
            return bad.code != "reference.unknown"
        return True

    def suggest(self, text: str) -> str | None:
        """The closest known name."""
        return self._nearest.to(text)

    def _elsewhere(self, text: str) -> str | None:
        try:
            return None if self._beyond is None else self._beyond.resolve(text)
        except values.Bad as bad:
            if bad.code != "reference.unknown":
                raise
            return None

    def _index(
        self, rows: pl.DataFrame, columns: Iterable[str], normal: Callable[[str], str]
    ) -> dict[str, list[str]]:
        index: dict[str, dict[str, None]] = defaultdict(dict)
        for column in columns:
            for name, key in rows.select(column, self._key).iter_rows():
                if name is not None:
                    index[normal(name)][key] = None
        return {name: list(keys) for name, keys in index.items()}


def resolve(made: Typed, column: Column, directory: Directory, *, dangling_is_warning: bool = False) -> None:
    """Replaces a table's references by ids; those that cannot be are reported."""
    cells = made.frame[column.name]
    several = column.type == "references"
    known: dict[str, list[str] | None] = {}
    bad: dict[str, values.Bad] = {}
    for text in cells.drop_nulls().unique(maintain_order=True).to_list():
        try:
            known[text] = _ids(text, directory, several=several)
        except values.Bad as error:
            _with_suggestion(error, text, directory, len(bad))
            bad[text] = error
            known[text] = None
    made.frame = made.frame.with_columns(_replaced(cells, known, several=several))
    made.report([
        Problem(i, column.name, bad[cells[i]].code, bad[cells[i]].params.get("part", cells[i]), dangling_is_warning,
                bad[cells[i]].params)
        for i in (cells.is_in(list(bad)).fill_null(False).arg_true() if bad else ())
    ])  # fmt: skip


def organisations_from(tables: Iterable[tuple[Typed, Column]]) -> pl.DataFrame:
    """Organisations as the references write them, when no table of organisations was given.

    Ids stay as written; names that differ only in spelling are one organisation under its first spelling.
    """
    seen: dict[str, str] = {}
    ids: dict[str, None] = {}
    listed = [(made, column, made.by_id.get(column.name, False)) for made, column in tables]
    for made, column, by_id in sorted(listed, key=lambda entry: not entry[2]):
        for text in made.frame[column.name].drop_nulls().unique(maintain_order=True).to_list():
            for name in _parts(text, several=column.type == "references"):
                if by_id:
                    ids.setdefault(name)
                    seen.setdefault(names.normal(name), name)
                elif name not in ids:
                    ids.setdefault(seen.setdefault(names.normal(name), name))
    columns = [pl.Series("org_id", list(ids), dtype=pl.String), pl.Series("name", list(ids), dtype=pl.String)]
    others = [name.name for name in ORGANISATIONS.columns if name.name not in ("org_id", "name")]
    return pl.DataFrame(columns).with_columns(pl.lit(None, pl.String).alias(name) for name in others)


def texts(tables: Iterable[tuple[Typed, Column]]) -> list[str]:
    """Everything that references hold, each once."""
    found: dict[str, None] = {}
    for made, column in tables:
        for text in made.frame[column.name].drop_nulls().unique(maintain_order=True).to_list():
            found.update(dict.fromkeys(_parts(text, several=column.type == "references")))
    return list(found)


def _ids(text: str, directory: Directory, *, several: bool) -> list[str]:
    found: dict[str, None] = {}
    if not (parts := _parts(text, several=several)):
        raise values.Bad("required")
    for part in parts:
        try:
            found.setdefault(directory.resolve(part))
        except values.Bad as error:
            error.params["part"] = part
            raise
    return list(found)


def _parts(text: str, *, several: bool) -> list[str]:
    if not several:
        return [text]
    return list(dict.fromkeys(part.strip() for part in text.replace("；", ";").split(";") if part.strip()))


def _with_suggestion(error: values.Bad, text: str, directory: Directory, so_far: int) -> None:
    if error.code != "reference.unknown" or so_far >= _SUGGESTED:
        return
    if (close := directory.suggest(error.params.get("part", text))) is not None:
        error.code = "reference.close"
        error.params["suggestion"] = close


def _replaced(cells: pl.Series, known: Mapping[str, list[str] | None], *, several: bool) -> pl.Series:
    kind = pl.List(pl.String) if several else pl.String()
    ids = [found if several or not found else found[0] for found in known.values()]
    table = pl.DataFrame({"text": pl.Series(list(known), dtype=pl.String), "id": pl.Series(ids, dtype=kind)})
    joined = cells.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")
    return joined["id"].alias(cells.name)
