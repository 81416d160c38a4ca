"""A film or recording in boxes still plays, and tells nothing of place, device and people."""

from __future__ import annotations

import struct
import time

import pytest

from complaints.reporter.clean_files import clean
from complaints.reporter.file_kinds import M4A, MP4, FileRefused
from tests.unit.complaints.reporter.recordings import (
    HEAD,
    PICTURES,
    SECRET,
    VOICE,
    box,
    film,
    film_entry,
    full,
    sound_entry,
    track,
)

BESIDE = {
    "dashcam in free space": {"beside": box(b"free", b"freeGPS " + SECRET)},
    "skip": {"beside": box(b"skip", SECRET)},
    "uuid": {"beside": box(b"uuid", SECRET)},
    "unheard of": {"beside": box(b"Wang", SECRET)},
    "long length": {"beside": struct.pack(">I4sQ", 1, b"uuid", 16 + len(SECRET)) + SECRET},
    "without length": {"beside": struct.pack(">I4s", 0, b"free") + SECRET},
    "gps within": {"within": box(b"gps ", SECRET)},
    "meta within": {"within": box(b"meta", bytes(4) + box(b"keys", SECRET))},
    "behind the last box": {"tail": b"\0\0\0" + SECRET},
    "a box too long behind": {"tail": struct.pack(">I4s", 9999, b"Wang") + SECRET},
}


def cleaned(content: bytes) -> bytes:
    return clean(content, MP4)[0]


def refused(content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refusal:
        cleaned(content)
    return refusal.value


@pytest.mark.parametrize("name", BESIDE)
def test_what_does_not_belong_to_film_and_sound_is_gone(name: str):
    given = BESIDE[name]
    content = film(
        given.get("beside", b""), within=given.get("within", b""), tail=given.get("tail", b"")
    )
    new = cleaned(content)
    for part in (b"31.2304N", b"121.4737E", b"Wang"):
        assert part in content and part not in new
    assert new.count(PICTURES) == content.count(PICTURES) == 2
    assert new.count(VOICE) == 1


def test_film_and_sound_lie_where_they_lay_so_that_it_plays():
    content = film()
    new = cleaned(content)
    assert len(new) == len(content)
    for part in (PICTURES, VOICE):
        assert new.index(part) == content.index(part)
    for name in (b"moov", b"trak", b"stbl", b"stsd", b"avc1", b"mp4a", b"avcC", b"esds", b"stco"):
        assert name in new
    assert clean(new, MP4)[0] == new


def test_a_track_of_places_or_texts_is_gone_with_all_it_holds():
    new = cleaned(film())
    assert new.count(b"trak") == 2
    assert b"text" not in new and b"tx3g" not in new


def test_a_voice_memo_is_cleaned_too():
    content = film(head=box(b"ftyp", b"M4A \0\0\0\0"))
    new, kind = clean(content, M4A)
    assert kind == M4A and VOICE in new and b"Wang" not in new


@pytest.mark.parametrize(
    "content",
    {
        "no tables": HEAD + box(b"mdat", VOICE),
        "tables cut off": HEAD + box(b"mdat", VOICE) + struct.pack(">I4s", 9999, b"moov") + SECRET,
        "media cut off": film()[: len(HEAD) + 20],
        "a box longer than its parent": film(within=struct.pack(">I4s", 9999, b"udta") + SECRET),
        "tables of nothing": film(tracks=b""),
        "only a track of texts": film(tracks=track(b"text", box(b"tx3g", bytes(8)), [])),
        "sound outside the media": film(tracks=track(b"soun", sound_entry(), [(4, [9])])),
        "sound behind the end": film(tracks=track(b"soun", sound_entry(), [(10**6, [9])])),
        "sound that is longer": film(tracks=track(b"soun", sound_entry(), [(30, [10**6])])),
        "a description cut off": film(tracks=track(b"vide", box(b"avc1", bytes(9)), [])),
        "in fragments": film(box(b"moof", bytes(8)), box(b"mdat", SECRET)),
        "twice": film(box(b"moov", bytes(8))),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_what_cannot_be_followed_is_refused_kindly(content: tuple[str, bytes]):
    refusal = refused(content[1])
    assert refusal.code == "cannot_clean"
    assert "去不掉" in str(refusal) and "重新导出" in str(refusal)


def test_film_of_pieces_of_one_size_and_long_offsets_is_followed():
    at = len(HEAD) + 8
    stbl = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1) + film_entry())
        + full(b"stsc", struct.pack(">IIII", 1, 1, 2, 1))
        + full(b"stsz", struct.pack(">II", 4, 2))
        + full(b"co64", struct.pack(">IQ", 1, at)),
    )
    hdlr = full(b"hdlr", bytes(4) + b"vide" + bytes(13))
    new = cleaned(film(tracks=box(b"trak", box(b"mdia", hdlr + box(b"minf", stbl)))))
    assert new.count(PICTURES) == 1 and VOICE not in new  # nothing tells of the rest


def test_boxes_within_boxes_without_end_do_not_hang():
    nested = b"x"
    for _ in range(3000):
        nested = box(b"moov", nested)
    refused(HEAD + nested)


def test_a_heap_of_boxes_or_pieces_does_not_keep_anybody_waiting():
    began = time.process_time()
    refused(film(*[box(b"free", b"")] * 500_000))
    many = full(b"stsz", struct.pack(">II", 0, 2_000_000) + bytes(8_000_000))
    stbl = box(b"stbl", full(b"stsc", bytes(4)) + full(b"stco", bytes(4)) + many)
    hdlr = full(b"hdlr", bytes(4) + b"soun" + bytes(13))
    refused(film(tracks=box(b"trak", box(b"mdia", hdlr + box(b"minf", stbl)))))
    assert time.process_time() - began < 2
