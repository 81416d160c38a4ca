"""`webhooks.yml`: whose systems are told; a mistake names file, line and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from complaints.delivery.webhooks import Webhook, load_receivers
from datafiles import DataFileError

REGIONS = Path(__file__).resolve().parents[4] / "data/regions"
GOOD = "https://gongdan.example/jiesu"


@pytest.fixture
def load(tmp_path):
    shutil.copytree(REGIONS / "schema", tmp_path / "schema")
    (tmp_path / "city").mkdir()

    def load(text: str):
        (tmp_path / "city/webhooks.yml").write_text(text, encoding="utf-8")
        return load_receivers(tmp_path / "city", {"zhenxi-education"})

    return load


def entry(url: str = GOOD, bureau: str = "zhenxi-education", secret: str = "JIESU_WEBHOOK_Z"):
    return (
        f"bureaus:\n  {bureau}:\n    url: {url}\n    secret_variable: {secret}\ndiscard: [notice]\n"
    )


def test_the_demo_tells_nobody():
    assert load_receivers(REGIONS / "demo", set()).webhooks == {}


def test_a_bureau_with_its_address(load):
    receivers = load(entry())
    assert receivers.webhooks == {
        "zhenxi-education": Webhook(GOOD, "JIESU_WEBHOOK_Z", private_address=False)
    }
    assert receivers.discarded == {"notice"}


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        (entry(bureau="nowhere"), 2, "no bureau nowhere"),
        (entry(url="ftp://gongdan.example/"), 3, "url"),
        (entry(url="https://user:pass@gongdan.example/"), 3, "url"),
        (entry(url="https://gongdan.example:99999/"), 3, "url"),
        (entry(url="https:///jiesu"), 3, "url"),
        (entry(secret="the-secret-itself"), 4, "secret_variable"),
        (entry().replace("notice", "everything"), 5, "discard"),
        ("discard: []\n", 1, "bureaus"),
    ],
)
def test_a_mistake_is_named(load, text, line, word):
    with pytest.raises(DataFileError, match=f"webhooks.yml:{line}: .*{word}"):
        load(text)
