"""The page on a school's cohort: who has nothing yet, making drafts, and following a run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from mis_bridge.domain.pupil import Name, Provision, ProvisionType
from mis_bridge.services.conversion import runs
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.storage import conversion_runs, idp_drafts
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil
from tests.support.databases import BOTH
from tests.support.school_day import LA, OTHER_SCHOOL, SCHOOL, SchoolDay
from tests.support.site_fixtures import a_day_on

HERE = Tenant(LA, SCHOOL)
EVERY_STAGE = dict.fromkeys(runs.ON_REGISTER, "yes") | {"year": ""}


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world with thirty more pupils on School Action Plus."""
    with a_day_on(request.param) as world:
        add(world, 30)
        yield world


def add(day: SchoolDay, number: int) -> None:
    plus = Provision(ProvisionType.SCHOOL_ACTION_PLUS, "P", date(2021, 9, 1))
    pupils = [
        a_pupil(f"Z{at}", name=Name("Zoe", None, f"Canary-{at:02}"), provision=plus, nc_year="5")
        for at in range(number)
    ]
    tellings = [
        Telling("wonde", one.source.record_id, one, day.now, day.now.date(), "file:test")
        for one in pupils
    ]
    with sessions(day.database).begin() as session:
        apply_all(session, HERE, tellings, now=day.now, jobs=RecordedJobs())


def worked(day: SchoolDay, run_id: str, *, batches: int = 99) -> None:
    for _ in range(batches):
        with sessions(day.database).begin() as session:
            if not runs.work_on(session, HERE, run_id, now=day.now, jobs=None):
                return


def test_the_list_says_who_has_nothing_and_leads_to_each(day: SchoolDay) -> None:
    browser = day.sign_in()
    assert 'href="/conversion"' in browser.get("/tasks").text
    first, second = browser.get("/conversion").text, browser.get("/conversion?page=2").text
    assert "With no decision, no plan and no draft" in first
    with sessions(day.database).begin() as session:
        named = {
            row.id
            for row in session.scalars(
                select(PupilRow).where(HERE.owns(PupilRow), PupilRow.record_id.startswith("Z"))
            )
        }
    linked = {pupil_id for pupil_id in named if f"/pupils/{pupil_id}" in first + second}
    assert linked == named
    assert first.count("Canary-") == 25
    # Angharad is on School Action too, and has a draft already.
    assert "Angharad" not in first + second


def test_a_run_is_started_followed_and_told_in_counts_that_add_up(day: SchoolDay) -> None:
    browser = day.sign_in()
    answer = browser.post("/conversion", "/conversion", EVERY_STAGE)
    assert answer.status_code == 303
    run_id = answer.location.rpartition("/")[2]
    assert f"convert:{run_id}" in day.jobs.asked
    page = browser.get(answer.location).text
    assert "Under way" in page
    assert 'value="0" max="32"' in page
    assert "Settled: 0 of 32" in page
    worked(day, run_id)
    done = browser.get(answer.location).text
    assert "Done" in done
    assert "Settled: 32 of 32" in done
    assert "<progress" not in done
    with sessions(day.database).begin() as session:
        row = conversion_runs.run(session, HERE, run_id)
        assert row is not None
        assert row.asked_by.startswith("person:")
        counts = runs.counts_of(row)
    assert sum(counts.values()) == 32
    assert (counts["from_register"], counts["unchanged"]) == (31, 1)
    assert "Somebody has begun on every pupil" in browser.get("/conversion").text


def test_a_second_start_leads_to_the_run_that_is_under_way(day: SchoolDay) -> None:
    browser = day.sign_in()
    first = browser.post("/conversion", "/conversion", EVERY_STAGE).location
    page = browser.get("/conversion").text
    assert "Follow this conversion" in page
    assert "Every year group" not in page
    assert browser.post("/conversion", "/conversion", EVERY_STAGE).location == first


@pytest.mark.parametrize(
    ("fields", "said", "place"),
    [
        ({"year": ""}, "Choose at least one stage", "#school_action"),
        (EVERY_STAGE | {"year": "99"}, "Choose a year group from the list", "#year"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_said_at_its_field(
    fields: dict[str, str], said: str, place: str
) -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        answer = browser.post("/conversion", "/conversion", fields)
        assert answer.status_code == 422
        assert said in answer.text
        assert f'href="{place}"' in answer.text
        assert f'id="{place[1:]}"' in answer.text
        with sessions(day.database).begin() as session:
            assert conversion_runs.under_way(session, HERE) is None


def test_a_run_of_one_year_group_takes_nobody_else(day: SchoolDay) -> None:
    browser = day.sign_in()
    answer = browser.post("/conversion", "/conversion", EVERY_STAGE | {"year": "5"})
    assert "Settled: 0 of 30" in browser.get(answer.location).text


def test_the_pages_speak_welsh(day: SchoolDay) -> None:
    browser = day.sign_in()
    location = browser.post("/conversion", "/conversion", EVERY_STAGE).location
    worked(day, location.rpartition("/")[2])
    overview = browser.get("/conversion?lang=cy").text
    assert "Cynlluniau drafft i garfan" in overview
    run = browser.get(f"{location}?lang=cy").text
    assert "Wedi'u setlo: 32 o 32" in run
    assert "Drafftiau o&#39;r gofrestr yn unig" in run


def test_another_school_sees_neither_the_run_nor_its_pupils(day: SchoolDay) -> None:
    location = day.sign_in().post("/conversion", "/conversion", EVERY_STAGE).location
    other = day.sign_in("alnco-2", "dep-2")
    assert other.get(location).status_code == 404
    assert "Canary-" not in other.get("/conversion").text
    assert day.conversions[OTHER_SCHOOL] in other.get("/conversion").text


def test_the_draft_of_a_register_says_what_it_is_made_from(day: SchoolDay) -> None:
    browser = day.sign_in()
    location = browser.post("/conversion", "/conversion", EVERY_STAGE | {"year": "5"}).location
    worked(day, location.rpartition("/")[2])
    with sessions(day.database).begin() as session:
        draft = next(row for row in idp_drafts.listed(session, HERE) if row.vendor == "register")
        draft_id, pupil_id = draft.id, str(draft.pupil_id)
    page = browser.get(f"/drafts/{draft_id}").text
    assert "made from the register alone" in page
    assert "the school register" in page
    assert f"plan {pupil_id}" not in page
    assert "it has been decided that there are needs" in page
    assert "has ALN" not in page.replace("does not say that the pupil has ALN", "")
    assert f"/drafts/{draft_id}" in browser.get(f"/pupils/{pupil_id}").text
