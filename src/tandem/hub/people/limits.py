"""How much one may ask in a while: token buckets for each asker and class of action, in whole numbers.

Interfaces call `admit` before they start an action. Signing in is counted by address however the asker is known, and
wrong passwords by login and address besides (sessions.py): whoever guesses locks out nobody but the own network. What
many networks try on one login is counted too, and has nobody refused: beyond what its owner would ever mistype, every
try has to wait (`pause`), the owner's as well, and is then made.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

from tandem.base.errors import Invalid, Limited
from tandem.domain.people import Actor, login_of
from tandem.hub.action import Action
from tandem.hub.installation import Hub
from tandem.hub.people.configured import FILE, Configured

PAUSE = 3  # seconds that a try to sign in waits where a login is under attack
KEPT = 100_000  # buckets of each kind; beyond, whoever has been quiet for longest begins anew
_UNIT = 60  # parts of a bucket make one request, so that a rate per minute adds whole parts each second


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once, and so many per minute in the long run; 0 per minute: no limit."""

    burst: int
    per_minute: int


RATES = {
    "sign_in": Rate(10, 6),  # by address
    "login": Rate(10, 2),  # wrong passwords, by login and address
    "guesses": Rate(100, 20),  # wrong passwords, by login from everywhere; beyond, tries wait
    "heavy": Rate(10, 12),
    "search": Rate(60, 600),  # as fast as somebody types
    "write": Rate(300, 1_200),
    "read": Rate(600, 6_000),
}
SEARCHING = frozenset(("search.find", "search.suggest", "need.similar", "need.read"))
# Heavy only for whoever asks first: what the register says is kept for all that come after.
KEPT_READY = frozenset(f"register.{view}" for view in (
    "show", "targets", "target", "clusters", "chains", "doubts", "figures", "figure", "measures"))  # fmt: skip
SIGNING_IN = frozenset(("session.open", "account.register", "account.renew", "setup.begin"))


class Limits:
    """The buckets of one hub; only for as long as the process lives."""

    def __init__(self, hub: Hub) -> None:
        self._clock = hub.clock
        self._rates = {kind: _rate(hub, kind, usual) for kind, usual in RATES.items()}
        self._buckets: dict[str, OrderedDict[str, tuple[int, int]]] = {kind: OrderedDict() for kind in RATES}
        self._lock = Lock()

    def take(self, kind: str, who: str) -> None:
        """Counts one request. Raises Limited limit.reached with the seconds until there is room again."""
        rate, now = self._rates[kind], self._clock()
        if not rate.per_minute:
            return
        with self._lock:
            buckets, full = self._buckets[kind], rate.burst * _UNIT
            held, since = buckets.get(who, (full, now))
            held = min(full, held + max(0, now - since) * rate.per_minute)
            if enough := held >= _UNIT:
                held -= _UNIT
            buckets[who] = (held, now)
            buckets.move_to_end(who)
            if len(buckets) > KEPT:
                buckets.popitem(last=False)
        if not enough:
            raise Limited("limit.reached", seconds=-(-(_UNIT - held) // rate.per_minute))

    def give_back(self, kind: str, who: str) -> None:
        """The request that was counted last shall not count after all."""
        with self._lock:
            if (bucket := self._buckets[kind].get(who)) is not None:
                self._buckets[kind][who] = (
                    min(self._rates[kind].burst * _UNIT, bucket[0] + _UNIT),
                    bucket[1],
                )

    def note(self, kind: str, who: str) -> None:
        """Counts something that nobody is refused for."""
        with suppress(Limited):
            self.take(kind, who)

    def rates(self) -> Mapping[str, Rate]:
        """What holds, by kind."""
        return self._rates

    def spent(self, kind: str, who: str) -> bool:
        """Whether there is no room just now; nothing is counted."""
        rate = self._rates[kind]
        with self._lock:
            held, since = self._buckets[kind].get(who, (rate.burst * _UNIT, 0))
        return bool(rate.per_minute) and held + max(0, self._clock() - since) * rate.per_minute < _UNIT

    def close(self) -> None:
        """Nothing to end."""


def admit(hub: Hub, action: Action, actor: Actor, address: str | None) -> None:
    """Counts a request that came from an address. Whoever is at the hub's own machine is not limited.

    Raises Limited limit.reached
    """
    if actor.operates and actor.account is None:
        return
    if action.name in SIGNING_IN:
        hub.part(Limits).take("sign_in", network(address))
        return
    who = actor.account or network(address)
    if action.heavy:
        hub.part(Limits).take("search" if action.name in SEARCHING | KEPT_READY else "heavy", who)
    hub.part(Limits).take("read" if action.does == "reads" else "write", who)


def pause(hub: Hub, action: Action, given: Mapping[str, Any]) -> int:
    """Seconds that an interface has to wait before it starts an action: some where it tries a login under attack."""
    if action.name != "session.open":
        return 0
    return PAUSE if hub.part(Limits).spent("guesses", login(given.get("login"))) else 0


def login(told: object) -> str:
    """A login as it is counted; empty for what cannot be one, which is answered like a wrong password."""
    try:
        return login_of(str(told))
    except Invalid:
        return ""


def network(address: str | None) -> str:
    """An address as it is counted: of IPv6 the network, because one customer has 2^64 of them."""
    if address is None or ":" not in address:
        return address or ""
    try:
        six = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(six.ipv4_mapped or ipaddress.IPv6Network((six, 64), strict=False))


def _rate(hub: Hub, kind: str, usual: Rate) -> Rate:
    told = hub.part(Configured).section("limits").get(kind)
    if told is None:
        return usual
    if (
        not isinstance(told, list)
        or len(told) != 2
        or not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 10**9 for n in told)
        or not told[0]
    ):
        raise Invalid("hub.limits", file=FILE, kind=kind)
    return Rate(*told)
