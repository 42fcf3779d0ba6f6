"""Names behind ids, as far as whoever visits may read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tandem.hub.records.inputs import MOST_NAMED
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
