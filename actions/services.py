"""What actions work with: the data of the domain and the rule book, read once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from actions.keys import installation_keys
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from policy.adviser import Adviser, load_adviser
from settings import Settings


@dataclass(frozen=True)
class Services:
    """Everything below the dialogue."""

    storage: Storage
    rules: Rules
    adviser: Adviser


@cache
def services() -> Services:
    """The services of this installation. Raises DataFileError when a data file is wrong."""
    settings = Settings.from_environment()
    rules = load_rules(settings.routing_folder, settings.regions_folder)
    return Services(
        storage=Storage(settings.database_url, installation_keys(settings)),
        rules=rules,
        adviser=load_adviser(settings.policy_folder, rules.city.terms, kept=settings.search_file),
    )
