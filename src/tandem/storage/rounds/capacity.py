"""Who holds a place of an offer, and who a slot of a need: counted in one way for clearing, proposals and answers.

Nothing is counted up and down: a place is taken by an introduction in a state that takes one (domain/introductions.py
says which), so that it is free again in the moment in which the introduction ends, whatever ended it.

An offer's place is held from `interested` on: from then on both sides spend effort, and who has no room should not be
introduced. A need's slot is filled from `agreed` on: until then its poser may talk to more organisations than it wants.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from tandem.domain.introductions import ENGAGED, FILLING, HOLDING, UNTOLD, left
from tandem.storage.database import schema as s
from tandem.storage.database.transaction import Tx

_i = s.introductions.c
# Proposed by the organisation itself (hub/introductions/volunteering.py): it has answered before anybody invited it.
VOLUNTEERED = (_i.state == "proposed") & _i.answered_at.is_not(None)


def held(tx: Tx, offers: Collection[str] | None = None) -> Mapping[str, int]:
    """How many places of each offer are held; None: of every offer that has one held."""
    return _counted(tx, _i.offer_id, HOLDING, offers)


def engaged(tx: Tx, needs: Collection[str] | None = None) -> Mapping[str, int]:
    """How many introductions of each need may still lead to an agreement, or did; None: of every need with one.

    One for which the organisation volunteered, and which its poser has not taken up, keeps no slot from others.
    """
    return _counted(tx, _i.need_id, ENGAGED, needs, ~VOLUNTEERED)


def filled(tx: Tx, needs: Collection[str]) -> Mapping[str, int]:
    """How many slots of each need are taken by an agreement."""
    return _counted(tx, _i.need_id, FILLING, needs)


def free(tx: Tx, offers: Collection[str]) -> Mapping[str, int]:
    """How many needs each offer can still serve; 0 for one that is not open."""
    o = s.offers.c
    taken = held(tx, offers)
    told = tx.unguarded(sa.select(o.id, o.capacity).where(o.id.in_(offers), o.state == "open"))
    open_ = {row["id"]: left(row["capacity"], taken.get(row["id"], 0)) for row in told}
    return {offer: open_.get(offer, 0) for offer in offers}


def count_of(states: Collection[str]) -> sa.Function[Any]:
    """How many of a group of introductions are in these states."""
    return sa.func.sum(sa.case((_i.state.in_(states), 1), else_=0))


def slots() -> sa.Function[Any]:
    """How many organisations a need wants."""
    return sa.func.coalesce(s.needs.c.slots, UNTOLD)


def _counted(
    tx: Tx,
    by: sa.Column[Any],
    states: Collection[str],
    among: Collection[str] | None,
    *more: sa.ColumnElement[bool],
) -> Mapping[str, int]:
    counted = sa.select(by.label("id"), sa.func.count().label("n")).where(
        by.is_not(None), _i.state.in_(states), *more
    )
    if among is not None:
        counted = counted.where(by.in_(among))
    return {row["id"]: int(row["n"]) for row in tx.unguarded(counted.group_by(by))}
