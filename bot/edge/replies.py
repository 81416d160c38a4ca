"""Replies: as Rasa gives them, as the inbox keeps them, as the client gets them.

Kept replies hold the payload of each button beside an opaque id; the client sees only the id.
"""

from __future__ import annotations

import secrets
from typing import Any

from bot.edge.inbox import Message

Replies = list[dict[str, Any]]

NOT_FILED = (
    "抱歉，系统暂时出了问题，这件事还没有登记成功。"
    "您刚才的话已经保存，请稍后点“重发”，或者拨打 12345。"
)


def from_rasa(bubbles: Replies) -> Replies:
    """Rasa's bubbles as kept replies."""
    return [
        _reply(
            bubble["text"],
            asks=bubble["custom"].get("asks"),
            buttons=[(b["title"], b["payload"]) for b in bubble["buttons"]],
            citations=bubble["custom"].get("citations") or [],
            filed=bool(bubble["custom"].get("filed")),
        )
        for bubble in bubbles
    ]


def plain(text: str | None, asks: str | None) -> Replies:
    """One sentence of the edge itself, or nothing."""
    return [_reply(text, asks=asks)] if text else []


def aside(text: str, last: Message | None) -> Replies:
    """A sentence that changes nothing: what was asked, and its buttons, still stand."""
    buttons = last.replies[-1]["buttons"] if last and last.replies else []
    return [{**_reply(text, asks=last_asks(last)), "buttons": buttons}]


def not_filed(message: Message) -> Replies:
    """What is said when a turn did not finish."""
    return [_reply(NOT_FILED, buttons=[("重发", "edge:again")])]


def offer_again(waiting: Message) -> Replies:
    """Reminds of a message that got no answer."""
    said = str(waiting.content.get("text") or "您按的按钮")
    short = said if len(said) <= 20 else f"{said[:20]}……"
    buttons = [("重发", "edge:again"), ("不用了", "edge:drop")]
    return [_reply(f"您前面有一条消息还没有处理：“{short}”。要现在重发吗？", buttons=buttons)]


def find_button(button: str, *messages: Message | None) -> dict[str, Any] | None:
    """The kept button with this id among the live messages."""
    for message in messages:
        for reply in message.replies if message else []:
            for kept in reply["buttons"]:
                if kept["button"] == button:
                    return dict(kept)
    return None


def last_asks(message: Message | None) -> str | None:
    """What the parent was asked for in an answer."""
    return next(
        (r["asks"] for r in reversed(message.replies if message else []) if r["asks"]), None
    )


def render(replies: Replies, receipt: str | None) -> Replies:
    """Kept replies as the client gets them, with the receipt where a ticket was filed."""
    return [
        {
            "text": reply["text"].replace("{receipt}", receipt or "")
            if reply["filed"]
            else reply["text"],
            "buttons": [{"title": b["title"], "button": b["button"]} for b in reply["buttons"]],
            "asks": reply["asks"],
            "receipt": receipt if reply["filed"] else None,
            "citations": reply["citations"],
        }
        for reply in replies
    ]


def _reply(
    text: str,
    *,
    asks: str | None = None,
    buttons: list[tuple[str, str]] | None = None,
    citations: list[dict[str, Any]] | None = None,
    filed: bool = False,
) -> dict[str, Any]:
    return {
        "text": text,
        "asks": asks,
        "buttons": [
            {"title": title, "button": secrets.token_urlsafe(9), "payload": payload}
            for title, payload in buttons or []
        ],
        "citations": citations or [],
        "filed": filed,
    }
