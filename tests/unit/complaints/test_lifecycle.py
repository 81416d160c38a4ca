"""The table of states against a second, independent writing of it: what is not there is refused."""

from __future__ import annotations

from itertools import product

import pytest

from complaints.lifecycle.states import Action, Role, State
from complaints.lifecycle.table import FACT_LABELS, TRANSITIONS, NotAllowed, transition

# One block for each state: action, who may, state afterwards. H hotline, L lead, C co-handler,
# R reporter, S system (the clock).
ALLOWED = {
    "pending": """
        accept HS accepted | reject H rejected | reclassify H pending | correct H pending
        redact H pending
        supplement RH pending | withdraw R withdrawn | merge HS merged | split H pending
        task_sign LC pending | task_done LC pending
        warn S pending | overdue S pending | supervise HS pending""",
    "accepted": """
        reject H rejected | reclassify H accepted | correct H accepted
        redact H accepted | dispatch HS dispatched
        designate HS dispatched | supplement RH accepted | withdraw R withdrawn | merge HS merged
        split H accepted | task_sign LC accepted | task_done LC accepted
        warn S accepted | overdue S accepted | supervise HS accepted""",
    "dispatched": """
        reclassify H dispatched | correct H dispatched
        redact H dispatched | dispatch HS dispatched
        designate HS dispatched | sign LS handling | return L return_pending
        transfer LH dispatched | escalate LH dispatched | whistle LC dispatched
        supplement RH dispatched | withdraw R withdrawn | merge HS merged | split H dispatched
        task_sign LC dispatched | task_done LC dispatched
        warn S dispatched | overdue S dispatched | supervise HS dispatched""",
    "return_pending": """
        reject H rejected | reclassify H return_pending | correct H return_pending
        redact H return_pending
        designate HS dispatched | arbitrate:agreed H accepted | arbitrate:refused H dispatched
        supplement RH return_pending | withdraw R withdrawn | merge HS merged
        split H return_pending | task_sign LC return_pending | task_done LC return_pending
        warn S return_pending | overdue S return_pending | supervise HS return_pending""",
    "handling": """
        reclassify H handling | correct H handling
        redact H handling | designate H dispatched
        return L return_pending | transfer LH dispatched
        escalate LH dispatched | whistle LC handling | pause L paused | extend L handling
        answer L answered | supplement RH handling | withdraw R withdrawn | merge HS merged
        split H handling | task_sign LC handling | task_done LC handling
        warn S handling | overdue S handling | supervise HS handling""",
    "paused": """
        reclassify H paused | correct H paused
        redact H paused | designate H dispatched
        resume LHS handling | supplement RH handling | withdraw R withdrawn
        merge HS merged | split H paused | task_sign LC paused | task_done LC paused
        warn S paused | overdue S paused | supervise HS paused""",
    "answered": """
        correct H answered | redact H answered | call_back HR answered | close HS closed
        redo:bureau H handling | redo:hotline H accepted
        reopen:bureau HR dispatched | reopen:hotline HR accepted | notify HS answered | task_sign LC answered
        task_done LC answered | warn S answered""",
    "closed": """
        redact H closed | call_back HR closed | notify HS closed
        reopen:bureau HR dispatched | reopen:hotline HR accepted
        task_sign LC closed | task_done LC closed | warn S closed | erase S closed""",
    "rejected": """
        reopen H pending | erase S rejected
        task_sign LC rejected | task_done LC rejected | warn S rejected""",
    "withdrawn": """
        erase S withdrawn
        task_sign LC withdrawn | task_done LC withdrawn | warn S withdrawn""",
    "merged": """
        redact H merged | supplement RH merged | withdraw R withdrawn | split HS accepted
        call_back HR merged | reopen:bureau HR dispatched | reopen:hotline HR accepted
        erase S merged""",
}
ROLES = {
    "H": Role.HOTLINE,
    "L": Role.LEAD,
    "C": Role.CO_HANDLER,
    "R": Role.REPORTER,
    "S": Role.SYSTEM,
}
GIVEN = dict.fromkeys(FACT_LABELS, "x") | {"decision": "agreed"}


def expected() -> dict[tuple[State, Action, Role], dict[str | None, State]]:
    """(state, action, role) → decision → state afterwards."""
    found: dict[tuple[State, Action, Role], dict[str | None, State]] = {}
    for state, block in ALLOWED.items():
        for entry in block.replace("\n", " | ").split("|"):
            if not entry.strip():
                continue
            for action, roles, after in _triples(entry.split()):
                name, _, decision = action.partition(":")
                for role in roles:
                    key = State(state), Action(name), ROLES[role]
                    found.setdefault(key, {})[decision or None] = State(after)
    return found


def _triples(words: list[str]):
    return zip(words[::3], words[1::3], words[2::3], strict=True)


EXPECTED = expected()


@pytest.mark.parametrize("state", list(State))
def test_every_action_by_every_role_in_every_state(state):
    for action, role in product(Action, Role):
        outcomes = EXPECTED.get((state, action, role))
        if outcomes is None:
            known = any((state, action, other) in EXPECTED for other in Role)
            with pytest.raises(NotAllowed) as refused:
                transition(state, action, role, "理由", GIVEN)
            assert refused.value.code == ("wrong_role" if known else "wrong_state"), (action, role)
            assert str(refused.value)
            continue
        for decision, after in outcomes.items():
            given = GIVEN | ({"decision": decision} if decision else {})
            step = transition(state, action, role, "理由", given)
            assert step.state_after(given) == after, (state, action, role)


def test_the_product_is_complete():
    assert set(ALLOWED) == set(State)
    assert {action for _, action, _ in EXPECTED} == set(Action)
    assert {role for *_, role in EXPECTED} == set(Role)


@pytest.mark.parametrize("pair", list(TRANSITIONS), ids=lambda pair: "-".join(pair))
def test_what_must_be_given_is_asked_for(pair):
    step = TRANSITIONS[pair]
    for name in step.needs:
        text = None if name == "text" else "理由"
        given = {key: value for key, value in GIVEN.items() if key != name}
        with pytest.raises(NotAllowed) as refused:
            transition(*pair, step.roles[0], text, given)
        assert refused.value.code == ("text_required" if name == "text" else "fact_required")


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_blanks_are_no_words(text):
    with pytest.raises(NotAllowed) as refused:
        transition(State.HANDLING, Action.ANSWER, Role.LEAD, text)
    assert refused.value.code == "text_required"


def test_an_unknown_decision_on_a_returned_ticket_is_refused():
    step = transition(State.RETURN_PENDING, Action.ARBITRATE, Role.HOTLINE, "理由", GIVEN)
    with pytest.raises(NotAllowed):
        step.state_after({"decision": "perhaps"})


def test_what_is_over_stays_over_but_for_a_new_beginning():
    over = [state for state in State if not state.is_open]
    assert over == [State.REJECTED, State.CLOSED, State.WITHDRAWN, State.MERGED]
    leads_out = {
        action
        for (state, action), step in TRANSITIONS.items()
        if state in over
        for after in _states_after(step)
        if after.is_open
    }
    assert leads_out == {Action.REOPEN, Action.SPLIT}


def _states_after(step):
    return [step.next_state] if isinstance(step.next_state, State) else step.next_state.values()


def test_every_state_and_action_has_a_chinese_label():
    assert all(state.label for state in State) and all(action.label for action in Action)


def test_the_issues_states_are_there_by_name():
    assert {state.label for state in State} == {
        "待受理", "已受理", "不予受理", "已派单", "退单待审", "办理中", "待补充（暂停）",
        "已答复待回访", "已办结", "已撤回", "已并单",
    }  # fmt: skip
