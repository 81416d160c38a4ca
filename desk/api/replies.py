"""How an answer goes out: JSON in UTF-8, Chinese as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from aiohttp import web

from complaints.offices.idempotency import Answer

_dumps = partial(json.dumps, ensure_ascii=False)


def json_reply(answer: Answer, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer as an HTTP response."""
    return web.json_response(answer.body, status=answer.status, headers=headers, dumps=_dumps)
