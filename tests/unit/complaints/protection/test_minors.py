"""Who speaks as a pupil."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.protection.minors import speaks_as_pupil


@pytest.mark.parametrize(
    "text",
    [
        "我是初二的学生，学校周六还要上课。",
        "我是一名高三学生，周末只放半天假。",
        "我是學生，老師打人。",
        "我是新桥中学的学生，想举报食堂。",
        "我们班主任让我们周日去他家补课，一次一百。",
        "我妈不知道我举报，别告诉她。",
        "我爸妈非要我去补课，老师也在那里教。",
        "我今年上五年级，作业写不完。",
        "我读高一，晚自习到十点半。",
        "我才14岁，老师天天骂人。",
        "我今年十二岁，我想举报我们老师打人。",
        "老师不让我们上厕所。",
        "学校逼我们住校，一学期一千。",
        "我同桌也被打了。",
        "我们宿舍十二个人，没有热水。",
        "我们数学老师每天拖堂，还罚我站着听课。",
        "作为一名中学生，我想说作业太多了。",
        "我的作业每天都写到十二点。",
        "我是初三的，想问周末补课合法吗",
        "我是住校生，晚上十一点才熄灯。",
        "老师说谁告诉家长就罚谁，我们班主任收了我的手机。",
    ],
)
def test_a_pupil_is_heard(text):
    assert speaks_as_pupil(text)


@pytest.mark.parametrize(
    "text",
    [
        "我是学生家长，学校周六补课。",
        "我是初二学生的家长，老师有偿补课。",
        "我是一名高三学生家长。",
        "我孩子上初二，班主任让他们周日补课。",
        "我儿子说他们班主任让他们交钱。",
        "我家上五年级的女儿作业写到十二点。",
        "我是大学生，假期在机构兼职，被拖欠工资。",
        "我大二的，想举报校外机构。",
        "我是初二的老师，学校克扣课时费。",
        "我们学校的教师都反对。",
        "作为家长，我们不同意补课。",
        "我们家长都签了字，老师让我们交钱。",
        "我今年三十五岁，孩子在读小学。",
        "启明星周末给小学生上课。",
        "学生每天六点到校，太早了。",
        "班主任收了每个学生两百块。",
        "我读高中的时候就有这个机构了。",
        "我女儿是初三的学生，她不敢说。",
        "请问小学生作业多少合适？",
        "你好",
        "",
    ],
)
def test_a_grown_up_or_nobody_is_not_taken_for_a_pupil(text):
    assert not speaks_as_pupil(text)


@given(st.text(max_size=300))
def test_any_text_will_do(text):
    assert speaks_as_pupil(text) in (True, False)


@pytest.mark.parametrize(
    "piece", ["我", "我们", "我是", "我是一名", "我们班主任", "学生", "老师让"]
)
def test_a_long_text_takes_no_time(piece):
    start = time.process_time()
    speaks_as_pupil(piece * (20_000 // len(piece)))
    assert time.process_time() - start < 1
