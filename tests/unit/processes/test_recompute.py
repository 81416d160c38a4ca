"""`make recompute`: after a correction of holidays the promised days of open tickets follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.keys import installation_keys
from complaints.filing import file_report
from complaints.model import Kind, Report
from complaints.rules import load_rules
from complaints.storage import Storage
from complaints.storage.tables import Ticket
from processes import recompute

ROOT = Path(__file__).resolve().parents[3]
NEW_YEARS_EVE = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)


@pytest.fixture
def settings(environment):
    settings = environment()
    settings.var.mkdir()
    return settings


@pytest.fixture
def rules():
    return load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")


@pytest.fixture
def storage(settings, rules):
    storage = Storage(settings.database_url, installation_keys(settings))
    storage.create()
    body = next(p for p in rules.city.parties.values() if p.party_class == "subject")
    report = Report(
        intake_id="intake-1",
        kind=Kind.OVER_HOURS_TRAINING,
        kind_confidence=0.95,
        detail="周六上午还在给五年级上数学课",
        subject_party=body.name,
    )
    file_report(storage, rules, report, "a" * 64, NEW_YEARS_EVE)
    return storage


def promised(storage) -> date:
    with storage.read() as session:
        return session.scalars(select(Ticket.promised_on)).one()


def test_a_holiday_that_becomes_known_moves_the_promised_day(storage, rules, capsys):
    assert promised(storage) == date(2027, 1, 8)
    terms = rules.deadlines.terms
    holidays = {**terms.extra_holidays, date(2027, 1, 4): "元旦"}
    deadlines = replace(rules.deadlines, terms=replace(terms, extra_holidays=holidays))
    corrected = replace(rules, deadlines=deadlines)
    assert recompute.run(storage, corrected, NEW_YEARS_EVE) == 0
    assert promised(storage) == date(2027, 1, 11)
    assert recompute.run(storage, corrected, NEW_YEARS_EVE) == 0
    assert capsys.readouterr().out.splitlines() == [
        "看了 1 件在办的工单，改正了 1 件的承诺日期。",
        "看了 1 件在办的工单，改正了 0 件的承诺日期。",
    ]


def test_where_nothing_changed_nothing_is_corrected(storage, capsys, monkeypatch):
    monkeypatch.setattr(recompute, "utc_now", lambda: NEW_YEARS_EVE)
    assert recompute.main() == 0
    assert "看了 1 件在办的工单，改正了 0 件" in capsys.readouterr().out


def test_an_empty_database_is_not_called_done(settings, rules, capsys):
    storage = Storage(settings.database_url, installation_keys(settings))
    assert recompute.run(storage, rules, NEW_YEARS_EVE) == 1
    assert "make migrate" in capsys.readouterr().out


def test_a_mistake_in_the_data_is_named(settings, monkeypatch, tmp_path, capsys):
    (tmp_path / "data/regions/demo").mkdir(parents=True)
    monkeypatch.setenv("JIESU_ROOT", str(tmp_path))
    assert recompute.main() == 1
    assert "city.yml" in capsys.readouterr().err
