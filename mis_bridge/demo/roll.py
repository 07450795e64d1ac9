"""The demo MIS's pupils: what it keeps of each, and how an edit becomes a change others hear of."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime


@dataclass(frozen=True, slots=True, repr=False)
class DemoContact:
    """A contact as the demo MIS keeps it; `pr` says whether parental responsibility is recorded."""

    title: str
    forename: str
    surname: str
    relationship: str
    pr: bool
    priority: int
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    court_order: bool = False
    lives_with: bool = True

    def __repr__(self) -> str:
        return f"DemoContact(relationship={self.relationship!r})"


@dataclass(frozen=True, slots=True)
class DemoNeed:
    """A need category with its rank, 1 being the primary one."""

    code: str
    rank: int
    start: date


@dataclass(frozen=True, slots=True, repr=False)
class DemoPupil:
    """A pupil's record. `sen` is the code of the MIS; `enrolment` C, M, S or G (see the census)."""

    record_id: str
    upn: str | None
    former_upn: str | None
    forename: str
    middle_names: str | None
    surname: str
    dob: date
    sex: str
    nc_year: str
    admitted_on: date
    enrolment: str
    sen: str
    needs: tuple[DemoNeed, ...]
    in_care: bool
    care_authority: str | None
    first_language: str
    contacts: tuple[DemoContact, ...]
    sen_since: date | None = None
    updated_at: datetime | None = None

    def __repr__(self) -> str:
        return f"DemoPupil(record_id={self.record_id!r})"

    @property
    def name(self) -> str:
        """The name as it is shown."""
        return f"{self.forename} {self.surname}"


@dataclass(frozen=True, slots=True)
class Edit:
    """What the form of the demo MIS can change in a record."""

    sen: str
    sen_since: date | None
    needs: tuple[DemoNeed, ...]
    enrolment: str
    in_care: bool
    care_authority: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What an edit changed, in the words of the register-change event: its type and the parts."""

    type: str
    changed: tuple[str, ...]


class Roll:
    """The pupils of one school, safe for the threads of the web server."""

    def __init__(self, pupils: Iterable[DemoPupil], since: datetime) -> None:
        self._lock = threading.Lock()
        self._pupils = {pupil.record_id: replace(pupil, updated_at=since) for pupil in pupils}
        self._deleted: dict[str, datetime] = {}

    def all(self) -> list[DemoPupil]:
        """Return every pupil on the roll, in the order of the list."""
        with self._lock:
            return list(self._pupils.values())

    def get(self, record_id: str) -> DemoPupil | None:
        """Return the pupil, or None when nobody on the roll has that id."""
        with self._lock:
            return self._pupils.get(record_id)

    def deletions(self) -> list[tuple[str, datetime]]:
        """Return `(record_id, deleted_at)` of everybody taken off the roll."""
        with self._lock:
            return list(self._deleted.items())

    def edit(self, record_id: str, edit: Edit, now: datetime) -> tuple[Told, ...]:
        """Apply `edit` and return what others must be told; an edit without effect tells nothing.

        Raises KeyError when nobody on the roll has that id.
        """
        with self._lock:
            before = self._pupils[record_id]
            told = tuple(_told(before, edit))
            if told:
                self._pupils[record_id] = replace(
                    before,
                    sen=edit.sen,
                    sen_since=edit.sen_since if edit.sen != before.sen else before.sen_since,
                    needs=edit.needs,
                    enrolment=edit.enrolment,
                    in_care=edit.in_care,
                    care_authority=edit.care_authority,
                    updated_at=now,
                )
            return told

    def leave(self, record_id: str, now: datetime) -> Told:
        """Take a pupil off the roll; raises KeyError when nobody on the roll has that id."""
        with self._lock:
            del self._pupils[record_id]
            self._deleted[record_id] = now
            return Told("pupil.left", ("registrations",))


def _told(before: DemoPupil, edit: Edit) -> Iterable[Told]:
    sen = []
    if edit.sen != before.sen:
        sen.append("provision")
    if _codes(edit.needs) != _codes(before.needs):
        sen.append("needs")
    if sen:
        yield Told("pupil.sen.changed", tuple(sen))
    if (edit.in_care, edit.care_authority) != (before.in_care, before.care_authority):
        yield Told("pupil.care.changed", ("looked_after",))
    if edit.enrolment != before.enrolment:
        yield Told("pupil.joined", ("registrations",))


def _codes(needs: Iterable[DemoNeed]) -> list[tuple[str, int]]:
    return sorted((need.code, need.rank) for need in needs)
