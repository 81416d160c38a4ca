"""What an operator reads who made a mistake in a data file: the file, the line and the field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from complaints.danger import load_danger
from complaints.deadlines.limits import load_deadlines
from complaints.regions import load_city
from complaints.routing.table import load_routing
from datafiles import DataFileError
from tests.unit.complaints.conftest import ROOT


def load_all(data: Path) -> None:
    load_city(data / "regions/demo")
    load_routing(data / "routing")
    load_deadlines(data / "routing", load_city(data / "regions/demo").terms)
    load_danger(data / "routing")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the routing tables and of the demo city, to make mistakes in."""
    for folder in ("regions", "routing"):
        shutil.copytree(ROOT / "data" / folder, tmp_path / folder)
    return tmp_path


def test_the_copy_without_a_mistake_loads(data):
    load_all(data)


MISTAKES = [
    # city.yml
    ("regions/demo/city.yml", "  name: 枕溪区\n", "", "districts[1]", "'name' is a required"),
    ("regions/demo/city.yml", "- id: zhangyu\n", "- id: luming\n", "id", "luming is used twice"),
    ("regions/demo/city.yml", "  - id: yangui\n", "  - id: wusheng\n", "id", "wusheng is used twice"),
    ("regions/demo/city.yml", "  - id: yangui\n", "  - id: Yan Gui\n", "id", "does not match"),
    # bureaus.yml
    ("regions/demo/bureaus.yml", "{id: luming-sports,", "{id: luming-education,", "id",
     "luming-education is used twice"),
    ("regions/demo/bureaus.yml", "parent: zhenxi-discipline-inspection", "parent: zhenxi-office",
     "parent", "no bureau zhenxi-office"),
    ("regions/demo/bureaus.yml", "function: police, level: district, district: luming",
     "function: police, level: district, district: lumin", "district", "no district lumin"),
    ("regions/demo/bureaus.yml", "street: duyun", "street: duyum", "street", "no street duyum"),
    ("regions/demo/bureaus.yml", "function: finance", "function: money", "function",
     "is not one of"),
    # schools.yml
    ("regions/demo/schools.yml", "- id: no2-high\n", "- id: no1-high\n", "id",
     "no1-high is used twice"),
    ("regions/demo/schools.yml", "  authority: zhangyu-education\n",
     "  authority: zhangyu-schools\n", "authority", "no bureau zhangyu-schools"),
    ("regions/demo/schools.yml", "  street: wusheng\n", "  street: duyun\n", "street",
     "duyun is not in zhangyu"),
    ("regions/demo/schools.yml", "  stage: nine_year\n", "  stage: nine\n", "stage",
     "is not one of"),
    # training_bodies.yml
    ("regions/demo/training_bodies.yml", "  licence: none\n", "  licence: no\n", "licence",
     "is not one of"),
    ("regions/demo/training_bodies.yml", "  type: childcare\n", "", "", "'type' is a required"),
    ("regions/demo/training_bodies.yml", "  authority: luming-sports\n",
     "  authority: luming-sport\n", "authority", "no bureau luming-sport"),
    # matters.yml
    ("routing/matters.yml", "- code: J02\n", "- code: J01\n", "code", "J01 is used twice"),
    ("routing/matters.yml", "  lead: sports\n", "  lead: sport\n", "lead", ""),
    ("routing/matters.yml", "  urgent: true\n", "  urgent: 是\n", "urgent", "is not of type"),
    # kinds.yml
    ("routing/kinds.yml", "when: {party_class: [vocational]}, matter: J36",
     "when: {party_class: [vocational]}, matter: J99", "matter", "no matter J99"),
    ("routing/kinds.yml", "- {id: K0108,", "- {id: K0107,", "id", "K0107 is used twice"),
    ("routing/kinds.yml", "kind: unlicensed_training, when: {words: *emergency}",
     "kind: unlicensed, when: {words: *emergency}", "kind", "is not one of"),
    ("routing/kinds.yml", "when: {party_class: [vocational]}", "when: {party_clas: [vocational]}",
     "when", "party_clas"),
    # subjects.yml
    ("routing/subjects.yml", "- class: arts\n", "- class: art\n", "class", "is not one of"),
    ("routing/subjects.yml", "- class: arts\n", "- ", "", "'class' is a required"),
    # bureau_words.yml
    ("routing/bureau_words.yml", "- function: fire\n", "- function: fires\n", "function",
     "is not one of"),
    ("routing/bureau_words.yml", "- function: fire\n", "- function: police\n", "function",
     "police is used twice"),
    # deadlines.yml
    ("routing/deadlines.yml", "  answer_workdays: 7\n", "  answer_workdays: 0\n",
     "answer_workdays", "minimum"),
    ("routing/deadlines.yml", "- codes: [J43]\n", "- codes: [43]\n", "codes", "is not of type"),
    # danger.yml
    ("routing/danger.yml", "- id: fire\n", "- id: flames\n", "id", "is not one of"),
    ("routing/danger.yml", '  numbers: ["119"]\n', '  numbers: ["911"]\n', "numbers",
     "is not one of"),
    ("routing/danger.yml", "  - '被人?拐|", "  - '(被人?拐|", "patterns", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "right", "wrong", "field", "message"),
    MISTAKES,
    ids=[f"{file.rpartition('/')[2]}: {wrong.strip()}" for file, _, wrong, _, _ in MISTAKES],
)
def test_a_mistake_is_shown_with_file_line_and_field(data, file, right, wrong, field, message):
    path = data / file
    before, found, after = path.read_text(encoding="utf-8").partition(right)
    assert found, "the example is out of date"
    path.write_text(before + wrong + after, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        load_all(data)
    named, line, where = str(caught.value).removeprefix(f"{path}:").partition(":")
    assert str(caught.value).startswith(f"{path}:") and line
    assert field in where.split(":")[0] and message in where
    planted = before.count("\n") + 1
    assert planted - 6 <= int(named) <= planted + wrong.count("\n") + 1


def test_a_missing_file_is_named(data):
    (data / "routing/bureau_words.yml").unlink()
    with pytest.raises(DataFileError, match=r"bureau_words\.yml:1: file is missing"):
        load_all(data)


def test_a_city_without_a_hotline_is_refused(data):
    path = data / "regions/demo/bureaus.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("function: hotline", "function: finance"), encoding="utf-8")
    with pytest.raises(
        DataFileError, match=r"bureaus\.yml:\d+: function: no bureau is the hotline"
    ):
        load_all(data)
