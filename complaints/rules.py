"""The data that decides what becomes of a ticket, as one thing to hand around."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from complaints.deadlines.legal import LegalLimits, load_legal_limits
from complaints.deadlines.limits import Deadlines, load_deadlines
from complaints.delivery.webhooks import load_receivers
from complaints.duplicates.rules import DuplicateRules, load_duplicates
from complaints.lifecycle.outcomes import Outcomes, load_outcomes
from complaints.protection.identifying_words import IdentifyingWords, load_identifying
from complaints.protection.retention_rules import RetentionRules, load_retention
from complaints.regions import City, load_city
from complaints.routing.notices import NoticeTable, load_notices
from complaints.routing.table import RoutingTable, load_routing


@dataclass(frozen=True)
class Rules:
    """One installation's city, tables, deadlines and words.

    `webhooks` are the bureaus whose systems want to be told of changes.
    """

    city: City
    routing: RoutingTable
    deadlines: Deadlines
    words: IdentifyingWords
    outcomes: Outcomes
    duplicates: DuplicateRules
    retention: RetentionRules
    legal: LegalLimits
    notices: NoticeTable
    webhooks: frozenset[str] = frozenset()


def load_rules(routing: Path, region: Path) -> Rules:
    """Everything from `data/routing` and the folder of a city. Raises DataFileError."""
    city = load_city(region)
    return Rules(
        city=city,
        routing=load_routing(routing),
        deadlines=load_deadlines(routing, city.terms, region),
        words=load_identifying(routing),
        outcomes=load_outcomes(routing),
        duplicates=load_duplicates(routing),
        retention=load_retention(routing),
        legal=load_legal_limits(routing),
        notices=load_notices(routing),
        webhooks=frozenset(load_receivers(region, city.bureaus).webhooks),
    )
