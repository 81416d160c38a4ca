"""Taking out of a file what says who made it, where and with which device.

Pictures are drawn anew; of sound and film only what is needed to play them is kept. What is said or
shown in a file stays, and so does what a PDF says of its author: a clerk looks before a bureau sees
anything.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from complaints.reporter.clean_film import clean_film
from complaints.reporter.clean_sound import clean_amr, clean_mp3, clean_wav
from complaints.reporter.file_kinds import (
    AMR,
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
from complaints.reporter.jpeg_scans import Layout, layout_of

Image.init()
_FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 24_000_000  # that are drawn
_MOST_JPEG_PIXELS = 110_000_000  # a JPEG can be read at half or a quarter of its size
_MOST_SCANS = 100
_MOST_DECODED = 500_000_000  # pixels times scans: some seconds
_QUALITY = 88
_BROKEN = "这张图片打不开，请重新拍照或截屏再发。"
_TOO_MANY_PIXELS = "这张图片太大了，请截取要紧的部分再发。"
_CLEANERS = {MP4: clean_film, M4A: clean_film, MP3: clean_mp3, AMR: clean_amr, WAV: clean_wav}


def clean(content: bytes, kind: FileKind) -> tuple[bytes, FileKind]:
    """The file without telling data, and its sort, which may change. Raises FileRefused."""
    if kind in IMAGES:
        return _drawn_anew(content, kind)
    cleaner = _CLEANERS.get(kind)
    return (cleaner(content) if cleaner else content), kind


def _drawn_anew(content: bytes, kind: FileKind) -> tuple[bytes, FileKind]:
    layout = layout_of(content, _MOST_SCANS) if kind == JPEG else Layout()
    if layout.scans > _MOST_SCANS:
        raise FileRefused("too_many_pixels", _TOO_MANY_PIXELS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # counted below
            image = Image.open(io.BytesIO(content), formats=_FORMATS)
        _check_work(layout, image.width * image.height)
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


def _check_work(layout: Layout, pixels: int) -> None:
    """Refuse a JPEG that takes too much work, or too much memory, because of how it is laid out."""
    too_large = layout.as_a_whole and pixels > MOST_PIXELS
    if too_large or layout.scans * pixels > _MOST_DECODED:
        raise FileRefused("too_many_pixels", _TOO_MANY_PIXELS)


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
