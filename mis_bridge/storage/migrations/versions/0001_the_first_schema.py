# ruff: noqa: E501, PLR0915 - a schema is one long list
"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mis_bridge.storage import append_only, columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "executor_leases",
        sa.Column("executor_id", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("taken_at", columns.Instant(), nullable=False),
        sa.Column("renewed_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name=op.f("pk_executor_leases")),
    )
    op.create_table(
        "local_authorities",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_cy", sa.String(), nullable=True),
        sa.Column(
            "two_person_publish", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("profile", columns.Plain, nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_local_authorities")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sealed_name", columns.Sealed(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "platform_jwks_cache",
        sa.Column("jwks_url", sa.String(), nullable=False),
        sa.Column("jwks", columns.Plain, nullable=False),
        sa.Column("fetched_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("jwks_url", name=op.f("pk_platform_jwks_cache")),
    )
    op.create_table(
        "sealed_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed_value", columns.Sealed(), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sealed_keys")),
    )
    op.create_table(
        "tool_keys",
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("sealed_private_key", columns.Sealed(), nullable=False),
        sa.Column("public_jwk", columns.Plain, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("activated_at", columns.Instant(), nullable=True),
        sa.Column("retired_at", columns.Instant(), nullable=True),
        sa.CheckConstraint(
            "state IN ('next', 'active', 'retired')", name=op.f("ck_tool_keys_state")
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_tool_keys")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", columns.Whole, nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("facts", columns.Plain, nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_audit_events_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("la", "number", name=op.f("uq_audit_events_la_number")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["la"], ["local_authorities.code"], name=op.f("fk_audit_heads_la")),
        sa.PrimaryKeyConstraint("la", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "erasures",
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("erased_at", columns.Instant(), nullable=False),
        sa.Column("counts", columns.Plain, nullable=False),
        sa.ForeignKeyConstraint(["la"], ["local_authorities.code"], name=op.f("fk_erasures_la")),
        sa.PrimaryKeyConstraint("pupil_id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_la"), "erasures", ["la"], unique=False)
    op.create_table(
        "lti_registrations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("auth_login_url", sa.String(), nullable=False),
        sa.Column("auth_token_url", sa.String(), nullable=False),
        sa.Column("auth_audience", sa.String(), nullable=True),
        sa.Column("jwks_url", sa.String(), nullable=True),
        sa.Column("jwks", columns.Plain, nullable=True),
        sa.Column("platform_family", sa.String(), nullable=True),
        sa.Column("frame_ancestors", columns.Plain, nullable=False),
        sa.Column("storage_origin", sa.String(), nullable=True),
        sa.Column(
            "trust_custom_role", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'suspended')", name=op.f("ck_lti_registrations_status")
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_lti_registrations_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_registrations")),
        sa.UniqueConstraint(
            "issuer", "client_id", name=op.f("uq_lti_registrations_issuer_client_id")
        ),
    )
    op.create_index(op.f("ix_lti_registrations_la"), "lti_registrations", ["la"], unique=False)
    op.create_table(
        "schools",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_cy", sa.String(), nullable=True),
        sa.Column("setting", sa.String(), nullable=False),
        sa.Column("profile", columns.Plain, nullable=True),
        sa.Column("register_turn", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.CheckConstraint(
            "setting IN ('maintained_school', 'maintained_special_school', 'pru', 'fei', 'independent_school')",
            name=op.f("ck_schools_setting"),
        ),
        sa.ForeignKeyConstraint(["la"], ["local_authorities.code"], name=op.f("fk_schools_la")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_schools")),
        sa.UniqueConstraint("la", "ref", name=op.f("uq_schools_la_ref")),
    )
    op.create_index(op.f("ix_schools_la"), "schools", ["la"], unique=False)
    op.create_table(
        "access_token_cache",
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("sealed_token", columns.Sealed(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_access_token_cache_registration_id"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "scopes", name=op.f("pk_access_token_cache")),
    )
    op.create_table(
        "calendar_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("spec", columns.Plain, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("imported_at", columns.Instant(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_calendar_versions_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_calendar_versions_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_versions")),
        sa.UniqueConstraint("owner", "number", name=op.f("uq_calendar_versions_owner_number")),
    )
    op.create_index(op.f("ix_calendar_versions_la"), "calendar_versions", ["la"], unique=False)
    op.create_table(
        "connections",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=True),
        sa.Column("is_files", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("base_url", sa.String(), nullable=True),
        sa.Column("vendor_school", sa.String(), nullable=True),
        sa.Column("sealed_token", columns.Sealed(), nullable=True),
        sa.Column("trusted_origins", columns.Plain, nullable=True),
        sa.Column(
            "accepts_full_records", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("change_limit", sa.Integer(), nullable=True),
        sa.Column("draining", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="active", nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("failing_since", columns.Instant(), nullable=True),
        sa.Column("last_read_at", columns.Instant(), nullable=True),
        sa.Column("last_event_at", columns.Instant(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "sender IN ('standard', 'github', 'wonde', 'none')", name=op.f("ck_connections_sender")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'failing', 'revoked')", name=op.f("ck_connections_state")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_connections_la_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("endpoint_id", name=op.f("uq_connections_endpoint_id")),
    )
    op.create_index(op.f("ix_connections_school"), "connections", ["school"], unique=False)
    op.create_index(
        "uq_connections_files",
        "connections",
        ["school", "vendor"],
        unique=True,
        sqlite_where=sa.text("is_files"),
        postgresql_where=sa.text("is_files"),
    )
    op.create_table(
        "lti_deployments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=True),
        sa.Column("school", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'suspended')", name=op.f("ck_lti_deployments_status")
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_lti_deployments_la")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_lti_deployments_registration_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school"], ["schools.ref"], name=op.f("fk_lti_deployments_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_deployments")),
        sa.UniqueConstraint(
            "registration_id",
            "deployment_id",
            name=op.f("uq_lti_deployments_registration_id_deployment_id"),
        ),
    )
    op.create_table(
        "lti_placements",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_lti_placements_la_school"),
        ),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_lti_placements")),
    )
    op.create_index(op.f("ix_lti_placements_school"), "lti_placements", ["school"], unique=False)
    op.create_table(
        "lti_states",
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("nonce_hash", sa.String(), nullable=False),
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.Column("target_link_uri", sa.String(), nullable=False),
        sa.Column("deployment_hint", sa.String(), nullable=True),
        sa.Column("restart", columns.Plain, nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.Column("consumed_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_lti_states_registration_id"),
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_lti_states")),
        sa.UniqueConstraint("nonce_hash", name=op.f("uq_lti_states_nonce_hash")),
    )
    op.create_index(op.f("ix_lti_states_expires_at"), "lti_states", ["expires_at"], unique=False)
    op.create_table(
        "lti_users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("registration_id", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("last_seen_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_lti_users_person_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["lti_registrations.id"], name=op.f("fk_lti_users_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_users")),
        sa.UniqueConstraint(
            "registration_id", "sub", name=op.f("uq_lti_users_registration_id_sub")
        ),
    )
    op.create_index(op.f("ix_lti_users_person_id"), "lti_users", ["person_id"], unique=False)
    op.create_table(
        "pupils",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="current", nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("sealed_record", columns.Sealed(), nullable=True),
        sa.Column("upn_hash", sa.String(), nullable=True),
        sa.Column("upn_status", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("nc_year", sa.String(), nullable=True),
        sa.Column("provision_type", sa.String(), nullable=True),
        sa.Column("provision_started_on", sa.Date(), nullable=True),
        sa.Column("primary_need", sa.String(), nullable=True),
        sa.Column("in_care", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("vendor_at", columns.Instant(), nullable=True),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("destroy_after_on", sa.Date(), nullable=True),
        sa.Column("on_hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('current', 'left', 'erased')", name=op.f("ck_pupils_state")),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_pupils_la_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupils")),
    )
    op.create_index("ix_pupils_la_upn_hash", "pupils", ["la", "upn_hash"], unique=False)
    op.create_index(op.f("ix_pupils_school"), "pupils", ["school"], unique=False)
    op.create_index("ix_pupils_school_upn_hash", "pupils", ["school", "upn_hash"], unique=False)
    op.create_table(
        "role_grants",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("valid_from", columns.Instant(), nullable=False),
        sa.Column("valid_until", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.CheckConstraint(
            "role IN ('alnco', 'head', 'teacher', 'la_admin')", name=op.f("ck_role_grants_role")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'ended')", name=op.f("ck_role_grants_status")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_role_grants_la_school")
        ),
        sa.ForeignKeyConstraint(["la"], ["local_authorities.code"], name=op.f("fk_role_grants_la")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    op.create_index(op.f("ix_role_grants_la"), "role_grants", ["la"], unique=False)
    op.create_index(op.f("ix_role_grants_person_id"), "role_grants", ["person_id"], unique=False)
    op.create_table(
        "connection_secrets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("sealed_secret", columns.Sealed(), nullable=False),
        sa.Column("valid_from", columns.Instant(), nullable=False),
        sa.Column("valid_until", columns.Instant(), nullable=True),
        sa.Column("last_used_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_connection_secrets_connection_id")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_connection_secrets_la_school"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_secrets")),
    )
    op.create_index(
        op.f("ix_connection_secrets_connection_id"),
        "connection_secrets",
        ["connection_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_connection_secrets_school"), "connection_secrets", ["school"], unique=False
    )
    op.create_table(
        "decision_tasks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("trigger_on", sa.Date(), nullable=False),
        sa.Column("to_be_confirmed", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("missing_calendar", sa.String(), nullable=True),
        sa.Column("calendar_version_id", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("trace", columns.Plain, nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("assigned_to", sa.String(), nullable=True),
        sa.Column("opened_at", columns.Instant(), nullable=False),
        sa.Column("closed_at", columns.Instant(), nullable=True),
        sa.Column("closing", columns.Plain, nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_decision_tasks_state")),
        sa.ForeignKeyConstraint(
            ["calendar_version_id"],
            ["calendar_versions.id"],
            name=op.f("fk_decision_tasks_calendar_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_decision_tasks_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_decision_tasks_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_tasks")),
        sa.UniqueConstraint(
            "pupil_id", "duty", "trigger", name=op.f("uq_decision_tasks_pupil_id_duty_trigger")
        ),
    )
    op.create_index(op.f("ix_decision_tasks_school"), "decision_tasks", ["school"], unique=False)
    op.create_index(
        "ix_decision_tasks_school_state_due_on",
        "decision_tasks",
        ["school", "state", "due_on"],
        unique=False,
    )
    op.create_index(
        "uq_decision_tasks_open",
        "decision_tasks",
        ["pupil_id", "duty"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "idp_drafts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=True),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("form_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sealed_content", columns.Sealed(), nullable=False),
        sa.Column("gaps", columns.Plain, nullable=False),
        sa.Column("source_digest", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_idp_drafts_la_school")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupils.id"], name=op.f("fk_idp_drafts_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idp_drafts")),
        sa.UniqueConstraint(
            "school", "vendor", "plan_id", name=op.f("uq_idp_drafts_school_vendor_plan_id")
        ),
    )
    op.create_index(op.f("ix_idp_drafts_pupil_id"), "idp_drafts", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_idp_drafts_school"), "idp_drafts", ["school"], unique=False)
    op.create_table(
        "inbox_events",
        sa.Column("id", columns.Whole, nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), server_default="", nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=True),
        sa.Column("upn_hash", sa.String(), nullable=True),
        sa.Column("occurred_at", columns.Instant(), nullable=True),
        sa.Column("noticed_on", sa.Date(), nullable=True),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("sealed_body", columns.Sealed(), nullable=True),
        sa.Column("body_digest", sa.String(), nullable=False),
        sa.Column("headers_kept", columns.Plain, nullable=True),
        sa.Column("state", sa.String(), server_default="received", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("effects", columns.Plain, nullable=True),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("replays", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'applied', 'superseded', 'unrecognised', 'quarantined', 'parked')",
            name=op.f("ck_inbox_events_state"),
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_inbox_events_connection_id")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_inbox_events_la_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_events")),
        sa.UniqueConstraint(
            "connection_id",
            "event_id",
            "variant",
            name=op.f("uq_inbox_events_connection_id_event_id_variant"),
        ),
    )
    op.create_index(
        "ix_inbox_events_connection_id_state_next_at",
        "inbox_events",
        ["connection_id", "state", "next_at"],
        unique=False,
    )
    op.create_index(op.f("ix_inbox_events_school"), "inbox_events", ["school"], unique=False)
    op.create_table(
        "lti_context_bindings",
        sa.Column("lti_deployment_id", sa.String(), nullable=False),
        sa.Column("context_id", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lti_deployment_id"],
            ["lti_deployments.id"],
            name=op.f("fk_lti_context_bindings_lti_deployment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school"], ["schools.ref"], name=op.f("fk_lti_context_bindings_school")
        ),
        sa.PrimaryKeyConstraint(
            "lti_deployment_id", "context_id", name=op.f("pk_lti_context_bindings")
        ),
    )
    op.create_table(
        "lti_sessions",
        sa.Column("sid_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.Column("registration_id", sa.String(), nullable=True),
        sa.Column("lti_deployment_id", sa.String(), nullable=True),
        sa.Column("context_id", sa.String(), nullable=True),
        sa.Column("resource_link_id", sa.String(), nullable=True),
        sa.Column("roles", columns.Plain, nullable=False),
        sa.Column("nrps_url", sa.String(), nullable=True),
        sa.Column("return_url", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("sealed_csrf_secret", columns.Sealed(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("last_seen_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_lti_sessions_la")
        ),
        sa.ForeignKeyConstraint(
            ["lti_deployment_id"],
            ["lti_deployments.id"],
            name=op.f("fk_lti_sessions_lti_deployment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lti_sessions_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_lti_sessions_registration_id"),
        ),
        sa.ForeignKeyConstraint(["school"], ["schools.ref"], name=op.f("fk_lti_sessions_school")),
        sa.PrimaryKeyConstraint("sid_hash", name=op.f("pk_lti_sessions")),
    )
    op.create_index(
        op.f("ix_lti_sessions_expires_at"), "lti_sessions", ["expires_at"], unique=False
    )
    op.create_index(op.f("ix_lti_sessions_person_id"), "lti_sessions", ["person_id"], unique=False)
    op.create_table(
        "mapping_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=True),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", columns.Instant(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("published_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'published', 'retired')", name=op.f("ck_mapping_versions_state")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_mapping_versions_connection_id")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_mapping_versions_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["la"], ["local_authorities.code"], name=op.f("fk_mapping_versions_la")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_versions")),
        sa.UniqueConstraint(
            "la", "scope", "number", name=op.f("uq_mapping_versions_la_scope_number")
        ),
    )
    op.create_index(op.f("ix_mapping_versions_la"), "mapping_versions", ["la"], unique=False)
    op.create_index(
        "uq_mapping_versions_published",
        "mapping_versions",
        ["la", "scope"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "pupil_registrations",
        sa.Column("id", columns.Whole, nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("roll", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_pupil_registrations_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_pupil_registrations_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil_registrations")),
    )
    op.create_index(
        "ix_pupil_registrations_pupil_id", "pupil_registrations", ["pupil_id"], unique=False
    )
    op.create_index(
        op.f("ix_pupil_registrations_school"), "pupil_registrations", ["school"], unique=False
    )
    op.create_table(
        "pupil_sources",
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("raw_digest", sa.String(), nullable=True),
        sa.Column("mapping_digest", sa.String(), nullable=True),
        sa.Column("duplicate_of", sa.String(), nullable=True),
        sa.Column("deleted_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_pupil_sources_la_school")
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_pupil_sources_pupil_id")
        ),
        sa.PrimaryKeyConstraint("school", "vendor", "record_id", name=op.f("pk_pupil_sources")),
    )
    op.create_index("ix_pupil_sources_pupil_id", "pupil_sources", ["pupil_id"], unique=False)
    op.create_table(
        "register_changes",
        sa.Column("id", columns.Whole, nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_register_changes_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_register_changes_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_changes")),
        sa.UniqueConstraint(
            "pupil_id",
            "version",
            "kind",
            "trigger",
            name=op.f("uq_register_changes_pupil_id_version_kind_trigger"),
        ),
    )
    op.create_index(
        op.f("ix_register_changes_school"), "register_changes", ["school"], unique=False
    )
    op.create_table(
        "register_entries",
        sa.Column("id", columns.Whole, nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("provision_type", sa.String(), nullable=True),
        sa.Column("raw_code", sa.String(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("primary_need", sa.String(), nullable=True),
        sa.Column("noticed_on", sa.Date(), nullable=True),
        sa.Column(
            "noticed_confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=True),
        sa.Column("mapping_digest", sa.String(), nullable=True),
        sa.Column("superseded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("vendor_at", columns.Instant(), nullable=True),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_register_entries_connection_id")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_register_entries_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_register_entries_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
    )
    op.create_index("ix_register_entries_pupil_id", "register_entries", ["pupil_id"], unique=False)
    op.create_index(
        op.f("ix_register_entries_school"), "register_entries", ["school"], unique=False
    )
    op.create_table(
        "routing_facts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("sealed_detail", columns.Sealed(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("withdrawn_at", columns.Instant(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_routing_facts_la_school")
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_routing_facts_pupil_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_facts")),
    )
    op.create_index("ix_routing_facts_pupil_id", "routing_facts", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_routing_facts_school"), "routing_facts", ["school"], unique=False)
    op.create_table(
        "sync_runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", columns.Plain, nullable=False),
        sa.Column("review", columns.Plain, nullable=True),
        sa.Column("incomplete", sa.String(), nullable=True),
        sa.Column("cursor_before", sa.String(), nullable=True),
        sa.Column("cursor_after", sa.String(), nullable=True),
        sa.Column("mapping_digest", sa.String(), nullable=True),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("started_at", columns.Instant(), nullable=False),
        sa.Column("alive_until", columns.Instant(), nullable=False),
        sa.Column("finished_at", columns.Instant(), nullable=True),
        sa.Column("reviewed_by", sa.String(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reading', 'in_review', 'applying', 'done', 'failed', 'refused')",
            name=op.f("ck_sync_runs_state"),
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_sync_runs_connection_id")
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_sync_runs_la_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_runs")),
    )
    op.create_index(
        op.f("ix_sync_runs_connection_id"), "sync_runs", ["connection_id"], unique=False
    )
    op.create_index(op.f("ix_sync_runs_school"), "sync_runs", ["school"], unique=False)
    op.create_index(
        "uq_sync_runs_live",
        "sync_runs",
        ["connection_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('reading', 'in_review', 'applying')"),
        postgresql_where=sa.text("state IN ('reading', 'in_review', 'applying')"),
    )
    op.create_table(
        "task_triggers",
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("trigger_on", sa.Date(), nullable=False),
        sa.Column("noted_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_task_triggers_la_school")
        ),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupils.id"], name=op.f("fk_task_triggers_pupil_id")
        ),
        sa.PrimaryKeyConstraint("pupil_id", "duty", "trigger", name=op.f("pk_task_triggers")),
    )
    op.create_index(op.f("ix_task_triggers_school"), "task_triggers", ["school"], unique=False)
    op.create_index(op.f("ix_task_triggers_task_id"), "task_triggers", ["task_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("sealed_reasons", columns.Sealed(), nullable=False),
        sa.Column("sealed_evidence", columns.Sealed(), nullable=True),
        sa.Column("consent", sa.String(), nullable=True),
        sa.Column("exception", sa.String(), nullable=True),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_decisions_la_school")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupils.id"], name=op.f("fk_decisions_pupil_id")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["decision_tasks.id"], name=op.f("fk_decisions_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("task_id", name=op.f("uq_decisions_task_id")),
    )
    op.create_index(op.f("ix_decisions_pupil_id"), "decisions", ["pupil_id"], unique=False)
    op.create_index(op.f("ix_decisions_school"), "decisions", ["school"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pupil_id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("trace", columns.Plain, nullable=False),
        sa.Column("flags", columns.Plain, nullable=False),
        sa.Column("sealed_content", columns.Sealed(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_notices_la_school")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupils.id"], name=op.f("fk_notices_pupil_id")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["decision_tasks.id"], name=op.f("fk_notices_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "pupil_id", "event", "occasion", name=op.f("uq_notices_pupil_id_event_occasion")
        ),
    )
    op.create_index(op.f("ix_notices_school"), "notices", ["school"], unique=False)
    op.create_index(op.f("ix_notices_task_id"), "notices", ["task_id"], unique=False)
    op.create_table(
        "staged_records",
        sa.Column("id", columns.Whole, nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=True),
        sa.Column("upn_hash", sa.String(), nullable=True),
        sa.Column("raw_digest", sa.String(), nullable=True),
        sa.Column("vendor_at", columns.Instant(), nullable=True),
        sa.Column("stands_for", columns.Plain, nullable=True),
        sa.Column("sealed_record", columns.Sealed(), nullable=True),
        sa.Column("issue", columns.Plain, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_staged_records_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["sync_runs.id"], name=op.f("fk_staged_records_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_records")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_staged_records_run_id_position")),
    )
    op.create_index(
        "ix_staged_records_run_id_record_id",
        "staged_records",
        ["run_id", "record_id"],
        unique=False,
    )
    op.create_index(
        "ix_staged_records_run_id_upn_hash", "staged_records", ["run_id", "upn_hash"], unique=False
    )
    op.create_index(op.f("ix_staged_records_school"), "staged_records", ["school"], unique=False)
    op.create_table(
        "task_dates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("due_before_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("calendar_version_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moved_at", columns.Instant(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_version_id"],
            ["calendar_versions.id"],
            name=op.f("fk_task_dates_calendar_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_task_dates_la_school")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["decision_tasks.id"], name=op.f("fk_task_dates_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_dates")),
    )
    op.create_index(op.f("ix_task_dates_school"), "task_dates", ["school"], unique=False)
    op.create_index(op.f("ix_task_dates_task_id"), "task_dates", ["task_id"], unique=False)
    op.create_table(
        "notice_recipients",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("receives", sa.Boolean(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("in_place_of", sa.String(), nullable=True),
        sa.Column("capacities", columns.Plain, nullable=True),
        sa.Column("channels", columns.Plain, nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("because_en", sa.String(), nullable=False),
        sa.Column("because_cy", sa.String(), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la", "school"],
            ["schools.la", "schools.ref"],
            name=op.f("fk_notice_recipients_la_school"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_recipients_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_recipients")),
        sa.UniqueConstraint(
            "notice_id", "person", "slot", name=op.f("uq_notice_recipients_notice_id_person_slot")
        ),
    )
    op.create_index(
        op.f("ix_notice_recipients_school"), "notice_recipients", ["school"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("notice_id", sa.String(), nullable=False),
        sa.Column("recipient_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sending", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sealed_addressee", columns.Sealed(), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("artefact", sa.String(), nullable=True),
        sa.Column("artefact_digest", sa.String(), nullable=True),
        sa.Column("queued_at", columns.Instant(), nullable=False),
        sa.Column("handed_over_at", columns.Instant(), nullable=True),
        sa.Column("delivered_at", columns.Instant(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("unopened", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("la", sa.String(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'handed_over', 'delivered', 'blocked', 'failed', 'cancelled')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["la", "school"], ["schools.la", "schools.ref"], name=op.f("fk_outbox_la_school")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_outbox_notice_id")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["notice_recipients.id"], name=op.f("fk_outbox_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "recipient_id",
            "channel",
            "sending",
            name=op.f("uq_outbox_recipient_id_channel_sending"),
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_outbox_reference")),
    )
    op.create_index(op.f("ix_outbox_notice_id"), "outbox", ["notice_id"], unique=False)
    op.create_index(op.f("ix_outbox_school"), "outbox", ["school"], unique=False)
    op.create_index("ix_outbox_state", "outbox", ["state"], unique=False)
    for statement in append_only.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_outbox_state", table_name="outbox")
    op.drop_index(op.f("ix_outbox_school"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_notice_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_notice_recipients_school"), table_name="notice_recipients")
    op.drop_table("notice_recipients")
    op.drop_index(op.f("ix_task_dates_task_id"), table_name="task_dates")
    op.drop_index(op.f("ix_task_dates_school"), table_name="task_dates")
    op.drop_table("task_dates")
    op.drop_index(op.f("ix_staged_records_school"), table_name="staged_records")
    op.drop_index("ix_staged_records_run_id_upn_hash", table_name="staged_records")
    op.drop_index("ix_staged_records_run_id_record_id", table_name="staged_records")
    op.drop_table("staged_records")
    op.drop_index(op.f("ix_notices_task_id"), table_name="notices")
    op.drop_index(op.f("ix_notices_school"), table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_decisions_school"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_pupil_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(op.f("ix_task_triggers_task_id"), table_name="task_triggers")
    op.drop_index(op.f("ix_task_triggers_school"), table_name="task_triggers")
    op.drop_table("task_triggers")
    op.drop_index(
        "uq_sync_runs_live",
        table_name="sync_runs",
        sqlite_where=sa.text("state IN ('reading', 'in_review', 'applying')"),
        postgresql_where=sa.text("state IN ('reading', 'in_review', 'applying')"),
    )
    op.drop_index(op.f("ix_sync_runs_school"), table_name="sync_runs")
    op.drop_index(op.f("ix_sync_runs_connection_id"), table_name="sync_runs")
    op.drop_table("sync_runs")
    op.drop_index(op.f("ix_routing_facts_school"), table_name="routing_facts")
    op.drop_index("ix_routing_facts_pupil_id", table_name="routing_facts")
    op.drop_table("routing_facts")
    op.drop_index(op.f("ix_register_entries_school"), table_name="register_entries")
    op.drop_index("ix_register_entries_pupil_id", table_name="register_entries")
    op.drop_table("register_entries")
    op.drop_index(op.f("ix_register_changes_school"), table_name="register_changes")
    op.drop_table("register_changes")
    op.drop_index("ix_pupil_sources_pupil_id", table_name="pupil_sources")
    op.drop_table("pupil_sources")
    op.drop_index(op.f("ix_pupil_registrations_school"), table_name="pupil_registrations")
    op.drop_index("ix_pupil_registrations_pupil_id", table_name="pupil_registrations")
    op.drop_table("pupil_registrations")
    op.drop_index(
        "uq_mapping_versions_published",
        table_name="mapping_versions",
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_index(op.f("ix_mapping_versions_la"), table_name="mapping_versions")
    op.drop_table("mapping_versions")
    op.drop_index(op.f("ix_lti_sessions_person_id"), table_name="lti_sessions")
    op.drop_index(op.f("ix_lti_sessions_expires_at"), table_name="lti_sessions")
    op.drop_table("lti_sessions")
    op.drop_table("lti_context_bindings")
    op.drop_index(op.f("ix_inbox_events_school"), table_name="inbox_events")
    op.drop_index("ix_inbox_events_connection_id_state_next_at", table_name="inbox_events")
    op.drop_table("inbox_events")
    op.drop_index(op.f("ix_idp_drafts_school"), table_name="idp_drafts")
    op.drop_index(op.f("ix_idp_drafts_pupil_id"), table_name="idp_drafts")
    op.drop_table("idp_drafts")
    op.drop_index(
        "uq_decision_tasks_open",
        table_name="decision_tasks",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_decision_tasks_school_state_due_on", table_name="decision_tasks")
    op.drop_index(op.f("ix_decision_tasks_school"), table_name="decision_tasks")
    op.drop_table("decision_tasks")
    op.drop_index(op.f("ix_connection_secrets_school"), table_name="connection_secrets")
    op.drop_index(op.f("ix_connection_secrets_connection_id"), table_name="connection_secrets")
    op.drop_table("connection_secrets")
    op.drop_index(op.f("ix_role_grants_person_id"), table_name="role_grants")
    op.drop_index(op.f("ix_role_grants_la"), table_name="role_grants")
    op.drop_table("role_grants")
    op.drop_index("ix_pupils_school_upn_hash", table_name="pupils")
    op.drop_index(op.f("ix_pupils_school"), table_name="pupils")
    op.drop_index("ix_pupils_la_upn_hash", table_name="pupils")
    op.drop_table("pupils")
    op.drop_index(op.f("ix_lti_users_person_id"), table_name="lti_users")
    op.drop_table("lti_users")
    op.drop_index(op.f("ix_lti_states_expires_at"), table_name="lti_states")
    op.drop_table("lti_states")
    op.drop_index(op.f("ix_lti_placements_school"), table_name="lti_placements")
    op.drop_table("lti_placements")
    op.drop_table("lti_deployments")
    op.drop_index(
        "uq_connections_files",
        table_name="connections",
        sqlite_where=sa.text("is_files"),
        postgresql_where=sa.text("is_files"),
    )
    op.drop_index(op.f("ix_connections_school"), table_name="connections")
    op.drop_table("connections")
    op.drop_index(op.f("ix_calendar_versions_la"), table_name="calendar_versions")
    op.drop_table("calendar_versions")
    op.drop_table("access_token_cache")
    op.drop_index(op.f("ix_schools_la"), table_name="schools")
    op.drop_table("schools")
    op.drop_index(op.f("ix_lti_registrations_la"), table_name="lti_registrations")
    op.drop_table("lti_registrations")
    op.drop_index(op.f("ix_erasures_la"), table_name="erasures")
    op.drop_table("erasures")
    op.drop_table("audit_heads")
    op.drop_table("audit_events")
    op.drop_table("tool_keys")
    op.drop_table("sealed_keys")
    op.drop_table("platform_jwks_cache")
    op.drop_table("people")
    op.drop_table("local_authorities")
    op.drop_table("executor_leases")
    for statement in append_only.undoing(op.get_bind().dialect.name):
        op.execute(statement)
