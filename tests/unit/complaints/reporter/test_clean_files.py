"""What is taken, what is refused, and what a file no longer tells."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from complaints.reporter import clean_files
from complaints.reporter.clean_files import clean
from complaints.reporter.file_kinds import (
    AMR,
    JPEG,
    M4A,
    MP3,
    MP4,
    PDF,
    PNG,
    TEXT,
    WAV,
    WEBP,
    FileRefused,
    kind_of,
)
from tests.unit.complaints.reporter import recordings
from tests.unit.complaints.reporter.recordings import SONG, SOUND, VOICE_NOTE, box, film

SECRET = recordings.SECRET.decode()


def photo(form: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    """A photograph that says where and with what it was taken."""
    image = Image.new(mode, size, 0 if mode in ("L", "P", "1") else "red")
    exif = Image.Exif()
    exif[0x010F] = SECRET  # maker
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[29] = SECRET  # GPS
    out, more = io.BytesIO(), {}
    if form == "PNG":
        from PIL.PngImagePlugin import PngInfo

        more = {"pnginfo": PngInfo()}
        more["pnginfo"].add_itxt("Author", SECRET)
    if form == "JPEG":
        more = {"comment": SECRET.encode()}
    image.save(out, form, exif=exif, **more)
    return out.getvalue()


KNOWN = {
    "jpg": (photo(), JPEG),
    "png": (photo("PNG"), PNG),
    "webp": (photo("WEBP"), WEBP),
    "pdf": (b"%PDF-1.7\n...", PDF),
    "mp3": (SONG, MP3),
    "m4a": (film(head=box(b"ftyp", b"M4A \0\0\0\0")), M4A),
    "amr": (VOICE_NOTE, AMR),
    "wav": (SOUND, WAV),
    "mp4": (film(), MP4),
    "txt": ("周六上课的记录\r\n".encode(), TEXT),
    "txt in GBK": ("周六上课的记录".encode("gbk"), TEXT),
}
REFUSED = {
    "heic": (box(b"ftyp", b"heic\0\0\0\0"), "heic"),
    "docx": (b"PK\x03\x04....", "office"),
    "doc": (b"\xd0\xcf\x11\xe0....", "office"),
    "program": (b"MZ\x90\0\3", "unknown_type"),
    "elf": (b"\x7fELF\2\1", "unknown_type"),
    "nothing": (b"", "empty_file"),
    "gif": (b"GIF89a\1\0\1\0", "unknown_type"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_file_is_known_by_its_first_bytes(name: str):
    content, kind = KNOWN[name]
    assert kind_of(content) == kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_refused_kindly(name: str):
    content, code = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        kind_of(content)
    assert refused.value.code == code
    assert (
        "\u4e00" <= str(refused.value)[0] <= "\u9fff"
        or "HEIC" in str(refused.value)
        or "Word" in str(refused.value)
    )


@pytest.mark.parametrize("name", ["jpg", "png", "webp", "mp3", "wav", "amr", "mp4", "m4a"])
def test_place_time_device_and_author_are_gone(name: str):
    content, kind = KNOWN[name]
    assert SECRET.encode() in content
    cleaned, _ = clean(content, kind)
    for part in ("31.2304N", "Wang"):
        assert part.encode() not in cleaned
    for what in (b"the film", b"the sound", b"the song"):
        assert (what in content) == (what in cleaned)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright_and_can_be_opened(form: str):
    content = photo(form)
    cleaned, kind = clean(content, kind_of(content))
    with Image.open(io.BytesIO(cleaned)) as image:
        assert image.size == (40, 60)
        assert not image.getexif()
        assert kind == (PNG if form == "PNG" else JPEG)
        assert kind_of(cleaned) == kind


@pytest.mark.parametrize(("form", "mode"), [("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("JPEG", "CMYK"), ("WEBP", "RGBA"), ("PNG", "I;16")])  # fmt: skip
def test_every_mode_of_picture_is_drawn(form: str, mode: str):
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, form)
    cleaned, _ = clean(out.getvalue(), kind_of(out.getvalue()))
    assert Image.open(io.BytesIO(cleaned)).size == (8, 8)


def test_a_bomb_of_pixels_is_refused_before_it_is_drawn(monkeypatch):
    monkeypatch.setattr(clean_files, "MOST_PIXELS", 50 * 50)
    monkeypatch.setattr(clean_files, "_MOST_JPEG_PIXELS", 200 * 200)
    for form, size in (("PNG", (51, 51)), ("WEBP", (51, 51)), ("JPEG", (201, 201))):
        content = photo(form, size)
        with pytest.raises(FileRefused) as refused:
            clean(content, kind_of(content))
        assert refused.value.code == "too_many_pixels"


def test_a_large_photograph_is_made_smaller(monkeypatch):
    monkeypatch.setattr(clean_files, "MOST_PIXELS", 400 * 300)
    content = photo("JPEG", (800, 600))
    cleaned, _ = clean(content, JPEG)
    assert sorted(Image.open(io.BytesIO(cleaned)).size) == [300, 400]


def test_a_real_bomb_is_refused_by_its_head():
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    with pytest.raises(FileRefused):
        clean(out.getvalue(), PNG)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(KNOWN)), st.binary(max_size=60), st.integers(0, 300))
def test_no_broken_file_is_an_error_of_ours(name: str, noise: bytes, at: int):
    content = KNOWN[name][0]
    broken = content[:at] + noise + content[at + len(noise) :]
    try:
        cleaned, kind = clean(broken, kind_of(broken))
    except FileRefused:
        return
    assert isinstance(cleaned, bytes) and kind.media_type
