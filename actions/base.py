"""What every action shares: a failure is said to the parent, logged without content, never hidden."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.replies import say

_log = logging.getLogger(__name__)

# The edge sees `failed`, keeps the message and words this for the citizen.
NOT_DONE = "这一步没有成功。"


class SafeAction(Action, ABC):
    """An action whose exceptions become a kind sentence instead of a turn that looks finished."""

    @abstractmethod
    def name(self) -> str:
        """The name in domain.yml."""

    @abstractmethod
    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        """Say something and return Rasa events."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Run `answer`; on failure drop what it said and tell that nothing was done."""
        try:
            return self.answer(dispatcher, tracker)
        except Exception as failure:
            # Neither the message nor the traceback: both may hold what the parent wrote.
            _log.error("%s failed: %s", self.name(), type(failure).__name__)
            dispatcher.messages.clear()
            say(dispatcher, NOT_DONE, failed=True)
            return self.after_failure(tracker)

    def after_failure(self, tracker: Tracker) -> list[dict[str, Any]]:
        """Events that leave the conversation where it was."""
        return []
