"""What agents wish to do in a member's name: in plain words, with every value that they gave, for a yes or a no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from tandem.base.errors import Absent, Denied, Invalid
from tandem.base.settings import Setting, Upload, parse, settings_of
from tandem.base.words import has, say
from tandem.domain.moves import CONFIRMATION
from tandem.hub.actions import ACTIONS
from tandem.hub.people.answers import Confirmation
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import hub_names, notices, untold, write
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import Views, Visit

_LIST = "/confirmations"
_FIRST = ("id", "title", "name")  # settings by which a wish is known, before all others
# Settings that name a record, with its kind; `id` is of the action's own family.
_RECORDS = {"need": "needs", "organisation": "organisations", "offer": "offers", "delivery": "deliveries"}
_PAGES = {
    "need": "/needs/",
    "organisation": "/organisations/",
    "offer": "/offers/",
    "introduction": "/introductions/",
}


_ORGANISATIONS = "organisations"
_SEVERAL = ("named", "partners")  # settings that name organisations
Called: TypeAlias = dict[tuple[str, str], str]  # what records are called, by kind and id
# Fields of a record that a wish opens, beside the settings of its action.
_OTHERS = {"visibility": Setting("visibility", "choice", False), "named": Setting("named", "texts", False),
           "anonymous": Setting("anonymous", "flag", False)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Held:
    """What values are written with: the currency of amounts, and what records are called."""

    currency: str | None
    called: Called


@dataclass(frozen=True, slots=True)
class Value:
    """One value that an agent gave: what it is called, how it reads, whether it is somebody's own text, its page."""

    label: str
    text: str
    written: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish as its member reads it; `form` holds what became of a word that could not be taken."""

    one: Confirmation
    what: str
    agent: str
    values: tuple[Value, ...]
    form: Form


async def listed(visit: Visit, refused: Form | None = None) -> Response:
    """The wishes that wait, or those in another state."""
    state = visit.query.get("state", "waiting")
    asked = visit.asked("after")
    found = await visit.ask("confirmation.list", {**asked, "state": state} if state != "all" else asked)
    wishes = await worded(visit, found.items, refused)
    status = visit.status(refused.error if refused else None)
    return visit.show(
        "confirmations/list.html", status, wishes=wishes, next=found.next, state=state, states=(*CONFIRMATION, "all"),
        now=visit.application.hub.clock(), lost=_lost(visit, wishes, refused),
    )  # fmt: skip


async def worded(
    visit: Visit, items: tuple[Confirmation, ...], refused: Form | None = None
) -> tuple[Wish, ...]:
    """Wishes with their values in words."""
    labels = await _agents(visit) if items else {}
    named = [id_ for one in items for id_ in _named(one)]
    called = await hub_names.records(visit, [visit.actor.org, *named] if items else ())
    found = []
    for one in items:
        form = (
            refused if refused is not None and one.id == visit.id else Form("confirmation.accept", visit.lang)
        )
        form.version = one.version
        found.append(Wish(one, notices.asked_for(one.action, visit), labels.get(one.token or "", ""),
                          await _values(visit, one, called), form))  # fmt: skip
    return tuple(found)


async def decide(visit: Visit, word: str) -> Response:
    """The member's word: done at once, or refused for good."""
    form = visit.form(f"confirmation.{word}")
    if await visit.send(form, id=visit.id) is not None:
        return visit.to(_LIST, f"confirmation.{word}")
    return await listed(visit, form)


def _lost(visit: Visit, wishes: tuple[Wish, ...], refused: Form | None) -> str:
    """What went wrong with a wish that is not among those shown."""
    shown = refused is not None and any(wish.one.id == visit.id for wish in wishes)
    return "" if refused is None or shown else refused.sentence()


async def _agents(visit: Visit) -> dict[str, str]:
    """The labels of one's tokens, by id."""
    found = await visit.ask("token.list", {"limit": 200}, counted=False)
    return {one.id: one.label or "" for one in found.items}


def _named(one: Confirmation) -> list[str]:
    """The ids that may be those of records, of what was given."""
    several = (one.given.get(name) or () for name in _SEVERAL)
    return [value for name in ("id", *_RECORDS) if isinstance(value := one.given.get(name), str)] + [
        str(id_) for ids in several for id_ in ([ids] if isinstance(ids, str) else ids)
    ]


async def _values(visit: Visit, one: Confirmation, called: Called) -> tuple[Value, ...]:
    """All that a yes would be to, as its reader writes such values: what was given, and what holds where it was not."""
    action = ACTIONS.get(one.action)
    if action is None:
        return tuple(Value(name, str(value)) for name, value in one.given.items())
    given = {name: _upload(value) for name, value in one.given.items()}
    try:
        read: Any = parse(action.takes, given)
    except Invalid:  # given to an earlier edition of the action: as it was given
        return tuple(
            Value(notices.setting_label(one.action, name, visit), str(value)) for name, value in given.items()
        )
    taken = await untold.taken(visit, one, read)
    known = {setting.name: setting for setting in settings_of(action.takes)}
    values = {**{name: getattr(read, name) for name in known if given.get(name) is not None}, **taken}
    ordered = sorted(values, key=lambda name: (name not in _FIRST, [*known, *taken].index(name)))
    held = _Held(values.get("currency"), called | await _called_too(visit, taken, called))
    found = [
        await _value(visit, one, known.get(name) or _OTHERS[name], values[name], held) for name in ordered
    ]
    return (*found, *await _quoted(visit, one))


async def _called_too(visit: Visit, taken: Mapping[str, Any], called: Called) -> Called:
    """The names of organisations that a record is open to which a wish would open to more."""
    more = [id_ for id_ in taken.get("named", ()) if (_ORGANISATIONS, id_) not in called]
    return await hub_names.records(visit, more, _ORGANISATIONS)


async def _quoted(visit: Visit, one: Confirmation) -> tuple[Value, ...]:
    """The price that a wish to agree is about, though the agent need not name it."""
    if one.action != "introduction.agree":
        return ()
    try:
        found = await visit.ask("introduction.show", {"id": str(one.given["id"])}, counted=False)
    except (Absent, Denied):
        return ()
    label = notices.setting_label(one.action, "quote", visit)
    return (
        (Value(label, write.money(found.quote, found.currency, visit.lang)),)
        if found.quote is not None
        else ()
    )


async def _value(visit: Visit, one: Confirmation, setting: Setting, value: Any, held: _Held) -> Value:
    label = notices.setting_label(one.action, setting.name, visit)
    if setting.type == "id":
        own = one.action.partition(".")[0] if setting.name == "id" else ""
        family = setting.name if setting.name in _RECORDS else own
        return await _record(visit, label, family, str(value), held.called)
    if setting.name in _SEVERAL:
        names = [held.called.get((_ORGANISATIONS, id_), id_) for id_ in value]
        return Value(label, write.listed(names, visit.lang), written=True)
    if setting.name == "cities_served":
        return Value(label, write.listed([write.city(city, visit.lang) for city in value], visit.lang))
    if setting.name == "clear":
        names = [notices.setting_label(one.action, name, visit) for name in value]
        return Value(label, write.listed(names, visit.lang))
    if setting.type in ("text", "long_text", "texts") and setting.name not in _CODED:
        text = "\n".join(value) if isinstance(value, tuple) else str(value)
        return Value(label, text, written=True)
    return Value(label, _shown(visit, setting, value, held.currency))


_CODED: Mapping[str, Any] = {"city": write.city, "service_code": write.service}


def _shown(visit: Visit, setting: Setting, value: Any, currency: str | None) -> str:
    lang = visit.lang
    if value == untold.AS_NEED:
        return say("web.confirmations.as_need", lang)
    if setting.name in _CODED:
        return str(_CODED[setting.name](value, lang))
    if setting.type == "money":
        return write.money(value, currency, lang)
    if setting.type == "date":
        return write.day(value.isoformat(), lang)
    if setting.type == "flag":
        return say("web.yes" if value else "web.no", lang)
    ways: Mapping[str, Callable[[], str]] = {
        "choice": lambda: write.choice("state" if setting.name == "answer" else setting.name, value, lang),
        "upload": lambda: str(value.name),
        "share": lambda: write.share(value, lang),
    }
    return ways.get(setting.type, lambda: write.number(value, lang))()


async def _record(visit: Visit, label: str, family: str, id: str, called: Called) -> Value:
    """A record by its title or name; by its id where the member cannot see it."""
    title = called.get((_RECORDS.get(family, ""), id))
    if title is None and family not in _RECORDS and f"{family}.show" in ACTIONS:
        title = await _title(visit, family, id)
    if title is None:
        return Value(label, id)
    words = f"web.confirmations.about.{family}"
    label = say(words, visit.lang) if has(words) else label
    return Value(label, title, written=True, path=f"{_PAGES[family]}{id}" if family in _PAGES else "")


async def _title(visit: Visit, family: str, id: str) -> str | None:
    """What something is called that is none of the records; None where the member cannot see it."""
    try:
        found = await visit.ask(f"{family}.show", {"id": id}, counted=False)
    except (Absent, Denied):
        return None
    return getattr(found, "title", None) or getattr(found, "name", None) or id


def _upload(value: Any) -> Any:
    """A file that was given, by its name alone."""
    return Upload(str(value.get("name", "")), b"") if isinstance(value, Mapping) else value


VIEWS: Views = {
    ("GET", _LIST): listed,
    ("POST", f"{_LIST}/{{id}}/accept"): partial(decide, word="accept"),
    ("POST", f"{_LIST}/{{id}}/refuse"): partial(decide, word="refuse"),
}
