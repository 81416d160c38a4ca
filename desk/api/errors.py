"""Every error of the API becomes one JSON answer here: a stable code and a short Chinese sentence."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from complaints.lifecycle.act import NotFound
from complaints.lifecycle.table import NotAllowed
from complaints.offices.bureau_queue import BadCursor
from complaints.offices.idempotency import Answer, DoneAndGone, KeyReused
from desk.api.replies import json_reply

_log = logging.getLogger(__name__)

_NOT_YOURS = 403
_NOT_GIVEN = 422
_NOT_NOW = 409
_STATUS = {
    "wrong_role": _NOT_YOURS,
    "street_only": _NOT_YOURS,
    "barred": _NOT_YOURS,
    "not_yours": _NOT_YOURS,
    "not_approved": _NOT_YOURS,
    "pending": _NOT_YOURS,
    "refused": _NOT_YOURS,
    "expired": _NOT_YOURS,
    "text_required": _NOT_GIVEN,
    "fact_required": _NOT_GIVEN,
    "reason_required": _NOT_GIVEN,
    "text_too_long": _NOT_GIVEN,
    "bad_text": _NOT_GIVEN,
    "extension_too_long": _NOT_GIVEN,
    "unknown_finding": _NOT_GIVEN,
    "unknown_result": _NOT_GIVEN,
    "unknown_school": _NOT_GIVEN,
    "unknown_street": _NOT_GIVEN,
    "unknown_bureau": _NOT_GIVEN,
    "no_such_office": _NOT_GIVEN,
}
"""What the domain refuses is a matter of the ticket's standing (409), but for these."""
_HTTP = {
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不支持该请求方法。"),
    413: ("too_large", "请求内容过大。"),
}


class ApiError(Exception):
    """A request that the API refuses by itself."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.answer = _answer(status, code, message)
        self.headers = headers or {}


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a JSON answer; details of faults stay in the log."""
    try:
        return await handler(request)
    except ApiError as error:
        return json_reply(error.answer, error.headers)
    except (NotAllowed, NotFound) as error:
        return json_reply(refusal(error))
    except BadCursor as error:
        return json_reply(_answer(400, "bad_cursor", str(error)))
    except KeyReused:
        message = "这个 Idempotency-Key 已用于另一个请求，请换一个。"
        return json_reply(_answer(409, "idempotency_key_reused", message))
    except StaleDataError:
        message = "工单刚刚有变化，请用同一个请求重试。"
        return json_reply(_answer(_NOT_NOW, "changed_meanwhile", message))
    except web.HTTPException as error:
        return _http_error(error)
    except Exception as error:
        return _fault(error)


def refusal(error: NotAllowed | NotFound) -> Answer:
    """The answer to a step that the domain refuses."""
    if isinstance(error, DoneAndGone):
        return _answer(404, "done_and_gone", str(error))
    if isinstance(error, NotFound):
        return _answer(404, "not_found", str(error))
    return _answer(_STATUS.get(error.code, _NOT_NOW), error.code, str(error))


def _http_error(error: web.HTTPException) -> web.Response:
    code, message = _HTTP.get(error.status, ("bad_request", "请求不正确。"))
    status = error.status if error.status in _HTTP else 400
    allow = error.headers.get("Allow")
    return json_reply(_answer(status, code, message), {"Allow": allow} if allow else {})


def _fault(error: Exception) -> web.Response:
    if isinstance(error, OperationalError):
        _log.error("the database does not answer: %s", type(error.orig).__name__)
        answer = _answer(503, "unavailable", "系统暂时不可用，请稍后用同一个请求重试。")
        return json_reply(answer, {"Retry-After": "10"})
    _log.error("a bureau's request failed", exc_info=error)
    return json_reply(_answer(500, "internal", "系统内部错误，请稍后重试。"))


def _answer(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}})
