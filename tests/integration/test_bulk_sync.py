"""A whole source: twice is once, silence removes nobody, the brake holds, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from adapters.base import Item, Reading, RecordSkipped, SourceRecord, Tombstone, digest_of
from mappings.language import shipped
from mis_bridge.domain.words import Words
from mis_bridge.services.intake.bulk_sync import BulkSync, RunUnderWay, RunWaits
from mis_bridge.services.intake.run_reports import COUNTED, Report
from mis_bridge.services.intake.staging import Plan
from mis_bridge.services.mapping.translating import Translator
from mis_bridge.storage import audit, connections
from mis_bridge.storage.columns import Base
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.intake import StagedRecordRow, SyncRunRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant, system_wide
from tests.factories.authorities import add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def student(number: int, *, code: str = "N", **facts: Any) -> dict[str, Any]:
    """Return one invented learner as the vendor's interface gives it."""
    return {
        "id": f"A{number}",
        "upn": None,
        "forename": f"Learner{number}",
        "surname": "Canary",
        "legal_surname": "Canary",
        "date_of_birth": {"date": "2015-03-02 00:00:00.000000", "timezone": "Europe/London"},
        "updated_at": {"date": "2026-11-01 10:00:00.000000", "timezone": "Europe/London"},
        "extended_details": {
            "data": {
                "sen_status": code,
            }
        },
        **facts,
    }


def items_of(students: Sequence[dict[str, Any]]) -> list[Item]:
    """Return them as source records."""
    return [
        SourceRecord("wonde", tree["id"], tree, f"page 1, row {n}", digest_of(tree))
        for n, tree in enumerate(students, start=1)
    ]


def reading(
    items: Sequence[Item], *, incomplete: bool = False, cursor: str | None = None
) -> Callable[[], Reading]:
    """Return a reading of these items."""

    def read(self: Reading) -> Iterator[Item]:
        yield from items
        if incomplete:
            self.stop_short(Words("page 2 did not come", "ni ddaeth tudalen 2"))
        else:
            self.cursor = cursor

    return lambda: Reading(read)


@dataclass
class Desk:
    """A school, its connection, and a way to run readings into its register."""

    database: Engine
    tenant: Tenant
    connection_id: str
    jobs: RecordedJobs
    now: datetime = NOW

    def sync(self) -> BulkSync:
        """Return the road of a whole source."""
        return BulkSync(sessions(self.database).begin, self.jobs, lambda: self.now)

    def plan(self, **facts: Any) -> Plan:
        """Return a plan for a full reading."""
        told: dict[str, Any] = {"is_full": True, "removes_absent": True, **facts}
        return Plan(
            self.tenant,
            self.connection_id,
            "wonde",
            "sync",
            Translator(shipped("wonde"), "wonde", self.tenant.of_school),
            **told,
        )

    def run(self, items: Sequence[Item], **facts: Any) -> Report:
        """Run one reading, an hour after the one before."""
        self.now += timedelta(hours=1)
        source = {name: facts.pop(name) for name in ("incomplete", "cursor") if name in facts}
        report = self.sync().run(self.plan(**facts), reading(items, **source))
        if report["state"] == "done":
            assert report["read"] == sum(report[name] for name in COUNTED)
        return report

    def scalars(self, statement: Any) -> list[Any]:
        """Return what a query above every tenant finds."""
        with Session(self.database) as session:
            return list(session.scalars(statement.execution_options(**system_wide("a test looks"))))

    def count(self, of: type[Base]) -> int:
        """Return how many rows a table has."""
        return int(self.scalars(select(func.count()).select_from(of))[0])


@pytest.fixture
def desk(database: Engine, jobs: RecordedJobs) -> Desk:
    """Return a school ready to be read into."""
    with sessions(database).begin() as session:
        tenant = add_school(session)
        add_calendar(session, Tenant("660"))
        connection = add_connection(session, tenant)
    return Desk(database, tenant, connection.id, jobs)


TEN = [student(n) for n in range(1, 11)]


def test_a_first_reading_loads_everybody_and_a_second_changes_nothing(desk: Desk) -> None:
    first = desk.run(items_of(TEN))
    before = desk.count(PupilRow)
    second = desk.run(items_of(TEN))
    assert (first["created"], before) == (10, 10)
    assert (second["unchanged"], second["created"], second["updated"]) == (10, 0, 0)
    assert desk.count(StagedRecordRow) == 0


def test_a_change_of_provision_opens_a_task_by_the_same_road(desk: Desk) -> None:
    desk.run(items_of(TEN))
    report = desk.run(items_of([student(1, code="A"), *TEN[1:]]))
    assert (report["updated"], report["unchanged"], report["tasks_opened"]) == (1, 9, 1)
    assert desk.scalars(select(DecisionTaskRow.kind)) == ["decide_aln"]
    assert report["notices_made"] == 1


def test_who_is_missing_from_a_complete_reading_has_left(desk: Desk) -> None:
    desk.run(items_of(TEN))
    report = desk.run(items_of(TEN[:-1]))
    assert report["left_by_absence"] == 1
    assert desk.scalars(select(PupilRow.record_id).where(PupilRow.state == "left")) == ["A10"]


def test_who_is_missing_from_a_partial_reading_stays(desk: Desk) -> None:
    desk.run(items_of(TEN), cursor="c1")
    report = desk.run(items_of(TEN[:1]), incomplete=True)
    assert report["incomplete"]
    assert desk.count(PupilRow) == 10
    assert not desk.scalars(select(PupilRow.id).where(PupilRow.state == "left"))


def test_the_cursor_moves_only_after_a_complete_reading(desk: Desk) -> None:
    desk.run(items_of(TEN), cursor="c1")
    desk.run(items_of(TEN[:1]), incomplete=True, cursor="c2")
    with Session(desk.database) as session:
        assert connections.by_id(session, desk.connection_id).cursor == "c1"


def test_a_source_that_drops_half_the_school_waits_for_a_named_person(desk: Desk) -> None:
    desk.run(items_of(TEN))
    report = desk.run(items_of(TEN[:5]))
    assert (report["state"], report["review"]["reasons"]) == ("in_review", ["too_many_would_leave"])
    assert not desk.scalars(select(PupilRow.id).where(PupilRow.state == "left"))
    with pytest.raises(RunWaits):
        desk.run(items_of(TEN))
    approved = desk.sync().approve(desk.tenant, report["run_id"], by="A. Person")
    assert (approved["state"], approved["left_by_absence"]) == ("done", 5)


def test_a_source_that_takes_many_statuses_away_waits_and_may_be_refused(desk: Desk) -> None:
    with_status = [student(n, code="A") for n in range(1, 11)]
    desk.run(items_of(with_status))
    report = desk.run(items_of([student(1), student(2), student(3), *with_status[3:]]))
    assert report["review"]["reasons"] == ["too_many_would_lose_status"]
    refused = desk.sync().refuse(desk.tenant, report["run_id"], by="A. Person")
    assert refused["state"] == "refused"
    assert desk.count(StagedRecordRow) == 0
    kept = desk.scalars(select(PupilRow.provision_type))
    assert kept == ["school_action"] * 10
    assert desk.run(items_of(with_status))["unchanged"] == 10


def test_an_approval_without_a_name_is_none(desk: Desk) -> None:
    desk.run(items_of(TEN))
    report = desk.run(items_of(TEN[:5]))
    with pytest.raises(RunUnderWay):
        desk.sync().approve(desk.tenant, report["run_id"], by=" ")


def test_a_deletion_told_by_the_source_removes_and_is_counted(desk: Desk) -> None:
    desk.run(items_of(TEN))
    gone: list[Item] = [Tombstone("A1", NOW - timedelta(days=3)), Tombstone("nobody", None)]
    report = desk.run([*items_of(TEN[1:]), *gone])
    assert (report["deleted"], report["unchanged"]) == (2, 9)
    assert desk.scalars(select(PupilRow.record_id).where(PupilRow.state == "left")) == ["A1"]


def test_a_rejected_record_is_reported_by_place_and_the_others_go_on(desk: Desk) -> None:
    bad = RecordSkipped(
        Words("no key", "dim allwedd"), place="page 1, row 3", path="id", value_seen="null"
    )
    report = desk.run([*items_of(TEN[:2]), bad])
    assert (report["created"], report["rejected"]) == (2, 1)
    (rejection,) = report["rejections"]
    assert (rejection["record"], rejection["reason_cy"]) == ("page 1, row 3", "dim allwedd")


def test_the_same_record_twice_is_one_pupil_and_the_later_telling_stands(desk: Desk) -> None:
    late = student(
        1, code="A", updated_at={"date": "2026-11-21 10:00:00", "timezone": "Europe/London"}
    )
    report = desk.run(items_of([late, student(1), student(2)]))
    assert (report["created"], report["duplicates"]) == (2, 1)
    assert sorted(desk.scalars(select(PupilRow.provision_type))) == ["none", "school_action"]


def test_a_run_that_died_while_reading_is_begun_anew(desk: Desk) -> None:
    def dies(self: Reading) -> Iterator[Item]:
        del self
        yield from items_of(TEN[:3])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.sync().run(desk.plan(), lambda: Reading(dies))
    with pytest.raises(RunUnderWay):
        desk.sync().run(desk.plan(), reading(items_of(TEN)))
    assert desk.run(items_of(TEN))["created"] == 10
    assert sorted(desk.scalars(select(SyncRunRow.state))) == ["done", "failed"]


def test_a_run_that_died_while_applying_goes_on_where_it_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mis_bridge.services.intake.bulk_sync.AT_ONCE", 4)
    batches = 0

    @contextmanager
    def begin() -> Iterator[Session]:
        nonlocal batches
        with sessions(desk.database).begin() as session:
            yield session
        batches += 1
        if desk.count(PupilRow) == 4:
            raise KeyboardInterrupt

    broken = BulkSync(begin, desk.jobs, lambda: desk.now)
    with pytest.raises(KeyboardInterrupt):
        broken.run(desk.plan(), reading(items_of(TEN)))
    assert desk.count(PupilRow) == 4
    report = desk.run(items_of(TEN))
    assert (report["unchanged"], desk.count(PupilRow)) == (10, 10)
    assert desk.scalars(select(SyncRunRow.state)) == ["done", "done"]


def test_the_audit_chain_tells_of_runs_and_holds(desk: Desk) -> None:
    desk.run(items_of(TEN))
    desk.run(items_of([student(1, code="A"), *TEN[1:]]))
    with Session(desk.database) as session:
        walked = audit.verify(session, "660")
    assert walked.first_bad is None
    assert walked.rows >= 3
