"""What an operator reads who made a mistake in a file of limits: the file, the line, the field."""

from __future__ import annotations

import re

import pytest

from complaints.deadlines.legal import load_legal_limits
from datafiles import DataFileError
from tests.unit.complaints.deadlines.conftest import load

DEADLINES, LEGAL = "routing/deadlines.yml", "routing/legal_limits.yml"
CITY = "regions/demo/deadlines.yml"
OURS = "  statutory: false\n  source: 汀澜市约定\n"

MISTAKES = [
    (DEADLINES, "  answer_workdays: 7\n", "  answer_workdays: 七\n", "answer_workdays", "type"),
    (DEADLINES, "  answer_workdays: 7\n", "  answer_weeks: 1\n", "limits[2]", "answer_weeks"),
    (DEADLINES, "  answer_workdays: 7\n", "", "source", "limits no step"),
    (DEADLINES, "- codes: [J43]\n", "- codes: [J99]\n", "codes", "no matter J99"),
    (DEADLINES, "- codes: [J43]\n", "- codes: [J14]\n", "answer_workdays", "ties with line"),
    (DEADLINES, "- codes: [J43]\n", '- until: "2026-02-30"\n  codes: [J43]\n', "until",
     "is not a date"),
    (DEADLINES, "- codes: [J43]\n",
     '- from: "2026-02-02"\n  until: "2026-02-01"\n  codes: [J43]\n', "until", "is before from"),
    (DEADLINES, "  pause_total_workdays: 15\n", "  pause_total_workdays: 9\n", "pause_total_workdays",
     "less than pause_workdays"),
    (DEADLINES, "  sign_workdays: 1\n", "", "sign", "no entry for every ticket"),
    (DEADLINES, "  call_back_days: 14\n", '  call_back_days: 14\n  from: "2026-01-01"\n', "from",
     "nothing holds for accept before"),
    (DEADLINES, "  call_back_days: 14\n", '  call_back_days: 14\n  until: "2026-01-01"\n', "until",
     "nothing holds for accept after 2026-01-01"),
    (DEADLINES, "- urgent: true\n  co_answer", "- urgent: false\n  co_answer", "urgent",
     "was expected"),
    (DEADLINES, "- urgent: true\n  co_answer", "- district: luming\n  co_answer", "limits[4]",
     "district"),
    (DEADLINES, "- times: 1\n  workdays: 5\n", "- times: 3\n  workdays: 5\n", "times", "maximum"),
    (DEADLINES, "- times: 1\n  workdays: 5\n", "- times: 1\n", "extensions[0]",
     "'workdays' is a required"),
    (DEADLINES, '  times: 0\n  statutory: true\n', '  times: 0\n', "extensions[2]",
     "'statutory' is a required"),
    (CITY, "limits: []\n", f"limits:\n- district: lumin\n  sign_days: 1\n{OURS}", "district",
     "no district lumin"),
    (CITY, "limits: []\n", f"limits:\n- sign_days: 1\n  sign_workdays: 1\n{OURS}", "sign_workdays",
     "ties with line"),
    (CITY, "limits: []\n", f"limits:\n- sigh_days: 1\n{OURS}", "limits[0]", "sigh_days"),
    (LEGAL, "- id: X02\n", "- id: X01\n", "id", "X01 is used twice"),
    (LEGAL, '  source: "行政复议法，未见到原文"\n', '  source: "行政复议法第20条"\n', "source",
     "cites no article"),
    (LEGAL, "  codes: [J13, J14]\n", "  codes: [J13, J98]\n", "codes", "no matter J98"),
    (LEGAL, "  count: 24\n", "", "limits[3]", "dependency"),
    (LEGAL, "- id: M15\n  procedure: market\n", "- id: M15\n  procedure: advert\n", "procedure",
     "is not one of"),
    (LEGAL, '  until: "2026-04-14"\n', '  until: "2019-04-14"\n', "until", "is before from"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "right", "wrong", "field", "message"),
    MISTAKES,
    ids=[f"{file}: {field}: {message}" for file, _, _, field, message in MISTAKES],
)
def test_a_mistake_is_shown_with_file_line_and_field(data, file, right, wrong, field, message):
    path = data / file
    before, found, after = path.read_text(encoding="utf-8").partition(right)
    assert found, "the example is out of date"
    path.write_text(before + wrong + after, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        load(data)
        load_legal_limits(data / "routing")
    shown = re.fullmatch(r"(.+\.yml):(\d+): ([^:]+): (.+)", str(caught.value))
    assert shown and shown[1] == str(path)
    assert shown[3].endswith(field) and message in shown[4]
    planted = before.count("\n") + 1
    if message != "no entry for every ticket":  # what is missing has no line
        assert planted - 10 <= int(shown[2]) <= planted + wrong.count("\n") + 2


def test_a_city_without_a_file_of_its_own_has_the_general_limits(data):
    (data / "regions/demo/deadlines.yml").unlink()
    assert load(data).limit("J01", urgent=False).count == 5


def test_a_tie_across_two_entries_names_the_other_line(data):
    path = data / CITY
    path.write_text(
        f"limits:\n- codes: [J11, J10]\n  answer_days: 9\n{OURS}"
        f"- codes: [J10]\n  answer_workdays: 6\n{OURS}extensions: []\n",
        encoding="utf-8",
    )
    with pytest.raises(DataFileError, match=r":7: answer_workdays: ties with line 2 of deadlines"):
        load(data)
