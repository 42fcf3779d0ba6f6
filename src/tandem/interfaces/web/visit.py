"""One visit to a page: who comes, in which language, what was sent, and the ways to ask the hub and to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from tandem.base.errors import Denied, Invalid, TandemError
from tandem.base.settings import Upload
from tandem.base.words import LANGUAGES, Lang, has, say
from tandem.domain.people import VISITOR, Actor
from tandem.hub import actions
from tandem.hub.actions import ACTIONS, Asker
from tandem.hub.feeds import mail
from tandem.hub.people import limits
from tandem.interfaces.http import admission, body, problems
from tandem.interfaces.http.application import Application
from tandem.interfaces.http.layout import routes
from tandem.interfaces.http.request import SAFE, Request
from tandem.interfaces.http.response import Header, Response
from tandem.interfaces.web import forms, markup, whose
from tandem.interfaces.web.forms import Form

LANGUAGE = "tandem_lang"  # the cookie that holds the language somebody has chosen
_DONE = "tandem_done"
_NOT_KEPT = (b"cache-control", b"no-store")
_BY_SECRET = f"{mail.UNSUBSCRIBE}/"  # who knows the address may: a mail program sends it by itself (RFC 8058)
_FORM_MOST, _FORM_SECONDS = 1_000_000, 20.0
_OVER = ("session.unknown", "session.none")
_OUTDATED = "http.csrf"
_NOT_THE_FORMS = ("action.", "http.")  # who may ask at all, rather than what was filled in


@dataclass(frozen=True, slots=True)
class Posted:
    """What a page's form sent."""

    pairs: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """The last value of a field."""
        return next((value for key, value in reversed(self.pairs) if key == name), default)


@dataclass(slots=True)
class Visit:
    """One request for a page.

    query     what the address asks for, without what is empty; of a name that stands twice the last
    expired   whether a session was shown that is over
    outdated  whether a form came from a page that was shown to another session
    refused   why the page cannot be shown, or what was sent was not read
    whose     the mark of the account whose session sends something (whose.py), empty where there is none
    """

    application: Application
    request: Request
    actor: Actor
    lang: Lang
    query: Mapping[str, str] = field(default_factory=dict)
    posted: Posted = field(default_factory=Posted)
    expired: bool = False
    outdated: bool = False
    refused: TandemError | None = None
    whose: str = ""
    headers: list[Header] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The record that the address names."""
        assert self.request.named is not None
        return self.request.named

    @property
    def sent(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    @property
    def part(self) -> bool:
        """Whether only a part of the page is wanted, to be put into one that is shown (htmx)."""
        return (
            b"hx-request" in self.request.headers
            and b"hx-history-restore-request" not in self.request.headers
        )

    @property
    def signed_in(self) -> bool:
        """Whether somebody has signed in."""
        return self.actor.account is not None

    def may(self, action: str) -> bool:
        """Whether whoever visits may ask for an action at all."""
        return self.actor.role in ACTIONS[action].may

    async def ask(self, name: str, given: Mapping[str, Any] | None = None, /, *, key: str | None = None,
                  version: int | None = None, counted: bool = True) -> Any:  # fmt: skip
        """The answer of an action. Raises what it raises; Limited where too much is asked."""
        action = actions.admitted(name, self.actor)
        if counted:
            limits.admit(self.application.hub, action, self.actor, self.request.address)
        hub, network = self.application.hub, limits.network(self.request.address)
        if seconds := limits.pause(hub, action, given or {}):
            await asyncio.sleep(seconds)
        asker = Asker(self.actor, self.lang, hub=hub, key=key, version=version, network=network)
        return await self.application.done(action, dict(given or {}), asker)

    def form(
        self, action: str, typed: Mapping[str, tuple[str, ...]] | None = None, version: int | None = None
    ) -> Form:
        """The form of an action: as it was sent, else with what shall stand in it at first.

        Raises Denied as admitted: nobody fills in what they may not send.
        """
        actions.admitted(action, self.actor)
        if not self.sent:
            return Form(action, self.lang, dict(typed or {}), version=version)
        form = Form(action, self.lang, forms.typed(self.posted.pairs), dict(self.posted.files),
                    version=forms.whole(self.posted.text(forms.VERSION)))  # fmt: skip
        form.key = self.posted.text(forms.KEY) or form.key
        return form

    async def send(self, form: Form, **more: Any) -> Any:
        """Asks for a form's action; None where it was refused, and the form says why. Raises Denied as `ask`."""
        try:
            if _guarded(form.action) and form.version is None:
                raise Invalid("form.version")
            return await self.ask(form.action, {**form.given(), **more}, key=form.key, version=form.version)
        except TandemError as error:
            if problems.status(error) >= 500 or error.code.startswith(_NOT_THE_FORMS):
                raise
            form.fail(error)
            return None

    def show(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """A page, or the named part of one where only that is wanted; what was just done is said once."""
        text = markup.rendered(template, self, values)
        if self.done and not self.part:
            self.headers.append(admission.cookie(_DONE, "", self.request, "Max-Age=0"))
        return Response(status, [*markup.headers(self.lang), *self.headers], text.encode())

    def show_once(self, template: str, /, **values: Any) -> Response:
        """A page with a secret, which no browser keeps."""
        self.headers.append(_NOT_KEPT)
        return self.show(template, **values)

    def formed(self, template: str, form: Form, /, **values: Any) -> Response:
        """A page with a form; its status tells whether what was sent is wrong."""
        return self.show(template, self.status(form.error), form=form, **values)

    def status(self, error: TandemError | None) -> int:
        """The status of a page that tells of an error, or of none."""
        return 200 if error is None else problems.status(error, self.actor.role)

    def asked(self, *names: str) -> dict[str, Any]:
        """What the address says of these."""
        return {name: self.query[name] for name in names if name in self.query}

    def to(self, path: str, done: str | None = None) -> Response:
        """Sends the browser on; `done` is a code of `web.done.` that the next page says first.

        It goes along in a cookie: an address could be anybody's, and say that something was done which was not.
        """
        if done is not None:
            self.headers.append(admission.cookie(_DONE, done, self.request, "HttpOnly", "Max-Age=60"))
        place = quote(path, safe="/?&=%#+,;:@!$'()*~").encode("ascii")
        return Response(303, [(b"location", place), _NOT_KEPT, *self.headers])

    @property
    def did(self) -> str:
        """The code of what was just done; empty where nothing was."""
        return self.request.cookie(_DONE) or ""

    @property
    def done(self) -> str:
        """The same in words."""
        return say(code, self.lang) if self.did and has(code := f"web.done.{self.did}") else ""

    def address(self, **changed: Any) -> str:
        """This page's address with other values in its query; None takes one out."""
        kept = {**{k: v for k, v in self.query.items() if k != "after"}, **changed}
        text = urlencode({name: str(value) for name, value in kept.items() if value not in (None, "")})
        return self.request.path + (f"?{text}" if text else "")


async def begin(
    application: Application, request: Request, held: ExitStack, files: str | None = None
) -> Visit:
    """The visit that a request is: its form read, its sender known. Raises Denied http.origin, Invalid http.query.

    held   what was sent counts as coming until this ends
    files  the action that the page asks for where it takes files
    """
    query = {name: value for name, value in request.query() if value.strip()}
    came = Visit(application, request, VISITOR, language(request), query)
    try:
        if request.method not in SAFE:
            await _sender(came)
            came.posted = await _read(came, held, files)
        came.actor = VISITOR  # until the form has shown that a page of this hub made it
        came.actor = await application.actor(request, whose.read(came.posted.text(forms.TOKEN))[0])
    except TandemError as error:
        if error.code in (*_OVER, _OUTDATED):
            came.expired = came.expired or error.code in _OVER
            came.outdated = not came.expired
        else:
            came.refused = error
    came.lang = language(request)
    return came


async def _sender(came: Visit) -> None:
    """Whose session sends something: theirs is the place that it has while it comes. Raises Denied http.origin."""
    if not came.request.path.startswith(_BY_SECRET):
        admission.from_here(came.request)
    try:
        came.actor = await came.application.sender(came.request)
        came.whose = whose.mark(came.actor.account)
    except Denied as error:
        came.expired = error.code in _OVER


async def _read(came: Visit, held: ExitStack, files: str | None) -> Posted:
    """What was sent; files only where the page takes them, from whoever may send them: else nothing is read.

    Raises Denied as admitted; Invalid http.*; Limited http.*
    """
    request = came.request
    if brings := request.header(b"content-type").lower().startswith("multipart/form-data"):
        if files is None:
            raise Invalid("http.media", wanted="application/x-www-form-urlencoded")
        actions.admitted(files, came.actor)
    read = held.enter_context(came.application.coming(request, came.actor))
    return await (_with_files if brings else _plain)(request, read)


@cache
def _guarded(action: str) -> bool:
    """Whether a change has to name the version that was seen, as programs have to."""
    return any(route.guarded for route in routes() if route.action.name == action)


def language(request: Request) -> Lang:
    """The language chosen on this machine, else the browser's."""
    chosen = request.cookie(LANGUAGE)
    return next((lang for lang in LANGUAGES if lang == chosen), request.lang)


async def _with_files(request: Request, read: body.Read) -> Posted:
    fields, files = await body.form(request, read)
    return Posted(tuple(fields), {name: one for name, one in files.items() if one.name or one.content})


async def _plain(request: Request, read: body.Read) -> Posted:
    text = await read(_FORM_MOST, _FORM_SECONDS)
    try:
        return Posted(
            tuple(
                parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=500)
            )
        )
    except ValueError:
        raise Invalid("http.form") from None


View = Callable[[Visit], Awaitable[Response]]
Views = Mapping[tuple[str, str], View]  # by method and path
