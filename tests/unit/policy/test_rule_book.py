"""An operator's mistake in data/policy is named with file, line and field, and the shipped book is sound."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from datafiles import DataFileError
from policy.rule_book import RuleBook, load_rule_book

SHIPPED = Path(__file__).resolve().parents[3] / "data" / "policy"


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rule_book(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "policy"))


def change(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in a file and return the line (1-based) on which it stood."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_rule_book_covers_what_parents_were_promised(book: RuleBook) -> None:
    promised = {
        "R-HW-01", "R-HW-02", "R-HW-03", "R-HW-06", "R-SC-01", "R-EX-01", "R-EX-02", "R-EX-04",
        "R-EX-08", "R-TR-03", "R-TR-04", "R-TR-05", "R-FE-04", "R-FE-05", "R-TE-04", "R-PN-03",
        "R-PN-04", "R-AS-01", "R-SC-05", "R-SC-06", "R-TR-10", "R-TR-12", "R-FE-13", "R-FE-14",
        "S-1", "S-4", "S-7",
    }  # fmt: skip
    assert promised <= book.rules.keys()


def test_every_rule_cites_documents_that_are_in_force(book: RuleBook) -> None:
    cited = {source.document for rule in book.rules.values() for source in rule.sources}
    assert {document.status for document in cited} == {"in_force"}
    assert cited == set(book.documents.values()), "a document that no rule cites is left over"


def test_every_rule_is_to_be_looked_at_again(book: RuleBook) -> None:
    written = date(2026, 11, 22)
    assert all(rule.review_by > written for rule in book.rules.values())


def test_no_question_belongs_to_two_rules_or_topics(book: RuleBook) -> None:
    asked = [question for rule in book.rules.values() for question in rule.questions]
    asked += [question for topic in book.beyond.values() for question in topic.questions]
    assert len(asked) == len(set(asked))


def test_the_known_mistakes_of_older_papers_are_not_repeated(book: RuleBook) -> None:
    # facts.md D7: 20:30 is for offline only; the fine of one to five times is for bodies without
    # a licence only; the five thousand yuan are for non-subject training only.
    for rule in book.rules.values():
        if "20:30" in rule.answer:
            assert "线下" in rule.answer and "21:00" in rule.answer, rule.id
        if "1至5倍" in rule.answer:
            assert "擅自举办" in rule.answer, rule.id
        if "5000" in rule.answer:
            assert "非学科类" in rule.answer, rule.id


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
        folder / "rules.yml",
        'in_force: {from: "2021-04-12", until: null}',
        f'in_force: {{from: "{bounds[0]}", until: {until}}}',
    )
    assert load_rule_book(folder).rules["R-HW-01"].in_force_on(day) is applies


Mistake = tuple[str, str, str, str]

MISTAKES: dict[str, Mistake] = {
    "unknown document": ("rules.yml", "{document: D02,", "{document: D99,", "document: unknown"),
    "rule twice": ("rules.yml", "id: R-HW-02", "id: R-HW-01", "id: R-HW-01 is there twice"),
    "document twice": ("documents.yml", "id: D02", "id: D01", "id: D01 is there twice"),
    "article for an unconfirmed rule": (
        "rules.yml",
        "{document: D43, article: null}",
        "{document: D43, article: 第3条}",
        "article: must be null while mark is memory_high",
    ),
    "number nobody is sure of": (
        "documents.yml",
        "number: null",
        "number: 中办发〔2021〕0号",
        "number: must be null while mark is memory_low",
    ),
    "document without date": ("documents.yml", 'date: "2021-07-24"', "date: null", "date: None"),
    "rule without first day": ("rules.yml", 'from: "2021-04-12"', "from: null", "in_force.from"),
    "impossible month": ("documents.yml", '"2021-07-24"', '"2021-17-24"', "date: '2021-17-24'"),
    "impossible review day": (
        "rules.yml",
        'review_by: "2027-05-31"',
        'review_by: "2027-02-30"',
        "review_by: 2027-02-30",
    ),
    "ends before it begins": (
        "rules.yml",
        'from: "2021-04-12", until: null',
        'from: "2021-04-12", until: "2020"',
        "until: 2020 is before 2021-04-12",
    ),
    "unknown kind": ("rules.yml", "[homework_overload]", "[homework]", "kinds[0]: 'homework'"),
    "unknown relation": ("rules.yml", "[R-HW-02, R-HW-06,", "[R-HW-99, R-HW-06,", "related"),
    "misspelt field": ("rules.yml", "  answer:", "  anwser:", "[0]"),
    "too long an answer": (
        "rules.yml",
        "answer: 小学一",
        "answer: " + "长" * 121 + "小学一",
        "answer",
    ),
    "word under two notions": ("words.yml", "双休日, 双休", "双休日, 寒假", "already under"),
    "unquoted number": ("words.yml", '"2030"', "2030", "2030 is not of type 'string'"),
    "topic twice": ("beyond.yml", "id: price", "id: admission", "id: admission is there twice"),
    "broken YAML": ("rules.yml", "  title: 小学一", "  title: [小学一", "not valid YAML"),
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
