"""The register: every import ever made, and what of it holds now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tandem.base.errors import Finding, Invalid
from tandem.domain.region.tables import FIGURES
from tandem.engine.figures import frame as reading
from tandem.storage import register_data
from tandem.storage.exchange.book import Counts
from tandem.storage.region import identity, parts, small, vintages
from tandem.storage.region.parts import Import
from tandem.storage.region.read import SMALL_TABLES, Given, read_tables

SMALL = 200_000  # figures up to which texts are plain strings; beyond, each distinct one is held once
NUMBER = "import_number"


@dataclass(frozen=True)
class Register:
    """Figures and tables as they hold.

    figures  the parsed frame (engine.figures.frame.SCHEMA), the user's own columns, then vintage_order, import_number
             and, where all vintages were asked for, `current`
    tables   name -> frame of each other table, every one there, perhaps without rows
    imports  what was imported, oldest first; empty for the shipped register and for one read from files
    """

    figures: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    imports: tuple[Import, ...] = ()

    @property
    def indicators(self) -> pl.DataFrame:
        """The indicators table."""
        return self.tables["indicators"]

    @property
    def geographies(self) -> pl.DataFrame:
        """The geographies table; cities of domain.cities are known without standing in it."""
        return self.tables["geographies"]


@dataclass(frozen=True)
class Prepared:
    """An input judged against a register: what would be stored, and what was found. `frames` empty: nothing is new."""

    entry: Import
    frames: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...]
    counts: Mapping[str, Mapping[str, int]]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that made a row or a table be left out."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


def prepare(folder: Path | None, given: Given, vintage: str | None = None) -> Prepared:
    """Judges an input against the register in a folder (None or not there: against an empty one); writes nothing.

    counts: table -> read, accepted, rejected (faulty or refused), unchanged (already there), stored
    """
    before = parts.imports(folder) if folder is not None and parts.is_register(folder) else ()
    held = _tables(folder, before)
    fresh = {name: small.fresh(frame, held[name], name) for name, frame in given.tables.items()}
    frames = {name: frame for name, frame in fresh.items() if frame.height}
    counts = {name: _counted(given.counts[name], 0, given.tables[name].height - frame.height)
              for name, frame in fresh.items()}  # fmt: skip
    files = ThreadPoolExecutor(1).submit(
        _files, given
    )  # a digest of half a gigabyte takes seconds, and no lock
    findings, latest = given.findings, max((one.latest for one in before), default=identity.UNDATED)
    if given.figures is not None:
        known = {name: small.merged([held[name], given.tables.get(name)], name)
                 for name in ("indicators", "geographies")}  # fmt: skip
        earlier = (part for one in before if folder is not None
                   and (part := parts.load(folder, one, FIGURES.name, list(vintages.NEEDED))) is not None)  # fmt: skip
        judged = vintages.judge(given.figures, earlier, known["indicators"], known["geographies"], latest)
        findings, latest = (*findings, *judged.findings), judged.latest
        counts[FIGURES.name] = _counted(given.figures.counts, judged.refused, judged.unchanged)
        if judged.stored.height:
            frames[FIGURES.name] = judged.stored
    entry = Import(len(before) + 1, files.result(), counts, {}, vintage, latest, reading.READING)
    return Prepared(entry, frames, findings, counts)


def save(folder: Path, prepared: Prepared, imported_on: str | None = None) -> Import | None:
    """Stores what is new as one import; None (and nothing written) where nothing is."""
    if not prepared.frames:
        return None
    return parts.add(folder, replace(prepared.entry, imported_on=imported_on), prepared.frames)


def open_register(
    folder: Path | None = None,
    *,
    history: bool = False,
    as_of: str | None = None,
    indicators: Collection[str] | None = None,
    geographies: Collection[str] | None = None,
) -> Register:
    """The register in a folder; None is the shipped one.

    history      all vintages, with a column `current`, instead of the latest ones
    as_of        only what was published up to a date or a named vintage
    indicators, geographies   ids; only figures of these are read
    Raises       Invalid register.not_one, register.foreign, register.damaged; register.as_of for an unknown vintage
    """
    wanted = {"indicator_id": indicators, "geo_id": geographies}
    if folder is None:
        given = read_tables(tables=register_data.tables())
        return _select(from_tables(given), history, as_of, wanted)
    entries = parts.imports(folder)
    with ThreadPoolExecutor(1) as beside:  # a digest of half a gigabyte takes seconds, and no lock
        sound = [beside.submit(parts.verify, folder, entry) for entry in entries]
        tables = _tables(folder, entries)
        loaded = [_part(folder, entry, tables, wanted) for entry in entries]
        for one in sound:
            one.result()
    register = Register(_figures([part for part in loaded if part is not None], tables), tables, entries)
    return _select(register, history, as_of, wanted)


def from_tables(given: Given) -> Register:
    """The register that an input alone makes, all vintages; refused and faulty rows are left out."""
    prepared = prepare(None, given)
    tables = {table.name: small.merged([small.empty(table), prepared.frames.get(table.name)], table.name)
              for table in SMALL_TABLES}  # fmt: skip
    stored = prepared.frames.get(FIGURES.name)
    own = [] if stored is None else [stored.with_columns(pl.lit(1, pl.Int32).alias(NUMBER))]
    return Register(_figures(own, tables), tables)


def _files(given: Given) -> tuple[dict[str, str | int], ...]:
    return tuple(
        {"name": path.name, "sha256": parts.sha256(path), "bytes": path.stat().st_size}
        for path in given.paths
    )


def _counted(counts: Counts, refused: int, unchanged: int) -> dict[str, int]:
    return {
        "read": counts.read,
        "accepted": counts.accepted - refused,
        "rejected": counts.rejected + refused,
        "unchanged": unchanged,
        "stored": counts.accepted - refused - unchanged,
    }


def _tables(folder: Path | None, entries: tuple[Import, ...]) -> dict[str, pl.DataFrame]:
    """Every table but the figures: of rows with one id, the latest import's."""
    return {
        table.name: small.merged(
            [
                small.empty(table),
                *(parts.load(folder, one, table.name) for one in entries if folder is not None),
            ],
            table.name,
        )
        for table in SMALL_TABLES
    }


def _part(
    folder: Path,
    entry: Import,
    tables: Mapping[str, pl.DataFrame],
    wanted: Mapping[str, Collection[str] | None],
) -> pl.DataFrame | None:
    """The wanted figures of an import; their bounds made anew where they were read by other rules."""
    only: dict[str, list[str]] = {}
    if any(ids is not None for ids in wanted.values()):
        texts = parts.load(folder, entry, FIGURES.name, ("indicator", "geography"))
        if texts is None:
            return None
        only = _texts_of(vintages.resolved(texts, tables["indicators"], tables["geographies"]), wanted)
    frame = parts.load(folder, entry, FIGURES.name, only=only)
    if frame is None:
        return None
    if entry.reading != reading.READING:
        order = frame[identity.ORDER]
        texts = frame.drop(name for name in (*reading.PARSED, identity.ORDER) if name in frame.columns)
        frame = reading.understand(texts).drop("indicator_id", "geo_id").with_columns(order)
    return frame.with_columns(pl.lit(entry.number, pl.Int32).alias(NUMBER))


def _texts_of(resolved: pl.DataFrame, wanted: Mapping[str, Collection[str] | None]) -> dict[str, list[str]]:
    """The texts under which the wanted indicators and places stand."""
    named = {"indicator_id": "indicator", "geo_id": "geography"}
    return {
        named[column]: resolved.select(named[column], column).unique().cast(pl.String)
        .filter(pl.col(column).is_in(sorted(ids)))[named[column]].to_list()
        for column, ids in wanted.items()
        if ids is not None
    }  # fmt: skip


def _figures(loaded: list[pl.DataFrame], tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """All vintages as one parsed frame; texts String where they are few, else Categorical."""
    total = sum(part.height for part in loaded)
    kind = pl.String if total <= SMALL else pl.Categorical
    wanted = {**reading.SCHEMA, identity.ORDER: pl.Float64, NUMBER: pl.Int32}
    texts = {
        name for name, dtype in wanted.items() if dtype == pl.String and name not in ("figure_id", "value")
    }
    plain = [part.with_columns(pl.col(name).cast(kind if name in texts else pl.String)
                               for name, dtype in part.schema.items() if dtype in (pl.String, pl.Categorical))
             for part in loaded]  # fmt: skip
    frame = (
        pl.concat(plain, how="diagonal")
        if plain
        else pl.DataFrame({"figure_id": []}, {"figure_id": pl.String})
    )
    missing = [
        name for name in wanted if name not in frame.columns and name not in ("indicator_id", "geo_id")
    ]
    frame = frame.with_columns(
        pl.lit(None, kind if name in texts else wanted[name]).alias(name) for name in missing
    )
    frame = vintages.resolved(frame, tables["indicators"], tables["geographies"])
    return frame.select(*reading.SCHEMA, pl.exclude(*wanted), identity.ORDER, NUMBER)


def _select(
    register: Register, history: bool, as_of: str | None, wanted: Mapping[str, Collection[str] | None]
) -> Register:
    """What was asked for, of all vintages."""
    frame = register.figures
    for column, ids in wanted.items():
        if ids is not None:
            frame = frame.filter(
                pl.col(column).is_in(
                    pl.Series(sorted(ids), dtype=pl.String).cast(frame.schema[column]).implode()
                )
            )
    if as_of is not None:
        frame = frame.filter(pl.col(identity.ORDER) <= _until(frame, as_of))
    holds = identity.current(frame)
    if history:
        return replace(register, figures=frame.with_columns(holds.alias("current")))
    return replace(register, figures=frame if holds.all() else frame.filter(holds))


def _until(frame: pl.DataFrame, as_of: str) -> float:
    """The last order that still counts; Invalid for a text that is neither a date nor a vintage of the register."""
    named = frame.filter(pl.col("vintage").cast(pl.String) == as_of)[identity.ORDER].max()
    if isinstance(named, float):
        return named
    published = identity.published(as_of)
    if published is None:
        known = frame["vintage"].unique().drop_nulls().cast(pl.String).sort().to_list()
        raise Invalid("register.as_of", given=as_of, known=known[:20])
    return published
