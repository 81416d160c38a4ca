"""Sums of money as parents write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from resolution.amount import Amount, resolve_amount

EXACT = [
    ("三千六百元", "3600"),
    ("5800块", "5800"),
    ("5800块钱", "5800"),
    ("一万二", "12000"),
    ("一万二千元", "12000"),
    ("两千五", "2500"),
    ("一百八", "180"),
    ("二百五", "250"),
    ("一百零七", "107"),
    ("两万九千八", "29800"),
    ("一千零八十元", "1080"),
    ("3千8", "3800"),
    ("2万3", "23000"),
    ("3.6k", "3600"),
    ("1.2w", "12000"),
    ("1.2万元", "12000"),
    ("2.38万", "23800"),
    ("十五万", "150000"),
    ("￥4,980", "4980"),
    ("４９８０元", "4980"),
    ("人民币5000", "5000"),
    ("壹万伍仟元", "15000"),
    ("四块五", "4.5"),
    ("九块九", "9.9"),
    ("九块八毛", "9.8"),
    ("五毛钱", "0.5"),
    ("29.9", "29.9"),
    ("五十蚊", "50"),
    ("三千塊錢", "3000"),
    ("四十", "40"),
    ("交了60节课6000元", "6000"),
    ("二年级500元", "500"),
]

AT_LEAST = [
    ("两千多", "2000"),
    ("三千多块", "3000"),
    ("5000余元", "5000"),
    ("10000多", "10000"),
    ("四十多万", "400000"),
    ("十几万", "100000"),
    ("七十几块", "70"),
    ("七八千", "7000"),
    ("四五百块钱", "400"),
    ("三四十块", "30"),
    ("一千出头", "1000"),
    ("6000以上", "6000"),
    ("不止三千", "3000"),
    ("上万", "10000"),
    ("上千块", "1000"),
]

PER = [
    ("一学期3600", "", "term"),
    ("200", "每节课200", "lesson"),
    ("每节课200", "", "lesson"),
    ("200元", "一对一200元/课时，随到随学", "lesson"),
    ("120元", "一节课要120元", "lesson"),
    ("1200", "托管一个月1200", "month"),
    ("3600元", "一学期收3600元", "term"),
    ("12800", "一年12800", "year"),
    ("300元", "每小时300元", "hour"),
    ("50元", "每人50元", "person"),
    ("3600元", "一年级的班收了3600元", None),
    ("12000元", "每节课200，总共交了12000元", None),
    ("3600元", "已经交了3600元", None),
]


@pytest.mark.parametrize(("text", "yuan"), EXACT)
def test_a_sum(text, yuan):
    assert resolve_amount(text) == Amount(Decimal(yuan))


@pytest.mark.parametrize(("text", "yuan"), AT_LEAST)
def test_at_least_so_much(text, yuan):
    assert resolve_amount(text) == Amount(Decimal(yuan), at_least=True)


@pytest.mark.parametrize(("text", "sentence", "per"), PER)
def test_what_it_is_paid_for(text, sentence, per):
    assert resolve_amount(text, sentence).per == per


@pytest.mark.parametrize(
    "text",
    ["几千块", "好几万", "几十块", "数百元", "不少钱", "", "8折", "三年级", "60节课", "第三个月"],
)
def test_what_is_no_sum(text):
    assert resolve_amount(text) is None
