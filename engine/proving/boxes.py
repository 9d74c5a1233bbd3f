"""Rules as boxes in a space of pieces: is everything covered, do two meet, is one hidden by others? Exactly."""

from __future__ import annotations

from collections.abc import Sequence

#: One column's pieces as bits.
Mask = int
Box = tuple[Mask, ...]
#: Steps of one search before it is given up.
MOST_STEPS = 200_000


class TooManyBoxes(Exception):
    """The search was given up."""


def meeting(one: Box, other: Box) -> Box | None:
    """What two boxes have in common; None where nothing."""
    common = tuple(mine & theirs for mine, theirs in zip(one, other, strict=True))
    return common if all(common) else None


def uncovered(space: Box, boxes: Sequence[Box], most: int = 1) -> list[Box]:
    """Boxes of the space that no box covers, the widest way they are found; none where all is covered.

    At most `most` of them. Raise `TooManyBoxes`.
    """
    search = _Search(space, [one for one in boxes if meeting(space, one) is not None], most)
    search.at(0, tuple(range(len(search.boxes))), ())
    return search.found


class _Search:
    def __init__(self, space: Box, boxes: list[Box], most: int) -> None:
        self.space, self.boxes, self.most = space, boxes, most
        self.found: list[Box] = []
        self._covered: set[tuple[int, tuple[int, ...]]] = set()
        self._steps = 0

    def at(self, column: int, left: tuple[int, ...], above: Box) -> None:
        """Look at one column, with the boxes that hold in all columns before it."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooManyBoxes
        if not left:
            self.found.append((*above, *self.space[column:]))
            return
        if column == len(self.space) or (column, left) in self._covered:
            return
        before = len(self.found)
        for part, inside in self._parts(column, left):
            self.at(column + 1, inside, (*above, part))
            if len(self.found) >= self.most:
                return
        if len(self.found) == before:
            self._covered.add((column, left))

    def _parts(self, column: int, left: tuple[int, ...]) -> list[tuple[Mask, tuple[int, ...]]]:
        """The column's pieces, those together for which the same boxes hold; the emptiest first."""
        parts: dict[tuple[int, ...], Mask] = {}
        rest = self.space[column]
        while rest:
            piece = rest & -rest
            rest ^= piece
            inside = tuple(one for one in left if self.boxes[one][column] & piece)
            parts[inside] = parts.get(inside, 0) | piece
        return sorted(
            ((mask, inside) for inside, mask in parts.items()), key=lambda one: len(one[1])
        )


def bits(mask: Mask) -> list[int]:
    """The pieces of a mask, by number."""
    found = []
    while mask:
        piece = mask & -mask
        found.append(piece.bit_length() - 1)
        mask ^= piece
    return found
