"""What is wrong with an installation's settings."""

from __future__ import annotations


class SettingsError(RuntimeError):
    """The environment asks for something impossible. The text says what to change."""
