"""The chain holds, and shows the first row at which it was tampered with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from mis_bridge.storage import audit
from mis_bridge.storage.audit import AuditEntry, ChainEnd
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_authority

LA = Tenant("660")


@pytest.fixture
def chained(database: Engine) -> Engine:
    """Return a database with five rows in one chain and one in another."""
    with sessions(database).begin() as session:
        add_authority(session, "660")
        add_authority(session, "661")
        entries = [AuditEntry("person:1", "did", f"thing:{n}", {"n": n}) for n in range(5)]
        audit.append(session, LA, entries[:2], NOW)
        audit.append(session, Tenant("661"), entries[:1], NOW)
        audit.append(session, LA, entries[2:], NOW + timedelta(seconds=1))
    return database


def tamper(database: Engine, statement: str) -> None:
    """Do what only somebody with every right on the database can do."""
    with database.begin() as connection:
        if database.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_events DISABLE TRIGGER ALL"))
        else:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_events_no_{verb}"))
        connection.execute(text(statement))


def first_bad(database: Engine, expected: ChainEnd | None = None) -> tuple[int | None, str | None]:
    """Walk the chain of 660."""
    with Session(database) as session:
        walked = audit.verify(session, "660", expected)
    return walked.first_bad, walked.why


def test_an_untouched_chain_holds_and_knows_its_end(chained: Engine) -> None:
    with Session(chained) as session:
        walked = audit.verify(session, "660")
        ends = {end.la: end for end in audit.ends(session)}
    assert (walked.rows, walked.first_bad) == (5, None)
    assert ends["660"] == walked.end
    assert ends["661"].number == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"],
    ids=["update", "delete"],
)
def test_the_database_itself_refuses_to_change_or_remove_a_row(
    chained: Engine, statement: str
) -> None:
    with pytest.raises(DatabaseError, match="append-only"), chained.begin() as connection:
        connection.execute(text(statement))
    assert first_bad(chained) == (None, None)


@pytest.mark.parametrize(
    ("statement", "bad", "why"),
    [
        ("UPDATE audit_events SET actor = 'x' WHERE la = '660' AND number = 3", 3, "altered"),
        ("UPDATE audit_events SET hash = 'x' WHERE la = '660' AND number = 2", 2, "altered"),
        (
            "UPDATE audit_events SET previous = 'x' WHERE la = '660' AND number = 4",
            4,
            "chain_broken",
        ),
        ("DELETE FROM audit_events WHERE la = '660' AND number = 3", 3, "missing"),
        ("DELETE FROM audit_events WHERE la = '660' AND number = 1", 1, "missing"),
        ("DELETE FROM audit_events WHERE la = '660' AND number = 5", 5, "missing"),
        ("DELETE FROM audit_events WHERE la = '660'", 1, "missing"),
    ],
)
def test_the_first_bad_row_is_named(chained: Engine, statement: str, bad: int, why: str) -> None:
    tamper(chained, statement)
    assert first_bad(chained) == (bad, why)


def test_a_chain_cut_off_together_with_its_head_is_shown_by_an_end_kept_elsewhere(
    chained: Engine,
) -> None:
    with Session(chained) as session:
        kept = audit.verify(session, "660").end
    tamper(chained, "DELETE FROM audit_events WHERE la = '660' AND number > 3")
    with chained.begin() as connection:
        connection.execute(
            text(
                "UPDATE audit_heads SET number = 3, hash = "
                "(SELECT hash FROM audit_events WHERE la = '660' AND number = 3) WHERE la = '660'"
            )
        )
    assert first_bad(chained) == (None, None)
    assert first_bad(chained, kept) == (4, "missing")


def test_a_chain_written_anew_is_shown_by_an_end_kept_elsewhere(chained: Engine) -> None:
    assert first_bad(chained, ChainEnd("660", 3, "another hash")) == (3, "rewritten")


def test_many_writers_at_once_make_one_chain_without_a_gap(chained: Engine) -> None:
    def write(number: int) -> None:
        with sessions(chained).begin() as session:
            audit.append(session, LA, [AuditEntry("w", "did", f"thing:{number}")] * 3, NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(12)))
    with Session(chained) as session:
        walked = audit.verify(session, "660")
    assert (walked.rows, walked.first_bad) == (5 + 36, None)


def test_what_is_rolled_back_leaves_no_gap(chained: Engine) -> None:
    with sessions(chained)() as session:
        audit.append(session, LA, [AuditEntry("w", "did", "thing")], NOW)
        session.rollback()
    assert first_bad(chained) == (None, None)
