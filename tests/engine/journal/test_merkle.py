"""The Merkle tree of the journal: as RFC 6962 defines it, as others compute it, and no false proof is believed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.engine.journal import merkle

# The eight leaves and the roots of the reference tests of Certificate Transparency.
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def whole(leaves: Sequence[bytes]) -> merkle.Whole:
    """Complete subtrees, folded from the leaves."""
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    return lambda level, index: merkle.folded(hashes[index << level : (index + 1) << level])


def defined(leaves: Sequence[bytes]) -> bytes:
    """MTH, written from its definition alone (RFC 6962, 2.1)."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def data(count: int) -> list[bytes]:
    return [f"entry {at}".encode() for at in range(count)]


def test_the_roots_that_certificate_transparency_publishes():
    """Known answers for none to eight leaves."""
    assert [merkle.root(n, whole(LEAVES)).hex() for n in range(9)] == list(ROOTS)


@given(st.integers(0, 70))
def test_a_root_is_as_the_definition_says(count):
    """Any size, also where the tree is ragged."""
    assert merkle.root(count, whole(data(count))) == defined(data(count))


@given(st.integers(1, 70), st.data())
def test_every_true_proof_is_believed(count, drawn):
    """Inclusion of any leaf in any size, and consistency with any smaller size."""
    tree = whole(data(count))
    index, old = drawn.draw(st.integers(0, count - 1)), drawn.draw(st.integers(1, count))
    root = merkle.root(count, tree)
    leaf = merkle.leaf_hash(data(count)[index])
    assert merkle.included(leaf, index, count, merkle.inclusion(index, count, tree), root)
    assert merkle.consistent(old, count, merkle.root(old, tree), root, merkle.consistency(old, count, tree))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 13, 33])
def test_a_proof_with_any_byte_changed_is_refused(count):
    """Every byte of every proof of every leaf, of the leaf and of the root; and proofs too long or too short."""
    tree = whole(data(count))
    root = merkle.root(count, tree)
    for index in range(count):
        leaf, path = merkle.leaf_hash(data(count)[index]), merkle.inclusion(index, count, tree)
        for wrong in changed(path):
            assert not merkle.included(leaf, index, count, wrong, root)
        for (one,) in changed([leaf]):
            assert not merkle.included(one, index, count, path, root)
        for (one,) in changed([root]):
            assert not merkle.included(leaf, index, count, path, one)
        assert not merkle.included(leaf, index, count, [*path, root], root)
        assert not merkle.included(leaf, index, count, [*path, bytes(32)], root)
        assert count == 1 or not merkle.included(leaf, index, count, path[:-1], root)
        for longer in ([*path[:-1], path[-1] + b"\x00"],) if path else ():
            assert not merkle.included(leaf, index, count, longer, root)
        for other in range(-1, count + 2):
            if other not in (count, -1):
                theirs = merkle.root(other, whole(data(other)))
                assert not merkle.included(leaf, index, other, path, theirs)
            if other != index:
                assert not merkle.included(leaf, other, count, path, root)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 13, 33])
def test_a_proof_for_a_wrong_size_is_refused(count):
    """A tree of another size has another root: neither the old nor the new size can be told wrongly."""
    tree = whole(data(40))
    root = merkle.root(count, tree)
    for old in range(1, count + 1):
        before, path = merkle.root(old, tree), merkle.consistency(old, count, tree)
        for wrong in changed(path):
            assert not merkle.consistent(old, count, before, root, wrong)
        assert not merkle.consistent(old, count, before, root, [*path, bytes(32)])
        assert not path or not merkle.consistent(old, count, before, root, path[:-1])
        for other in range(41):
            if other != old:
                assert not merkle.consistent(other, count, before, root, path)
            if other != count:
                assert not merkle.consistent(old, other, before, merkle.root(other, tree), path)
        if old != count:
            for (one,) in changed([before]):
                assert not merkle.consistent(old, count, one, root, path)
            for (one,) in changed([root]):
                assert not merkle.consistent(old, count, before, one, path)


def test_no_other_library_sees_it_differently():
    """pymerkle: the same roots, the same inclusion paths; it finds our roots consistent."""
    pymerkle = pytest.importorskip("pymerkle")
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in data(130):
        theirs.append_entry(leaf)
    tree = whole(data(130))
    for count in (1, 2, 3, 5, 7, 8, 13, 64, 65, 127, 130):
        root = merkle.root(count, tree)
        assert theirs.get_root(count) == root
        for index in range(0, count, 3):
            path = merkle.inclusion(index, count, tree)
            proof = theirs.prove_inclusion(index + 1, count)
            assert proof.path[1:] == path
            pymerkle.verify_inclusion(merkle.leaf_hash(data(130)[index]), root, proof)
        for old in range(1, count + 1, 4):
            their = theirs.prove_consistency(old, count)
            pymerkle.verify_consistency(merkle.root(old, tree), root, their)


def changed(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """The same hashes with one byte changed, for every byte."""
    return [
        [*hashes[:at], one[:byte] + bytes([one[byte] ^ 1]) + one[byte + 1 :], *hashes[at + 1 :]]
        for at, one in enumerate(hashes)
        for byte in range(len(one))
    ]
