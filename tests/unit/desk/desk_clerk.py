"""A clerk with a browser: logs in, reads pages, sends the forms that stand on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from desk_world import Reply, Site, World, open_site

from complaints.offices.access import add_staff

PASSWORD = "a long enough password"


@dataclass
class Form:
    """One form of a page: where it goes, its fields as they are filled in, what can be chosen."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class Page(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.status, self.forms, self.words = reply.status, list[Form](), ""
        self.links: dict[str, str] = {}
        self._select, self._link, self._area = "", "", ""
        self.feed(reply.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given["action"]))
        elif tag == "input":
            if given.get("type") != "radio" or "checked" in given:
                self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            self.forms[-1].fields[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option":
            self.forms[-1].choices.setdefault(self._select, []).append(given["value"])
            if "selected" in given:
                self.forms[-1].fields[self._select] = given["value"]
        self._link = given.get("href", "") if tag == "a" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            filled_in = self.forms[-1].fields
            filled_in[self._area] = filled_in[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1].fields[self._area] += data
            return
        self.words += " ".join(data.split())
        if self._link and data.strip():
            self.links[data.strip()] = self._link

    @property
    def steps(self) -> list[str]:
        """The steps that a ticket page offers, in their order."""
        actions = [form.action for form in self.forms if "/tickets/" in form.action]
        return [action.rpartition("/")[2] for action in actions]

    def form(self, end: str) -> Form | None:
        """The form that is sent to an address with this end."""
        return next((form for form in self.forms if form.action.endswith(end)), None)


@dataclass
class Clerk:
    """A browser with its cookies."""

    site: Site

    def open(self, path: str) -> Page:
        return Page(self.site.ask("GET", path))

    def log_in(
        self, login: str = "lin", password: str = PASSWORD, address: str = "the office"
    ) -> Reply:
        fields = {"login": login, "password": password}
        return self.site.ask("POST", "/desk/login", data=fields, headers={"X-From": address})

    def log_in_again(self, path: str, login: str = "lin") -> Page:
        """A page on another day: the session of yesterday is over."""
        self.log_in(login)
        return self.open(path)

    def send(self, page: Page, end: str, **filled_in: str) -> Reply:
        form = page.form(end)
        assert form, f"no form to {end}"
        return self.site.ask("POST", form.action, data=form.fields | filled_in)

    def do(self, number: str, step: str, **filled_in: str) -> Page:
        """Open a ticket, send one of its forms, and see what comes of it."""
        reply = self.send(self.open(f"/desk/tickets/{number}"), f"/{step}", **filled_in)
        return self.open(reply.location) if reply.status == 303 else Page(reply)


@contextmanager
def colleague(world: World, login: str = "he", name: str = "何川") -> Iterator[Clerk]:
    """Another clerk, with a browser of their own."""
    with open_site(world) as elsewhere:
        other = clerk_at(elsewhere, login=login, name=name)
        other.log_in(login)
        yield other


def clerk_at(site: Site, **account: Any) -> Clerk:
    """A clerk of the hotline, not logged in yet."""
    add_staff(
        site.world.storage, account.get("login", "lin"), account.get("name", "林溪"), PASSWORD
    )
    return Clerk(site)
