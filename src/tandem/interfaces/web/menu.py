"""The menu: what each role finds where, in one list; a page is marked as the one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tandem.domain.people import AUDITORS, EVERYONE, MANAGERS, MEMBERS, OPERATORS, SIGNED_IN, Role

if TYPE_CHECKING:
    from tandem.interfaces.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu: its address, the code of its words, and whom it concerns."""

    path: str
    words: str
    roles: frozenset[Role]


# Groups in the order of a day's work; the words of a group stand under `web.menu.<group>`.
GROUPS: Sequence[tuple[str, Sequence[Entry]]] = (
    ("", (Entry("/", "web.menu.home", EVERYONE - AUDITORS), Entry("/", "web.menu.overview", AUDITORS))),
    (
        "market",
        (
            Entry("/needs", "web.menu.needs", EVERYONE),
            Entry("/search", "web.menu.search", EVERYONE),
            Entry("/organisations", "web.menu.organisations", EVERYONE),
            Entry("/offers", "web.menu.offers", EVERYONE),
            Entry("/fits", "web.fits", MEMBERS - OPERATORS),
        ),
    ),
    ("clearing", (Entry("/rounds", "web.menu.rounds", AUDITORS),)),
    (
        "bringing",
        (
            Entry("/worklist", "web.worklist", AUDITORS),
            Entry("/introductions", "web.introductions", MEMBERS | AUDITORS),
            Entry("/response", "web.response", MEMBERS | AUDITORS),
        ),
    ),
    (
        "files",
        (Entry("/import", "web.menu.import", MEMBERS), Entry("/export", "web.export", EVERYONE)),
    ),
    (
        "own",
        (
            Entry("/notices", "web.notices", SIGNED_IN),
            Entry("/confirmations", "web.confirmations", SIGNED_IN),
            Entry("/account", "web.account", SIGNED_IN),
        ),
    ),
    (
        "running",
        (
            Entry("/people", "web.people.all", OPERATORS),
            Entry("/people", "web.people", MANAGERS - OPERATORS),
            Entry("/journal", "web.journal", MEMBERS | AUDITORS),
            Entry("/webhooks", "web.webhooks", MANAGERS - OPERATORS),
            Entry("/settings", "web.settings", AUDITORS),
        ),
    ),
    ("region_group", (Entry("/region", "web.menu.region", EVERYONE),)),
    ("help_group", (Entry("/help", "web.menu.help", EVERYONE),)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as a visitor sees it: its words' code, and (address, words' code, whether it is open)."""

    group: str
    entries: tuple[tuple[str, str, bool], ...]


def shown(visit: Visit) -> tuple[Shown, ...]:
    """The menu for whoever visits."""
    role, path = visit.actor.role, visit.request.path
    groups = []
    for group, entries in GROUPS:
        own = tuple((one.path, one.words, _open(one.path, path)) for one in entries if role in one.roles)
        if own:
            groups.append(Shown(group, own))
    return tuple(groups)


def _open(entry: str, path: str) -> bool:
    return path == entry or (entry != "/" and path.startswith(f"{entry}/"))
