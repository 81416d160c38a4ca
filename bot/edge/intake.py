"""What is done with a message before Rasa may see it.

Numbers of persons and receipts are taken out, danger is recognised, a button becomes an intent.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.edge.inbox import Message
from bot.edge.sessions import ChatSession
from complaints.contacts import keep_contact, mask
from complaints.danger import DangerGroup, find_danger
from complaints.receipts import check_receipt, derive_receipt, find_receipts, hash_receipt
from complaints.storage import Storage
from complaints.workdays import utc_now

LONGEST_TEXT = 4000  # characters
RECEIPT_MARK = "〔查询码〕"

_TOO_LONG = f"内容太长了（最多 {LONGEST_TEXT} 字），请分几次发，或者先说最要紧的。"
_NOTHING_SAID = "没看到文字，请用几句话说一说发生了什么，或者想问什么。"
_OWN_NUMBER = re.compile(r"(我的?|本人的?)(电话|手机|号码|联系方式)|联系我|找我|打给我")


@dataclass(frozen=True)
class Prepared:
    """A turn for Rasa, and what is said before its answer when somebody is in danger."""

    body: dict[str, Any]
    alarm: str | None


@dataclass(frozen=True)
class Intake:
    """Prepares messages. `field_key` seals numbers, `receipt_salt` hashes receipts."""

    storage: Storage
    danger: tuple[DangerGroup, ...]
    field_key: bytes
    receipt_salt: bytes

    def refuse(self, text: str) -> str | None:
        """A short sentence for what cannot be worked on: empty, too long, no words at all."""
        if len(text) > LONGEST_TEXT:
            return _TOO_LONG
        return None if any(char.isalnum() for char in clean(text)) else _NOTHING_SAID

    def alarm(self, message: Message) -> str | None:
        """The emergency numbers, when a message speaks of danger."""
        found = find_danger(str(message.content.get("text") or ""), self.danger)
        return found.text if found else None

    def prepare(
        self, session: ChatSession, message: Message, asks: str | None, *, redelivered: bool
    ) -> Prepared:
        """The turn that Rasa gets for a stored message.

        Raises SQLAlchemyError when the ticket database is needed and not reachable.
        """
        metadata: dict[str, Any] = {"redelivered": redelivered}
        if asks == "confirm" or redelivered:
            receipt = derive_receipt(session.secret, message.message_id)
            metadata["receipt_hash"] = hash_receipt(receipt, self.receipt_salt)
        body = {"sender": session.sender, "message_id": message.message_id, "metadata": metadata}
        if "payload" in message.content:
            return Prepared({**body, **_intent(message.content["payload"])}, None)
        text = clean(message.content["text"])
        alarm = self.alarm(message)
        metadata["urgent"] = alarm is not None
        text, receipt_in_text = _without_receipts(text)
        text = self._without_numbers(text, asks, metadata)
        if receipt_in_text is None:
            return Prepared({**body, "text": text}, alarm)
        metadata.update(self._look_up(receipt_in_text, session, utc_now()), said=text)
        return Prepared({**body, "intent": _act_with_receipt(text)}, alarm)

    def _without_numbers(self, text: str, asks: str | None, metadata: dict[str, Any]) -> str:
        masked = mask(text)
        own = asks in ("anonymous", "contact") or _OWN_NUMBER.search(text)
        phones = [value for kind, value in masked.found if kind == "phone"]
        if phones and own:
            metadata["contact_ref"] = keep_contact(
                self.storage, "phone", phones[0], self.field_key, utc_now()
            )
        return masked.text

    def _look_up(self, receipt: str, session: ChatSession, now: datetime) -> dict[str, Any]:
        found = check_receipt(self.storage, receipt, self.receipt_salt, session.sender, now)
        if found.wait_seconds:
            return {"receipt": "wait", "wait_seconds": found.wait_seconds}
        return {"ticket": found.number} if found.number else {"receipt": "wrong"}


def clean(text: str) -> str:
    """Without control characters and the blanks around; line breaks stay."""
    kept = (
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    return "".join(kept).strip()


def _intent(payload: str) -> dict[str, Any]:
    """The intent and entities of a button that this edge gave out, such as `/choose{"kind": …}`."""
    name, brace, rest = payload.removeprefix("/").partition("{")
    return {"intent": name, "entities": json.loads(brace + rest) if brace else {}}


def _without_receipts(text: str) -> tuple[str, str | None]:
    narrow = unicodedata.normalize("NFKC", text)
    found = find_receipts(narrow)
    if not found:
        return text, None
    for start, end, _ in reversed(found):
        narrow = narrow[:start] + RECEIPT_MARK + narrow[end:]
    return narrow, found[0][2]


def _act_with_receipt(text: str) -> str:
    """What somebody wants who sends a receipt: mostly to see how things stand."""
    if re.search(r"撤回|撤销|撤掉|撤了", text):
        return "withdraw"
    if "补充" in text and len(text) > len(RECEIPT_MARK) + 8:
        return "supplement"
    return "progress"
