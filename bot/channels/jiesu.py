"""The one input channel of Rasa: loopback only, authenticated, 200 only for a finished turn.

Rasa's own REST channel answers 200 with nothing when a turn crashed, takes the sender from the
client and reads text that begins with "/" as an intent. Here the edge names the sender, user text
is never an intent, and a turn without an answer is a 500.
"""

from __future__ import annotations

import hmac
import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

_log = logging.getLogger(__name__)


class JiesuOutput(CollectingOutputChannel):
    """Keeps each response whole: text, buttons and custom data belong to one bubble."""

    @classmethod
    def name(cls) -> str:
        """The name under which Rasa knows this channel."""
        return "jiesu"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collect one response as it is."""
        self.messages.append(
            {
                "text": message.get("text") or "",
                "buttons": message.get("buttons") or [],
                "custom": message.get("custom") or {},
            }
        )


class JiesuInput(InputChannel):
    """`POST …/turn` with `{"sender", "text" | "intent", "entities", "message_id", "metadata"}`."""

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        """The name in credentials.yml and in the URL: /webhooks/jiesu/."""
        return "jiesu"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> JiesuInput:
        """Read the shared secret from credentials.yml."""
        token = str((credentials or {}).get("token") or "")
        if len(token) < 32:
            raise ValueError("credentials.yml: bot.channels.jiesu.JiesuInput needs a token")
        return cls(token)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes of this channel."""
        routes = Blueprint("jiesu_channel")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            ready = bool(agent and agent.is_ready())
            return response.json({"ready": ready}, status=200 if ready else 503)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            given = request.headers.get("X-Jiesu-Token", "")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                return response.json({"error": "unauthorized"}, status=401)
            try:
                message, output = _user_message(request.json)
            except (KeyError, TypeError, ValueError, InvalidUsage):
                return response.json({"error": "bad_request"}, status=400)
            return await _answer(on_new_message, message, output)

        return routes


def _user_message(body: dict[str, Any]) -> tuple[UserMessage, JiesuOutput]:
    output = JiesuOutput()
    message = UserMessage(
        text=_text(body),
        output_channel=output,
        sender_id=str(body["sender"]),
        input_channel=JiesuInput.name(),
        message_id=str(body["message_id"]),
        metadata={**body.get("metadata", {}), "message_id": str(body["message_id"])},
    )
    return message, output


def _text(body: dict[str, Any]) -> str:
    """The text for Rasa. Only `intent` (set by the edge from its own buttons) becomes an intent."""
    if "intent" in body:
        intent = str(body["intent"])
        if not intent.replace("_", "").isalnum():
            raise ValueError("not an intent name")
        entities = body.get("entities") or {}
        return f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"
    text = str(body["text"]).strip()  # Rasa strips too: a blank before the slash hides nothing
    return "／" + text[1:] if text.startswith("/") else text


async def _answer(
    on_new_message: Callable[[UserMessage], Awaitable[Any]],
    message: UserMessage,
    output: JiesuOutput,
) -> HTTPResponse:
    try:
        await on_new_message(message)
    except Exception as failure:
        incident = uuid.uuid4().hex[:12]
        _log.error("turn %s failed: %s", incident, type(failure).__name__)
        return response.json({"error": "turn_failed", "incident": incident}, status=500)
    if not output.messages:
        return response.json({"error": "no_answer"}, status=500)
    return response.json({"messages": output.messages})
