"""Which ticket a request beside the conversation is about: by its receipt, as in the conversation."""

from __future__ import annotations

import asyncio
import re

from aiohttp import web

from bot.edge.app import Refused, door_of
from bot.edge.sessions import ChatSession
from complaints.protection.digit_runs import find_numbers
from complaints.protection.receipts import check_receipt, wait_in_words
from complaints.storage import Storage
from complaints.workdays import utc_now

_LONGEST = 60  # characters of a receipt, however it is grouped


async def ticket_by_receipt(
    request: web.Request, session: ChatSession, storage: Storage, receipt: object
) -> str:
    """The number of the ticket that a receipt opens; tries are slowed and locked as everywhere.

    Raises Refused: 400 `bad_receipt`, 403 `wrong_receipt`, 429 `wait`.
    """
    digits = _digits(receipt) if isinstance(receipt, str) else None
    if digits is None:
        raise Refused(400, "bad_receipt", "请给出 16 位查询码。")
    address = door_of(request).address_of(request)
    found = await asyncio.to_thread(
        check_receipt,
        storage, digits, storage.keys.receipt, session.sender, utc_now(), address=address,
    )  # fmt: skip
    if found.wait_seconds:
        wait = wait_in_words(found.wait_seconds)
        raise Refused(429, "wait", f"查询码输错次数较多，请 {wait}后再试。")
    if found.number is None:
        raise Refused(403, "wrong_receipt", "没有查到这个查询码，请核对 16 位数字后再试。")
    return found.number


def _digits(receipt: str) -> str | None:
    if len(receipt) > _LONGEST:
        return None
    if re.fullmatch(r"[0-9]{16}", receipt):
        return receipt
    numbers = [number.digits for number in find_numbers(receipt) if number.kind == "receipt"]
    return numbers[0] if len(numbers) == 1 else None
