"""Empty databases of each sort, and one as a program of before the versions left it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import insert, text
from sqlalchemy.engine import Connection

from complaints.storage import Storage
from complaints.storage.migrations import FIRST, VERSION_TABLE, alembic_config, alone
from tests.keys import KEYS
from tests.postgres import new_database
from tests.unit.complaints.storage.old_rows import OLD_ROWS


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """A storage in whose database there is nothing yet."""
    if request.param == "sqlite":
        yield Storage(f"sqlite:///{tmp_path}/empty.db", KEYS)
    else:
        yield request.getfixturevalue("empty_postgresql")


@pytest.fixture
def empty_postgresql(postgresql: str) -> Iterator[Storage]:
    """The same on PostgreSQL alone."""
    with new_database(postgresql) as url:
        storage = Storage(url, KEYS)
        yield storage
        storage.engine.dispose()


@pytest.fixture
def old(empty: Storage) -> Storage:
    """A storage whose database is of version 0001, with rows; nobody noted the version."""
    with alone(empty.engine) as connection:
        command.upgrade(alembic_config(connection, KEYS), FIRST)
        fill(connection)
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    return empty


def fill(connection: Connection) -> None:
    """Write the old rows."""
    connection.execute(text("UPDATE change_clock SET last = 1790000000000005"))
    for table, rows in OLD_ROWS:
        connection.execute(insert(table), rows)
        if "id" in table.columns and connection.dialect.name == "postgresql":
            sequence = f"SELECT setval('{table.name}_id_seq', (SELECT max(id) FROM {table.name}))"
            connection.execute(text(sequence))
