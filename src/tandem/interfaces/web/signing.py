"""Signing in and out, registering, the first operator, and the language; what was typed outlives an expired session."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tandem.base.errors import Conflict, Invalid
from tandem.hub.people import oidc, setup
from tandem.hub.people.answers import Opened
from tandem.interfaces.http import admission
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import forms, whose
from tandem.interfaces.web.visit import LANGUAGE, Posted, Views, Visit

_LASTS = "Max-Age=31536000"
# Forms that begin a session need none: a browser that still holds one that is over sends it along with them.
BEGINS = frozenset(("/sign-in", "/register", "/set-up", "/renew"))
_SECRETS = ("password", "new_password", "secret", "code")


async def sign_in(visit: Visit) -> Response:
    """The page that signs in, and goes on to where somebody wanted to be."""
    form = visit.form("session.open")
    if visit.sent and (opened := await visit.send(form)) is not None:
        return _signed_in(visit, opened)
    carried = visit.posted.text("_carried")
    return visit.formed(
        "sign_in.html", form, back=_back(visit), carried=carried, expired=False, **_ways(visit)
    )


def asked(visit: Visit) -> Response:
    """What somebody gets who must sign in first: the page for it, which holds what was sent."""
    carried = ""
    if visit.posted.pairs:  # a file is not kept for later: it is chosen anew
        kept = {"whose": _mark(visit.posted), "path": visit.request.path, "fields": _kept(visit.posted)}
        carried = json.dumps(kept, ensure_ascii=False)
    back = visit.request.path
    if query := visit.request.scope.get("query_string"):
        back += f"?{query.decode('latin-1')}"
    form = forms.Form("session.open", visit.lang)
    return visit.show("sign_in.html", 401, form=form, back=back, carried=carried, expired=visit.expired,
                      **_ways(visit))  # fmt: skip


async def sign_out(visit: Visit) -> Response:
    """Ends the session, and what the browser keeps of it."""
    if visit.signed_in:
        await visit.ask("session.close")
    visit.headers += admission.closed(visit.request)
    visit.headers.append((b"clear-site-data", b'"cache", "storage"'))
    return visit.to("/", "signed_out")


async def register(visit: Visit) -> Response:
    """Makes an account and signs it in; whoever has signed in has one."""
    if visit.signed_in and not visit.may("account.register"):
        return visit.to("/")
    return await _made(visit, "account.register", "register.html")


async def set_up(visit: Visit) -> Response:
    """The first operator of a new hub; where there is one, the way in."""
    needed = setup.needed(visit.application.hub)
    if not needed and not visit.sent:
        return visit.show("set_up.html", needed=False)
    return await _made(visit, "setup.begin", "set_up.html", needed=needed)


async def language(visit: Visit) -> Response:
    """Keeps the language that somebody has chosen, and goes back."""
    chosen = "zh" if visit.query.get("to") == "zh" else "en"
    visit.headers.append(admission.cookie(LANGUAGE, chosen, visit.request, _LASTS))
    return visit.to(_back(visit))


def _ways(visit: Visit) -> dict[str, bool]:
    """What else leads in: the operator's login provider, and the set-up of a hub that nobody runs yet."""
    hub = visit.application.hub
    try:
        provider = oidc.provider(hub) is not None
    except Invalid:  # wrong settings are told where they are looked at; a password works
        provider = False
    return {"provider": provider, "new": setup.needed(hub)}


async def _made(visit: Visit, action: str, template: str, **shown: Any) -> Response:
    form = visit.form(action, {"language": (visit.lang,)})
    if visit.sent and await visit.send(form) is not None:
        given = {name: form.given()[name] for name in ("login", "password")}
        opened = await visit.ask("session.open", given, counted=False)  # making it was
        return _signed_in(visit, opened)
    return visit.formed(template, form, **shown)


def _signed_in(visit: Visit, opened: Opened) -> Response:
    """On to where somebody wanted to be; what they had sent before their session ended is sent once more.

    What another had sent is dropped, and where they had wanted to be is nobody else's way either.
    """
    secret = opened.secret or ""
    visit.headers += admission.opened(secret, visit.request)
    sent = visit.posted.text("_carried")
    carried = _carried(sent, whose.mark(opened.account_id))
    if carried is None:
        return visit.to("/" if sent else _back(visit))
    token = whose.token(secret, opened.account_id)
    return visit.show("go_on.html", path=carried["path"], fields=carried["fields"], token=token)


def once_more(visit: Visit) -> Response:
    """What somebody gets whose form was shown to another session of theirs: the form, to be sent by this one.

    Raises Conflict form.another where it was shown to somebody else
    """
    if not whose.same(_mark(visit.posted), visit.whose):
        raise Conflict("form.another")
    token = f"{admission.csrf(admission.session(visit.request) or '')}.{visit.whose}"
    return visit.show("go_on.html", 409, path=visit.request.path, fields=_kept(visit.posted), token=token)


def _mark(posted: Posted) -> str:
    """The mark of the account that a form was shown to."""
    return whose.read(posted.text(forms.TOKEN))[1]


def _carried(text: str, mark: str) -> Mapping[str, Any] | None:
    """A form that was sent in vain; None where there is none, it is another's, or not as this hub wrote it."""
    try:
        held = json.loads(text)
        path, fields = held["path"], [(str(name), str(value)) for name, value in held["fields"]]
        own = whose.same(held["whose"], mark)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return {"path": path, "fields": fields} if own and _ours(path) else None


def _kept(posted: Posted) -> list[tuple[str, str]]:
    return [(name, value) for name, value in posted.pairs if name != forms.TOKEN and name not in _SECRETS]


def _back(visit: Visit) -> str:
    wanted = visit.posted.text("_back") or visit.query.get("back", "/")
    return wanted if _ours(wanted) else "/"


def _ours(path: Any) -> bool:
    """Whether it is an address of this hub and nothing else ("//elsewhere" and "/\\elsewhere" are not)."""
    return (
        isinstance(path, str) and path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    )


VIEWS: Views = {
    ("GET", "/sign-in"): sign_in,
    ("POST", "/sign-in"): sign_in,
    ("POST", "/sign-out"): sign_out,
    ("GET", "/register"): register,
    ("POST", "/register"): register,
    ("GET", "/set-up"): set_up,
    ("POST", "/set-up"): set_up,
    ("GET", "/language"): language,
}
