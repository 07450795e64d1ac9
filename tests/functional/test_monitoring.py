"""Monitoring on pages: a pupil's, the school's and the authority's, with whom each is for."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mis_bridge.services.monitoring.imports import import_delivery, reference_of
from mis_bridge.storage import audit, monitoring, plan_log, plans, privacy
from mis_bridge.storage.database import sessions
from mis_bridge.storage.plan_log import Done
from mis_bridge.storage.plans import NewPlan
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW
from tests.factories.pupils import a_pupil
from tests.functional.test_pseudo_locale import render_in_no_language, unmarked
from tests.support.databases import BOTH
from tests.support.school_day import (
    ADMIN,
    LA,
    OTHER_SCHOOL,
    SCHOOL,
    TEACHER,
    TENANT,
    SchoolDay,
    told,
)
from tests.support.site_fixtures import a_day_on

TERM = "2026-09-01"
MONDAY = date(2026, 11, 2)
BORN = a_pupil("A1").dob
assert BORN is not None
PROVISION = "Sessions of Reading canaries with an assistant, 3 x 20 minutes a week."
OTHER = "A quiet room as needed."


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def field(value: object) -> dict[str, object]:
    """Return a value as a plan keeps it."""
    return {
        "value": value,
        "origin": {"record": "person:1", "path": ""},
        "confidence": "stated",
        "confirmed_by": "person:1",
    }


def finalise(
    day: SchoolDay,
    pupil_id: str,
    *provisions: str,
    tenant: Tenant = TENANT,
    began: date = date(2026, 9, 2),
) -> str:
    """Give a pupil a finalised plan with these provisions; returns its id."""
    fields = {
        f"alp[{n}].{leaf}": field(value)
        for n, text in enumerate(provisions)
        for leaf, value in {
            "provision": text,
            "outcome": f"Reads {n} canary words",
            "from": began.isoformat(),
        }.items()
    }
    content = {"fields": fields, "appendix": [], "left_out": []}
    with sessions(day.database).begin() as session:
        new = NewPlan(pupil_id, None, "aln-code-2021-annex-a", "2021-1", "school", "draft")
        row = plans.add(session, tenant, new, content, by="test", at=NOW)
        row.status, row.edition, row.finalised_on = "given", 1, began
        plans.save(session, row, content, act="finalise", by="test", at=NOW, edition=1)
        return row.id


def review(day: SchoolDay, plan_id: str, on: date, **outcomes: str) -> None:
    """Say what a review said of the outcomes, by the number of the provision."""
    with sessions(day.database).begin() as session:
        row = plans.plan(session, TENANT, plan_id)
        assert row is not None
        facts = {"outcomes": {f"alp[{n.removeprefix('of_')}]": s for n, s in outcomes.items()}}
        plan_log.note_act(
            session, row, Done("keep_unrevised", row.status, on, facts), by="test", at=NOW
        )


def deliver(
    day: SchoolDay,
    folder: Path,
    *rows: dict[str, Any],
    vendor: str = "interventions",
    tenant: Tenant = TENANT,
) -> None:
    """Import an export."""
    name = {"interventions": "sessions", "attendance": "marks"}[vendor]
    file = folder / f"{name}.json"
    file.write_text(json.dumps({name: rows}), "utf-8")
    with sessions(day.database).begin() as session:
        kept, report = import_delivery(session, tenant, vendor, [file], now=NOW)
    assert report.rejected == 0
    assert not kept.without_pupil


def week(number: int, delivered: int, record: str = "A1", **facts: Any) -> dict[str, Any]:
    """Return what was delivered in a week, counted from the first Monday."""
    return {
        "adno": record,
        "dateOfBirth": str(BORN),
        "intervention": "Reading canaries",
        "weekCommencing": (MONDAY + timedelta(weeks=number)).isoformat(),
        "unit": "minutes",
        "delivered": delivered,
        **facts,
    }


def attended(number: int, possible: int, present: int, record: str = "A1") -> dict[str, Any]:
    row = week(number, 0, record)
    return {
        **{key: row[key] for key in ("adno", "dateOfBirth", "weekCommencing")},
        "possible": possible,
        "attended": present,
    }


def choice(
    alp: str = "alp[0]", edition: str = "1", name: str = "Reading canaries"
) -> dict[str, str]:
    """Return the form by which a person ties a source to a provision."""
    return {
        "vendor": "interventions",
        "reference": reference_of(name),
        "alp": alp,
        "edition": edition,
        "term": TERM,
    }


def page_of(day: SchoolDay, school: str = SCHOOL) -> str:
    return f"/pupils/{day.pupils[school]}/monitoring"


def text_of(page: str) -> str:
    """Return what a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_nothing_is_counted_before_a_person_has_said_what_belongs_together(
    day: SchoolDay, tmp_path: Path
) -> None:
    finalise(day, day.pupils[SCHOOL], PROVISION, OTHER)
    deliver(day, tmp_path, week(0, 40), week(1, 60))
    browser = day.sign_in()
    page, action = page_of(day), f"{page_of(day)}/source"
    before = browser.get(page).text
    assert "No source has been tied to this provision" in before
    # The equal name is proposed: it stands chosen in the list, and nothing more.
    assert re.search(r'<option value="alp\[0\]" selected>', before)
    answer = browser.post(page, action, choice())
    assert (answer.status_code, answer.location) == (303, f"{page}?term={TERM}")
    after = text_of(browser.get(page).text)
    assert "83 % \u2013 Delivered: 100; Planned: 120" in after
    assert "Delivered: 40 + 60 = 100" in after
    assert "Planned: 60 + 60 = 120" in after
    assert "100 ÷ 120 = 83 %" in after
    assert "Planned figure from: stated in the plan" in after
    assert "Sessions a week: 3" in after
    assert "Minutes a week: 60" in after
    with sessions(day.database).begin() as session:
        assert audit.verify(session, LA).why is None


def test_every_week_left_out_is_named_with_its_reason(day: SchoolDay, tmp_path: Path) -> None:
    finalise(day, day.pupils[SCHOOL], PROVISION, began=date(2026, 9, 9))
    deliver(day, tmp_path, week(-1, 60), week(0, 60), week(3, 20))
    browser = day.sign_in()
    browser.post(page_of(day), f"{page_of(day)}/source", choice())
    page = text_of(browser.get(page_of(day)).text)
    assert "Weeks counted: 1" in page
    assert "holiday: no school day in this week (26/10/2026)" in page
    assert "the week is not over yet" in page
    assert "before the provision began" in page
    assert "that is not the same as nothing delivered" in page


def test_a_provision_without_a_clear_quantity_has_no_planned_figure(
    day: SchoolDay, tmp_path: Path
) -> None:
    finalise(day, day.pupils[SCHOOL], OTHER)
    deliver(day, tmp_path, week(0, 60))
    browser = day.sign_in()
    browser.post(page_of(day), f"{page_of(day)}/source", choice())
    page = text_of(browser.get(page_of(day)).text)
    assert "not stated in one clear way" in page
    assert "neither the source nor the plan states what was planned" in page
    assert "No share can be given" in page


def test_the_choice_can_be_taken_back_and_is_asked_for_again_after_a_revision(
    day: SchoolDay, tmp_path: Path
) -> None:
    plan_id = finalise(day, day.pupils[SCHOOL], PROVISION, OTHER)
    deliver(day, tmp_path, week(0, 40))
    browser = day.sign_in()
    page, action = page_of(day), f"{page_of(day)}/source"
    assert browser.post(page, action, choice()).status_code == 303
    with sessions(day.database).begin() as session:
        row = plans.plan(session, TENANT, plan_id)
        assert row is not None
        held = plans.content(session, row)
        held["fields"]["alp[0].provision"] = field("4 x 20 minutes a week")
        row.edition = 2
        plans.save(session, row, held, act="revise", by="test", at=NOW, edition=2)
    revised = browser.get(page).text
    assert "No source has been tied to this provision" in revised
    assert re.search(r'<option value="alp\[0\]" selected>', revised)
    stale = browser.post(page, action, choice())
    assert stale.status_code == 422
    assert "was revised after you opened the page" in stale.text
    assert browser.post(page, action, choice(edition="2")).status_code == 303
    assert "40 ÷ 80 = 50 %" in text_of(browser.get(page).text)
    assert browser.post(page, action, choice("", edition="2")).status_code == 303
    assert "No source has been tied" in browser.get(page).text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"alp": "alp[7]"}, 422),
        ({"reference": "x"}, 404),
        ({"vendor": "attendance"}, 404),
        ({"more": "1"}, 422),
    ],
)
def test_a_choice_of_what_is_not_there_changes_nothing(
    changed: dict[str, str], status: int, tmp_path: Path
) -> None:
    with a_day_on("sqlite") as day:
        plan_id = finalise(day, day.pupils[SCHOOL], PROVISION)
        deliver(day, tmp_path, week(0, 40))
        browser = day.sign_in()
        answer = browser.post(page_of(day), f"{page_of(day)}/source", choice() | changed)
        assert answer.status_code == status
        with sessions(day.database).begin() as session:
            assert monitoring.links(session, TENANT, [plan_id]) == []


def test_attendance_and_outcomes_at_review_stand_beside(day: SchoolDay, tmp_path: Path) -> None:
    plan_id = finalise(day, day.pupils[SCHOOL], PROVISION, OTHER)
    deliver(day, tmp_path, attended(0, 10, 9), attended(1, 10, 10), vendor="attendance")
    review(day, plan_id, date(2026, 11, 12), of_0="met", of_1="partly_met")
    page = text_of(day.sign_in().get(page_of(day)).text)
    assert "95 % \u2013 Attended: 19; Possible: 20" in page
    assert "Provision 1: Met" in page
    assert "Provision 2: Partly met" in page
    assert "Thursday 12 November 2026" in page


def test_the_school_sees_its_pupils_shares_and_outcomes(day: SchoolDay, tmp_path: Path) -> None:
    plan_id = finalise(day, day.pupils[SCHOOL], PROVISION, OTHER)
    deliver(day, tmp_path, week(0, 40), week(1, 60))
    deliver(day, tmp_path, attended(0, 10, 9), vendor="attendance")
    review(day, plan_id, date(2026, 11, 12), of_0="met", of_1="not_met")
    browser = day.sign_in()
    browser.post(page_of(day), f"{page_of(day)}/source", choice())
    page = text_of(browser.get("/monitoring").text)
    assert "Angharad Canary" in page
    assert "100 / 120 = 83 %" in page
    assert "9 / 10 = 90 %" in page
    assert "75 % to 99 %: 1" in page
    assert "Nothing can be compared: 1" in page
    assert "Met: 1; Partly met: 0; Not met: 1" in page
    assert "Reviews in the term: 1" in page
    # Another term has none of it; one that never was is the newest.
    assert "2026" in browser.get("/monitoring?term=nonsense").text


def test_the_numbers_come_as_a_file_that_runs_nothing(day: SchoolDay, tmp_path: Path) -> None:
    finalise(day, day.pupils[SCHOOL], PROVISION)
    formula = "=HYPERLINK(0)"
    deliver(day, tmp_path, week(0, 40, intervention=formula))
    browser = day.sign_in()
    browser.post(page_of(day), f"{page_of(day)}/source", choice(name=formula))
    answer = browser.get(f"{page_of(day)}.csv?term={TERM}")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="monitoring.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    told_week = next(row for row in rows if row["Week beginning"] == MONDAY.isoformat())
    assert (told_week["Planned"], told_week["Delivered"]) == ("60", "40")
    assert told_week["Source"].startswith("interventions: ")
    assert len(rows) == 13
    school = browser.get("/monitoring.csv?lang=cy")
    (pupil,) = csv.DictReader(io.StringIO(school.text.removeprefix("\ufeff")))
    assert pupil["Disgybl"] == "Angharad Canary"
    assert pupil["Munudau a ddarparwyd"] == "40"


def test_a_teacher_sees_only_pupils_with_a_task_of_their_own_and_chooses_nothing(
    day: SchoolDay, tmp_path: Path
) -> None:
    finalise(day, day.pupils[SCHOOL], PROVISION)
    deliver(day, tmp_path, week(0, 40))
    teacher = day.sign_in(TEACHER)
    assert teacher.get(page_of(day)).status_code == 404
    assert teacher.get(f"{page_of(day)}.csv").status_code == 404
    alnco = day.sign_in()
    task = f"/tasks/{day.tasks[SCHOOL]}"
    fields = {"version": "1", "person": day.people[TEACHER]}
    assert alnco.post(task, f"{task}/assign", fields).status_code == 303
    seen = teacher.get(page_of(day))
    assert seen.status_code == 200
    assert "<select" not in seen.text
    assert teacher.post(page_of(day), f"{page_of(day)}/source", choice()).status_code == 403
    assert teacher.get("/monitoring").status_code == 403


def test_another_school_s_pupil_does_not_exist_here(day: SchoolDay, tmp_path: Path) -> None:
    finalise(day, day.pupils[OTHER_SCHOOL], PROVISION, tenant=Tenant(LA, OTHER_SCHOOL))
    deliver(day, tmp_path, week(0, 40, "B1"), tenant=Tenant(LA, OTHER_SCHOOL))
    browser, theirs = day.sign_in(), page_of(day, OTHER_SCHOOL)
    assert browser.get(theirs).status_code == 404
    assert browser.get(f"{theirs}.csv").status_code == 404
    assert browser.post(page_of(day), f"{theirs}/source", choice()).status_code == 404
    assert "Bleddyn" not in browser.get("/monitoring").text
    assert "Bleddyn" not in browser.get("/monitoring.csv").text


def test_an_authority_sees_no_number_that_few_pupils_stand_behind(
    day: SchoolDay, tmp_path: Path
) -> None:
    records = [f"K{n}" for n in range(5)]
    ids = [told(day, a_pupil(record))[0] for record in records]
    plan_ids = [finalise(day, pupil_id, PROVISION) for pupil_id in ids]
    with sessions(day.database).begin() as session:
        for plan_id in plan_ids:
            row = plans.plan(session, TENANT, plan_id)
            assert isinstance(row, PlanRow)
            digest = _digest(PROVISION)
            tie = monitoring.Link(
                "interventions", reference_of("Reading canaries"), "alp[0]", digest
            )
            monitoring.link(session, row, tie, by="test", at=NOW)
    deliver(day, tmp_path, *(week(0, 30, record) for record in records))
    deliver(day, tmp_path, *(attended(0, 10, 9, r) for r in records[:4]), vendor="attendance")
    review(day, plan_ids[0], date(2026, 11, 12), of_0="met")
    page = day.sign_in(ADMIN, "dep-la").get("/la/monitoring").text
    row = next(line for line in re.findall(r"<tr.*?</tr>", page, re.S) if SCHOOL in line)
    said = re.findall(r"</span>([^<]+)</td>", row)
    # Five pupils, half of what was planned; four with attendance and one with a review are few.
    assert said == ["5", "50 %", "not shown", "not shown", "not shown", "not shown", "not shown"]
    assert "Canary" not in page
    assert "661/4001" not in page


def _digest(text: str) -> str:
    return sha256(text.casefold().encode()).hexdigest()


def test_what_was_delivered_to_a_pupil_is_shown_to_the_person_and_goes_with_the_record(
    day: SchoolDay, tmp_path: Path
) -> None:
    pupil_id = day.pupils[SCHOOL]
    plan_id = finalise(day, pupil_id, PROVISION)
    deliver(day, tmp_path, week(0, 40))
    day.sign_in().post(page_of(day), f"{page_of(day)}/source", choice())
    with sessions(day.database).begin() as session:
        known = privacy.everything_about(session, TENANT, pupil_id)
        assert [row["detail"]["name"] for row in known["delivered_provision"]] == [
            "Reading canaries"
        ]
        assert [row["alp"] for row in known["idp_provision_links"]] == ["alp[0]"]
        privacy.erase(session, TENANT, pupil_id)
    with sessions(day.database).begin() as session:
        assert list(monitoring.of_pupil(session, TENANT, pupil_id)) == []
        assert list(monitoring.links(session, TENANT, [plan_id])) == []


def test_only_an_authority_s_administrator_sees_the_sums(day: SchoolDay) -> None:
    assert day.sign_in().get("/la/monitoring").status_code == 403
    assert day.sign_in(ADMIN, "dep-la").get("/monitoring").status_code == 403


@pytest.mark.parametrize("which", ["pupil", "school", "authority"])
def test_the_pages_are_wholly_translated(which: str, tmp_path: Path) -> None:
    with a_day_on("sqlite") as day:
        render_in_no_language(day)
        plan_id = finalise(day, day.pupils[SCHOOL], PROVISION, OTHER)
        deliver(day, tmp_path, week(0, 40), week(1, 60), week(1, 5, intervention="Paired"))
        deliver(day, tmp_path, attended(0, 10, 9), vendor="attendance")
        review(day, plan_id, date(2026, 11, 12), of_0="met", of_1="not_met")
        alnco = day.sign_in()
        alnco.post(page_of(day), f"{page_of(day)}/source", choice())
        address = {"pupil": page_of(day), "school": "/monitoring", "authority": "/la/monitoring"}
        visitor = day.sign_in(ADMIN, "dep-la") if which == "authority" else alnco
        page = visitor.get(f"{address[which]}?lang=cy").text
    data = f"{PROVISION} {OTHER} Reads words canary interventions attendance"
    assert unmarked(page) <= set(re.findall(r"\w+", data))
