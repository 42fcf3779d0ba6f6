"""Where each action stands in HTTP: one convention for all, and what differs from it.

list                             GET   /api/needs
show                             GET   /api/needs/{id}
pose, add, register, create ...  POST  /api/needs
edit                             PATCH /api/needs/{id}
any other that reads             GET   /api/needs/{id}/verb, or /api/needs/verb where no record is named
any other that writes            POST  the same
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tandem.base.settings import Setting, settings_of
from tandem.hub.action import Action
from tandem.hub.actions import ACTIONS

ROOT = "/api"
CREATING = frozenset(("pose", "add", "register", "create", "open", "make"))
# Families whose plural is not made by the rules of `plural`.
PLURALS: Mapping[str, str] = {
    "records": "records",
    "setup": "setup",
    "journal": "journal",
    "finding": "finding",
    "register": "register",
}
# What no address has room for: whoever gives it sends a body, also to read.
_IN_BODIES = frozenset(("upload", "long_text"))
# Actions that stand elsewhere than the convention says: name -> (method, path).
PLACES: Mapping[str, tuple[str, str]] = {
    "account.show": ("GET", f"{ROOT}/account"),  # one's own, so that no id is told
    "account.edit": ("PATCH", f"{ROOT}/account"),
    "account.unsubscribe": ("POST", f"{ROOT}/account/unsubscribe"),
    "hub.health": ("GET", f"{ROOT}/health"),
    "register.show": ("GET", f"{ROOT}/register"),
    "register.target": ("GET", f"{ROOT}/register/targets/{{id}}"),
    "register.figure": ("GET", f"{ROOT}/register/figures/{{id}}"),
    "search.find": ("GET", f"{ROOT}/search"),
    "search.suggest": ("GET", f"{ROOT}/search/suggestions"),
    "search.rebuild": ("POST", f"{ROOT}/search/rebuild"),
    "search.save": ("POST", f"{ROOT}/searches"),
    "search.saved": ("GET", f"{ROOT}/searches"),
}
# The answers that hold a new session's secret, which browsers keep as a cookie; and the actions that end a session.
OPENS_SESSION = frozenset(("session.open",))
ENDS_SESSION = frozenset(("session.close",))


@dataclass(frozen=True, slots=True)
class Route:
    """One action at its place.

    path      as OpenAPI writes it: "/api/needs/{id}"
    settings  by name; `upload` where one of them is a file, so that the body is a form
    creates   whether what it does makes a record
    shows     where what it made is found then, as a template; None where it has no address
    guarded   whether a change has to name the version that was seen (If-Match)
    """

    action: Action
    method: str
    path: str
    settings: Mapping[str, Setting]
    upload: bool
    creates: bool
    shows: str | None
    guarded: bool

    @property
    def named(self) -> bool:
        """Whether the path names a record."""
        return "{id}" in self.path


def plural(family: str) -> str:
    """A family of actions as the first part of its paths.

    >>> plural("need"), plural("delivery"), plural("search")
    ('needs', 'deliveries', 'searches')
    """
    if family in PLURALS:
        return PLURALS[family]
    if family.endswith("y"):
        return family[:-1] + "ies"
    return family + ("es" if family.endswith(("s", "x", "ch", "sh")) else "s")


def routes(actions: Iterable[Action] = tuple(ACTIONS.values())) -> tuple[Route, ...]:
    """Every action on the hub's records at its place. Raises ValueError where two have the same."""
    made = tuple(_route(action) for action in actions if action.does != "files")
    places = [(route.method, route.path) for route in made]
    if twice := {place for place in places if places.count(place) > 1}:
        raise ValueError(f"several actions at {sorted(twice)}")
    return made


def _by_convention(action: Action) -> tuple[str, str]:
    """The method and path of an action by the convention."""
    family, _, verb = action.name.partition(".")
    settings = settings_of(action.takes)
    reads = action.does == "reads" and not any(one.type in _IN_BODIES for one in settings)
    if not verb:
        return "GET" if reads else "POST", f"{ROOT}/{family}"
    base = f"{ROOT}/{plural(family)}"
    record = "/{id}" if any(one.name == "id" for one in settings) else ""
    if verb == "list" and reads:
        return "GET", base + record
    if verb == "show" and reads and record:
        return "GET", base + record
    if verb == "edit" and not reads:
        return "PATCH", base + record
    if verb in CREATING and not record and action.does == "writes":
        return "POST", base
    return "GET" if reads else "POST", f"{base}{record}/{verb.replace('_', '-')}"


def place(action: Action) -> tuple[str, str]:
    """The method and path of an action."""
    return PLACES.get(action.name) or _by_convention(action)


def _route(action: Action) -> Route:
    method, path = place(action)
    settings = {one.name: one for one in settings_of(action.takes)}
    return Route(
        action=action,
        method=method,
        path=path,
        settings=settings,
        upload=any(one.type == "upload" for one in settings.values()),
        creates=action.does == "writes" and method == "POST" and path == f"{ROOT}/{plural(action.family)}",
        shows=_shown(action.family),
        guarded=method == "PATCH" and any(_versioned(kind) for kind in action.gives),
    )


def _shown(family: str) -> str | None:
    show = ACTIONS.get(f"{family}.show")
    path = "" if show is None else place(show)[1]
    return path if "{id}" in path else None


def _versioned(kind: type) -> bool:
    return any(one.name == "version" for one in dataclasses.fields(kind))
