"""A pupil's page: the register entry and what stands behind it, as far as the role goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.labels import need_label, provision_label
from mis_bridge.domain.people import PersonKind, person_kind, young_person_from
from mis_bridge.domain.pupil import Contact, Pupil, UpnStatus
from mis_bridge.domain.words import Words
from mis_bridge.services.pages import (
    TaskLine,
    assigned_only,
    line_of,
    oversees,
    pupil_of,
    sees_the_school,
)
from mis_bridge.services.sessions import Visitor
from mis_bridge.services.task_labels import relationship
from mis_bridge.storage import views_pupils, views_tasks
from mis_bridge.storage.tables.register import PupilRow, RegisterEntryRow

_NOT_RECORDED = Words("Not recorded", "Heb ei gofnodi")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What the register said at one telling, what told it, and the code as the source had it."""

    provision: Words
    raw_code: str | None
    started_on: date | None
    noticed_on: date | None
    noticed_confirmed: bool
    cause: str
    superseded: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class ContactLine:
    """A contact, for those who have to decide whom to notify."""

    name: str | None
    relationship: Words
    parental_responsibility: bool | None
    court_order: bool | None
    address: str | None
    phone: str | None
    email: str | None
    preferred_language: str | None

    def __repr__(self) -> str:
        return "ContactLine(***)"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A record of a vendor that tells of the pupil."""

    vendor: str
    record_id: str
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class PupilDetail:
    """What ALNCo and head teacher see beyond name, year and provision."""

    upn: str | None
    upn_status: UpnStatus
    born_on: date | None
    young_person: bool | None
    young_person_from: date | None
    looked_after: bool | None
    needs: tuple[Words, ...]
    raw_code: str | None
    contacts: tuple[ContactLine, ...]
    history: tuple[HistoryLine, ...]
    sources: tuple[SourceLine, ...]
    drafts: tuple[tuple[str, datetime], ...]
    notices: tuple[tuple[str, str, date], ...]
    not_supplied: tuple[str, ...]
    flags: tuple[str, ...]

    def __repr__(self) -> str:
        return "PupilDetail(***)"


@dataclass(frozen=True, slots=True, repr=False)
class PupilPage:
    """A pupil; `detail` is None for a teacher, who sees only pupils with a task of their own."""

    pupil_id: str
    name: str | None
    year: str | None
    provision: Words
    provision_since: date | None
    tasks: tuple[TaskLine, ...]
    closed_tasks: tuple[TaskLine, ...]
    detail: PupilDetail | None

    def __repr__(self) -> str:
        return f"PupilPage(pupil_id={self.pupil_id!r})"


def pupil_page(session: Session, visitor: Visitor, pupil_id: str, today: date) -> PupilPage | None:
    """Return a pupil, None where there is none that this visitor may see.

    Authorities oversee tasks and not pupils: there is nothing here for them.
    """
    if oversees(visitor):
        return None
    row = views_pupils.pupil(session, visitor.tenant, pupil_id)
    if row is None:
        return None
    only = assigned_only(visitor)
    if only is not None and not views_tasks.is_assigned(session, visitor.tenant, pupil_id, only):
        return None
    pupil = pupil_of(session, row)
    name = (pupil.name.known_as or None) if pupil else None
    tasks = views_tasks.tasks_of_pupil(session, visitor.tenant, pupil_id)
    seen = [task for task in tasks if only is None or task.assigned_to == only]
    current = pupil.provision if pupil else None
    return PupilPage(
        pupil_id=row.id,
        name=name,
        year=pupil.nc_year if pupil else None,
        provision=provision_words(current.type.value if current else row.provision_type),
        provision_since=current.start if current else row.provision_started_on,
        tasks=tuple(line_of(session, t, name, today) for t in seen if t.state == "open"),
        closed_tasks=tuple(line_of(session, t, name, today) for t in seen if t.state != "open"),
        detail=_detail(session, visitor, row, pupil, today)
        if sees_the_school(visitor) and pupil is not None
        else None,
    )


def provision_words(code: str | None) -> Words:
    """Return what a provision code is called; None is not recorded."""
    return (provision_label(code) if code else None) or _NOT_RECORDED


def _detail(
    session: Session, visitor: Visitor, row: PupilRow, pupil: Pupil, today: date
) -> PupilDetail:
    tenant = visitor.tenant
    kind = person_kind(pupil.dob, today) if pupil.dob else None
    return PupilDetail(
        upn=pupil.upn,
        upn_status=pupil.upn_status,
        born_on=pupil.dob,
        young_person=kind is PersonKind.YOUNG_PERSON if kind else None,
        young_person_from=young_person_from(pupil.dob) if pupil.dob else None,
        looked_after=pupil.looked_after.in_care if pupil.looked_after else None,
        needs=tuple(need_label(need.type) or _NOT_RECORDED for need in pupil.needs),
        raw_code=pupil.provision.raw_code if pupil.provision else None,
        contacts=tuple(map(_contact, pupil.contacts)),
        history=tuple(map(_history, views_pupils.entries(session, tenant, row.id))),
        sources=tuple(
            SourceLine(source.vendor, source.record_id, source.deleted_at)
            for source in views_pupils.sources(session, tenant, row.id)
        ),
        drafts=tuple(
            (draft.id, draft.changed_at) for draft in views_pupils.drafts(session, tenant, row.id)
        ),
        notices=tuple(
            (notice.id, notice.event, notice.made_on)
            for notice in views_pupils.notices(session, tenant, row.id)
        ),
        not_supplied=tuple(sorted(pupil.not_supplied)),
        flags=pupil.flags,
    )


def _contact(contact: Contact) -> ContactLine:
    return ContactLine(
        name=contact.name,
        relationship=relationship(contact.relationship),
        parental_responsibility=contact.parental_responsibility,
        court_order=contact.court_order,
        address=contact.address,
        phone=contact.phone,
        email=contact.email,
        preferred_language=contact.preferred_language,
    )


def _history(row: RegisterEntryRow) -> HistoryLine:
    return HistoryLine(
        provision=provision_words(row.provision_type),
        raw_code=row.raw_code,
        started_on=row.started_on,
        noticed_on=row.noticed_on,
        noticed_confirmed=row.noticed_confirmed,
        cause=row.cause,
        superseded=row.superseded,
        recorded_at=row.recorded_at,
    )
