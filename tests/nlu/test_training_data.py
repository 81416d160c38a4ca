"""What every training file must fulfil; a new example that breaks it is named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

import jieba
import numpy as np
import pytest
import spacy
from rasa.shared.nlu.training_data.message import Message
from sklearn.feature_extraction.text import CountVectorizer

from bot.nlu.normalise import normalise
from bot.nlu.zh_entities import training_example

ACTS = {
    "report", "question", "suggestion", "progress", "supplement", "withdraw", "human",
    "greeting", "thanks", "affirm", "deny", "cancel", "out_of_scope",
}  # fmt: skip
KINDS = {
    "over_hours_training", "teacher_paid_tutoring", "unlicensed_training",
    "training_fees_refund", "training_ads", "homework_overload", "school_makeup_classes",
    "exam_ranking", "after_school_service", "school_fees", "advanced_teaching", "venue_safety",
    "teacher_conduct", "enrolment", "staff_matters", "other_education", "not_education",
}  # fmt: skip
ENTITIES = {"org", "person", "place", "when", "amount", "subject", "grade"}
FEWEST_EXAMPLES = 30
TOO_ALIKE = 0.85
SHORT = 8


def act_of(message: Message) -> str:
    return str(message.get("intent"))


def kind_of(message: Message) -> str | None:
    return ((message.get("metadata") or {}).get("intent") or {}).get("kind")


def masked(message: Message) -> str:
    return "".join("0" if c.isdigit() else c for c in normalise(message.get("text"))[0])


def test_acts_kinds_and_labels_are_those_agreed_on(examples: list[Message]) -> None:
    assert {act_of(m) for m in examples} == ACTS
    assert {kind_of(m) for m in examples} - {None} == KINDS
    assert {e["entity"] for m in examples for e in m.get("entities", [])} == ENTITIES


@pytest.mark.parametrize("trait", [act_of, kind_of])
def test_there_is_enough_of_everything(examples: list[Message], trait) -> None:
    counts = Counter(trait(m) for m in examples)
    assert {name: n for name, n in counts.items() if n < FEWEST_EXAMPLES} == {}


def test_no_markup_is_left_in_a_text(examples: list[Message]) -> None:
    assert [m.get("text") for m in examples if "](" in m.get("text")] == []


def misaligned(examples: list[Message]) -> Iterator[tuple[str, str]]:
    segment = spacy.blank("zh")
    for message in examples:
        plain, spans = training_example(message)
        labels = message.get("entities", [])
        doc = segment.make_doc(plain)
        for label, span in zip(labels, spans, strict=True):
            value = message.get("text")[label["start"] : label["end"]]
            fits = (
                value == label["value"]
                and plain[span.start : span.end] == normalise(value)[0] == value_of(value)
                and doc.char_span(span.start, span.end) is not None
            )
            if not fits:
                yield value, message.get("text")


def value_of(value: str) -> str:
    """The value without blanks or marks at its ends, which no label may have."""
    return normalise(value)[0].strip(" ,.;:!?、。\"'“”《》")


def overlapping(examples: list[Message]) -> Iterator[str]:
    for message in examples:
        spans = sorted((e["start"], e["end"]) for e in message.get("entities", []))
        if any(one[1] > two[0] for one, two in pairwise(spans)):
            yield message.get("text")


def test_every_label_covers_whole_characters_of_the_text(examples: list[Message]) -> None:
    assert list(misaligned(examples)) == []
    assert list(overlapping(examples)) == []


def test_few_labels_fall_off_word_borders(
    examples: list[Message], segmenter: jieba.Tokenizer
) -> None:
    """Words are only features, so this is a measure of the dictionary, not a condition."""
    off, total = 0, 0
    for message in examples:
        plain, spans = training_example(message)
        borders = {edge for _, *edges in segmenter.tokenize(plain) for edge in edges}
        total += len(spans)
        off += sum(not {span.start, span.end} <= borders for span in spans)
    assert off / total < 0.2, f"{off} of {total} labels fall off word borders"


def too_alike(examples: list[Message]) -> Iterator[tuple[str, str]]:
    by_act: dict[str, list[Message]] = defaultdict(list)
    for message in examples:
        by_act[act_of(message)].append(message)
    for group in by_act.values():
        texts = [masked(message) for message in group]
        grams = CountVectorizer(analyzer="char", ngram_range=(3, 3), binary=True, lowercase=False)
        found = grams.fit_transform([f"  {text}  " for text in texts]).astype(np.int32)
        sizes = np.asarray(found.sum(axis=1)).ravel()
        shared = (found @ found.T).tocoo()
        for i, j, both in zip(shared.row, shared.col, shared.data, strict=True):
            same = texts[i] == texts[j]
            long = min(len(texts[i]), len(texts[j])) >= SHORT
            alike = both / (sizes[i] + sizes[j] - both) >= TOO_ALIKE
            if i < j and (same or (long and alike)):
                yield group[i].get("text"), group[j].get("text")


def test_no_two_examples_of_an_act_are_nearly_the_same(examples: list[Message]) -> None:
    assert list(too_alike(examples)) == []


def test_no_text_teaches_two_acts(examples: list[Message]) -> None:
    acts: dict[str, set[str]] = defaultdict(set)
    for message in examples:
        acts[masked(message)].add(act_of(message))
    assert {text: found for text, found in acts.items() if len(found) > 1} == {}


@pytest.mark.parametrize("twin", ["我要举报他们收费500元", "我要举报他们收费800元"])
def test_the_check_for_twins_sees_one_that_differs_in_a_number(twin: str) -> None:
    pair = [Message({"text": text, "intent": "report"}) for text in (twin, "我要举报他们收费300元")]
    assert list(too_alike(pair)) == [(twin, "我要举报他们收费300元")]
