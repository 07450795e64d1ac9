# ruff: noqa: E501 - a schema is one long list
"""Plans with their life, ways of sending, and the events that others subscribe to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mis_bridge.storage import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "authority_keys",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("sealed_private_key", columns.Sealed(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('active', 'retired')", name=op.f("ck_authority_keys_state")),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_authority_keys_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_authority_keys_la")
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_authority_keys")),
    )
    op.create_index(op.f("ix_authority_keys_la"), "authority_keys", ["la"], unique=False)
    op.create_table(
        "conversion_runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wanted", columns.Plain, nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("counts", columns.Plain, nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("finished_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')",
            name=op.f("ck_conversion_runs_state"),
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_conversion_runs_la_school"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_runs")),
    )
    op.create_index(op.f("ix_conversion_runs_school"), "conversion_runs", ["school"], unique=False)
    op.create_table(
        "delivery_routes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settings", columns.Plain, nullable=False),
        sa.Column("sealed_secret", columns.Sealed(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("last_used_at", columns.Instant(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('notify_email', 'notify_letter', 'smtp', 'mis')",
            name=op.f("ck_delivery_routes_channel"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'ended')", name=op.f("ck_delivery_routes_state")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_delivery_routes_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_delivery_routes_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_routes")),
    )
    op.create_index(op.f("ix_delivery_routes_la"), "delivery_routes", ["la"], unique=False)
    op.create_table(
        "form_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", columns.Instant(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("published_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'published', 'retired')", name=op.f("ck_form_versions_state")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_form_versions_la_school")
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_form_versions_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_versions")),
        sa.UniqueConstraint(
            "la", "form_id", "version", name=op.f("uq_form_versions_la_form_id_version")
        ),
    )
    op.create_index(op.f("ix_form_versions_la"), "form_versions", ["la"], unique=False)
    op.create_table(
        "outgoing_events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("facts", columns.Plain, nullable=False),
        sa.Column("occurred_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_outgoing_events_la_school"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_events")),
    )
    op.create_index(
        "ix_outgoing_events_occurred_at", "outgoing_events", ["occurred_at"], unique=False
    )
    op.create_index(op.f("ix_outgoing_events_school"), "outgoing_events", ["school"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("types", columns.Plain, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sealed_secrets", columns.Sealed(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("last_delivered_at", columns.Instant(), nullable=True),
        sa.Column("held_until", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'disabled', 'ended')",
            name=op.f("ck_subscriptions_state"),
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_subscriptions_la_school")
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_subscriptions_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_la"), "subscriptions", ["la"], unique=False)
    op.create_table(
        "word_templates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("tags", columns.Plain, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.CheckConstraint("language IN ('en', 'cy')", name=op.f("ck_word_templates_language")),
        sa.CheckConstraint(
            "state IN ('published', 'retired')", name=op.f("ck_word_templates_state")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_word_templates_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_word_templates_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_templates")),
    )
    op.create_index(op.f("ix_word_templates_la"), "word_templates", ["la"], unique=False)
    op.create_table(
        "delivered_provision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sealed_detail", columns.Sealed(), nullable=True),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("told_until_on", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=True),
        sa.Column("read_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "measure IN ('provision', 'attendance')", name=op.f("ck_delivered_provision_measure")
        ),
        sa.CheckConstraint(
            "unit IN ('minutes', 'sessions')", name=op.f("ck_delivered_provision_unit")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_delivered_provision_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_delivered_provision_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivered_provision")),
        sa.UniqueConstraint(
            "pupil_id",
            "vendor",
            "measure",
            "reference",
            "week_on",
            name=op.f("uq_delivered_provision_pupil_id_vendor_measure_reference_week_on"),
        ),
    )
    op.create_index(
        op.f("ix_delivered_provision_school"), "delivered_provision", ["school"], unique=False
    )
    op.create_table(
        "outgoing_deliveries",
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.Column("log", columns.Plain, nullable=False),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'failed', 'cancelled')",
            name=op.f("ck_outgoing_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["outgoing_events.id"], name=op.f("fk_outgoing_deliveries_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_outgoing_deliveries_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_outgoing_deliveries_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("subscription_id", "event_id", name=op.f("pk_outgoing_deliveries")),
    )
    op.create_index(
        op.f("ix_outgoing_deliveries_school"), "outgoing_deliveries", ["school"], unique=False
    )
    op.create_index(
        "ix_outgoing_deliveries_state_next_at",
        "outgoing_deliveries",
        ["state", "next_at"],
        unique=False,
    )
    op.create_table(
        "conversion_items",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=True),
        sa.Column("vendor", sa.String(), nullable=True),
        sa.Column("source_plan", sa.String(), nullable=True),
        sa.Column("sealed_record", columns.Sealed(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("draft_id", sa.String(), nullable=True),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["idp_drafts.id"], name=op.f("fk_conversion_items_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_conversion_items_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_conversion_items_pupil_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["conversion_runs.id"], name=op.f("fk_conversion_items_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_items")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_conversion_items_run_id_position")),
    )
    op.create_index(
        op.f("ix_conversion_items_school"), "conversion_items", ["school"], unique=False
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=True),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("form_version", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("maintained_by", sa.String(), nullable=True),
        sa.Column("has_aln", sa.Boolean(), nullable=True),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("consent_by", sa.String(), nullable=True),
        sa.Column("sealed_content", columns.Sealed(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("edition", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("finalised_on", sa.Date(), nullable=True),
        sa.Column("first_given_on", sa.Date(), nullable=True),
        sa.Column("period_start_on", sa.Date(), nullable=True),
        sa.Column("review_by_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "maintained_by IN ('school', 'fei', 'la', 'looking_after_la', 'home_authority')",
            name=op.f("ck_plans_maintained_by"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'with_person', 'decided', 'finalised', 'given', 'under_review', 'closed', 'transferred', 'ceased')",
            name=op.f("ck_plans_status"),
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["idp_drafts.id"], name=op.f("fk_plans_draft_id")),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_plans_la_school")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupils.id"], name=op.f("fk_plans_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_pupil_id"), "plans", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_plans_school"), "plans", ["school"], unique=False)
    op.create_index("ix_plans_school_status", "plans", ["school", "status"], unique=False)
    op.create_index(
        "uq_plans_live",
        "plans",
        ["pupil_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('closed', 'transferred', 'ceased')"),
        postgresql_where=sa.text("status NOT IN ('closed', 'transferred', 'ceased')"),
    )
    op.create_table(
        "plan_acts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=False),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_at", columns.Instant(), nullable=False),
        sa.Column("sealed_note", columns.Sealed(), nullable=True),
        sa.Column("facts", columns.Plain, nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_plan_acts_la_school")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_acts_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_acts")),
    )
    op.create_index(op.f("ix_plan_acts_plan_id"), "plan_acts", ["plan_id"], unique=False)
    op.create_index(op.f("ix_plan_acts_school"), "plan_acts", ["school"], unique=False)
    op.create_table(
        "plan_bundles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("other_body", sa.String(), nullable=False),
        sa.Column("lawful_basis", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint("direction IN ('out', 'in')", name=op.f("ck_plan_bundles_direction")),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_plan_bundles_la_school")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_bundles_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_bundles")),
        sa.UniqueConstraint(
            "school", "direction", "digest", name=op.f("uq_plan_bundles_school_direction_digest")
        ),
    )
    op.create_index(op.f("ix_plan_bundles_plan_id"), "plan_bundles", ["plan_id"], unique=False)
    op.create_index(op.f("ix_plan_bundles_school"), "plan_bundles", ["school"], unique=False)
    op.create_table(
        "plan_edits",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("sealed_changes", columns.Sealed(), nullable=False),
        sa.Column("saved_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_plan_edits_la_school")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_edits_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "person_id", name=op.f("pk_plan_edits")),
    )
    op.create_index(op.f("ix_plan_edits_school"), "plan_edits", ["school"], unique=False)
    op.create_table(
        "plan_versions",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("sealed_content", columns.Sealed(), nullable=False),
        sa.Column("saved_at", columns.Instant(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_plan_versions_la_school")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_versions_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "version", name=op.f("pk_plan_versions")),
    )
    op.create_index(op.f("ix_plan_versions_school"), "plan_versions", ["school"], unique=False)
    op.create_table(
        "plan_copies",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("outbox_id", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_plan_copies_la_school")
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_plan_copies_outbox_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_copies_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_copies")),
        sa.UniqueConstraint(
            "plan_id", "edition", "recipient", name=op.f("uq_plan_copies_plan_id_edition_recipient")
        ),
    )
    op.create_index(op.f("ix_plan_copies_school"), "plan_copies", ["school"], unique=False)
    op.add_column("notices", sa.Column("plan_id", sa.String(), nullable=True))
    op.add_column("notices", sa.Column("plan_edition", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_notices_plan_id"), "notices", ["plan_id"], unique=False)
    op.add_column("outbox", sa.Column("channel_status", sa.String(), nullable=True))
    op.add_column("outbox", sa.Column("looked_at", columns.Instant(), nullable=True))
    op.create_table(
        "provision_links",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("alp", sa.String(), nullable=False),
        sa.Column("provision_digest", sa.String(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("chosen_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_provision_links_la_school"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_provision_links_plan_id")),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_provision_links_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_links")),
        sa.UniqueConstraint(
            "plan_id",
            "vendor",
            "reference",
            name=op.f("uq_provision_links_plan_id_vendor_reference"),
        ),
    )
    op.create_index(
        op.f("ix_provision_links_pupil_id"), "provision_links", ["pupil_id"], unique=False
    )
    op.create_index(op.f("ix_provision_links_school"), "provision_links", ["school"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    op.drop_index(op.f("ix_provision_links_school"), table_name="provision_links")
    op.drop_index(op.f("ix_provision_links_pupil_id"), table_name="provision_links")
    op.drop_table("provision_links")
    op.drop_column("outbox", "looked_at")
    op.drop_column("outbox", "channel_status")
    op.drop_index(op.f("ix_notices_plan_id"), table_name="notices")
    op.drop_column("notices", "plan_edition")
    op.drop_column("notices", "plan_id")
    op.drop_index(op.f("ix_plan_copies_school"), table_name="plan_copies")
    op.drop_table("plan_copies")
    op.drop_index(op.f("ix_plan_versions_school"), table_name="plan_versions")
    op.drop_table("plan_versions")
    op.drop_index(op.f("ix_plan_edits_school"), table_name="plan_edits")
    op.drop_table("plan_edits")
    op.drop_index(op.f("ix_plan_bundles_school"), table_name="plan_bundles")
    op.drop_index(op.f("ix_plan_bundles_plan_id"), table_name="plan_bundles")
    op.drop_table("plan_bundles")
    op.drop_index(op.f("ix_plan_acts_school"), table_name="plan_acts")
    op.drop_index(op.f("ix_plan_acts_plan_id"), table_name="plan_acts")
    op.drop_table("plan_acts")
    op.drop_index(
        "uq_plans_live",
        table_name="plans",
        sqlite_where=sa.text("status NOT IN ('closed', 'transferred', 'ceased')"),
        postgresql_where=sa.text("status NOT IN ('closed', 'transferred', 'ceased')"),
    )
    op.drop_index("ix_plans_school_status", table_name="plans")
    op.drop_index(op.f("ix_plans_school"), table_name="plans")
    op.drop_index(op.f("ix_plans_pupil_id"), table_name="plans")
    op.drop_table("plans")
    op.drop_index(op.f("ix_conversion_items_school"), table_name="conversion_items")
    op.drop_table("conversion_items")
    op.drop_index("ix_outgoing_deliveries_state_next_at", table_name="outgoing_deliveries")
    op.drop_index(op.f("ix_outgoing_deliveries_school"), table_name="outgoing_deliveries")
    op.drop_table("outgoing_deliveries")
    op.drop_index(op.f("ix_delivered_provision_school"), table_name="delivered_provision")
    op.drop_table("delivered_provision")
    op.drop_index(op.f("ix_word_templates_la"), table_name="word_templates")
    op.drop_table("word_templates")
    op.drop_index(op.f("ix_subscriptions_la"), table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_outgoing_events_school"), table_name="outgoing_events")
    op.drop_index("ix_outgoing_events_occurred_at", table_name="outgoing_events")
    op.drop_table("outgoing_events")
    op.drop_index(op.f("ix_form_versions_la"), table_name="form_versions")
    op.drop_table("form_versions")
    op.drop_index(op.f("ix_delivery_routes_la"), table_name="delivery_routes")
    op.drop_table("delivery_routes")
    op.drop_index(op.f("ix_conversion_runs_school"), table_name="conversion_runs")
    op.drop_table("conversion_runs")
    op.drop_index(op.f("ix_authority_keys_la"), table_name="authority_keys")
    op.drop_table("authority_keys")
