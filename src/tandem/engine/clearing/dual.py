"""What prices say of a market: the bound that they prove, and how many needs want each offer at them.

Loops as in loops.py.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"
from __future__ import annotations

import numpy as np

from tandem.engine.clearing.loops import best_several, wanted_most


def best_one(edges, price, i):
    """The edge of largest surplus of need i (-1 if none is above 0) and that surplus (at least 0)."""
    best, edge = 0, -1
    for e in range(edges.first[i], edges.first[i + 1]):
        surplus = edges.value[e] * edges.scale - price[edges.offer[e]]
        if surplus > best:
            best, edge = surplus, e
    return edge, best


def bound(edges, capacity, price):
    """D(p) of certificate.py: whole units of value, and parts of 1/scale; two sums, so that neither overflows."""
    whole, parts = 0, 0
    for j in range(len(price)):
        whole += capacity[j] * (price[j] // edges.scale)
        parts += capacity[j] * (price[j] % edges.scale)
    most = wanted_most(edges, np.arange(len(edges.slots)))
    none = np.zeros(0, np.uint8)
    edge, surplus = np.empty(most, np.int64), np.empty(most, np.int64)
    for i in range(len(edges.slots)):
        if edges.slots[i] == 1:
            _, best = best_one(edges, price, i)
            whole += best // edges.scale
            parts += best % edges.scale
            continue
        found = best_several(edges, price, none, i, min(most, edges.slots[i]), edge, surplus)
        for k in range(found):
            whole += surplus[k] // edges.scale
            parts += surplus[k] % edges.scale
    return whole, parts


def worth_of_a_place(edges, capacity, price, asking):
    """`asking`, raised at offers without any place to what the first place there would be worth; others stay.

    That is the surplus that a need would give up for it: the bound is the same as at a price that nobody would pay.
    """
    most = wanted_most(edges, np.arange(len(edges.slots)))
    none = np.zeros(0, np.uint8)
    edge, surplus = np.empty(most, np.int64), np.empty(most, np.int64)
    for i in range(len(edges.slots)):
        wanted = min(most, edges.slots[i])
        found = best_several(edges, price, none, i, wanted, edge, surplus)
        least = surplus[wanted - 1] if found == wanted and wanted > 0 else 0
        for e in range(edges.first[i], edges.first[i + 1]):
            j = edges.offer[e]
            if capacity[j] == 0 and wanted > 0:
                asking[j] = max(asking[j], edges.value[e] * edges.scale - least)
    return asking


def demand(edges, price, asked, surpluses, every):
    """Counts in asked (m) how many needs want each offer at these prices, as many offers each as they have slots.

    Of every so-many-th need the surpluses go into `surpluses`, those above 0; returns how many they are.
    """
    most = max(1, wanted_most(edges, np.arange(len(edges.slots))))
    none = np.zeros(0, np.uint8)
    edge, surplus = np.empty(most, np.int64), np.empty(most, np.int64)
    noted = 0
    for i in range(len(edges.slots)):
        if most == 1 and edges.slots[i] == 1:
            edge[0], surplus[0] = best_one(edges, price, i)
            found = 1 if edge[0] >= 0 else 0
        else:
            found = best_several(edges, price, none, i, min(most, edges.slots[i]), edge, surplus)
        for k in range(found):
            asked[edges.offer[edge[k]]] += 1
            if i % every == 0:
                surpluses[noted] = surplus[k]
                noted += 1
    return noted
