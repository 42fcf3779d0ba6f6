"""Proofs over the journal judged anew on this side, from the definition: what a page says holds was computed here.

Source: RFC 9162 sections 2.1.3.2 (inclusion) and 2.1.4.2 (consistency); hashes as in RFC 6962 section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tandem.hub.keeping.answers import Consistency, Proof


def included(proof: Proof) -> bool:
    """Whether the path leads from the entry's leaf to the root of the journal of that size."""
    at, last = proof.index, proof.size - 1
    if not 0 <= at <= last:
        return False
    here = hashlib.sha256(b"\x00" + proof.leaf.encode()).digest()
    for other in _hashes(proof.path):
        if last == 0:
            return False
        if at % 2 or at == last:
            here = _node(other, here)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            here = _node(here, other)
        at, last = at // 2, last // 2
    return last == 0 and here.hex() == proof.root


def grown(told: Consistency) -> bool:
    """Whether the path shows that the larger journal begins with the smaller one."""
    if not 0 < told.old <= told.size:
        return False
    if told.old == told.size:
        return told.old_root == told.root and not told.path
    path = _hashes(told.path)
    if told.old & (told.old - 1) == 0:  # a whole tree, whose root is the start
        path = [bytes.fromhex(told.old_root), *path]
    if not path:
        return False
    at, last = told.old - 1, told.size - 1
    while at % 2:
        at, last = at // 2, last // 2
    older = newer = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            older, newer = _node(other, older), _node(other, newer)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            newer = _node(newer, other)
        at, last = at // 2, last // 2
    return last == 0 and older.hex() == told.old_root and newer.hex() == told.root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _hashes(path: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in path]
