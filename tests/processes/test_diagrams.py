"""Diagrams are drawn whole and legibly: every element, every flow, nothing on top of another."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

Box = tuple[float, float, float, float]


def overlap(one: Box, other: Box) -> bool:
    """Whether two shapes share an area."""
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def inside(inner: Box, outer: Box) -> bool:
    """Whether a shape lies in another."""
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def touches(point: tuple[float, float], box: Box) -> bool:
    """Whether a point lies on a shape, give or take a pixel."""
    return (
        box[0] - 1 <= point[0] <= box[0] + box[2] + 1
        and box[1] - 1 <= point[1] <= box[1] + box[3] + 1
    )


def crosses(a: tuple[float, float], b: tuple[float, float], box: Box) -> bool:
    """Whether a straight horizontal or vertical line runs through a shape."""
    left, right = sorted((a[0], b[0]))
    top, bottom = sorted((a[1], b[1]))
    return left < box[0] + box[2] and right > box[0] and top < box[1] + box[3] and bottom > box[1]


def test_every_element_and_flow_is_drawn(package: Any) -> None:
    assert set(package.nodes) <= set(package.boxes)
    assert set(package.waypoints) == set(package.flows)
    assert all(len(points) >= 2 for points in package.waypoints.values())


def test_no_shapes_overlap(package: Any) -> None:
    hosts = {
        name: node.get("attachedToRef") for name, node in package.of_kind("boundaryEvent").items()
    }
    for one, other in combinations(package.nodes, 2):
        if hosts.get(one) != other and hosts.get(other) != one:
            assert not overlap(package.boxes[one], package.boxes[other]), (one, other)
    for event, host in hosts.items():
        assert overlap(package.boxes[event], package.boxes[host])


def test_every_element_lies_in_its_lane(package: Any) -> None:
    placed = []
    for lane in package.bpmn.iter("{*}lane"):
        for reference in lane.iter("{*}flowNodeRef"):
            placed.append(reference.text)
            assert inside(package.boxes[reference.text], package.boxes[lane.get("id")])
    assert sorted(placed) == sorted(package.nodes)


def test_edges_join_what_they_connect_and_avoid_the_rest(package: Any) -> None:
    for name, points in package.waypoints.items():
        flow = package.flows[name]
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        assert touches(points[0], package.boxes[source]), name
        assert touches(points[-1], package.boxes[target]), name
        spared = {source, target, package.nodes[source].get("attachedToRef")}
        for a, b in pairwise(points):
            assert a[0] == b[0] or a[1] == b[1], name
            for other in package.nodes.keys() - spared:
                assert not crosses(a, b, package.boxes[other]), (name, other)
