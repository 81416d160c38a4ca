"""Reading request bodies up to an own limit (that of a sub-application is not heeded by aiohttp)."""

from __future__ import annotations

from aiohttp import web


async def read_body(request: web.Request, limit: int) -> bytes:
    """The whole body. Raises aiohttp's HTTPRequestEntityTooLarge beyond `limit` bytes."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(body))
    return bytes(body)
