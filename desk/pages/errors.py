"""What goes wrong on a page is told there in one Chinese sentence; details stay in the log."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import OperationalError

from complaints.lifecycle.act import NotFound
from complaints.lifecycle.table import NotAllowed
from desk.pages.rendering import render

_log = logging.getLogger(__name__)

_SENTENCES = {
    400: "提交的内容不正确，请返回后重试。",
    403: "页面已失效，请返回、刷新后重新提交。",
    404: "没有这个页面。",
    405: "这个地址不支持这种操作。",
    413: "提交的内容过大。",
    500: "系统出错了，请稍后重试。",
    503: "系统暂时不可用，请稍后重试。",
}


@web.middleware
async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn errors into a page; redirects pass."""
    try:
        return await handler(request)
    except NotFound as error:
        return error_page(request, 404, str(error))
    except NotAllowed as error:
        return error_page(request, 409, str(error))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return error_page(request, error.status)
    except OperationalError as error:
        _log.error("the database does not answer: %s", type(error.orig).__name__)
        return error_page(request, 503)
    except Exception as error:
        _log.error("a page of the desk failed", exc_info=error)
        return error_page(request, 500)


def error_page(request: web.Request, status: int, sentence: str | None = None) -> web.Response:
    """A page that says what is wrong."""
    words = sentence or _SENTENCES.get(status, _SENTENCES[400])
    return render(request, "error.html", status=status, error=words)
