"""The invented authority, its schools, staff and pupils, read from the files of `world/`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from mis_bridge.demo.roll import DemoContact, DemoNeed, DemoPupil
from mis_bridge.domain.words import Words

_YEAR = re.compile(r"\{Y([+-]\d+)?\}")


@dataclass(frozen=True, slots=True)
class Staff:
    """A person who signs in to the demo MIS; `role` is a role word of the product."""

    role: str
    sub: str
    forename: str
    surname: str

    @property
    def name(self) -> str:
        """The name as it is shown."""
        return f"{self.forename} {self.surname}"


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """What people know about a pupil and no MIS carries, in the words of a routing fact."""

    kind: str
    about: str
    detail: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Known(kind={self.kind!r})"


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A school of the invented authority.

    `number` is `LLL/EEEE`; `profile` is what its letters print; `wonde_id` is the demo MIS's id for
    it; `inset` names days of the generated calendar (see `terms.py`).
    """

    la: str
    estab: str
    name: Words
    profile: Mapping[str, str]
    kind: str
    setting: str
    inset: tuple[str, ...]
    staff: tuple[Staff, ...]
    pupils: tuple[DemoPupil, ...]

    @property
    def number(self) -> str:
        """The school's number as the product writes it."""
        return f"{self.la}/{self.estab}"

    @property
    def wonde_id(self) -> str:
        """The school's id in the Wonde-shaped interface."""
        return f"A{self.la}{self.estab}001"

    def person(self, role: str) -> Staff | None:
        """Return the person who holds `role`, or None."""
        return next((person for person in self.staff if person.role == role), None)


@dataclass(frozen=True, slots=True)
class Authority:
    """The invented authority with everything below it, for the school year that began in `year`.

    What the `officer` proposes, the `colleague` approves.
    """

    code: str
    name: Words
    profile: Mapping[str, str]
    officer: Staff
    colleague: str
    schools: tuple[DemoSchool, ...]
    year: int
    known: Mapping[str, tuple[Known, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """By record id: capacity, case friend, representatives, consent and the like."""

    def school(self, estab: str) -> DemoSchool | None:
        """Return the school with that establishment number, or None."""
        return next((school for school in self.schools if school.estab == estab), None)


def school_year_of(today: date) -> int:
    """Return the year in which the school year of `today` began: it turns on 1 September."""
    return today.year if today.month >= 9 else today.year - 1


def in_school_year(text: str, year: int) -> str:
    """Put years into a packaged text: `{Y}` is when the school year began, `{Y-1}` one before."""
    return _YEAR.sub(lambda found: str(year + int(found[1] or 0)), text)


def packaged(name: str, year: int) -> str:
    """Return a packaged text file of this package with its years put in."""
    return in_school_year(files("mis_bridge.demo").joinpath(name).read_text("utf-8"), year)


def load_authority(today: date) -> Authority:
    """Read the invented authority as it stands in the school year of `today`."""
    year = school_year_of(today)
    tree = tomllib.loads(packaged("world/authority.toml", year))
    known: dict[str, tuple[Known, ...]] = {}
    schools = []
    for entry in tree["schools"]:
        records = tomllib.loads(packaged(f"world/pupils_{entry['estab']}.toml", year))["pupils"]
        known.update(
            {
                record["id"]: tuple(Known(**fact) for fact in record["known"])
                for record in records
                if "known" in record
            }
        )
        schools.append(
            DemoSchool(
                la=tree["code"],
                estab=entry["estab"],
                name=Words(**entry["name"]),
                profile=entry["profile"],
                kind=entry["kind"],
                setting=entry["setting"],
                inset=tuple(entry["inset"]),
                staff=tuple(Staff(**person) for person in entry["staff"]),
                pupils=tuple(_pupil(record) for record in records),
            )
        )
    return Authority(
        code=tree["code"],
        name=Words(**tree["name"]),
        profile=tree["profile"],
        officer=Staff(role="la_admin", **tree["officer"]),
        colleague=tree["colleague"],
        schools=tuple(schools),
        year=year,
        known=MappingProxyType(known),
    )


def _pupil(record: Mapping[str, Any]) -> DemoPupil:
    name = record["name"]
    return DemoPupil(
        record_id=record["id"],
        upn=record.get("upn"),
        former_upn=record.get("former_upn"),
        forename=name["forename"],
        middle_names=name.get("middle"),
        surname=name["surname"],
        dob=date.fromisoformat(record["dob"]),
        sex=record["sex"],
        nc_year=record["nc_year"],
        admitted_on=date.fromisoformat(record["admitted"]),
        enrolment=record.get("enrolment", "C"),
        sen=record["sen"],
        needs=tuple(
            DemoNeed(need["code"], need["rank"], date.fromisoformat(need["start"]))
            for need in record.get("needs", ())
        ),
        in_care=record.get("in_care", False),
        care_authority=record.get("care_authority"),
        first_language=record["language"],
        contacts=tuple(DemoContact(**contact) for contact in record["contacts"]),
    )
