"""Names behind ids, as far as whoever visits may read them; the cities of the hub's region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tandem.base.errors import Invalid
from tandem.domain import map_cells
from tandem.hub.overview import cells
from tandem.hub.records.inputs import MOST_NAMED
from tandem.interfaces.web import write
from tandem.interfaces.web.visit import Visit


async def organisations(
    visit: Visit, ids: Iterable[str | None], *, counted: bool = False
) -> Mapping[str, str]:
    """The names of organisations by id, without those that the visitor does not see."""
    found = await records(visit, ids, "organisations", counted=counted)
    return {id_: called for (_, id_), called in found.items()}


async def records(
    visit: Visit, ids: Iterable[str | None], what: str | None = None, *, counted: bool = False
) -> dict[tuple[str, str], str]:
    """What records are called, by kind and id, without those that the visitor does not see; `what` is one kind.

    counted  where whoever visits says how many: then it counts as the asking that it is
    """
    wanted = sorted({one for one in ids if one})
    names: dict[tuple[str, str], str] = {}
    for begin in range(0, len(wanted), MOST_NAMED):
        given = {"ids": wanted[begin : begin + MOST_NAMED], "what": what}
        found = await visit.ask("records.names", given, counted=counted)
        names.update({(one.what, one.id): one.name for one in found.items})
    return names


def cities(visit: Visit) -> list[str]:
    """The cities of the hub's map, which a field proposes while somebody types; it takes all others too."""
    try:
        found = cells.of(visit.application.hub)
    except Invalid:  # the overview says what is wrong with the operator's own map
        found = map_cells.cells()
    return [write.city(code, visit.lang) for code in sorted(found)]
