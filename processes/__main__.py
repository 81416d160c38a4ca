"""`make run`: checks, trains when needed, makes the database, starts everything, says where it is.

Ctrl-C stops all processes. One that dies is named and takes the rest down with exit code 1.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from complaints.regions import City, load_city
from datafiles import DataFileError
from processes.databases import open_databases
from processes.demo import DemoAccess, demo_access
from processes.preflight import LOOPBACK, CannotStart, check
from processes.rule_search import learn_if_changed
from processes.supervisor import Program, Supervisor, answers
from processes.training import train_if_changed
from processes.worker import heartbeat_file
from settings import Settings, SettingsError, load_key


class _Stopped(Exception):
    """Ctrl-C, or a request to end."""


def main() -> int:
    """Run until stopped. Returns the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    os.umask(0o077)  # databases, keys and logs are for the owner alone
    begun = time.monotonic()
    supervisor: Supervisor | None = None
    try:
        settings = Settings.from_environment()
        check(settings)
        city = load_city(settings.regions_folder)
        storage = open_databases(settings)
        if not train_if_changed(settings):
            print("模型没有变化，不用训练。", flush=True)
        learn_if_changed(settings)
        access = demo_access(storage, city, settings.var / "demo-access.json")
        supervisor = Supervisor(settings.root, settings.var / "log", environment(settings))
        supervisor.start(programs(settings))
        _announce(settings, city, access, time.monotonic() - begun)
        return _watch(supervisor)
    except (CannotStart, SettingsError, DataFileError) as reason:
        print(f"无法启动：{reason}", file=sys.stderr)
        return 1
    except _Stopped:
        print("\n正在停止……", flush=True)
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if supervisor:
            supervisor.stop()
            print("已全部停止。", flush=True)


def environment(settings: Settings) -> dict[str, str]:
    """What the processes need in their environment."""
    return {
        "JIESU_CHANNEL_TOKEN": load_key(settings, "channel").hex(),
        "JIESU_ACTION_PORT": str(settings.action_port),
        "JIESU_TRACKER_FILE": str(settings.tracker_file),
        "RASA_TELEMETRY_ENABLED": "false",
    }


def programs(settings: Settings) -> list[Program]:
    """The four processes and how each shows that it works."""
    loopback = f"http://{LOOPBACK}"
    beat, start = heartbeat_file(settings), time.time()
    return [
        Program("worker", "processes.worker", lambda: _beats_since(beat, start)),
        Program("web", "processes.web", answers(f"{_web(settings)}/healthz")),
        Program(
            "actions",
            "processes.action_server",
            answers(f"{loopback}:{settings.action_port}/health"),
        ),
        Program(
            "rasa",
            "processes.rasa_server",
            answers(f"{loopback}:{settings.rasa_port}/webhooks/jiesu/"),
        ),
    ]


def _watch(supervisor: Supervisor) -> int:
    name = supervisor.watch()
    print(
        f"{name} 意外停止，其余进程一并停止。日志末尾：\n{supervisor.tail(name)}", file=sys.stderr
    )
    return 1


def _beats_since(file: Path, start: float) -> bool:
    try:
        return bool(file.stat().st_mtime >= start)
    except FileNotFoundError:
        return False


def _web(settings: Settings) -> str:
    """The address to type on this machine; listening on all addresses includes loopback."""
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return (
        f"http://[{host}]:{settings.web_port}"
        if ":" in host
        else f"http://{host}:{settings.web_port}"
    )


def _announce(settings: Settings, city: City, access: DemoAccess, seconds: float) -> None:
    bureau = city.bureaus.get(access.bureau)
    print(
        f"""
接诉已启动，用时 {seconds:.1f} 秒。按 Ctrl-C 停止。
  家长网页    {_web(settings)}/
  热线工作台  {_web(settings)}/desk/        账号 {access.login}   密码 {access.password}
  部门接口    {_web(settings)}/api/v1/tickets
  部门令牌    {access.token}   （{bureau.name if bureau else access.bureau}）
  日志        {settings.var / "log"}
""",
        flush=True,
    )


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


if __name__ == "__main__":
    sys.exit(main())
