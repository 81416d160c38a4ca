"""A bureau never learns who reported."""

from __future__ import annotations

from desk_world import Bureau, World

from complaints.protection.contacts import keep_contact
from complaints.protection.receipts import derive_receipt, hash_receipt
from complaints.storage.tables import Ticket

TICKET_KEYS = {
    "id", "state", "state_label", "role", "kind", "kind_label", "matter_code", "subject_party",
    "party_id", "place", "district", "street", "when", "detail", "subject", "grade", "urgent",
    "filed_at", "answer_by", "overdue", "updated_at", "version", "routing",
}  # fmt: skip
ROUTING_KEYS = {"rule", "table", "reason"}
HISTORY_KEYS = {"at", "action", "role", "bureau", "state", "text"}


def test_a_bureau_sees_these_fields_and_no_other(world: World, luming: Bureau) -> None:
    number = world.file()
    (listed,) = luming.get("/tickets").json["tickets"]
    shown = luming.get(f"/tickets/{number}").json
    signed = luming.post(f"/tickets/{number}/sign").json
    history = luming.get(f"/tickets/{number}").json["history"]
    assert set(listed) == set(signed) == TICKET_KEYS
    assert set(shown) == TICKET_KEYS | {"history"}
    assert set(listed["routing"]) == ROUTING_KEYS
    assert {key for step in history for key in step} == HISTORY_KEYS


def test_nothing_of_the_reporter_is_in_any_answer(world: World, luming: Bureau) -> None:
    key, salt = b"k" * 32, b"s" * 16
    phone, intake = "13900001234", "intake-of-this-very-parent"
    ref = keep_contact(world.storage, "phone", phone, key, world.now())
    number = world.file(contact_ref=ref, intake_id=intake)
    receipt = derive_receipt(b"secret of a session", "message 1")
    receipt_hash = hash_receipt(receipt, salt)
    with world.storage.write() as session:
        session.query(Ticket).update({"receipt_hash": receipt_hash})

    said = [
        luming.get("/tickets"),
        luming.get(f"/tickets/{number}"),
        luming.post(f"/tickets/{number}/answer", {"text": "早了"}),
        luming.post(f"/tickets/{number}/sign"),
        luming.post(f"/tickets/{number}/answer", {"text": "已办"}),
        luming.get(f"/tickets/{number}"),
        luming.post(f"/tickets/{number}/return", {"reason": "晚了"}),
    ]
    plain = receipt.replace(" ", "")
    for reply in said:
        for secret in (phone, phone[-4:], ref, intake, receipt, plain, receipt_hash, "contact"):
            assert secret not in reply.text, secret
