"""The same word in two sentences: in one it is meant, in the other it is part of something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from complaints.routing.decision import route
from complaints.said import GAP, NOTHING_ELSE, as_searched, load_not_meant
from tests.unit.complaints.conftest import ROOT
from tests.unit.complaints.routing.test_matters import told

SCHOOL, BODY, NOBODY = "鹭鸣区第一小学", "衡算数学", "飞云补习班"

# Kind, party, what was told, matter. The first of two means the word, the second does not.
PAIRS = [
    # 透露, 泄露, 告诉: J39 only where a reporter became known.
    ("over_hours_training", BODY, "我举报后教育局把我的名字透露给了机构", "J39"),
    ("over_hours_training", BODY, "前台透露了周末也上课", "J01"),
    ("unlicensed_training", NOBODY, "举报人的电话被泄露了，老板找上门来", "J39"),
    ("unlicensed_training", NOBODY, "前台自己透露了他们没有办学许可证，我要举报", "J02"),
    ("training_fees_refund", BODY, "投诉后有人把我的电话告诉了机构，老板来骂我", "J39"),
    ("training_fees_refund", BODY, "机构把家长电话泄露给了贷款公司，还不退费", "J11"),
    ("exam_ranking", SCHOOL, "我的举报材料被转给了班主任", "J39"),
    ("exam_ranking", SCHOOL, "期末试卷提前泄露了，成绩还在群里排名", "J17"),
    ("teacher_conduct", SCHOOL, "老师怎么知道是我举报的，孩子天天挨骂", "J39"),
    ("teacher_conduct", SCHOOL, "老师天天罚站，请不要让老师知道是我举报的", "J27"),
    ("homework_overload", SCHOOL, "班主任知道是我投诉的，不让孩子进教室", "J39"),
    ("homework_overload", SCHOOL, "作业太多，我怕老师知道是我投诉的", "J15"),
    ("homework_overload", SCHOOL, "班主任在家长会上说知道是我举报的", "J39"),
    ("homework_overload", SCHOOL, "作业太多，学校会知道是我举报的吗", "J15"),
    ("school_makeup_classes", SCHOOL, "举报后被老师当众批评，孩子被孤立", "J39"),
    ("over_hours_training", BODY, "上次举报后被查了，停了两天周六又上课", "J01"),
    ("school_fees", SCHOOL, "我举报之后孩子被老师针对", "J39"),
    ("over_hours_training", BODY, "因为举报被关过一次，周日照样上课", "J01"),
    ("teacher_conduct", SCHOOL, "他们怎么会知道是我投诉的，孩子被排挤", "J39"),
    ("teacher_conduct", SCHOOL, "老师罚站，举报后孩子会被针对吗", "J27"),
    ("over_hours_training", BODY, "12345把我的投诉转给了机构，老板来威胁我", "J39"),
    ("over_hours_training", BODY, "12345把我的投诉转给了区教育局，机构周六照样上课", "J01"),
    ("teacher_conduct", SCHOOL, "自从我投诉以后老师处处针对孩子", "J39"),
    ("teacher_conduct", SCHOOL, "老师处处针对孩子，天天罚站", "J27"),
    ("teacher_conduct", SCHOOL, "投诉后孩子被老师打了一巴掌", "J39"),
    ("teacher_conduct", SCHOOL, "孩子被老师打了一巴掌，投诉后学校没有说法", "J27"),
    ("exam_ranking", SCHOOL, "我的投诉信息被泄露给了学校", "J39"),
    ("training_fees_refund", BODY, "投诉后让我把个人信息发给总部，一直不退费", "J11"),
    ("over_hours_training", BODY, "他们上次被举报后被约谈，周六照样上课", "J01"),
    ("school_fees", SCHOOL, "举报后我被学校约谈了两次", "J39"),
    # Danger, with everything that only sounds like it.
    ("training_ads", BODY, "退不了钱，有家长要跳楼", "J28"),
    ("training_ads", BODY, "打出跳楼价报课，还说包提分", "J13"),
    ("training_fees_refund", BODY, "孩子要跳楼机构不管", "J28"),
    ("training_fees_refund", BODY, "跳楼大甩卖收了钱，不给退费", "J11"),
    ("school_fees", SCHOOL, "保安性侵了孩子", "J28"),
    ("school_fees", SCHOOL, "学校组织防性侵讲座还要收费", "J48"),
    ("school_fees", SCHOOL, "办完防性侵讲座，孩子就被性侵了", "J28"),
    ("school_makeup_classes", SCHOOL, "周六补课，习惯性侵占孩子的休息时间", "J16"),
    ("homework_overload", SCHOOL, "孩子說想自殺", "J28"),
    ("homework_overload", SCHOOL, "作业太多，请减轻生活和学习的负担", "J15"),
    ("homework_overload", SCHOOL, "孩子想死，作业都不写了", "J28"),
    ("homework_overload", SCHOOL, "孩子想死记硬背都背不完", "J15"),
    ("teacher_conduct", SCHOOL, "孩子被同学欺凌", "J28"),
    ("teacher_conduct", SCHOOL, "反欺凌讲座上老师点名说我孩子家里的事", "J49"),
    # Online, hidden, licence.
    ("over_hours_training", "飞云", "晚上十点还在线上上数学课", "J31"),
    ("over_hours_training", "飞云", "天天喊别输在起跑线上，周六照样上数学", "J01"),
    ("unlicensed_training", NOBODY, "用APP给孩子上课，无证", "J31"),
    ("unlicensed_training", "Happy英语", "没有办学许可证", "J02"),
    ("unlicensed_training", NOBODY, "卖学习机送课，没有资质", "J31"),
    ("unlicensed_training", NOBODY, "这样的学习机构没有资质", "J02"),
    ("unlicensed_training", NOBODY, "没有证，全是网课", "J31"),
    ("unlicensed_training", NOBODY, "没有许可证，学费都是线上缴费", "J02"),
    ("unlicensed_training", NOBODY, "老师做家教，没有资质", "J03"),
    ("unlicensed_training", NOBODY, "一家教育机构没有办学许可证", "J02"),
    ("unlicensed_training", NOBODY, "打着研学的名义补课", "J03"),
    ("unlicensed_training", NOBODY, "小区孩子都在那研学习题，没有许可证", "J02"),
    ("unlicensed_training", NOBODY, "挂的招牌和登记的不一致", "J37"),
    ("unlicensed_training", NOBODY, "在居民楼里办班，门口没有招牌，没有办学许可证", "J03"),
    ("unlicensed_training", NOBODY, "没有年检还在招生", "J37"),
    ("unlicensed_training", NOBODY, "没有许可证，每年检查都躲过去", "J02"),
    ("unlicensed_training", NOBODY, "收了学科培训的上市公司", "J32"),
    ("unlicensed_training", NOBODY, "每天晚上市区这家黑班还在上课，无证", "J02"),
    ("other_education", BODY, "有外资控股学科培训", "J32"),
    ("other_education", SCHOOL, "班主任推销课外资料", "J46"),
    ("unlicensed_training", NOBODY, "请了外教，没有手续", "J33"),
    ("unlicensed_training", NOBODY, "一个校外教育培训点，没有手续", "J02"),
    ("unlicensed_training", NOBODY, "办的是学前班", "J21"),
    ("unlicensed_training", NOBODY, "一到开学前班主任就介绍我们去，没有手续", "J02"),
    ("over_hours_training", NOBODY, "晚托班周末上课", "J25"),
    ("over_hours_training", NOBODY, "昨晚托熟人去看，晚上十点还在上课", "J01"),
    ("unlicensed_training", NOBODY, "以托管名义补课，没有手续", "J25"),
    ("unlicensed_training", NOBODY, "说学费是银行托管的，其实没有手续", "J02"),
    # Money.
    ("training_fees_refund", BODY, "老板跑路了", "J12"),
    ("training_fees_refund", BODY, "怕老板跑路，想退费", "J11"),
    ("training_fees_refund", BODY, "门店已经关门", "J12"),
    ("training_fees_refund", BODY, "这家机构在全市有关门店都不给退费", "J11"),
    ("training_fees_refund", BODY, "让我们办分期", "J10"),
    ("training_fees_refund", BODY, "孩子十分期待的课停了，要求退费", "J11"),
    ("training_fees_refund", BODY, "交钱不开发票", "J38"),
    ("training_fees_refund", BODY, "开学又涨价，我有发票为证", "J09"),
    # Schools, places, food.
    ("exam_ranking", SCHOOL, "老师组织考级", "J35"),
    ("exam_ranking", SCHOOL, "高考级部把成绩排名贴出来", "J17"),
    ("venue_safety", SCHOOL, "疏散通道堆满了桌子", "J23"),
    ("venue_safety", SCHOOL, "护栏坏了，也没有举报通道", "J47"),
    ("venue_safety", SCHOOL, "午饭是馊的", "J24"),
    ("venue_safety", SCHOOL, "护栏坏了，后勤出了个馊主意", "J47"),
    ("venue_safety", SCHOOL, "面包都发霉了", "J24"),
    ("venue_safety", SCHOOL, "宿舍墙壁发霉", "J47"),
    ("venue_safety", NOBODY, "教室着火了", "J23"),
    ("venue_safety", NOBODY, "孩子在教室吃着火锅", "J47"),
    ("school_fees", SCHOOL, "不给发票", "J38"),
    ("school_fees", SCHOOL, "强制买学习机", "J30"),
    ("school_fees", SCHOOL, "不交钱就没有学习机会", "J48"),
    ("teacher_conduct", SCHOOL, "老师侮辱孩子人格", "J27"),
    ("teacher_conduct", SCHOOL, "老师对送礼的人格外照顾", "J49"),
    ("teacher_conduct", SCHOOL, "老师打孩子", "J27"),
    ("teacher_conduct", SCHOOL, "老师上课打孩子手表电话", "J49"),
    # Offices and doors.
    ("exam_ranking", SCHOOL, "承办单位一直不答复", "J40"),
    ("exam_ranking", SCHOOL, "杯赛的承办单位让学校组织报名收费", "J35"),
    ("school_fees", SCHOOL, "教育局和监管局踢皮球", "J40"),
    ("venue_safety", SCHOOL, "孩子上体育课踢皮球，围栏倒了", "J47"),
    ("training_fees_refund", BODY, "几个部门推诿，没人管", "J40"),
    ("training_fees_refund", BODY, "机构客服部门推诿，不退费", "J11"),
    ("training_fees_refund", BODY, "已经申请仲裁", "J44"),
    ("training_fees_refund", BODY, "客服说可以申请仲裁，就是不退费", "J11"),
    ("training_fees_refund", BODY, "法院判决下来了", "J44"),
    ("training_fees_refund", BODY, "听说别的家长拿到法院判决了，要求退费", "J11"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "party", "detail", "matter"), PAIRS)
def test_a_word_counts_where_it_is_meant(rules, kind, party, detail, matter):
    decision = route(told(kind, party, detail), rules.city, rules.routing)
    assert decision.matter_code == matter, decision.rule_id


@pytest.mark.parametrize(
    "cry",
    ["孩子站在楼顶要跳楼", "他说想自杀", "女儿被性侵", "孩子想轻生", "孩子割腕了", "教练猥亵学生",
     "孩子想轻生活着没意思", "防性侵没做好孩子被性侵", "保安性骚扰学生", "孩子被打成骨折"],
)  # fmt: skip
def test_a_cry_for_help_is_urgent_whatever_else_is_told(rules, cry):
    around = ("{}", "跳楼价报的课，{}", "学校刚办过防性侵讲座，{}", "{}，请减轻生活负担")
    for detail in (text.format(cry) for text in around):
        decision = route(told("school_fees", SCHOOL, detail), rules.city, rules.routing)
        assert (decision.matter_code, decision.urgent) == ("J28", True), detail


@pytest.mark.parametrize(
    ("kind", "party", "detail", "out"),
    [
        # A clause that accuses an office bars that office, not the one that supervises the school.
        ("teacher_conduct", SCHOOL, "我举报了学校，市场监管局把我的信息给了老师",
         {"luming-market-supervision"}),
        ("training_fees_refund", BODY, "投诉后我的电话被听潮街道办透露给了老板",
         {"tingchao-street-office"}),
        # Whom one turned to, who did not answer, who only said something: accused of nothing.
        ("over_hours_training", BODY, "我向市场监管局举报后教育局把我的名字告诉了机构",
         {"luming-education"}),
        ("over_hours_training", BODY, "前台透露了周末也上课，教育局没回复", set()),
        ("training_fees_refund", BODY, "不退费，市场监管局说让我找教育局", set()),
        ("over_hours_training", BODY, "12345把我的举报转给了教育局", set()),
        ("training_fees_refund", BODY, "教育局把合同范本给了机构，机构不退费", set()),
    ],
)  # fmt: skip
def test_an_office_is_barred_only_when_a_clause_accuses_it(rules, kind, party, detail, out):
    decision = route(told(kind, party, detail), rules.city, rules.routing)
    assert set(decision.barred) == out
    assert not out & {decision.lead, *decision.co_handlers}


@pytest.mark.parametrize(
    "named",
    ["教育局备案的飞云培训班", "教育局白名单里的飞云教育", "教育局退休的老师", "飞云教育集团汀澜办事处", "飞云客服热线",
     "班上的纪委", "班里的体委", "民政路的小班", "工商管理研修学院", "消防器材公司"],
)  # fmt: skip
def test_what_is_only_called_like_an_office_bars_nobody(rules, named):
    decision = route(told("over_hours_training", named, "周六上课"), rules.city, rules.routing)
    assert decision.barred == () and decision.facts.reported_bureau is None


@pytest.mark.parametrize(
    ("kind", "party", "detail", "fact", "value"),
    [
        ("teacher_paid_tutoring", "飞云", "她不在学校任教，在家补课", "in_service_teacher", "no"),
        ("teacher_paid_tutoring", "飞云", "老师补课的地点不在学校，在她家里", "in_service_teacher", None),
        ("teacher_paid_tutoring", "飞云", "是在职老师", "in_service_teacher", "yes"),
        ("teacher_paid_tutoring", "飞云", "孩子现在职高读书，老师补课", "in_service_teacher", None),
        ("unlicensed_training", "飞云文化学校", "没有手续", "subject_class", None),
        ("unlicensed_training", "飞云化学班", "没有手续", "subject_class", "subject"),
        ("unlicensed_training", "Apple小课堂", "没有手续", "party_type", "unknown"),
        ("unlicensed_training", "飞云app", "没有手续", "party_type", "platform"),
    ],
)  # fmt: skip
def test_a_fact_is_told_by_what_is_meant(rules, kind, party, detail, fact, value):
    facts = route(told(kind, party, detail), rules.city, rules.routing).facts
    assert getattr(facts, fact) == value


@pytest.mark.parametrize(
    "named", ["教育局审批科的人", "区教育局登记处", "教育局不管", "教育局的退休办", "市监局注册科"]
)
def test_a_desk_of_an_office_is_the_office(rules, named):
    decision = route(told("over_hours_training", named, "周六上课"), rules.city, rules.routing)
    assert decision.facts.reported_bureau in decision.barred


def test_every_word_with_longer_words_is_a_word_of_some_table():
    folder = ROOT / "data/routing"
    names = ("kinds", "matters", "questions", "subjects", "bureau_words")
    tables = [YAML(typ="safe").load((folder / f"{name}.yml").read_text("utf-8")) for name in names]
    known = {text.lower() for table in tables for text in strings(table)}
    assert set(load_not_meant(folder).longer) <= known


def strings(node) -> list[str]:
    """All texts below a node."""
    if isinstance(node, str):
        return [node]
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for one in below for text in strings(one)]


HAN = st.text(alphabet="甲乙丙丁戊", max_size=12)


@given(before=HAN, between=HAN, behind=HAN)
def test_a_gap_is_short_and_stays_in_its_clause(before, between, behind):
    word = NOTHING_ELSE.word(f"子{GAP}丑")
    assert word.is_in(f"{before}子{between}丑{behind}") == (len(between) <= 8)
    assert not word.is_in(as_searched(f"{before}子{between}，丑{behind}"))
