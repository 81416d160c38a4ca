"""Limits: a sliding minute per name, and which name an address has."""

from __future__ import annotations

import pytest

from bot.edge.limits import ByteBudget, RateLimit, client_address


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_minute_there_is_room_again():
    clock = Clock()
    limit = RateLimit(2, clock)
    assert [limit.allows("a") for _ in range(3)] == [True, True, False]
    assert limit.allows("b")
    clock.now = 60
    assert [limit.allows("a") for _ in range(3)] == [True, True, False]


def test_a_crowd_of_names_is_tidied_once_a_minute_not_at_each_request(monkeypatch):
    clock = Clock()
    limit = RateLimit(1, clock)
    for n in range(10_001):
        limit.allows(f"name-{n}")
    before = limit._seen
    assert [limit.allows(f"more-{n}") for n in range(50)] == [True] * 50
    assert limit._seen is before  # not rebuilt
    clock.now = 61
    assert limit.allows("later")
    assert list(limit._seen) == ["later"]


def test_so_many_bytes_in_so_long_a_time():
    clock = Clock()
    budget = ByteBudget(100, 3600, clock)
    assert [budget.has_room("a", 40) for _ in range(3)] == [True, True, False]
    assert budget.has_room("a", 20) and budget.has_room("b", 100)
    clock.now = 3599
    assert not budget.has_room("a", 1)
    clock.now = 3600
    assert budget.has_room("a", 100)
    assert not budget.has_room("a", 1)


def test_a_crowd_of_names_with_bytes_is_forgotten_too():
    clock = Clock()
    budget = ByteBudget(100, 3600, clock)
    for n in range(10_001):
        budget.has_room(f"name-{n}", 1)
    clock.now = 3600
    assert budget.has_room("later", 1)
    assert list(budget._used) == ["later"]


@pytest.mark.parametrize(
    ("remote", "forwarded", "trust", "name"),
    [
        ("192.0.2.1", [], True, "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], False, "192.0.2.1"),
        ("192.0.2.1", ["6.6.6.6, 198.51.100.7"], True, "198.51.100.7"),
        ("192.0.2.1", ["6.6.6.6", "7.7.7.7,198.51.100.7"], True, "198.51.100.7"),
        ("192.0.2.1", ["unknown"], True, "192.0.2.1"),
        ("::ffff:192.0.2.1", [], False, "192.0.2.1"),
        ("2001:db8:1:2:3::4", [], False, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", [], False, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], False, "fe80::/64"),
        (None, [], False, "unknown"),
    ],
)
def test_the_name_of_an_address(remote, forwarded, trust, name):
    assert client_address(remote, forwarded, trust) == name
