"""What a reporter sees of an own ticket: state, history in plain words, the promised day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.steps import ticket_by_number
from complaints.lifecycle.table import State
from complaints.model import Kind
from complaints.regions import City
from complaints.storage.tables import Event
from complaints.workdays import SHANGHAI


@dataclass(frozen=True)
class Progress:
    """A ticket in a reporter's words. `history` is one line per step, oldest first.

    `is_owed`: an answer is still to come.
    """

    number: str
    kind: str
    state: str
    lead_name: str
    promised_on: date
    history: tuple[str, ...]
    is_owed: bool


def progress(session: Session, number: str, city: City) -> Progress:
    """The progress of one ticket. Raises NotFound."""
    ticket = ticket_by_number(session, number)
    events = session.scalars(
        select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id)
    ).all()
    state = State(ticket.state)
    return Progress(
        number=ticket.number,
        kind=Kind(ticket.kind).label,
        state=state.label,
        lead_name=city.bureaus[ticket.lead].name,
        promised_on=ticket.promised_on,
        history=tuple(line for event in events if (line := _line(event, city))),
        is_owed=state.is_open and state is not State.ANSWERED,
    )


def _line(event: Event, city: City) -> str:
    bureau = city.bureaus.get(event.facts.get("to", event.actor))
    office = bureau.name if bureau else "热线"
    words = {
        "file": "您的举报已登记",
        "dispatch": f"热线已转给{office}",
        "sign": f"{office}已签收，正在办理",
        "return": f"{office}认为不归其办理，热线正在重新派单",
        "answer": f"{office}答复：{event.text}",
        "supplement": "您补充了情况",
        "withdraw": "您撤回了举报",
        "close": "工单已办结",
    }.get(event.action)
    return f"{event.at.astimezone(SHANGHAI):%m月%d日 %H:%M} {words}" if words else ""
