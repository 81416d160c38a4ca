"""Who helps with a ticket (协办): asked when it gets to its office, ended when it is no longer theirs.

What the tables name for the matter and the lead's district, and what a clerk changed of it when
dispatching (`Choice`); who did its part is not asked twice. Barred bureaus never.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import SYSTEM, barred_from, put_in_queue, take_from_queues
from complaints.lifecycle.named_co_handlers import named_co_handlers
from complaints.lifecycle.settling import events_of
from complaints.lifecycle.states import Action, Role
from complaints.lifecycle.task_kinds import HELPING, TaskKind
from complaints.lifecycle.task_rows import add_task
from complaints.regions import Bureau, City
from complaints.rules import Rules
from complaints.storage.tables import Event, Task, Ticket
from complaints.workdays import shanghai_date

_LEADS_NOW = "本单位改为主办，协办结束。"
_NOT_THEIRS = "工单不再需要本单位协办，本项结束。"
_CHOOSES = (Action.DISPATCH, Action.DESIGNATE, Action.ARBITRATE)


@dataclass(frozen=True)
class Choice:
    """What a clerk changes of the co-handlers: ids of bureaus to ask besides, and not to ask."""

    also: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, list[str]]:
        """As it is kept with the event of the step; nothing where nothing was changed."""
        given = {"also": list(self.also), "without": list(self.without)}
        return {name: bureaus for name, bureaus in given.items() if bureaus}


AS_THE_TABLES_SAY = Choice()


@dataclass(frozen=True)
class _Helpers:
    """What a ticket's helpers were asked, as it stands before a step changes it.

    `also`: whom a clerk asked besides the tables, and which clerk; `left_out`: whom a clerk did not
    want. `did`: the tasks that their bureaus did; what merely ended was not done.
    """

    ticket: Ticket
    lead: Bureau
    city: City
    tasks: tuple[Task, ...]
    did: frozenset[int]
    also: Mapping[str, str]
    left_out: frozenset[str]

    def is_near(self, bureau: str) -> bool:
        """Whether a bureau is of the city, or of a district that the ticket has to do with; any may
        be while the place is not known."""
        if bureau not in self.city.bureaus:
            return False
        near = {self.ticket.district, self.lead.district} - {None}
        district = self.city.bureaus[bureau].district
        return not near or district is None or district in near

    def keeps(self, task: Task, wanted: Collection[str]) -> bool:
        """Whether an open task is still to be done; what a person asked for is, while it is near."""
        if task.kind == TaskKind.WHISTLE:
            return self.is_near(task.bureau)
        if task.bureau in wanted:
            return True
        by_hand = task.asked_by != SYSTEM.id and task.bureau not in {self.lead.id, *self.left_out}
        return by_hand and self.is_near(task.bureau)

    def counts(self, task: Task) -> bool:
        """Whether a task is owed, or was done by its bureau."""
        return task.done_at is None or task.id in self.did

    def readers(self) -> set[str]:
        """Who has the ticket in its queue to help with it."""
        owing = {task.bureau for task in self.tasks if task.done_at is None}
        done = {task.bureau for task in self.tasks if task.id in self.did}
        return owing | {b for b in done - self.left_out if self.is_near(b)}


def bring_co_handlers(
    session: Session, ticket: Ticket, rules: Rules, now: datetime, keep_out: Iterable[str] = ()
) -> None:
    """Make those help with a ticket who should, with its present lead; all others lose it.

    Nothing happens while it is with the hotline: they are asked when it is sent. `keep_out`: who is
    about to be barred.
    """
    lead = rules.city.bureaus[ticket.lead]
    if lead.function == "hotline":
        return
    session.flush()
    helpers = _helpers(session, ticket, lead, rules.city)
    out = barred_from(session, ticket) | {lead.id, *keep_out}
    wanted = _wanted(helpers, rules, shanghai_date(now))
    wanted = {bureau: asker for bureau, asker in wanted.items() if bureau not in out}
    for task in helpers.tasks:
        if task.done_at is None and not helpers.keeps(task, wanted):
            task.done_at = now
            task.answer = _LEADS_NOW if task.bureau == lead.id else _NOT_THEIRS
    parts = [task for task in helpers.tasks if task.kind == TaskKind.CO_HANDLING]
    asked = {task.bureau for task in parts if helpers.counts(task)}
    for bureau in [bureau for bureau in wanted if bureau not in asked]:
        add_task(session, ticket, TaskKind.CO_HANDLING, bureau, wanted[bureau], rules, now)
    readers = sorted((helpers.readers() | wanted.keys()) - out)
    take_from_queues(session, ticket, now, keep=(lead.id, *readers))
    for bureau in readers:
        put_in_queue(session, ticket, bureau, Role.CO_HANDLER, now)


def would_help(
    session: Session, ticket: Ticket, lead: Bureau, rules: Rules, on: date
) -> tuple[str, ...]:
    """Who would help if the ticket were sent to this lead on that day; the hotline stands for none."""
    helpers = _helpers(session, ticket, lead, rules.city)
    wanted = _wanted(helpers, rules, on)
    owing = (t.bureau for t in helpers.tasks if t.done_at is None and helpers.keeps(t, wanted))
    out = barred_from(session, ticket) | {lead.id}
    return tuple(bureau for bureau in dict.fromkeys((*wanted, *owing)) if bureau not in out)


def _helpers(session: Session, ticket: Ticket, lead: Bureau, city: City) -> _Helpers:
    events = events_of(session, ticket)
    query = select(Task).where(Task.ticket_id == ticket.id, Task.kind.in_(HELPING))
    also, left_out = _chosen(events)
    return _Helpers(
        ticket=ticket,
        lead=lead,
        city=city,
        tasks=tuple(session.scalars(query.order_by(Task.id))),
        did=did(events),
        also=also,
        left_out=left_out,
    )


def did(events: Iterable[Event]) -> frozenset[int]:
    """Ids of the tasks that their bureaus did themselves, as a ticket's events tell."""
    return frozenset(e.facts["task"] for e in events if e.action == Action.TASK_DONE)


def _wanted(helpers: _Helpers, rules: Rules, on: date) -> dict[str, str]:
    """Who should help, and who asks it."""
    named = named_co_handlers(helpers.ticket, helpers.lead, rules, on)
    also = {b: asker for b, asker in helpers.also.items() if helpers.is_near(b)}
    return {b: SYSTEM.id for b in named if b not in helpers.left_out} | also


def _chosen(events: Iterable[Event]) -> tuple[dict[str, str], frozenset[str]]:
    """Whom clerks asked besides the tables (bureau → clerk), whom they left out; the last counts."""
    also: dict[str, str] = {}
    without: set[str] = set()
    for event in events:
        if event.action not in _CHOOSES:
            continue
        left = set(event.facts.get("without") or ())
        more = dict.fromkeys(event.facts.get("also") or (), event.actor)
        also = {bureau: clerk for bureau, clerk in also.items() if bureau not in left} | more
        without = (without | left) - more.keys()
    return also, frozenset(without)
