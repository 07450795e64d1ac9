"""A finalised plan at one school, and another school that its pupil goes to."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.documents.bundles import key_id, pack
from mis_bridge.domain.idp import Value
from mis_bridge.domain.pupil import Provision, ProvisionType, Pupil, UpnStatus
from mis_bridge.services.bundles import authority_keys
from mis_bridge.services.bundles.making import Order
from mis_bridge.services.giving import give
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.plans import acts as plan_acts
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import finalising
from mis_bridge.services.plans.desk import PlanDesk
from mis_bridge.services.sessions import ALNCO, Visitor
from mis_bridge.storage import plan_copies, plans
from mis_bridge.storage.tables.duties import OutboxRow
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil

OLD, NEW = "660/4001", "661/4001"
UPN = "P661990118001"
TODAY = NOW.date()
ORDER = Order(NEW, "S.I. 2021/401 reg. 15", "Not needed: the law asks for the copy.")
WHOLE: dict[str, Value | None] = {
    "aln.description": "Difficulty in reading connected text, although ŵyneb is a word she knows.",
    "aln.impact": "Written tasks take twice as long.",
    "profile.important": "Her dog Pero, and knowing what comes next.",
    "record[0]": {"source": "Educational psychologist", "summary": "Report of October 2026."},
    "alp[0].outcome": "Reads 90 words a minute by June 2027.",
    "alp[0].measure": "Timed reading each half-term.",
    "alp[0].provision": "Reading support, 3 times a week for 20 minutes, one to one.",
    "alp[0].in_welsh": True,
    "alp[0].provider": "The school",
    "alp[0].from": "2026-11-23",
    "alp[0].review": "2027-06-30",
    "alp[0].rationale": "The assessment of October 2026.",
    "plan.review_by": "2027-06-30",
}


SENDER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
SENDERS_KEY = key_id(SENDER.public_key())


def plan_json(**changes: Any) -> dict[str, Any]:
    """Return a plan as another product would write it, by the format's description alone."""
    given = {"edition": 1, "slot": "parent", "way": "post", "given_on": "2026-10-05"}
    texts = {
        "person.name": "Aled Canary",
        "person.school": "660/4001",
        "aln.description": "Difficulty in reading connected text.",
        "alp[0].outcome": "Reads 90 words a minute by June 2027.",
        "alp[0].provision": "Reading support, 3 times a week for 20 minutes, one to one.",
        "record[0]": {"source": "Educational psychologist", "summary": "Report of 2026."},
    }
    return {
        "schema": "aln-plan/1",
        "plan_id": "theirs-1",
        "form_id": "aln-code-2021-annex-a",
        "form_version": "2021-1",
        "edition": 1,
        "finalised_on": "2026-10-01",
        "maintained_by": "school",
        "person": {"name": "Aled Canary", "dob": "2015-03-02", "upn": UPN},
        "consent": None,
        "first_given_on": "2026-10-05",
        "period_start_on": "2026-10-05",
        "review_by_on": "2027-10-04",
        "copies": [given],
        "not_revised_on": [],
        "labels": {},
        "names": {"660/4001": {"en": "Old School", "cy": "Hen Ysgol"}},
        "fields": {
            key: {
                "value": value,
                "origin": {"record": "their-record", "path": key},
                "confidence": "stated",
                "confirmed_by": "their-person",
            }
            for key, value in texts.items()
        },
        "appendix": [],
        **changes,
    }


def sent(data: dict[str, Any] | None = None, **about: Any) -> bytes:
    """Return a bundle of such a plan, signed by its sender."""
    plan = plan_json() if data is None else data
    told = {
        "plan_id": plan["plan_id"],
        "edition": plan["edition"],
        "made_by": OLD,
        "made_for": NEW,
        "lawful_basis": "S.I. 2021/401 reg. 15",
        "consent": "Not needed",
        "made_at": "2026-11-20T09:30:00Z",
        **about,
    }
    files = {"plan.json": json.dumps(plan, ensure_ascii=False).encode(), "plan.cy.pdf": b"%PDF"}
    return pack(files, told, SENDER)


def visitor_of(tenant: Tenant, *roles: str) -> Visitor:
    """Return the ALNCo of a school, or somebody with other roles."""
    return Visitor("mair", tenant, frozenset(roles or (ALNCO,)), "en", (), None, "", "")


def with_plan(pupil: Pupil) -> Pupil:
    """Return the pupil with a plan that a school maintains, as the register claims."""
    return Pupil(**{**_facts(pupil), "provision": Provision(ProvisionType.IDP_SCHOOL, "IS", TODAY)})


def _facts(pupil: Pupil) -> dict[str, Any]:
    return {name: getattr(pupil, name) for name in pupil.__dataclass_fields__}


def tell(session: Session, tenant: Tenant, *states: Pupil, jobs: RecordedJobs) -> str:
    """Tell a school's register of one pupil, state after state; returns the pupil's id."""
    connection = add_connection(session, tenant)
    for state in states:
        apply(
            session, tenant, connection_id=connection.id, pupil=state, tombstone=None, raw=None,
            mapping_version_id=None, noticed_on=TODAY, noticed_confirmed=True, cause="test",
            now=NOW, jobs=jobs,
        )  # fmt: skip
    record_id = states[-1].source.record_id
    return session.scalars(
        select(PupilRow.id).where(tenant.owns(PupilRow), PupilRow.record_id == record_id)
    ).one()


def two_schools(session: Session) -> tuple[Tenant, Tenant]:
    """Add two authorities with a school each, and a signing key for the first."""
    old, new = add_school(session, OLD), add_school(session, NEW)
    for tenant in (old, new):
        add_calendar(session, Tenant(tenant.la))
    authority_keys.make(session, old.la, by="operator", now=NOW)
    return old, new


def at_old_school(**facts: Any) -> Pupil:
    """Return the pupil as the old school knows her."""
    return a_pupil("A1", school=OLD, **{"upn": UPN, "upn_status": UpnStatus.VALID, **facts})


def at_new_school(**facts: Any) -> Pupil:
    """Return the same pupil as the new school knows her."""
    return a_pupil("N7", school=NEW, **{"upn": UPN, "upn_status": UpnStatus.VALID, **facts})


def finalised(
    session: Session, tenant: Tenant, pupil_id: str, jobs: RecordedJobs, *, now: datetime = NOW
) -> PlanRow:
    """Take a plan of a pupil from its beginning to its first edition."""
    who = visitor_of(tenant)
    plan_id = plan_editing.begin(session, who, pupil_id, None, now=now)

    def desk() -> PlanDesk:
        row = plans.plan(session, tenant, plan_id)
        assert row is not None
        return PlanDesk(session, who, plan_id, row.version, now, jobs)

    plan_editing.save(desk(), WHOLE)
    plan_acts.involve_person(desk(), now.date(), "A talk with the child and the mother.")
    plan_acts.decide(desk(), has_aln=True, on=now.date(), reasons="The evidence.")
    finalising.finalise(desk(), now.date())
    row = plans.plan(session, tenant, plan_id)
    assert row is not None
    return row


def give_all(
    session: Session, row: PlanRow, jobs: RecordedJobs, *, on: date, now: datetime = NOW
) -> None:
    """Record that everybody was given what waits for them about a plan."""
    tenant = Tenant(row.la, row.school)
    for notice in plan_copies.notices_of(session, tenant, row.id):
        waiting = session.scalars(
            select(OutboxRow.id).where(tenant.owns(OutboxRow), OutboxRow.notice_id == notice.id)
        ).all()
        for message in waiting:
            give(
                session, tenant, message, on=on, way="hand", by="person:mair", now=now, jobs=jobs
            )  # fmt: skip
