"""Where things are: folders, addresses and keys of one installation, read from the environment.

A leaf package: every process reads the same values from here, none is written elsewhere.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Settings", "SettingsError", "load_key"]

_ROOT = Path(__file__).resolve().parent.parent


class SettingsError(RuntimeError):
    """The environment asks for something impossible. The text says what to change."""


@dataclass(frozen=True)
class Settings:
    """One installation. Ports are TCP on `host`; URLs are SQLAlchemy's."""

    root: Path
    var: Path
    host: str
    web_port: int
    rasa_port: int
    action_port: int
    database_url: str
    inbox_url: str
    region: str
    turn_timeout: float
    messages_per_minute: int
    trusted_proxy: bool

    @classmethod
    def from_environment(cls) -> Settings:
        """Read `JIESU_*`, with defaults that need nothing installed.

        Raises SettingsError when a value is impossible.
        """
        root = Path(os.environ.get("JIESU_ROOT", _ROOT)).resolve()
        var = Path(os.environ.get("JIESU_VAR", root / "var")).resolve()
        return cls(
            root=root,
            var=var,
            host=os.environ.get("JIESU_HOST", "127.0.0.1"),
            web_port=_port("JIESU_WEB_PORT", 8080),
            rasa_port=_port("JIESU_RASA_PORT", 5005),
            action_port=_port("JIESU_ACTION_PORT", 5055),
            database_url=os.environ.get("JIESU_DATABASE_URL", f"sqlite:///{var}/jiesu.db"),
            inbox_url=os.environ.get("JIESU_INBOX_URL", f"sqlite:///{var}/inbox.db"),
            region=os.environ.get("JIESU_REGION", "demo"),
            turn_timeout=float(_number("JIESU_TURN_TIMEOUT", 15)),
            messages_per_minute=_number("JIESU_MESSAGES_PER_MINUTE", 60),
            trusted_proxy=_switch("JIESU_TRUSTED_PROXY"),
        )

    @property
    def tracker_file(self) -> Path:
        """Rasa's conversations (SQLite)."""
        return self.var / "tracker.db"

    @property
    def regions_folder(self) -> Path:
        """The folder of this installation's city."""
        return self.root / "data" / "regions" / self.region

    @property
    def routing_folder(self) -> Path:
        """The folder of the jurisdiction and deadline tables."""
        return self.root / "data" / "routing"

    @property
    def policy_folder(self) -> Path:
        """The folder of the rule book."""
        return self.root / "data" / "policy"

    @property
    def models_folder(self) -> Path:
        """Where trained Rasa models are kept."""
        return self.root / "models"

    @property
    def search_file(self) -> Path:
        """Where the learnt search of the rule book is kept."""
        return self.models_folder / "policy.npz"


def load_key(settings: Settings, name: str) -> bytes:
    """The 32 secret bytes called `name`, made at first use, readable by the owner alone.

    Two processes that start together agree: the file is created exclusively, the loser reads it.
    """
    folder = settings.var / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.key"
    fresh = folder / f".{name}.{secrets.token_hex(8)}"
    if not path.exists():
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes()
    if len(key) != 32:
        raise SettingsError(
            f"{path} 应有 32 字节，实际 {len(key)} 字节；请从备份恢复这个密钥文件。"
        )
    return key


def _number(name: str, default: int, largest: int = 10**9) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or len(value) > 10 or not 1 <= int(value) <= largest:
        raise SettingsError(
            f"环境变量 {name}={value[:40]!r} 不是 1 到 {largest} 的整数；请改正，或去掉它。"
        )
    return int(value)


def _port(name: str, default: int) -> int:
    return _number(name, default, largest=65535)


def _switch(name: str) -> bool:
    value = os.environ.get(name, "0")
    if value not in ("0", "1"):
        raise SettingsError(f"环境变量 {name}={value[:40]!r} 只能是 0 或 1。")
    return value == "1"
