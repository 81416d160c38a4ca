"""One report for every matter of the jurisdiction table (facts B1): who leads, who helps, where."""

from __future__ import annotations

import pytest

from complaints.model import Kind, Report
from complaints.routing.decision import route

# Matter, kind, party, what happened, further fields; lead function and level, co-handlers' functions.
# The party stands in 鹭鸣区听潮街道 unless it is registered; 鹭鸣区 divides the work as the table does.
CASES = [
    ("J01", "over_hours_training", "衡算数学", "周日上午还在上课", {"subject": "数学"},
     "education", "district", "market_supervision street_office urban_management"),
    ("J02", "unlicensed_training", "飞云辅导班", "无证无照就招生", {},
     "education", "district",
     "police civil_affairs market_supervision street_office urban_management fire"),
    ("J03", "unlicensed_training", "飞云老师", "在居民楼里一对一上课", {},
     "education", "district", "street_office police market_supervision housing cyberspace"),
    ("J04", "teacher_paid_tutoring", "鹭鸣区第一小学", "班主任周末收费补课", {},
     "education", "district", "discipline_inspection"),
    ("J05", "unlicensed_training", "飞云体能馆", "没有备案就收学员", {"subject": "篮球"},
     "sports", "district", "education market_supervision fire"),
    ("J06", "over_hours_training", "砚池书法", "晚上十点还在上课", {},
     "culture_tourism", "district", "education market_supervision fire"),
    ("J07", "unlicensed_training", "飞云空间", "没有备案就开班", {"subject": "编程"},
     "science", "district", "education market_supervision fire"),
    ("J08", "over_hours_training", "飞鹭篮球", "周末拿来上课", {"subject": "数学"},
     "education", "district", "sports market_supervision"),
    ("J09", "training_fees_refund", "衡算数学", "开学又涨价，没有明码标价", {},
     "market_supervision", "district", "education development_reform"),
    ("J10", "training_fees_refund", "砚池书法", "一次性收了两年的学费", {},
     "culture_tourism", "district", "market_supervision finance taxation"),
    ("J11", "training_fees_refund", "飞鹭篮球", "课没上完，不给退费", {},
     "sports", "district", "market_supervision justice"),
    ("J12", "training_fees_refund", "衡算数学", "昨天人去楼空", {},
     "education", "district", "police market_supervision finance justice"),
    ("J13", "training_ads", "衡算数学", "公众号里写保证提分", {},
     "market_supervision", "district",
     "education cyberspace press_publication urban_management housing"),
    ("J14", "training_ads", "衡算数学", "进校园推销课程", {},
     "education", "district", "market_supervision urban_management street_office"),
    ("J15", "homework_overload", "鹭鸣区第一小学", "作业写到十一点", {"grade": "四年级"},
     "education", "district", "education_supervision"),
    ("J16", "school_makeup_classes", "印石初级中学", "周六全年级补课", {},
     "education", "district", "education_supervision market_supervision discipline_inspection"),
    ("J17", "exam_ranking", "鹭鸣区第一小学", "期中成绩在群里排名", {},
     "education", "district", "education education_supervision"),
    ("J18", "after_school_service", "鹭鸣区第一小学", "不参加课后服务就点名", {},
     "education", "district", "market_supervision development_reform public_finance"),
    ("J19", "advanced_teaching", "砚秋语文", "给二年级上初中的课", {},
     "education", "district", "press_publication cyberspace"),
    ("J20", "advanced_teaching", "鹭鸣区第一小学", "一年级不教拼音直接上课文", {},
     "education", "district", "education_supervision"),
    ("J21", "unlicensed_training", "飞云屋", "开了个幼小衔接班", {},
     "education", "district", "market_supervision civil_affairs police"),
    ("J22", "homework_overload", "汀澜市机关幼儿园", "每天布置写字", {},
     "education", "city", ""),
    ("J23", "venue_safety", "衡算数学", "消防通道堆满东西", {},
     "fire", "district", "education housing police street_office"),
    ("J24", "venue_safety", "禾木托管", "午餐变质了", {},
     "market_supervision", "district", "education health street_office"),
    ("J25", "unlicensed_training", "禾木托管", "说是托管其实上英语", {},
     "education", "district", "market_supervision fire street_office"),
    ("J26", "venue_safety", "禾木托管", "窗户没有护栏", {},
     "fire", "district", "housing police market_supervision education street_office"),
    ("J27", "teacher_conduct", "鹭鸣区第一小学", "老师天天让孩子罚站", {},
     "education", "district", "police civil_affairs procuratorate discipline_inspection"),
    ("J28", "teacher_conduct", "鹭鸣区第一小学", "孩子一直被同班欺凌", {},
     "police", "district", "education procuratorate civil_affairs women_federation health"),
    ("J29", "enrolment", "鹭鸣区第一小学", "入学要交赞助费", {},
     "education", "district", "education discipline_inspection market_supervision"),
    ("J30", "school_fees", "鹭鸣区第一小学", "指定书店买教辅", {},
     "education", "district", "discipline_inspection market_supervision press_publication"),
    ("J31", "over_hours_training", "飞云网校", "晚上十点还在直播上课", {"subject": "英语"},
     "education", "district", "education cyberspace industry_information police"),
    ("J32", "unlicensed_training", "飞云集团", "拿学科培训去融资上市", {},
     "education", "city", "finance market_supervision commerce"),
    ("J33", "unlicensed_training", "飞云英语角", "请境外的外教给孩子上课", {},
     "education", "district", "police science cyberspace"),
    ("J34", "teacher_conduct", "砚池书法", "老师没有教师资格证", {},
     "culture_tourism", "district", "human_resources police"),
    ("J35", "exam_ranking", "飞云文化", "组织收费的数学杯赛", {},
     "education", "district", "civil_affairs market_supervision"),
    ("J36", "over_hours_training", "启工职业技能培训学校", "周末给初中生上课", {},
     "human_resources", "district", "education"),
    ("J37", "unlicensed_training", "飞云屋", "挂的招牌和登记的不一致", {},
     "market_supervision", "district", "civil_affairs education"),
    ("J38", "training_fees_refund", "衡算数学", "交了钱不开发票", {},
     "taxation", "district", "education"),
    ("J39", "teacher_conduct", "鹭鸣区第一小学", "老师知道是我举报的", {},
     "education", "city", "discipline_inspection police"),
    ("J40", "after_school_service", "鹭鸣区第一小学", "部门之间推来推去", {},
     "hotline", "city", "discipline_inspection education_supervision"),
    ("J41", "staff_matters", "衡算数学", "拖欠工资三个月", {},
     "education", "district", "finance police human_resources street_office"),
    ("J42", "other_education", "鹭鸣区第一小学", "把手机管理成没收一学期", {},
     "education", "district", "education_supervision"),
    ("J43", "other_education", None, "咨询一下课后服务到几点", {},
     "education", "district", ""),
    ("J44", "not_education", None, "小区停车位乱收费", {},
     "hotline", "city", ""),
]  # fmt: skip


def told(kind: str, party: str | None, detail: str, **fields) -> Report:
    """A report from 听潮街道 whose kind is sure."""
    return Report(
        "i", Kind(kind), 0.95, detail, **{"subject_party": party, "place": "听潮街道", **fields}
    )


def functions(rules, bureaus) -> list[str]:
    return sorted(rules.city.bureaus[bureau].function for bureau in bureaus)


@pytest.mark.parametrize(
    ("code", "kind", "party", "detail", "fields", "lead", "level", "co"),
    CASES,
    ids=[case[0] for case in CASES],
)
def test_a_matter_reaches_its_offices(rules, code, kind, party, detail, fields, lead, level, co):
    decision = route(told(kind, party, detail, **fields), rules.city, rules.routing)
    assert decision.matter_code == code, decision.rule_id
    assert (rules.city.bureaus[decision.lead].function, decision.level) == (lead, level)
    assert functions(rules, decision.co_handlers) == sorted(co.split())


def test_every_matter_of_the_facts_has_its_case():
    assert [case[0] for case in CASES] == [f"J{n:02d}" for n in range(1, 45)]


def test_every_matter_of_the_table_is_reached_by_a_row(rules):
    assert {rule.matter for rule in rules.routing.rules} == set(rules.routing.matters)


@pytest.mark.parametrize(
    ("kind", "party", "detail", "fields", "lead", "level"),
    [
        # Who has no licence has no competent bureau for a refund.
        ("training_fees_refund", "知了阅读", "不给退费", {}, "market_supervision", "district"),
        # In front of the gate it is an advertisement.
        ("training_ads", "衡算数学", "放学时在校门口发传单", {}, "market_supervision", "district"),
        # A senior school that is in no register is the city's.
        ("school_makeup_classes", "飞云高级中学", "周日补课", {}, "education", "city"),
        ("school_makeup_classes", "飞云中学", "周日补课", {"grade": "高二"}, "education", "city"),
        ("school_makeup_classes", "飞云中学", "周日补课", {"grade": "初二"}, "education", "district"),
        ("venue_safety", "禾木托管", "房子是危房", {}, "housing", "district"),
        ("venue_safety", "禾木托管", "常有人来打架", {}, "police", "district"),
        # A body of the arts that is in no register: what it teaches says who supervises it.
        ("training_fees_refund", "飞云琴行", "不给退费", {}, "culture_tourism", "district"),
        ("training_fees_refund", "飞云屋", "不给退费", {"subject": "跆拳道"}, "sports", "district"),
    ],
)  # fmt: skip
def test_a_matter_is_divided_by_its_facts(rules, kind, party, detail, fields, lead, level):
    decision = route(told(kind, party, detail, **fields), rules.city, rules.routing)
    assert (rules.city.bureaus[decision.lead].function, decision.level) == (lead, level)


@pytest.mark.parametrize(
    ("kind", "detail", "number"),
    [("training_fees_refund", "我已经起诉了，法院还没判", "12368"),
     ("school_fees", "校长贪污伙食费", "12388"), ("staff_matters", "学校欠薪，已经申请劳动仲裁", "12333"),
     ("not_education", "老板拖欠工资", "12333"), ("not_education", "网购的玩具坏了", "12315"),
     ("not_education", "路灯不亮", "12345"), ("enrolment", "申请信息公开一直没下文", "信息公开机构"),
     ("exam_ranking", "我已申请行政复议，复议决定还没来", "复议机构")],
)  # fmt: skip
def test_what_belongs_elsewhere_names_the_right_door(rules, kind, detail, number):
    decision = route(told(kind, None, detail), rules.city, rules.routing)
    assert (decision.matter_code, decision.triage) == ("J44", True)
    assert number in decision.door


def test_what_belongs_here_names_no_door(rules):
    decision = route(told("not_education", None, "孩子说想死"), rules.city, rules.routing)
    assert (decision.matter_code, decision.door) == ("J28", None)


def test_of_equally_competent_offices_the_first_leads_and_the_record_says_so(rules):
    report = told("unlicensed_training", "飞云屋", "招牌和登记的不一致")
    decision = route(report, rules.city, rules.routing)
    assert decision.lead == "luming-market-supervision"
    assert decision.equally == ("luming-civil-affairs",) == decision.co_handlers[:1]
