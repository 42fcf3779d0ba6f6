"""Which rows leave storage: every statement on behalf of somebody passes through `visible`; unknown means no.

Records (organisations, needs, offers, deliveries) have a visibility:
  public        everyone sees them
  members       whoever is signed in
  named         the owner, and the organisations that the record names
  confidential  the owner
The operator and the auditor see all; what is no longer open (`CLOSED`) is its owner's alone. Everything else belongs
to an account, an organisation or the hub, as `RULES` says; a table without a rule gives no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import ExternallyTraversible

from tandem.domain.people import Actor, Role
from tandem.domain.records import CLOSED, OPEN
from tandem.storage.database import schema as s

Predicate: TypeAlias = "sa.ColumnElement[bool]"
Source: TypeAlias = "sa.Table | sa.Alias"
SEE_ALL: frozenset[Role] = frozenset(("operator", "auditor"))


class Shape(NamedTuple):
    """What of an actor decides the form of a rule; who it is in person is bound when the statement runs."""

    role: Role
    signed_in: bool
    belongs: bool


def visible(statement: sa.Select[Any], actor: Actor) -> sa.Select[Any]:
    """The statement, limited in every table that it reads to the rows that the actor may see; run with `bound`.

    What stands in a subquery of its conditions is not limited: that is for the hub's own. A subquery that is read from
    gives no rows.
    """
    seen_by = shape(actor)
    return statement.where(*(_allowed(source, seen_by) for source in _sources(statement)))


def open_to_members(table: sa.Table) -> Predicate:
    """What every member reads of a table of records: the one condition under which something may move what all see."""
    return table.c.visibility.in_(OPEN) & table.c.state.not_in(CLOSED[table.name])


def shape(actor: Actor) -> Shape:
    """What of an actor decides the form of its statements: two actors of one shape run the same text."""
    return Shape(actor.role, actor.account is not None, actor.org is not None)


def bound(actor: Actor) -> dict[str, str | None]:
    """What a visible statement is run with."""
    return {"actor_org": actor.org, "actor_account": actor.account}


def _sources(statement: sa.Select[Any]) -> set[sa.FromClause]:
    """What a statement reads from, outside its subqueries: tables, and whatever else stands where a table may.

    A function is a source only where it is read from; elsewhere it is as good as its arguments.
    """
    found: set[sa.FromClause] = {
        one for one in statement.get_final_froms() if isinstance(one, FunctionElement)
    }
    waiting: list[ExternallyTraversible] = list(statement.get_children())
    while waiting:
        one = waiting.pop()
        if isinstance(one, sa.Column):
            found.add(one.table)
        elif isinstance(one, sa.FromClause) and not isinstance(one, (sa.Join, FunctionElement)):
            found.add(one)
        elif not isinstance(one, sa.SelectBase):
            waiting.extend(one.get_children())
    return found


def _allowed(source: sa.FromClause, shape: Shape) -> Predicate:
    """A table's rule; also where it is read under another name. What is no table gives no rows."""
    if isinstance(source, sa.Table):
        return _of_table(source.name, shape)
    if isinstance(source, sa.Alias) and isinstance(source.element, sa.Table) and source.element.name in RULES:
        return RULES[source.element.name](shape, source)
    return sa.false()


@lru_cache
def _of_table(table: str, shape: Shape) -> Predicate:
    return RULES[table](shape, s.metadata.tables[table]) if table in RULES else sa.false()


def open_to(role: Role) -> tuple[str, ...]:
    """The visibilities under which whoever has a role sees a record, whose ever it is."""
    return OPEN[:1] if role == "visitor" else OPEN


def _name(table: Source) -> str:
    """What a table is called in the schema."""
    known = table.element if isinstance(table, sa.Alias) else table
    assert isinstance(known, sa.Table)
    return known.name


_ORG: sa.BindParameter[Any] = sa.bindparam("actor_org", type_=sa.Text())
_ACCOUNT: sa.BindParameter[Any] = sa.bindparam("actor_account", type_=sa.Text())


def _record(shape: Shape, table: Source) -> Predicate:
    """Records by their visibility."""
    if shape.role in SEE_ALL:
        return sa.true()
    seen: Predicate = table.c.visibility.in_(open_to(shape.role))
    if shape.belongs:
        naming = sa.select(s.named.c.org_id).where(
            s.named.c.record_id == table.c.id, s.named.c.org_id == _ORG
        )
        seen = seen | ((table.c.visibility == "named") & naming.correlate(table).exists())
    seen = seen & table.c.state.not_in(CLOSED[_name(table)])
    owner = table.c.id if _name(table) == "organisations" else table.c.org_id
    return seen | (owner == _ORG) if shape.belongs else seen


def _account(shape: Shape, table: Source) -> Predicate:
    """One's own account; for a manager those of the organisation; for the operator all."""
    if shape.role == "operator":
        return sa.true()
    if shape.role == "manager" and shape.belongs:
        return sa.or_(table.c.org_id == _ORG, table.c.id == _ACCOUNT)
    return table.c.id == _ACCOUNT if shape.signed_in else sa.false()


def _invitation(shape: Shape, table: Source) -> Predicate:
    """Those to oneself; for a manager also those of the organisation; for the operator all."""
    if shape.role == "operator":
        return sa.true()
    if shape.role == "manager" and shape.belongs:
        return sa.or_(table.c.org_id == _ORG, table.c.account_id == _ACCOUNT)
    return _own(shape, table)


def _own(shape: Shape, table: Source) -> Predicate:
    """What belongs to one's account."""
    return table.c.account_id == _ACCOUNT if shape.signed_in else sa.false()


def _own_or_operator(shape: Shape, table: Source) -> Predicate:
    return sa.true() if shape.role == "operator" else _own(shape, table)


def _introduction(shape: Shape, table: Source) -> Predicate:
    """Both sides, the introduced organisation only once it is invited; the operator brokers."""
    if shape.role in SEE_ALL:
        return sa.true()
    invited = (table.c.org_id == _ORG) & table.c.invited_at.is_not(None)
    return invited | (table.c.poser_id == _ORG) if shape.belongs else sa.false()


def _entry(shape: Shape, table: Source) -> Predicate:
    """Entries of the journal about one's organisation's records; the operator and the auditor all."""
    if shape.role in SEE_ALL:
        return sa.true()
    return table.c.org_id == _ORG if shape.belongs else sa.false()


def _scoped(shape: Shape, table: Source) -> Predicate:
    """What an organisation has said of its own files; the operator all."""
    if shape.role == "operator":
        return sa.true()
    return table.c.scope == _ORG if shape.belongs else sa.false()


def _hub(shape: Shape, table: Source) -> Predicate:
    """What only the hub's own people see."""
    return sa.true() if shape.role in SEE_ALL else sa.false()


RULES: Mapping[str, Callable[[Shape, Source], Predicate]] = {
    "organisations": _record,
    "needs": _record,
    "offers": _record,
    "deliveries": _record,
    "accounts": _account,
    "keys": _own_or_operator,
    "confirmations": _own,
    "invitations": _invitation,
    "jobs": _own_or_operator,
    "rounds": _hub,
    "assignments": _hub,
    "round_needs": _hub,
    "introductions": _introduction,
    "saved_searches": _own,
    "uploads": _own,
    "learned_headers": _scoped,
    "notices": _own,
    "journal": _entry,
    "journal_contents": _hub,
    "webhooks": _own_or_operator,
}
