"""From a template to a response, with what every page shows."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from desk.pages.services import CLERK, SERVICES


def render(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    notice: str | None = None,
    error: str | None = None,
    **context: Any,
) -> web.Response:
    """A page; `notice` and `error` are sentences above its content."""
    everywhere = {
        "clerk": request.get(CLERK),
        "place": request.match_info.route.name,
        "city": request.config_dict[SERVICES].rules.city.name,
        "notice": notice,
        "error": error,
    }
    return aiohttp_jinja2.render_template(template, request, everywhere | context, status=status)
