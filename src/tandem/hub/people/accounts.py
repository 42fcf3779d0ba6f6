"""Accounts: made by whoever wants one, changed by their owners, placed by the operator and by managers.

A manager places colleagues; who becomes one decides for itself (membership.py), or is placed by the operator, who takes
in whole firms by telephone and tells each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tandem.base.errors import Absent, Conflict, Denied, Invalid
from tandem.domain.people import COLLEAGUES, check_email, check_password, login_of
from tandem.hub import notices
from tandem.hub.actions import Asker
from tandem.hub.answers import Done
from tandem.hub.call import Call
from tandem.hub.feeds import mailings
from tandem.hub.people import admission, answers, keys
from tandem.hub.people.inputs import AccountChange, AccountQuery, Nothing, Registration, Standing
from tandem.hub.people.passwords import Passwords
from tandem.hub.records import cursor
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row


@dataclass(frozen=True, slots=True)
class Passed:
    """The hash that a password was right for, and the hash of the one that shall replace it."""

    right: str | None
    new: str | None


def hash_password(given: Registration, asker: Asker) -> str:
    """The hash of the password of a new account, made before the transaction. Raises Invalid login.*, password.*"""
    assert asker.hub is not None
    check_password(given.password, login_of(given.login))
    return asker.hub.part(Passwords).hashed(given.password)


def register(call: Call, given: Registration, password: str) -> Done:
    """Makes an account: a member's, without an organisation yet."""
    return Done(str(create(call, given, password)["id"]))


def create(call: Call, given: Registration, password: str | None, **more: Any) -> Row:
    """A new account, told to the journal. Raises Conflict account.login_taken, Invalid login.form, email.form"""
    login = login_of(given.login)
    check_email(given.email)
    if call.tx.unguarded(sa.select(s.accounts.c.id).where(s.accounts.c.login == login)):
        raise Conflict("account.login_taken")
    language = given.language or call.lang
    account = call.tx.add(s.accounts, {
        "login": login, "password": password, "name": given.name, "email": given.email, "lang": language,
        "role": "member", "state": "active", **more,
    })  # fmt: skip
    call.tx.tell("account.register", call.actor, "accounts", account["id"], login=login, name=given.name,
                 email=given.email, language=language, role=account["role"])  # fmt: skip
    return account


def show(call: Call, given: Nothing) -> answers.Account:
    """One's own account. Raises Denied account.none"""
    return _whole(call.tx.one(s.accounts, keys.own_account(call), call.actor))


def check_old(given: AccountChange, asker: Asker) -> Passed:
    """Compares the old password and hashes the new one, before the transaction.

    Raises Denied account.none, account.password; Invalid password.*, account.old_password; Limited limit.reached
    """
    if given.new_password is None:
        return Passed(None, None)
    if given.password is None:
        raise Invalid("account.old_password")
    assert asker.hub is not None
    right, login = right_password(given.password, asker)
    check_password(given.new_password, login)
    return Passed(right, asker.hub.part(Passwords).hashed(given.new_password))


def right_password(password: str, asker: Asker) -> tuple[str, str]:
    """The kept hash that the asker's password is right for, and the asker's login.

    Raises Denied account.none, account.password; Limited limit.reached
    """
    from tandem.hub.people.limits import Limits  # noqa: PLC0415

    assert asker.hub is not None
    if asker.actor.account is None:
        raise Denied("account.none")
    with asker.hub.database.reading() as tx:
        row = tx.one(s.accounts, asker.actor.account, asker.actor)
    limits = asker.hub.part(Limits)
    limits.take("login", row["id"])
    if not asker.hub.part(Passwords).matches(row["password"], password):
        raise Denied("account.password")
    limits.give_back("login", row["id"])
    return row["password"], row["login"]


def edit(call: Call, given: AccountChange, passed: Passed) -> answers.Account:
    """Changes one's own account; with a new password every other session of it ends.

    Raises Denied account.none, account.person, account.password; Invalid email.form, mail.*; Conflict record.stale
    """
    row = call.tx.one(s.accounts, keys.own_account(call), call.actor)
    keys.in_person(call)
    check_email(given.email)
    told = {"name": given.name, "email": given.email, "lang": given.language}
    values: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if given.no_email:
        values |= {"email": None, "mail": None}
        mailings.turn(call, row, "off")
    elif given.mail is not None:
        values["mail"] = None if given.mail == "off" else given.mail
        mailings.turn(call, {**row, **values}, given.mail)
    elif given.email is not None and row["mail"] is not None:
        mailings.addressed(given.email)
    if passed.new is not None:
        if row["password"] != passed.right:  # another change came first
            raise Denied("account.password")
        others = [] if call.actor.key is None else [s.keys.c.id != call.actor.key]
        keys.revoke(call, row["id"], s.keys.c.kind == "session", *others)
    new = {} if passed.new is None else {"password": passed.new}
    admission.changed(call, row["id"])  # which knows the language
    after = call.tx.change(s.accounts, row, {**values, **new}, call.version)
    call.tx.tell("account.edit", call.actor, "accounts", row["id"], **values, password=bool(new))
    return _whole(after)


def listed(call: Call, given: AccountQuery) -> answers.Accounts:
    """Accounts, the newest first: all for the operator, those of the own organisation for its manager."""
    a = s.accounts.c
    statement = sa.select(s.accounts)
    asked = (
        (a.id, given.account),
        (a.org_id, given.organisation),
        (a.role, given.role),
        (a.state, given.state),
    )
    for column, wanted in asked:
        if wanted is not None:
            statement = statement.where(column == wanted)
    if given.name is not None:
        part = given.name.strip()
        named = a.login.icontains(part, autoescape=True) | a.name.icontains(part, autoescape=True)
        statement = statement.where(named)
    rows, after = cursor.part(call, statement, s.accounts, given)
    seen = _whole if call.actor.operates else _colleague
    return answers.Accounts(tuple(seen(row) for row in rows), after)


def place(call: Call, given: Standing) -> answers.Account | answers.Colleague:
    """Says what an account is on this hub. A manager says what colleagues are in the organisation, and lets them go.

    Raises Absent record.absent; Denied account.person, account.rights;
           Conflict account.last_operator, record.stale; Invalid account.alone
    """
    keys.in_person(call)
    row = _placed_by_operator(call, given) if call.actor.operates else _placed_by_manager(call, given)
    org = None if given.leave else given.organisation or row["org_id"]
    told = {"org_id": org, "role": given.role or row["role"], "state": given.state or row["state"]}
    if given.leave and told["role"] == "manager":
        told["role"] = "member"
    if told["role"] == "manager" and org is None:
        raise Invalid("account.alone")
    if (told["role"], told["state"]) != ("operator", "active"):
        keep_an_operator(call, row)
    admission.changed(call, row["id"])
    if told["state"] == "blocked":
        keys.revoke(call, row["id"])
    after = call.tx.change(s.accounts, row, told, call.version)
    call.tx.tell("account.set", call.actor, "accounts", row["id"], org=org or row["org_id"], **told)
    if org is not None and org != row["org_id"]:
        notices.to_account(call, row["id"], "account.placed", row["id"], role=told["role"], organisation=org)
    else:
        notices.to_account(call, row["id"], "account.set", row["id"], role=told["role"])
    return _whole(after) if call.actor.operates else _colleague(after)


def keep_an_operator(call: Call, row: Row) -> None:
    """Raises Conflict account.last_operator where the hub would be left without one."""
    a = s.accounts.c
    others = sa.select(a.id).where(a.role == "operator", a.state == "active", a.id != row["id"]).limit(1)
    if (row["role"], row["state"]) == ("operator", "active") and not call.tx.unguarded(others):
        raise Conflict("account.last_operator")


def _placed_by_operator(call: Call, given: Standing) -> Row:
    if given.organisation is not None:
        call.tx.one(s.organisations, given.organisation, call.actor)
    row = call.tx.one(s.accounts, given.id, call.actor)
    if row["state"] == "erased":
        raise Absent("record.absent", table="accounts", id=given.id)
    return row


def _placed_by_manager(call: Call, given: Standing) -> Row:
    """The account of a colleague; the hub's own people are none, wherever they belong."""
    row, own = call.tx.one(s.accounts, given.id, call.actor), call.actor.org
    if own is None or row["org_id"] != own or row["role"] not in COLLEAGUES:
        raise Absent("record.absent", table="accounts", id=given.id)
    wanted = (given.state, given.role, given.organisation)
    if wanted[0] is not None or wanted[1] not in (None, *COLLEAGUES) or wanted[2] not in (None, own):
        raise Denied("account.rights")
    return row


def _whole(row: Row) -> answers.Account:
    return answers.Account(
        id=row["id"], version=row["version"], state=row["state"], login=row["login"], name=row["name"],
        email=row["email"], mail=row["mail"] or "off", language=row["lang"], role=row["role"], org_id=row["org_id"],
        provider=row["subject"] is not None, created_at=row["created_at"], changed_at=row["changed_at"],
    )  # fmt: skip


def _colleague(row: Row) -> answers.Colleague:
    return answers.Colleague(row["id"], row["version"], row["state"], row["login"], row["name"], row["role"])
