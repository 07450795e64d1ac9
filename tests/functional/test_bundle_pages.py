"""A plan sent as a file from one school's page, and taken in on another's."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from mis_bridge.documents.bundles import MOST_BYTES, verify
from mis_bridge.domain.pupil import UpnStatus
from mis_bridge.services.bundles import authority_keys
from mis_bridge.storage import plan_bundles, plans
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tenants import Tenant
from mis_bridge.web.limits import UPLOADS
from tests.functional.test_pseudo_locale import render_in_no_language, unmarked
from tests.support.databases import BOTH
from tests.support.plan_bundles import (
    SENDERS_KEY,
    UPN,
    at_new_school,
    at_old_school,
    finalised,
    give_all,
    plan_json,
    sent,
    tell,
)
from tests.support.school_day import (
    ADMIN,
    ALNCO,
    FOREIGN_LA,
    FOREIGN_SCHOOL,
    LA,
    SCHOOL,
    TEACHER,
    SchoolDay,
    Visitor,
)
from tests.support.site_fixtures import a_day_on

OLD, NEW = Tenant(LA, SCHOOL), Tenant(FOREIGN_LA, FOREIGN_SCHOOL)
FIELDS = {"made_for": FOREIGN_SCHOOL, "basis": "reg_15", "other_basis": "", "consent": "Not needed"}
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def plan_at(day: SchoolDay, *, with_key: bool = True) -> str:
    """Finalise a plan at the school, and give it; returns its id."""
    pupil = at_old_school()
    pupil = replace(pupil, source=replace(pupil.source, record_id="P77"))
    with sessions(day.database).begin() as session:
        if with_key:
            authority_keys.make(session, LA, by="operator", now=day.now)
        known = tell(session, OLD, pupil, jobs=day.jobs)
        row = finalised(session, OLD, known, day.jobs, now=day.now)
        give_all(session, row, day.jobs, on=day.now.date(), now=day.now)
    return row.id


def upload(
    browser: Visitor, archive: bytes, *, page: str = "/plans/import", **fields: str
) -> TestResponse:
    """Send the form of an arriving plan as its page would."""
    token = _TOKEN.search(browser.get(page).text)
    assert token is not None
    asked = {"key": "", **fields, "csrf_token": token[1]}
    return browser.client.post(
        "/plans/import",
        data=_multipart(asked, archive),
        content_type="multipart/form-data; boundary=cut",
        headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    )


def _multipart(fields: dict[str, str], archive: bytes) -> bytes:
    parts = [
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    head = b'--cut\r\nContent-Disposition: form-data; name="bundle"; filename="plan.zip"\r\n\r\n'
    return b"".join([*parts, head, archive, b"\r\n--cut--\r\n"])


def arrived(day: SchoolDay, **facts: object) -> str:
    """Put the pupil on the other school's register."""
    with sessions(day.database).begin() as session:
        return tell(session, NEW, at_new_school(**facts), jobs=day.jobs)


def plans_there(day: SchoolDay, pupil_id: str) -> list[str]:
    with sessions(day.database).begin() as session:
        return [row.id for row in plans.plans_of_pupil(session, NEW, pupil_id)]


def test_the_file_that_one_school_makes_is_a_plan_at_the_other(day: SchoolDay) -> None:
    plan_id = plan_at(day)
    here = day.sign_in()
    page = f"/plans/{plan_id}/bundle"
    made = here.post(page, page, FIELDS)
    assert (made.status_code, made.content_type) == (200, "application/zip")
    name = made.headers["Content-Disposition"]
    assert name == f'attachment; filename="plan-{plan_id}-1.zip"'
    found = verify(made.data)
    assert found.manifest["lawful_basis"] == "S.I. 2021/401 reg. 15"
    assert FOREIGN_SCHOOL in here.get(page).text
    pupil = arrived(day)
    there = day.sign_in("alnco-foreign", "dep-foreign")
    answer = upload(there, made.data, key=found.key_id)
    assert answer.status_code == 303
    taken = plans_there(day, pupil)
    assert answer.location == f"/plans/{taken[0]}"
    shown = there.get(f"{answer.location}?lang=cy")
    assert shown.status_code == 200
    assert ": Rhiant, â llaw" in " ".join(shown.text.split())
    assert "o&#39;r corff a anfonodd y cynllun" in shown.text
    assert "contact:" not in shown.text
    assert "bundle" not in re.sub(r'href="[^"]*"', "", shown.text)
    again = upload(there, made.data, key=found.key_id)
    assert (again.status_code, again.location) == (303, answer.location)
    assert plans_there(day, pupil) == taken


def test_made_twice_it_is_on_record_once(day: SchoolDay) -> None:
    plan_id, here = plan_at(day), day.sign_in()
    page = f"/plans/{plan_id}/bundle"
    assert here.post(page, page, FIELDS).data == here.post(page, page, FIELDS).data
    with sessions(day.database).begin() as session:
        assert len(plan_bundles.of_plan(session, OLD, plan_id)) == 1


@pytest.mark.parametrize(
    ("changed", "at_fault"),
    [
        ({"made_for": ""}, "made_for"),
        ({"basis": ""}, "basis"),
        ({"basis": "made up"}, "basis"),
        ({"basis": "other"}, "other_basis"),
        ({"consent": " "}, "consent"),
    ],
)
def test_an_order_that_lacks_something_names_the_field(
    day: SchoolDay, changed: dict[str, str], at_fault: str
) -> None:
    plan_id, here = plan_at(day), day.sign_in()
    page = f"/plans/{plan_id}/bundle"
    refused = here.post(page, page, FIELDS | changed)
    assert refused.status_code == 422
    assert f'href="#{at_fault}' in refused.text
    with sessions(day.database).begin() as session:
        assert plan_bundles.of_plan(session, OLD, plan_id) == []


def test_without_a_key_the_page_says_what_to_do(day: SchoolDay) -> None:
    plan_id = plan_at(day, with_key=False)
    page = day.sign_in().get(f"/plans/{plan_id}/bundle?lang=cy").text
    assert "mis-bridge bundle key make --la 660" in page
    assert 'name="made_for"' not in page


def test_another_schools_plan_is_not_found_and_a_teacher_may_not_ask(day: SchoolDay) -> None:
    page = f"/plans/{plan_at(day)}/bundle"
    there = day.sign_in("alnco-foreign", "dep-foreign")
    assert there.get(page).status_code == 404
    assert there.post("/plans/import", page, FIELDS).status_code == 404
    assert day.sign_in(TEACHER).get(page).status_code == 403
    # An authority's people see what an authority maintains, and this plan is the school's.
    assert day.sign_in(ADMIN, "dep-la").get(page).status_code == 404
    assert day.sign_in(ADMIN, "dep-la").get("/plans/import").status_code == 403


def test_an_unknown_signer_is_named_and_nothing_is_taken_in(day: SchoolDay) -> None:
    pupil = arrived(day)
    there = day.sign_in("alnco-foreign", "dep-foreign")
    for key in ("", "0" * 64):
        refused = upload(there, sent(), key=key)
        assert refused.status_code == 422
        assert SENDERS_KEY in refused.text
        assert 'href="#key"' in refused.text
    assert upload(there, sent(), key="no key").status_code == 422
    assert plans_there(day, pupil) == []
    assert upload(there, sent(), key=SENDERS_KEY).status_code == 303


def test_without_a_upn_the_page_offers_the_pupil_and_a_person_chooses(day: SchoolDay) -> None:
    pupil = arrived(day, upn=None, upn_status=UpnStatus.MISSING)
    there = day.sign_in("alnco-foreign", "dep-foreign")
    asked = upload(there, sent(), key=SENDERS_KEY)
    assert asked.status_code == 422
    assert f'value="{pupil}"' in asked.text
    assert "Aled Canary" in asked.text
    assert plans_there(day, pupil) == []
    assert upload(there, sent(), key=SENDERS_KEY, pupil=pupil).status_code == 303
    assert len(plans_there(day, pupil)) == 1


def test_where_the_law_leaves_it_open_the_page_asks_who_maintains_the_plan(day: SchoolDay) -> None:
    pupil = arrived(day)
    there = day.sign_in("alnco-foreign", "dep-foreign")
    archive = sent(plan_json(maintained_by="home_authority"))
    asked = upload(there, archive, key=SENDERS_KEY)
    assert asked.status_code == 422
    assert 'name="maintainer"' in asked.text
    assert upload(there, archive, key=SENDERS_KEY, maintainer="la").status_code == 303
    assert len(plans_there(day, pupil)) == 1


@pytest.mark.parametrize(
    "archive", [b"", b"no archive", sent()[:-30], sent()[:40] + b"!" + sent()[41:]]
)
def test_a_damaged_file_is_refused_on_the_page(day: SchoolDay, archive: bytes) -> None:
    pupil = arrived(day)
    there = day.sign_in("alnco-foreign", "dep-foreign")
    refused = upload(there, archive, key=SENDERS_KEY)
    assert refused.status_code == 422
    assert 'href="#bundle"' in refused.text
    assert plans_there(day, pupil) == []


def test_a_file_beyond_the_limit_is_refused_and_one_below_it_is_read(day: SchoolDay) -> None:
    there = day.sign_in("alnco-foreign", "dep-foreign")
    assert upload(there, b"x" * 3_000_000).status_code == 422
    assert upload(there, b"x" * (UPLOADS["/plans/import"] + 1)).status_code == 413
    assert UPLOADS["/plans/import"] < MOST_BYTES


def test_a_pupil_of_another_school_is_neither_shown_nor_chosen(day: SchoolDay) -> None:
    there = day.sign_in("alnco-foreign", "dep-foreign")
    theirs = day.pupils[SCHOOL]
    page = there.get(f"/plans/import?pupil={theirs}").text
    assert "Angharad" not in page
    assert upload(there, sent(), key=SENDERS_KEY, pupil=theirs).status_code == 422


def test_nothing_personal_is_logged(day: SchoolDay, caplog: pytest.LogCaptureFixture) -> None:
    plan_id, pupil = plan_at(day), arrived(day)
    page = f"/plans/{plan_id}/bundle"
    with caplog.at_level(logging.DEBUG):
        made = day.sign_in(ALNCO).post(page, page, FIELDS)
        there = day.sign_in("alnco-foreign", "dep-foreign")
        upload(there, made.data, key=verify(made.data).key_id)
        upload(there, b"no archive", key=SENDERS_KEY)
    assert plans_there(day, pupil)
    ours = [record for record in caplog.records if record.name.startswith("mis_bridge")]
    written = " ".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    for personal in ("Aled", "Canary", UPN, "reading"):
        assert personal not in written


def test_the_pages_are_wholly_translated() -> None:
    with a_day_on("sqlite") as day:
        page = f"/plans/{plan_at(day)}/bundle"
        here = day.sign_in()
        made = here.post(page, page, FIELDS).data
        render_in_no_language(day)
        arrived(day, upn=None, upn_status=UpnStatus.MISSING)
        there = day.sign_in("alnco-foreign", "dep-foreign")
        shown = [
            here.get(f"{page}?lang=cy").text,
            here.post(page, page, FIELDS | {"basis": ""}).text,
            there.get("/plans/import?lang=cy").text,
            upload(there, made, key=verify(made).key_id).text,
            upload(there, sent(plan_json(maintained_by="fei")), key=SENDERS_KEY).text,
        ]
    for text in shown:
        # What people wrote, names, the citation that was recorded, and the letters of a key's id.
        left = unmarked(text) - {"Aled", "Canary", "Not", "needed", "reg"}
        assert {word for word in left if not re.fullmatch("[a-f]+", word)} == set()
