"""Individual development plans: as they stand, every version, and what was done to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import AuthorityOwned, Base, Json, SchoolOwned, Sealed, new_id


class PlanRow(SchoolOwned, Base):
    """A plan of a pupil, as it was last saved.

    `version` counts every saving, `edition` every finalising (0: never). `first_given_on` is the
    day on which a copy of the first edition was first given to anyone, `period_start_on` that from
    which the running review period counts. `consent` is a young person's, None while nobody asked.
    """

    __tablename__ = "plans"
    constraints: ClassVar = (
        CheckConstraint(
            "status IN ('draft', 'with_person', 'decided', 'finalised', 'given', 'under_review', "
            "'closed', 'transferred', 'ceased')",
            name="status",
        ),
        CheckConstraint(
            "maintained_by IN ('school', 'fei', 'la', 'looking_after_la', 'home_authority')",
            name="maintained_by",
        ),
        Index(
            "uq_plans_live", "pupil_id", unique=True,
            sqlite_where=text("status NOT IN ('closed', 'transferred', 'ceased')"),
            postgresql_where=text("status NOT IN ('closed', 'transferred', 'ceased')"),
        ),
        Index("ix_plans_school_status", "school", "status"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"), index=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("idp_drafts.id"))
    form_id: Mapped[str]
    form_version: Mapped[str]
    status: Mapped[str]
    maintained_by: Mapped[str | None]
    has_aln: Mapped[bool | None]
    consent: Mapped[bool | None]
    consent_on: Mapped[date | None]
    consent_by: Mapped[str | None]
    sealed_content: Mapped[bytes] = mapped_column(Sealed())
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    edition: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    finalised_on: Mapped[date | None]
    first_given_on: Mapped[date | None]
    period_start_on: Mapped[date | None]
    review_by_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class PlanVersionRow(SchoolOwned, Base):
    """One saved version of a plan; `edition` is set on the versions that were finalised."""

    __tablename__ = "plan_versions"

    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[int | None]
    act: Mapped[str]
    sealed_content: Mapped[bytes] = mapped_column(Sealed("plan_id", "version"))
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class PlanEditRow(SchoolOwned, Base):
    """What somebody has typed and not saved yet, kept for them: one a person and plan."""

    __tablename__ = "plan_edits"

    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    base_version: Mapped[int]
    sealed_changes: Mapped[bytes] = mapped_column(Sealed("plan_id", "person_id"))
    saved_at: Mapped[datetime]


class PlanActRow(SchoolOwned, Base):
    """One thing done to a plan: what, on which day, by whom; `facts` holds ids, codes and dates."""

    __tablename__ = "plan_acts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    act: Mapped[str]
    from_status: Mapped[str]
    to_status: Mapped[str]
    edition: Mapped[int]
    done_on: Mapped[date]
    done_by: Mapped[str]
    done_at: Mapped[datetime]
    sealed_note: Mapped[bytes | None] = mapped_column(Sealed())
    facts: Mapped[Json]


class PlanCopyRow(SchoolOwned, Base):
    """A copy of one edition for one recipient: by which way and on which day it was given.

    `recipient` is an id as routing gives them. A copy comes of a message of the outbox, or is
    recorded by hand. The earliest day of the first edition starts the review period.
    """

    __tablename__ = "plan_copies"
    constraints: ClassVar = (UniqueConstraint("plan_id", "edition", "recipient"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    edition: Mapped[int]
    recipient: Mapped[str]
    slot: Mapped[str]
    channel: Mapped[str]
    given_on: Mapped[date]
    outbox_id: Mapped[str | None] = mapped_column(ForeignKey("outbox.id"))
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class PlanBundleRow(SchoolOwned, Base):
    """A portable bundle made of a plan, or taken in as one: with what right, and whose key."""

    __tablename__ = "plan_bundles"
    constraints: ClassVar = (
        CheckConstraint("direction IN ('out', 'in')", name="direction"),
        UniqueConstraint("school", "direction", "digest"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    direction: Mapped[str]
    edition: Mapped[int]
    other_body: Mapped[str]
    lawful_basis: Mapped[str]
    consent: Mapped[str]
    key_id: Mapped[str]
    digest: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class DeliveredProvisionRow(SchoolOwned, Base):
    """What a source says was planned and delivered of one provision, or attended, in one week.

    `measure` is `provision` or `attendance`; `reference` is a digest of what the source calls the
    provision (empty for attendance), because the name of a provision can tell of a need; the name
    and what each day told are sealed. Amounts are in `unit` (`minutes`, `sessions`). A file tells
    of the days up to `told_until_on`: a week that goes on after it is told in part.
    """

    __tablename__ = "delivered_provision"
    constraints: ClassVar = (
        CheckConstraint("measure IN ('provision', 'attendance')", name="measure"),
        CheckConstraint("unit IN ('minutes', 'sessions')", name="unit"),
        UniqueConstraint("pupil_id", "vendor", "measure", "reference", "week_on"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"))
    vendor: Mapped[str]
    measure: Mapped[str]
    reference: Mapped[str]
    sealed_detail: Mapped[bytes | None] = mapped_column(Sealed())
    week_on: Mapped[date]
    told_until_on: Mapped[date]
    unit: Mapped[str]
    planned: Mapped[int | None]
    delivered: Mapped[int | None]
    read_at: Mapped[datetime]


class ProvisionLinkRow(SchoolOwned, Base):
    """Which provision of a source a person has said to be which of a plan's.

    `alp` is the place of the provision in the plan (`alp[0]`, `health_alp[0]`), `provision_digest`
    that of its text when the person chose: a plan whose text has changed since asks again.
    """

    __tablename__ = "provision_links"
    constraints: ClassVar = (UniqueConstraint("plan_id", "vendor", "reference"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"))
    pupil_id: Mapped[str] = mapped_column(ForeignKey("pupils.id"), index=True)
    vendor: Mapped[str]
    reference: Mapped[str]
    alp: Mapped[str]
    provision_digest: Mapped[str]
    chosen_by: Mapped[str]
    chosen_at: Mapped[datetime]


class ConversionRunRow(SchoolOwned, Base):
    """The conversion of one cohort's IEPs into drafts: resumable, with counts that add up.

    `wanted` says which pupils (`{"provision": [...], "nc_years": [...]}`); `counts` has one count
    an outcome, and their sum is `items`.
    """

    __tablename__ = "conversion_runs"
    constraints: ClassVar = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[str]
    wanted: Mapped[Json]
    items: Mapped[int]
    counts: Mapped[Json]
    fault: Mapped[str | None]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ConversionItemRow(SchoolOwned, Base):
    """One pupil or one IEP of a run, and what became of it."""

    __tablename__ = "conversion_items"
    constraints: ClassVar = (UniqueConstraint("run_id", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[str] = mapped_column(ForeignKey("conversion_runs.id"))
    position: Mapped[int]
    pupil_id: Mapped[str | None] = mapped_column(ForeignKey("pupils.id"))
    vendor: Mapped[str | None]
    source_plan: Mapped[str | None]
    sealed_record: Mapped[bytes | None] = mapped_column(Sealed())
    outcome: Mapped[str | None]
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("idp_drafts.id"))
    settled_at: Mapped[datetime | None]


class FormVersionRow(AuthorityOwned, Base):
    """An authority's own version of a form; one published version a form is in force."""

    __tablename__ = "form_versions"
    constraints: ClassVar = (
        UniqueConstraint("la", "form_id", "version"),
        CheckConstraint("state IN ('proposed', 'published', 'retired')", name="state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    form_id: Mapped[str]
    version: Mapped[str]
    document: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]


class WordTemplateRow(AuthorityOwned, Base):
    """An authority's own Word template for plans in one language; it holds no pupil's data."""

    __tablename__ = "word_templates"
    constraints: ClassVar = (
        CheckConstraint("state IN ('published', 'retired')", name="state"),
        CheckConstraint("language IN ('en', 'cy')", name="language"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    form_id: Mapped[str]
    language: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
    tags: Mapped[Json]
    state: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class AuthorityKeyRow(AuthorityOwned, Base):
    """A key with which an authority signs bundles; the private half is sealed.

    `key_id` is the SHA-256 of the public key, in hexadecimal.
    """

    __tablename__ = "authority_keys"
    constraints: ClassVar = (CheckConstraint("state IN ('active', 'retired')", name="state"),)

    key_id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[str]
    sealed_private_key: Mapped[bytes] = mapped_column(Sealed("key_id"))
    state: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
