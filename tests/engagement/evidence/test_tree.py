"""The streaming Merkle tree beside the recursive definition of RFC 6962, and proofs of single leaves."""

from __future__ import annotations

import hashlib
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from auditor.engagement.evidence_tree import Tree, leaf_hash, root_by_way

DATA = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""The test vectors that public implementations of certificate transparency share."""


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1, word by word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def tree_of(leaves: list[bytes], watch: int = -1) -> Tree:
    tree = Tree(watch)
    for data in leaves:
        tree.add(leaf_hash(data))
    return tree


def test_known_roots():
    assert {size: tree_of(DATA[:size]).root().hex() for size in ROOTS} == ROOTS


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_root_is_that_of_the_definition(leaves):
    tree = Tree()
    for size, data in enumerate(leaves):
        assert tree.root() == naive_root(leaves[:size])
        tree.add(leaf_hash(data))
    assert tree.root() == naive_root(leaves)
    assert tree.count == len(leaves)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_way_is_that_of_the_definition_and_leads_to_the_root(leaves, data):
    number = data.draw(st.integers(0, len(leaves) - 1))
    tree = tree_of(leaves, number)
    way = tree.way()
    assert way == naive_path(number, leaves)
    assert root_by_way(leaf_hash(leaves[number]), number, len(leaves), way) == tree.root()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40, unique=True), st.data())
def test_a_way_proves_no_other_leaf_and_no_other_place(leaves, data):
    number = data.draw(st.integers(0, len(leaves) - 1))
    tree = tree_of(leaves, number)
    way, root = tree.way(), tree.root()
    assert root_by_way(leaf_hash(b"something else"), number, len(leaves), way) != root
    for other in range(-1, len(leaves) + 1):
        if other != number:
            assert root_by_way(leaf_hash(leaves[number]), other, len(leaves), way) != root
    assert root_by_way(leaf_hash(leaves[number]), number, len(leaves), [*way, root]) != root
    if way:
        assert root_by_way(leaf_hash(leaves[number]), number, len(leaves), way[:-1]) != root


def test_memory_stays_flat():
    tracemalloc.start()
    tree = Tree(5)
    for number in range(20_000):
        tree.add(leaf_hash(number.to_bytes(4, "big")))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50_000
    assert len(tree.way()) == 15  # the least power of two that holds 20,000 leaves is 2 to the 15th
