"""A name written by ear, shortened or mistyped finds the registered one, to be offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.regions import load_city
from complaints.similar_names import LEAST_LIKENESS, likeness

CITY = load_city(Path(__file__).parents[3] / "data" / "regions" / "demo")
MEANT = {
    "燕秋语文": "砚秋语文",  # by ear
    "话夹子口才": "话匣子口才",  # a wrong character
    "麦龙学堂": "麦垄学堂",
    "老良数理化": "老梁数理化",  # n and l, in and ing, z and zh
    "青英同步课堂": "青萤同步课堂",
    "陈溪实小": "枕溪区实验小学",
    "小满晚扶": "小满晚辅",
    "汀实小": "汀澜市实验小学",  # shortened
    "鹭一小": "鹭鸣区第一小学",
}
NOBODY = ["星光小学", "四中", "阳光幼儿园", "张老师", "某培训机构", "学校", "培训班", "王老师家里"]


@pytest.mark.parametrize(("said", "meant"), MEANT.items())
def test_a_misspelt_name_offers_the_registered_one_first(said, meant):
    assert CITY.find_parties(said) == []  # it is not taken for it
    assert CITY.similar_parties(said)[0].name == meant


@pytest.mark.parametrize("said", NOBODY)
def test_an_unknown_name_offers_nobody(said):
    assert CITY.similar_parties(said) == []


def test_two_bodies_that_sound_alike_are_both_offered():
    names = [party.name for party in CITY.similar_parties("橘语英语")]
    assert {"橘屿英语", "橘与英语工作室"} <= set(names)


def test_the_place_decides_between_like_names():
    near = CITY.find_place("枕溪区")
    assert [party.name for party in CITY.similar_parties("陈溪实小", near)] == ["枕溪区实验小学"]


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_a_share_and_a_name_is_like_itself(one, other):
    assert 0 <= likeness(one, [other]) <= 1
    assert not one.strip() or likeness(one, [one]) == 0 or likeness(one, [one]) >= LEAST_LIKENESS
