"""Replies: as Rasa gives them, as the inbox keeps them, as the client gets them.

Kept replies hold the payload of each button beside an opaque id; the client sees only the id. A
bubble that tells of a filing holds the id of the message that confirmed: the receipt follows from
that, whichever message asks for the answer again.
"""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from bot.edge.inbox import Message, Replies
from complaints.protection.receipts import derive_receipt

AGAIN, DROP = "edge:again:", "edge:drop:"
"""Payloads of the edge's own buttons; the row of the message follows. Rasa never sees them."""

NOT_FILED = (
    "抱歉，系统暂时出了问题，这件事还没有登记成功。"
    "您刚才的话已经保存，请稍后点“重发”，或者拨打 12345。"
)
STALE_BUTTON = "这个按钮已经过期了，请用最新一条消息里的按钮，或者直接打字。"
DROPPED_BY_WISH = "好的，那条不再发送。"
NO_LONGER_SENT = "这条消息不再处理了，请看后面的回答，或者重新说一遍。"
REPORT_LOST = "刚才那份举报隔得太久，已经失效、没有提交；请把情况再说一遍，我重新登记。"

_EXCERPT = 20  # characters


def from_rasa(bubbles: Replies, message_id: str) -> Replies:
    """Rasa's bubbles for a message as kept replies."""
    return [
        _reply(
            bubble["text"],
            asks=bubble["custom"].get("asks"),
            buttons=[(b["title"], b["payload"]) for b in bubble["buttons"]],
            citations=bubble["custom"].get("citations") or [],
            filed_by=message_id if bubble["custom"].get("filed") else None,
        )
        for bubble in bubbles
    ]


def plain(text: str | None) -> Replies:
    """One sentence of the edge itself, or nothing."""
    return [_reply(text)] if text else []


def aside(text: str, last: Message | None) -> Replies:
    """A sentence that changes nothing: what was asked, and its buttons, still stand."""
    buttons = [
        button
        for reply in (last.replies if last else [])
        for button in reply["buttons"]
        if not button["payload"].startswith((AGAIN, DROP))
    ]
    return [{**_reply(text, asks=last_asks(last)), "buttons": buttons}]


def not_filed(message: Message) -> Replies:
    """What is said when a turn did not finish."""
    return [_reply(NOT_FILED, buttons=[("重发", f"{AGAIN}{message.id}")])]


def offer_again(waiting: Message) -> Replies:
    """Reminds of a message that got no answer. Its digits may be a person's: they are not shown."""
    said = re.sub(r"\d", "＊", str(waiting.content.get("text") or "您按的按钮"))
    short = said if len(said) <= _EXCERPT else f"{said[:_EXCERPT]}……"
    buttons = [("重发", f"{AGAIN}{waiting.id}"), ("不用了", f"{DROP}{waiting.id}")]
    return [_reply(f"您前面有一条消息还没有处理：“{short}”。要现在重发吗？", buttons=buttons)]


def find_payload(button: str, *messages: Message | None) -> str | None:
    """What stands behind a button of the live messages, given its id."""
    for message in messages:
        for reply in message.replies if message else []:
            for kept in reply["buttons"]:
                if kept["button"] == button:
                    return str(kept["payload"])
    return None


def last_asks(message: Message | None) -> str | None:
    """What the parent was asked for in an answer."""
    asked = [reply["asks"] for reply in (message.replies if message else []) if reply["asks"]]
    return asked[-1] if asked else None


def asked_to_add(message: Message | None) -> str | None:
    """The ticket whose button 补充 was pressed, while what is to be added is awaited."""
    name, brace, rest = str((message.content if message else {}).get("payload")).partition("{")
    if name != "/supplement" or not brace or last_asks(message) != "supplement":
        return None
    return str(json.loads(brace + rest)["ticket"])


def is_filed(replies: Replies) -> bool:
    """Whether an answer tells of a filing."""
    return any(reply["filed_by"] for reply in replies)


def render(replies: Replies, secret: bytes) -> Replies:
    """Kept replies as the client gets them; `secret` of the session gives the receipts."""
    return [_rendered(reply, secret) for reply in replies]


def _rendered(reply: dict[str, Any], secret: bytes) -> dict[str, Any]:
    text, receipt = reply["text"], None
    if reply["filed_by"]:
        receipt = derive_receipt(secret, reply["filed_by"])
        text = text.replace("{receipt}", receipt)
    return {
        "text": text,
        "buttons": [{"title": b["title"], "button": b["button"]} for b in reply["buttons"]],
        "asks": reply["asks"],
        "receipt": receipt,
        "citations": reply["citations"],
    }


def _reply(
    text: str,
    *,
    asks: str | None = None,
    buttons: list[tuple[str, str]] | None = None,
    citations: list[dict[str, Any]] | None = None,
    filed_by: str | None = None,
) -> dict[str, Any]:
    return {
        "text": text,
        "asks": asks,
        "buttons": [
            {"title": title, "button": secrets.token_urlsafe(9), "payload": payload}
            for title, payload in buttons or []
        ],
        "citations": citations or [],
        "filed_by": filed_by,
    }
