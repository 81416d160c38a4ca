"""What Alembic runs around the steps: our connection, which is in a transaction already."""

from __future__ import annotations

from alembic import context

from complaints.storage.migrations import VERSION_TABLE
from complaints.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
