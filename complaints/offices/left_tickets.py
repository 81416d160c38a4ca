"""Which tickets a bureau no longer has, so that a system with copies of its own knows (退单、移交 …)."""

from __future__ import annotations

from sqlalchemy import select, tuple_

from complaints.offices.bureau_queue import Page, read_cursor
from complaints.storage import Storage
from complaints.storage.tables import Delivery, Ticket


def left(storage: Storage, bureau: str, after: str | None, limit: int) -> Page:
    """The next `limit` tickets that left a bureau's queue, in the order in which they left.

    Only numbers and times: the bureau may be barred from them. One that comes back is in its queue
    again, and no longer here. Raises BadCursor.
    """
    changed, ticket_id = read_cursor(after)
    query = (
        select(Ticket.number, Delivery.ended_at, Delivery.changed_at, Delivery.ticket_id)
        .join(Ticket, Ticket.id == Delivery.ticket_id)
        .where(Delivery.bureau == bureau, Delivery.ended_at.is_not(None))
        .where(tuple_(Delivery.changed_at, Delivery.ticket_id) > (changed, ticket_id))
        .order_by(Delivery.changed_at, Delivery.ticket_id)
        .limit(limit + 1)
    )
    with storage.read() as session:
        rows = session.execute(query).all()
    page = rows[:limit]
    return Page(
        tickets=[{"id": row.number, "left_at": row.ended_at.isoformat()} for row in page],
        next_after=f"{page[-1].changed_at}-{page[-1].ticket_id}" if page else after,
        has_more=len(rows) > limit,
    )
