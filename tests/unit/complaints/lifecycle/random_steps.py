"""Steps of bureaus and clerks with what they are given at random, sound or not."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from complaints.lifecycle import (
    closing,
    correcting,
    dispatching,
    handling,
    merging,
    redacting,
    tasks,
)
from complaints.lifecycle.states import Action, State
from complaints.lifecycle.table import TRANSITIONS
from complaints.model import Kind
from tests.unit.complaints.lifecycle.conftest import EDUCATION, MARKET, STREET

ZHENXI, CITY = "zhenxi-education", "tinglan-education"
BUREAUS = (EDUCATION, ZHENXI, CITY, MARKET, STREET, "luming-fire", "tinglan-hotline", "nobody")
CLERKS = ("xu", "lin")
CODES = ("confirmed", "partly", "not_found", "maybe", None)
WORDS = ("周日也上课", "请说明", "已责令停课", "", "我叫陈砚秋，三年二班")

SUBJECTS = (
    correcting.Subject(party="yanqiu-chinese"),
    correcting.Subject(party="鹭鸣区教育局"),
    correcting.Subject(party="飞云补习班", place="印石路"),
    correcting.Subject(district="zhenxi"),
    correcting.Subject(street="tangzhou"),
    correcting.Subject(district="luming", street="tangzhou"),
    correcting.Subject(place="棠舟路", district="luming"),
    correcting.Subject(),
)

Step = Callable[..., Any]
Steps = dict[Action, tuple[Step, Callable[..., tuple[Any, ...]]]]


def _dispatch(session: Any, ticket: Any, clerk: Any, bureau: str, reason: str, **more: Any) -> None:
    dispatching.dispatch_ticket(session, ticket, clerk, bureau, reason=reason, **more)


BUREAU_STEPS: Steps = {
    Action.SIGN: (handling.sign_ticket, lambda g: ()),
    Action.RETURN: (dispatching.return_ticket, lambda g: (g.words, g.words)),
    Action.PAUSE: (handling.pause_ticket, lambda g: (g.words,)),
    Action.RESUME: (handling.resume_ticket, lambda g: ()),
    Action.EXTEND: (handling.extend_ticket, lambda g: (g.words, g.number)),
    Action.ANSWER: (handling.answer_ticket, lambda g: (g.words,)),
    Action.TRANSFER: (dispatching.transfer_ticket, lambda g: (g.district, g.words)),
    Action.ESCALATE: (dispatching.escalate_ticket, lambda g: (g.words,)),
    Action.WHISTLE: (tasks.whistle, lambda g: (g.bureau, g.words)),
}
CLERK_STEPS: Steps = {
    Action.ACCEPT: (dispatching.accept_ticket, lambda g: ()),
    Action.REJECT: (dispatching.reject_ticket, lambda g: ("labour", g.words)),
    Action.DISPATCH: (_dispatch, lambda g: (g.bureau, g.words)),
    Action.DESIGNATE: (dispatching.designate_ticket, lambda g: (g.bureau, g.words)),
    Action.ARBITRATE: (dispatching.refuse_return, lambda g: (g.words,)),
    Action.TRANSFER: (dispatching.transfer_ticket, lambda g: (g.district, g.words)),
    Action.ESCALATE: (dispatching.escalate_ticket, lambda g: (g.words,)),
    Action.RECLASSIFY: (correcting.reclassify_ticket, lambda g: (g.kind,)),
    Action.CORRECT: (correcting.correct_subject, lambda g: (g.subject,)),
    Action.REDACT: (redacting.redact_ticket, lambda g: (g.words,)),
    Action.RESUME: (handling.resume_ticket, lambda g: ()),
    Action.SUPERVISE: (tasks.supervise_ticket, lambda g: (g.words,)),
    Action.CALL_BACK: (closing.call_back, lambda g: ((True, g.yes, g.yes),)),
    Action.REDO: (closing.redo_ticket, lambda g: (g.words,)),
    Action.CLOSE: (closing.close_ticket, lambda g: (None,)),
    Action.REOPEN: (closing.reopen_ticket, lambda g: (g.words,)),
    Action.SPLIT: (merging.split_from_merge, lambda g: ()),
}


class Given:
    """What a step is given at random: something `sound`, or anything."""

    def __init__(self, luck: Random, *, sound: bool) -> None:
        self.words = luck.choice(["已核实", "请说明进展"] if sound else WORDS)
        self.yes, self.number = luck.random() < 0.5, luck.randint(1, 5 if sound else 9)
        self.bureau = luck.choice(BUREAUS[: 5 if sound else None])
        self.district = luck.choice(["zhenxi", "luming", "nowhere"][: 2 if sound else 3])
        self.subject = luck.choice(SUBJECTS[: 5 if sound else None])
        self.kind = luck.choice([Kind.TRAINING_ADS, Kind.VENUE_SAFETY, *Kind])


def chosen(luck: Random, steps: Steps, state: State, *, sound: bool) -> Action:
    """One of the steps; a sound one is allowed in this state, as far as the table goes."""
    fitting = [action for action in steps if (state, action) in TRANSITIONS]
    return luck.choice(fitting if sound and fitting else list(steps))
