"""One city: its districts and streets, bureaus, schools and training bodies, read from YAML.

Decides which place and which registered party a reporter's words name. It never invents one:
what is not in the register stays the reporter's own text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from complaints.party_names import named_length
from complaints.routing.overrides import Override, load_overrides
from complaints.similar_names import LEAST_LIKENESS, likeness
from datafiles import error_at, load_checked
from resolution.terms import SchoolTerms, load_terms


@dataclass(frozen=True)
class Bureau:
    """An office that can handle tickets."""

    id: str
    name: str
    aliases: tuple[str, ...]
    function: str
    level: str
    district: str | None
    street: str | None
    parent: str | None


@dataclass(frozen=True)
class Party:
    """A school or training body of the register; `authority` is its supervising bureau.

    `group` is the 教育集团 of a school: its members are one side in a complaint.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    party_type: str
    party_class: str | None
    stage: str | None
    licence: str | None
    authority: str
    district: str
    street: str
    address: str
    group: str | None = None


@dataclass(frozen=True)
class Place:
    """A district, perhaps with the street, as ids and as the names people read."""

    district: str
    district_name: str
    street: str | None = None
    street_name: str | None = None

    @property
    def name(self) -> str:
        """District and street as people write them."""
        return self.district_name + (self.street_name or "")


@dataclass(frozen=True)
class City:
    """All that routing knows of one city; `overrides` is where it divides the work its own way."""

    id: str
    name: str
    districts: tuple[Place, ...]
    streets: tuple[Place, ...]
    place_names: tuple[tuple[str, Place], ...]
    bureaus: dict[str, Bureau]
    parties: dict[str, Party]
    terms: SchoolTerms
    overrides: tuple[Override, ...] = ()

    @property
    def hotline(self) -> Bureau:
        """The hotline, which sees to what no bureau has."""
        return next(bureau for bureau in self.bureaus.values() if bureau.function == "hotline")

    def bureau_for(self, function: str, level: str, place: Place | None) -> Bureau | None:
        """The bureau of a function at a level, in `place`'s district or street; None if none."""
        for bureau in self.bureaus.values():
            if bureau.function != function or bureau.level != level:
                continue
            if level == "city":
                return bureau
            if place and level == "district" and bureau.district == place.district:
                return bureau
            if place and level == "street" and place.street and bureau.street == place.street:
                return bureau
        return None

    def find_place(self, text: str) -> Place | None:
        """The most exact place named in `text`: a street or landmark beats its district.

        Two different districts in one text are no answer: the reporter must be asked.
        """
        found = [place for name, place in self.place_names if name in text]
        streets = {place for place in found if place.street}
        districts = {place.district for place in found}
        if len(districts) != 1:
            return None
        if len(streets) == 1:
            return streets.pop()
        return next(place for place in self.districts if place.district in districts)

    def place_of(self, party: Party) -> Place:
        """Where a registered party is."""
        return next(place for place in self.streets if place.street == party.street)

    def place_at(self, district: str | None, street: str | None = None) -> Place | None:
        """The street, else the district, with these ids; None when there is none."""
        streets = (
            p for p in self.streets if street and (p.district, p.street) == (district, street)
        )
        whole = (place for place in self.districts if place.district == district)
        return next(streets, None) or next(whole, None)

    def find_parties(self, text: str, near: Place | None = None) -> list[Party]:
        """Registered parties that `text` names; several when it is unclear which one is meant.

        The longest name decides; of several, those in `near` (street, else district) are meant.
        """
        places = tuple(name for name, _ in self.place_names)
        hits = [
            (named_length((party.name, *party.aliases), text, places), party)
            for party in self.parties.values()
        ]
        longest = max((length for length, _ in hits), default=0)
        found = [party for length, party in hits if length == longest] if longest else []
        return _nearest(found, near)

    def similar_parties(self, text: str, near: Place | None = None) -> list[Party]:
        """Registered parties whose name is like `text` (by sound, shortened, mistyped), best first.

        They are for the reporter to choose from; `find_parties` is for names that are meant.
        """
        likely = [
            (likeness(text, (party.name, *party.aliases)), party) for party in self.parties.values()
        ]
        likely.sort(key=lambda pair: -pair[0])
        return _nearest([party for like, party in likely if like >= LEAST_LIKENESS], near)


def _nearest(parties: list[Party], near: Place | None) -> list[Party]:
    """Those in `near`'s street, else in its district, else all."""
    for same in ("street", "district"):
        wanted = getattr(near, same, None)
        nearer = [party for party in parties if wanted and getattr(party, same) == wanted]
        parties = nearer or parties
    return parties


def load_city(folder: Path) -> City:
    """Read `city.yml`, `bureaus.yml`, `schools.yml`, `training_bodies.yml`, `terms.yml`.

    `jurisdiction.yml` may be missing: then the city divides the work as the table does. Raises
    DataFileError (file, line, field) for a wrong entry or a reference to nothing.
    """
    city = _checked(folder, "city")
    districts, streets, names = _places(folder / "city.yml", city)
    bureaus = _bureaus(folder, {p.district for p in districts}, {str(p.street) for p in streets})
    parties: dict[str, Party] = {}
    known_streets = {(place.district, place.street) for place in streets}
    for file in ("schools", "training_bodies"):
        for entry in _checked(folder, file):
            path = folder / f"{file}.yml"
            if entry["id"] in parties:
                raise error_at(path, entry, "id", f"{entry['id']} is used twice")
            if entry["authority"] not in bureaus:
                raise error_at(path, entry, "authority", f"no bureau {entry['authority']}")
            if (entry["district"], entry["street"]) not in known_streets:
                raise error_at(
                    path, entry, "street", f"{entry['street']} is not in {entry['district']}"
                )
            parties[entry["id"]] = _party(entry, is_school=file == "schools")
    return City(
        id=str(city["id"]),
        name=str(city["name"]),
        districts=tuple(districts),
        streets=tuple(streets),
        place_names=tuple(sorted(names, key=lambda pair: -len(pair[0]))),
        bureaus=bureaus,
        parties=parties,
        terms=load_terms(folder / "terms.yml"),
        overrides=load_overrides(folder, {place.district for place in districts}),
    )


def _checked(folder: Path, name: str) -> Any:
    return load_checked(folder / f"{name}.yml", folder.parent / "schema" / f"{name}.json")


def _places(path: Path, city: Any) -> tuple[list[Place], list[Place], list[tuple[str, Place]]]:
    districts: list[Place] = []
    streets: list[Place] = []
    names: list[tuple[str, Place]] = []
    ids: set[str] = set()
    for entry in (e for district in city["districts"] for e in (district, *district["streets"])):
        if entry["id"] in ids:
            raise error_at(path, entry, "id", f"{entry['id']} is used twice")
        ids.add(entry["id"])
    for district in city["districts"]:
        whole = Place(district["id"], district["name"])
        districts.append(whole)
        names += [(name, whole) for name in (district["name"], *district["aliases"])]
        for street in district["streets"]:
            place = Place(district["id"], district["name"], street["id"], street["name"])
            streets.append(place)
            known = (street["name"], *street["aliases"], *street["landmarks"])
            names += [(name, place) for name in known]
    return districts, streets, [(str(name), place) for name, place in names]


def _bureaus(folder: Path, districts: set[str], streets: set[str]) -> dict[str, Bureau]:
    path = folder / "bureaus.yml"
    entries = _checked(folder, "bureaus")
    bureaus: dict[str, Bureau] = {}
    for entry in entries:
        if entry["id"] in bureaus:
            raise error_at(path, entry, "id", f"{entry['id']} is used twice")
        if entry["district"] and entry["district"] not in districts:
            raise error_at(path, entry, "district", f"no district {entry['district']}")
        if entry["street"] and entry["street"] not in streets:
            raise error_at(path, entry, "street", f"no street {entry['street']}")
        bureaus[entry["id"]] = Bureau(
            id=entry["id"],
            name=entry["name"],
            aliases=tuple(entry["aliases"]),
            function=entry["function"],
            level=entry["level"],
            district=entry["district"],
            street=entry["street"],
            parent=entry["parent"],
        )
    for entry in entries:
        if entry["parent"] and entry["parent"] not in bureaus:
            raise error_at(path, entry, "parent", f"no bureau {entry['parent']}")
    if not any(bureau.function == "hotline" for bureau in bureaus.values()):
        raise error_at(path, entries[0], "function", "no bureau is the hotline")
    return bureaus


def _party(entry: Any, *, is_school: bool) -> Party:
    return Party(
        id=entry["id"],
        name=entry["name"],
        aliases=tuple(entry["aliases"]),
        party_type="school" if is_school else "training_body",
        party_class=None if is_school else entry["type"],
        stage=entry["stage"] if is_school else None,
        licence=None if is_school else entry["licence"],
        authority=entry["authority"],
        district=entry["district"],
        street=entry["street"],
        address=entry["address"],
        group=entry.get("group"),
    )
