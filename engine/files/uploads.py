"""What may be uploaded: told by a file's content, never by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.files import formats

#: Media type -> the short name that forms use in `properties.kinds`.
KINDS: dict[str, str] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/ofd": "ofd",
}
_MAX_NAME = 120
_UNSAFE_IN_NAME = re.compile(
    r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u2028-\u202e\u2066-\u2069]'
)

_MESSAGES: dict[str, tuple[str, str]] = {
    "empty": ("文件是空的", "The file is empty."),
    "too_big": ("文件不能超过 {max_mb} MB", "The file must not be larger than {max_mb} MB."),
    "unknown_type": ("只接受 PDF、JPG、PNG、OFD 文件", "Only PDF, JPG, PNG and OFD files."),
    "kind_not_allowed": ("此处不接受 {kind} 文件", "A {kind} file is not taken here."),
    "damaged": ("文件不完整或已损坏, 请重新生成", "The file is incomplete or damaged."),
    "too_many_pixels": ("图片尺寸过大, 请缩小后上传", "The image has too many pixels."),
    "unpacks_too_big": ("文件解压后过大", "The file unpacks to too much."),
    "active_content": (
        "PDF 含有脚本、启动程序或内嵌文件, 请打印为普通 PDF 后上传",
        "The PDF has scripts, programs or files in it; print it to a plain PDF.",
    ),
    "encrypted": ("文件已加密, 请去掉密码后上传", "The file is encrypted; remove the password."),
}


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What an upload may be at most; `kinds` as in `KINDS`."""

    max_bytes: int = 10 * 1024 * 1024
    kinds: tuple[str, ...] = ("pdf", "jpg", "png", "ofd")
    #: Width times height; a photo of today's phones has up to 50 million.
    max_pixels: int = 64_000_000
    max_side: int = 20_000
    #: Of the parts of an OFD together.
    max_unpacked_bytes: int = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class UploadProblem:
    """Why a file cannot be taken."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def message(self, lang: str = "zh") -> str:
        """The sentence a person reads, in `zh` or `en`."""
        return _MESSAGES[self.code][1 if lang == "en" else 0].format_map(self.params)


DEFAULT_LIMITS = UploadLimits()


def detect(content: bytes) -> str | None:
    """The media type by content: PDF, JPEG, PNG or OFD (GB/T 33190); None for anything else."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(formats.PNG_SIGNATURE):
        return "image/png"
    if content.startswith(b"PK\x03\x04") and "OFD.xml" in formats.zip_names(content):
        return "application/ofd"
    return None


def might_be(beginning: bytes) -> bool:
    """False for what can become no file that is taken, by its first bytes."""
    return beginning.startswith((b"%PDF-", b"\xff\xd8\xff", formats.PNG_SIGNATURE, b"PK\x03\x04"))


def check_upload(
    name: str, content: bytes, limits: UploadLimits = DEFAULT_LIMITS
) -> list[UploadProblem]:
    """Everything that speaks against taking a file; empty when nothing does. Never raises.

    The name does not matter: keep `safe_name(name, media_type)`.
    """
    if not content:
        return [UploadProblem("empty")]
    if len(content) > limits.max_bytes:
        return [UploadProblem("too_big", {"max_mb": limits.max_bytes // (1024 * 1024)})]
    media_type = detect(content)
    if media_type is None:
        return [UploadProblem("unknown_type")]
    kind = KINDS[media_type]
    if kind not in limits.kinds:
        return [UploadProblem("kind_not_allowed", {"kind": kind})]
    return [UploadProblem(code) for code in _inside(kind, content, limits)]


def safe_name(name: str, media_type: str) -> str:
    """A name to show and to offer for saving: no path, no tricks, the ending of the content."""
    kind = KINDS.get(media_type, "bin")
    stem = _UNSAFE_IN_NAME.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .")
    ending = stem.rpartition(".")[2].lower()
    if ending in ("jpeg", *KINDS.values()):
        stem = stem.rpartition(".")[0]
    return f"{stem[:_MAX_NAME] or 'file'}.{kind}"


def _inside(kind: str, content: bytes, limits: UploadLimits) -> Iterator[str]:
    if kind == "pdf":
        yield from formats.pdf_faults(content)
    elif kind == "ofd":
        yield from formats.zip_faults(content, limits.max_unpacked_bytes)
    else:
        size = formats.jpeg_size(content) if kind == "jpg" else formats.png_size(content)
        if size is None or not all(size):
            yield "damaged"
        elif size[0] * size[1] > limits.max_pixels or max(size) > limits.max_side:
            yield "too_many_pixels"
