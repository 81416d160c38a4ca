"""A reporter's file, to be looked at before it is released; as a download in a sandbox."""

from __future__ import annotations

import asyncio

from aiohttp import web
from cryptography.exceptions import InvalidTag

from complaints.lifecycle.act import Actor, NotFound
from complaints.lifecycle.states import Role
from complaints.reporter.evidence_access import Evidence, read_evidence
from desk.attachments import attachment
from desk.pages.services import CLERK, SERVICES

_LOST = "这个材料已经打不开，请联系管理员。"


async def show_evidence(request: web.Request) -> web.Response:
    """GET /evidence/{ref}. The look is noted."""
    services, ref = request.config_dict[SERVICES], request.match_info["ref"]
    folder, clerk = services.evidence, Actor(request[CLERK].login, Role.HOTLINE)
    if folder is None:
        raise NotFound(_LOST)

    def read() -> Evidence:
        with services.storage.write() as session:
            return read_evidence(session, folder, ref, clerk, services.now())

    try:
        file = await asyncio.to_thread(read)
    except (FileNotFoundError, InvalidTag):
        raise NotFound(_LOST) from None
    return attachment(file)
