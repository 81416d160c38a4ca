"""The school year an operator writes down, and the kind of a day."""

from __future__ import annotations

import logging
import shutil
from datetime import date

import pytest

from datafiles import DataFileError
from resolution import days
from resolution.days import day_type, is_school_vacation
from resolution.terms import SchoolTerms, load_terms
from tests.unit.resolution.conftest import DEMO_TERMS

START = """vacations:
- {season: winter, start: "2026-01-31", end: "2026-03-01"}
- {season: summer, start: "2026-07-10", end: "2026-08-31"}
"""
END = "extra_holidays: []\nextra_workdays: []\n"

MISTAKES = [
    (START.replace("08-31", "07-09") + END, 3, "end"),
    (START.replace("07-10", "02-20") + END, 3, "start"),
    (START.replace("2026-08-31", "2026-08-32") + END, 3, "end"),
    (START.replace("summer", "autumn") + END, 3, "season"),
    (START.replace('"2026-07-10"', "2026-07-10") + END, 3, "start"),
    (START + '- {season: summer, start: "2026-09-05", end: "2026-09-06"}\n' + END, 4, "season"),
    (START + "extra_workdays: []\n", 1, "extra_holidays"),
    (
        START + 'extra_holidays:\n- {holiday: 元宵, start: "2027-01-01", end: "2027-01-01"}\n'
        "extra_workdays: []\n",
        5,
        "holiday",
    ),
    (START + 'extra_holidays: []\nextra_workdays:\n- "2027-02-29"\n', 6, "2027-02-29"),
]


@pytest.fixture
def write_terms(tmp_path):
    schema = tmp_path / "schema" / "terms.json"
    schema.parent.mkdir()
    shutil.copy(DEMO_TERMS.parents[1] / "schema" / "terms.json", schema)
    path = tmp_path / "town" / "terms.yml"
    path.parent.mkdir()

    def write(text):
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_vacations_of_the_file(terms):
    summer = terms.vacation("summer", 2026)
    assert (summer.start, summer.end) == (date(2026, 7, 10), date(2026, 8, 31))
    assert not summer.assumed


@pytest.mark.parametrize("season", ["winter", "summer"])
def test_a_year_that_is_not_in_the_file_has_the_usual_vacation(terms, season):
    vacation = terms.vacation(season, 2019)
    assert vacation.assumed
    assert vacation.start < vacation.end and vacation.end.year == 2019


@pytest.mark.parametrize(("text", "line", "field"), MISTAKES)
def test_a_mistake_names_file_line_and_field(write_terms, text, line, field):
    with pytest.raises(DataFileError) as mistake:
        load_terms(write_terms(text))
    assert f"terms.yml:{line}: " in str(mistake.value)
    assert field in str(mistake.value)


def test_a_holiday_may_not_be_given_twice(write_terms):
    twice = '- {holiday: 国庆, start: "2027-10-01", end: "2027-10-03"}\n' * 2
    with pytest.raises(DataFileError, match=r"terms.yml:6: start: .*already"):
        load_terms(write_terms(START + "extra_holidays:\n" + twice + "extra_workdays: []\n"))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-10-01", "holiday"),
        ("2026-10-05", "holiday"),
        ("2026-10-03", "holiday"),  # a Saturday within the break
        ("2026-10-08", "workday"),
        ("2026-10-10", "workday"),  # a Saturday to make up for it
        ("2026-10-17", "weekend"),
        ("2025-01-26", "workday"),  # a Sunday before the Spring Festival
        ("2026-11-23", "workday"),
    ],
)
def test_days_of_the_official_calendar(terms, day, kind):
    assert day_type(date.fromisoformat(day), terms) == kind


def test_the_official_calendar_beats_the_operators_lists():
    terms = SchoolTerms({}, {date(2026, 11, 23): "国庆"}, frozenset({date(2026, 11, 22)}))
    assert day_type(date(2026, 11, 23), terms) == "workday"
    assert day_type(date(2026, 11, 22), terms) == "weekend"


def test_a_year_nobody_knows_has_weekends_and_the_operators_lists(caplog):
    days._unknown_years.discard(2031)
    terms = SchoolTerms({}, {date(2031, 10, 1): "国庆"}, frozenset({date(2031, 10, 11)}))
    with caplog.at_level(logging.WARNING, logger="resolution.days"):
        kinds = [day_type(date(2031, 10, n), terms) for n in (1, 2, 4, 11)]
    assert kinds == ["holiday", "workday", "weekend", "workday"]
    assert caplog.text.count("no official calendar for 2031") == 1


@pytest.mark.parametrize(
    ("day", "free"),
    [
        ("2026-07-09", False),
        ("2026-07-10", True),
        ("2026-08-31", True),
        ("2026-09-01", False),
        ("2026-02-28", True),
        ("2019-08-01", True),  # by the usual dates
    ],
)
def test_school_vacation(terms, day, free):
    assert is_school_vacation(date.fromisoformat(day), terms) is free
