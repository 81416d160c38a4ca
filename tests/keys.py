"""Secrets for tests."""

from __future__ import annotations

from complaints.keys import KeyRing, Keys

KEYS = Keys(
    field=KeyRing({1: b"k" * 32}),
    blind=b"b" * 32,
    audit=b"a" * 32,
    receipt=b"s" * 32,
    proof=b"p" * 32,
)
