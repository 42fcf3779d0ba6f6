"""Notices: what concerns somebody, each as a sentence that leads to its record, until it is marked as read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tandem.base.words import has, of_setting, say
from tandem.hub.actions import ACTIONS
from tandem.hub.introductions.answers import Notice
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import hub_names, write
from tandem.interfaces.web.visit import Views, Visit

_LIST = "/notices"
# Where a notice leads, by its code or by the family of its code; `{}` is the record that it is about.
_LEADS: Mapping[str, str] = {
    "introduction": "/introductions/{}",
    "introduction.unfilled": "/needs/{}",
    "need": "/needs/{}",
    "organisation": "/organisations/{}",
    "search": "/searches",
    "confirmation": "/confirmations",
    "account": "/account",
    "membership": "/",
}
_BARE: Mapping[str, str] = {"introduction": "/introductions?state=proposed"}  # about no single record


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is read: its sentence, where it leads, and itself."""

    sentence: str
    path: str
    one: Notice


async def shown(visit: Visit, **asked: Any) -> tuple[tuple[Line, ...], str | None]:
    """One's notices in words, and what asks for the part after them."""
    found = await visit.ask("notice.list", asked)
    named = (dict(one.params).get("organisation") for one in found.items)
    names = await hub_names.organisations(visit, (one for one in named if isinstance(one, str)))
    return tuple(Line(_sentence(visit, one, names), _path(one), one) for one in found.items), found.next


async def listed(visit: Visit) -> Response:
    """All notices, the newest first; the unread ones alone where that is wanted."""
    unread = visit.query.get("unread") == "on"
    asked = visit.asked("after")
    lines, after = await shown(visit, unread=unread, **asked)
    fresh = [line.one.id for line in lines if line.one.read_at is None]
    return visit.show(
        "home/notices.html",
        lines=lines,
        next=after,
        unread=unread,
        fresh=fresh,
        now=visit.application.hub.clock(),
    )


async def read(visit: Visit) -> Response:
    """Marks as read the notices that a page showed."""
    if ids := list(dict.fromkeys(value for name, value in visit.posted.pairs if name == "id")):
        await visit.ask("notice.read", {"ids": ids})
    return visit.to(_LIST, "notices.read")


def _path(one: Notice) -> str:
    family = one.code.partition(".")[0]
    if one.about is None:
        return _BARE.get(family, "")
    return _LEADS.get(one.code, _LEADS.get(family, "")).format(one.about)


def _sentence(visit: Visit, one: Notice, names: Mapping[str, str]) -> str:
    """A notice in words; codes among its figures by their names, an organisation by its own."""
    params = dict(one.params)
    if "organisation" in params:
        params["organisation"] = names.get(str(params["organisation"]), params["organisation"])
    if "role" in params:
        params["role"] = write.choice("role", params["role"], visit.lang)
    if "due_on" in params:
        params["due_on"] = write.day(params["due_on"], visit.lang)
    if "action" in params:
        params["action"] = asked_for(str(params["action"]), visit)
    mapping: Mapping[str, Any] = {"code": one.code, "params": params}
    return write.coded(mapping, visit.lang, "notice.")


def asked_for(action: str, visit: Visit) -> str:
    """What an action does, as a clause without its full stop."""
    code = f"action.{action}"
    return say(code, visit.lang).rstrip(".。") if has(code) else action


def setting_label(action: str, name: str, visit: Visit) -> str:
    """What a setting of an action is called: by its field, else by its own words without the full stop."""
    code = f"field.{name}" if has(f"field.{name}") else of_setting(action, name)
    text = say(code, visit.lang) if has(code) and action in ACTIONS else name
    return text[:1].upper() + text[1:].rstrip(".。")


VIEWS: Views = {
    ("GET", _LIST): listed,
    ("POST", f"{_LIST}/read"): read,
}
