"""An operator's mistake in data/policy is named with file, line and field, and the shipped book is sound."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from datafiles import DataFileError
from policy.rule_book import RuleBook, load_rule_book


def change(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in a file and return the line (1-based) on which it stood."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


NUMBERED = {
    "R-HW": 17, "R-SL": 6, "R-PH": 1, "R-BK": 1, "R-PE": 2, "R-EX": 13, "R-SC": 8, "R-AS": 6,
    "R-TR": 23, "R-FE": 15, "R-AD": 6, "R-TE": 13, "R-FA": 5, "R-EN": 4,
}  # fmt: skip


def test_every_rule_that_was_promised_is_there(book: RuleBook) -> None:
    promised = {f"{name}-{n:02}" for name, count in NUMBERED.items() for n in range(1, count + 1)}
    promised |= {f"R-PN-{n:02}" for n in range(15)}
    for letter, count in {"T": 15, "X": 13, "M": 16, "P": 11}.items():
        promised |= {f"{letter}{n:02}" for n in range(1, count + 1)}
    promised |= {f"S-{n}" for n in range(1, 19)} | {"V5", "V6"}
    assert promised <= book.rules.keys()
    assert {f"D{n:02}" for n in range(1, 39)} - {"D26", "D30"} <= book.documents.keys()


def test_every_rule_is_to_be_looked_at_again_by_somebody(book: RuleBook) -> None:
    written = date(2026, 11, 22)
    assert all(rule.review_by > written and rule.owner for rule in book.rules.values())


def test_no_question_belongs_to_two_rules_cases_or_topics(book: RuleBook) -> None:
    asked = [question for rule in book.rules.values() for question in rule.questions]
    asked += [q for rule in book.rules.values() for case in rule.cases for q in case.questions]
    asked += [question for topic in book.beyond.values() for question in topic.questions]
    twice = sorted(question for question, count in Counter(asked).items() if count > 1)
    assert twice == []


def test_the_known_mistakes_of_older_papers_are_not_repeated(book: RuleBook) -> None:
    # facts.md D7: 20:30 is for offline training only; the fine of one to five times is for bodies
    # without a licence only; the five thousand yuan are for non-subject training only.
    for rule in book.rules.values():
        if "20:30" in rule.statement and rule.id.startswith("R-TR"):
            assert "线下" in rule.statement, rule.id
        if "1至5倍" in rule.statement and rule.id.startswith("R-PN"):
            assert "擅自举办" in rule.statement or "不" in rule.statement, rule.id
        if "5000元" in rule.statement and rule.id.startswith("R-FE"):
            assert "非学科类" in rule.statement or "罚" in rule.statement, rule.id


@pytest.mark.parametrize(
    ("bounds", "day", "applies"),
    [
        (("2021-10", None), date(2021, 9, 30), False),
        (("2021-10", None), date(2021, 10, 1), True),
        (("2021-10", "2023"), date(2023, 12, 31), True),
        (("2021-10", "2023"), date(2024, 1, 1), False),
        (("2021-10-05", "2023-05"), date(2021, 10, 4), False),
        (("2021-10-05", "2023-05"), date(2023, 5, 31), True),
    ],
)
def test_a_rule_applies_between_its_bounds(
    folder: Path, bounds: tuple[str, str | None], day: date, applies: bool
) -> None:
    until = "null" if bounds[1] is None else f'"{bounds[1]}"'
    change(
        folder / "rules" / "homework.yml",
        'in_force: {from: "2021-04-12", until: null}',
        f'in_force: {{from: "{bounds[0]}", until: {until}}}',
    )
    assert load_rule_book(folder).rules["R-HW-01"].in_force_on(day) is applies


Mistake = tuple[str, str, str, str]

HOMEWORK = "rules/homework.yml"
MISTAKES: dict[str, Mistake] = {
    "unknown document": (HOMEWORK, "{document: D02,", "{document: D99,", "document: unknown"),
    "rule twice": (HOMEWORK, "id: R-HW-02", "id: R-HW-01", "id: R-HW-01 is there twice"),
    "title twice": (HOMEWORK, "title: 高中的作业时间", "title: 初中的作业时间", "is there twice"),
    "document twice": ("documents.yml", "id: D02", "id: D01", "id: D01 is there twice"),
    "article for an unconfirmed rule": (
        "rules/teachers.yml",
        "{document: D17, article: 第1条}",
        "{document: D17, article: 第1条, mark: memory_high}",
        "article: must be null while mark is memory_high",
    ),
    "number nobody is sure of": (
        "documents.yml",
        "number: null",
        "number: 中办发〔2021〕0号",
        "number: must be null while mark is memory_low",
    ),
    "document without date": ("documents.yml", 'date: "2021-07-24"', "date: null", "date: None"),
    "rule without first day": (HOMEWORK, 'from: "2021-04-12"', "from: null", "in_force.from"),
    "impossible month": ("documents.yml", '"2021-07-24"', '"2021-17-24"', "date: '2021-17-24'"),
    "impossible review day": (
        HOMEWORK,
        'review_by: "2027-05-31"',
        'review_by: "2027-02-30"',
        "review_by: 2027-02-30",
    ),
    "ends before it begins": (
        HOMEWORK,
        'from: "2021-04-12", until: null',
        'from: "2021-04-12", until: "2020"',
        "until: 2020 is before 2021-04-12",
    ),
    "unknown kind": (HOMEWORK, "[homework_overload]", "[homework]", "kinds[0]: 'homework'"),
    "unknown relation": (HOMEWORK, "related: [", "related: [R-HW-99, ", "related"),
    "misspelt field": (HOMEWORK, "  statement:", "  statment:", "[0]"),
    "too long a statement": (
        HOMEWORK,
        "statement: 小学一",
        "statement: " + "长" * 121 + "小学一",
        "statement",
    ),
    "unknown fact": (
        HOMEWORK,
        "    stage: [lower_primary]",
        "    stages: [lower_primary]",
        "stages: no such fact",
    ),
    "unknown value of a fact": (
        HOMEWORK,
        "    stage: [lower_primary]",
        "    stage: [infants]",
        "stage: unknown value infants",
    ),
    "no comparison": (HOMEWORK, 'minutes: "> 60"', 'minutes: "60"', "cases[0]"),
    "unknown verdict": (HOMEWORK, "verdict: forbidden", "verdict: no", "verdict"),
    "unknown place": (HOMEWORK, "region: national", "region: 火星市", "region: no place 火星市"),
    "word under two notions": ("words.yml", "双休日, 双休", "双休日, 寒假", "already under"),
    "word for two values": ("facts.yml", "周末, 双休,", "周末, 寒假,", "stands for two values"),
    "place in itself": ("facts.yml", "within: 辽宁省", "within: 鞍山市", "within: no place"),
    "unquoted number": ("words.yml", '"2030"', "2030", "2030 is not of type 'string'"),
    "broken YAML": (HOMEWORK, "  title: 小学一", "  title: [小学一", "not valid YAML"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_names_file_line_and_field(folder: Path, mistake: Mistake) -> None:
    name, old, new, complaint = mistake
    line = change(folder / name, old, new)
    if "memory_low" in complaint:
        change(folder / name, "mark: found", "mark: memory_low")
    with pytest.raises(DataFileError) as error:
        load_rule_book(folder)
    place, said = str(error.value).split(": ", 1)
    assert place.startswith(str(folder / name))
    assert complaint in said
    # A field that is missing is shown at its entry, a word that is there twice at the second place.
    assert abs(int(place.rsplit(":", 1)[1]) - line) <= 2


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "words.yml").unlink()
    with pytest.raises(DataFileError, match=r"words\.yml"):
        load_rule_book(folder)


def test_a_missing_field_is_named(folder: Path) -> None:
    change(folder / "documents.yml", '  date: "2021-07-24"\n', "")
    with pytest.raises(DataFileError, match="'date' is a required property"):
        load_rule_book(folder)
