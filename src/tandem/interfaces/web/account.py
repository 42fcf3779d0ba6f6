"""One's own account: who one is, where one is signed in, the programs that act for one, and how to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tandem.base.errors import Invalid, TandemError
from tandem.base.words import LANGUAGES
from tandem.domain.people import Role
from tandem.hub.actions import ACTIONS
from tandem.hub.feeds import mail
from tandem.hub.installation import Hub
from tandem.hub.people import oidc
from tandem.interfaces.http import admission, problems
from tandem.interfaces.http.response import Response
from tandem.interfaces.web import forms
from tandem.interfaces.web.forms import Form
from tandem.interfaces.web.visit import LANGUAGE, Views, Visit

_DETAILS = ("name", "email", "language", "mail")
_YEAR = "Max-Age=31536000"
_FEW = 50


async def account(visit: Visit) -> Response:
    """Name, e-mail, language and notices by e-mail; sent to, they are changed."""
    form = visit.form("account.edit")
    if visit.sent:
        given = form.given(_DETAILS)
        given["no_email"] = given["email"] is None and "email" in form.typed  # an empty field means none
        if (changed := await _changed(visit, form, given)) is not None:
            visit.headers.append(admission.cookie(LANGUAGE, changed.language, visit.request, _YEAR))
            return visit.to("/account", "saved")
    return await _page(visit, form, Form("account.edit", visit.lang))


async def password(visit: Visit) -> Response:
    """A new password; every other session of the account ends with it."""
    form = visit.form("account.edit")
    if form.given()["new_password"] is None:
        form.fail(Invalid("setting.required", name="new_password"))
    elif await _changed(visit, form, form.given(("password", "new_password"))) is not None:
        return visit.to("/account", "password")
    return await _page(visit, Form("account.edit", visit.lang), form)


async def _changed(visit: Visit, form: Form, given: Mapping[str, Any]) -> Any:
    """The account as it is after a change; None where it was refused, and the form says why."""
    try:
        return await visit.ask("account.edit", given, key=form.key, version=form.version)
    except TandemError as error:
        if problems.status(error) >= 500 or error.code.startswith("action."):
            raise
        form.fail(error)
        return None


async def _page(visit: Visit, details: Form, secret: Form) -> Response:
    own = await visit.ask("account.show", counted=False)
    for form in (details, secret):
        form.version = own.version if form.error is None or form.version is None else form.version
    if not details.typed:
        details.typed = forms.filled(own, _DETAILS)
    refused = details.error or secret.error
    status = visit.status(refused)
    hub = visit.application.hub
    return visit.show(
        "account/account.html", status, own=own, details=details, secret=secret, languages=LANGUAGES,
        mails=_there(mail.server, hub) or own.mail != "off", provider=_there(oidc.provider, hub),
        organisation=await _organisation(visit, own.org_id),
    )  # fmt: skip


def _there(configured: Callable[[Hub], Any], hub: Hub) -> bool:
    """Whether the operator has set something up; wrong settings are told on the page of the settings."""
    try:
        return configured(hub) is not None
    except Invalid:
        return False


async def _organisation(visit: Visit, id: str | None) -> Any:
    return None if id is None else await visit.ask("organisation.show", {"id": id}, counted=False)


async def erase(visit: Visit) -> Response:
    """What erasing an account does, in plain words; and the button, behind the password."""
    form = visit.form("account.erase")
    if visit.sent and await visit.send(form, id=visit.actor.account) is not None:
        visit.headers += [*admission.closed(visit.request), (b"clear-site-data", b'"cache", "storage"')]
        return visit.to("/", "erased")
    own = await visit.ask("account.show", counted=False)
    form.version = own.version
    return visit.formed("account/erase.html", form, own=own)


async def sessions(visit: Visit) -> Response:
    """Where one is signed in."""
    own = await visit.ask("account.show", counted=False)
    found = await visit.ask(
        "session.list", {"account": own.id, "limit": _FEW, "after": visit.query.get("after")}
    )
    now = visit.application.hub.clock()
    return visit.show("account/sessions.html", found=found, standing=lambda one: _standing(one, now), now=now)


async def end_session(visit: Visit) -> Response:
    """Ends one of them."""
    await visit.ask("session.revoke", {"id": visit.id})
    return visit.to("/account/sessions", "session_ended")


async def tokens(visit: Visit) -> Response:
    """The programs and agents that act for one; sent to, one more, whose secret is shown this once."""
    form = visit.form("token.create", {"days": ("90",)})
    if visit.sent:
        reach = visit.posted.text("reach", "read")
        wanted = form.typed.get("scopes", ()) if reach == "some" else ("read",) if reach == "read" else ()
        if reach == "some" and not wanted:
            form.fail(Invalid("setting.required", name="scopes"))
        elif (made := await visit.send(form, scopes=tuple(wanted))) is not None:
            return visit.show_once("account/token.html", made=made, address=_address(visit))
    own = await visit.ask("account.show", counted=False)
    found = await visit.ask(
        "token.list", {"account": own.id, "limit": _FEW, "after": visit.query.get("after")}
    )
    now = visit.application.hub.clock()
    return visit.formed(
        "account/tokens.html", form, found=found, families=families(visit.actor.role), now=now,
        standing=lambda one: _standing(one, now), reach=visit.posted.text("reach", "read"),
        chosen=form.typed.get("scopes", ()),
    )  # fmt: skip


async def end_token(visit: Visit) -> Response:
    """Ends one of them, and what it asked for."""
    await visit.ask("token.revoke", {"id": visit.id})
    return visit.to("/account/tokens", "token_ended")


async def renew(visit: Visit) -> Response:
    """A new password, for whoever bears the secret that the operator has made."""
    form = visit.form("account.renew")
    if visit.sent and await visit.send(form) is not None:
        return visit.to("/sign-in", "renewed")
    return visit.formed("account/renew.html", form)


async def unsubscribe(visit: Visit) -> Response:
    """Ends the e-mails to whoever has come by their link; opening it alone ends nothing."""
    form = visit.form("account.unsubscribe")
    done = visit.sent and await visit.send(form, secret=visit.id) is not None
    return visit.formed("account/unsubscribe.html", form, ended=done)


def families(role: Role) -> tuple[str, ...]:
    """The families of actions that a role may give a program: what is told of each stands under cli.group."""
    return tuple(dict.fromkeys(
        one.family for one in ACTIONS.values()
        if one.does != "files" and role in one.may and one.family not in ("setup", "session", "token", "confirmation")
    ))  # fmt: skip


def _standing(one: Any, now: int) -> str:
    """Whether a session or a token still admits: active, stopped or expired."""
    return "stopped" if one.revoked_at is not None else "expired" if one.expires_at <= now else "active"


def _address(visit: Visit) -> str:
    """Where this hub is reached, as the browser said it."""
    return f"{visit.request.scope.get('scheme', 'http')}://{visit.request.header(b'host')}"


VIEWS: Views = {
    ("GET", "/account"): account,
    ("POST", "/account"): account,
    ("POST", "/account/password"): password,
    ("GET", "/account/erase"): erase,
    ("POST", "/account/erase"): erase,
    ("GET", "/account/sessions"): sessions,
    ("POST", "/account/sessions/{id}/end"): end_session,
    ("GET", "/account/tokens"): tokens,
    ("POST", "/account/tokens"): tokens,
    ("POST", "/account/tokens/{id}/end"): end_token,
    ("GET", "/renew"): renew,
    ("POST", "/renew"): renew,
    ("GET", "/unsubscribe/{id}"): unsubscribe,
    ("POST", "/unsubscribe/{id}"): unsubscribe,
}
