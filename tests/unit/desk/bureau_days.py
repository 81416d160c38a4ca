"""What happens around a bureau's desk: time passes, the hotline does its part."""

from __future__ import annotations

from datetime import timedelta

from desk_world import Bureau, World
from sqlalchemy import select

from complaints.delivery.due import run_due
from complaints.lifecycle.act import Actor, ticket_by_number
from complaints.lifecycle.clockwork import handlers
from complaints.lifecycle.states import Role
from complaints.protection.reveal import decide_reveal
from complaints.storage.tables import Reveal, Ticket

CLERK = Actor("lin", Role.HOTLINE)
YINSHI = "yinshi-street-office"
FIRE = "luming-fire"


def let_pass(world: World, **length: float) -> None:
    """Move the clock on and let happen what has become due."""
    world.moment += timedelta(**length)
    for _ in range(100):
        if not run_due(world.storage, world.rules, handlers(lambda refs: None), world.moment):
            return
    raise AssertionError("a timer is set for the present again and again")


def stored(world: World, number: str) -> Ticket:
    with world.storage.read() as session:
        return ticket_by_number(session, number)


def signed(world: World, bureau: Bureau, **report: object) -> str:
    """A ticket that the bureau handles."""
    number = world.file(**report)
    assert bureau.post(f"/tickets/{number}/sign").status == 200
    return number


def decide(world: World, approve: bool) -> None:
    """The hotline decides on the newest request to see who reported."""
    with world.storage.write() as session:
        asked = session.scalars(select(Reveal.id).order_by(Reveal.id.desc())).first()
        assert asked is not None
        decide_reveal(session, asked, CLERK, approve, world.moment)
