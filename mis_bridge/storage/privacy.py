"""Every row that is about one pupil: to be shown to the person, or destroyed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mis_bridge.storage import told_events
from mis_bridge.storage.columns import Base, Sealed
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import KeyRing, place
from mis_bridge.storage.tables.duties import (
    DecisionRow,
    DecisionTaskRow,
    NoticeRecipientRow,
    NoticeRow,
    OutboxRow,
    TaskDateRow,
    TaskTriggerRow,
)
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tables.operations import AuditEventRow, ErasureRow
from mis_bridge.storage.tables.plans import (
    ConversionItemRow,
    DeliveredProvisionRow,
    PlanActRow,
    PlanBundleRow,
    PlanCopyRow,
    PlanEditRow,
    PlanRow,
    PlanVersionRow,
    ProvisionLinkRow,
)
from mis_bridge.storage.tables.register import (
    IdpDraftRow,
    PupilRow,
    PupilSourceRow,
    RegisterChangeRow,
    RegisterEntryRow,
    RegistrationRow,
    RoutingFactRow,
)
from mis_bridge.storage.tenants import Tenant

# What is about a contact for the contact's own sake, and not about the pupil.
_OF_OTHERS = ("email", "phone", "address")

_ABOUT_THE_PUPIL: Mapping[str, type[Base]] = {
    "registrations": RegistrationRow,
    "register": RegisterEntryRow,
    "changes": RegisterChangeRow,
    "tasks": DecisionTaskRow,
    "triggers": TaskTriggerRow,
    "decisions": DecisionRow,
    "notices": NoticeRow,
    "plans": IdpDraftRow,
    "routing_facts": RoutingFactRow,
    "idps": PlanRow,
    "delivered_provision": DeliveredProvisionRow,
    "conversions": ConversionItemRow,
}
_ABOUT_THE_PLANS: Mapping[str, type[Base]] = {
    "idp_versions": PlanVersionRow,
    "idp_unsaved": PlanEditRow,
    "idp_acts": PlanActRow,
    "idp_copies": PlanCopyRow,
    "idp_bundles": PlanBundleRow,
    "idp_provision_links": ProvisionLinkRow,
}


def pupils_of(session: Session, tenant: Tenant, upn_hash: str) -> Sequence[PupilRow]:
    """Return the tenant's records with this UPN: one a school."""
    return session.scalars(
        select(PupilRow)
        .where(tenant.owns(PupilRow), PupilRow.upn_hash == upn_hash)
        .order_by(PupilRow.school)
    ).all()


def left(session: Session, tenant: Tenant) -> Sequence[PupilRow]:
    """Return the pupils who have left and are still held."""
    return session.scalars(
        select(PupilRow)
        .where(tenant.owns(PupilRow), PupilRow.state == "left")
        .order_by(PupilRow.id)
    ).all()


def open_tasks(session: Session, tenant: Tenant, pupil_id: str) -> int:
    """Return how many tasks about a pupil are open."""
    return int(
        session.scalar(
            select(func.count(DecisionTaskRow.id)).where(
                tenant.owns(DecisionTaskRow),
                DecisionTaskRow.pupil_id == pupil_id,
                DecisionTaskRow.state == "open",
            )
        )
        or 0
    )


def open_record(session: Session, row: PupilRow) -> tuple[dict[str, Any], list[str]]:
    """Open a pupil's record, without what is others' own; and the keys that were left out."""
    if row.sealed_record is None:
        return {}, []
    opened = keys_of(session).unseal_json(row.sealed_record, place("pupils.sealed_record", row.id))
    record: dict[str, Any] = dict(opened) if isinstance(opened, dict) else {}
    redacted: list[str] = []
    contacts: list[dict[str, Any]] = []
    for number, contact in enumerate(record.get("contacts", ()), start=1):
        redacted += [f"contacts.{number}.{key}" for key in _OF_OTHERS if contact.get(key)]
        contacts.append({key: value for key, value in contact.items() if key not in _OF_OTHERS})
    if contacts:
        record["contacts"] = contacts
    return record, redacted


def everything_about(session: Session, tenant: Tenant, pupil_id: str) -> dict[str, Any]:
    """Return the rows about a pupil by kind, with what is sealed in them opened."""
    found: dict[str, Any] = {}
    for name, of in _ABOUT_THE_PUPIL.items():
        found[name] = list(_opened(session, tenant, of, "pupil_id", [pupil_id]))
    plans = _ids(session, tenant, PlanRow, pupil_id)
    for name, of in _ABOUT_THE_PLANS.items():
        found[name] = list(_opened(session, tenant, of, "plan_id", plans))
    found["sent_to"] = _sent(session, tenant, pupil_id)
    found["told_to_others"] = told_events.told_of_pupil(session, tenant, pupil_id)
    found["audit"] = _audit(session, tenant, pupil_id)
    return found


def erase(session: Session, tenant: Tenant, pupil_id: str) -> dict[str, int]:
    """Delete the rows about a pupil and empty the pupil's own; how many rows of each table."""
    notices = _ids(session, tenant, NoticeRow, pupil_id)
    tasks = _ids(session, tenant, DecisionTaskRow, pupil_id)
    plans = _ids(session, tenant, PlanRow, pupil_id)
    counts = {
        **{
            of.__tablename__: _delete(session, tenant, of, "plan_id", plans)
            for of in _ABOUT_THE_PLANS.values()
        },
        "outbox": _delete(session, tenant, OutboxRow, "notice_id", notices),
        "notice_recipients": _delete(session, tenant, NoticeRecipientRow, "notice_id", notices),
        "task_dates": _delete(session, tenant, TaskDateRow, "task_id", tasks),
        "event_bodies": _empty_bodies(session, tenant, pupil_id),
        "outgoing_events": told_events.erase_told(session, tenant, pupil_id),
    }
    for of in (
        PlanRow,
        DeliveredProvisionRow,
        ConversionItemRow,
        NoticeRow,
        DecisionRow,
        TaskTriggerRow,
        DecisionTaskRow,
        IdpDraftRow,
        RoutingFactRow,
        RegistrationRow,
        RegisterChangeRow,
        RegisterEntryRow,
        PupilSourceRow,
    ):
        counts[of.__tablename__] = _delete(session, tenant, of, "pupil_id", [pupil_id])
    table: Any = PupilRow.__table__
    session.connection().execute(
        table.update()
        .where(table.c.id == pupil_id, table.c.school == tenant.of_school)
        .values(
            state="erased",
            sealed_record=None,
            upn_hash=None,
            upn_status="missing",
            record_id="",
            born_on=None,
            nc_year=None,
            provision_type=None,
            provision_started_on=None,
            primary_need=None,
            in_care=None,
        )
    )
    return counts


def note_erasure(
    session: Session,
    tenant: Tenant,
    pupil_id: str,
    *,
    ground: str,
    by: str,
    counts: Mapping[str, int],
    at: datetime,
) -> None:
    """Keep that a pupil's data was destroyed: the id, when, by whom, on what ground."""
    session.add(
        ErasureRow(
            pupil_id=pupil_id,
            la=tenant.la,
            school=tenant.of_school,
            ground=ground,
            approved_by=by,
            erased_at=at,
            counts=dict(counts),
        )
    )
    session.flush()


def _opened(
    session: Session, tenant: Tenant, of: type[Base], column: str, values: Sequence[str]
) -> Iterator[dict[str, Any]]:
    ring = keys_of(session)
    table: Any = of.__table__
    rows = session.connection().execute(
        table.select().where(
            table.c.la == tenant.la,
            table.c.school == tenant.of_school,
            table.c[column].in_(list(values)),
        )
    )
    for row in rows.mappings():
        plain: dict[str, Any] = {}
        for each in table.columns:
            value = row[each.name]
            if isinstance(each.type, Sealed):
                bound = (row[name] for name in each.type.bound_to)
                where = place(f"{table.name}.{each.name}", *bound)
                name = each.name.removeprefix("sealed_")
                plain[name] = _unsealed(ring, value, where) if value is not None else None
            else:
                plain[each.name] = value.isoformat() if isinstance(value, date) else value
        yield plain


def _unsealed(ring: KeyRing, value: bytes, where: str) -> object:
    """Open a sealed value, which is JSON or the plain words of a person."""
    text = ring.unseal(value, where).decode()
    try:
        opened: object = json.loads(text)
    except ValueError:
        return text
    return opened


def _sent(session: Session, tenant: Tenant, pupil_id: str) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            NoticeRow.event,
            NoticeRecipientRow.person,
            NoticeRecipientRow.receives,
            OutboxRow.state,
            OutboxRow.handed_over_at,
        )
        .join(NoticeRecipientRow, NoticeRecipientRow.notice_id == NoticeRow.id)
        .outerjoin(
            OutboxRow,
            (OutboxRow.recipient_id == NoticeRecipientRow.id) & tenant.owns(OutboxRow),
        )
        .where(
            tenant.owns(NoticeRow), tenant.owns(NoticeRecipientRow), NoticeRow.pupil_id == pupil_id
        )
    )
    return [
        {
            "event": row.event,
            "person": row.person,
            "receives": row.receives,
            "state": row.state,
            "handed_over_at": row.handed_over_at.isoformat() if row.handed_over_at else None,
        }
        for row in rows
    ]


def _audit(session: Session, tenant: Tenant, pupil_id: str) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(AuditEventRow)
        .where(AuditEventRow.la == tenant.la, AuditEventRow.subject == f"pupil:{pupil_id}")
        .order_by(AuditEventRow.number)
    )
    return [
        {"at": row.at.isoformat(), "action": row.action, "actor": row.actor, "facts": row.facts}
        for row in rows
    ]


def _ids(session: Session, tenant: Tenant, of: type[Base], pupil_id: str) -> list[str]:
    table: Any = of.__table__
    rows = session.connection().execute(
        select(table.c.id).where(table.c.school == tenant.of_school, table.c.pupil_id == pupil_id)
    )
    return [row.id for row in rows]


def _empty_bodies(session: Session, tenant: Tenant, pupil_id: str) -> int:
    """Destroy the bodies of the events about a pupil; that they came stays on record."""
    events: Any = InboxEventRow.__table__
    told_by = select(PupilSourceRow.record_id).where(
        tenant.owns(PupilSourceRow), PupilSourceRow.pupil_id == pupil_id
    )
    result = session.connection().execute(
        events.update()
        .where(events.c.school == tenant.of_school, events.c.record_id.in_(told_by))
        .values(sealed_body=None)
    )
    return int(result.rowcount)


def _delete(
    session: Session, tenant: Tenant, of: type[Base], column: str, values: Sequence[str]
) -> int:
    if not values:
        return 0
    table: Any = of.__table__
    result = session.connection().execute(
        table.delete().where(table.c.school == tenant.of_school, table.c[column].in_(list(values)))
    )
    return int(result.rowcount)
