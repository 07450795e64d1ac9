"""The pages of a plan hold no English in Welsh: rendered in a made-up language, all is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from mis_bridge.services import giving
from mis_bridge.storage import plan_copies, views_notices
from mis_bridge.storage.database import sessions
from tests.functional.test_pseudo_locale import render_in_no_language, unmarked
from tests.support.plan_writer import PlanWriter, finalised
from tests.support.school_day import OTHER_SCHOOL, SCHOOL, TENANT, SchoolDay
from tests.support.site_fixtures import a_day_on

# What people wrote into the plans, how often the programme runs, and what files are called.
WRITTEN = frozenset(
    re.findall(
        r"\w+",
        "Reads common words at sight by the end July Word list each half term One to one with "
        "teaching assistant for minutes three times week The school See record information Reading "
        "is slow Cannot follow board We talked alnco PDF Word HTML "
        # What the conversion took over into the draft.
        "Areas of concern recorded in the earlier plan Cynllun addysg unigol ar y cam Gweithredu "
        "gan yr Ysgol hanes yn unig",
    )
)
STEPS = (
    "begin-review", "invite", "take-over", "transfer", "propose-ceasing", "decide-ceasing",
    "family-response", "cease", "involve", "consent", "decide", "finalise", "revise", "keep",
)  # fmt: skip
SECTIONS = (
    "person", "contacts", "plan", "profile", "aln", "alp-0", "alp-new", "health_alp-new", "place",
    "record", "timeline", "transition", "travel",
)  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[SchoolDay, PlanWriter, PlanWriter]]:
    """Return a plan in force and a draft of another school, on pages in the made-up language."""
    with a_day_on("sqlite") as day:
        writer = finalised(day, day.sign_in())
        with sessions(day.database).begin() as session:
            for notice in plan_copies.notices_of(session, TENANT, writer.plan_id):
                for message in views_notices.messages(session, TENANT, notice.id):
                    giving.give(
                        session, TENANT, message.id, on=date(2026, 11, 23), way="hand", by="test",
                        now=day.now, jobs=day.jobs,
                    )  # fmt: skip
        draft = PlanWriter.begin(day, day.sign_in("alnco-2", "dep-2"), OTHER_SCHOOL)
        kept = draft.form("/edit/travel") | {"travel": "slow"}
        draft.browser.post("/plans", f"{draft.page}/typing/travel", kept)
        render_in_no_language(day)
        yield day, writer, draft


def texts(writer: PlanWriter, rest: str) -> set[str]:
    """Return the words of a page of the plan that are neither marked nor anybody's data."""
    return unmarked(writer.look(f"{rest}?lang=cy")) - WRITTEN - {"Bleddyn"}


@pytest.mark.parametrize("rest", ["", "/support", "/versions/2", *(f"/acts/{s}" for s in STEPS)])
def test_a_page_of_a_plan_in_force_is_wholly_translated(
    rest: str, world: tuple[SchoolDay, PlanWriter, PlanWriter]
) -> None:
    assert texts(world[1], rest) == set()


@pytest.mark.parametrize("rest", ["", *(f"/edit/{s}" for s in SECTIONS), "/acts/involve"])
def test_a_page_of_a_draft_is_wholly_translated(
    rest: str, world: tuple[SchoolDay, PlanWriter, PlanWriter]
) -> None:
    assert texts(world[2], rest) == set()


def test_the_pages_around_a_plan_are_wholly_translated(
    world: tuple[SchoolDay, PlanWriter, PlanWriter],
) -> None:
    day, writer, draft = world
    for address in ("/plans", f"/pupils/{day.pupils[SCHOOL]}", f"/drafts/{day.drafts[SCHOOL]}"):
        page = writer.browser.get(f"{address}?lang=cy")
        assert unmarked(page.text) - WRITTEN == set(), address
    seen = draft.form("/edit/travel")
    assert draft.write("travel", {"travel": "slow"}).status_code == 303
    met = draft.send("travel", seen | {"travel": "end"})
    assert met.status_code == 409
    assert unmarked(met.text) - WRITTEN - {"Bleddyn"} == set()
