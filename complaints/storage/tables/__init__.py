"""The tables of the complaint database, by topic."""

from complaints.storage.tables.access import (
    BureauToken,
    IdempotentAnswer,
    StaffAccount,
    StaffSession,
)
from complaints.storage.tables.base import Base
from complaints.storage.tables.delivery import OutboxRow, Timer
from complaints.storage.tables.duplicates import LikenessBand, RiskNotice
from complaints.storage.tables.personal import (
    Erasure,
    EvidenceFile,
    PersonalField,
    Reading,
    ReceiptTry,
    Reveal,
)
from complaints.storage.tables.tickets import (
    Barred,
    ChangeClock,
    DeclaredInterest,
    Delivery,
    Event,
    Task,
    Ticket,
)

__all__ = [
    "Barred",
    "Base",
    "BureauToken",
    "ChangeClock",
    "DeclaredInterest",
    "Delivery",
    "Erasure",
    "Event",
    "EvidenceFile",
    "IdempotentAnswer",
    "LikenessBand",
    "OutboxRow",
    "PersonalField",
    "Reading",
    "ReceiptTry",
    "Reveal",
    "RiskNotice",
    "StaffAccount",
    "StaffSession",
    "Task",
    "Ticket",
    "Timer",
]
