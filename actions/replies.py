"""One bubble of the bot: text, buttons, and the data that the edge needs beside them."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

Button = tuple[str, str]
"""Title and Rasa payload, such as ("确认提交", "/affirm")."""


def say(
    dispatcher: CollectingDispatcher,
    text: str,
    *,
    buttons: list[Button] | None = None,
    asks: str | None = None,
    citations: list[dict[str, Any]] | None = None,
    filed: bool = False,
    failed: bool = False,
) -> None:
    """Queue a bubble.

    `asks` names the slot asked for; `filed` lets the edge put the receipt in place of `{receipt}`;
    `failed` makes the edge keep the message and offer it again.
    """
    data = {"asks": asks, "citations": citations or [], "filed": filed, "failed": failed}
    dispatcher.utter_message(
        text=text,
        buttons=[{"title": title, "payload": payload} for title, payload in buttons or []],
        json_message=data,
    )
