"""How the worker delivers: into a reporter's chat, and to the systems of bureaus over HTTP.

A bureau's system is told that something changed, never what: it pulls from the API. The message
is signed (`X-Jiesu-Signature: t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body", hex>`) and
carries its key (`Idempotency-Key`), by which a second one is known as the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from complaints.delivery.outbox import Claimed
from complaints.delivery.sending import Sender, Undelivered
from complaints.delivery.webhooks import Receivers, Webhook
from settings import SettingsError

AddNews = Callable[[str, str, str, datetime], None]
"""Puts news (reporter's mark, key, text, time) where the reporter's chat finds it, once by key."""

_TIMEOUT = 10.0  # seconds, all told
_SHORTEST_SECRET = 16
_TOLD = ("ticket", "version", "state", "changed_at", "event")
_BUSY = (429, 502, 503, 504)


class PushSender:
    """Puts news into the chat of a reporter."""

    def __init__(self, add_news: AddNews) -> None:
        self._add_news = add_news

    def send(self, message: Claimed, now: datetime) -> None:
        """The reporter sees it in the widget. What the store raises is a failure."""
        self._add_news(message.target, message.key, str(message.payload["text"]), now)


class DiscardSender:
    """Throws away what the operator does not want delivered; it counts as delivered."""

    def send(self, message: Claimed, now: datetime) -> None:
        """Do nothing."""


class WebhookSender:
    """Tells a bureau's system that a ticket changed."""

    def __init__(
        self,
        webhooks: Mapping[str, Webhook],
        secrets: Mapping[str, bytes],
        timeout: float = _TIMEOUT,
    ) -> None:
        """`webhooks` and `secrets` are by bureau; `timeout` is for a whole message, in seconds."""
        self._webhooks = webhooks
        self._secrets = secrets
        self._timeout = timeout

    def send(self, message: Claimed, now: datetime) -> None:
        """One signed POST; 2xx is delivered, all else is not. Raises Undelivered."""
        webhook = self._webhooks.get(message.target)
        if webhook is None:
            raise Undelivered("webhooks.yml 里没有这个单位")
        body = _body(message)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.key,
            "User-Agent": "jiesu",
            "X-Jiesu-Signature": signature(self._secrets[message.target], body, now),
        }
        try:
            status = asyncio.run(self._post(webhook, body, headers))
        except TimeoutError as late:
            reason = f"{self._timeout:g} 秒内没有答复"
            raise Undelivered(reason, receiver_down=True) from late
        except _PrivateAddress as private:
            reason = "地址在内网，没有许可"
            raise Undelivered(reason, receiver_down=True) from private
        except (ClientError, OSError) as unreachable:
            reason = f"连不上（{type(unreachable).__name__}）"
            raise Undelivered(reason, receiver_down=True) from unreachable
        if not 200 <= status < 300:
            raise Undelivered(f"对方答复 {status}", receiver_down=status in _BUSY)

    async def _post(self, webhook: Webhook, body: bytes, headers: dict[str, str]) -> int:
        resolver: AbstractResolver = ThreadedResolver()
        if not webhook.private_address:
            _refuse_private(urlsplit(webhook.url).hostname or "")
            resolver = _PublicResolver(resolver)
        connector = TCPConnector(resolver=resolver, force_close=True)
        timeout = ClientTimeout(total=self._timeout)
        async with ClientSession(connector=connector, timeout=timeout) as client:
            post = client.post(webhook.url, data=body, headers=headers, allow_redirects=False)
            async with post as response:
                response.close()  # only the status counts
                return response.status


def signature(secret: bytes, body: bytes, at: datetime) -> str:
    """The value of `X-Jiesu-Signature` for a body sent `at` this time."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def senders_for(
    receivers: Receivers, add_news: AddNews, environment: Mapping[str, str] = os.environ
) -> dict[str, Sender]:
    """The senders of an installation by kind. Raises SettingsError when a secret is missing."""
    bureaus = WebhookSender(receivers.webhooks, _secrets(receivers, environment))
    senders: dict[str, Sender] = {
        "push": PushSender(add_news),
        "webhook": bureaus,
        "notice": bureaus,
    }
    return senders | {kind: DiscardSender() for kind in receivers.discarded}


def _secrets(receivers: Receivers, environment: Mapping[str, str]) -> dict[str, bytes]:
    secrets = {}
    for bureau, webhook in receivers.webhooks.items():
        secret = environment.get(webhook.secret_variable, "")
        if len(secret) < _SHORTEST_SECRET:
            raise SettingsError(
                f"环境变量 {webhook.secret_variable} 应是与 {bureau} 约好的密钥，至少"
                f" {_SHORTEST_SECRET} 个字符：请设上，或在 webhooks.yml 里去掉这个单位。"
            )
        secrets[bureau] = secret.encode()
    return secrets


def _body(message: Claimed) -> bytes:
    """What may be told, whatever else the payload holds."""
    told = {name: message.payload[name] for name in _TOLD if name in message.payload}
    content: dict[str, Any] = {"kind": message.kind, **told, "key": message.key}
    return json.dumps(content, ensure_ascii=False).encode()


class _PrivateAddress(Exception):
    """The receiver is not on the public internet."""


class _PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, at the moment of connecting."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for result in found:
            _refuse_private(result["host"])
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _refuse_private(host: str) -> None:
    """Raises _PrivateAddress for an address that is not public; names are looked up later."""
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    if not address.is_global or address.is_multicast:
        raise _PrivateAddress
