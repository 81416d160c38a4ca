"""How many people reported, told apart as far as may be without knowing who they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.storage.tables import PersonalField, Ticket

_NOBODY = "nobody"


def independent_reporters(session: Session, ticket_ids: Collection[int]) -> int:
    """How many independent reporters stand behind these tickets; rather too few than too many.

    Tickets with the same mark, or with the same telephone (by its blind index), come from one
    reporter, as do those that were split from one. All that have neither count once together.
    """
    names: dict[int, set[str]] = {}
    tickets = select(Ticket.id, Ticket.reporter_mark, Ticket.split_from)
    for ticket_id, mark, parent in session.execute(tickets.where(Ticket.id.in_(ticket_ids))):
        names[ticket_id] = {f"mark:{mark}"} if mark else set()
        names[ticket_id] |= {f"ticket:{parent}"} if parent else set()
    phones = select(PersonalField.ticket_id, PersonalField.blind).where(
        PersonalField.ticket_id.in_(ticket_ids),
        PersonalField.kind == "phone",
        PersonalField.blind.is_not(None),
    )
    for ticket_id, blind in session.execute(phones):
        if ticket_id in names:
            names[ticket_id].add(f"phone:{blind}")
    return _groups({f"ticket:{ticket_id}"} | (own or {_NOBODY}) for ticket_id, own in names.items())


def _groups(names: Iterable[set[str]]) -> int:
    """How many groups are left when sets that share a name belong together (union-find)."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    for own in names:
        first, *others = own
        for other in others:
            above[top(other)] = top(first)
        top(first)
    return sum(name == one for name, one in above.items())
