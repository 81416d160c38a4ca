"""Small recordings of each sort, built by hand, with what they tell beside the sound and pictures."""

from __future__ import annotations

import struct

SECRET = b"31.2304N 121.4737E phone of Wang"


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def full(name: bytes, body: bytes) -> bytes:
    """A box with version and flags."""
    return box(name, bytes(4) + body)


def table(name: bytes, code: str, *rows: tuple[int, ...]) -> bytes:
    packed = b"".join(struct.pack(f">{code}", *row) for row in rows)
    return full(name, struct.pack(">I", len(rows)) + packed)


def film_entry(*children: bytes) -> bytes:
    """How film is coded; with the maker's sign and a program's name."""
    name = bytes([12]) + b"phone of Wang"[:12].ljust(31, b"\0")
    fixed = (
        bytes(6) + b"\0\1" + bytes(4) + b"Wang" + bytes(8) + struct.pack(">HHII", 320, 240, 72, 72)
    )
    body = fixed + bytes(4) + b"\0\1" + name + b"\0\x18\xff\xff"
    return box(b"avc1", body + b"".join(children))


def sound_entry(*children: bytes) -> bytes:
    fixed = (
        bytes(6) + b"\0\1" + bytes(4) + b"Wang" + struct.pack(">HHHHI", 2, 16, 0, 0, 44100 << 16)
    )
    return box(b"mp4a", fixed + b"".join(children))


def track(sort: bytes, entry: bytes, chunks: list[tuple[int, list[int]]], *more: bytes) -> bytes:
    """A track whose chunks lie at (offset, sizes of its samples)."""
    sizes = [size for _, chunk in chunks for size in chunk]
    per_chunk = [(n, len(chunk), 1) for n, (_, chunk) in enumerate(chunks, 1)]
    stbl = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1) + entry)
        + table(b"stts", "II", (len(sizes), 1))
        + table(b"stsc", "III", *per_chunk)
        + full(b"stsz", struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
        + table(b"stco", "I", *((offset,) for offset, _ in chunks)),
    )
    hdlr = full(b"hdlr", bytes(4) + sort + b"Wang" + bytes(8) + SECRET + b"\0")
    dref = full(b"dref", struct.pack(">I", 1) + box(b"url ", b"\0\0\0\1" + SECRET))
    minf = box(b"minf", full(b"vmhd", bytes(8)) + box(b"dinf", dref) + stbl)
    mdia = box(b"mdia", full(b"mdhd", bytes(20)) + hdlr + minf)
    return box(b"trak", full(b"tkhd", bytes(80)) + mdia + b"".join(more))


HEAD = box(b"ftyp", b"isom\0\0\2\0isom")
PICTURES, VOICE, SUBTITLE = b"the film", b"the sound", b"at " + SECRET


def film(
    *beside: bytes,
    head: bytes = HEAD,
    within: bytes = b"",
    tail: bytes = b"",
    tracks: bytes | None = None,
) -> bytes:
    """A film with pictures, sound and a track of places, whose media lie mixed in one box."""
    media = PICTURES + SUBTITLE + VOICE + b"between " + SECRET + PICTURES
    at = len(head) + 8
    if tracks is None:
        second = at + len(media) - len(PICTURES)
        tracks = track(
            b"vide",
            film_entry(
                box(b"avcC", b"codec"), box(b"colr", b"prof" + SECRET), box(b"Wang", SECRET)
            ),
            [(at, [3, 5]), (second, [8])],
        )
        tracks += track(b"text", box(b"tx3g", bytes(8) + SECRET), [(at + 8, [len(SUBTITLE)])])
        sound_at = at + len(PICTURES + SUBTITLE)
        tracks += track(
            b"soun", sound_entry(box(b"esds", b"codec")), [(sound_at, [9])], box(b"meta", SECRET)
        )
    moov = box(b"moov", full(b"mvhd", bytes(96)) + tracks + box(b"udta", SECRET) + within)
    return head + box(b"mdat", media) + moov + b"".join(beside) + tail


def mp3_frame(content: bytes = b"") -> bytes:
    """128 kbit/s at 44,100 Hz: 417 bytes."""
    return (b"\xff\xfb\x90\0" + content).ljust(417, b"\0")


def id3(body: bytes, size: int | None = None) -> bytes:
    length = len(body) if size is None else size
    return b"ID3\4\0\0" + bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0)) + body


def wav(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"RIFF\0\0\0\0WAVE" + b"".join(
        name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for name, body in chunks
    )


SONG = (
    id3(SECRET) + b"".join(map(mp3_frame, (b"the song", b"", b"")))
    + b"APETAGEX" + SECRET + b"TAG" + SECRET.ljust(125, b"\0")
)  # fmt: skip
SOUND = wav((b"fmt ", b"f" * 16), (b"LIST", SECRET), (b"data", b"the sound"))
VOICE_NOTE = b"#!AMR\n" + b"\x3c" + b"the sound".ljust(31, b"\0") + b"\x04" + bytes(12) + SECRET
