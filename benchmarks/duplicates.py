"""How well the same matter told again is found, on pairs written for this.

    .venv/bin/python -m benchmarks.duplicates [--quiet]

The pairs stand in `duplicate_pairs.yml`. Each first report is filed into a database of its own and
the second one searched there, so that the look-up by keys counts too, not the comparison alone.
Prints the results by sort, every miss, and as last line one JSON object:

precision, recall   of "the same matter"
key_recall          pairs of likeness 0.8 and more, made by changing the texts, that share a key
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy.orm import Session

from complaints.duplicates.likeness import likeness, text_keys
from complaints.duplicates.search import Candidate, Duplicate, find_duplicates, note_text
from complaints.keys import KeyRing, Keys
from complaints.rules import Rules, load_rules
from complaints.storage import Storage
from complaints.storage.tables import Ticket

ROOT = Path(__file__).resolve().parents[1]
FILED_AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
KEYS = Keys(KeyRing({1: bytes(32)}), bytes(32), bytes(32), bytes(32), bytes(32))


@dataclass(frozen=True)
class Pair:
    """Two reports, and whether they tell the same matter."""

    sort: str
    same: bool
    first: Candidate
    second: Candidate


def load_pairs(rules: Rules) -> list[Pair]:
    """The pairs of `duplicate_pairs.yml`."""
    path = ROOT / "benchmarks" / "duplicate_pairs.yml"
    return [_pair(entry, rules) for entry in YAML(typ="safe").load(path.read_text("utf-8"))]


def _pair(entry: dict, rules: Rules) -> Pair:
    happened = entry.get("happened", [None, None])
    sides = [entry, {**entry, **entry.get("second", {})}]
    filed = (FILED_AT, FILED_AT + timedelta(days=entry.get("days", 1)))
    first, second = (
        _candidate(side, text, when, at, rules)
        for side, text, when, at in zip(sides, entry["texts"], happened, filed, strict=True)
    )
    return Pair(entry["sort"], entry["same"], first, second)


def _candidate(
    side: dict, text: str, when: str | None, filed_at: datetime, rules: Rules
) -> Candidate:
    party = rules.city.parties.get(side.get("party") or "")
    return Candidate(
        kind=side["kind"],
        party_id=party.id if party else None,
        subject_party=party.name if party else side.get("name"),
        district=side.get("district") or (party.district if party else None),
        detail=text,
        happened=when,
        filed_at=filed_at,
    )


def file(session: Session, told: Candidate, number: str, **fields: object) -> Ticket:
    """A ticket as the search sees it; what it does not look at is filled in."""
    values = {
        "number": number,
        "intake_id": number,
        "state": "handling",
        "kind": told.kind,
        "kind_confidence": 1.0,
        "subject_party": told.subject_party,
        "party_id": told.party_id,
        "district": told.district,
        "happened": told.happened,
        "detail": told.detail,
        "urgent": False,
        "lead": "luming-education",
        "routing": {},
        "filed_at": told.filed_at,
        "promised_on": told.filed_at.date(),
        "changed_at": 0,
    }
    ticket = Ticket(**{**values, **fields})
    session.add(ticket)
    session.flush()
    note_text(session, ticket)
    return ticket


def found(pair: Pair, rules: Rules) -> tuple[Duplicate, ...]:
    """What the search finds for the second report where only the first one is filed."""
    storage = Storage("sqlite://", KEYS)
    storage.create()
    with storage.write() as session:
        file(session, pair.first, "JS1")
        return find_duplicates(session, pair.second, rules)


def key_recall(texts: list[str], rounds: int = 20) -> tuple[float, int]:
    """The share of changed texts of likeness 0.8 and more that share a key, and how many they are."""
    chance, tried, shared = random.Random(7), 0, 0
    for text in texts * rounds:
        changed = list(text)
        for _ in range(chance.randint(1, 3)):
            changed[chance.randrange(len(changed))] = chance.choice("的了在我有人这他")
        other = "".join(changed)
        if likeness(text, other) >= 0.8 and text_keys(text) and text_keys(other):
            tried += 1
            shared += bool(set(text_keys(text)) & set(text_keys(other)))
    return shared / max(1, tried), tried


def measure(pairs: list[Pair], rules: Rules) -> tuple[dict[str, float], list[str]]:
    """Precision and recall, the counts by sort, and the misses in words."""
    outcomes, misses = Counter[tuple[str, bool, bool]](), []
    for pair in pairs:
        duplicates = found(pair, rules)
        outcomes[pair.sort, pair.same, bool(duplicates)] += 1
        if pair.same != bool(duplicates):
            alike = likeness(pair.first.detail, pair.second.detail)
            what = "missed" if pair.same else f"wrong ({duplicates[0].why})"
            misses.append(f"{what} {alike:.2f} {pair.first.detail} | {pair.second.detail}")
    right = sum(n for (_, same, hit), n in outcomes.items() if same and hit)
    results = {
        "pairs": len(pairs),
        "precision": right / max(1, sum(n for (_, _, hit), n in outcomes.items() if hit)),
        "recall": right / max(1, sum(n for (_, same, _), n in outcomes.items() if same)),
    }
    for sort in dict.fromkeys(pair.sort for pair in pairs):
        good = sum(n for (own, same, hit), n in outcomes.items() if own == sort and same == hit)
        results[sort] = good / sum(n for (own, _, _), n in outcomes.items() if own == sort)
    return results, misses


def main() -> int:
    """Print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quiet", action="store_true", help="without the misses")
    quiet = parser.parse_args().quiet
    rules = load_rules(ROOT / "data/routing", ROOT / "data/regions/demo")
    pairs = load_pairs(rules)
    results, misses = measure(pairs, rules)
    if not quiet:
        print("\n".join(misses))
    long = [pair.first.detail for pair in pairs if len(pair.first.detail) > 25]
    results["key_recall"], changed = key_recall(long)
    print(json.dumps({**{k: round(v, 3) for k, v in results.items()}, "changed_texts": changed}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
