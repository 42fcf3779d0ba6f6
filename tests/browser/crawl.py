"""The pages that somebody comes to by links alone, one of each kind, read without a browser."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urlsplit

import httpx

from tandem.interfaces.web import site

MOST = 200  # kinds of pages for one role, more than there are
_VARIANTS = 5  # of one page by what its address asks for
_ID = re.compile(r"[a-z2-7]{26}")
_CARRIED = ("after", "back", "to", "done")  # names in addresses that make no other page


@dataclass(frozen=True, slots=True)
class Link:
    """A link and the page on which it was first met."""

    address: str
    met: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that was come to: its kind (`/needs/{id}`, `/needs?mine`), an address of it, its text and status."""

    kind: str
    address: str
    html: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Crawled:
    """What one person comes to: pages, links that lead nowhere, and the kinds of all links that were tried."""

    pages: Sequence[Seen]
    dead: Sequence[tuple[Link, int]]
    kinds: frozenset[str]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (to := dict(attrs).get("href")):
            self.found.append(to)


def links(html: str) -> list[str]:
    """The addresses of this hub that a page leads to, without what stands behind "#"."""
    read = _Links()
    read.feed(html)
    return [urldefrag(one)[0] for one in read.found if one.startswith("/") and urldefrag(one)[0]]


def places() -> frozenset[str]:
    """The paths of all pages that can be opened, "{id}" where a record is named."""
    return frozenset(path for method, path in site.views() if method == "GET")


def place(path: str) -> str:
    """The place of a path: `/needs/01AB` stands at `/needs/{id}`; what stands nowhere is its own place."""
    parts = ["{id}" if _ID.fullmatch(part) else part for part in path.split("/")]
    found = [one for one in places() if len(one.split("/")) == len(parts)
             and all(a in ("{id}", b) for a, b in zip(one.split("/"), parts, strict=True))]  # fmt: skip
    return min(found, key=lambda one: one.count("{id}"), default="/".join(parts))


def kind(address: str) -> str:
    """A page's place, and the names of what its address asks for."""
    split = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(split.query, keep_blank_values=True)} - set(_CARRIED))
    return place(split.path) + ("?" + "&".join(names) if names else "")


def crawl(address: str, cookies: Mapping[str, str], beside: Sequence[str] = ()) -> Crawled:
    """Follows links from the start page and from those named `beside`, breadth first, one of each kind."""
    pages, dead, kinds, variants = [], [], set(), Counter()
    with httpx.Client(
        base_url=address, cookies=dict(cookies), headers={"accept": "text/html"}, timeout=60
    ) as client:
        waiting = deque(Link(one, "") for one in ("/", *beside))
        while waiting and len(pages) < MOST:
            link = waiting.popleft()
            name = kind(link.address)
            if name in kinds or name == "/language" or variants[name.partition("?")[0]] >= _VARIANTS:
                continue
            kinds.add(name)
            variants[name.partition("?")[0]] += 1
            answer = client.get(link.address)
            if answer.status_code >= 400:
                dead.append((link, answer.status_code))
            if _page(answer):
                pages.append(Seen(name, link.address, answer.text, answer.status_code))
            if _page(answer) and answer.status_code < 400:
                waiting.extend(Link(one, link.address) for one in links(answer.text))
    return Crawled(pages, dead, frozenset(kinds))


def _page(answer: httpx.Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html") and not answer.is_redirect


def places_of(crawled: Iterable[Crawled]) -> set[str]:
    """All places that several people came to, files to download among them."""
    return {one.partition("?")[0] for each in crawled for one in each.kinds}
