"""Shows that a long step goes on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_PAUSE = 0.2  # seconds


def waiting(what: str, done: Callable[[], bool], longest: float | None = None) -> bool:
    """Wait until `done`, with a line that counts seconds; False after `longest` seconds."""
    start = time.monotonic()
    shown = -1
    on_terminal = sys.stdout.isatty()
    while not done():
        seconds = int(time.monotonic() - start)
        if longest is not None and seconds >= longest:
            return False
        if seconds != shown and (on_terminal or seconds % 10 == 0):
            shown = seconds
            end = "" if on_terminal else "\n"
            print(f"\r{what}……{seconds} 秒" if on_terminal else f"{what}……{seconds} 秒", end=end)
            sys.stdout.flush()
        time.sleep(_PAUSE)
    if on_terminal:
        print("\r", end="")
    print(f"{what}：完成（{time.monotonic() - start:.1f} 秒）", flush=True)
    return True
