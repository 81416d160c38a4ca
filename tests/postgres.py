"""A PostgreSQL cluster of the tests' own: made, started on a free port, thrown away."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text


def binaries() -> Path | None:
    """The newest PostgreSQL on this machine; Debian keeps it off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def cluster(*settings: str) -> Iterator[str]:
    """A running cluster; gives the SQLAlchemy URL of its empty database.

    `settings` are more of PostgreSQL's, such as `fsync=on`; the last one holds.
    """
    folder = Path(tempfile.mkdtemp(prefix="jiesu-pg-"))
    bin_folder = binaries()
    assert bin_folder
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
    try:
        # Characters, not bytes, whatever the machine's locale; a zone that is not UTC, as in use.
        _run(bin_folder / "initdb", "-D", folder / "data", "-U", "jiesu", "-A", "trust", "-N",
             "-E", "UTF8", "--no-locale")  # fmt: skip
        options = (
            f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
            " -c timezone=Asia/Shanghai" + "".join(f" -c {setting}" for setting in settings)
        )
        _run(bin_folder / "pg_ctl", "-D", folder / "data", "-w", "-o", options,
             "-l", folder / "log", "start")  # fmt: skip
        yield f"postgresql+psycopg2://jiesu@127.0.0.1:{port}/postgres"
    finally:
        _run(bin_folder / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_database(url: str) -> Iterator[str]:
    """The URL of an empty database of its own, in the cluster that `url` leads to."""
    server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"jiesu_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _run(*command: object, check: bool = True) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    subprocess.run(words, check=check, stdout=subprocess.DEVNULL, cwd="/")
