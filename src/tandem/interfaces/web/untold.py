"""What an action takes where an agent told nothing, so that a member's yes is to all of it and not to half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.base.errors import Absent, Denied
from tandem.base.settings import settings_of
from tandem.domain.columns import Table
from tandem.domain.records import VISIBILITY
from tandem.domain.tables import DELIVERIES, NEEDS, OFFERS, ORGANISATIONS
from tandem.hub.actions import ACTIONS
from tandem.hub.people.answers import Confirmation
from tandem.interfaces.web.visit import Visit

# Actions that make a record: what stands in it where nothing is told.
_MAKES: Mapping[str, Table] = {"need.pose": NEEDS, "offer.add": OFFERS, "delivery.add": DELIVERIES,
                               "organisation.register": ORGANISATIONS}  # fmt: skip
_OPENS = {"need.publish": "need", "need.reopen": "need", "offer.reopen": "offer"}
AS_NEED = "as_need"  # of a delivery: who sees its need sees it, or fewer
_SEEN = ("visibility", "named", "anonymous")  # what decides who sees a record, and under whose name


async def taken(visit: Visit, one: Confirmation, read: Any) -> Mapping[str, Any]:
    """Setting, or field of the record that is opened -> what holds; without what was given or stays as it is."""
    action, held = one.action, dict[str, Any]()
    for setting in settings_of(ACTIONS[action].takes):
        if setting.default not in (None, ()):
            held[setting.name] = setting.default
    if action in _MAKES:
        held |= _made(visit, action)
    elif action in _OPENS:
        held |= _of(await _shown(visit, _OPENS[action], one.given.get("id")), *_SEEN)
    elif action == "membership.invite":
        held["organisation"] = visit.actor.org
    elif action in ("introduction.quote", "introduction.outcome"):
        held |= await _of_introduction(visit, one, read)
    return {
        name: value for name, value in held.items() if value not in (None, ()) and one.given.get(name) is None
    }


def _made(visit: Visit, action: str) -> dict[str, Any]:
    names = {setting.name for setting in settings_of(ACTIONS[action].takes)}
    table = {one.name: one.default for one in _MAKES[action].columns}
    told = {**table, "visibility": VISIBILITY, "anonymous": False, "organisation": visit.actor.org}
    return {name: value for name, value in told.items() if name in names}


async def _of_introduction(visit: Visit, one: Confirmation, read: Any) -> dict[str, Any]:
    """The currency of a price, and what the delivery is that an outcome becomes: both as the need has them."""
    found = await _shown(visit, "introduction", one.given.get("id"))
    if one.action == "introduction.quote":
        need = getattr(found, "brief", None) or await _shown(visit, "need", getattr(found, "need_id", None))
        return _of(need, "currency")
    return {} if read.delivery is not None else {**_of(found, "title"), "visibility": AS_NEED}


async def _shown(visit: Visit, family: str, id: Any) -> Any:
    """A record as the member sees it; None where it is not seen, or not there any more."""
    if not isinstance(id, str):
        return None
    try:
        return await visit.ask(f"{family}.show", {"id": id}, counted=False)
    except (Absent, Denied):
        return None


def _of(record: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name, None) for name in names}
