"""Registers of published figures with planted doubts, and registers in which there is nothing to doubt.

Every number here is invented; place names only lend the sentences their usual sound. Each register is one CSV
file beside this module, in the format of published figures (id, indicator, value, unit, year, geography, kind,
note, source, at times vintage or valid_to). expected.csv says which doubts a register holds, relations.csv
which relations between its figures hold or break (checked by test_planted.py). The part "dev" is to build
with, the part "held" speaks of other topics in other words and is to judge with. The part "second" was written by
someone who had never seen the finder: many small registers, one doubt of each of three classes in every planted one.
The part "third" by another such author, with one or two doubts in each; its relations are not written down.
`python -m bench.doubts` prints how many of them the finder finds, and what it says besides.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from tandem.engine.doubts.find import Doubt

Part: TypeAlias = Literal["dev", "held", "second", "third"]

REGISTERS = Path(__file__).with_name("registers")
PARTS: tuple[Part, ...] = ("dev", "held", "second", "third")
CLASSES = (
    "conflict",
    "denominator_missing",
    "classes_overlap",
    "base_implied",
    "stale",
    "unit_mismatch",
)


@dataclass(frozen=True, slots=True)
class Register:
    """A published register: its name and its rows as printed, every cell a text."""

    name: str
    rows: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Expected:
    """One planted doubt: any class of `classes` is right, `must` are named, `may` can be named besides."""

    classes: tuple[str, ...]
    must: tuple[str, ...]
    may: tuple[str, ...]
    why: str

    def is_met_by(self, one: Doubt) -> bool:
        """Whether a doubt is of a right class and names what it must, and nothing that it may not."""
        return one.kind in self.classes and set(self.must) <= set(one.figures) <= {*self.must, *self.may}


@dataclass(frozen=True, slots=True)
class Planted:
    """A register with its planted doubts; the rest of its figures are consistent."""

    register: Register
    expected: tuple[Expected, ...]

    def judge(self, found: Sequence[Doubt]) -> tuple[list[Expected], list[Doubt]]:
        """The planted doubts that were not found, and what was found besides."""
        right = [{n for n, one in enumerate(found) if want.is_met_by(one)} for want in self.expected]
        used = set().union(*right)
        missed = [want for want, hits in zip(self.expected, right, strict=True) if not hits]
        return missed, [one for n, one in enumerate(found) if n not in used]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between figures of one register ("~" can be equal, "<=" can be no larger), and if it holds."""

    register: str
    holds: bool
    left: str
    relation: str
    right: str


def planted(part: Part | None = None) -> tuple[Planted, ...]:
    """The registers with planted doubts, of one part or of all."""
    wanted: dict[str, list[Expected]] = {}
    for row in _rows(REGISTERS / "expected.csv"):
        ids = [tuple(filter(None, row[column].split(";"))) for column in ("classes", "must", "may")]
        wanted.setdefault(row["register"], []).append(Expected(ids[0], ids[1], ids[2], row["why"]))
    return tuple(Planted(register, tuple(wanted[register.name])) for register in _registers("planted", part))


def consistent(part: Part | None = None) -> tuple[Register, ...]:
    """The registers a careful statistician has no doubt about, of one part or of all."""
    return tuple(_registers("consistent", part))


def relations() -> tuple[Relation, ...]:
    """What the registers' figures say of each other; the ground on which `planted` and `consistent` stand."""
    return tuple(
        Relation(row["register"], row["holds"] == "yes", row["left"], row["relation"], row["right"])
        for row in _rows(REGISTERS / "relations.csv")
    )


def _registers(kind: str, part: Part | None) -> Iterator[Register]:
    for each in PARTS if part is None else (part,):
        for path in sorted((REGISTERS / kind / each).glob("*.csv")):
            yield Register(path.stem, _rows(path))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
