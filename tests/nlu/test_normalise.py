from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import normalise, original_span

CHINESE = st.text(alphabet=st.sampled_from("我要举报補習班，！。ＡＢ１２３😭[捂脸]  \u200b啊½㎡…"))
ANY = st.one_of(st.text(), CHINESE)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("我要舉報補習班", "我要举报补习班"),
        ("太气人了！！！！", "太气人了!"),
        ("啊啊啊啊啊", "啊啊"),
        ("天天天没亮就走", "天天天没亮就走"),
        ("收了10000元", "收了10000元"),
        ("作业😭😭太多🙏🏻了", "作业太多了"),
        ("写到十二点[捂脸][流泪]", "写到十二点"),
        ("好[捂[OK]脸]", "好"),
        ("请看[附件]", "请看[附件]"),
        ("零\u200b宽\ufeff字", "零宽字"),
        ("换\n行　空格  多", "换 行 空格 多"),
        ("", ""),
        ("👍", ""),
    ],
)
def test_the_same_wish_written_differently_is_the_same_text(written: str, normal: str) -> None:
    assert normalise(written)[0] == normal


@given(ANY)
def test_every_character_knows_where_it_came_from(text: str) -> None:
    plain, offsets = normalise(text)
    assert len(offsets) == len(plain)
    assert offsets == sorted(offsets)
    assert all(0 <= index < len(text) for index in offsets)


@given(ANY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    plain, _ = normalise(text)
    assert normalise(plain) == (plain, list(range(len(plain))))


@given(ANY, st.data())
def test_a_normalised_span_points_at_the_characters_that_made_it(
    text: str, data: st.DataObject
) -> None:
    plain, offsets = normalise(text)
    if not plain:
        return
    start = data.draw(st.integers(0, len(plain) - 1))
    end = data.draw(st.integers(start + 1, len(plain)))
    first, last = original_span(offsets, start, end)
    assert 0 <= first < last <= len(text)
    assert plain[start] in normalise(text[first])[0]
    assert plain[end - 1] in normalise(text[last - 1])[0]
