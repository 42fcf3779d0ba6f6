"""Who acts: the roles of a hub, and one acting person or program with what it may do."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal, get_args

from tandem.base.errors import Invalid
from tandem.base.words import Lang

Role = Literal["visitor", "member", "manager", "operator", "analyst", "reviewer", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
COLLEAGUES: tuple[Role, ...] = ("member", "manager")  # what one may be in an organisation

EVERYONE: frozenset[Role] = frozenset(ROLES)
SIGNED_IN: frozenset[Role] = EVERYONE - {"visitor"}
MEMBERS: frozenset[Role] = frozenset(("member", "manager", "operator"))
MANAGERS: frozenset[Role] = frozenset(("manager", "operator"))
OPERATORS: frozenset[Role] = frozenset(("operator",))
STAFF: frozenset[Role] = frozenset(("operator", "analyst", "reviewer", "auditor"))
AUDITORS: frozenset[Role] = frozenset(("operator", "auditor"))


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts, as every rule of visibility and admission sees it.

    role     what the account may do in general; `visitor` where nobody is signed in
    account  the account's id; None for a visitor and for the operator at the hub's own machine
    org      the organisation that the account belongs to, by id
    agent    a program that acts for the account: what binds the member waits for the member's own word
    scopes   names of actions or families of actions ("need", "need.pose"), or "read" for all reading;
             None means everything that the role may
    key      the session or token that the actor came with, by id; None at the hub's own machine
    lang     the language of the account: what it is answered in where a request names none
    token    the token that a program came with, by id; None for a person who has signed in
    name     what the person is called, for their own pages: no rule reads it and no log repeats it
    """

    role: Role = "visitor"
    account: str | None = None
    org: str | None = None
    agent: bool = False
    scopes: frozenset[str] | None = None
    key: str | None = None
    lang: Lang | None = None
    token: str | None = None
    name: str | None = field(default=None, compare=False, repr=False)

    def within(self, action: str, *, reads: bool) -> bool:
        """Whether the actor's scopes hold an action: by its name, by its family, or as reading."""
        if self.scopes is None:
            return True
        held = {action, action.partition(".")[0]} | ({"read"} if reads else set())
        return not self.scopes.isdisjoint(held)

    @property
    def operates(self) -> bool:
        """Whether the hub is run by this actor."""
        return self.role == "operator"

    @property
    def may_register(self) -> bool:
        """Whether the actor may register an organisation: the operator any, a member the one that it has not yet."""
        return self.operates or (self.role in MEMBERS and self.account is not None and self.org is None)


VISITOR = Actor()
HERE = Actor("operator")  # someone at the command line of the hub's own machine

PASSWORD_LEAST = 10  # characters
LOGIN = re.compile(r"[\w.@-]{2,64}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
# The most common passwords of ten characters and more, Chinese habits among them; compared without capitals.
_COMMON = frozenset(
    """
    1234567890 0123456789 0987654321 9876543210 12345678910 123456789a a123456789 123456789q q123456789
    1234567890a a1234567890 aa123456789 abc123456789 abcd123456 abc1234567 123456abcd 1q2w3e4r5t 1q2w3e4r5t6y
    q1w2e3r4t5 1qaz2wsx3edc qazwsxedcrfv qwertyuiop qwerty12345 qwerty123456 qwertyuiop123 asdfghjkl1
    asdfghjkl123 zxcvbnm123 1234qwerasdf password12 password123 password1234 password12345 passw0rd123
    p@ssw0rd123 p@ssword123 mypassword welcome123 administrator admin12345 admin123456 letmein123 changeme123
    iloveyou12 iloveyou123 woaini1314 woaini520520 woaini5201314 5201314520 1314520520 1314521521 5211314521
    woaiwojia123 tandem1234 tandem12345
    """.split()  # noqa: SIM905  words read better than a list of quotes
)


def login_of(text: str) -> str:
    """A login as it is kept and compared: without differences of width and capitals. Raises Invalid login.form.

    >>> login_of(" Ｌi.Wei ")
    'li.wei'
    """
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    if not LOGIN.fullmatch(folded):
        raise Invalid("login.form", least=2, longest=64)
    return folded


def check_email(text: str | None) -> None:
    """Raises Invalid email.form where it cannot be an address."""
    if text is not None and not EMAIL.fullmatch(text):
        raise Invalid("email.form")


def check_password(password: str, login: str) -> None:
    """Whether a password may be taken; which one it was is never told.

    login   as login_of gives it
    Raises  Invalid password.short, password.login, password.common
    """
    if len(password) < PASSWORD_LEAST:
        raise Invalid("password.short", least=PASSWORD_LEAST)
    folded = unicodedata.normalize("NFKC", password).casefold()
    if folded.strip() in (login, login[::-1], login + login):
        raise Invalid("password.login")
    if folded in _COMMON or len(set(folded)) < 4:
        raise Invalid("password.common")
