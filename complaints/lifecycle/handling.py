"""What the lead does with a ticket: 签收, 待补充与恢复, 延期, 答复."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from complaints.deadlines.pauses import PauseLimits, may_pause
from complaints.lifecycle.act import Actor, act
from complaints.lifecycle.notices import send_notices
from complaints.lifecycle.settling import deadline_of, events_of, settle
from complaints.lifecycle.states import Action, Role
from complaints.lifecycle.table import NotAllowed
from complaints.regions import Place
from complaints.rules import Rules
from complaints.storage.tables import Ticket
from complaints.workdays import shanghai_date


def sign_ticket(
    session: Session, ticket: Ticket, actor: Actor, rules: Rules, now: datetime
) -> None:
    """Take a dispatched ticket on (签收); silence does the same when the window is over."""
    facts = {"silent": True} if actor.role == Role.SYSTEM else None
    settle(session, ticket, rules, now, act(session, ticket, Action.SIGN, actor, now, facts=facts))


def pause_ticket(
    session: Session, ticket: Ticket, actor: Actor, question: str, rules: Rules, now: datetime
) -> None:
    """Ask the reporter for something (待补充): the clock stands still.

    Raises NotAllowed with `already_overdue` (who is late cannot stop the clock), `pause_used_up`
    when the pauses so far have left nothing of what `deadlines.yml` allows in all.
    """
    today = shanghai_date(now)
    due = deadline_of(session, ticket, rules, today)
    if due and due.due_on < today:
        raise NotAllowed("already_overdue", "已超过答复日期，不能再暂停计时，请尽快答复。")
    about = rules.deadlines, ticket.matter_code, ticket.urgent, ticket.district
    limits = PauseLimits(*about)
    if not may_pause(events_of(session, ticket), limits, now):
        raise NotAllowed(
            "pause_used_up",
            f"等举报人补充最多共{limits.in_all(today).text}不计时，本件已经用完；"
            "请按已有情况办理，确有需要可以延期。",
        )
    settle(session, ticket, rules, now, act(session, ticket, Action.PAUSE, actor, now, question))


def resume_ticket(
    session: Session, ticket: Ticket, actor: Actor, rules: Rules, now: datetime
) -> None:
    """Go on without waiting any longer (恢复办理). Raises NotAllowed."""
    settle(session, ticket, rules, now, act(session, ticket, Action.RESUME, actor, now))


def extend_ticket(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    reason: str,
    workdays: int,
    rules: Rules,
    now: datetime,
) -> None:
    """Put the answer off (延期), with a reason that the reporter reads.

    Raises NotAllowed with `already_overdue` (who is late cannot undo it), `too_many_extensions` or
    `extension_too_long`, as `deadlines.yml` says for the kind of matter.
    """
    today = shanghai_date(now)
    due = deadline_of(session, ticket, rules, today)
    if due and due.due_on < today:
        raise NotAllowed("already_overdue", "已超过答复日期，不能再延期，请尽快答复。")
    may = rules.deadlines.extension(
        ticket.matter_code,
        urgent=ticket.urgent,
        on=today,
        district=ticket.district,
    )
    if ticket.extensions >= may.times:
        words = f"最多延期{may.times}次，不能再延。" if may.times else "这类工单不能延期。"
        raise NotAllowed("too_many_extensions", words)
    if not 1 <= workdays <= may.workdays:
        raise NotAllowed("extension_too_long", f"每次延期为1到{may.workdays}个工作日。")
    event = act(session, ticket, Action.EXTEND, actor, now, reason, {"workdays": workdays})
    ticket.extensions += 1
    settle(session, ticket, rules, now, event)


def answer_ticket(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    text: str,
    rules: Rules,
    now: datetime,
    finding: str | None = None,
    results: Sequence[str] = (),
    schools: Sequence[str] = (),
    street: str | None = None,
) -> None:
    """Answer the reporter (答复), perhaps with what was found and done.

    `schools`: ids of the schools whose pupils took part, as the bureau found. A confirmed finding
    makes the two notices, to the street and to the school (双通报). `street`: id of the street where
    it was found, for a ticket that does not tell one. Raises NotAllowed, with `unknown_finding` or
    `unknown_result` for a code that `outcomes.yml` lacks, `unknown_school` for an id that the
    register lacks, `unknown_street` for one that is not in the district.
    """
    _check_codes(finding, results, schools, rules)
    found_at = _found_at(ticket, street, rules) if street else None
    facts = _found(finding, results, found_at)
    event = act(session, ticket, Action.ANSWER, actor, now, text, facts)
    ticket.answered_at, ticket.finding = now, finding
    ticket.result = results[0] if results else None
    if found_at:
        ticket.district, ticket.street = found_at.district, found_at.street
    settle(session, ticket, rules, now, event)
    send_notices(session, ticket, schools, rules, now)


def _found(
    finding: str | None, results: Sequence[str], found_at: Place | None
) -> dict[str, Any] | None:
    """What an answer says in codes; None when it says nothing."""
    facts: dict[str, Any] = {}
    if finding or results:
        facts = {"finding": finding, "results": list(results)}
    if found_at:
        facts |= {"district": found_at.district, "street": found_at.street}
    return facts or None


def _found_at(ticket: Ticket, street: str, rules: Rules) -> Place | None:
    """The street of this id, in the district of the ticket, else of the bureau that leads it.

    None when the ticket tells a street already.
    """
    district = ticket.district or rules.city.bureaus[ticket.lead].district
    found = next((place for place in rules.city.streets if place.street == street), None)
    if found is None or district not in (None, found.district):
        raise NotAllowed("unknown_street", "请选择本区的一个镇街。")
    return found if ticket.street is None else None


def _check_codes(
    finding: str | None, results: Sequence[str], schools: Sequence[str], rules: Rules
) -> None:
    if finding is not None and finding not in rules.outcomes.findings:
        raise NotAllowed("unknown_finding", "请选择一个核查结论。")
    unknown = [code for code in results if code not in rules.outcomes.results]
    if unknown:
        raise NotAllowed("unknown_result", f"没有这种办理结果：{'、'.join(unknown)}。")
    parties = rules.city.parties
    wrong = [id_ for id_ in schools if id_ not in parties or parties[id_].party_type != "school"]
    if wrong:
        raise NotAllowed("unknown_school", f"名册里没有这所学校：{'、'.join(wrong)}。")
