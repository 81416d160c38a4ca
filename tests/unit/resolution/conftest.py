from datetime import datetime
from pathlib import Path

import pytest

from resolution.terms import load_terms
from resolution.when import SHANGHAI, resolve_when

DEMO_TERMS = Path(__file__).resolve().parents[3] / "data" / "regions" / "demo" / "terms.yml"
SUNDAY_AFTERNOON = datetime(2026, 11, 22, 15, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="session")
def terms():
    return load_terms(DEMO_TERMS)


@pytest.fixture(scope="session")
def when(terms):
    """Reads a text, said on Sunday 22 November 2026 at 15:00 unless another time is given."""

    def read(text, said_at=SUNDAY_AFTERNOON, sentence=""):
        return resolve_when(text, said_at, terms, sentence)

    return read
