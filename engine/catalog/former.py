"""Elements that a version no longer has, as other versions of the process had them.

A case that was migrated has steps behind it that its new version does not know. Whoever asks for one of
them by name is answered from the version that had it; whoever asks what this version consists of sees
only what it consists of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from engine.catalog.definition import Definition

Thing = TypeVar("Thing")


class Former(Mapping[str, Thing], Generic[Thing]):
    """A mapping of one version that knows by name what other versions had besides."""

    def __init__(
        self,
        own: Mapping[str, Thing],
        others: Callable[[], Iterable[Definition]],
        read: Callable[[Definition], Mapping[str, Thing]],
    ) -> None:
        self._own = own
        self._others = others
        self._read = read

    def __getitem__(self, name: str) -> Thing:
        if name in self._own:
            return self._own[name]
        found = next(self.elsewhere(name), None)
        if found is None:
            raise KeyError(name)
        return found

    def elsewhere(self, name: str) -> Iterator[Thing]:
        """What other versions have under a name, the latest version first."""
        for other in self._others():
            had = self._read(other)
            own = had._own if isinstance(had, Former) else had
            if name in own:
                yield own[name]

    def __contains__(self, name: object) -> bool:
        return name in self._own

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        """As of a dictionary: what this version itself has."""
        return self._own.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)
