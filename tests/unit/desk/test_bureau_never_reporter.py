"""A bureau never learns who reported."""

from __future__ import annotations

from bureau_days import CLERK
from desk_world import MARKET, Bureau, Site, World
from sqlalchemy import select, update

from complaints.lifecycle.act import ticket_by_number
from complaints.lifecycle.merging import merge_ticket
from complaints.protection.contacts import keep_contact
from complaints.protection.receipts import derive_receipt, hash_receipt
from complaints.reporter.evidence import SentFile, add_evidence
from complaints.reporter.evidence_access import release_evidence
from complaints.storage.tables import EvidenceFile, Ticket
from tests.keys import KEYS

MARK = "m" * 64
TICKET_KEYS = {
    "id", "state", "state_label", "role", "kind", "kind_label", "matter_code", "subject_party",
    "party_id", "place", "district", "street", "when", "detail", "subject", "grade", "urgent",
    "filed_at", "answer_by", "overdue", "designated", "return_by", "extensions", "paused_until",
    "finding", "result", "updated_at", "version", "routing",
}  # fmt: skip
SINGLE_KEYS = {"deadline", "also_reported", "tasks", "evidence", "history"}
DEADLINE_KEYS = {"standing", "due_on", "length", "status", "source", "paused_days"}
ALSO_REPORTED_KEYS = {"text", "added"}
EVIDENCE_KEYS = {"ref", "name", "media_type", "size", "sent_at"}
TASK_KEYS = {
    "id", "kind", "kind_label", "ticket", "text", "party_id", "party", "asked_by", "asked_at",
    "due_on", "signed_at", "done_at", "answer",
}  # fmt: skip
ROUTING_KEYS = {"rule", "table", "reason"}
HISTORY_KEYS = {"at", "action", "role", "bureau", "state", "text"}


def test_a_bureau_sees_these_fields_and_no_other(site: Site, world: World, luming: Bureau) -> None:
    number = with_a_released_file(world)
    (listed,) = luming.get("/tickets").json["tickets"]
    signed = luming.post(f"/tickets/{number}/sign").json
    shown = site.bureau(MARKET).get(f"/tickets/{number}").json
    (listed_task,) = site.bureau(MARKET).get("/tasks").json["tasks"]
    assert set(listed) == set(signed) == TICKET_KEYS
    assert set(shown) == TICKET_KEYS | SINGLE_KEYS
    assert set(listed["routing"]) == ROUTING_KEYS
    assert set(shown["deadline"]) == DEADLINE_KEYS
    assert set(shown["also_reported"]) == ALSO_REPORTED_KEYS
    assert [set(note) for note in shown["evidence"]] == [EVIDENCE_KEYS]
    assert [set(task) for task in shown["tasks"]] == [TASK_KEYS]
    assert set(listed_task) == TASK_KEYS
    assert {key for step in shown["history"] for key in step} == HISTORY_KEYS


def with_a_released_file(world: World) -> str:
    sent = SentFile("群里的通知".encode(), "王小禾的聊天记录.txt")
    add_evidence(world.storage, world.evidence, MARK, sent, world.rules, world.moment)
    number = world.file(reporter_mark=MARK)
    with world.storage.write() as session:
        release_evidence(
            session, session.scalars(select(EvidenceFile.ref)).one(), CLERK, world.now()
        )
    return number


def test_nothing_of_the_reporter_is_in_any_answer(world: World, luming: Bureau) -> None:
    phone, intake = "13900001234", "intake-of-this-very-parent"
    ref = keep_contact(world.storage, "phone", phone, world.now())
    number = world.file(
        contact_ref=ref,
        intake_id=intake,
        reporter_mark=MARK,
        pupil=True,
        personal={"name": "王小禾", "address": "印石路9号2单元"},
        detail="我是王小禾，我儿子三年二班的，电话13900001234，衡算数学周六还在上课",
    )
    other = world.file(reporter_mark="n" * 64, detail="我家孩子在四年一班，衡算数学周六还在上课")
    merge(world, other, into=number)
    receipt = derive_receipt(b"secret of a session", "message 1")
    receipt_hash = hash_receipt(receipt, KEYS.receipt)
    with world.storage.write() as session:
        session.execute(
            update(Ticket).where(Ticket.number == number).values(receipt_hash=receipt_hash)
        )

    said = [
        luming.get("/tickets"),
        luming.get("/tasks"),
        luming.get(f"/tickets/{number}/reveal"),
        luming.post(f"/tickets/{number}/reveal", {"reason": "核实"}),
        luming.get(f"/tickets/{number}/reveal"),
        luming.get(f"/tickets/{number}"),
        luming.post(f"/tickets/{number}/answer", {"text": "早了"}),
        luming.post(f"/tickets/{number}/sign"),
        luming.post(f"/tickets/{number}/pause", {"text": "请问在几楼？"}),
        luming.post(f"/tickets/{number}/resume"),
        luming.post(f"/tickets/{number}/extend", {"reason": "要等检测结果", "workdays": 1}),
        luming.post(f"/tickets/{number}/answer", {"text": "已办", "finding": "confirmed"}),
        luming.get("/tasks"),
        luming.get(f"/tickets/{number}"),
        luming.post(f"/tickets/{number}/return", {"reason": "晚了", "basis": "属地管理"}),
    ]
    secrets = (
        phone, phone[-4:], ref, intake, receipt, receipt.replace(" ", ""), receipt_hash, MARK,
        "n" * 64, other, "王小禾", "印石路9号", "三年二班", "四年一班", "contact", "pupil",
    )  # fmt: skip
    assert any("另有1人反映同一事项" in reply.text for reply in said)
    for reply in said:
        for secret in secrets:
            assert secret not in reply.text, (secret, reply.text)


def merge(world: World, number: str, into: str) -> None:
    """What a clerk does with the same matter reported twice."""
    with world.storage.write() as session:
        ticket, main = ticket_by_number(session, number), ticket_by_number(session, into)
        merge_ticket(session, ticket, main, CLERK, world.rules, world.moment)
