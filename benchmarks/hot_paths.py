"""How fast the three hot paths are: a chat turn, a bureau's pull, a page.

Needs a running installation with a generous message limit:
    JIESU_MESSAGES_PER_MINUTE=100000 make run
    .venv/bin/python -m benchmarks.hot_paths --token jb_…
Loads are bounded (`--turns`, `--parents`). Last line: one JSON object, times in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable

import aiohttp

TURNS = (
    "周末能给小学生上数学班吗",
    "砚秋语文每周六上午给五年级上数学课，一直上到中午",
    "匿名",
    "不对，是周日",
    "算了",
)


async def timed(call: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds that a call takes."""
    start = time.perf_counter()
    await call()
    return (time.perf_counter() - start) * 1000


async def parent(http: aiohttp.ClientSession, rounds: int) -> list[float]:
    """One parent who goes through the turns `rounds` times, each round in a new session."""
    times = []
    for _ in range(rounds):
        async with http.post("/chat/session", json={}) as answer:
            headers = {"Authorization": f"Bearer {(await answer.json())['session']}"}
        for text in TURNS:
            body = {"text": text, "message_id": uuid.uuid4().hex}

            async def turn(body: dict = body, headers: dict = headers) -> None:
                async with http.post("/chat/message", json=body, headers=headers) as answer:
                    assert answer.status == 200, await answer.text()
                    await answer.read()

            times.append(await timed(turn))
    return times


async def get(http: aiohttp.ClientSession, path: str, token: str, times: int) -> list[float]:
    """`times` requests of one path, one after the other."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def once() -> None:
        async with http.get(path, headers=headers) as answer:
            assert answer.status == 200, answer.status
            await answer.read()

    return [await timed(once) for _ in range(times)]


def summary(times: list[float]) -> dict[str, float]:
    """Median and 99th percentile."""
    ordered = sorted(times)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p99": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
    }


async def measure(url: str, token: str, parents: int, rounds: int) -> dict[str, object]:
    """All figures."""
    async with aiohttp.ClientSession(url) as http:
        await parent(http, 2)  # warm-up
        alone = await parent(http, rounds)
        start = time.perf_counter()
        crowd = await asyncio.gather(*(parent(http, rounds) for _ in range(parents)))
        seconds = time.perf_counter() - start
        together = [one for times in crowd for one in times]
        return {
            "turn_alone_ms": summary(alone),
            "turn_together_ms": summary(together),
            "parents": parents,
            "turns_per_second": round(len(together) / seconds, 1),
            "pull_ms": summary(await get(http, "/api/v1/tickets?limit=50", token, 200)),
            "page_ms": summary(await get(http, "/", "", 200)),
        }


def main() -> None:
    """Parse the command line, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--url", default="http://127.0.0.1:8080")
    arguments.add_argument("--token", required=True)
    arguments.add_argument("--parents", type=int, default=10)
    arguments.add_argument("--rounds", type=int, default=10)
    given = arguments.parse_args()
    print(json.dumps(asyncio.run(measure(given.url, given.token, given.parents, given.rounds))))


if __name__ == "__main__":
    main()
