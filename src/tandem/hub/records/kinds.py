"""The kinds of records that a hub keeps, each with the exchange table by whose rules it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from tandem.domain.tables import DELIVERIES, NEEDS, OFFERS, ORGANISATIONS, Table
from tandem.storage.database import schema as s


@dataclass(frozen=True)
class Kind:
    """One kind of record.

    described  the exchange table; its key and its references stand in columns of their own
    own        settings beside the described columns that are written as they are given
    referring  settings that refer to other records, and may be emptied too
    """

    table: sa.Table
    described: Table
    own: frozenset[str] = field(default_factory=lambda: frozenset({"visibility"}))
    referring: tuple[str, ...] = ("named",)

    @property
    def name(self) -> str:
        """The table's name, which is the kind of the journal's entries too."""
        return self.described.name

    @cached_property
    def columns(self) -> frozenset[str]:
        """The described columns that the record has under the same name."""
        return frozenset(one.name for one in self.described.columns if one.name in self.table.c)

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What stands where nothing is told."""
        return {one.name: one.default for one in self.described.columns if one.default is not None}

    @cached_property
    def lists(self) -> frozenset[str]:
        """Columns that hold a list, as JSON text."""
        return frozenset(one.name for one in self.described.columns if one.type == "cities")

    @cached_property
    def clearable(self) -> tuple[str, ...]:
        """Columns that may be emptied."""
        fixed = {one.name for one in self.described.columns if one.required or one.default is not None}
        return tuple(sorted({*(self.columns - fixed), *self.referring}))


ORGANISATION = Kind(s.organisations, ORGANISATIONS)
NEED = Kind(s.needs, NEEDS, frozenset({"visibility", "anonymous"}))
OFFER = Kind(s.offers, OFFERS)
DELIVERY = Kind(s.deliveries, DELIVERIES, referring=("named", "need", "partners"))
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (ORGANISATION, NEED, OFFER, DELIVERY)}
