"""A picture that makes the decoder work without end is refused before it is decoded."""

from __future__ import annotations

import io
import struct
import time

import pytest
from PIL import Image

from complaints.reporter import clean_files
from complaints.reporter.clean_files import clean
from complaints.reporter.file_kinds import JPEG, FileRefused
from complaints.reporter.jpeg_scans import Layout, layout_of


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def bomb(width: int, height: int, scans: int) -> bytes:
    """A grey picture of next to no bytes that is gone over once per scan."""
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    bits = "".join("0" + format(16383, "014b") for _ in range(blocks // 32767 + 1))
    bits += "1" * (-len(bits) % 8)
    empty = bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits), 8))
    scan = segment(0xDA, bytes([1, 1, 0, 1, 63, 0])) + empty.replace(b"\xff", b"\xff\0")
    return (
        b"\xff\xd8"
        + segment(0xDB, b"\0" + b"\1" * 64)
        + segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + bytes([1, 0x11, 0]))
        + segment(0xC4, bytes([0, 1, *[0] * 15, 0]))
        + segment(0xC4, bytes([0x10, 1, *[0] * 15, 0xE0]))
        + segment(0xDA, bytes([1, 1, 0, 0, 0, 0]))
        + b"\0" * ((blocks + 7) // 8)
        + scan * (scans - 1)
        + b"\xff\xd9"
    )


def picture(**how: object) -> bytes:
    out = io.BytesIO()
    image = Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 50).convert("RGB")
    image.save(out, "JPEG", **how)
    return out.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as refusal:
        clean(content, JPEG)
    return refusal.value.code


def test_the_scans_of_a_picture_are_counted():
    assert layout_of(picture(), 100) == Layout(1, as_a_whole=False)
    several = picture(progressive=True)
    assert layout_of(several, 100) == Layout(several.count(b"\xff\xda"), as_a_whole=True)
    assert layout_of(bomb(80, 80, 40), 100) == Layout(40, as_a_whole=True)
    assert layout_of(bomb(80, 80, 1), 100) == Layout(1, as_a_whole=True)
    of_one_colour = several.replace(b"\xff\xc2", b"\xff\xc0")
    assert layout_of(of_one_colour, 100).as_a_whole


def test_a_progressive_picture_is_taken():
    cleaned, _ = clean(picture(progressive=True), JPEG)
    assert Image.open(io.BytesIO(cleaned)).size == (64, 48)


def test_scans_of_thumbnails_and_of_what_follows_do_not_count():
    inner = picture(progressive=True)
    content = picture()
    content = content[:2] + segment(0xE1, inner) + content[2:] + b"\xff\xda" * 1000
    assert layout_of(content, 100) == Layout(1)
    clean(content, JPEG)


def test_a_picture_of_thousands_of_scans_is_refused_at_once():
    began = time.process_time()
    assert refused(bomb(4800, 4800, 5000)) == "too_many_pixels"
    assert time.process_time() - began < 0.5


def test_few_scans_of_many_pixels_and_many_of_few_are_too_much_together():
    assert refused(bomb(4800, 4800, 30)) == "too_many_pixels"
    assert refused(bomb(8, 8, 101)) == "too_many_pixels"
    clean(bomb(800, 800, 90), JPEG)


def test_a_large_picture_in_several_scans_is_refused_for_it_cannot_be_read_smaller(monkeypatch):
    monkeypatch.setattr(clean_files, "MOST_PIXELS", 32 * 24)
    clean(picture(), JPEG)
    assert refused(picture(progressive=True)) == "too_many_pixels"


def test_a_heap_of_segments_does_not_keep_anybody_waiting():
    began = time.process_time()
    assert refused(picture()[:2] + b"\xff\xe0\0\2" * 1_000_000 + picture()[2:])
    assert time.process_time() - began < 2
