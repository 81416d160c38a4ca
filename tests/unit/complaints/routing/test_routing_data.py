"""What an operator reads who made a mistake in the files of routing: file, line and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from complaints.regions import load_city
from complaints.routing.notices import load_notices
from complaints.routing.table import load_routing
from datafiles import DataFileError
from tests.unit.complaints.conftest import ROOT


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("regions", "routing"):
        shutil.copytree(ROOT / "data" / folder, tmp_path / folder)
    return tmp_path


MISTAKES = [
    ("routing/questions.yml", "- fact: licence\n", "- fact: license\n", "fact", "is not one of"),
    ("routing/questions.yml", "- fact: online\n", "- fact: in_service_teacher\n", "fact",
     "asked twice"),
    ("routing/questions.yml", "  - value: primary\n", "  - value: primery\n", "value",
     "is not one of"),
    ("routing/questions.yml", "  - value: none\n", "  - value: missing\n", "value", "is not one of"),
    ("routing/questions.yml", "- fact: operating\n", "- fact: ad_place\n", "value",
     "'open' is not one of"),
    ("routing/not_meant.yml", "- {word: 收购,", "- {word: 上市,", "word", "上市 is there twice"),
    ("routing/not_meant.yml", "- {word: 分期, not_in: [", "- {word: 分期, not_in: [学年中, ", "not_in",
     "分期 is no part of 学年中"),
    ("routing/kinds.yml", "after: *after_report", "afterwards: *after_report", "retaliation",
     "afterwards"),
    ("routing/questions.yml", "  - value: none\n", "  - value: licensed\n", "value", "twice"),
    ("routing/questions.yml", "  - value: none\n", "  - value: unknown\n", "value", "is not one of"),
    ("routing/questions.yml", "  ask: 上的是哪一类课？\n", "  ask: 上的是哪一类课\n", "ask",
     "does not match"),
    ("routing/notices.yml", "{kind: school}", "{kind: class}", "kind", "is not one of"),
    ("routing/notices.yml", "matters: [J31]", "matters: [J28]", "matters", "never to a school: J28"),
    ("routing/notices.yml", "findings: [confirmed, partly]", "findings: [proved]", "findings",
     "not one of the findings"),
    ("routing/notices.yml", "涉及{grade}学生", "涉及{name}学生", "school", "does not match"),
    ("routing/notices.yml", "role: authority}", "rolle: authority}", "to", "rolle"),
    ("routing/matters.yml", "{id: review,", "{id: lawsuit,", "id", "used twice"),
    ("routing/matters.yml", "{id: other, words: []", "{id: other, words: [其他]", "words",
     "the last door"),
    ("routing/matters.yml", "{when: {ad_place: [at_gate]}", "{when: {ad_place: [gate]}", "ad_place",
     "is not one of"),
    ("routing/matters.yml", "equal: [civil_affairs]", "equal: [civil]", "equal", "does not match"),
    ("routing/kinds.yml", "operating: [closed]", "operating: [shut]", "operating", "is not one of"),
    ("routing/kinds.yml", "&elsewhere [lawsuit,", "&elsewhere [law_suit,", "when", "no such door"),
    ("routing/subjects.yml", "sports: J05", "sports: J99", "sports", "no matter J99"),
    ("regions/demo/jurisdiction.yml", "- id: R02\n", "- id: R01\n", "id", "R01 is used twice"),
    ("regions/demo/jurisdiction.yml", "district: zhenxi", "district: zhenxy", "district",
     "no district zhenxy"),
    ("regions/demo/jurisdiction.yml", '"2026-03-01"', '"2026-02-30"', "from", "is no date"),
    ("regions/demo/jurisdiction.yml", "lead: education", "lead: school", "lead", "does not match"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "field", "message"), MISTAKES)
def test_a_mistake_is_shown_with_file_and_field(data, file, right, wrong, field, message):
    path = data / file
    before, found, after = path.read_text(encoding="utf-8").partition(right)
    assert found, "the example is out of date"
    path.write_text(before + wrong + after, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        load_city(data / "regions/demo")
        load_routing(data / "routing")
        load_notices(data / "routing")
    named = str(caught.value)
    assert named.startswith(f"{path}:") and field in named and message in named


def test_a_city_needs_no_lines_of_its_own(data):
    (data / "regions/demo/jurisdiction.yml").unlink()
    assert load_city(data / "regions/demo").overrides == ()
