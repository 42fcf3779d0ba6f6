"""Errors as RFC 9457 problem details: the stable code, its figures, and a sentence in the asker's language."""

from __future__ import annotations

from collections.abc import Mapping

from tandem.base import error_words
from tandem.base.errors import (
    Absent,
    Conflict,
    Denied,
    Failed,
    Invalid,
    Limited,
    Missing,
    TandemError,
    Unavailable,
)
from tandem.base.words import say
from tandem.interfaces.http.request import Request
from tandem.interfaces.http.response import Header, Response, encoded

_BY_KIND: Mapping[type[TandemError], int] = {
    Invalid: 422,
    Denied: 403,
    Absent: 404,
    Conflict: 409,
    Limited: 429,
    Missing: 501,
    Failed: 500,
    Unavailable: 503,
}
# What has a status of its own: mostly what is wrong with the message rather than with what it says.
_BY_CODE: Mapping[str, int] = {
    "http.authorization": 401,
    "http.query": 400,
    "http.repeated": 400,
    "http.if_match": 400,
    "http.json_encoding": 400,
    "http.json_depth": 400,
    "http.json_syntax": 400,
    "http.json_object": 400,
    "http.json_twice": 400,
    "http.json_number": 400,
    "http.form": 400,
    "http.method": 405,
    "http.slow": 408,
    "http.large": 413,
    "http.media": 415,
    "http.precondition": 428,
    "http.unexpected": 500,
    "record.stale": 412,
    "repeat.key": 400,
    "repeat.other": 422,
    "list.cursor": 400,
}
STATUSES = tuple(sorted({*_BY_KIND.values(), *_BY_CODE.values(), 401}))
_AGAIN = 2  # seconds until it is worth asking again where the hub did not answer


def status(error: TandemError, role: str = "-") -> int:
    """The status of an error; what a visitor may not do is 401, because signing in could change it."""
    if (own := _BY_CODE.get(error.code)) is not None:
        return own
    if isinstance(error, Denied) and role in ("visitor", "-") and not error.code.startswith("http."):
        return 401
    return next((_BY_KIND[kind] for kind in type(error).__mro__ if kind in _BY_KIND), 500)


def response(error: TandemError, request: Request) -> Response:
    """The problem that tells of an error."""
    lang, number = request.lang, status(error, request.role)
    told = error_words.plain(error, lang)
    body = {
        "type": f"urn:tandem:problem:{error.code}",
        "title": say(f"http.status.{number}", lang),
        "status": number,
        "detail": told["message"],
        "code": error.code,
        "params": told["params"],
        "request": request.id,
    }
    if told["findings"]:
        body["findings"] = told["findings"]
    shown = [
        (b"content-type", b"application/problem+json"),
        (b"content-language", lang.encode()),
        (b"cache-control", b"no-store"),
        *headers(error, number),
    ]
    return Response(number, shown, encoded(body))


def headers(error: TandemError, number: int) -> list[Header]:
    """The headers that a status asks for: how to sign in, what is allowed, when to come again."""
    if number == 401:
        return [(b"www-authenticate", b"Bearer")]
    if number == 405:
        return [(b"allow", ", ".join(error.params["allowed"]).encode("latin-1"))]
    if number in (429, 503):
        return [(b"retry-after", b"%d" % max(1, int(error.params.get("seconds", _AGAIN))))]
    if number in (408, 413):
        return [(b"connection", b"close")]
    return []
