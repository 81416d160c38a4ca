"""What leaves the house: signed, without content, to the right place only."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from complaints.delivery.outbox import Claimed
from complaints.delivery.sending import Undelivered
from complaints.delivery.webhooks import Receivers, Webhook
from processes.senders import PushSender, WebhookSender, senders_for
from settings import SettingsError
from tests.receiver import receiver

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = b"a secret of the bureau"
BUREAU = "zhenxi-education"
PAYLOAD = {"ticket": "20261123-0001", "state": "handling", "changed_at": 7, "event": 3}


def message(kind="webhook", target=BUREAU, **more) -> Claimed:
    return Claimed(1, "webhook:3:" + BUREAU, kind, target, {**PAYLOAD, **more}, 1)


def sender(url: str, *, private_address: bool = True, timeout: float = 10.0) -> WebhookSender:
    hook = Webhook(url, "JIESU_WEBHOOK_ZHENXI", private_address)
    return WebhookSender({BUREAU: hook}, {BUREAU: SECRET}, timeout)


@pytest.fixture
def bureau():
    with receiver() as kept:
        yield kept


def test_a_bureau_can_check_who_sent_it_and_when(bureau):
    sender(bureau.url).send(message(), NOW)
    [(headers, body)] = bureau.requests
    stamp, given = (part.partition("=")[2] for part in headers["X-Jiesu-Signature"].split(","))
    wanted = hmac.new(SECRET, f"{stamp}.{body.decode()}".encode(), hashlib.sha256).hexdigest()
    assert hmac.compare_digest(given, wanted)
    assert int(stamp) == NOW.timestamp()
    assert headers["Idempotency-Key"] == "webhook:3:" + BUREAU
    assert headers["Content-Type"] == "application/json"


def test_it_is_told_that_something_changed_never_what(bureau):
    sender(bureau.url).send(message(text="三年级数学老师", detail="…", reporter="13800000000"), NOW)
    [(_, body)] = bureau.requests
    assert json.loads(body) == {"kind": "webhook", **PAYLOAD, "key": "webhook:3:" + BUREAU}


def test_the_same_message_twice_has_one_effect(bureau):
    for _ in range(2):
        sender(bureau.url).send(message(), NOW)
    assert len(bureau.requests) == 2
    assert list(bureau.effects) == ["webhook:3:" + BUREAU]


@pytest.mark.parametrize(
    ("status", "down"), [(400, False), (404, False), (500, False), (429, True), (503, True)]
)
def test_all_but_success_is_a_failure(bureau, status, down):
    bureau.answers = [status]
    with pytest.raises(Undelivered, match=f"对方答复 {status}") as caught:
        sender(bureau.url).send(message(), NOW)
    assert caught.value.receiver_down is down


def test_redirects_are_not_followed(bureau):
    bureau.answers = [307]
    with pytest.raises(Undelivered, match="307"):
        sender(bureau.url).send(message(), NOW)
    assert len(bureau.requests) == 1


def test_a_receiver_that_does_not_answer_is_given_up_in_time(bureau):
    bureau.slow = 1.0
    with pytest.raises(Undelivered, match="没有答复") as caught:
        sender(bureau.url, timeout=0.2).send(message(), NOW)
    assert caught.value.receiver_down


def test_nobody_there(bureau):
    with pytest.raises(Undelivered, match="连不上") as caught:
        sender("http://127.0.0.1:9/").send(message(), NOW)
    assert caught.value.receiver_down


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "169.254.169.254", "[::1]",
        "[::ffff:10.0.0.1]", "[fd00::1]", "0.0.0.0", "224.0.0.1", "[2002:7f00:1::]",
    ],
)  # fmt: skip
def test_an_address_inside_needs_permission(bureau, host):
    port = bureau.url.rpartition(":")[2]
    with pytest.raises(Undelivered, match="内网"):
        sender(f"http://{host}:{port}", private_address=False).send(message(), NOW)
    assert bureau.requests == []


def test_a_bureau_that_left_the_file_is_a_failure_that_is_seen():
    with pytest.raises(Undelivered, match=r"webhooks\.yml"):
        sender("http://127.0.0.1:9/").send(message(target="elsewhere"), NOW)


def test_news_go_to_the_reporters_chat():
    news = []
    push = PushSender(lambda *given: news.append(given))
    push.send(Claimed(1, "push:3:1", "push", "mark", {"text": "已办结"}, 1), NOW)
    assert news == [("mark", "push:3:1", "已办结", NOW)]


def test_a_missing_or_short_secret_is_named_at_the_start():
    hooks = Receivers({BUREAU: Webhook("https://a.example", "JIESU_WEBHOOK_Z", False)}, frozenset())
    for environment in ({}, {"JIESU_WEBHOOK_Z": "short"}):
        with pytest.raises(SettingsError, match="JIESU_WEBHOOK_Z"):
            senders_for(hooks, print, environment)
    assert set(senders_for(hooks, print, {"JIESU_WEBHOOK_Z": "x" * 16})) == {
        "push", "webhook", "notice",
    }  # fmt: skip


def test_what_the_operator_throws_away_counts_as_delivered():
    news = []
    senders = senders_for(Receivers({}, frozenset({"push"})), lambda *given: news.append(given), {})
    senders["push"].send(Claimed(1, "k", "push", "mark", {"text": "已办结"}, 1), NOW)
    assert news == []
    with pytest.raises(Undelivered):
        senders["notice"].send(message("notice"), NOW)
