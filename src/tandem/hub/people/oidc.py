"""Signing in through a login provider (OpenID Connect Core 1.0), where the operator has configured one.

The authorisation code flow with PKCE (RFC 7636, S256), state and nonce. An account is known by issuer and subject,
never by an e-mail address, which a provider may hand to somebody else. Nothing is fetched unless a provider is
configured, and then only from it. What is under way is kept in memory: the browser must come back to the process that
sent it off.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from tandem.base import ids
from tandem.base.clock import MINUTE
from tandem.base.errors import Conflict, Denied, Invalid, Missing, Unavailable
from tandem.base.words import LANGUAGES
from tandem.domain.people import VISITOR, Actor, check_email, login_of
from tandem.hub.call import Call
from tandem.hub.installation import Hub
from tandem.hub.people import accounts, keys, sessions
from tandem.hub.people.configured import FILE, Configured
from tandem.hub.people.inputs import Registration
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
INSTALL = 'pip install "tandem-hub[login]"'
LASTS = 10 * MINUTE  # how long one may take at the provider
MOST = 10_000  # that are under way; beyond, the oldest begin again
LEEWAY = 60  # seconds by which the clocks may differ
_SECONDS = 5.0  # that the provider has for an answer


@dataclass(frozen=True, slots=True)
class Provider:
    """The configured provider; client_secret is None for a public client."""

    issuer: str
    client_id: str
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class _Started:
    """A sign-in under way; account and key are who wants to be linked, and the session they began in."""

    verifier: str
    nonce: str
    redirect_uri: str
    until: int
    account: str | None
    key: str | None
    found: Mapping[str, Any]


class Logins:
    """The sign-ins under way in one process, by state."""

    def __init__(self, hub: Hub) -> None:
        self._clock = hub.clock
        self._started: dict[str, _Started] = {}
        self._lock = Lock()

    def start(self, state: str, started: _Started) -> None:
        """Remembers one."""
        with self._lock:
            while len(self._started) >= MOST:
                del self._started[next(iter(self._started))]
            self._started[state] = started

    def take(self, state: str) -> _Started | None:
        """The one of that state, which is over with that; None where there is none or it took too long."""
        with self._lock:
            found = self._started.pop(state, None)
        return found if found is not None and found.until > self._clock() else None

    def close(self) -> None:
        """Nothing to end."""


def provider(hub: Hub) -> Provider | None:
    """The configured provider, if there is one. Raises Invalid hub.login where the settings are not complete."""
    told = hub.part(Configured).section("login")
    if not told:
        return None
    issuer, client = told.get("issuer"), told.get("client_id")
    secret = os.environ.get("TANDEM_LOGIN_SECRET") or told.get("client_secret")
    if not isinstance(issuer, str) or not isinstance(client, str) or not _safe(issuer):
        raise Invalid("hub.login", file=FILE)
    return Provider(issuer, client, secret if isinstance(secret, str) else None)


def begin(hub: Hub, redirect_uri: str, actor: Actor = VISITOR) -> tuple[str, str]:
    """Where to send the browser, and the state that it must keep (a cookie of its own) and bring back.

    actor   one who is signed in, and wants to sign in through the provider from now on
    Raises  Invalid login.none, hub.login; Denied account.person where a token asks to be linked; Missing extra.login;
            Unavailable login.provider
    """
    known = _configured(hub)
    with hub.database.reading() as tx:
        keys.in_person(
            Call(tx, actor, hub)
        )  # or a token of narrow scopes would open sessions that may everything
    verifier, nonce, state = ids.secret() + ids.secret(), ids.secret(), ids.secret()
    with _client(known, redirect_uri) as client:
        found = _document(client, known.issuer.rstrip("/") + "/.well-known/openid-configuration")
        ends = [str(found.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if found.get("issuer") != known.issuer or not all(map(_safe, ends)):
            raise Unavailable("login.provider")
        url, _ = client.create_authorization_url(
            found["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce
        )
    started = _Started(verifier, nonce, redirect_uri, hub.clock() + LASTS, actor.account, actor.key, found)
    hub.part(Logins).start(state, started)
    return str(url), state


def finish(hub: Hub, params: Mapping[str, str], state: str | None) -> str:
    """The secret of a new session, for the browser that came back.

    params  the parameters of the callback
    state   what the same browser kept
    Raises  Invalid login.none; Denied login.state, login.refused, login.token, account.blocked; Conflict login.linked;
            Unavailable login.provider
    """
    known, told = _configured(hub), params.get("state", "")
    if not state or not hmac.compare_digest(_bytes(told), _bytes(state)):
        raise Denied("login.state")
    started = hub.part(Logins).take(state)
    if started is None:
        raise Denied("login.state")
    if params.get("iss", known.issuer) != known.issuer:  # RFC 9207: an answer of another provider
        raise Denied("login.token")
    if "error" in params or not params.get("code"):
        raise Denied("login.refused")
    claims = _claims(known, started, params["code"], hub.clock())
    return str(hub.database.write(lambda tx: _enter(tx, hub, known, claims, started)).result())


def _configured(hub: Hub) -> Provider:
    known = provider(hub)
    if known is None:
        raise Invalid("login.none")
    return known


def _claims(known: Provider, started: _Started, code: str, now: int) -> Mapping[str, Any]:
    """What the provider says about who signed in, once everything about its word is in order."""
    client = _client(known, started.redirect_uri)
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415
    from httpx2 import HTTPError  # noqa: PLC0415

    with client:
        try:
            token = client.fetch_token(
                started.found["token_endpoint"], grant_type="authorization_code", code=code,
                redirect_uri=started.redirect_uri, code_verifier=started.verifier,
            )  # fmt: skip
        except AuthlibBaseError:  # what it says in words is the provider's and may hold the code
            raise Denied("login.refused") from None
        except (HTTPError, ValueError):
            raise Unavailable("login.provider") from None
        signed = token.get("id_token")
        if not isinstance(signed, str):
            raise Denied("login.token")
        public = _document(client, started.found["jwks_uri"])
    return verified(signed, public, known, started.nonce, now)


def verified(
    signed: str, public: Mapping[str, Any], known: Provider, nonce: str, now: int
) -> Mapping[str, Any]:
    """The claims of an ID token (Core 3.1.3.7): signature, algorithm, issuer, audience, times, nonce.

    public  the provider's key set (RFC 7517)
    Raises Denied login.token, whatever is wrong with it
    """
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    rules = jwt.JWTClaimsRegistry(
        now=now, leeway=LEEWAY, iss={"essential": True, "value": known.issuer}, sub={"essential": True},
        aud={"essential": True, "value": known.client_id}, exp={"essential": True}, iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )  # fmt: skip
    try:
        claims = jwt.decode(signed, KeySet.import_key_set(public), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise Denied("login.token") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != known.client_id:
        raise Denied("login.token")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise Denied("login.token")
    return claims


def _enter(tx: Tx, hub: Hub, known: Provider, claims: Mapping[str, Any], started: _Started) -> str:
    """A session of the account that issuer and subject stand for: linked before, linked now, or new.

    Raises Denied login.state where the session that began it is over, account.blocked; Conflict login.linked
    """
    call, a, account = Call(tx, VISITOR, hub), s.accounts.c, started.account
    if started.key is not None and not _stands(tx, started.key):
        raise Denied("login.state")
    subject = f"{known.issuer} {claims['sub']}"
    held = tx.unguarded(sa.select(a.id, a.state).where(a.subject == subject))
    if account is not None:
        if held and held[0]["id"] != account:
            raise Conflict("login.linked")
        own = tx.unguarded(sa.select(s.accounts).where(a.id == account))
        if not held and own and own[0]["state"] == "active":
            tx.change(s.accounts, own[0], {"subject": subject})
            tx.tell("account.edit", call.actor, "accounts", account, provider=True)
        held = tx.unguarded(sa.select(a.id, a.state).where(a.id == account))
    if not held:
        if account is not None:
            raise Denied("account.blocked")
        held = [accounts.create(call, _newcomer(call, claims), None, subject=subject)]
    return str(sessions.begin(call, held[0]["id"], held[0]["state"], provider=True).secret)


def _stands(tx: Tx, key: str) -> bool:
    """Whether a session is neither revoked nor over."""
    k = s.keys.c
    held = sa.select(k.id).where(k.id == key, k.revoked_at.is_(None), k.expires_at > tx.now)
    return bool(tx.unguarded(held))


def _newcomer(call: Call, claims: Mapping[str, Any]) -> Registration:
    """The account of somebody who comes for the first time, with what the provider tells of them."""
    login = f"{_text(claims, 'preferred_username')[:40]}"
    try:
        login = login_of(login)
    except Invalid:
        login = "member"
    if login == "member" or call.tx.unguarded(sa.select(s.accounts.c.id).where(s.accounts.c.login == login)):
        login = f"{login}-{call.tx.ids()[:10]}"
    email: str | None = _text(claims, "email")
    try:
        check_email(email)
    except Invalid:
        email = None
    tongue = _text(claims, "locale")[:2].lower()
    return Registration(login=login, password="", name=_text(claims, "name") or login, email=email,
                        language=tongue if tongue in LANGUAGES else "zh")  # fmt: skip


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim as one line that can be kept."""
    value = claims.get(name)
    return "" if not isinstance(value, str) else "".join(c for c in value if c.isprintable())[:200].strip()


def _document(client: Any, url: str) -> Mapping[str, Any]:
    """A JSON object from the provider. Raises Unavailable login.provider"""
    from httpx2 import HTTPError, InvalidURL  # noqa: PLC0415

    try:
        answer = client.request("GET", url, withhold_token=True)
        found = answer.json() if answer.status_code == 200 else None
    except (HTTPError, InvalidURL, ValueError):
        raise Unavailable("login.provider") from None
    if not isinstance(found, dict):
        raise Unavailable("login.provider")
    return found


def _client(known: Provider, redirect_uri: str | None) -> Any:
    """A client of the provider: no redirects, no proxies of the environment. Raises Missing extra.login"""
    try:
        from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415
    except ModuleNotFoundError:
        raise Missing("extra.login", command=INSTALL) from None
    return OAuth2Client(
        known.client_id, known.client_secret, scope="openid profile email", redirect_uri=redirect_uri,
        code_challenge_method="S256", timeout=_SECONDS, follow_redirects=False, trust_env=False,
    )  # fmt: skip


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _safe(url: str) -> bool:
    """Whether nobody in between can read along: https, or this very machine."""
    parts = urlsplit(url)
    return (parts.scheme == "https" and bool(parts.hostname)) or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    )
