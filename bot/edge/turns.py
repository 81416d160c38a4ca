"""One message of a citizen, from the door to the answer.

Order matters: stored first, then masked, then understood. Whatever fails on the way, the parent is
told that nothing was filed and the message stays open to be sent again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError

from bot.edge.inbox import DONE, Inbox, Message
from bot.edge.intake import Intake
from bot.edge.rasa_client import RasaClient, TurnFailed
from bot.edge.replies import (
    Replies,
    aside,
    find_button,
    from_rasa,
    last_asks,
    not_filed,
    offer_again,
    plain,
    render,
)
from bot.edge.sessions import ChatSession
from complaints.receipts import derive_receipt
from complaints.workdays import utc_now

_log = logging.getLogger(__name__)

STALE_BUTTON = "这个按钮已经过期了，请用最新一条消息里的按钮，或者直接打字。"


@dataclass(frozen=True)
class Incoming:
    """What a client sent: a text or the id of a button, and its own id of the message."""

    message_id: str
    text: str | None = None
    button: str | None = None


class Conversations:
    """Answers messages; messages of one sender one after the other."""

    def __init__(self, inbox: Inbox, intake: Intake, rasa: RasaClient) -> None:
        self._inbox = inbox
        self._intake = intake
        self._rasa = rasa
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def answer(self, session: ChatSession, incoming: Incoming) -> Replies:
        """The replies to a message, as the client gets them; the same again for the same id."""
        lock = self._locks.setdefault(session.sender, asyncio.Lock())
        async with lock:
            return await self._answer(session, incoming)

    async def _answer(self, session: ChatSession, incoming: Incoming) -> Replies:
        known = await asyncio.to_thread(self._inbox.find, session.sender, incoming.message_id)
        if known and known.state == DONE:
            return render(known.replies, self._receipt(session, known))
        if known:
            return await self._again(session, known)
        last = await asyncio.to_thread(self._inbox.last_answered, session.sender)
        waiting = await asyncio.to_thread(self._inbox.last_unanswered, session.sender)
        if incoming.button is not None:
            return await self._press(session, incoming, last, waiting)
        asks = last_asks(last)
        refusal = self._intake.refuse(incoming.text or "")
        if refusal:
            return render(aside(refusal, last), None)
        return await self._new(session, incoming, {"text": incoming.text}, asks, waiting)

    async def _press(
        self,
        session: ChatSession,
        incoming: Incoming,
        last: Message | None,
        waiting: Message | None,
    ) -> Replies:
        button = find_button(incoming.button or "", waiting, last)
        if button is None:
            return render(aside(STALE_BUTTON, last), None)
        if button["payload"] == "edge:again" and waiting:
            return await self._again(session, waiting)
        if button["payload"] == "edge:drop" and waiting:
            await asyncio.to_thread(self._inbox.drop, session.sender, waiting.id)
            return render(aside("好的，那条不再发送。", last), None)
        content = {"payload": button["payload"]}
        return await self._new(session, incoming, content, last_asks(last), waiting)

    async def _new(
        self,
        session: ChatSession,
        incoming: Incoming,
        content: dict[str, Any],
        asks: str | None,
        waiting: Message | None,
    ) -> Replies:
        message = await asyncio.to_thread(
            self._inbox.receive, session.sender, incoming.message_id, content, utc_now()
        )
        replies = await self._turn(session, message, asks)
        if replies is None:
            return await self._fail(session, message)
        filed = any(reply["filed"] for reply in replies)
        if waiting and (filed or waiting.content == content):
            await asyncio.to_thread(self._inbox.drop, session.sender, waiting.id)
        elif waiting:
            replies = offer_again(waiting) + replies
        await asyncio.to_thread(self._inbox.finish, message.id, replies)
        return render(replies, self._receipt(session, message))

    async def _again(self, session: ChatSession, message: Message) -> Replies:
        """Work on a message once more that got no answer."""
        await asyncio.to_thread(self._inbox.try_again, message.id)
        last = await asyncio.to_thread(self._inbox.last_answered, session.sender)
        replies = await self._turn(session, message, last_asks(last), redelivered=True)
        if replies is None:
            return await self._fail(session, message)
        await asyncio.to_thread(self._inbox.finish, message.id, replies)
        return render(replies, self._receipt(session, message))

    async def _turn(
        self,
        session: ChatSession,
        message: Message,
        asks: str | None,
        *,
        redelivered: bool = False,
    ) -> Replies | None:
        """The replies of the bot, or None when the turn did not finish."""
        try:
            prepared = await asyncio.to_thread(
                self._intake.prepare, session, message, asks, redelivered=redelivered
            )
            bubbles = await self._rasa.turn(prepared.body)
        except (TurnFailed, SQLAlchemyError) as failure:
            _log.error("message %d got no answer: %s", message.id, type(failure).__name__)
            return None
        return plain(prepared.alarm, None) + from_rasa(bubbles)

    async def _fail(self, session: ChatSession, message: Message) -> Replies:
        """Say that nothing is filed. What could not be done is kept; danger is answered anyway."""
        alarm = self._intake.alarm(message)
        replies = plain(alarm, None) + not_filed(message)
        await asyncio.to_thread(self._inbox.note_failure, message.id, replies)
        return render(replies, None)

    def _receipt(self, session: ChatSession, message: Message) -> str:
        return derive_receipt(session.secret, message.message_id)
