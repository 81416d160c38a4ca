"""A worker is killed at the worst moments; what it owed still happens, and happens once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from complaints.audit.chain import record
from complaints.delivery.claims import LEASE
from complaints.delivery.due import run_due
from complaints.delivery.sending import deliver
from complaints.delivery.timers import set_timer
from complaints.delivery.webhooks import Webhook
from complaints.storage.tables import Event, OutboxRow
from processes.senders import WebhookSender
from tests.receiver import receiver
from tests.unit.complaints.delivery import mortal_worker
from tests.unit.complaints.delivery.conftest import NOW

ROOT = Path(__file__).resolve().parents[4]
BUREAU = "zhenxi-education"


def start_and_let_die(storage, address: str, point: str) -> None:
    url = storage.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", mortal_worker.__name__, url, address, point, NOW.isoformat()]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL


@pytest.mark.parametrize(("point", "arrived"), [("before sending", 0), ("before noting", 1)])
def test_a_message_has_its_effect_once(storage, write, point, arrived):
    write("a")
    with receiver() as bureau:
        start_and_let_die(storage, bureau.url, point)
        assert len(bureau.requests) == arrived
        hook = Webhook(bureau.url, "", private_address=True)
        senders = {"webhook": WebhookSender({BUREAU: hook}, {BUREAU: b"s" * 16})}
        assert deliver(storage, senders, NOW) == 0  # the lease of the dead still holds
        assert deliver(storage, senders, NOW + LEASE) == 1
        assert len(bureau.requests) == arrived + 1
        assert list(bureau.effects) == ["a"]
    with storage.read() as session:
        assert session.scalar(select(OutboxRow.done_at)) == NOW + LEASE


def test_a_timer_has_its_effect_once(storage):
    def remember(session, ticket, timer, rules, now) -> None:
        record(session, ticket, action=timer.kind, role="system", actor="worker", at=now)

    with storage.write() as session:
        set_timer(session, "warn:1", "warn", NOW, None)
    start_and_let_die(storage, "http://127.0.0.1:1/", "in the handler")
    assert run_due(storage, None, {"warn": remember}, NOW + LEASE) == 1
    assert run_due(storage, None, {"warn": remember}, NOW + 2 * LEASE) == 0
    with storage.read() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 1
