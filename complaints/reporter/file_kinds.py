"""What sort of file a reporter sent, told by its first bytes, never by its name.

Office documents are refused: they carry their author's name and macros. So are HEIC photographs,
whose place and time nobody here can take out. Both can be sent as pictures or PDF.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ACCEPTED = (
    "可以发照片（JPG、PNG、WebP）、PDF、录音（MP3、M4A、AMR、WAV）、视频（MP4）或文本（TXT）"
)
_UNKNOWN = f"这种文件收不了。{_ACCEPTED}。"


class FileRefused(Exception):
    """A file that is not taken. `code` is stable; the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class FileKind:
    """A sort of file: its media type, and the ending under which it is given out."""

    media_type: str
    ending: str


JPEG = FileKind("image/jpeg", "jpg")
PNG = FileKind("image/png", "png")
WEBP = FileKind("image/webp", "webp")
PDF = FileKind("application/pdf", "pdf")
MP3 = FileKind("audio/mpeg", "mp3")
M4A = FileKind("audio/mp4", "m4a")
AMR = FileKind("audio/amr", "amr")
WAV = FileKind("audio/wav", "wav")
MP4 = FileKind("video/mp4", "mp4")
TEXT = FileKind("text/plain", "txt")
IMAGES = (JPEG, PNG, WEBP)

_PATTERNS = (
    (JPEG, re.compile(rb"\xff\xd8\xff")),
    (PNG, re.compile(rb"\x89PNG\r\n\x1a\n")),
    (WEBP, re.compile(rb"RIFF....WEBP", re.DOTALL)),
    (WAV, re.compile(rb"RIFF....WAVE", re.DOTALL)),
    (PDF, re.compile(rb"%PDF-\d\.\d")),
    (MP3, re.compile(rb"ID3[\x02-\x04]|\xff[\xfb\xfa\xf3\xf2]")),
    (AMR, re.compile(rb"#!AMR(-WB)?\n")),
    (M4A, re.compile(rb"....ftyp(M4A|M4B)", re.DOTALL)),
    (MP4, re.compile(rb"....ftyp(isom|iso[2-6]|mp4[12]|avc1|M4V|MSNV|3gp\d|qt  )", re.DOTALL)),
)
_HEIC = re.compile(rb"....ftyp(heic|heix|hevc|heim|heis|mif1|msf1|avif)", re.DOTALL)
_OFFICE = re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def kind_of(content: bytes) -> FileKind:
    """The sort of a file. Raises FileRefused."""
    if not content:
        raise FileRefused("empty_file", "这个文件是空的，请换一个。")
    for kind, pattern in _PATTERNS:
        if pattern.match(content):
            return kind
    if _HEIC.match(content):
        raise FileRefused("heic", "HEIC 格式的照片收不了，请截屏后再发，或在手机里存成 JPG。")
    if _OFFICE.match(content):
        raise FileRefused("office", "Word、Excel 和压缩包收不了，请截屏，或另存为 PDF 再发。")
    if _is_text(content):
        return TEXT
    raise FileRefused("unknown_type", _UNKNOWN)


def _is_text(content: bytes) -> bool:
    if _BINARY.search(content):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
