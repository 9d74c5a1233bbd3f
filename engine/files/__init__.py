"""Files that cases name by digest: where they lie, and what may be uploaded."""

from engine.files.parts import NotWhole, OffsetDiffers, OnItsWay, Parts, TooManyUploads
from engine.files.store import FileDamaged, FileMissing, FileRef, Files, FolderFiles
from engine.files.uploads import (
    KINDS,
    UploadLimits,
    UploadProblem,
    check_upload,
    detect,
    might_be,
    safe_name,
)

__all__ = [
    "KINDS",
    "FileDamaged",
    "FileMissing",
    "FileRef",
    "Files",
    "FolderFiles",
    "NotWhole",
    "OffsetDiffers",
    "OnItsWay",
    "Parts",
    "TooManyUploads",
    "UploadLimits",
    "UploadProblem",
    "check_upload",
    "detect",
    "might_be",
    "safe_name",
]
