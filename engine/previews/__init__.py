"""Pictures of files: a page of a PDF or a photo, drawn anew, so that no browser opens the file itself."""

from engine.previews.drawing import KINDS, Drawn, NoPreview, draw

__all__ = ["KINDS", "Drawn", "NoPreview", "draw"]
