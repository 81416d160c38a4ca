"""A stored decision stays readable: today's, and that of a ticket from before."""

from __future__ import annotations

from complaints.routing.decision import route
from complaints.routing.words import record_words
from tests.unit.complaints.routing.test_matters import told

OLD = {
    "lead": "luming-education",
    "co_handlers": ["luming-market-supervision"],
    "level": "district",
    "matter_code": "J01",
    "rule_id": "K0115",
    "table_version": "2026-11-22.1/2026-11-22.1",
    "triage": False,
    "urgent": False,
    "reason": "J01 学科类培训超时",
    "facts": {
        "kind": "over_hours_training",
        "kind_confidence": 0.95,
        "party_type": "training_body",
        "party_class": "subject",
        "licence": "licensed",
        "stage": None,
        "subject_class": "subject",
        "party_id": "yanqiu-chinese",
        "reported_bureau": None,
        "district": "luming",
        "street": "tingchao",
    },
}


def test_a_record_from_before_is_still_read(rules):
    words = record_words(OLD, rules.city, rules.routing)
    facts = dict(words.facts)
    assert facts["登记对象"] == "砚秋语文" and facts["证照"] == "有证有照"
    assert not {"本地分工", "回避单位", "首接负责", "应走渠道"} & set(facts)


def test_a_record_of_a_matter_that_is_gone_is_still_read(rules):
    assert record_words(OLD | {"matter_code": "J99"}, rules.city, rules.routing).matter == "J99"


def said(rules, *report, **fields) -> dict[str, str]:
    record = route(told(*report, **fields), rules.city, rules.routing).as_record()
    return dict(record_words(record, rules.city, rules.routing).facts)


def test_what_was_answered_is_shown_in_words(rules):
    stated = {"party_type": "person", "in_service_teacher": "yes"}
    facts = said(rules, "unlicensed_training", "飞云", "开班", stated=stated)
    assert (facts["对象类型"], facts["是否在职教师"]) == ("个人", "是在职教师")


def test_who_is_out_who_is_equal_and_the_door_are_shown(rules):
    assert (
        "鹭鸣区教育局" in said(rules, "over_hours_training", "鹭鸣区教育局", "周六上课")["回避单位"]
    )
    equal = said(rules, "unlicensed_training", "飞云屋", "招牌和登记的不一致")["首接负责"]
    assert "鹭鸣区民政局" in equal
    assert "12388" in said(rules, "school_fees", None, "校长贪污伙食费")["应走渠道"]
