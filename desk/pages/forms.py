"""Reading the forms of the pages: small, url-encoded, one value per field."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from desk.bodies import read_body

_LARGEST_FORM = 96 * 1024  # bytes; two of the longest texts, percent-encoded, fit
_MOST_FIELDS = 30


async def read_form(request: web.Request) -> Mapping[str, str]:
    """The fields of a form. Raises aiohttp's HTTPBadRequest or HTTPRequestEntityTooLarge."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPBadRequest
    body = await read_body(request, _LARGEST_FORM)
    try:
        fields = parse_qsl(
            body.decode(errors="replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise web.HTTPBadRequest from None
    return dict(fields)
