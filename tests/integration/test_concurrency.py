"""Two at once: the constraint decides, and one effect is all there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from mis_bridge.services.intake.register_changes import apply
from mis_bridge.storage import duties
from mis_bridge.storage.columns import Base, new_id
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow, OutboxRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant, system_wide
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action

HERE = Tenant("660", "660/4001")


def count(database: Engine, of: type[Base]) -> int:
    """Return how many rows a table has."""
    with Session(database) as session:
        return int(
            session.scalar(
                select(func.count())
                .select_from(of)
                .execution_options(**system_wide("a test counts everything"))
            )
            or 0
        )


def tell(database: Engine, connection_id: str, cause: str) -> None:
    """Tell of one concern, in a transaction of its own."""
    with sessions(database).begin() as session:
        apply(
            session,
            HERE,
            connection_id=connection_id,
            pupil=at_school_action(a_pupil()),
            tombstone=None,
            raw=None,
            mapping_version_id=None,
            noticed_on=NOW.date(),
            noticed_confirmed=False,
            cause=cause,
            now=NOW,
            jobs=RecordedJobs(),
        )


def test_one_concern_told_by_many_at_once_is_one_pupil_one_task_and_one_notice(
    database: Engine,
) -> None:
    with sessions(database).begin() as session:
        tenant = add_school(session)
        add_calendar(session, Tenant("660"))
        connection_id = add_connection(session, tenant).id
    start = Barrier(6)

    def work(number: int) -> None:
        start.wait()
        tell(database, connection_id, f"webhook:{number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert count(database, PupilRow) == 1
    assert count(database, DecisionTaskRow) == 1
    assert count(database, NoticeRow) == 1
    assert count(database, OutboxRow) == 3


def test_two_that_insert_the_same_task_without_looking_make_one(database: Engine) -> None:
    with sessions(database).begin() as session:
        tenant = add_school(session)
        connection_id = add_connection(session, tenant).id
    tell(database, connection_id, "webhook:0")
    with Session(database) as session:
        pupil_id = session.scalars(select(PupilRow.id).where(HERE.owns(PupilRow))).one()
    start = Barrier(4)

    def row(trigger: str) -> dict[str, object]:
        return {
            "id": new_id(), "la": "660", "school": "660/4001", "pupil_id": pupil_id,
            "kind": "ask_for_plan", "duty": "obtain_plan", "trigger": trigger,
            "trigger_on": NOW.date(), "to_be_confirmed": False, "opened_on": NOW.date(),
            "rule": "PLAN-CLAIMED", "source": "test", "trace": {}, "state": "open",
            "version": 1, "opened_at": NOW,
        }  # fmt: skip

    def insert(trigger: str) -> bool:
        start.wait()
        with sessions(database).begin() as session:
            return duties.open_task(session, row(trigger))

    with ThreadPoolExecutor(4) as pool:
        went_in = list(pool.map(insert, ["same", "same", "same", "another"]))
    assert sum(went_in) == 1
