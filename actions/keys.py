"""The secrets of this installation, for every process that opens the ticket database."""

from __future__ import annotations

from functools import partial

from complaints.keys import Keys, load_keys
from settings import Settings, load_key, load_key_ring


def installation_keys(settings: Settings) -> Keys:
    """All keys of the domain. Raises SettingsError when one cannot be used."""
    return load_keys(partial(load_key, settings), load_key_ring(settings, "field"))
