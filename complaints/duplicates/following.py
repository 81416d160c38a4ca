"""One case and the tickets merged into it (并单): who belongs together, and what an office sees.

并单不并人: each reporter keeps the own ticket, with receipt, supplements and feedback. The office
that handles the main ticket sees that others reported the same, and their masked words; of a
reporter it sees nothing, not even which words are whose.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.duplicates.reporters import independent_reporters
from complaints.lifecycle.states import Action, State
from complaints.storage.tables import Event, Ticket


@dataclass(frozen=True)
class AlsoReported:
    """What others told of a case. `reporters`: how many besides the main one, told apart.

    `added`: their masked words in alphabetical order, so that the order tells nothing.
    """

    reporters: int
    added: tuple[str, ...]

    @property
    def text(self) -> str:
        """What an office reads; empty when nobody else reported it."""
        if self.reporters:
            return (
                f"另有{self.reporters}人反映同一事项。答复会给所有举报人看，请不要写某一家的情况。"
            )
        return "同一举报人又反映过这件事。" if self.added else ""


def main_of(session: Session, ticket: Ticket) -> Ticket:
    """The ticket under which the matter is handled: the one it is merged into, or itself."""
    if ticket.merged_into is None or ticket.state != State.MERGED:
        return ticket
    return session.get_one(Ticket, ticket.merged_into)


def followers_of(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets that are merged into this one, in the order of filing."""
    return list(
        session.scalars(
            select(Ticket)
            .where(Ticket.merged_into == ticket.id, Ticket.state == State.MERGED)
            .order_by(Ticket.id)
        )
    )


def reporters_to_tell(session: Session, ticket: Ticket) -> list[Ticket]:
    """The tickets whose reporters hear of a step of this one: itself and those merged into it."""
    return [ticket, *followers_of(session, ticket)]


def also_reported(session: Session, ticket: Ticket) -> AlsoReported:
    """What others told of the case that an office handles under this ticket."""
    followers = followers_of(session, ticket)
    if not followers:
        return AlsoReported(0, ())
    ids = [follower.id for follower in followers]
    said = session.scalars(
        select(Event.text).where(Event.ticket_id.in_(ids), Event.action == Action.SUPPLEMENT)
    )
    words = {_told(follower) for follower in followers} | {text for text in said if text}
    return AlsoReported(
        reporters=independent_reporters(session, [ticket.id, *ids]) - 1,
        added=tuple(sorted(word for word in words if word)),
    )


def _told(ticket: Ticket) -> str:
    return f"{ticket.happened}：{ticket.detail}" if ticket.happened else ticket.detail
