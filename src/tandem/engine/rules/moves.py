"""Local moves of an assignment: take an edge and give up what stands in its way, or give one up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tandem.engine.clearing.market import Ints
from tandem.engine.rules.trails import changed

if TYPE_CHECKING:
    from tandem.engine.rules.mend import Mender

TRIED = 2_000  # moves weighed one after another in a round
NONE = -1


class Moves(NamedTuple):
    """M moves: the edges taken (M, 2) and given up (M, 2), -1 for none; gain (M,) and use (M, K) as in trails."""

    taken: Ints
    given: Ints
    gain: Ints
    use: Ints


def round_of(mender: Mender, held: Ints, use: Ints) -> Ints:
    """The assignment after a round of moves that do not touch each other; the same where no move helps."""
    broken = use > mender.most
    found = _moves(mender, held, broken)
    excess = float(mender.excess(use))
    if excess > 0:
        less = excess - mender.excess(use + found.use)
        good = np.flatnonzero(less > 1e-12)
        order = good[np.argsort(mender.loss(found.gain, found.use, broken)[good] / less[good], kind="stable")]
    else:
        good = np.flatnonzero((found.gain > 0) & (use + found.use <= mender.most).all(axis=1))
        order = good[np.argsort(-found.gain[good], kind="stable")]
    return _applied(mender, held, use, found, order[:TRIED])


def _applied(mender: Mender, held: Ints, use: Ints, found: Moves, order: Ints) -> Ints:
    """Moves in this order, skipping those that touch an earlier one's needs or offers or no longer help."""
    market = mender.market
    touched: set[tuple[int, int]] = set()
    taken: list[int] = []
    given: list[int] = []
    for at in order.tolist():
        edges = [e for e in (*found.taken[at].tolist(), *found.given[at].tolist()) if e != NONE]
        places = {(0, int(mender.need[e])) for e in edges} | {(1, int(market.offer[e])) for e in edges}
        after = use + found.use[at]
        helps = float(mender.excess(after)) < float(mender.excess(use)) or (
            found.gain[at] > 0 and bool((after <= mender.most).all())
        )
        if touched & places or not helps:
            continue
        touched |= places
        use = after
        taken += [e for e in found.taken[at].tolist() if e != NONE]
        given += [e for e in found.given[at].tolist() if e != NONE]
    return changed(held, np.array(given, np.int64), np.array(taken, np.int64))


def _moves(mender: Mender, held: Ints, broken: np.ndarray) -> Moves:
    """Every edge not held, taken in place of the least of its need and of its offer; and every held edge given up."""
    market, need, offer = mender.market, mender.need, mender.market.offer
    worth = _worth(mender, broken)
    mine = np.zeros(market.edges, np.bool_)
    mine[held] = True
    full_need = np.bincount(need[held], minlength=market.needs) >= market.slots
    full_offer = np.bincount(offer[held], minlength=market.offers) >= market.capacity
    least_need = _least(need, held, worth, market.needs)
    least_offer = _least(offer, held, worth, market.offers)
    new = np.flatnonzero(~mine)
    out_need = np.where(full_need[need[new]], least_need[need[new]], NONE)
    out_offer = np.where(full_offer[offer[new]], least_offer[offer[new]], NONE)
    blocked = (full_need[need[new]] & (out_need == NONE)) | (full_offer[offer[new]] & (out_offer == NONE))
    new, out_need, out_offer = new[~blocked], out_need[~blocked], out_offer[~blocked]
    # who loses a place takes the best one that is free, if that is worth anything
    free = np.flatnonzero(~mine & ~full_offer[offer] & (worth > 0))
    best_free = _least(need, free, -worth, market.needs)
    again = np.where(out_offer != NONE, best_free[need[out_offer]], NONE)
    given = np.stack(
        [np.concatenate([out_need, held]), np.concatenate([out_offer, np.full(len(held), NONE)])], axis=1
    )
    taken = np.stack(
        [np.concatenate([new, np.full(len(held), NONE)]), np.concatenate([again, np.full(len(held), NONE)])],
        axis=1,
    )
    given[given[:, 0] == given[:, 1], 1] = NONE
    return Moves(taken, given, *_changes(mender, taken, given))


def _changes(mender: Mender, taken: Ints, given: Ints) -> tuple[Ints, Ints]:
    """What moves change in value and in the use of each limit."""
    gain = np.zeros(len(taken), np.int64)
    use = np.zeros((len(mender.limits), len(taken)), np.int64)
    for edges, sign in ((taken, 1), (given, -1)):
        for column in edges.T:
            there = np.flatnonzero(column != NONE)
            edge = column[there]
            gain[there] += sign * mender.market.value[edge].astype(np.int64)
            for k, limit in enumerate(mender.limits):
                use[k, there] += sign * limit.weights(edge)
    return gain, use.T


def _worth(mender: Mender, broken: np.ndarray) -> np.ndarray:
    """The value of every edge at the prices, limits that are broken counting a little more."""
    every = np.arange(mender.market.edges)
    value = mender.market.value.astype(np.float64)
    mean = float(value.mean()) if len(value) else 1.0
    for k, limit in enumerate(mender.limits):
        price = mender.price[k] + (mean * mender.weight[k] if broken[k] else 0.0)
        if price:
            value -= price * limit.weights(every)
    return value


def _least(place: np.ndarray, edges: Ints, worth: np.ndarray, count: int) -> Ints:
    """Among these edges the one of least worth at each place, -1 where there is none."""
    order = edges[np.lexsort((-edges, -worth[edges], place[edges]))]
    least = np.full(count, NONE, np.int64)
    least[place[order]] = order  # the last one written is the least
    return least
