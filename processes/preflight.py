"""What is checked before anything starts: one clear sentence for each thing that is missing."""

from __future__ import annotations

import socket
import sys
import tempfile

from settings import Settings


class CannotStart(Exception):
    """Why the installation cannot start, and what to do about it."""


def check(settings: Settings) -> None:
    """Check Python, the var folder and the ports. Raises CannotStart."""
    if sys.version_info[:2] != (3, 11):
        raise CannotStart(
            f"需要 CPython 3.11，现在是 {sys.version.split()[0]}：请安装 3.11 后重试。"
        )
    _check_var(settings)
    for name, port, variable in (
        ("网页", settings.web_port, "JIESU_WEB_PORT"),
        ("Rasa", settings.rasa_port, "JIESU_RASA_PORT"),
        ("动作服务", settings.action_port, "JIESU_ACTION_PORT"),
    ):
        host = settings.host if variable == "JIESU_WEB_PORT" else "127.0.0.1"
        _check_port(name, host, port, variable)


def _check_var(settings: Settings) -> None:
    try:
        settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.var):
            pass
    except OSError as failure:
        raise CannotStart(
            f"数据目录 {settings.var} 不能写入（{failure.strerror}）："
            "请改它的权限，或用 JIESU_VAR 指定别的目录。"
        ) from failure


def _check_port(name: str, host: str, port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise CannotStart(
                f"{name}的端口 {host}:{port} 不能用（{failure.strerror}）："
                f"请停掉占用它的程序，或用 {variable} 换一个端口。"
            ) from failure
