"""What the actions on people take. A setting of type `secret` is never kept as it was given."""

from __future__ import annotations

from dataclasses import dataclass

from tandem.base.settings import setting
from tandem.base.words import LANGUAGES
from tandem.domain.people import COLLEAGUES, ROLES

LONGEST_TOKEN = 366  # days


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """No setting: what is meant is whoever asks."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """One session, token, confirmation or account, by its id."""

    id: str = setting("id", positional=True)


@dataclass(frozen=True, kw_only=True)
class Paged:
    """A part of a list: how many, and after which one (`next` of the part before)."""

    limit: int = setting("integer", 20, minimum=1, maximum=200)
    after: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A new account; without a language it has the one of the request."""

    login: str = setting("text")
    password: str = setting("secret")
    name: str = setting("text")
    email: str | None = setting("text", None)
    language: str | None = setting("choice", None, choices=LANGUAGES)


@dataclass(frozen=True, kw_only=True)
class FirstOperator(Registration):
    """The account that a new hub begins with; `code` is what the server showed when it was first started."""

    code: str | None = setting("secret", None)


@dataclass(frozen=True, kw_only=True)
class AccountChange:
    """What shall be different in one's own account; a new password needs the old one."""

    name: str | None = setting("text", None)
    email: str | None = setting("text", None)
    language: str | None = setting("choice", None, choices=LANGUAGES)
    mail: str | None = setting("choice", None, choices=("off", "daily", "now"))
    no_email: bool = setting("flag", False)
    password: str | None = setting("secret", None)
    new_password: str | None = setting("secret", None)


@dataclass(frozen=True, kw_only=True)
class AccountQuery(Paged):
    """Which accounts are listed, the newest first; `name` is part of a login or of a person's name."""

    account: str | None = setting("id", None)
    name: str | None = setting("text", None)
    organisation: str | None = setting("id", None)
    role: str | None = setting("choice", None, choices=ROLES[1:])
    state: str | None = setting("choice", None, choices=("active", "blocked", "erased"))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What an account is on this hub; `leave` takes it out of its organisation."""

    id: str = setting("id", positional=True)
    role: str | None = setting("choice", None, choices=ROLES[1:])
    organisation: str | None = setting("id", None)
    leave: bool = setting("flag", False)
    state: str | None = setting("choice", None, choices=("active", "blocked"))


@dataclass(frozen=True, kw_only=True)
class InvitationDraft:
    """Somebody who shall act for an organisation, by login or by the id of the account."""

    login: str | None = setting("text", None)
    account: str | None = setting("id", None)
    role: str = setting("choice", "member", choices=COLLEAGUES)
    organisation: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class InvitationQuery(Paged):
    """Which invitations are listed, the newest first."""

    state: str | None = setting(
        "choice", None, choices=("invited", "accepted", "declined", "withdrawn", "expired")
    )


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """An account whose personal data shall go; one's own needs the password, if it has one."""

    id: str = setting("id", positional=True)
    password: str | None = setting("secret", None)


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """A new password for whoever bears the secret that the operator has made."""

    secret: str = setting("secret")
    password: str = setting("secret")


@dataclass(frozen=True, kw_only=True)
class Unsubscribing:
    """An end to the e-mails about notices, for whoever gets them: the secret that each of them bears."""

    secret: str = setting("secret")


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who one says one is, and the proof."""

    login: str = setting("text")
    password: str = setting("secret")


@dataclass(frozen=True, kw_only=True)
class KeyQuery(Paged):
    """Which sessions or tokens are listed, the newest first: one's own, or for the operator an account's."""

    account: str | None = setting("id", None)


@dataclass(frozen=True, kw_only=True)
class TokenDraft:
    """A secret for a program. Without scopes it may what the account may."""

    label: str = setting("text")
    scopes: tuple[str, ...] = setting("texts", (), at_most=100)
    days: int = setting("integer", 90, minimum=1, maximum=LONGEST_TOKEN)
    agent: bool = setting("flag", False)


@dataclass(frozen=True, kw_only=True)
class ConfirmationQuery(Paged):
    """Which wishes of agents are listed, the newest first."""

    state: str | None = setting("choice", None, choices=("waiting", "accepted", "refused", "expired"))
