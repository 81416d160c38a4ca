"""Who would help with a ticket if a clerk sent it now, and whom the clerk could ask besides (协办)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from complaints.lifecycle.co_handling import would_help
from complaints.regions import Bureau, City
from complaints.rules import Rules
from complaints.storage.tables import Ticket


@dataclass(frozen=True)
class HelpChoices:
    """`helping`: those who would help. `others`: the city's and the district's other offices, by
    headings."""

    helping: tuple[Bureau, ...]
    others: tuple[tuple[str, tuple[Bureau, ...]], ...]


def help_choices(
    session: Session,
    ticket: Ticket,
    suggested: Bureau | None,
    barred: frozenset[str],
    rules: Rules,
    today: date,
) -> HelpChoices:
    """What a clerk may change of the co-handlers; `suggested` is the office that would lead."""
    city = rules.city
    lead = suggested or city.bureaus[ticket.lead]
    helping = would_help(session, ticket, lead, rules, today)
    return HelpChoices(
        helping=tuple(city.bureaus[bureau] for bureau in helping if bureau in city.bureaus),
        others=tuple(_others(ticket, barred | {*helping}, city)),
    )


def _others(
    ticket: Ticket, without: frozenset[str], city: City
) -> Iterator[tuple[str, tuple[Bureau, ...]]]:
    near = [p for p in city.districts if ticket.district in (None, p.district)]
    for name, district in (("市级", None), *((p.district_name, p.district) for p in near)):
        free = (b for b in city.bureaus.values() if b.district == district and b.id not in without)
        if bureaus := tuple(bureau for bureau in free if bureau.function != "hotline"):
            yield name, bureaus
