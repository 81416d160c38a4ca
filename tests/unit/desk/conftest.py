"""A fresh desk for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from desk_clerk import Clerk, clerk_at
from desk_world import LUMING, Bureau, Site, World, open_site, open_world

from complaints.offices import access


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Passwords are hashed as ever, only with less work: no test is about how long it takes."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(access, "_HASHER", quick)
        patch.setattr(access, "_NOBODY", quick.hash("nobody's"))
        yield


@pytest.fixture
def world(tmp_path: Path) -> World:
    return open_world(tmp_path)


@pytest.fixture
def site(world: World) -> Iterator[Site]:
    with open_site(world) as opened:
        yield opened


@pytest.fixture
def luming(site: Site) -> Bureau:
    """The education bureau of the district where the reported body is."""
    return site.bureau(LUMING)


@pytest.fixture
def clerk(site: Site) -> Clerk:
    """A clerk who has logged in."""
    clerk = clerk_at(site)
    assert clerk.log_in().location == "/desk/"
    return clerk
