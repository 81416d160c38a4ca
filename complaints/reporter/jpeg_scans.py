"""How a JPEG is laid out, told from its markers before it is decoded.

A JPEG may give its pixels in several scans. A decoder then keeps the coefficients of the whole
picture in memory and goes over all of it once per scan: a scan of forty bytes costs as much as a
full one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST_SEGMENTS = 5_000  # between two scans there are a few; nobody's camera writes so many
_MARKER = re.compile(rb"\xff+([^\x00\x01\xff\xd0-\xd7])")  # all others stand within the pixels
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)


@dataclass
class Layout:
    """How many scans there are, and whether the picture can only be decoded as a whole."""

    scans: int = 0
    as_a_whole: bool = False


def layout_of(content: bytes, most: int) -> Layout:
    """The layout of a JPEG; it is not looked on once there are more than `most` scans.

    Only the picture itself is looked at, not the small ones within its notes or behind it. What has
    parts without end counts as one scan too many.
    """
    layout, colours, at = Layout(), 0, 2
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(content, at)
        if found is None or found[1][0] == _END or layout.scans > most:
            return layout
        marker, at = found[1][0], found.end()
        if marker == _START:
            continue
        if marker in _FRAMES:
            colours = max(colours, content[at + 7] if at + 7 < len(content) else 0)
            layout.as_a_whole |= marker in _PROGRESSIVE
        elif marker == _SCAN:
            layout.scans += 1
            layout.as_a_whole |= at + 2 < len(content) and content[at + 2] < colours
        at += max(int.from_bytes(content[at : at + 2]), 2)
    return Layout(most + 1, as_a_whole=True)
