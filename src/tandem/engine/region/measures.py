"""Measures and recommendations as tracked items: promised beside delivered, budget beside spent, what is not owned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

STATUSES = ("planned", "under_way", "done", "stopped", "not_reported")
ENDED = ("done", "stopped")
TYPES = ("measure", "recommendation")
# What must stand beside an item before anyone can be asked about it.
ANSWERS = ("owner", "clause", "budget_line", "evidence")


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it stands.

    share    delivered / promised, both in `unit`; None where one is not there, and `why` says so by code:
             measure.not_promised, measure.not_delivered
    budget, spent  in minor units (fen); spent_share: spent / budget
    overdue  days past the due date as of the day asked for; None where it is not, or has no date
    absent   which of owner, clause, budget_line, evidence nothing stands for
    """

    item_id: str
    title_zh: str
    title_en: str
    type: str | None
    pillar: str | None
    owner: str | None
    status: str
    promised: float | None
    delivered: float | None
    unit: str | None
    share: float | None
    why: str | None
    budget: int | None
    spent: int | None
    spent_share: float | None
    due_on: date | None
    overdue: int | None
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one pillar or one owner (None: none is named) by status, with their money in minor units.

    with_budget  items that name a budget; budget and spent sum what is named, which need not be all
    """

    name: str | None
    items: int
    statuses: tuple[tuple[str, int], ...]
    overdue: int
    budget: int
    spent: int
    with_budget: int


@dataclass(frozen=True, slots=True)
class Progress:
    """All items: each, by pillar, by owner; how many lack an owner and the like; recommendations loaded of how many.

    expected  how many recommendations a figure says there are; None where none does
    targets   figures of kind target, and how many of them name an owner
    """

    items: tuple[Item, ...]
    pillars: tuple[Group, ...]
    owners: tuple[Group, ...]
    absent: tuple[tuple[str, int], ...]
    recommendations: int
    expected: int | None
    targets: int
    targets_owned: int

    @property
    def overdue(self) -> tuple[Item, ...]:
        """What is past its date and not ended, the longest first."""
        return tuple(sorted((one for one in self.items if one.overdue), key=lambda one: -(one.overdue or 0)))


def progress(
    measures: pl.DataFrame,
    figures: pl.DataFrame | None = None,
    as_of: date | None = None,
    expected: int | None = None,
) -> Progress:
    """Where every item stands.

    measures  the table of measures: budget and spent in minor units (fen), due_on a date
    figures   the parsed figures frame: its targets are counted, with and without an owner
    as_of     the day on which something is overdue; without it nothing is
    expected  how many recommendations there should be
    """
    items = tuple(_item(row, as_of) for row in measures.iter_rows(named=True))
    targets = pl.DataFrame({"owner": []}, schema={"owner": pl.String})
    if figures is not None:
        targets = figures.filter(pl.col("kind") == "target").select(pl.col("owner").cast(pl.String))
    owned = targets.filter(pl.col("owner").str.strip_chars().fill_null("") != "").height
    return Progress(
        items,
        _groups(items, "pillar"),
        _groups(items, "owner"),
        tuple((name, sum(name in one.absent for one in items)) for name in ANSWERS),
        sum(one.type == "recommendation" for one in items),
        expected,
        targets.height,
        owned,
    )


def published_recommendations(figures: pl.DataFrame) -> int | None:
    """How many recommendations a figure of the register says there are; None where none does."""
    counted = figures.filter(
        pl.col("thing") == "recommendation", pl.col("dimension") == "count", pl.col("form") == "point"
    )["lower"].max()
    return int(counted) if isinstance(counted, float) else None


def delivered_share(promised: float | None, delivered: float | None) -> tuple[float | None, str | None]:
    """Delivered / promised, or the code of why there is none.

    >>> delivered_share(200.0, 150.0), delivered_share(200.0, None), delivered_share(None, 3.0)
    ((0.75, None), (None, 'measure.not_delivered'), (None, 'measure.not_promised'))
    """
    if not promised:
        return None, "measure.not_promised"
    if delivered is None:
        return None, "measure.not_delivered"
    return delivered / promised, None


def _item(row: dict[str, object], as_of: date | None) -> Item:
    def text(name: str) -> str | None:
        value = row.get(name)
        return str(value).strip() or None if value is not None else None

    def whole(name: str) -> int | None:
        value = row.get(name)
        return value if isinstance(value, int) else None

    def number(name: str) -> float | None:
        value = row.get(name)
        return float(value) if isinstance(value, int | float) else None

    budget, spent, due = whole("budget"), whole("spent"), row.get("due_on")
    status = text("status") or "not_reported"
    promised, delivered = number("promised"), number("delivered")
    share, why = delivered_share(promised, delivered)
    late = (as_of - due).days if as_of is not None and isinstance(due, date) and status not in ENDED else 0
    title = text("title") or ""
    return Item(
        item_id=text("item_id") or "",
        title_zh=text("title_zh") or title,
        title_en=text("title_en") or title,
        type=text("type"),
        pillar=text("pillar"),
        owner=text("owner"),
        status=status,
        promised=promised,
        delivered=delivered,
        unit=text("unit"),
        share=share,
        why=why,
        budget=budget,
        spent=spent,
        spent_share=spent / budget if budget and spent is not None else None,
        due_on=due if isinstance(due, date) else None,
        overdue=late if late > 0 else None,
        absent=tuple(name for name in ANSWERS if text(name) is None),
    )


def _groups(items: Sequence[Item], by: str) -> tuple[Group, ...]:
    """In the order in which the items name them; those without a name last."""
    names = list(dict.fromkeys(getattr(one, by) for one in items))
    ordered = [name for name in names if name is not None] + [None] * (None in names)
    return tuple(_group(name, [one for one in items if getattr(one, by) == name]) for name in ordered)


def _group(name: str | None, own: Sequence[Item]) -> Group:
    return Group(
        name,
        len(own),
        tuple((status, sum(one.status == status for one in own)) for status in STATUSES),
        sum(one.overdue is not None for one in own),
        sum(one.budget or 0 for one in own),
        sum(one.spent or 0 for one in own),
        sum(one.budget is not None for one in own),
    )
