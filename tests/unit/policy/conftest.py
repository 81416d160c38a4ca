"""The shipped rule book, read once; and a small one that a test may change."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from policy.adviser import Adviser, load_adviser
from policy.model import RuleBook
from resolution.terms import SchoolTerms, load_terms

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "data" / "policy"
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def terms() -> SchoolTerms:
    return load_terms(ROOT / "data" / "regions" / "demo" / "terms.yml")


@pytest.fixture(scope="session")
def adviser(terms: SchoolTerms) -> Adviser:
    return load_adviser(SHIPPED, terms, on=TODAY, kept=ROOT / "models" / "policy.npz")


@pytest.fixture(scope="session")
def book(adviser: Adviser) -> RuleBook:
    return adviser.book


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of data/policy to make mistakes in."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "policy"))
