"""The triggers by which the database itself refuses to change what must stay as it was written."""

from __future__ import annotations

TABLES = ("audit_events",)

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""

_POSTGRES_FUNCTION = """CREATE FUNCTION mis_bridge_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"""

_POSTGRES = """CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION mis_bridge_append_only()"""


def statements(backend: str) -> list[str]:
    """Return what makes the tables append-only on `backend` (`sqlite` or `postgresql`)."""
    if backend == "sqlite":
        return [
            _SQLITE.format(table=table, verb=verb, VERB=verb.upper())
            for table in TABLES
            for verb in ("update", "delete")
        ]
    return [_POSTGRES_FUNCTION, *(_POSTGRES.format(table=table) for table in TABLES)]


def undoing(backend: str) -> list[str]:
    """Return what takes `statements` back, after the tables are gone."""
    return [] if backend == "sqlite" else ["DROP FUNCTION mis_bridge_append_only()"]
