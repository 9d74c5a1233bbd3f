"""Where fonts come from: the organisation's folder first, then the bundled Chinese font."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fonts:
    """Folders with font files, in order: where two have a family, the first is used.

    Fonts of the machine are never used, so that a letter looks the same wherever it is made.
    """

    folders: tuple[Path, ...]

    @classmethod
    def default(cls) -> Fonts:
        """The bundled Noto Sans CJK alone."""
        return cls.of()

    @classmethod
    def of(cls, folder: str | Path | None = None) -> Fonts:
        """The folder of the setting (if any), then the bundled Noto Sans CJK.

        Raises `FileNotFoundError` for a folder that does not exist: a typing mistake in a setting
        must not quietly change how letters look.
        """
        folders = []
        if folder:
            chosen = Path(folder)
            if not chosen.is_dir():
                raise FileNotFoundError(f"no such folder of fonts: {chosen}")
            folders.append(chosen.resolve())
        bundled = find_spec("noto_cjk_sans_otc")
        if bundled is not None and bundled.origin:
            folders.append(Path(bundled.origin).parent)
        return cls(tuple(folders))
