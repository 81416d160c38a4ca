"""What one message adds to a report."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.report.draft import ANSWERS, UNKNOWN, Draft, from_slots, missing, read_back, to_slots
from actions.report.fill import fill
from actions.turn import Turn
from complaints.regions import load_city

CITY = load_city(Path(__file__).resolve().parents[3] / "data/regions/demo")
BODY = next(p for p in CITY.parties.values() if p.party_class == "subject")
SURE, UNSURE = (("over_hours_training", 0.9),), (("school_fees", 0.4), ("training_ads", 0.3))
STORY = "每周六上午还在给五年级的孩子上数学课"


def told(text: str, asked: str | None = None, draft: Draft | None = None, **turn) -> Draft:
    turn = Turn(**{"text": text, "act": "report", "kinds": SURE, **turn})
    return fill(draft or Draft("i"), turn, asked, CITY, 0.6).draft


def complete() -> Draft:
    return Draft(
        "i", kind="over_hours_training", kind_confidence=0.9, org=BODY.name, when="周六上午",
        detail=STORY, subject="数学", grade="五年级", anonymous=True,
    )  # fmt: skip


def test_one_sentence_fills_several_slots():
    entities = (
        ("org", BODY.name),
        ("when", "每周六上午"),
        ("grade", "五年级"),
        ("subject", "数学"),
    )
    draft = told(f"{BODY.name}{STORY}", entities=entities)
    assert (draft.org, draft.when, draft.grade, draft.subject) == tuple(v for _, v in entities)
    assert draft.kind == "over_hours_training" and draft.detail.endswith(STORY)
    assert missing(draft, CITY) == "anonymous"  # the register knows where the body is


def test_a_bare_wish_to_report_tells_nothing_yet():
    for wish in ("我要举报", "想投诉一下", "你好，我要反映问题。"):
        assert missing(told(wish), CITY) == "detail"


def test_an_unsure_kind_is_offered_with_the_two_best():
    draft = told(STORY, kinds=UNSURE)
    assert draft.kind is None and draft.kinds_offered == ("school_fees", "training_ads")


@pytest.mark.parametrize("answer", ["第二个", "2", "培训广告与虚假宣传"])
def test_an_offered_kind_can_be_typed(answer):
    draft = told(STORY, kinds=UNSURE)
    assert told(answer, "kind", draft, kinds=UNSURE).kind == "training_ads"


def test_a_kind_that_nobody_knows_is_left_to_a_clerk():
    draft = told("不知道", "kind", told(STORY, kinds=UNSURE), kinds=UNSURE)
    assert (draft.kind, draft.kind_confidence) == ("school_fees", 0.0)


def test_the_register_rules_out_a_kind():
    school = next(p for p in CITY.parties.values() if p.party_type == "school")
    ranking = (("over_hours_training", 0.55), ("school_makeup_classes", 0.4))
    draft = told(STORY, entities=(("org", school.name),), kinds=ranking)
    assert draft.kind == "school_makeup_classes"


@pytest.mark.parametrize("slot", [s for s in ANSWERS if s not in ("detail", "kind", "contact")])
@pytest.mark.parametrize("words", ["不知道", "不清楚。", "忘了", "我也不知道啊", "记不清了"])
def test_not_known_is_a_valid_answer(slot, words):
    draft = Draft("i", kind="over_hours_training", detail=STORY)
    value = getattr(told(words, slot, draft, act="deny"), slot)
    assert value == (True if slot == "anonymous" else UNKNOWN)


def test_not_known_is_no_answer_to_what_happened():
    assert told("不知道", "detail", Draft("i")).detail is None


def test_a_correction_at_the_read_back():
    draft = told("不对，是周日", "confirm", complete(), act="deny", entities=(("when", "周日"),))
    assert draft.when == "周日" and draft.detail == STORY


def test_a_correction_in_the_middle_is_not_taken_for_the_answer():
    draft = Draft("i", kind="over_hours_training", detail=STORY, when="周六")
    after = told("不对，是周日", "org", draft, act="deny", entities=(("when", "周日"),))
    assert (after.when, after.org) == ("周日", None)


def test_what_is_added_at_the_read_back_joins_the_story():
    draft = told("还有老师没有教师资格证", "confirm", complete(), act="supplement")
    assert STORY in draft.detail and "没有教师资格证" in draft.detail


def test_a_yes_is_not_the_name_of_a_school():
    draft = Draft("i", kind="over_hours_training", detail=STORY)
    assert told("嗯嗯", "org", draft, act="affirm").org is None


def test_lead_in_words_are_not_part_of_a_name():
    draft = Draft("i", kind="over_hours_training", detail=STORY)
    assert told("就是叫晨曦小屋", "org", draft, act="report").org == "晨曦小屋"


@pytest.mark.parametrize("words", ["匿名吧", "不想留电话", "算了不留了"])
def test_to_stay_hidden(words):
    draft = complete().with_answers(anonymous=None)
    assert told(words, "anonymous", draft).anonymous is True


def test_a_number_given_is_kept_only_as_a_reference():
    draft = complete().with_answers(anonymous=False)
    after = told("〔电话〕", "contact", draft, contact_ref="ref-1")
    assert after.contact == "ref-1" and missing(after, CITY) is None


def test_a_district_completes_a_street_that_is_not_known():
    draft = told(
        "", "place", Draft("i", place="桃花弄"), choice={"district": CITY.districts[0].district}
    )
    assert draft.place == f"{CITY.districts[0].district_name}桃花弄"


def test_the_read_back_holds_all_that_was_said():
    text = read_back(complete(), CITY)
    for said in (BODY.name, "周六上午", STORY, "数学", "五年级", "匿名"):
        assert said in text


@given(
    text=st.text(max_size=60),
    act=st.sampled_from(["report", "deny", "affirm", "question", "cancel", "nlu_fallback"]),
    asked=st.sampled_from([None, "confirm", *ANSWERS]),
)
def test_no_message_breaks_a_draft(text, act, asked):
    """Any text at any point leaves a draft that can be stored, restored and read back."""
    draft = told(text, asked, complete(), act=act, kinds=UNSURE)
    assert from_slots(to_slots(draft)) == draft
    assert read_back(draft, CITY)


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from(list(ANSWERS))), max_size=12))
def test_what_was_answered_is_never_lost(messages):
    """Without a correction an answer stays."""
    draft = complete()
    for text, asked in messages:
        draft = told(text, asked, draft, kinds=UNSURE)
    for slot in ("kind", "org", "when", "subject", "grade"):
        assert getattr(draft, slot) == getattr(complete(), slot)
