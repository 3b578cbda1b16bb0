"""The Merkle tree over the verdicts of a result, as RFC 6962 (section 2.1) builds it, in one pass and flat memory.

A leaf is hashed with 0x00 before it and a node with 0x01, so that no node can be passed off as a leaf. One root stands
for a million leaves, and a single leaf is proven by the few hashes on its way to the root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf that holds `data`."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Tree:
    """Takes the hashes of leaves in their order and keeps one hash for each complete subtree: at most 64.

    `watch` is the number (from 0) of a leaf whose way to the root is wanted, -1 for none.
    """

    watch: int = -1
    count: int = 0
    _peaks: list[tuple[int, bytes]] = field(default_factory=list)  # (number of leaves, hash), the larger ones first
    _way: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Take the hash of the next leaf."""
        size, found = 1, leaf
        self.count += 1
        while self._peaks and self._peaks[-1][0] == size:
            _, left = self._peaks.pop()
            self._way += self._beside(self.count - size, size, left, found)
            size, found = 2 * size, node_hash(left, found)
        self._peaks.append((size, found))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return self._top()[0]

    def way(self) -> list[bytes]:
        """The hashes beside the way from the watched leaf up to the root, the lowest first."""
        return self._top()[1]

    def _top(self) -> tuple[bytes, list[bytes]]:
        if not self._peaks:
            return EMPTY, []
        way = list(self._way)
        right, found = self._peaks[-1]
        for size, left in reversed(self._peaks[:-1]):
            way += self._beside(self.count - right, size, left, found)
            right, found = right + size, node_hash(left, found)
        return found, way

    def _beside(self, middle: int, size: int, left: bytes, right: bytes) -> list[bytes]:
        """The other half, when the watched leaf is below one of two nodes: `size` leaves before `middle`, the rest."""
        if middle <= self.watch < self.count:
            return [left]
        return [right] if middle - size <= self.watch < middle else []


def root_by_way(leaf: bytes, number: int, count: int, way: Sequence[bytes]) -> bytes | None:
    """The root that leaf `number` (from 0) of `count` has by its way (RFC 9162, 2.1.3.2); None: it cannot be one."""
    if not 0 <= number < count:
        return None
    place, last, found = number, count - 1, leaf
    for other in way:
        if last == 0:
            return None
        if place % 2 or place == last:
            found = node_hash(other, found)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None
