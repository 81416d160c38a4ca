"""What actions work with: the city, the tables and the rule book, read once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from complaints.deadlines.limits import load_deadlines
from complaints.filing import FilingRules
from complaints.regions import load_city
from complaints.routing.decision import load_routing
from complaints.storage import Storage
from policy.adviser import Adviser, load_adviser
from settings import Settings


@dataclass(frozen=True)
class Services:
    """Everything below the dialogue."""

    storage: Storage
    rules: FilingRules
    adviser: Adviser


@cache
def services() -> Services:
    """The services of this installation. Raises DataFileError when a data file is wrong."""
    settings = Settings.from_environment()
    city = load_city(settings.regions_folder)
    return Services(
        storage=Storage(settings.database_url),
        rules=FilingRules(
            city=city,
            routing=load_routing(settings.routing_folder),
            deadlines=load_deadlines(settings.routing_folder, city.terms),
        ),
        adviser=load_adviser(settings.policy_folder, city.terms, kept=settings.search_file),
    )
