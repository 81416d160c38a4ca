"""A condition over the facts of a case holds, does not hold, or cannot be known yet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.conditions import Bound, Condition, Facts, read_bound

NAMES = ("stage", "day")
VALUES = ("a", "b", "c")


def conditions() -> st.SearchStrategy[Condition]:
    sets = st.frozensets(st.sampled_from(VALUES), min_size=1)
    bounds = st.builds(Bound, st.sampled_from([">", ">=", "<", "<=", "="]), st.integers(0, 4))
    return st.builds(
        Condition,
        st.fixed_dictionaries(
            {}, optional={"stage": sets, "day": sets, "minutes": bounds, "paid": st.booleans()}
        ),
    )


def cases() -> st.SearchStrategy[Facts]:
    one = st.sampled_from(VALUES).map(lambda value: frozenset({value}))
    number = st.floats(-1, 5, allow_nan=False)
    return st.fixed_dictionaries(
        {}, optional={"stage": one, "day": one, "minutes": number, "paid": st.booleans()}
    )


def condition(**wanted: object) -> Condition:
    return Condition(
        {k: read_bound(v) if isinstance(v, str) else v for k, v in wanted.items()}  # type: ignore[misc]
    )


@pytest.mark.parametrize(
    ("text", "number", "fits"),
    [
        ("> 90", 90, False),
        ("> 90", 90.5, True),
        ("<= 60", 60, True),
        ("> 20:30", 20 * 60 + 30, False),
        ("> 20:30", 20 * 60 + 31, True),
        ("= 0", 0, True),
        (">= 1", 0, False),
    ],
)
def test_a_limit_met_exactly_is_kept(text: str, number: float, fits: bool) -> None:
    assert read_bound(text).holds(number) is fits


@pytest.mark.parametrize("text", ["90", "more than 90", "> ", "> 20:75", "=> 3"])
def test_what_is_no_comparison_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no comparison"):
        read_bound(text)


def test_one_fact_that_does_not_fit_decides_even_while_others_are_unknown() -> None:
    junior_late = condition(stage=frozenset({"junior"}), ends="> 20:30")
    assert junior_late.holds({"stage": frozenset({"senior"})}) is False
    assert junior_late.holds({"stage": frozenset({"junior"})}) is None
    assert junior_late.missing({"stage": frozenset({"junior"})}) == ("ends",)
    assert junior_late.holds({"stage": frozenset({"junior"}), "ends": 1260.0}) is True


def test_a_fact_of_several_values_fits_when_one_of_them_does() -> None:
    weekend = condition(day=frozenset({"weekend", "holiday"}))
    assert weekend.holds({"day": frozenset({"workday", "weekend"})}) is True


def test_nothing_asked_always_holds() -> None:
    assert condition().holds({}) is True


@given(conditions(), conditions(), cases())
def test_two_conditions_that_hold_of_one_case_meet(a: Condition, b: Condition, case: Facts) -> None:
    if a.holds(case) and b.holds(case):
        assert a.meets(b) and b.meets(a)


@given(conditions(), cases(), cases())
def test_what_is_known_to_hold_or_not_stays_so_when_more_is_known(
    a: Condition, case: Facts, more: Facts
) -> None:
    before = a.holds(case)
    if before is not None:
        assert a.holds({**more, **case}) is before


@given(conditions(), conditions())
def test_meeting_is_mutual(a: Condition, b: Condition) -> None:
    assert a.meets(b) is b.meets(a)
