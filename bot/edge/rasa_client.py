"""The edge's way to Rasa: one POST per turn; anything but a finished turn is a failure."""

from __future__ import annotations

from typing import Any

import aiohttp

# The connection broke, or what came back is not what the channel sends.
_NO_TURN = (
    aiohttp.ClientError,
    TimeoutError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
)


class TurnFailed(Exception):
    """Rasa did not finish a turn: down, too slow, or an action failed. Nothing is promised."""


class RasaClient:
    """Sends turns to the `jiesu` channel of one Rasa server."""

    def __init__(self, base_url: str, token: str, timeout: float) -> None:
        """`timeout` in seconds bounds a whole turn."""
        self._url = f"{base_url}/webhooks/jiesu/turn"
        self._headers = {"X-Jiesu-Token": token}
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._http: aiohttp.ClientSession | None = None

    async def turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The bot's bubbles for one message: `[{"text", "buttons", "custom"}]`.

        Raises TurnFailed.
        """
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._http.post(self._url, json=body, headers=self._headers) as answer:
                if answer.status != 200:
                    raise TurnFailed(f"Rasa answered {answer.status}")
                messages = list((await answer.json())["messages"])
                failed = any(message["custom"].get("failed") for message in messages)
        except _NO_TURN as failure:
            raise TurnFailed(type(failure).__name__) from failure
        if failed or not messages:
            raise TurnFailed("an action failed" if failed else "nothing was said")
        return messages

    async def close(self) -> None:
        """Give the connections back."""
        if self._http is not None:
            await self._http.close()
