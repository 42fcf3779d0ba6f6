"""The first step of every action on a region: which register is meant, opened, and how an interface is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tandem.domain.region.tables import REGISTER_TABLES
from tandem.engine.region import days
from tandem.hub import region_answers
from tandem.hub.actions import Asker
from tandem.hub.region_inputs import HERE
from tandem.storage import region, register_data
from tandem.storage.region import parts


@dataclass(frozen=True)
class Opened:
    """A register with the folder that it lies in; None where it is the shipped one."""

    folder: Path | None
    register: region.Register

    @property
    def rules(self) -> Path:
        """Where its rule files lie: in its folder, or with the shipped register where it has none of its own."""
        own = self.folder
        if own is not None and (any(own.glob("ladder*.toml")) or any(own.glob("maturity*.toml"))):
            return own
        return register_data.folder()


def place(named: Path | None) -> Path | None:
    """The register's folder: the one named, else the one that stands here, else None for the shipped one."""
    if named is not None:
        return named
    return HERE if region.is_register(HERE) else None


def opened(named: Path | None, asker: Asker, *, history: bool = False) -> Opened:
    """The register to work with. Raises Invalid register.* where the folder named holds none."""
    folder = place(named)
    asker.progress("progress.region.shipped" if folder is None else "progress.region.opening")
    return Opened(folder, region.open_register(folder, history=history))


def as_of(opened: Opened, asked: date | None) -> date:
    """The day asked for, else the newest one that the register names."""
    return asked if asked is not None else days.newest_day(opened.register.figures)


def told(opened: Opened) -> region_answers.Register:
    """What an interface tells of a register."""
    tables = {"figures": opened.register.figures, **opened.register.tables}
    rows = {name: frame.height for name, frame in tables.items()}
    return region_answers.Register(opened.folder, rows, len(opened.register.imports))


def stored(folder: Path) -> region_answers.Register:
    """What a register's imports have stored, told without reading it: rows of all vintages."""
    imports = parts.imports(folder)
    tables = [table.name for table in REGISTER_TABLES if any(table.name in one.counts for one in imports)]
    rows = {name: sum(one.counts.get(name, {}).get("stored", 0) for one in imports) for name in tables}
    return region_answers.Register(folder, rows, len(imports))
