"""A caller's report (电话登记): written down, read back masked, filed, and the receipt read once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from hmac import compare_digest

from aiohttp import web

from complaints.filing import Filed
from complaints.lifecycle.table import NotAllowed
from complaints.model import Kind
from complaints.offices.phone_intake import (
    Call,
    ReadBack,
    digest_of,
    file_call,
    read_back,
    read_call,
)
from desk.pages.rendering import render
from desk.pages.services import CLERK, FORM, SERVICES

_SECRET_BYTES, _INTAKE_BYTES = 32, 16
_CHANGED = "内容有改动，请把改过的内容再念给来电人听，确认后登记。"


async def show_form(request: web.Request) -> web.Response:
    """GET /new: an empty form with a number of its own."""
    fresh = {"intake": secrets.token_hex(_INTAKE_BYTES), "secret": secrets.token_hex(_SECRET_BYTES)}
    return _page(request, fresh)


async def check(request: web.Request) -> web.Response:
    """POST /new: what is read to the caller, above the form."""
    return await _read_back(request)


async def file(request: web.Request) -> web.Response:
    """POST /new/file: file what was read back; the answer shows the receipt.

    No redirect: the receipt is nowhere to be read again. The same form gives the same ticket and
    receipt, so a second click or a lost answer does no harm.
    """
    services, form, login = request.config_dict[SERVICES], request[FORM], request[CLERK].login
    intake, secret = _own_number(form)

    def file_it() -> tuple[Filed, str] | None:
        call = read_call(form, intake, services.rules)
        if not compare_digest(digest_of(call), form.get("seen", "")):
            return None
        return file_call(
            services.storage, services.rules, call, login, secret, services.danger, services.now()
        )

    try:
        filed = await asyncio.to_thread(file_it)
    except NotAllowed as refused:
        return _page(request, form, error=str(refused), status=409)
    if filed is None:
        return await _read_back(request, error=_CHANGED, status=409)
    return render(request, "filed.html", filed=filed[0], receipt=filed[1])


async def _read_back(
    request: web.Request, error: str | None = None, status: int = 200
) -> web.Response:
    services, form = request.config_dict[SERVICES], request[FORM]
    intake, _ = _own_number(form)

    def prepare() -> tuple[Call, ReadBack]:
        call = read_call(form, intake, services.rules)
        return call, read_back(call, services.rules, services.danger)

    try:
        call, told = await asyncio.to_thread(prepare)
    except NotAllowed as refused:
        return _page(request, form, error=str(refused), status=409)
    return _page(request, form, told=told, seen=digest_of(call), error=error, status=status)


def _own_number(form: Mapping[str, str]) -> tuple[str, bytes]:
    """The number and the random bytes that came with the form. Raises HTTPBadRequest."""
    try:
        intake, secret = (
            bytes.fromhex(form.get("intake", "")),
            bytes.fromhex(form.get("secret", "")),
        )
    except ValueError:
        raise web.HTTPBadRequest from None
    if (len(intake), len(secret)) != (_INTAKE_BYTES, _SECRET_BYTES):
        raise web.HTTPBadRequest
    return f"phone-{intake.hex()}", secret


def _page(
    request: web.Request,
    given: Mapping[str, str],
    told: ReadBack | None = None,
    seen: str = "",
    error: str | None = None,
    status: int = 200,
) -> web.Response:
    questions = request.config_dict[SERVICES].rules.routing.questions
    answered = [question for question in questions if given.get(f"stated_{question.fact}")]
    asked = [*answered, *([told.question] if told and told.question else [])]
    return render(
        request,
        "phone.html",
        status=status,
        error=error,
        given=given,
        told=told,
        seen=seen,
        kinds=list(Kind),
        questions=asked,
    )
