"""A ticket as the hotline reads it: what was said, why it went where it did, who did what.

Words for people only; nothing of the reporter beyond the reporter's own account is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import barred_from
from complaints.lifecycle.co_handling import did
from complaints.lifecycle.settling import events_of
from complaints.lifecycle.states import Role
from complaints.model import Kind
from complaints.offices.case_deadline import DeadlineNote, deadline_note
from complaints.offices.case_history import STEP_WORDS, Step, history
from complaints.offices.case_tasks import TaskLine, task_lines
from complaints.offices.choices import Choices, choices
from complaints.offices.help_choices import HelpChoices, help_choices
from complaints.offices.names import Names, names_of
from complaints.offices.related import Related, related
from complaints.offices.reveal_requests import RevealNote, reveal_note
from complaints.offices.triage import Row, hotline_ticket, row_of
from complaints.protection.readings import Look, note_reading, readings_of
from complaints.regions import City
from complaints.reporter.evidence_access import EvidenceNote, evidence_of
from complaints.routing.words import RoutingWords, routing_words
from complaints.rules import Rules
from complaints.storage import Storage
from complaints.storage.tables import Event, Task, Ticket
from complaints.understood import meanings
from complaints.workdays import shanghai_date

__all__ = ["STEP_WORDS", "CaseFile", "case_file"]

_LOOKS = 10
_WAYS = {
    "page": "打开工单",
    "list": "列表",
    "api": "接口查看",
    "pull": "接口领取",
    "reveal": "查看举报人信息",
    "receipt": "凭查询码查看",
    "evidence": "打开材料",
    "export": "导出",
}
_CHANNELS = {"chat": "网上对话", "phone": "电话登记"}


@dataclass(frozen=True)
class LookLine:
    """One look at the ticket, in words."""

    at: datetime
    who: str
    way: str


@dataclass(frozen=True)
class CaseFile:
    """All that a clerk needs to decide on a ticket.

    `outcome`: what was found, done and said at the call-back, as (name, value).
    """

    row: Row
    version: int
    said: tuple[tuple[str, str], ...]
    detail: str
    outcome: tuple[tuple[str, str], ...]
    result: str | None
    solved: bool | None
    reported_by: str
    routing: RoutingWords
    history: tuple[Step, ...]
    deadline: DeadlineNote
    tasks: tuple[TaskLine, ...]
    related: Related
    evidence: tuple[EvidenceNote, ...]
    looks: tuple[LookLine, ...]
    reveal: RevealNote
    choices: Choices
    help: HelpChoices


def case_file(storage: Storage, number: str, rules: Rules, login: str, now: datetime) -> CaseFile:
    """Everything about one ticket. Raises NotFound, also for what is barred.

    The look is noted before anything is read, so that the page is put together without making
    writers wait.
    """
    with storage.write() as session:
        ticket = hotline_ticket(session, number, rules.city, login)
        note_reading(session, [ticket.id], Role.HOTLINE, login, "page", now)
    with storage.read() as session:
        return _case_file(session, number, rules, login, now)


def _case_file(session: Session, number: str, rules: Rules, login: str, now: datetime) -> CaseFile:
    city, today = rules.city, shanghai_date(now)
    ticket = hotline_ticket(session, number, city, login)
    events = events_of(session, ticket)
    tasks = session.scalars(select(Task).where(Task.ticket_id == ticket.id).order_by(Task.id)).all()
    looks = readings_of(session, ticket.id, _LOOKS)
    names = names_of(session, city, _logins(events, tasks, looks))
    barred = barred_from(session, ticket)
    may = choices(ticket, events, barred, city, rules.routing)
    return CaseFile(
        row=row_of(ticket, rules, today),
        version=ticket.version,
        said=tuple(_said(ticket, events[0].facts if events else {}, city)),
        detail=ticket.detail,
        outcome=tuple(_outcome(ticket, rules)),
        result=ticket.result,
        solved=ticket.solved,
        reported_by=_reported_by(ticket),
        routing=routing_words(ticket, city, rules.routing),
        history=history(events, tasks, rules, names),
        deadline=deadline_note(ticket, events, rules, today),
        tasks=task_lines(tasks, did(events), names, today),
        related=related(session, ticket, rules, login),
        evidence=evidence_of(session, ticket, Role.HOTLINE),
        looks=tuple(_look(one, names) for one in looks),
        reveal=reveal_note(session, ticket, login, now),
        choices=may,
        help=help_choices(session, ticket, may.suggested, barred, rules, today),
    )


def _said(ticket: Ticket, first: Mapping[str, object], city: City) -> Iterator[tuple[str, str]]:
    """What was told, what the words mean, and the second matter that it may be about."""
    told = (
        ("被举报对象", ticket.subject_party),
        ("地点", ticket.place),
        ("时间", ticket.happened),
        ("科目", ticket.subject),
        ("年级", ticket.grade),
    )
    yield from ((name, value or "未说明") for name, value in told)
    amount = first.get("amount")
    yield from meanings(
        when=ticket.happened,
        amount=str(amount) if amount else None,
        grade=ticket.grade,
        detail=ticket.detail,
        said_at=ticket.filed_at,
        terms=city.terms,
    )
    if second := first.get("second_kind"):
        yield "可能还涉及", Kind(str(second)).label


def _outcome(ticket: Ticket, rules: Rules) -> Iterator[tuple[str, str]]:
    if finding := rules.outcomes.findings.get(ticket.finding or ""):
        yield "核查结论", finding.label
    if ticket.result:
        yield "办理结果", rules.outcomes.results.get(ticket.result, ticket.result)
    called_back = (
        ("是否联系到", ticket.reached),
        ("是否解决", ticket.solved),
        ("是否满意", ticket.satisfied),
    )
    if ticket.reached is not None:
        yield from ((name, "是" if value else "否") for name, value in called_back)
    if ticket.reopened:
        yield "重新办理", f"{ticket.reopened} 次"


def _reported_by(ticket: Ticket) -> str:
    """How it was reported; who it was is not said."""
    parts = [_CHANNELS.get(ticket.channel, ticket.channel)]
    parts.append("匿名" if ticket.anonymous else "留有联系方式")
    return " · ".join([*parts, "学生本人"] if ticket.pupil else parts)


def _logins(
    events: Sequence[Event], tasks: Sequence[Task], looks: Sequence[Look]
) -> frozenset[str]:
    """Those who may be clerks."""
    acted = {event.actor for event in events if event.role == Role.HOTLINE}
    asked = {task.asked_by for task in tasks}
    return frozenset(acted | asked | {one.actor for one in looks if one.role == Role.HOTLINE})


def _look(one: Look, names: Names) -> LookLine:
    return LookLine(one.at, names.who(one.role, one.actor), _WAYS.get(one.way, one.way))
