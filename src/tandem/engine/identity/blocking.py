"""Which of many records are worth comparing: those that share a key which few others have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from tandem.engine.search.postings import FloatArray, IntArray

_AT_ONCE = 500_000  # pairs compared at a time: bounds memory


def pairs(keys: Sequence[Collection[str]], crowd: int) -> tuple[IntArray, IntArray]:
    """All pairs (first < second) of records that share a key held by at most `crowd` records.

    Of a larger crowd only neighbours are paired: enough to find that a hundred records are all the same.
    O(keys log keys + crowd x keys): never every record against every other.
    """
    number: dict[str, int] = {}
    key = np.array([number.setdefault(one, len(number)) for own in keys for one in own], np.int64)
    record = np.repeat(np.arange(len(keys), dtype=np.int64), [len(own) for own in keys])
    size = np.bincount(key, minlength=len(number))
    kept = size[key] > 1
    key, record = key[kept], record[kept]
    order = np.lexsort((record, key))
    key, record = key[order], record[order]
    found = [np.zeros(0, np.int64)]
    for step in range(1, crowd):
        if step == 2:
            few = size[key] <= crowd
            key, record = key[few], record[few]
        same = key[step:] == key[:-step]
        if not same.any():
            break
        found.append(np.unique(record[:-step][same] * len(keys) + record[step:][same]))
    codes = np.unique(np.concatenate(found))
    return codes // len(keys), codes % len(keys)


def overlap(
    held: Sequence[Collection[str]], weight: Mapping[str, float], first: IntArray, second: IntArray
) -> FloatArray:
    """Total weight of what two records both hold, for each pair of records: (pairs,) float64."""
    number = {key: i for i, key in enumerate(weight)}
    value = np.array([*weight.values(), 0.0])
    size = np.array([len(own) for own in held], np.int64)
    start = np.cumsum(size) - size
    flat = np.array([key for own in held for key in sorted(number[one] for one in own)], np.int64)
    codes = np.repeat(np.arange(len(held)), size) * len(value) + flat
    total = np.zeros(len(first))
    for low in range(0, len(first), _AT_ONCE):
        one, two = first[low : low + _AT_ONCE], second[low : low + _AT_ONCE]
        pair = np.repeat(np.arange(len(one)), size[one])
        within = np.arange(len(pair)) - np.repeat(np.cumsum(size[one]) - size[one], size[one])
        key = flat[start[one][pair] + within]
        sought = two[pair] * len(value) + key
        place = np.minimum(np.searchsorted(codes, sought), max(len(codes) - 1, 0))
        total[low : low + len(one)] = np.bincount(
            pair, np.where(codes[place] == sought, value[key], 0.0), minlength=len(one)
        )
    return total
