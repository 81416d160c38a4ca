"""A reporter's file that a clerk released, as a download."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web
from cryptography.exceptions import InvalidTag

from complaints.lifecycle.act import Actor, NotFound, ticket_of_bureau
from complaints.reporter.evidence_access import Evidence, evidence_of, read_evidence
from desk.api.services import BUREAU, SERVICES
from desk.attachments import attachment

_log = logging.getLogger(__name__)

_NOT_THERE = "没有这个材料。"
_LOST = "这个材料已经打不开，请联系热线。"


async def show_evidence(request: web.Request) -> web.Response:
    """GET /tickets/{id}/evidence/{ref}: the file itself. The look is noted."""
    services, bureau = request.config_dict[SERVICES], request[BUREAU]
    number, ref = request.match_info["id"], request.match_info["ref"]

    def read() -> Evidence:
        with services.storage.write() as session:
            ticket, role = ticket_of_bureau(session, number, bureau)
            if ref not in {note.ref for note in evidence_of(session, ticket, role)}:
                raise NotFound(_NOT_THERE)
            if services.evidence is None:
                raise NotFound(_LOST)
            actor = Actor(bureau, role)
            return read_evidence(session, services.evidence, ref, actor, services.now())

    try:
        file = await asyncio.to_thread(read)
    except (FileNotFoundError, InvalidTag) as fault:
        _log.error("evidence %s does not open: %s", ref, type(fault).__name__)
        raise NotFound(_LOST) from None
    return attachment(file)
