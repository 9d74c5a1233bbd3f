"""Files that cases name by digest: where they lie, and what may be uploaded."""

from engine.files.store import FileDamaged, FileMissing, FileRef, Files, FolderFiles
from engine.files.uploads import (
    KINDS,
    UploadLimits,
    UploadProblem,
    check_upload,
    detect,
    safe_name,
)

__all__ = [
    "KINDS",
    "FileDamaged",
    "FileMissing",
    "FileRef",
    "Files",
    "FolderFiles",
    "UploadLimits",
    "UploadProblem",
    "check_upload",
    "detect",
    "safe_name",
]
