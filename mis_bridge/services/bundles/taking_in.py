"""A bundle from another body taken in as a plan of this school: whole, or not at all.

The plan goes on: it keeps its edition and its review period, and an arriving plan is never a reason
to decide afresh. The body that now maintains it tells the family so.
Source: 2018 anaw 2 ss. 22(2), 23, 35; S.I. 2021/401 regs 15, 16.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.documents.bundles import Bundle, verify
from mis_bridge.domain.plan_life import Maintainer, PlanAct, PlanStatus
from mis_bridge.domain.plan_moves import Moved, maintainer_after_move
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.routed import Role
from mis_bridge.domain.tasks import Closing, Setting
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.services import giving, notice_making
from mis_bridge.services.bundles import authority_keys
from mis_bridge.services.bundles import problems as words
from mis_bridge.services.bundles.bundled_plan import BundledPlan, read
from mis_bridge.services.bundles.contents import RECEIVED, content_of, form_here, record_of
from mis_bridge.services.bundles.problems import BundleNotTaken, MaintainerToSay
from mis_bridge.services.bundles.pupils import whose
from mis_bridge.services.calendars import in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.notice_making import Occasion
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.plans.desk import GIVERS
from mis_bridge.services.ports import Jobs
from mis_bridge.storage import plan_bundles, plan_copies, plan_log, plans, register
from mis_bridge.storage.audit import AuditEntry, Fact, append
from mis_bridge.storage.plan_bundles import IN, NewBundle
from mis_bridge.storage.plan_copies import Copy
from mis_bridge.storage.plan_log import Done
from mis_bridge.storage.plans import NewPlan
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import Tenant

ACT: Final = "import"
_SECTION_11_3 = "2018 anaw 2 s. 11(3)(a)"
_DUTIES_TO_DECIDE = ("school_decide", "fei_decide", "record_consent")
_OBTAIN_PLAN = "obtain_plan"
_SECTION_35 = "2018 anaw 2 ss. 22(2), 35; S.I. 2021/401 reg. 15"
_SCHOOL = re.compile(r"\d{3}/\d{4}", re.ASCII)
_AUTHORITY = re.compile(r"\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person who takes a bundle in says: the keys they trust, and what only they know.

    `trusted` are ids of keys that authorities publish. `pupil_id` names whose plan it is where no
    UPN says so; `maintainer` who maintains it where the law that was read does not.
    """

    trusted: frozenset[str] = frozenset()
    pupil_id: str | None = None
    maintainer: Maintainer | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What taking a bundle in came to; `fresh` is False where the plan was there already."""

    plan_id: str
    pupil_id: str
    edition: int
    key_id: str
    fresh: bool
    maintained_by: str | None = None
    notice_id: str | None = None
    uncertain: Words | None = None


def take_in(
    session: Session,
    tenant: Tenant,
    archive: bytes,
    wanted: Wanted,
    *,
    by: str,
    now: datetime,
    jobs: Jobs,
) -> TakenIn:
    """Take a bundle in as a plan of the school, in this transaction.

    Raises BundleRefused, SignerUnknown, BundleNotTaken, PupilToChoose and MaintainerToSay; then
    nothing has changed. The same bundle again is the same plan.

    Source: 2018 anaw 2 ss. 22(2), 35(1)-(13); S.I. 2021/401 regs 15, 16.
    """
    own = authority_keys.own_key_ids(session, tenant.la)
    bundle = verify(archive, wanted.trusted | own)
    plan = read(bundle.files["plan.json"])
    about = _about(bundle, plan, tenant)
    _check_not_ahead(plan, day_in_wales(now))
    school = register.take_turn(session, tenant)
    known = plan_bundles.taken_in(session, tenant, bundle.digest)
    if known is not None:
        there = plans.plan(session, tenant, known.plan_id)
        if there is not None and there.status not in plans.ENDED:
            return _there(there, bundle)
    row, pupil = whose(session, tenant, plan, wanted.pupil_id, now)
    standing = _standing(session, tenant, row.id, plan)
    if standing is not None:
        return _there(standing, bundle)
    moved = _moved(plan, Setting(school.setting), pupil, wanted.maintainer)
    taking = _Taking(session, tenant, bundle, plan, about, by, now, jobs)
    return taking.take(row.id, pupil, moved)


@dataclass(frozen=True, slots=True)
class _About:
    """What the manifest says of the bundle itself."""

    made_by: str
    lawful_basis: str
    consent: str


@dataclass(frozen=True, slots=True, repr=False)
class _Taking:
    """One bundle on its way in; everything below is written or nothing."""

    session: Session
    tenant: Tenant
    bundle: Bundle
    plan: BundledPlan
    about: _About
    by: str
    now: datetime
    jobs: Jobs

    def take(self, pupil_id: str, pupil: Pupil, moved: Moved) -> TakenIn:
        row = self._plan(pupil_id, moved)
        self._copies(row)
        desk = TaskDesk(self.session, self.tenant, in_force(self.session, self.tenant), self.now)
        giving.restart_period(desk, row)
        desk.apply(pupil_id, (), tuple(_closings(row)))
        notice = self._tell(desk, row, pupil)
        self._record(row)
        return TakenIn(
            row.id, pupil_id, row.edition, self.bundle.key_id, fresh=True,
            maintained_by=row.maintained_by, notice_id=notice, uncertain=moved.uncertain,
        )  # fmt: skip

    def _plan(self, pupil_id: str, moved: Moved) -> PlanRow:
        """Write the plan as it left the other body, with what came and from whom kept beside it."""
        plan, form = self.plan, form_here(self.session, self.tenant, self.plan)
        held = content_of(self.bundle, plan, form)
        given = any(copy.edition == plan.edition for copy in plan.copies)
        new = NewPlan(
            pupil_id, None, plan.form_id, form.version,
            moved.maintainer.value if moved.maintainer else None,
            PlanStatus.GIVEN.value if given else PlanStatus.FINALISED.value,
        )  # fmt: skip
        row = plans.add(self.session, self.tenant, new, held, by=self.by, at=self.now)
        row.edition, row.has_aln, row.finalised_on = plan.edition, True, plan.finalised_on
        if plan.consent is not None:
            row.consent, row.consent_on, row.consent_by = True, plan.consent.on, plan.consent.by
        plans.save(self.session, row, held, act=ACT, by=self.by, at=self.now, edition=plan.edition)
        key = {"key": self.bundle.key_id}
        before = [day.isoformat() for day in plan.not_revised_on]
        there = Done(PlanAct.FINALISE.value, row.status, plan.finalised_on, key)
        facts = {**key, "to": row.maintained_by, giving.NOT_REVISED_BEFORE: before}
        doubt = moved.uncertain
        note = {"reasons": {"en": doubt.en, "cy": doubt.cy}} if doubt is not None else None
        here = Done(ACT, row.status, day_in_wales(self.now), facts, note)
        # What the other body did is its act, not one of a person of this school.
        then = datetime.combine(plan.finalised_on, time(), UTC)
        plan_log.note_act(self.session, row, there, by=record_of(self.bundle), at=then)
        plan_log.note_act(self.session, row, here, by=self.by, at=self.now)
        return row

    def _copies(self, row: PlanRow) -> None:
        """Keep the copies that were given before: the first of them started the review periods."""
        for number, copy in enumerate(self.plan.copies):
            named = copy.slot in _ROLES_OF_ONE
            kept = Copy(
                copy.edition,
                copy.slot if named else f"contact:bundle-{number}",
                copy.slot,
                copy.way,
                copy.given_on,
            )
            plan_copies.add_copy(self.session, row, kept, by=self.by, at=self.now)

    def _tell(self, desk: TaskDesk, row: PlanRow, pupil: Pupil) -> str | None:
        """Make the notice that this body is now responsible, where it is this body that is.

        A copy that nobody has been given yet is this body's to give.
        Source: 2018 anaw 2 ss. 22(1), 22(2), 23(11).
        """
        maintainer = Maintainer(row.maintained_by) if row.maintained_by else None
        if maintainer is None or maintainer.is_authority:
            return None
        first = self._notice(desk, row, pupil, "now_responsible_s22_2", edition=None)
        if row.status == PlanStatus.FINALISED.value:
            event = "revised_copy_s23_11" if self.plan.copies else "idp_copy_s22_1"
            self._notice(desk, row, pupil, event, edition=row.edition)
        return first

    def _notice(
        self, desk: TaskDesk, row: PlanRow, pupil: Pupil, event: str, *, edition: int | None
    ) -> str | None:
        made = notice_making.make(
            self.session,
            self.tenant,
            row.pupil_id,
            pupil,
            Occasion(
                event=event,
                by=GIVERS[Maintainer(row.maintained_by or "")],
                name=f"plan:{row.id}:{ACT}",
                plan_id=row.id,
                plan_edition=edition,
            ),
            now=self.now,
            jobs=self.jobs,
        )
        if made.to_check is not None:
            desk.apply(row.pupil_id, (made.to_check,), ())
        return made.notice_id

    def _record(self, row: PlanRow) -> None:
        plan_bundles.add(
            self.session,
            self.tenant,
            NewBundle(
                row.id, IN, row.edition, self.about.made_by, self.about.lawful_basis,
                self.about.consent, self.bundle.key_id, self.bundle.digest,
            ),
            by=self.by,
            at=self.now,
        )  # fmt: skip
        facts: dict[str, Fact] = {
            "edition": row.edition,
            "key": self.bundle.key_id,
            "digest": self.bundle.digest,
            "maintained_by": row.maintained_by,
        }
        entry = AuditEntry(self.by, "plan_bundle_taken_in", f"plan:{row.id}", facts)
        append(self.session, self.tenant, [entry], self.now)


def _about(bundle: Bundle, plan: BundledPlan, tenant: Tenant) -> _About:
    """Read what the manifest says; refuse one that speaks of another plan, or to another body."""
    said: dict[str, str] = {}
    for name, most in (
        ("made_by", 200),
        ("made_for", 200),
        ("lawful_basis", 500),
        ("consent", 500),
    ):
        value = bundle.manifest.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            raise BundleNotTaken(words.MANIFEST.fill(key=name))
        if not value.isprintable():
            raise BundleNotTaken(words.MANIFEST.fill(key=name))
        said[name] = value
    if bundle.manifest.get("plan_id") != plan.plan_id or (
        bundle.manifest.get("edition") != plan.edition
    ):
        raise BundleNotTaken(words.MANIFEST.fill(key="plan_id, edition"))
    wanted = said["made_for"].strip()
    other_school = _SCHOOL.fullmatch(wanted) and wanted != tenant.school
    other_authority = _AUTHORITY.fullmatch(wanted) and wanted != tenant.la
    if other_school or other_authority:
        raise BundleNotTaken(words.FOR_ANOTHER.fill(body=wanted))
    return _About(said["made_by"], said["lawful_basis"], said["consent"])


def _check_not_ahead(plan: BundledPlan, today: date) -> None:
    """Refuse days that lie ahead: a review period would begin later than the facts warrant."""
    given = [copy.given_on for copy in plan.copies]
    if max((plan.finalised_on, *given, *plan.not_revised_on)) > today:
        raise BundleNotTaken(words.AHEAD)


def _standing(session: Session, tenant: Tenant, pupil_id: str, plan: BundledPlan) -> PlanRow | None:
    """Return the plan that this edition was taken in as before; refuse what may not be taken in.

    A plan that has gone on to another body may come back with its pupil, as it went.

    Source: 2018 anaw 2 s. 35 (one plan, which goes on).
    """
    for row in plans.plans_of_pupil(session, tenant, pupil_id):
        came = plans.content(session, row).get(RECEIVED, {})
        if came.get("plan_id") != plan.plan_id:
            continue
        if came.get("edition", 0) > plan.edition:
            raise BundleNotTaken(words.OLDER)
        if came.get("edition") == plan.edition and row.status == PlanStatus.CEASED.value:
            raise BundleNotTaken(words.CEASED)
        if came.get("edition") == plan.edition and row.status not in plans.ENDED:
            return row
    if plans.live_plan(session, tenant, pupil_id) is not None:
        raise BundleNotTaken(words.HAS_PLAN)
    return None


def _moved(plan: BundledPlan, setting: Setting, pupil: Pupil, said: Maintainer | None) -> Moved:
    cared_for = pupil.looked_after.in_care if pupil.looked_after else None
    moved = maintainer_after_move(plan.maintained_by, setting, looked_after=cared_for)
    if moved.maintainer is None and said is None:
        raise MaintainerToSay(moved.source)
    if said is not None and moved.maintainer not in {None, said}:
        raise BundleNotTaken(words.OTHER_MAINTAINER.fill(source=moved.source), field="maintainer")
    return replace(moved, maintainer=moved.maintainer or said)


def _there(row: PlanRow, bundle: Bundle) -> TakenIn:
    return TakenIn(
        row.id, row.pupil_id, row.edition, bundle.key_id, fresh=False,
        maintained_by=row.maintained_by,
    )  # fmt: skip


def _closings(row: PlanRow) -> Iterator[Closing]:
    """Yield the duties that the plan ends here: to obtain it, and to decide where there is a plan.

    Source: 2018 anaw 2 ss. 11(3)(a), 35.
    """
    trigger, facts = f"plan:{row.id}:{ACT}", {"plan": row.id}
    taken_in = Trace().step("PLAN-TAKEN-IN", words.HERE_NOW, _SECTION_35, facts)
    yield Closing(_OBTAIN_PLAN, trigger, "PLAN-TAKEN-IN", _SECTION_35, taken_in)
    decided = Trace().step("PLAN-STANDS", words.PLAN_STANDS, _SECTION_11_3, facts)
    for duty in _DUTIES_TO_DECIDE:
        yield Closing(duty, trigger, "PLAN-STANDS", _SECTION_11_3, decided)


_ROLES_OF_ONE = frozenset({
    Role.CHILD.value, Role.YOUNG_PERSON.value, Role.IRO.value, Role.GOVERNING_BODY.value,
    Role.PERSON_IN_CHARGE.value, Role.OTHER_BODY.value,
})  # fmt: skip
