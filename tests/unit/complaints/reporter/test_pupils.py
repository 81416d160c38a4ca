"""What a pupil is told."""

from __future__ import annotations

from complaints.reporter.pupils import pupil_words


def test_a_pupil_is_thanked_and_told_that_nothing_is_needed():
    words = pupil_words()
    assert words.startswith("谢谢你")
    for promise in ("不用写你的名字", "电话", "学校不会收到", "不想也没关系"):
        assert promise in words
    assert "110" not in words and len(words) < 120


def test_in_danger_the_emergency_number_comes_first():
    assert "110" in pupil_words(in_danger=True)[:40]
    assert "12355" in pupil_words(in_danger=True) and "12355" in pupil_words(sad=True)
