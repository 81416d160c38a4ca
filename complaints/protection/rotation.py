"""Changing the key that seals the ticket database: what lies sealed there."""

from __future__ import annotations

from complaints.protection.sealed_columns import Sealed
from complaints.reporter.evidence import name_purpose
from complaints.storage.tables import Base

_TABLES = Base.metadata.tables

SEALED = (
    Sealed(_TABLES["personal_field"], "ref", "sealed", ("ref",), str),
    Sealed(_TABLES["evidence_file"], "ref", "sealed_name", ("ref",), name_purpose),
)
"""All sealed columns of the ticket database; a test knows that none is missing."""
