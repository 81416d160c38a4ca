"""Numbers of a person: found in a text, taken out of it, and kept apart, encrypted.

What `digit_runs` finds never reaches Rasa, a ticket, a log or a bureau. Each number is replaced by
a mark such as 〔电话〕; the number itself is a sealed field (`personal_fields`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from complaints.protection.digit_runs import find_numbers
from complaints.protection.personal_fields import keep_field
from complaints.storage import Storage

RECEIPT_MARK = "〔查询码〕"

_MARKS = {"phone": "〔电话〕", "id_number": "〔证件号〕", "receipt": "〔号码〕"}


@dataclass(frozen=True)
class Masked:
    """A text without personal numbers, and the numbers (kind, digits) in order."""

    text: str
    found: tuple[tuple[str, str], ...]


def mask(text: str, receipt: str | None = None) -> Masked:
    """Replace telephones, ID numbers and 16-digit numbers by marks; all else stays as it is.

    `receipt` is the 16-digit number that is a receipt (查询码); another may be a bank account.
    """
    parts, done = [], 0
    numbers = find_numbers(text)
    for number in numbers:
        is_receipt = number.kind == "receipt" and number.digits == receipt
        parts += [text[done : number.start], RECEIPT_MARK if is_receipt else _MARKS[number.kind]]
        done = number.end
    return Masked("".join(parts) + text[done:], tuple((n.kind, n.digits) for n in numbers))


def keep_contact(storage: Storage, kind: str, value: str, now: datetime) -> str:
    """Store one number, sealed. Returns the reference that a ticket may carry."""
    with storage.write() as session:
        return keep_field(session, kind, value, now)
