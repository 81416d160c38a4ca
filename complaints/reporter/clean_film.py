"""Films and recordings in boxes (MP4, M4A, MOV): kept is what is needed to play them, nothing else.

The rest becomes free space of the same size, for tables in the file tell where the pictures and the
sound lie. Of the media only what the tables of film and sound name is kept: tracks of places and
texts (dashcams, drones, telephones) lie between them. What cannot be followed is refused.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator

from complaints.reporter.file_kinds import FileRefused
from complaints.reporter.film_tables import Box, Strange, chunks_of

_MOST_BOXES = 10_000
_KEPT: dict[bytes, tuple[bytes, ...]] = {
    b"moov": (b"mvhd", b"trak"),
    b"trak": (b"tkhd", b"edts", b"mdia"),
    b"edts": (b"elst",),
    b"mdia": (b"mdhd", b"hdlr", b"minf"),
    b"minf": (b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"),
    b"dinf": (b"dref",),
    b"stbl": (b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stco", b"co64", b"stss",
              b"sdtp"),
    b"wave": (b"frma", b"mp4a", b"esds", b"alac", b"enda", b"\0\0\0\0"),
}  # fmt: skip
"""Boxes of boxes, and what is kept within."""
_CODING = (
    *(b"avcC", b"hvcC", b"av1C", b"vpcC", b"dvcC", b"dvvC", b"d263", b"pasp", b"clap", b"fiel"),
    *(b"esds", b"damr", b"dac3", b"dec3", b"dOps", b"alac", b"wave", b"chan", b"btrt", b"colr"),
)
"""What a description of film or sound may hold: how it is coded."""
_FILM, _SOUND = b"vide", b"soun"
_FREE = b"free"
_SORRY = (
    "这段录音或视频里可能带有地点、手机型号，我们去不掉，所以没有收。"
    "请在手机里重新导出或剪一小段再发，也可以发截图、用文字说明。"
)


def clean_film(content: bytes) -> bytes:
    """The file without what tells of place, device and people. Raises FileRefused."""
    try:
        return _Cleaning(content).done()
    except (Strange, struct.error, ValueError) as strange:
        raise FileRefused("cannot_clean", _SORRY) from strange


class _Cleaning:
    """One file: begins with nothing, takes over what is kept."""

    def __init__(self, content: bytes) -> None:
        self._old, self._new = content, bytearray(len(content))
        self._boxes_left = _MOST_BOXES

    def done(self) -> bytes:
        """The cleaned file. Raises Strange."""
        top, end = self._top()
        films = [box for box in top if box.name == b"moov"]
        media = [box for box in top if box.name == b"mdat"]
        if len(films) != 1 or any(box.name == b"moof" for box in top):
            raise Strange("no table of its parts, or one in pieces")
        for box in top:
            if box.name == b"ftyp":
                self._take(box.start, box.end)
            elif box.name == b"mdat":
                self._head(box)
            elif box.name != b"moov":
                self._blank(box)
        tracks = self._within(films[0])
        if not tracks:
            raise Strange("neither film nor sound")
        for stbl, handler in tracks:
            self._take_media(media, self._chunks(stbl, handler))
        return bytes(self._new[:end])

    def _top(self) -> tuple[list[Box], int]:
        """The outermost boxes and where they end; what is behind them is no part of the film."""
        found, at = list[Box](), 0
        while at + 8 <= len(self._old):
            box = self._box(at, len(self._old), last=True)
            if box is None:
                if self._old[at + 4 : at + 8] in (b"moov", b"mdat", b"moof"):
                    raise Strange("cut off")
                break
            found.append(box)
            at = box.end
        return found, at

    def _box(self, at: int, limit: int, last: bool = False) -> Box | None:
        """The box at a place; None if it is none. `last`: one without a length reaches to the end."""
        self._boxes_left -= 1
        if self._boxes_left < 0:
            raise Strange("boxes without end")
        head = self._old[at : at + 8]
        size, name, body = int.from_bytes(head[:4]), head[4:], at + 8
        if size == 1 and at + 16 <= limit:
            size, body = int.from_bytes(self._old[at + 8 : at + 16]), at + 16
        end = limit if size == 0 and last else at + size
        return Box(name, at, body, end) if body <= end <= limit else None

    def _children(self, parent: Box, at: int | None = None) -> list[Box]:
        """The boxes within another one, from `at` on."""
        found, at = list[Box](), parent.body if at is None else at
        while at + 8 <= parent.end:
            box = self._box(at, parent.end)
            if box is None:
                raise Strange("a box that is longer than what it is in")
            found.append(box)
            at = box.end
        return found

    def _within(self, box: Box, handler: bytes = b"") -> list[tuple[Box, bytes]]:
        """Take over a box of boxes; the tables of film and sound that were met in it."""
        self._head(box)
        tables = list[tuple[Box, bytes]]()
        for child in self._children(box):
            if child.name not in _KEPT[box.name]:
                self._blank(child)
            elif child.name == b"trak":
                sort = self._handler(child)
                if sort in (_FILM, _SOUND):
                    tables += self._within(child, sort)
                else:
                    self._blank(child)
            elif child.name in _KEPT:
                tables += self._within(child, handler)
            else:
                self._leaf(child, handler)
        return [*tables, (box, handler)] if box.name == b"stbl" else tables

    def _leaf(self, box: Box, handler: bytes) -> None:
        self._head(box)
        if box.name == b"hdlr":  # then the maker's sign and a name
            self._take(box.body, min(box.body + 12, box.end))
        elif box.name == b"dref":  # then paths
            self._take(box.body, box.body + 8)
            for entry in self._children(box, box.body + 8):
                self._take(entry.start, min(entry.body + 4, entry.end))
        elif box.name == b"stsd":
            self._take(box.body, box.body + 8)
            for entry in self._children(box, box.body + 8):
                self._description(entry, handler)
        else:
            self._take(box.body, box.end)

    def _description(self, entry: Box, handler: bytes) -> None:
        """How film or sound is coded, without the maker's sign and the name of its program."""
        at = entry.start
        if handler == _FILM:
            kept, end = ((at, at + 20), (at + 32, at + 50), (at + 82, at + 86)), at + 86
        else:
            version = int.from_bytes(self._old[at + 16 : at + 18])
            end = at + {0: 36, 1: 52, 2: 72}.get(version, 36)
            kept = ((at, at + 20), (at + 24, end), (end, end))
        if end > entry.end:
            raise Strange("a description that is too short")
        for start, stop in kept:
            self._take(start, stop)
        for child in self._children(entry, end):
            if child.name not in _CODING or self._is_profile(child):
                self._blank(child)
            elif child.name in _KEPT:
                self._within(child)
            else:
                self._take(child.start, child.end)

    def _is_profile(self, box: Box) -> bool:
        """Whether colours are told by a profile, which may name its device."""
        return box.name == b"colr" and self._old[box.body : box.body + 4] not in (b"nclx", b"nclc")

    def _handler(self, trak: Box) -> bytes:
        """What sort of track it is."""
        for mdia in self._children(trak):
            for box in self._children(mdia) if mdia.name == b"mdia" else ():
                if box.name == b"hdlr":
                    return self._old[box.body + 8 : box.body + 12]
        return b""

    def _take_media(self, media: list[Box], chunks: Iterator[tuple[int, int]]) -> None:
        starts = [box.body for box in media]
        for start, end in chunks:
            place = bisect_right(starts, start) - 1
            if place < 0 or end > media[place].end:
                raise Strange("film or sound that is not there")
            self._take(start, end)

    def _chunks(self, stbl: Box, handler: bytes) -> Iterator[tuple[int, int]]:
        """Where the pieces of a track lie, as its tables tell."""
        tables = {box.name: self._old[box.body : box.end] for box in self._children(stbl)}
        return chunks_of(tables, is_sound=handler == _SOUND)

    def _head(self, box: Box) -> None:
        self._take(box.start, box.body)

    def _blank(self, box: Box) -> None:
        self._head(box)
        self._new[box.start + 4 : box.start + 8] = _FREE

    def _take(self, start: int, end: int) -> None:
        self._new[start:end] = self._old[start:end]
