"""Stages and grades as parents name them."""

from __future__ import annotations

import pytest

from resolution.grade import GradeStage, resolve_grade

ONE_GRADE = [
    ("高二周日", "senior", 11),
    ("初一周测", "junior", 7),
    ("我家老二五年级", "primary", 5),
    ("一年级", "primary", 1),
    ("四年級", "primary", 4),
    ("6年级", "primary", 6),
    ("小学四年级", "primary", 4),
    ("小三", "primary", 3),
    ("小升初", "primary", 6),
    ("小学毕业班", "primary", 6),
    ("五(2)班", "primary", 5),
    ("三年（1）班", "primary", 3),
    ("五年二班", "primary", 5),
    ("七年级", "junior", 7),
    ("7年级", "junior", 7),
    ("初一", "junior", 7),
    ("新初一", "junior", 7),
    ("初二年级", "junior", 8),
    ("初中二年级", "junior", 8),
    ("初3", "junior", 9),
    ("九年级", "junior", 9),
    ("初升高", "junior", 9),
    ("准高一", "senior", 10),
    ("高中一年级", "senior", 10),
    ("高三", "senior", 12),
    ("高考班", "senior", 12),
]

SEVERAL = [
    ("三四年级", "primary", {3, 4}),
    ("一、二年级", "primary", {1, 2}),
    ("一二三年级", "primary", {1, 2, 3}),
    ("一到四年级", "primary", {1, 2, 3, 4}),
    ("1-3年级", "primary", {1, 2, 3}),
    ("七至九年级", "junior", {7, 8, 9}),
    ("初一至初三", "junior", {7, 8, 9}),
    ("初一初二", "junior", {7, 8}),
    ("高一、二", "senior", {10, 11}),
    ("五到七年级", None, {5, 6, 7}),
    ("毕业班", None, {6, 9, 12}),
    ("中学生", None, set(range(7, 13))),
    ("中小学生", None, set(range(1, 13))),
]

STAGE_ALONE = [
    ("小学一学期考几次", "primary"),
    ("小学一共几门课", "primary"),
    ("高中考试太多", "senior"),
    ("初中考试不排名", "junior"),
    ("小班", "kindergarten"),
    ("中班", "kindergarten"),
    ("大班", "kindergarten"),
    ("中小班", "kindergarten"),
    ("学前班", "kindergarten"),
    ("幼升小", "kindergarten"),
    ("幼小衔接", "kindergarten"),
    ("幼儿园", "kindergarten"),
    ("小学", "primary"),
    ("小学生", "primary"),
    ("初中", "junior"),
    ("高中生", "senior"),
    ("高2024级", "senior"),
    ("小学和初中", None),
]

NONE = [
    "晚托班",
    "小班八个人",
    "期中考试",
    "小班课",
    "大班课",
    "大班额",
    "大三",
    "研三",
    "大年初一",
    "正月初三",
    "高一点",
    "初五",
    "奥数",
    "",
]


@pytest.mark.parametrize(("text", "stage", "grade"), ONE_GRADE)
def test_one_grade(text, stage, grade):
    found = resolve_grade(text)
    assert (found.stage, found.grade) == (stage, grade)


@pytest.mark.parametrize(("text", "stage", "grades"), SEVERAL)
def test_several_grades(text, stage, grades):
    assert resolve_grade(text) == GradeStage(stage, frozenset(grades))
    assert resolve_grade(text).grade is None


@pytest.mark.parametrize(("text", "stage"), STAGE_ALONE)
def test_a_stage_alone(text, stage):
    assert resolve_grade(text) == GradeStage(stage)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_grade(text):
    assert resolve_grade(text) is None
