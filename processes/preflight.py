"""What is checked before anything starts: one clear sentence for each thing that is missing."""

from __future__ import annotations

import errno
import socket
import stat
import sys
import tempfile

from settings import Settings

LOOPBACK = "127.0.0.1"
# The host is not an address of this machine, or of a family that it does not speak.
_WRONG_HOST = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class CannotStart(Exception):
    """Why the installation cannot start, and what to do about it."""


def check(settings: Settings) -> None:
    """Check Python, the var folder and the ports. Raises CannotStart."""
    if sys.version_info[:2] != (3, 11):
        raise CannotStart(
            f"需要 CPython 3.11，现在是 {sys.version.split()[0]}：请安装 3.11 后重试。"
        )
    _check_var(settings)
    taken: dict[int, str] = {}
    for name, host, port, variable in (
        ("网页", settings.host, settings.web_port, "JIESU_WEB_PORT"),
        ("Rasa", LOOPBACK, settings.rasa_port, "JIESU_RASA_PORT"),
        ("动作服务", LOOPBACK, settings.action_port, "JIESU_ACTION_PORT"),
    ):
        if port in taken:
            raise CannotStart(
                f"{taken[port]} 和 {variable} 都是 {port}：请把其中一个换成别的端口。"
            )
        taken[port] = variable
        _check_port(name, host, port, variable)


def _check_var(settings: Settings) -> None:
    """Make the folder, or shut others out of the one that is there."""
    try:
        settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = settings.var.stat().st_mode
        if mode & stat.S_ISVTX:  # such as the machine's folder for temporary files
            raise CannotStart(
                f"数据目录 {settings.var} 是大家共用的：请用 JIESU_VAR 指定一个自己的目录。"
            )
        if mode & 0o077:
            settings.var.chmod(0o700)
        with tempfile.TemporaryFile(dir=settings.var):
            pass
    except OSError as failure:
        raise CannotStart(
            f"数据目录 {settings.var} 不能写入（{failure.strerror}）："
            "请改它的权限，或用 JIESU_VAR 指定别的目录。"
        ) from failure


def _check_port(name: str, host: str, port: int, variable: str) -> None:
    wrong_host = "请把 JIESU_HOST 改成这台机器的地址，或去掉它。"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as failure:
        raise CannotStart(f"{name}的地址 {host} 查不到：{wrong_host}") from failure
    for family, _, _, _, address in found:
        try:
            _bind(family, address)
        except OSError as failure:
            advice = f"请停掉占用它的程序，或用 {variable} 换一个端口。"
            if failure.errno in _WRONG_HOST:
                advice = wrong_host
            raise CannotStart(
                f"{name}的端口 {host}:{port} 不能用（{failure.strerror}）：{advice}"
            ) from failure


def _bind(family: int, address: tuple[str | int, ...]) -> None:
    """Take an address for a moment, as the server will."""
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind(address)
