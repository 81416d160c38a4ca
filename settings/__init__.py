"""Where things are: folders, addresses and keys of one installation, read from the environment.

A leaf package: every process reads the same values from here, none is written elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from settings.errors import SettingsError
from settings.keys import load_ring, load_secret

__all__ = ["Settings", "SettingsError", "load_key", "load_key_ring"]

_ROOT = Path(__file__).resolve().parent.parent


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
    def keys_folder(self) -> Path:
        """Where secrets lie that the environment does not give."""
        return self.var / "keys"

    @property
    def evidence_folder(self) -> Path:
        """Where the reporters' files lie, sealed."""
        return self.var / "evidence"

    @property
    def models_folder(self) -> Path:
        """Where trained Rasa models are kept."""
        return self.root / "models"

    @property
    def search_file(self) -> Path:
        """Where the learnt search of the rule book is kept."""
        return self.models_folder / "policy.npz"


def load_key(settings: Settings, name: str) -> bytes:
    """The 32 secret bytes called `name`: from `JIESU_<NAME>_KEY`, or a file made at first use.

    Raises SettingsError when they are not 32 bytes.
    """
    return load_secret(settings.keys_folder, name)


def load_key_ring(settings: Settings, name: str) -> Mapping[int, bytes]:
    """The keys called `name` by number (`settings.keys` tells where they lie); one at least.

    It notices by itself when a key file is added. Raises SettingsError.
    """
    return load_ring(settings.keys_folder, name)


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
