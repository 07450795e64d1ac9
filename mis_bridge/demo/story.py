"""The main job, told on the invented authority: everything a person would do, without a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mis_bridge.demo.files import PLAN_FILES, PUPIL_FILES, write_samples
from mis_bridge.demo.loading import import_pupils, keep_plans, read_rolls, record_what_people_know
from mis_bridge.demo.run import RunningDemo
from mis_bridge.demo.visitor import Page, Visitor
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion.imports import KeptPlan
from mis_bridge.services.intake.bulk_sync import BulkSync
from mis_bridge.storage import event_log, task_log
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tenants import Tenant
from mis_bridge.web.visitors import COOKIE
from mis_bridge.workers.engine import EngineJobs

SAMPLES = "samples"
PATIENCE_SECONDS = 60.0
LAUNCHED_AT, LAUNCHED_AS = "9901", "alnco"


@dataclass(frozen=True, slots=True)
class Change:
    """A record that the story changes on the demo MIS's own page."""

    estab: str
    record_id: str
    fields: Mapping[str, str]


# Children only, whose time to decide runs at once; the pupil whom a visitor is invited to change,
# A661991101, is left as he is.
CHANGES = (
    Change("9901", "A661991112", {"sen": "A", "need_1": "DYSL"}),
    Change("9902", "A661992101", {"sen": "A"}),
    Change("9902", "A661992109", {"sen": "P", "need_1": "SLCD"}),
    Change("9903", "A661993102", {"sen": "A", "need_1": "MLD"}),
    Change("9903", "A661993109", {"need_1": "HI"}),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the story did, for somebody to look at what came of it.

    `before` are the ids of the tasks that the first reading of the schools had opened; `cookie` is
    what the launch left in the browser, None where it left nothing.
    """

    before: frozenset[str]
    pages: tuple[Page, ...]
    plans: tuple[KeptPlan, ...]
    landed: Page
    cookie: str | None


def begin(demo: RunningDemo) -> BulkSync:
    """Fill the register as a school's first day with the product would; returns the road used."""
    sync = BulkSync(sessions(demo.database).begin, EngineJobs(demo.database), demo.clock)
    read_rolls(sync, demo.founded, demo.settings.trusted_origins)
    with sync.begin() as session:
        record_what_people_know(session, demo.mis.authority, demo.clock())
    return sync


def tell(demo: RunningDemo, sync: BulkSync, seconds: float = PATIENCE_SECONDS) -> Told:
    """Import the samples, change pupils, wait for what comes of it, convert plans, launch.

    Waits `seconds` at most for the tool to take the events and work on them.
    """
    until = time.monotonic() + seconds
    la = Tenant(demo.mis.authority.code)
    with Session(demo.database) as session:
        before = frozenset(task.id for task in task_log.tasks(session, la))
    _import_samples(demo, sync)
    visitor = Visitor()
    pages = tuple(_change(demo, visitor, change) for change in CHANGES)
    demo.mis.sender.wait_until_quiet(max(0.0, until - time.monotonic()))
    wait_until(lambda: not _waiting_events(demo, la), max(0.0, until - time.monotonic()))
    with sync.begin() as session:
        plans = keep_plans(
            session, demo.mis.authority, demo.folder / SAMPLES, PLAN_FILES, demo.clock()
        )
    landed = visitor.launch(
        f"{demo.mis.origin}/{demo.language}/schools/{LAUNCHED_AT}/tool/{LAUNCHED_AS}"
    )
    return Told(before, pages, tuple(plans), landed, visitor.cookie(COOKIE))


def sign_in_everybody(demo: RunningDemo) -> None:
    """Let every invented person open the tool once, so that the product knows their names."""
    front = f"{demo.mis.origin}/{demo.language}"
    for school in demo.mis.authority.schools:
        for person in school.staff:
            Visitor().launch(f"{front}/schools/{school.estab}/tool/{person.role}")
    Visitor().launch(f"{front}/authority")


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Wait until `holds` holds; False when `seconds` were not enough."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _import_samples(demo: RunningDemo, sync: BulkSync) -> None:
    authority, folder = demo.mis.authority, demo.folder / SAMPLES
    write_samples(folder, authority.year)
    for sample, report in zip(
        PUPIL_FILES, import_pupils(sync, authority, folder, PUPIL_FILES), strict=True
    ):
        demo.mis.journal.note(
            "import",
            Words(
                "A file of {vendor} brought {count} pupils to {school}.",
                "Daeth ffeil {vendor} â disgyblion i {school}. Nifer: {count}.",
            ).fill(
                vendor=sample.vendor,
                count=report["created"],
                school=f"{authority.code}/{sample.estab}",
            ),
        )


def _change(demo: RunningDemo, visitor: Visitor, change: Change) -> Page:
    address = f"{demo.mis.origin}/en/schools/{change.estab}/pupils/{change.record_id}"
    return visitor.submit(visitor.open(address), change.fields)


def _waiting_events(demo: RunningDemo, la: Tenant) -> bool:
    """Say whether an event is still to come, or has come and is not settled."""
    with Session(demo.database) as session:
        states = [row.state for row in event_log.events(session, la)]
    return len(states) < len(CHANGES) or "received" in states
