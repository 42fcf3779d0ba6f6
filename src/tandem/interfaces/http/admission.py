"""Who asks: a bearer token or a browser's session cookie, and what a browser must add before it may write.

A cookie is sent by the browser whoever made it send the request, so that a write with one must show that a page of this
hub made it: by where it comes from (Sec-Fetch-Site, Origin) and by a token that only such a page can read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tandem.base.errors import Denied
from tandem.domain.people import VISITOR, Actor
from tandem.hub.installation import Hub
from tandem.interfaces.http.layout import ENDS_SESSION, OPENS_SESSION, Route
from tandem.interfaces.http.request import SAFE, Request
from tandem.interfaces.http.response import Header

SESSION, CSRF, CSRF_HEADER = "tandem_session", "tandem_csrf", b"x-csrf-token"
Who = Callable[[Hub, str], Actor]


def actor(hub: Hub, request: Request, who: Who, token: str | None = None) -> Actor:
    """The one who asks; a visitor where nothing was shown. Raises Denied http.origin, http.csrf, and as `who` does.

    token  for pages: what a form says that a page of this hub made it with; only browsers come there, with a cookie
    """
    scheme, _, secret = request.header(b"authorization").partition(" ")
    if scheme and token is None:
        if scheme.lower() != "bearer" or not secret.strip():
            raise Denied("http.authorization")
        return who(hub, secret.strip())
    held = session(request)
    if not held:
        return VISITOR
    if request.method not in SAFE:
        from_here(request)
        shown = request.header(CSRF_HEADER) or token or ""
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), csrf(held).encode()):
            raise Denied("http.csrf")
    return who(hub, held)


def sender(hub: Hub, request: Request, who: Who) -> Actor:
    """Whose session a browser shows, to know whose the body is that comes; only `actor` says for whom to act.

    Raises as `who` does
    """
    held = session(request)
    return who(hub, held) if held else VISITOR


def from_here(request: Request) -> None:
    """Raises Denied http.origin where a browser does not say that a page of this hub makes the request."""
    site, origin = request.header(b"sec-fetch-site"), request.header(b"origin")
    if origin:
        fine = _host(origin) == request.header(b"host") and site in ("", "same-origin")
    else:
        fine = site in ("same-origin", "none")
    if not fine:
        raise Denied("http.origin")


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def session(request: Request) -> str | None:
    """The secret of the session that a browser shows."""
    return request.cookie(_session(request))


def _session(request: Request) -> str:
    """Over TLS the name says that no other host and no plain connection has set the cookie (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{SESSION}" if request.secure else SESSION


def csrf(secret: str) -> str:
    """What a page must send beside the cookie of a session: made from its secret, which it does not tell."""
    made = hmac.digest(secret.encode("utf-8", "replace"), b"tandem csrf", hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def cookies(route: Route, answer: Any, request: Request) -> list[Header]:
    """The cookies that the answer of an action sets or takes away."""
    if route.action.name in OPENS_SESSION and (secret := getattr(answer, "secret", None)):
        return opened(secret, request)
    if route.action.name in ENDS_SESSION:
        return closed(request)
    return []


def opened(secret: str, request: Request) -> list[Header]:
    """The cookies of a new session: the secret, out of reach of scripts, and what pages send beside it."""
    return [cookie(_session(request), secret, request, "HttpOnly"), cookie(CSRF, csrf(secret), request)]


def closed(request: Request) -> list[Header]:
    """The same, taken away."""
    return [cookie(name, "", request, "Max-Age=0") for name in (_session(request), CSRF)]


def cookie(name: str, value: str, request: Request, *more: str, path: str = "/") -> Header:
    """One cookie, kept from other sites and, where the request came over TLS, from plain connections."""
    secure = ("Secure",) if request.secure else ()
    parts = [f"{name}={value}", f"Path={path}", "SameSite=Lax", *more, *secure]
    return b"set-cookie", "; ".join(parts).encode("latin-1")
