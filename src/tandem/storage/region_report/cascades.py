"""Cascades: whether the targets of the parts add up to the target of the whole, and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from tandem.storage.region_report.cites import Cites, named
from tandem.storage.region_report.numbers import Grain, amount, grain
from tandem.storage.region_report.view import RegionView
from tandem.storage.report.two import Two, html, phrase

if TYPE_CHECKING:
    from tandem.engine.region.cascade import Cascade

Row = tuple[Markup, ...]


def cascades(view: RegionView, cites: Cites) -> tuple[Row, ...]:
    """A row for each target that has parts."""
    return tuple(_cascade(one, cites) for one in view.cascades)


def _cascade(one: Cascade, cites: Cites) -> Row:
    name, row = cites.subject(one.target), cites.row(one.target)
    like = grain(row) if row is not None else Grain("none", None, 0.0, "")
    key, inputs = f"{one.target}-cascade", (one.target, *(figure for _, figure, _ in one.parts))
    total = cites.compute(key, amount(one.total, like), subject=name, how="cascade", inputs=inputs)
    parts = Markup(" · ").join(
        Markup("{} {}").format(named(cites.name("geographies", geo)), cites.figure(figure))
        for geo, figure, _ in one.parts
    )
    lacking = phrase("regionpage.none")
    if one.missing:
        lacking = _listed([cites.name("geographies", geo) for geo in one.missing])
    return (named(name), cites.figure(one.target), parts or html("—"), total,
            cites.again(key, amount(one.residual, like)), named(lacking))  # fmt: skip


def _listed(names: Sequence[Two]) -> Two:
    return Two("、".join(name.zh for name in names), ", ".join(name.en for name in names))
