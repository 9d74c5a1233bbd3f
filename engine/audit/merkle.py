"""Merkle trees over stream heads, shaped and hashed as in RFC 6962, section 2.1.

Leaves and inner nodes carry different prefixes, and a node without a sibling is promoted, never
paired with itself: two different lists of leaves cannot have one root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from engine.audit.canonical import canonical
from engine.audit.events import Head

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
#: The root of a tree without leaves.
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf(head: Head) -> bytes:
    """The leaf of one head: SHA-256(0x00 ‖ canonical [stream, length, hash in hex])."""
    row = canonical([head.stream, head.length, head.hash.hex()])
    return hashlib.sha256(LEAF_PREFIX + row).digest()


def node(left: bytes, right: bytes) -> bytes:
    """An inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def root_of_heads(heads: Iterable[Head]) -> tuple[bytes, int]:
    """Root and number of heads, read once and never held together.

    `ValueError` unless the heads come strictly ascending by stream, compared by code point: give
    the database `COLLATE "C"` (SQLite's BINARY is the same).
    """
    last: str | None = None

    def leaves() -> Iterable[bytes]:
        nonlocal last
        for head in heads:
            if last is not None and head.stream <= last:
                raise ValueError("heads must ascend by stream")
            last = head.stream
            yield leaf(head)

    return root_of(leaves())


def root_of(leaves: Iterable[bytes]) -> tuple[bytes, int]:
    """Root and number of leaves; memory grows with the logarithm of their number."""
    # A stack of complete subtrees, largest first: like the bits of the number of leaves.
    stack: list[bytes] = []
    count = 0
    for hash_ in leaves:
        count += 1
        merges = count
        while merges % 2 == 0:
            hash_ = node(stack.pop(), hash_)
            merges //= 2
        stack.append(hash_)
    if not stack:
        return EMPTY_ROOT, 0
    top = stack.pop()
    while stack:
        top = node(stack.pop(), top)
    return top, count


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from leaf `index` up to the root (RFC 6962, 2.1.1). `IndexError` outside."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    proof: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = [
            node(level[i], level[i + 1]) if i + 1 < len(level) else level[i]
            for i in range(0, len(level), 2)
        ]
        index //= 2
    return proof


def is_included(
    leaf_hash: bytes, index: int, count: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether `proof` shows that `leaf_hash` is leaf `index` of the `count` under `root`."""
    if not 0 <= index < count:
        return False
    rest = iter(proof)
    hash_ = leaf_hash
    while count > 1:
        if index % 2:
            hash_ = node(next(rest, b""), hash_)
        elif index + 1 < count:
            hash_ = node(hash_, next(rest, b""))
        index //= 2
        count = (count + 1) // 2
    return hash_ == root and next(rest, None) is None
