"""Taking out of a file what says who made it, where and with which device.

Pictures are drawn anew; of sound and film the boxes that hold such data are blanked in place. What
is said or shown in a file stays, and so does what a PDF says of its author: a clerk looks before a
bureau sees anything.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageOps

from complaints.reporter.file_kinds import (
    IMAGES,
    JPEG,
    M4A,
    MP3,
    MP4,
    PNG,
    WAV,
    FileKind,
    FileRefused,
)

Image.init()
_FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 24_000_000  # that are drawn
_MOST_JPEG_PIXELS = 110_000_000  # a JPEG can be read at half or a quarter of its size
_QUALITY = 88
_BROKEN = "这张图片打不开，请重新拍照或截屏再发。"
_TOO_MANY_PIXELS = "这张图片太大了，请截取要紧的部分再发。"
_TELLING_BOXES = (b"udta", b"meta", b"uuid")
_BOXES_OF_BOXES = (b"moov", b"trak", b"mdia", b"minf")
_SOUND_CHUNKS = (b"fmt ", b"data", b"fact")


def clean(content: bytes, kind: FileKind) -> tuple[bytes, FileKind]:
    """The file without telling data, and its sort, which may change. Raises FileRefused."""
    if kind in IMAGES:
        return _drawn_anew(content, kind)
    if kind in (MP4, M4A):
        return _blank_boxes(content), kind
    if kind == MP3:
        return _without_tags(content), kind
    if kind == WAV:
        return _sound_only(content), kind
    return content, kind


def _drawn_anew(content: bytes, kind: FileKind) -> tuple[bytes, FileKind]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # counted below
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
        _make_smaller(image, kind)
        image.load()
        upright = ImageOps.exif_transpose(image)
    except FileRefused:
        raise
    except Image.DecompressionBombError as bomb:
        raise FileRefused("too_many_pixels", _TOO_MANY_PIXELS) from bomb
    except Exception as broken:  # a decoder's errors are of many sorts
        raise FileRefused("broken_image", _BROKEN) from broken
    upright.info.clear()  # place, time, device, comments, thumbnails
    made = PNG if kind == PNG else JPEG
    out = io.BytesIO()
    if made == PNG:
        upright.save(out, "PNG")
    else:
        _on_white(upright).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue(), made


def _make_smaller(image: Image.Image, kind: FileKind) -> None:
    """Let a large JPEG be read at a fraction of its size. Raises FileRefused for a bomb."""
    pixels = image.width * image.height
    if pixels > (_MOST_JPEG_PIXELS if kind == JPEG else MOST_PIXELS):
        raise FileRefused("too_many_pixels", _TOO_MANY_PIXELS)
    if pixels > MOST_PIXELS:
        scale = 2 if pixels <= 4 * MOST_PIXELS else 4
        image.draft("RGB", (image.width // scale, image.height // scale))
    if image.width * image.height > MOST_PIXELS:  # a progressive one may not give in
        raise FileRefused("too_many_pixels", _TOO_MANY_PIXELS)


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, which JPEG has not."""
    if "A" not in image.getbands() and image.mode != "P":
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def _blank_boxes(content: bytes) -> bytes:
    """Turn the boxes of an MP4 that hold place, device and titles into free space of equal size."""
    cleaned = bytearray(content)
    for start, body, end, name in _boxes(content, 0, len(content)):
        if name in _TELLING_BOXES:
            cleaned[start + 4 : start + 8] = b"free"
            cleaned[body:end] = bytes(end - body)
    return bytes(cleaned)


def _boxes(
    content: bytes, at: int, limit: int, depth: int = 0
) -> Iterator[tuple[int, int, int, bytes]]:
    """(start, start of the body, end, name) of each box, and of those within."""
    while at + 8 <= limit:
        size, name, body = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8], at + 8
        if size == 1:
            size, body = int.from_bytes(content[at + 8 : at + 16]), at + 16
        end = at + size if size else limit
        if end < body or end > limit:
            return  # cut off or nonsense: what is behind cannot be read by a player either
        yield at, body, end, name
        if name in _BOXES_OF_BOXES and depth < len(_BOXES_OF_BOXES):
            yield from _boxes(content, body, end, depth + 1)
        at = end


def _without_tags(content: bytes) -> bytes:
    """An MP3 without the tags before and behind the sound (ID3)."""
    start = 0
    while content[start : start + 3] == b"ID3" and len(content) >= start + 10:
        size = 0
        for byte in content[start + 6 : start + 10]:
            size = size << 7 | byte & 0x7F
        start += 10 + size
    end = len(content) - 128 if content[-128:-125] == b"TAG" else len(content)
    return content[start:end]


def _sound_only(content: bytes) -> bytes:
    """A WAV with its sound and nothing else."""
    parts, at = [], 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if content[at : at + 4] in _SOUND_CHUNKS:
            parts.append(content[at:end])
        at = end
    body = b"WAVE" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
