"""What a reporter hears after filing when the same matter is under way: almost nothing.

Whoever was complained of could report itself, only to learn whether somebody did. So:

- The sentence is always the same: no number, day, state or words of another ticket, and no count.
- It is said only when at least `offer_from` independent reporters told the matter (3 by default),
  so that it never speaks of one person. Below that the report is filed like any other, and the
  hotline merges it; the reporter loses nothing by that.
- It is said only of what is still owed an answer, and of a registered party or one that is named.
- Whether it is said or not, filing, receipt and everything after look the same.

What remains. Who invents two reporters (two phones, two clean sessions) and files both learns at
the third try whether at least one more report was there: it costs two false reports on oneself
that a bureau looks into, and the limit on filings per client slows it. Who follows a case reads its
answer, as every reporter does; the answer must be written for all of them (`AlsoReported.text`).
With `offer_from: 1` the operator gives all this up.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.duplicates.reporters import independent_reporters
from complaints.duplicates.search import Candidate, find_duplicates
from complaints.lifecycle.states import State
from complaints.rules import Rules
from complaints.storage.tables import Ticket

_COUNTED = 100  # followers that are looked at; a few are enough
SAME_MATTER = "同样的情况已有工单在办。"


@dataclass(frozen=True)
class Offer:
    """What is said, and the ticket to follow; the latter must not leave the server."""

    text: str
    ticket_id: int


def offer_to_follow(session: Session, candidate: Candidate, rules: Rules) -> Offer | None:
    """The case that a reporter may follow instead of starting another one; None mostly.

    Ask again when the report is filed, rather than keep `ticket_id` in a conversation.
    """
    cases = [
        duplicate.ticket_id
        for duplicate in find_duplicates(session, candidate, rules)
        if duplicate.why == "same_party" and duplicate.state.is_owed
    ]
    if not cases:
        return None
    merged = select(Ticket.id).where(Ticket.merged_into.in_(cases), Ticket.state == State.MERGED)
    followers = session.scalars(merged.limit(_COUNTED)).all()
    if independent_reporters(session, {*cases, *followers}) < rules.duplicates.offer_from:
        return None
    return Offer(SAME_MATTER, min(cases))
