"""A finalised plan packed as one signed bundle, for the body that is owed a copy, or asked to act.

The lawful basis and the consent are a person's statements: they are recorded, and not judged.
Source: 2018 anaw 2 ss. 35, 36; S.I. 2021/401 regs 13(1), 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from mis_bridge.documents.bundles import pack, timeless, verify
from mis_bridge.domain.idp import DraftField, fields_from_json
from mis_bridge.domain.idp_form import FORMS
from mis_bridge.domain.plan_life import Maintainer, PlanStatus
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.pupil import Pupil, UpnStatus
from mis_bridge.domain.review_periods import running_period
from mis_bridge.domain.routed import Role
from mis_bridge.domain.words import Language, Words
from mis_bridge.services import giving
from mis_bridge.services.bundles import authority_keys
from mis_bridge.services.bundles.bundled_plan import (
    BundledPlan,
    Consent,
    CopyGiven,
    Person,
    PlanUnfit,
    read,
    written,
)
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.pages import place_of, pupil_of
from mis_bridge.services.papers.forms import form_of
from mis_bridge.services.papers.plan_documents import Format, rendered_plan
from mis_bridge.services.plans.editing import is_field
from mis_bridge.storage import plan_bundles, plan_copies, plans, register, views_pupils
from mis_bridge.storage.audit import AuditEntry, Fact, append
from mis_bridge.storage.plan_bundles import OUT, NewBundle
from mis_bridge.storage.plans import Content
from mis_bridge.storage.tables.plans import PlanCopyRow, PlanRow
from mis_bridge.storage.tenants import Tenant

LONGEST_BODY, LONGEST_STATEMENT = 200, 500
BASES: Mapping[str, tuple[str, Words]] = {
    "reg_15": (
        "S.I. 2021/401 reg. 15",
        Words(
            "The new body must have a copy: the plan moves to it, or it is directed to maintain it "
            "(S.I. 2021/401 reg. 15)",
            "Rhaid i'r corff newydd gael copi: mae'r cynllun yn symud ato, neu fe'i cyfarwyddir "
            "i'w gynnal (O.S. 2021/401 rheoliad 15)",
        ),
    ),
    "s_36": (
        "2018 anaw 2 s. 36(2); S.I. 2021/401 reg. 13(1)",
        Words(
            "A further education institution is asked to take the plan (section 36(2) of the Act; "
            "S.I. 2021/401 reg. 13(1))",
            "Gofynnir i sefydliad addysg bellach gymryd y cynllun (adran 36(2) o'r Ddeddf; "
            "O.S. 2021/401 rheoliad 13(1))",
        ),
    ),
}
"""Code -> what is recorded, and what a person chooses from; anything else is written out."""

_ENDED = frozenset({PlanStatus.CLOSED, PlanStatus.CEASED})
_ROLES = frozenset(role.value for role in Role) - {Role.PARENT.value}
_PAPERS: tuple[tuple[str, Format, Language], ...] = (
    ("plan.en.pdf", "pdf", "en"),
    ("plan.cy.pdf", "pdf", "cy"),
    ("plan.en.docx", "docx", "en"),
    ("plan.cy.docx", "docx", "cy"),
)


class NotBundled(Problem):
    """A bundle cannot be made of this plan, or not with these statements; `field` names which."""

    def __init__(self, words: Words, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Order:
    """For whom a bundle is, and the statements that go with it. No name of a pupil belongs here."""

    made_for: str
    lawful_basis: str
    consent: str


@dataclass(frozen=True, slots=True, repr=False)
class Packed:
    """A bundle that is made and not recorded yet; `file_name` names nobody."""

    plan_id: str
    tenant: Tenant
    edition: int
    order: Order
    archive: bytes
    key_id: str
    digest: str

    @property
    def file_name(self) -> str:
        """What the file is called: ids and numbers only."""
        return f"plan-{self.plan_id}-{self.edition}.zip"

    def __repr__(self) -> str:
        return f"Packed(plan_id={self.plan_id!r}, edition={self.edition})"


def against_bundling(row: PlanRow) -> Words | None:
    """Return why no bundle can be made of a plan, None where one can.

    Source: 2018 anaw 2 ss. 31, 35 (a plan that goes on); S.I. 2021/401 reg. 15 (copy of the plan).
    """
    if row.edition == 0:
        return _NOT_FINALISED
    if PlanStatus(row.status) in _ENDED:
        return _ENDED_PLAN
    return None


def packed(
    session: Session, tenant: Tenant, plan_id: str, order: Order, *, now: datetime
) -> Packed | None:
    """Make a bundle of a plan's newest finalised edition; None where the tenant has no such plan.

    It reads only: what it takes to write a PDF holds up nobody's writing. The same order for the
    same plan gives the same bundle. Raises NotBundled, NoSigningKey and PdfUnavailable.

    Source: S.I. 2021/401 reg. 15.
    """
    _check(order)
    row = plans.plan(session, tenant, plan_id)
    if row is None:
        return None
    against = against_bundling(row)
    if against is not None:
        raise NotBundled(against)
    of_school = Tenant(row.la, row.school)
    key = authority_keys.signing_key(session, row.la)
    content = plans.edition_content(session, of_school, row.id, row.edition)
    pupil_row = views_pupils.pupil(session, of_school, row.pupil_id)
    pupil = pupil_of(session, pupil_row) if pupil_row is not None else None
    if content is None or pupil is None:
        raise NotBundled(_NO_PERSON)
    data = written(_bundled(session, of_school, row, content, pupil, now))
    try:
        read(data)  # what this product would refuse to take in, it does not send
    except PlanUnfit as unfit:
        raise NotBundled(_UNFIT.fill(keys=unfit.keys)) from None
    files = {"plan.json": data, **_papers(session, of_school, row)}
    about = {
        "plan_id": row.id,
        "edition": row.edition,
        "made_by": row.school,
        "made_for": order.made_for,
        "lawful_basis": order.lawful_basis,
        "consent": order.consent,
    }
    same = [
        bundle
        for bundle in plan_bundles.of_plan(session, of_school, row.id)
        if bundle.direction == OUT
        and (bundle.edition, bundle.other_body) == (row.edition, order.made_for)
        and (bundle.lawful_basis, bundle.consent) == (order.lawful_basis, order.consent)
    ]
    known = {bundle.digest for bundle in same}
    for made_at in (*(bundle.recorded_at for bundle in same), now):
        archive = pack(files, {**about, "made_at": _instant(made_at)}, key)
        bundle = verify(archive)
        if bundle.digest in known:
            break
    return Packed(row.id, of_school, row.edition, order, archive, bundle.key_id, bundle.digest)


def record(session: Session, made: Packed, *, by: str, now: datetime) -> bool:
    """Record that a bundle was made, for whom and on what basis; False where it is on record."""
    register.take_turn(session, made.tenant)
    fresh = plan_bundles.add(
        session,
        made.tenant,
        NewBundle(
            made.plan_id,
            OUT,
            made.edition,
            made.order.made_for,
            made.order.lawful_basis,
            made.order.consent,
            made.key_id,
            made.digest,
        ),
        by=by,
        at=now,
    )
    if fresh:
        facts: dict[str, Fact] = {
            "edition": made.edition,
            "digest": made.digest,
            "key": made.key_id,
        }
        entry = AuditEntry(by, "plan_bundle_made", f"plan:{made.plan_id}", facts)
        append(session, made.tenant, [entry], now)
    return fresh


def _bundled(
    session: Session, tenant: Tenant, row: PlanRow, content: Content, pupil: Pupil, now: datetime
) -> BundledPlan:
    fields = {
        key: held
        for key, field in fields_from_json(content.get("fields", {})).items()
        if (held := _filled(field)) is not None
    }
    first, revised, kept = giving.days_told(session, tenant, row)
    today = day_in_wales(now)
    period = (
        running_period(first, revised=revised, not_revised=kept, today=today) if first else None
    )
    places = ((tenant.of_school, tenant), (tenant.la, Tenant(tenant.la)))
    return BundledPlan(
        plan_id=row.id,
        form_id=row.form_id,
        form_version=row.form_version,
        edition=row.edition,
        finalised_on=row.finalised_on or row.changed_at.date(),
        maintained_by=Maintainer(row.maintained_by or Maintainer.SCHOOL.value),
        person=_person(pupil, fields),
        consent=Consent(row.consent_on, row.consent_by) if row.consent else None,
        first_given_on=min(first, default=None),
        period_start_on=period.starts_on if period else None,
        review_by_on=period.last_on if period else None,
        copies=tuple(
            sorted(
                (_copy(copy) for copy in plan_copies.copies(session, tenant, row.id)),
                key=lambda copy: (copy.edition, copy.given_on, copy.slot, copy.way),
            )
        ),
        not_revised_on=tuple(sorted(kept)),
        labels=_labels(session, tenant, row, fields),
        names={code: place_of(session, place).name for code, place in places},
        fields=fields,
        appendix=content.get("appendix", ()),
    )


def _filled(field: DraftField) -> DraftField | None:
    """Return a field without the parts of it that are empty, None where nothing is left."""
    if isinstance(field.value, dict):
        value = {name: part for name, part in field.value.items() if part}
        return replace(field, value=value) if value else None
    return field if field.value != "" else None


def _person(pupil: Pupil, fields: Mapping[str, DraftField]) -> Person:
    held = fields.get("person.name")
    said = held.value if held is not None and isinstance(held.value, str) else None
    upn = pupil.upn if pupil.upn_status is UpnStatus.VALID else None
    return Person(pupil.name.known_as or said, pupil.dob, upn)


def _copy(row: PlanCopyRow) -> CopyGiven:
    """Return a copy without whose it was: in what capacity, by which way, on which day."""
    return CopyGiven(
        row.edition, row.recipient if row.recipient in _ROLES else row.slot, row.channel,
        row.given_on,
    )  # fmt: skip


def _labels(
    session: Session, tenant: Tenant, row: PlanRow, fields: Mapping[str, DraftField]
) -> dict[str, Words]:
    """Return what an authority's own form calls the fields that the shipped form does not have."""
    own = [key for key in fields if not is_field(FORMS[row.form_id], key)]
    if not own:
        return {}
    form = form_of(session, tenant, row.form_id, row.form_version)
    return {key: form.field(key).label for key in own}


def _papers(session: Session, tenant: Tenant, row: PlanRow) -> dict[str, bytes]:
    papers: dict[str, bytes] = {}
    for name, form, language in _PAPERS:
        made = rendered_plan(
            session, tenant, row.id, edition=row.edition, form=form, language=language
        )
        if made is None:
            raise NotBundled(_NOT_FINALISED)
        papers[name] = timeless(made) if form == "docx" else made
    return papers


def _check(order: Order) -> None:
    for field, said, most in (
        ("made_for", order.made_for, LONGEST_BODY),
        ("lawful_basis", order.lawful_basis, LONGEST_STATEMENT),
        ("consent", order.consent, LONGEST_STATEMENT),
    ):
        if not said.strip():
            raise NotBundled(_SAY[field], field)
        if len(said) > most or not said.isprintable():
            raise NotBundled(_TOO_LONG.fill(most=most), field)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_SAY = {
    "made_for": Words(
        "Say which body the bundle is for: a school as 661/9901, an authority as 661, or its name.",
        "Nodwch i ba gorff y mae'r bwndel: ysgol fel 661/9901, awdurdod fel 661, neu ei enw.",
    ),
    "lawful_basis": Words(
        "Say on what lawful basis the plan is given to that body.",
        "Nodwch ar ba sail gyfreithlon y rhoddir y cynllun i'r corff hwnnw.",
    ),
    "consent": Words(
        "Say what there is of consent; where none is needed, say that.",
        "Nodwch pa gydsyniad sydd; os nad oes angen un, dywedwch hynny.",
    ),
}
_TOO_LONG = Words(
    "Write one line of at most {most} characters.",
    "Ysgrifennwch un llinell o {most} nod ar y mwyaf.",
)
_NOT_FINALISED = Words(
    "The plan has not been finalised, and only a finalised plan is given as a bundle. Finalise it "
    "first.",
    "Nid yw'r cynllun wedi'i gwblhau: dim ond cynllun wedi'i gwblhau a roddir fel bwndel. "
    "Cwblhewch ef yn gyntaf.",
)
_ENDED_PLAN = Words(
    "The plan has ended: no body takes it on, so no bundle is made of it.",
    "Mae'r cynllun wedi dod i ben: nid oes corff yn ei gymryd, felly ni wneir bwndel ohono.",
)
_UNFIT = Words(
    "The plan holds more than a bundle can, or something that a bundle has no place for: see "
    "{keys}. Shorten it by a review, or send the documents by another way.",
    "Mae'r cynllun yn dal mwy nag y gall bwndel, neu rywbeth nad oes lle iddo mewn bwndel: gweler "
    "{keys}. Talfyrrwch ef drwy adolygiad, neu anfonwch y dogfennau drwy ffordd arall.",
)
_NO_PERSON = Words(
    "What the plan holds, or the pupil's record, is no longer here: no bundle can be made.",
    "Nid yw cynnwys y cynllun, neu gofnod y disgybl, yma bellach: ni ellir gwneud bwndel.",
)
