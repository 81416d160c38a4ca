"""Ten real messages typed in as a parent would: where does each one's ticket end?

    make run                       # in one terminal
    .venv/bin/python -m benchmarks.ten_messages FILE

FILE is a JSONL of labelled messages; ten are picked from it by id and read at run time. The
writers live in other cities: each says 鹭鸣区 when asked where, names the party as labelled, stays
anonymous, presses the first kind offered only when it is the labelled one, and says 不知道 to the
rest. Prints one row per message; nothing of the texts.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from complaints.model import Kind

IDS = ("m210", "m259", "m301", "m611", "m401", "m903", "m325", "m312", "m57", "m50")
LABELS = {kind.label: kind.value for kind in Kind}
"""A kind's label as the bot shows it → its name."""


def post(url: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """POST JSON and read JSON."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.loads(answer.read()))


def answer(row: dict[str, Any], reply: dict[str, Any]) -> dict[str, str]:
    """What this parent answers: a button or words."""
    asks, buttons = reply["asks"], reply["buttons"]
    wanted = {
        "kind": lambda title: LABELS.get(title) == row["category"],
        "org": lambda title: title == "都不是",
        "place": lambda title: title == "鹭鸣区",
        "anonymous": lambda title: title == "匿名",
        "confirm": lambda title: title == "确认提交",
    }.get(asks, lambda title: False)
    for button in buttons:
        if wanted(button["title"]):
            return {"button": button["button"]}
    words = {"org": (row["org"] or ["不知道"])[0], "place": "鹭鸣区", "detail": row["title"]}
    words["when"] = (row["when"] or ["不知道"])[0]
    return {"text": words.get(asks, "不知道")}


def talk(url: str, row: dict[str, Any]) -> tuple[list[str], str]:
    """One conversation. Returns what was asked, and the ticket number or the last words."""
    token = post(f"{url}/chat/session", {})["session"]
    said: dict[str, str] = {"text": f"{row['title']}。{row['text']}"[:4000]}
    asked = []
    for _ in range(15):
        body = {**said, "message_id": uuid.uuid4().hex}
        replies = post(f"{url}/chat/message", body, token)["replies"]
        filed = next((r["text"] for r in replies if r["receipt"]), None)
        if filed:
            return asked, filed.split("工单号 ")[1].split("，")[0]
        asking = next((r for r in reversed(replies) if r["asks"]), None)
        if asking is None:
            return asked, f"no ticket: {replies[-1]['text'][:30]}"
        asked.append(asking["asks"])
        said = answer(row, asking)
    return asked, "no ticket: the form did not end"


def main() -> None:
    """Talk ten times and print a Markdown table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--url", default="http://127.0.0.1:8080")
    arguments.add_argument("--database", type=Path, default=Path("var/jiesu.db"))
    given = arguments.parse_args()
    rows = {r["id"]: r for r in map(json.loads, given.file.read_text("utf-8").splitlines())}
    print("| id | 标注 | 识别（把握） | 问了什么 | 管辖码 | 主办 | 状态 |")
    print("|---|---|---|---|---|---|---|")
    with sqlite3.connect(f"file:{given.database}?mode=ro", uri=True) as database:
        for row in (rows[wanted] for wanted in IDS):
            asked, number = talk(given.url, row)
            ticket = database.execute(
                "SELECT kind, kind_confidence, matter_code, lead, state FROM ticket WHERE number=?",
                [number],
            ).fetchone() or (number, 0.0, "", "", "")
            kind, sure, code, lead, state = ticket
            asks = "、".join(asked)
            print(
                f"| {row['id']} | {row['category']} | {kind}（{sure:.2f}） | {asks} "
                f"| {code} | {lead} | {state} |"
            )


if __name__ == "__main__":
    main()
