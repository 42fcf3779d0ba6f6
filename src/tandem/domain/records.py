"""Records of a hub: who may see them, in how much detail, and the columns that a hub adds to the exchange tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tandem.domain.columns import Column, Table
from tandem.domain.moves import DELIVERY, NEED, OFFER, ORGANISATION
from tandem.domain.tables import DELIVERIES, NEEDS, OFFERS, ORGANISATIONS, TRUTH

SEARCHED = ("needs", "offers", "organisations")  # the tables that can be searched
VISIBILITIES = ("public", "members", "named", "confidential")
VISIBILITY = "members"  # of a new record that does not say who sees it
OPEN = VISIBILITIES[:2]  # what every member reads
# States in which a record is its owner's alone.
CLOSED: Mapping[str, tuple[str, ...]] = {
    "needs": ("draft", "withdrawn"),
    "offers": ("withdrawn",),
    "organisations": ("refused",),
    "deliveries": ("withdrawn",),
}
# What an organisation does to be found and trusted: its facts, its number, an offer, a delivery, all seen and checked.
FINDABLE = ("facts", "number", "offer", "delivery", "seen", "verified")
_BANDS = (100_000, 1_000_000, 10_000_000)  # major units
_SEVERAL = 5  # more at once than this is one band


def budget_band(low: int | None, high: int | None) -> str | None:
    """The band, in major units, of the budget that others see: no amount of a poser leaves the hub.

    low, high  minor units, either may be missing

    >>> budget_band(None, 25_000_000), budget_band(5_000_000_00, None), budget_band(None, None)
    ('100000-1000000', '1000000-10000000', None)
    """
    told = high if high is not None else low
    if told is None:
        return None
    below = [band for band in _BANDS if told < band * 100]
    if len(below) == len(_BANDS):
        return f"<{_BANDS[0]}"
    above = _BANDS[len(_BANDS) - len(below) - 1]
    return f"{above}-{below[0]}" if below else f">={above}"


def capacity_band(capacity: int | None) -> str | None:
    """How much a provider says it can take on, as others see it.

    >>> [capacity_band(n) for n in (None, 0, 1, 4, 70)]
    [None, '0', '1', '2-5', '>5']
    """
    if capacity is None or capacity < 2:
        return None if capacity is None else str(capacity)
    return f"2-{_SEVERAL}" if capacity <= _SEVERAL else f">{_SEVERAL}"


def _kept(table: Table, states: Mapping[str, object], *own: Column) -> Table:
    """An exchange table with what a hub knows of a record beside."""
    shared = (
        Column("state", "choice", "状态", choices=tuple(states)),
        Column("visibility", "choice", "可见范围", choices=VISIBILITIES),
        Column("named", "references", "指定可见机构", ("named organisations",)),
    )
    return replace(table, columns=(*table.columns, *shared, *own))


# What a hub exports, and understands when it is imported; any other table of the formats may be imported as it is.
RECORD_TABLES = (
    _kept(ORGANISATIONS, ORGANISATION, Column("check_note", "text", "核验说明")),
    _kept(NEEDS, NEED, Column("anonymous", "flag", "匿名")),
    _kept(OFFERS, OFFER),
    _kept(DELIVERIES, DELIVERY),
    TRUTH,
)
