"""The demo's story, as a program runs it, and as a person meets it when something is not right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mis_bridge.demo import check, story
from mis_bridge.demo.files import PLAN_FILES, write_samples
from mis_bridge.demo.loading import keep_plans
from mis_bridge.demo.run import FolderInUse, RunningDemo
from mis_bridge.demo.visitor import Visitor
from mis_bridge.domain.words import Language
from mis_bridge.storage import task_log, views_notices, views_tasks
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.workers.folder import FolderHeld
from tests.support.demos import LA, free_port, read, running_demo

KEYS = {"events", "tasks", "idp_drafts", "notices", "launch", "seconds"}
COMMAND = [str(Path(sys.executable).with_name("mis-bridge")), "demo"]


def run_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--port", str(free_port()), *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def tasks_of(demo: RunningDemo, record_id: str) -> list[DecisionTaskRow]:
    def reading(session: Session) -> list[DecisionTaskRow]:
        records = task_log.records(session, LA)
        return [
            task
            for task in task_log.tasks(session, LA)
            if records[task.pupil_id] == ("wonde", record_id)
        ]

    return read(demo, reading)


def test_the_check_prints_what_the_contract_says_and_ends_with_zero() -> None:
    ended = run_command("--check", "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert set(found) == KEYS
    assert found["seconds"] < 45
    assert found["events"] == {"accepted": 5, "applied": 5, "parked": 0}
    assert found["launch"] == {"status": 200, "role": "alnco", "school": "661/9901"}
    assert {change.record_id for change in story.CHANGES} <= {
        task["pupil"] for task in found["tasks"]
    }
    for task in found["tasks"]:
        assert set(task) == {"id", "pupil", "kind", "opened_on", "due_on", "rule", "source"}
        assert date.fromisoformat(task["due_on"]) > date.fromisoformat(task["opened_on"])
    assert all(set(draft) == {"pupil", "gaps"} and draft["gaps"] for draft in found["idp_drafts"])
    for notice in found["notices"]:
        assert set(notice) == {"event", "recipients", "not_sent", "channels"}
        assert notice["channels"] == ["print_pack"]


def test_settings_of_somebody_elses_installation_do_not_reach_the_demo(tmp_path: Path) -> None:
    ended = run_command(
        "--check",
        MIS_BRIDGE_LANG="cy",
        MIS_BRIDGE_KEYS="k1:bm90IGEga2V5",
        MIS_BRIDGE_DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}",
    )
    assert ended.returncode == 0, ended.stderr
    assert "Cynlluniau drafft" in ended.stdout
    assert not (tmp_path / "other.db").exists()


def test_the_demo_serves_its_addresses_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--port", str(free_port()), "--lang", "cy", "--dir", str(tmp_path / "demo")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        addresses = [line.partition(": ")[2].strip() for line in lines]
        assert [line.partition(":")[0] for line in lines] == [
            "MIS arddangos",
            "Gweinyddu'r awdurdod lleol",
            "Cofnod o'r hyn a ddigwyddodd",
        ]
        assert all(Visitor().open(address).status == 200 for address in addresses)
        refused = run_command("--dir", str(tmp_path / "demo"))
        assert refused.returncode == 3
        assert str(process.pid) in refused.stderr
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
        assert process.returncode == 0
        assert time.monotonic() - asked < 30
    again = run_command("--dir", str(tmp_path / "demo"))
    assert again.returncode == 2
    assert "--dir" in again.stderr


def test_told_to_stop_while_it_is_still_preparing_it_stops_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [*COMMAND, "--port", str(free_port())],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        assert story.wait_until(lambda: bool(list(tmp_path.glob("*/mis-bridge.db"))), 30)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=40)
    assert said == ""
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_somebodys_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mis-bridge.db").write_bytes(b"theirs")
    demo = RunningDemo(tmp_path, free_port(), "en", lambda: datetime.now(UTC))
    with pytest.raises(FolderInUse), demo:
        pass
    assert (tmp_path / "mis-bridge.db").read_bytes() == b"theirs"


def test_a_folder_that_another_demo_holds_is_refused_naming_who_holds_it(tmp_path: Path) -> None:
    with (
        running_demo(tmp_path),
        pytest.raises(FolderHeld, match=str(os.getpid())),
        running_demo(tmp_path),
    ):
        pass


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Due date not known: no calendar for 2026-27"),
        ("cy", "dim calendr ar gyfer 2026-27"),
    ],
)
def test_a_school_without_term_dates_gets_an_undated_task_and_a_job_for_a_person(
    tmp_path: Path, language: Language, words: str
) -> None:
    with running_demo(tmp_path, language, frozenset({"9903"})) as demo:
        told = story.tell(demo, story.begin(demo))
        missing = check.outcome(demo, told).missing
        assert any("no due date" in each.en for each in missing)
        (task,) = [
            task
            for task in tasks_of(demo, "A661993102")
            if task.kind not in {"supply_calendar", "check_recipients"}
        ]
        assert (task.kind, task.state, task.due_on) == ("decide_aln", "open", None)
        assert task.missing_calendar == "2026-27"
        kinds = Counter(row.kind for row in read(demo, lambda s: list(task_log.tasks(s, LA))))
        assert kinds["supply_calendar"] >= 1
        visitor = Visitor()
        visitor.launch(f"{demo.mis.origin}/{language}/schools/9903/tool/alnco")
        page = visitor.open(f"{demo.tool}/tasks/{task.id}")
        assert words.casefold() in page.text.casefold()


def test_killing_everything_at_any_point_leaves_one_task_and_one_notice(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        story.begin(demo)
        visitor = Visitor()
        for change, delay in zip(story.CHANGES, (0.0, 0.02, 0.1, 0.3, 0.8), strict=True):
            address = f"{demo.mis.origin}/en/schools/{change.estab}/pupils/{change.record_id}"
            visitor.submit(visitor.open(address), change.fields)
            time.sleep(delay)
            for name in ("web", "worker"):
                pid = demo.supervisor.pids.get(name)
                if pid is not None:
                    os.kill(pid, signal.SIGKILL)
        assert demo.mis.sender.wait_until_quiet(60)
        for change in story.CHANGES:
            record_id = change.record_id
            assert story.wait_until(partial(_all_sent, demo, record_id), 60), record_id
            (task,) = tasks_of(demo, record_id)
            read(demo, partial(_assert_told_once, task.id))


def _assert_told_once(task_id: str, session: Session) -> None:
    (notice,) = views_tasks.notices_of(session, LA, task_id)
    people = views_notices.people(session, LA, notice.id)
    messages = views_notices.messages(session, LA, notice.id)
    told = Counter(message.recipient_id for message in messages)
    assert told == Counter(person.id for person in people if person.receives)
    packs = [message.artefact for message in messages]
    assert len(packs) == len(set(packs))


def _all_sent(demo: RunningDemo, record_id: str) -> bool:
    def reading(session: Session) -> list[str]:
        records = task_log.records(session, LA)
        return [
            message.state
            for task in task_log.tasks(session, LA)
            if records[task.pupil_id] == ("wonde", record_id)
            for notice in views_tasks.notices_of(session, LA, task.id)
            for message in views_notices.messages(session, LA, notice.id)
        ]

    states = read(demo, reading)
    return bool(states) and set(states) <= check.HANDED_OVER


def test_plans_imported_twice_are_kept_once(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        sync = story.begin(demo)
        write_samples(tmp_path / "samples", demo.mis.authority.year)
        outcomes = []
        for _ in range(2):
            with sync.begin() as session:
                kept = keep_plans(
                    session,
                    demo.mis.authority,
                    tmp_path / "samples",
                    PLAN_FILES,
                    datetime.now(UTC),
                )
            outcomes.append({plan.outcome for plan in kept})
            assert all(plan.pupil_id for plan in kept)
        assert outcomes == [{"created"}, {"unchanged"}]
