from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audit.events import Head
from engine.audit.merkle import (
    EMPTY_ROOT,
    inclusion_proof,
    is_included,
    leaf,
    node,
    root_of,
    root_of_heads,
)

LEAVES = [bytes([number]) * 32 for number in range(20)]
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())["merkle"]


def test_one_leaf_is_its_own_root():
    assert root_of(LEAVES[:1]) == (LEAVES[0], 1)


def test_no_leaves_have_a_root_of_their_own():
    assert root_of([]) == (EMPTY_ROOT, 0)


def test_an_odd_node_is_promoted_and_not_doubled():
    a, b, c = LEAVES[:3]
    assert root_of([a, b, c]) == (node(node(a, b), c), 3)
    assert root_of([a, b, c]) != root_of([a, b, c, c])


def test_the_tree_has_the_shape_of_rfc_6962():
    a, b, c, d, e, f, g = LEAVES[:7]
    expected = node(node(node(a, b), node(c, d)), node(node(e, f), g))
    assert root_of([a, b, c, d, e, f, g]) == (expected, 7)


def test_every_part_of_a_head_is_in_its_leaf():
    head = Head("s", 1, bytes(32))
    others = [Head("t", 1, bytes(32)), Head("s", 2, bytes(32)), Head("s", 1, b"\1" * 32)]
    assert len({leaf(head), *map(leaf, others)}) == 4


@pytest.mark.parametrize("names", [["b", "a"], ["a", "a"]])
def test_heads_out_of_order_are_refused(names):
    with pytest.raises(ValueError, match="ascend"):
        root_of_heads(Head(name, 1, bytes(32)) for name in names)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_a_proof_shows_its_own_leaf_and_no_other(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, count = root_of(leaves)
    proof = inclusion_proof(leaves, index)
    assert is_included(leaves[index], index, count, proof, root)
    assert not is_included(b"\xaa" * 33, index, count, proof, root)
    assert not is_included(leaves[index], index, count, [*proof, bytes(32)], root)
    if proof:
        assert not is_included(leaves[index], index, count, proof[:-1], root)


def test_a_leaf_outside_the_tree_has_no_proof():
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, len(LEAVES))
    assert not is_included(LEAVES[0], 1, 1, [], LEAVES[0])


def test_published_vectors_hold():
    heads = [
        Head(row["stream"], row["length"], bytes.fromhex(row["hash"])) for row in VECTORS["heads"]
    ]
    assert [leaf(head).hex() for head in heads] == [row["leaf"] for row in VECTORS["heads"]]
    roots = [root_of_heads(heads[:count])[0].hex() for count in range(len(heads) + 1)]
    assert roots == VECTORS["roots"]
