"""Which route a request means: found by its path's parts, whatever the number of routes."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.base.errors import Absent, Invalid
from tandem.interfaces.http.layout import Route
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import Response

Page = Callable[[Request], Coroutine[Any, Any, Response]]
_FIRST = 2  # the part of "/needs/{id}" from which on one may name a record: "", "needs", "{id}"
_LAST = 5  # parts that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a path: its template, what answers each method, and the record that the path names."""

    template: str
    methods: Mapping[str, Route | Page]
    id: str | None


class Table:
    """All places of a server: actions, and pages that are none."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._places: dict[tuple[str, ...], dict[str, Route | Page]] = {}
        for one in routes:
            self._places.setdefault(tuple(one.path.split("/")), {})[one.method] = one

    def add(self, pages: Mapping[tuple[str, str], Page]) -> None:
        """Further places, by method and path."""
        for (method, path), page in pages.items():
            self._places.setdefault(tuple(path.split("/")), {})[method] = page

    def found(self, path: str) -> Found:
        """What stands there; a word of ours goes before an id. Raises Absent http.nowhere."""
        parts = tuple(path.split("/"))
        if (methods := self._places.get(parts)) is not None:
            return Found(path, methods, None)
        for place in range(_FIRST, min(len(parts), _LAST)):
            named = (*parts[:place], "{id}", *parts[place + 1 :])
            if parts[place] and (methods := self._places.get(named)) is not None:
                return Found("/".join(named), methods, parts[place])
        raise Absent("http.nowhere")


def chosen(found: Found, method: str) -> Route | Page | None:
    """What answers the method there; None for OPTIONS. Raises Invalid http.method, naming those that are allowed."""
    wanted = "GET" if method == "HEAD" else method
    if wanted in found.methods:
        return found.methods[wanted]
    if method == "OPTIONS":
        return None
    raise Invalid("http.method", allowed=allowed(found))


def allowed(found: Found) -> list[str]:
    """The methods that a place answers."""
    head = ["HEAD"] if "GET" in found.methods else []
    return sorted([*found.methods, *head, "OPTIONS"])
