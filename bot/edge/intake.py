"""What is done with a message before Rasa may see it.

Numbers of persons and receipts are taken out, danger is recognised, a button becomes an intent.
A number of 16 digits is a receipt (查询码) only in a message that asks about a ticket; in a story it
may be a bank account, and the story must not be lost over it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from bot.edge.inbox import Message
from bot.edge.own_telephone import own_telephone
from bot.edge.sessions import ChatSession
from complaints.danger import DangerGroup, find_danger
from complaints.protection.contacts import RECEIPT_MARK, keep_contact, mask
from complaints.protection.digit_runs import Number, find_numbers
from complaints.protection.identifying import mask_identifying
from complaints.protection.identifying_words import IdentifyingWords
from complaints.protection.minors import speaks_as_pupil
from complaints.protection.personal_fields import keep_field
from complaints.protection.receipts import check_receipt, derive_receipt, hash_receipt
from complaints.storage import Storage
from complaints.workdays import utc_now

LONGEST_TEXT = 4000  # characters

_TOO_LONG = f"内容太长了（最多 {LONGEST_TEXT} 字），请分几次发，或者先说最要紧的。"
_NOTHING_SAID = "没看到文字，请用几句话说一说发生了什么，或者想问什么。"
_ABOUT_A_TICKET = re.compile(r"查询码|进度|撤回|撤销|撤掉|撤了|补充")
_OTHER_WISH = re.compile(
    r"查.{0,3}进度|撤回|撤销|撤掉|撤了|转人工|^人工|^取消|^算了|不用?补充|先不|^(谢谢|您好|你好)\W*$"
    r"|^[我还]*[想要]要?再?(举报|投诉|反映)|[?？]$|吗\W*$"
)
"""Said instead of what was to be added."""
_SHORT = 12  # characters beside a number that cannot be a story
_TICKET_NUMBER = re.compile(r"(?<![A-Z])JS\s?\d{16}(?!\d)", re.IGNORECASE)
_BANK = "打款|打到|打给|打进|转账|转给|转到|汇款|汇到|付款|收款|存到|账户|账号|帐户|帐号|卡号|银行"
_BEFORE_ACCOUNT = re.compile(rf"(?:{_BANK})[^，。！？；,!?;\n]{{0,6}}$")
_AFTER_ACCOUNT = re.compile(
    r"\s*[(（]?(?:(?:的|这个|是)(?:老师|学校|机构|他|她|对方)?的?)?(?:私人|个人|对公|银行|收款)?[账帐卡]"
)


@dataclass(frozen=True)
class Prepared:
    """A turn for Rasa, and what is said before its answer when somebody is in danger."""

    body: dict[str, Any]
    alarm: str | None


@dataclass(frozen=True)
class Intake:
    """Prepares messages. `words` tell what in a text names a person."""

    storage: Storage
    danger: tuple[DangerGroup, ...]
    words: IdentifyingWords

    def refuse(self, text: str) -> str | None:
        """A short sentence for what cannot be worked on: empty, too long, no words at all."""
        if len(text) > LONGEST_TEXT:
            return _TOO_LONG
        return None if any(char.isalnum() for char in clean(text)) else _NOTHING_SAID

    def alarm_in(self, text: str) -> str | None:
        """The emergency numbers, when a text speaks of danger; any text will do."""
        found = find_danger(text, self.danger)
        return found.text if found else None

    def prepare(
        self,
        session: ChatSession,
        message: Message,
        asks: str | None,
        *,
        redelivered: bool,
        address: str = "",
    ) -> Prepared:
        """The turn that Rasa gets for a stored message.

        `address` is an opaque name of where it comes from: wrong receipts are counted by it too.
        Raises SQLAlchemyError when the ticket database is needed and not reachable.
        """
        metadata: dict[str, Any] = {"redelivered": redelivered}
        if asks == "confirm" or redelivered:
            new = derive_receipt(session.secret, message.message_id)
            metadata["receipt_hash"] = hash_receipt(new, self.storage.keys.receipt)
        body = {"sender": session.sender, "message_id": message.message_id, "metadata": metadata}
        if "payload" in message.content:
            return Prepared({**body, **_intent(message.content["payload"])}, None)
        text = clean(message.content["text"])
        alarm = self.alarm_in(text)
        metadata["urgent"] = alarm is not None
        receipt = _receipt_looked_up(text)
        metadata["pupil"] = speaks_as_pupil(text)
        masked = mask(text, receipt)
        shown = mask_identifying(masked.text, self.words).text
        own = own_telephone(text, asks, (*self.words.names.titles, *self.words.names.accused))
        if own:
            metadata["contact_ref"] = keep_contact(self.storage, "phone", own, utc_now())
        told = _without_receipts(text)
        if shown != told:
            metadata["told_ref"] = self._keep_told(told)
        if receipt:
            metadata.update(self._look_up(receipt, session, address), said=shown)
            return Prepared({**body, "intent": _act_with_receipt(shown)}, alarm)
        if _is_ticket_number(text):
            metadata.update(receipt="ticket_number", said=shown)
            return Prepared({**body, "intent": "progress"}, alarm)
        if asks == "supplement" and not _OTHER_WISH.search(text):
            metadata["said"] = shown  # the answer to it, however the model would take the words
            return Prepared({**body, "intent": "supplement"}, alarm)
        return Prepared({**body, "text": shown}, alarm)

    def _keep_told(self, told: str) -> str:
        """Seal what was said, for a ticket that may come of it."""
        with self.storage.write() as session:
            return keep_field(session, "told", told, utc_now())

    def _look_up(self, receipt: str, session: ChatSession, address: str) -> dict[str, Any]:
        found = check_receipt(
            self.storage,
            receipt,
            self.storage.keys.receipt,
            session.sender,
            utc_now(),
            address=address,
        )
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


def _receipt_looked_up(text: str) -> str | None:
    """The 16 digits that a message asks about."""
    numbers = [number for number in find_numbers(text) if number.kind == "receipt"]
    receipts = [number for number in numbers if not _is_account(text, number)]
    rest = text
    for number in reversed(numbers):
        rest = rest[: number.start] + rest[number.end :]
    return receipts[0].digits if receipts and _asks_about_a_ticket(rest) else None


def _without_receipts(text: str) -> str:
    """`text` as it may be sealed: a receipt is kept nowhere, an account belongs to the story."""
    for number in reversed(find_numbers(text)):
        if number.kind == "receipt" and not _is_account(text, number):
            text = text[: number.start] + RECEIPT_MARK + text[number.end :]
    return text


def _is_account(text: str, number: Number) -> bool:
    """Whether the words beside a number say that it is a bank account."""
    before = text[max(0, number.start - 12) : number.start]
    return bool(_BEFORE_ACCOUNT.search(before) or _AFTER_ACCOUNT.match(text, number.end))


def _is_ticket_number(text: str) -> bool:
    """Whether a message asks about a ticket by its number (工单号), which opens nothing."""
    rest, found = _TICKET_NUMBER.subn("", unicodedata.normalize("NFKC", text))
    return found > 0 and _asks_about_a_ticket(rest)


def _asks_about_a_ticket(rest: str) -> bool:
    return len(rest.strip()) <= _SHORT or _ABOUT_A_TICKET.search(rest) is not None


def _act_with_receipt(text: str) -> str:
    """What somebody wants who sends a receipt: mostly to see how things stand."""
    if re.search(r"撤回|撤销|撤掉|撤了", text):
        return "withdraw"
    if "补充" in text and len(text) > len(RECEIPT_MARK) + 8:
        return "supplement"
    return "progress"
