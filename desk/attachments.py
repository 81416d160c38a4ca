"""A reporter's file on its way out: as a download that no browser runs."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from complaints.reporter.evidence_access import Evidence


def attachment(file: Evidence) -> web.Response:
    """The response that hands a file over."""
    return web.Response(
        body=file.content,
        content_type=file.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
