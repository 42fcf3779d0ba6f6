"""The Merkle tree of RFC 6962 over the journal's leaves: roots and proofs, and judging them.

    leaf  SHA-256(0x00 || data)         node  SHA-256(0x01 || left || right)
    MTH(D[n]) = node(MTH(D[0:k]), MTH(D[k:n])), k the largest power of two smaller than n; MTH of nothing is SHA-256("")

Whoever makes a root or a proof hands over `whole(level, index)`: the root of the `index`-th run of 2^level leaves
that is complete. Whoever judges a proof needs nothing but hashes.
Source: RFC 6962 sections 2.1, 2.1.1, 2.1.2; judging after RFC 9162 sections 2.1.3.2, 2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Whole = Callable[[int, int], bytes]
LENGTH = 32  # bytes of a hash


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def folded(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k neighbours; k >= 0."""
    row = list(hashes)
    while len(row) > 1:
        row = [node(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def root(size: int, whole: Whole) -> bytes:
    """MTH of the first `size` leaves, by O(log size) calls of `whole`."""
    return _subtree(0, size, whole) if size else hashlib.sha256().digest()


def inclusion(index: int, size: int, whole: Whole) -> list[bytes]:
    """PATH(index, D[size]): that a leaf stands at `index` (from 0) among the first `size`; 0 <= index < size."""
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_subtree(middle, end, whole))
            end = middle
        else:
            proof.append(_subtree(start, middle, whole))
            start = middle
    return proof[::-1]


def consistency(old: int, size: int, whole: Whole) -> list[bytes]:
    """PROOF(old, D[size]): that the first `old` leaves are the same in both trees; 0 < old <= size."""
    proof: list[bytes] = []
    start, end, complete = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_subtree(middle, end, whole))
            end = middle
        else:
            proof.append(_subtree(start, middle, whole))
            start, complete = middle, False
    return (proof if complete else [*proof, _subtree(start, end, whole)])[::-1]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows the leaf's hash at `index` of the tree of that size and root."""
    if not 0 <= index < size or not _hashes([leaf, root, *proof]):
        return False
    at, last, here = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            here = node(other, here)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            here = node(here, other)
        at, last = at >> 1, last >> 1
    return last == 0 and here == root


def consistent(old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of `size` leaves and `root` begins with that of `old` and `old_root`."""
    if not 0 < old <= size or not _hashes([old_root, root, *proof]):
        return False
    if old == size:
        return not proof and old_root == root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = now = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, now = node(other, before), node(other, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = node(now, other)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and now == root


def _subtree(start: int, end: int, whole: Whole) -> bytes:
    """MTH(D[start:end]) where start is a multiple of the power of two at or above end - start."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return whole(level, start >> level)
    middle = start + _split(count)
    return node(_subtree(start, middle, whole), _subtree(middle, end, whole))


def _split(count: int) -> int:
    """The largest power of two smaller than count; count >= 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _hashes(given: Sequence[bytes]) -> bool:
    return all(len(one) == LENGTH for one in given)
