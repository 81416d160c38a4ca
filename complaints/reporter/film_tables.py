"""Where the media of a track lie in a film (MP4, MOV), read from the track's tables."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_MOST_SAMPLES = 500_000


@dataclass(frozen=True)
class Box:
    """A box of a film: its name, where it starts, where what is in it starts, where it ends."""

    name: bytes
    start: int
    body: int
    end: int


class Strange(Exception):
    """Not laid out as it should be."""


def chunks_of(bodies: Mapping[bytes, bytes], is_sound: bool) -> Iterator[tuple[int, int]]:
    """Where the pieces of a track lie in the file: (start, end).

    `bodies`: the tables of the track by name. Raises Strange or struct.error.
    """
    offsets = _offsets(bodies)
    per_chunk = _samples_per_chunk(bodies.get(b"stsc", b""), len(offsets))
    size, count = struct.unpack_from(">II", bodies.get(b"stsz", b""), 4)
    if size == 0:
        if count > _MOST_SAMPLES:
            raise Strange("too many pieces")
        sizes = struct.unpack_from(f">{count}I", bodies[b"stsz"], 12)
    elif size == 1 and is_sound:
        raise Strange("sound whose length is told elsewhere")
    if len(per_chunk) != len(offsets):
        raise Strange("chunks that nothing tells of")
    at = 0
    for offset, samples in zip(offsets, per_chunk, strict=True):
        if at + samples > count:
            raise Strange("more pieces than there are")
        length = samples * size if size else sum(sizes[at : at + samples])
        yield offset, offset + length
        at += samples


def _offsets(bodies: Mapping[bytes, bytes]) -> tuple[int, ...]:
    name, code = (b"stco", "I") if b"stco" in bodies else (b"co64", "Q")
    (count,) = struct.unpack_from(">I", bodies.get(name, b""), 4)
    if count > _MOST_SAMPLES:
        raise Strange("too many pieces")
    return struct.unpack_from(f">{count}{code}", bodies[name], 8)


def _samples_per_chunk(table: bytes, chunks: int) -> list[int]:
    """How many samples each chunk has; the table tells it from one chunk on to the next entry's."""
    (count,) = struct.unpack_from(">I", table, 4)
    if count > _MOST_SAMPLES:
        raise Strange("too many pieces")
    entries = list(struct.iter_unpack(">III", table[8 : 8 + 12 * count]))
    found = list[int]()
    for place, (first, samples, _) in enumerate(entries):
        after = entries[place + 1][0] if place + 1 < len(entries) else chunks + 1
        if first != len(found) + 1 or not first <= after <= chunks + 1:
            raise Strange("chunks out of order")
        found += [samples] * (after - first)
    return found
