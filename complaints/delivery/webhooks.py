"""Which bureaus' own systems are told of changes, from a city's `webhooks.yml`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from datafiles import error_at, load_checked


@dataclass(frozen=True)
class Webhook:
    """Where a bureau's system listens; its secret is in the environment variable named here."""

    url: str
    secret_variable: str
    private_address: bool


@dataclass(frozen=True)
class Receivers:
    """Webhooks by bureau, and the kinds of messages that the operator wants thrown away."""

    webhooks: Mapping[str, Webhook]
    discarded: frozenset[str]


def load_receivers(folder: Path, bureaus: Collection[str]) -> Receivers:
    """Read `webhooks.yml` of a city with these bureaus. Raises DataFileError."""
    path = folder / "webhooks.yml"
    content = load_checked(path, folder.parent / "schema" / "webhooks.json")
    webhooks = {}
    for bureau, entry in content["bureaus"].items():
        if bureau not in bureaus:
            raise error_at(path, content["bureaus"], bureau, f"no bureau {bureau}")
        if not _is_address(entry["url"]):
            raise error_at(path, entry, "url", "is no http or https address")
        webhooks[str(bureau)] = Webhook(
            str(entry["url"]),
            str(entry["secret_variable"]),
            bool(entry.get("private_address", False)),
        )
    return Receivers(webhooks, frozenset(content["discard"]))


def _is_address(url: str) -> bool:
    """Whether a URL names a host, perhaps a port, and no user."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError:
        return False
