"""One message of a citizen, from the door to the answer.

Order matters: stored first, then masked, then understood. Whatever fails on the way, the parent is
told that nothing was filed and the message stays open to be sent again. What the edge answers by
itself (its own buttons, refusals) is kept too, so that the same id always gets the same answer.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError

from bot.edge import replies as say
from bot.edge.inbox import DONE, DROPPED, Inbox, Message, Replies
from bot.edge.intake import Intake, clean
from bot.edge.rasa_client import RasaClient, TurnFailed
from bot.edge.sessions import ChatSession
from complaints.workdays import utc_now

_log = logging.getLogger(__name__)

_CONFIRM = "/affirm"  # the payload of the button under the read-back


@dataclass(frozen=True)
class Incoming:
    """What a client sent: a text or the id of a button, its own id of the message, and from where.

    `address` is a keyed hash: wrong receipts are counted by it.
    """

    message_id: str
    text: str | None = None
    button: str | None = None
    address: str = ""


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
            turn = _Turn(self._inbox, self._intake, self._rasa, session, incoming)
            return say.render(await turn.answer(), session.secret)


@dataclass(frozen=True)
class _Turn:
    """One request of one sender, worked on alone."""

    inbox: Inbox
    intake: Intake
    rasa: RasaClient
    session: ChatSession
    incoming: Incoming

    async def answer(self) -> Replies:
        sender = self.session.sender
        known = await asyncio.to_thread(self.inbox.find, sender, self.incoming.message_id)
        if known and known.state == DONE:
            return known.replies
        last = await asyncio.to_thread(self.inbox.last_answered, sender)
        if known and known.state == DROPPED:
            return await self._aside(say.NO_LONGER_SENT, last)
        if known:
            return await self._again(known, last)
        waiting = await asyncio.to_thread(self.inbox.last_unanswered, sender)
        if self.incoming.button is not None:
            return await self._press(self.incoming.button, last, waiting)
        text = clean(self.incoming.text or "")
        refusal = self.intake.refuse(text)
        if refusal:
            return await self._aside(refusal, last, self.intake.alarm_in(text))
        return await self._new({"text": text}, last, waiting)

    async def _press(self, button: str, last: Message | None, waiting: Message | None) -> Replies:
        payload = say.find_payload(button, waiting, last)
        if payload is None:
            return await self._aside(say.STALE_BUTTON, last)
        if not payload.startswith((say.AGAIN, say.DROP)):
            return await self._new({"payload": payload}, last, waiting)
        row = int(payload.rpartition(":")[2])
        meant = await asyncio.to_thread(self.inbox.find_open, self.session.sender, row)
        if meant is None:
            return await self._aside(say.STALE_BUTTON, last)
        if payload.startswith(say.AGAIN):
            return await self._again(meant, last)
        await asyncio.to_thread(self.inbox.drop, meant)
        return await self._aside(say.DROPPED_BY_WISH, last)

    async def _new(
        self, content: dict[str, Any], last: Message | None, waiting: Message | None
    ) -> Replies:
        newest = waiting is not None and (last is None or waiting.id > last.id)
        if waiting and newest and waiting.content == content:
            return await self._again(waiting, last)  # the same again: nothing may be done twice
        message = await asyncio.to_thread(
            self.inbox.receive, self.session.sender, self.incoming.message_id, content, utc_now()
        )
        replies = await self._ask_bot(message, last)
        if replies is None:
            return await self._fail(message)
        if waiting and not say.is_filed(replies):
            replies = say.offer_again(waiting) + replies
        elif content == {"payload": _CONFIRM} and _is_swallowed(replies, last):
            replies = say.plain(say.REPORT_LOST)
        return await self._finish(message, replies)

    async def _again(self, message: Message, last: Message | None) -> Replies:
        """Work once more on a message that got no answer."""
        replies = await self._ask_bot(message, last, redelivered=True)
        if replies is None:
            return await self._fail(message)
        return await self._finish(message, replies)

    async def _ask_bot(
        self, message: Message, last: Message | None, *, redelivered: bool = False
    ) -> Replies | None:
        """The replies of the bot, or None when the turn did not finish."""
        try:
            prepared = await asyncio.to_thread(
                self.intake.prepare,
                self.session,
                message,
                say.last_asks(last),
                redelivered=redelivered,
                address=self.incoming.address,
            )
            bubbles = await self.rasa.turn(prepared.body)
        except (TurnFailed, SQLAlchemyError) as failure:
            _log.error("message %d got no answer: %s", message.id, type(failure).__name__)
            return None
        return say.plain(prepared.alarm) + say.from_rasa(bubbles, message.message_id)

    async def _finish(self, message: Message, replies: Replies) -> Replies:
        """Keep an answer: first under a press that asked for it, so that none of both is lost."""
        await self._keep_for_press(message, replies)
        await asyncio.to_thread(self.inbox.finish, message, replies)
        if say.is_filed(replies):
            await asyncio.to_thread(self.inbox.drop_before, message)
        return replies

    async def _fail(self, message: Message) -> Replies:
        """Say that nothing is filed. What could not be done is kept; danger is answered anyway."""
        alarm = self.intake.alarm_in(str(message.content.get("text") or ""))
        replies = say.plain(alarm) + say.not_filed(message)
        await asyncio.to_thread(self.inbox.note_failure, message, replies)
        await self._keep_for_press(message, replies)
        return replies

    async def _keep_for_press(self, message: Message, replies: Replies) -> None:
        if message.message_id != self.incoming.message_id:
            await self._keep(replies)

    async def _aside(self, text: str, last: Message | None, alarm: str | None = None) -> Replies:
        replies = say.plain(alarm) + say.aside(text, last)
        await self._keep(replies)
        return replies

    async def _keep(self, replies: Replies) -> None:
        name = (self.session.sender, self.incoming.message_id)
        await asyncio.to_thread(self.inbox.keep, *name, replies, utc_now())


def _is_swallowed(replies: Replies, last: Message | None) -> bool:
    """Whether a confirmation was neither filed nor asked about: the bot has lost the report."""
    asked = any(reply["asks"] for reply in replies)
    return say.last_asks(last) == "confirm" and not asked and not say.is_filed(replies)
