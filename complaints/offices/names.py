"""The names of those who act on tickets: offices by the register, clerks by their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.lifecycle.act import SYSTEM
from complaints.lifecycle.states import Role
from complaints.regions import City
from complaints.storage.tables import StaffAccount


@dataclass(frozen=True)
class Names:
    """Who is who; `clerks` from login to name."""

    city: City
    clerks: Mapping[str, str]

    def bureau(self, bureau: object) -> str:
        """A bureau's name; an id that no register holds stays as it is."""
        known = self.city.bureaus.get(str(bureau))
        return known.name if known else str(bureau)

    def clerk(self, login: str) -> str:
        """A clerk with the office."""
        return f"热线 {self.clerks.get(login, login)}"

    def who(self, role: str, actor: str) -> str:
        """Whoever acted or looked, in this role."""
        if role == Role.HOTLINE:
            return self.clerk(actor) if actor not in self.city.bureaus else self.bureau(actor)
        if role in (Role.REPORTER, Role.SYSTEM):
            return "举报人" if role == Role.REPORTER else "系统"
        return self.bureau(actor)

    def asker(self, actor: str) -> str:
        """Who asked for a task: the system, a bureau, else a clerk."""
        if actor == SYSTEM.id:
            return "系统"
        return self.bureau(actor) if actor in self.city.bureaus else self.clerk(actor)


def names_of(session: Session, city: City, logins: Iterable[str]) -> Names:
    """The names of these clerks, and of all bureaus."""
    wanted = {login for login in logins if login not in city.bureaus}
    accounts = session.scalars(select(StaffAccount).where(StaffAccount.login.in_(wanted)))
    return Names(city, {account.login: account.name for account in accounts})
