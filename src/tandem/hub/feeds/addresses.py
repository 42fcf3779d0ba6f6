"""Where a message may be sent: to nothing that is inside, however it is written and whatever a name resolves to.

Whoever adds a webhook chooses where this machine connects to. Without care that reaches what only this machine may
reach: its own services, the operator's network, the keeper of its cloud's secrets.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from tandem.base.errors import Invalid

PORTS: Mapping[str, tuple[int, ...]] = {"https": (443, 8443)}
USUAL = {"https": 443, "http": 80}
SECONDS = 5.0  # for a name to be resolved
_LONGEST = 500
_SPELLED = re.compile(
    r"(https?)://([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::([1-9][0-9]{0,4}))?(/[!-~]*)?", re.ASCII
)
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_INSIDE = (".localhost", ".localdomain", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".private",
           ".arpa", ".test", ".invalid", ".onion")  # fmt: skip
# What ipaddress calls global and is not for us: relays, what clouds answer inside themselves, protocol assignments.
_REFUSED = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "100.64.0.0/10",
        "0.0.0.0/8",
        "240.0.0.0/4",
    )
)
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48")
)
_ISATAP = (0x00005EFE, 0x02005EFE)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """A place for messages, as it was spelled: `host` without brackets, `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """As the operator writes it in settings.toml."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == USUAL[self.scheme] else f":{self.port}")


def read(text: str, allowed: frozenset[str] = frozenset()) -> Target:
    """The target that an address means; one spelling only, so that nobody else reads it otherwise.

    allowed  origins that the operator lets be reached wherever they are: "http://erp.example:8080"
    Raises   Invalid webhook.address, webhook.scheme, webhook.port, webhook.inside
    """
    found = _SPELLED.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or not _consistent(text):
        raise Invalid("webhook.address")
    scheme, host, port, path = found.groups()
    target = Target(scheme, host.strip("[]"), int(port or USUAL[scheme]), path or "/")
    if target.origin in allowed:
        return target
    if scheme != "https":
        raise Invalid("webhook.scheme")
    if target.port not in PORTS[scheme]:
        raise Invalid("webhook.port", ports=list(PORTS[scheme]))
    _check_host(target.host)
    return target


def reachable(target: Target, allowed: frozenset[str], resolve: Resolve) -> Sequence[str]:
    """The addresses that may be connected to. Raises Invalid webhook.unresolved, webhook.inside where one may not."""
    addresses = resolve(target.host, target.port)
    if not addresses:
        raise Invalid("webhook.unresolved")
    if target.origin not in allowed and not all(outside(one) for one in addresses):
        raise Invalid("webhook.inside")
    return addresses


def outside(text: str) -> bool:
    """Whether an IP address is on the open net, also where it carries another one inside.

    >>> [outside(one) for one in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "2606:4700::1111", "64:ff9b::a00:1")]
    [True, False, False, True, False]
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return _global(address) and "%" not in text


def _global(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        return _global_six(address)
    if any(address in net for net in _REFUSED):
        return False
    return address.is_global and not (address.is_multicast or address.is_private or address.is_reserved)


def _global_six(address: ipaddress.IPv6Address) -> bool:
    """Unwraps what translates to IPv4; of the rest only global unicast."""
    number = int(address)
    if address.ipv4_mapped is not None:
        return _global(address.ipv4_mapped)
    if address in _NAT64:
        return _global(ipaddress.IPv4Address(number & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return _global(address.sixtofour)
    if number >> 32 & 0xFFFFFFFF in _ISATAP:
        return False
    if address not in _UNICAST or any(address in net for net in _SPECIAL_V6):
        return False
    return address.is_global and not (address.is_multicast or address.is_private or address.is_reserved)


def _consistent(text: str) -> bool:
    """Whether the standard library reads the same host as we do."""
    try:
        parts = urlsplit(text)
        found = _SPELLED.fullmatch(text)
        spelled = found.group(2).strip("[]") if found else None
        return (
            parts.hostname == spelled and parts.username is None and not parts.fragment and "\\" not in text
        )
    except ValueError:
        return False


def _check_host(host: str) -> None:
    """Raises Invalid webhook.inside, webhook.address."""
    if ":" in host or re.fullmatch(r"[0-9.]+", host):
        if not outside(host):
            raise Invalid("webhook.inside")
        return
    labels = host.split(".")
    if (
        not all(_LABEL.fullmatch(label) for label in labels)
        or labels[-1].isdigit()
        or labels[-1].startswith("0x")
    ):
        raise Invalid("webhook.address")
    if len(labels) < 2 or f".{host}".endswith(_INSIDE):
        raise Invalid("webhook.inside")


def resolved(host: str, port: int) -> Sequence[str]:
    """Every address of a name, or none where it has none or nobody answers in time."""
    pool = ThreadPoolExecutor(1, "resolver")
    try:
        asked = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(one[4][0]) for one in asked.result(SECONDS)))
    except (OSError, TimeoutError, UnicodeError):
        return ()
    finally:
        pool.shutdown(wait=False)
