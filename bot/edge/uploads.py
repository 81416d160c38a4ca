"""Reading files out of a request, no further than their limits."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from bot.edge.app import Refused

_MOST_PARTS = 8
_PATIENCE = 120  # seconds for a whole request
_PIECE = 64 * 1024  # bytes


@dataclass(frozen=True)
class Part:
    """One field of a form, whole; a file has a name."""

    content: bytes = field(repr=False)
    name: str | None = field(repr=False, default=None)

    @property
    def text(self) -> str:
        """The content as text; what is no UTF-8 becomes a mark."""
        return self.content.decode("utf-8", errors="replace")


class Traffic:
    """How many requests with files may come in at once: they are held in memory."""

    def __init__(self, together: int = 12, of_address: int = 4) -> None:
        """`together`: of all; `of_address`: of one address."""
        self._together, self._of_address = together, of_address
        self._now: Counter[str] = Counter()

    @contextmanager
    def admit(self, address: str) -> Iterator[None]:
        """Let a request in for as long as the block lasts. Raises Refused with 429 or 503."""
        if self._now[address] >= self._of_address:
            raise Refused(429, "one_at_a_time", "前面的文件还没有传完，请等一下再发。")
        if self._now.total() >= self._together:
            raise Refused(503, "busy", "现在传文件的人多，请过一会儿再试。")
        self._now[address] += 1
        try:
            yield
        finally:
            self._now[address] -= 1
            if not self._now[address]:
                del self._now[address]


async def read_form(request: web.Request, limits: Mapping[str, int]) -> dict[str, Part]:
    """The fields of a multipart form, each at most as long as its limit in bytes.

    Fields that have no limit are passed over. Raises Refused: 400 `bad_form`, 408 `too_slow`,
    413 `too_large`.
    """
    if (request.content_length or 0) > sum(limits.values()) + _PIECE:
        raise too_large(max(limits.values()))
    if request.content_type != "multipart/form-data":
        raise Refused(400, "bad_form", "没有收到文件，请再发一次。")
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _read_parts(request, limits)
    except TimeoutError as slow:
        raise Refused(408, "too_slow", "网络太慢，文件没有传完，请再发一次。") from slow
    except (ValueError, AssertionError, LookupError, web.RequestPayloadError) as broken:
        raise Refused(400, "bad_form", "没有收到完整的文件，请再发一次。") from broken


async def _read_parts(request: web.Request, limits: Mapping[str, int]) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    reader = await request.multipart()
    for _ in range(_MOST_PARTS):
        part = await reader.next()
        if part is None:
            return parts
        if isinstance(part, BodyPartReader) and part.name in limits:
            content = await _read_part(part, limits[part.name])
            parts[part.name] = Part(content, part.filename)
    raise ValueError("too many fields")


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    content = bytearray()
    while piece := await part.read_chunk(_PIECE):
        content += piece
        if len(content) > limit:
            raise too_large(limit)
    return bytes(content)


def too_large(limit: int) -> Refused:
    """The refusal of what is longer than `limit` bytes."""
    if limit < 1024 * 1024:
        return Refused(413, "too_large", "内容太长了，请检查后再发。")
    return Refused(413, "too_large", f"文件太大了，一个文件最多 {limit // 1024 // 1024} MB。")
