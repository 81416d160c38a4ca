"""Recordings that are a row of frames or chunks (MP3, AMR, WAV): kept are those of sound, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from complaints.reporter.file_kinds import FileRefused

_MOST_GUESSES = 100_000
_MOST_CHUNKS = 1_000
_NO_SOUND = "这段录音打不开，请重新导出或转成 MP3 再发，也可以用文字说明。"

# An MP3 frame: FF, then version and layer III. Bit rates in kbit/s, sampling in Hz.
_MP3_HEAD = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLING = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}

# An AMR frame: a byte that tells how many follow, of each sort.
_AMR_NARROW = (12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, None, None, None, 0)
_AMR_WIDE = (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, None, None, None, None, 0, 0)

_SOUND_CHUNKS: dict[bytes, int | None] = {b"fmt ": 64, b"fact": 16, b"data": None}
"""What is kept of a WAV, and how long it may be."""


def clean_mp3(content: bytes) -> bytes:
    """An MP3 without its tags, wherever they stand. Raises FileRefused."""
    sound = b"".join(_mp3_frames(content))
    if not sound:
        raise _no_sound()
    return sound


def clean_amr(content: bytes) -> bytes:
    """An AMR recording without what stands behind it. Raises FileRefused."""
    head = content.index(b"\n") + 1
    frames, end = _NARROW if head == len(b"#!AMR\n") else _WIDE, head
    while (found := frames.match(content, end)) and found[0]:
        end = found.end()
    if end == head:
        raise _no_sound()
    return content[:end]


def clean_wav(content: bytes) -> bytes:
    """A WAV with its sound and nothing else. Raises FileRefused."""
    parts, at = dict[bytes, bytes](), 12
    for _ in range(_MOST_CHUNKS):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + size]
        longest = _SOUND_CHUNKS.get(name, 0)
        if body and name not in parts and (longest is None or len(body) <= longest):
            parts[name] = body
        at += 8 + size + size % 2
    if not {b"fmt ", b"data"} <= set(parts):
        raise _no_sound()
    chunks = (
        name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
        for name, body in parts.items()
    )
    sound = b"WAVE" + b"".join(chunks)
    return b"RIFF" + len(sound).to_bytes(4, "little") + sound


def _mp3_frames(content: bytes) -> Iterator[bytes]:
    """The frames that stand in rows of two or more: a single one is chance."""
    at = _behind_tag(content)
    for _ in range(_MOST_GUESSES):
        guess = _MP3_HEAD.search(content, at)
        if guess is None:
            return
        at = guess.start()
        length = _mp3_length(content, at) or len(content)
        if not _mp3_length(content, at + length):
            at += 1
            continue
        while length and at + length <= len(content):
            yield content[at : at + length]
            at += length
            length = _mp3_length(content, at) or 0
    raise _no_sound()


def _behind_tag(content: bytes) -> int:
    """Where the sound begins as the tag in front tells it; the beginning if it tells nonsense."""
    at = 0
    while content[at : at + 3] == b"ID3" and len(content) >= at + 10:
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size
    return at if at < len(content) else 0


def _mp3_length(content: bytes, at: int) -> int | None:
    """How long the frame at a place is; None if there is none."""
    if not _MP3_HEAD.match(content, at) or at + 4 > len(content):
        return None
    version, third = content[at + 1] >> 3 & 3, content[at + 2]
    rate, sampling, padding = third >> 4, third >> 2 & 3, third >> 1 & 1
    if rate in (0, 15) or sampling == 3:
        return None
    kbits = (_RATES_1 if version == 3 else _RATES_2)[rate]
    eighths = 144 if version == 3 else 72
    return eighths * kbits * 1000 // _SAMPLING[version][sampling] + padding


def _amr_frames(lengths: tuple[int | None, ...]) -> re.Pattern[bytes]:
    """Frames that follow each other, some thousands at a time: nothing else runs meanwhile."""
    sorts = (
        b"[" + re.escape(bytes([sort << 3, sort << 3 | 4])) + b"].{%d}" % length
        for sort, length in enumerate(lengths)
        if length is not None
    )
    return re.compile(b"(?:" + b"|".join(sorts) + b"){,5000}+", re.DOTALL)


_NARROW, _WIDE = _amr_frames(_AMR_NARROW), _amr_frames(_AMR_WIDE)


def _no_sound() -> FileRefused:
    return FileRefused("broken_recording", _NO_SOUND)
