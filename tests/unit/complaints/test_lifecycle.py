"""The table of states: what is not in it is refused."""

from __future__ import annotations

from itertools import product

import pytest

from complaints.lifecycle.table import TRANSITIONS, Action, NotAllowed, Role, State, transition


@pytest.mark.parametrize(("state", "action", "role"), list(product(State, Action, Role)))
def test_every_state_action_and_role(state, action, role):
    allowed = TRANSITIONS.get((state, action))
    if allowed is None:
        with pytest.raises(NotAllowed) as refused:
            transition(state, action, role, "理由")
        assert refused.value.code == "wrong_state"
    elif role != allowed.role:
        with pytest.raises(NotAllowed) as refused:
            transition(state, action, role, "理由")
        assert refused.value.code == "wrong_role"
    else:
        assert transition(state, action, role, "理由") == allowed


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_an_answer_and_a_return_need_words(text):
    for action in (Action.ANSWER, Action.RETURN):
        with pytest.raises(NotAllowed) as refused:
            transition(State.HANDLING, action, Role.LEAD, text)
        assert refused.value.code == "text_required"


def test_nothing_happens_to_a_ticket_that_is_over():
    over = [state for state in State if not state.is_open]
    assert over and not [key for key in TRANSITIONS if key[0] in over]


def test_every_state_has_a_chinese_label():
    assert all(state.label for state in State)
