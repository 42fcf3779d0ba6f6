"""Introductions as each side sees them. What a side may not know is never read into its answer.

What the invited organisation learns of the need is its brief, also of a confidential one: being invited is being told.
Whose the need is, it learns where that is open anyway, where the poser has revealed itself to it, and from
`introduced` on. The poser learns who the organisation is in the same three ways.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from tandem.domain.introductions import BRIEFED, STEPS, TOUCHING, WAITS_ON, Party, possible
from tandem.domain.records import CLOSED, budget_band
from tandem.hub.call import Call
from tandem.hub.introductions.answers import (
    Brief,
    BrokeredIntroduction,
    Contact,
    Introduction,
    InvitedIntroduction,
    Organisation,
    PosedIntroduction,
)
from tandem.hub.records.shape import shaped
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Row
from tandem.storage.database.visible import open_to

# Reasons that speak of texts: where they name no text, they may rest on hidden ones, and only their code is told.
_OF_TEXTS = frozenset(("delivery", "deliveries_more", "offer", "profile", "dense", "translated", "weak", "record",
                       "learned", "floor"))  # fmt: skip
_SAID = "said"  # what the poser or the broker wrote in proposing
_INTRODUCE = "introduction.introduce"  # the broker's only once the poser has revealed itself (answering.py)
_OF_NEEDS = "introduction.volunteer"  # asked for at a need, whether or not an introduction has ended
_SIDES: Mapping[Party, str] = {"poser": "poser_id", "invited": "org_id"}
_REVEALED: Mapping[Party, str] = {"poser": "poser_revealed", "invited": "org_revealed"}

Reasons = tuple[Mapping[str, Any], ...]


def one(call: Call, row: Row) -> PosedIntroduction | InvitedIntroduction | BrokeredIntroduction:
    """One introduction as the asker sees it."""
    return shown(call, [row])[0]


def shown(call: Call, rows: Sequence[Row]) -> tuple[Introduction, ...]:
    """Introductions, each as the asker sees it: rows that the asker may see, in their order."""
    known = _known(call, rows)
    return tuple(_VIEWS[side(call, row)](known, row, _moves(call, known, row)) for row in rows)


def side(call: Call, row: Row) -> Literal["poser", "invited", "broker"]:
    """As whom the asker reads an introduction."""
    if call.actor.role in ("operator", "auditor"):
        return "broker"
    return "poser" if row["poser_id"] == call.actor.org else "invited"


def staffed(call: Call, orgs: Collection[str]) -> frozenset[str]:
    """Those of some organisations that somebody can sign in for."""
    a = s.accounts.c
    active = sa.select(a.org_id).where(a.org_id.in_(orgs), a.state == "active").distinct()
    return frozenset(row["org_id"] for row in call.tx.unguarded(active))


def whom(row: Row, staffed: Collection[str]) -> Party:
    """The side that a waiting state waits on; the broker where nobody can sign in for it."""
    side = WAITS_ON[row["state"]]
    return side if row["poser_id" if side == "poser" else "org_id"] in staffed else "broker"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the views of some introductions are made from.

    needs, organisations, contacts  all that the rows name, by id
    open                            ids of the records among them, and of evidence, that the asker sees anyway
    staffed                         for a broker's view: the organisations that somebody can sign in for
    """

    needs: Mapping[str, Row]
    organisations: Mapping[str, Row]
    contacts: Mapping[str, Contact]
    open: frozenset[str]
    staffed: frozenset[str]


def _known(call: Call, rows: Sequence[Row]) -> _Known:
    needs = {row["need_id"] for row in rows}
    organisations = {row[name] for row in rows for name in ("poser_id", "org_id")} - {None}
    accounts = {row[name] for row in rows for name in ("poser_contact", "org_contact")} - {None}
    offers = {row["offer_id"] for row in rows} - {None}
    evidence = {id_ for row in rows for reason in _reasons(row) for id_ in reason.get("evidence", ())}
    o, a = s.organisations.c, s.accounts.c
    named = sa.select(o.id, o.name, o.type, o.city, o.state, o.visibility).where(o.id.in_(organisations))
    people = sa.select(a.id, a.name, a.email).where(a.id.in_(accounts), a.state == "active")
    return _Known(
        {row["id"]: row for row in call.tx.unguarded(sa.select(s.needs).where(s.needs.c.id.in_(needs)))},
        {row["id"]: row for row in call.tx.unguarded(named)},
        {row["id"]: Contact(row["name"], row["email"]) for row in call.tx.unguarded(people)},
        frozenset(
            _open(call, s.needs, needs)
            | _open(call, s.organisations, organisations)
            | _open(call, s.offers, offers | evidence)
            | _open(call, s.deliveries, evidence)
        ),
        staffed(call, organisations) if call.actor.role in ("operator", "auditor") else frozenset(),
    )


def _open(call: Call, table: sa.Table, ids: Collection[str]) -> set[str]:
    """Which of these records the asker sees anyway."""
    if not ids:
        return set()
    return {row["id"] for row in call.tx.rows(sa.select(table.c.id).where(table.c.id.in_(ids)), call.actor)}


def _moves(call: Call, known: _Known, row: Row) -> tuple[str, ...]:
    """What the asker may ask for now: by the table, for the sides that the asker speaks for (moving.py `sides`)."""
    own = side(call, row)
    by: set[Party] = {own}
    if own == "broker":
        if not call.actor.operates:
            return ()
        by |= {part for part, org in _SIDES.items() if row[org] not in known.staffed}
    may = "poser" in by or row["poser_revealed"]
    found = [name for name in possible(row["state"], by) if name != _OF_NEEDS and (name != _INTRODUCE or may)]
    hidden = [
        part for part in by & _SIDES.keys() if not row[_REVEALED[part]] and row["introduced_at"] is None
    ]
    return (*found, "introduction.reveal") if hidden and row["ended_at"] is None else tuple(found)


def _posed(known: _Known, row: Row, moves: tuple[str, ...]) -> PosedIntroduction:
    met = row["introduced_at"] is not None
    named = row["org_revealed"] or met or row["org_id"] in known.open
    return shaped(
        PosedIntroduction,
        row,
        **_waiting(row),
        moves=moves,
        title=known.needs[row["need_id"]]["title"],
        organisation=_organisation(known, row["org_id"]) if named else None,
        contact=_contact(known, row, row["org_contact"]),
        offer_id=row["offer_id"] if row["offer_id"] in known.open else None,
        reasons=tuple(reason for reason in _explained(known, row) if named or reason["code"] != _SAID),
        self_known=_poser_known(known, row),
        self_revealed=row["poser_revealed"] or met,
        other_revealed=row["org_revealed"] or met,
    )


def _invited(known: _Known, row: Row, moves: tuple[str, ...]) -> InvitedIntroduction:
    need = known.needs[row["need_id"]]
    met = row["introduced_at"] is not None
    told = row["poser_revealed"] or met or names_poser(need, need["id"] in known.open)
    return shaped(
        InvitedIntroduction,
        row,
        **_waiting(row),
        moves=moves,
        brief=brief(need) if row["state"] in BRIEFED else None,
        need_id=need["id"] if need["id"] in known.open else None,
        organisation=_organisation(known, row["poser_id"]) if told else None,
        pseudonym=None if told else need["pseudonym"],
        contact=_contact(known, row, row["poser_contact"]),
        reasons=tuple(reason for reason in _explained(known, row) if reason["code"] != _SAID),
        self_known=_org_known(known, row),
        self_revealed=row["org_revealed"] or met,
        other_revealed=row["poser_revealed"] or met,
    )


def _brokered(known: _Known, row: Row, moves: tuple[str, ...]) -> BrokeredIntroduction:
    organisation = _organisation(known, row["org_id"])
    assert organisation is not None
    return shaped(
        BrokeredIntroduction,
        row,
        **{**_waiting(row), "waits_on": whom(row, known.staffed) if row["state"] in WAITS_ON else None},
        moves=moves,
        poser_known=_poser_known(known, row),
        org_known=_org_known(known, row),
        title=known.needs[row["need_id"]]["title"],
        poser=_organisation(known, row["poser_id"]),
        organisation=organisation,
        poser_contact=known.contacts.get(row["poser_contact"]),
        contact=known.contacts.get(row["org_contact"]),
        reasons=_reasons(row),
    )


_VIEWS: Mapping[str, Callable[[_Known, Row, tuple[str, ...]], Introduction]] = {
    "poser": _posed,
    "invited": _invited,
    "broker": _brokered,
}


def _waiting(row: Row) -> dict[str, Any]:
    state = row["state"]
    return {"waits_on": WAITS_ON.get(state), "step": STEPS.get(state), "due_at": row["lease_until"]}


def _organisation(known: _Known, org: str | None) -> Organisation | None:
    return None if org is None else shaped(Organisation, known.organisations[org])


def _contact(known: _Known, row: Row, account: str | None) -> Contact | None:
    """Who agreed for the other side, while both have something to do with each other."""
    return known.contacts.get(account or "") if row["state"] in TOUCHING else None


def _known_as(told: bool, table: str, record: Row, *, anonymous: bool = False) -> str:
    """Whether others know a side by a record of its own; who is named stays untold, it may be the hidden other side."""
    if told:
        return "yes"
    if anonymous or record["state"] in CLOSED[table]:
        return "no"
    if record["visibility"] in open_to("member"):
        return "yes"
    return "named" if record["visibility"] == "named" else "no"


def _poser_known(known: _Known, row: Row) -> str:
    need = known.needs[row["need_id"]]
    told = row["poser_revealed"] or row["introduced_at"] is not None
    return _known_as(told, "needs", need, anonymous=bool(need["anonymous"]))


def _org_known(known: _Known, row: Row) -> str:
    told = row["org_revealed"] or row["introduced_at"] is not None
    return _known_as(told, "organisations", known.organisations[row["org_id"]])


def names_poser(need: Row, open_anyway: bool) -> bool:
    """Whether an invited organisation reads whose a need is before anybody reveals anything."""
    return open_anyway and not need["anonymous"]


def brief(need: Row) -> Brief:
    """The need as an invited organisation reads it."""
    return shaped(Brief, need, budget=budget_band(need["budget_min"], need["budget_max"]))


def _reasons(row: Row) -> Reasons:
    return tuple(json.loads(row["reasons"])) if row["reasons"] else ()


def _explained(known: _Known, row: Row) -> Reasons:
    """The reasons that rest on nothing hidden from the asker; one that may is told by its code alone."""
    told: list[Mapping[str, Any]] = []
    for reason in _reasons(row):
        evidence = reason.get("evidence") or ()
        if (evidence and known.open.issuperset(evidence)) or (
            not evidence and reason["code"] not in _OF_TEXTS
        ):
            told.append(reason)
        elif not evidence:
            told.append({"code": reason["code"], "weight": 0, "params": {}, "evidence": []})
    return tuple(told)
