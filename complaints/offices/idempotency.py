"""One effect per Idempotency-Key: a bureau may repeat a request without doing it twice.

Effect and answer are written in one transaction, which waits for other writers before it looks at
anything: what it decides on cannot change under it. Refusals of the domain are answers too: the same
request under the same key is refused the same way again. What fails otherwise is not kept.

Of a success only that it was one is kept: a repeated request is told how things stand now, so that
nothing gets past a correction of the words, or past the guard when the bureau must keep out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from complaints.lifecycle.act import NotFound
from complaints.lifecycle.table import NotAllowed
from complaints.storage import Storage
from complaints.storage.clock import lock_clock
from complaints.storage.tables import IdempotentAnswer

_OK = 200
_GONE = "这个操作已经完成；工单现在不在本单位。"


class KeyReused(Exception):
    """The key was used before, for another request."""


class DoneAndGone(NotFound):
    """The request was done before, and what it concerned is no longer for the bureau to see."""


@dataclass(frozen=True)
class Answer:
    """What a request is answered: an HTTP status and a JSON object."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One request of a bureau under its key.

    `content` is all that tells it from another one: what JSON can hold.
    """

    bureau: str
    key: str
    content: tuple[Any, ...]

    @property
    def fingerprint(self) -> str:
        """A hash of the content."""
        return hashlib.sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Effect:
    """What a request does, and what it is told when it comes again, which may raise NotFound."""

    run: Callable[[Session], dict[str, Any]]
    again: Callable[[Session], dict[str, Any]]


def answer_once(
    storage: Storage,
    request: Request,
    effect: Effect,
    refusal: Callable[[NotAllowed | NotFound], Answer],
    now: datetime,
) -> Answer:
    """The answer to `request`: that of `effect`, run now, or what is told of it once it was run.

    When `effect` is refused, its changes are undone and `refusal` words the answer, which is kept.
    Raises KeyReused, and whatever else `effect` raises; then nothing is written.
    """
    try:
        return _answer(storage, request, effect, refusal, now)
    except (IntegrityError, StaleDataError):
        # Somebody was faster who did not wait for the clock. Now what was written can be read.
        return _answer(storage, request, effect, refusal, now)


def forget_answers(storage: Storage, now: datetime, after: timedelta) -> int:
    """Erase kept answers older than `after`. Returns how many."""
    with storage.write() as session:
        gone = session.execute(
            delete(IdempotentAnswer).where(IdempotentAnswer.created_at < now - after)
        )
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _answer(
    storage: Storage,
    request: Request,
    effect: Effect,
    refusal: Callable[[NotAllowed | NotFound], Answer],
    now: datetime,
) -> Answer:
    with storage.write() as session:
        lock_clock(session)
        kept = session.get(IdempotentAnswer, (request.bureau, request.key))
        if kept and kept.request_hash != request.fingerprint:
            raise KeyReused
        if kept:
            return _told_again(session, kept, effect, refusal)
        try:
            with session.begin_nested():
                answer = Answer(_OK, effect.run(session))
        except (NotAllowed, NotFound) as refused:
            answer = refusal(refused)
        session.add(
            IdempotentAnswer(
                bureau=request.bureau,
                key=request.key,
                request_hash=request.fingerprint,
                status=answer.status,
                body={} if answer.status == _OK else answer.body,
                created_at=now,
            )
        )
        return answer


def _told_again(
    session: Session,
    kept: IdempotentAnswer,
    effect: Effect,
    refusal: Callable[[NotAllowed | NotFound], Answer],
) -> Answer:
    if kept.status != _OK:
        return Answer(kept.status, kept.body)
    try:
        return Answer(_OK, effect.again(session))
    except NotFound:
        return refusal(DoneAndGone(_GONE))
