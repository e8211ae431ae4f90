"""The Merkle tree of RFC 6962 / RFC 9162: hashes, inclusion and consistency proofs, and incremental growth.

Sources: RFC 6962 section 2.1, RFC 9162 section 2.1. Hashes are 32 bytes of SHA-256, sizes count leaves.
`node(level, index)` gives the hash of the complete subtree over leaves [index·2^level, (index+1)·2^level).
"""

import hashlib
from collections.abc import Callable, Sequence

NodeOf = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (size ≥ 2)."""
    return 1 << (size - 1).bit_length() - 1


def range_hash(start: int, end: int, node: NodeOf) -> bytes:
    """Return the hash over leaves [start, end), where start is a multiple of a power of two ≥ end − start."""
    size = end - start
    if size & (size - 1) == 0:
        return node(size.bit_length() - 1, start >> (size.bit_length() - 1))
    middle = start + _split(size)
    return node_hash(range_hash(start, middle, node), range_hash(middle, end, node))


def root_of(size: int, node: NodeOf) -> bytes:
    """Return the root over the first `size` leaves."""
    return range_hash(0, size, node) if size else EMPTY


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the given leaf hashes."""
    level = list(hashes)
    if not level:
        return EMPTY
    if len(level) == 1:
        return level[0]
    middle = _split(len(level))
    return node_hash(root(level[:middle]), root(level[middle:]))


def grown(size: int, hashes: Sequence[bytes], node: NodeOf) -> list[tuple[int, int, bytes]]:
    """Return the complete subtrees (level, index, hash) that come into being when leaf hashes follow `size` leaves."""
    new: dict[tuple[int, int], bytes] = {}
    for position, value in enumerate(hashes, start=size):
        level, index = 0, position
        new[level, index] = value
        while index & 1:
            left = new.get((level, index - 1)) or node(level, index - 1)
            value = node_hash(left, value)
            level, index = level + 1, index >> 1
            new[level, index] = value
    return [(level, index, value) for (level, index), value in new.items()]


def inclusion_path(index: int, size: int, node: NodeOf) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves (RFC 9162 2.1.3.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], tree_root: bytes) -> bool:
    """Tell whether `path` proves the leaf hash at `index` under `tree_root` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, value = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            value = node_hash(sibling, value)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = node_hash(value, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and value == tree_root


def consistency_path(old: int, size: int, node: NodeOf) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is a prefix of that of `size` (RFC 9162 2.1.4.1). Raises ValueError."""
    if not 0 < old <= size:
        raise ValueError("sizes do not fit")
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(start, end, node))
    return path[::-1]


def verify_consistency(old: int, size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether `path` proves that the old tree is a prefix of the new one (RFC 9162 2.1.4.2)."""
    if old == size:
        return not path and old_root == new_root
    if not 0 < old < size or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for value in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(value, first), node_hash(value, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, value)
        fn, sn = fn >> 1, sn >> 1
    return first == old_root and second == new_root and sn == 0
