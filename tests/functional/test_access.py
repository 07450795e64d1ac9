"""Every route is in the access table, and nobody opens what is not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.routing import Rule

from mis_bridge.services.sessions import ABSOLUTE, IDLE
from mis_bridge.storage import lti_people
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tenants import Tenant
from mis_bridge.web.access import ACCESS, AUTHORITY, EVERYONE_IN, SCHOOL, STAFF, Open
from tests.support.databases import BOTH
from tests.support.plan_writer import PlanWriter, finalised
from tests.support.school_day import (
    ADMIN,
    ALNCO,
    FOREIGN_SCHOOL,
    HEAD,
    LA,
    OTHER_SCHOOL,
    TEACHER,
    SchoolDay,
    message_of,
)
from tests.support.school_day import SCHOOL as ONE_SCHOOL
from tests.support.site_fixtures import a_day_on
from tests.unit.lti.stub_platform import NOW

# Endpoint, method -> who may open it. A route that is added without a line here fails a test.
TABLE = {
    ("static", "GET"): Open.ANYBODY,
    ("health.live", "GET"): Open.ANYBODY,
    ("health.ready", "GET"): Open.ANYBODY,
    ("webhooks.receive", "POST"): Open.SIGNED_WEBHOOK,
    ("lti.login", "GET"): Open.LAUNCH,
    ("lti.login", "POST"): Open.LAUNCH,
    ("lti.launch", "POST"): Open.LAUNCH,
    ("lti.ticket", "GET"): Open.LAUNCH,
    ("lti.keys", "GET"): Open.ANYBODY,
    ("home.start", "GET"): EVERYONE_IN,
    ("home.window", "GET"): EVERYONE_IN,
    ("home.leave", "POST"): EVERYONE_IN,
    ("tasks.listing", "GET"): EVERYONE_IN,
    ("tasks.show", "GET"): EVERYONE_IN,
    ("tasks.confirm_trigger", "POST"): SCHOOL,
    ("tasks.record_consent", "POST"): SCHOOL,
    ("tasks.assign", "POST"): SCHOOL,
    ("tasks.decide", "POST"): SCHOOL,
    ("tasks.record_given", "POST"): SCHOOL,
    ("tasks.add_reasons", "POST"): SCHOOL,
    ("pupils.show", "GET"): STAFF,
    ("monitoring.pupil", "GET"): STAFF,
    ("monitoring.pupil_export", "GET"): STAFF,
    ("monitoring.choose_provision", "POST"): SCHOOL,
    ("monitoring.school", "GET"): SCHOOL,
    ("monitoring.school_export", "GET"): SCHOOL,
    ("monitoring.authority", "GET"): AUTHORITY,
    ("people.show", "GET"): SCHOOL,
    ("people.ask", "GET"): SCHOOL,
    ("people.record", "POST"): SCHOOL,
    ("people.withdraw", "POST"): SCHOOL,
    ("idp.show", "GET"): SCHOOL,
    ("bundles.order", "GET"): SCHOOL | AUTHORITY,
    ("bundles.make", "POST"): SCHOOL | AUTHORITY,
    ("bundles.arrival", "GET"): SCHOOL,
    ("bundles.take", "POST"): SCHOOL,
    ("plans.listing", "GET"): SCHOOL | AUTHORITY,
    ("plans.begin", "POST"): SCHOOL,
    ("plans.show", "GET"): SCHOOL | AUTHORITY,
    ("plans.support", "GET"): STAFF,
    ("plans.version", "GET"): SCHOOL | AUTHORITY,
    ("plans.download", "GET"): SCHOOL | AUTHORITY,
    ("plan_edits.section", "GET"): SCHOOL | AUTHORITY,
    ("plan_edits.save", "POST"): SCHOOL | AUTHORITY,
    ("plan_edits.typing", "POST"): SCHOOL | AUTHORITY,
    ("plan_edits.discard", "POST"): SCHOOL | AUTHORITY,
    ("plan_edits.settle", "POST"): SCHOOL | AUTHORITY,
    ("plan_edits.confirm", "POST"): SCHOOL | AUTHORITY,
    ("plan_edits.promote", "POST"): SCHOOL | AUTHORITY,
    ("plan_acts.show", "GET"): SCHOOL | AUTHORITY,
    ("plan_acts.do", "POST"): SCHOOL | AUTHORITY,
    ("conversion.overview", "GET"): SCHOOL,
    ("conversion.start", "POST"): SCHOOL,
    ("conversion.show", "GET"): SCHOOL,
    ("notices.show", "GET"): SCHOOL | AUTHORITY,
    ("notices.preview", "GET"): SCHOOL | AUTHORITY,
    ("notices.confirm", "POST"): SCHOOL | AUTHORITY,
    ("notices.tell_further", "POST"): SCHOOL | AUTHORITY,
    ("notices.message", "GET"): SCHOOL | AUTHORITY,
    ("notices.give", "POST"): SCHOOL | AUTHORITY,
    ("notices.send_again", "POST"): SCHOOL | AUTHORITY,
    ("la_admin.overview", "GET"): AUTHORITY,
    ("la_admin.connections", "GET"): AUTHORITY,
    ("la_admin.mappings", "GET"): AUTHORITY,
    ("la_admin.people", "GET"): AUTHORITY,
    ("la_admin.settle", "POST"): AUTHORITY,
    ("subscriptions.listing", "GET"): AUTHORITY,
    ("subscriptions.log", "GET"): AUTHORITY,
    ("subscriptions.replay", "POST"): AUTHORITY,
}
# What a teacher sees only of pupils with a task of the teacher's own.
OF_ONE_PUPIL = {
    "tasks.show", "pupils.show", "monitoring.pupil", "monitoring.pupil_export", "plans.support",
}  # fmt: skip
# What an authority sees only of plans that an authority maintains.
OF_ONE_PLAN = {
    "bundles.order",
    "notices.show", "notices.preview", "notices.message",
    "plans.show", "plans.version", "plans.download", "plan_edits.section", "plan_acts.show",
}  # fmt: skip
ROLES = {ALNCO: "alnco", HEAD: "head", TEACHER: "teacher", ADMIN: "la_admin"}


@pytest.fixture(scope="module", params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return the world with a plan in each school; these tests change nothing in it."""
    with a_day_on(request.param) as world:
        writer = finalised(world, world.sign_in())
        world.plans[ONE_SCHOOL] = writer.plan_id
        for school, subject, deployment in (
            (OTHER_SCHOOL, "alnco-2", "dep-2"),
            (FOREIGN_SCHOOL, "alnco-foreign", "dep-foreign"),
        ):
            theirs = PlanWriter.begin(world, world.sign_in(subject, deployment), school)
            world.plans[school] = theirs.plan_id
        yield world


def routes(day: SchoolDay) -> set[tuple[str, str]]:
    """Return every route of the app with its methods; the webhook's refuses all but one itself."""
    return {
        (rule.endpoint, "POST" if rule.endpoint == "webhooks.receive" else method)
        for rule in day.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(day: SchoolDay, endpoint: str, school: str = ONE_SCHOOL) -> str:
    """Return the address of an endpoint with ids of `school`."""
    rule: Rule = next(r for r in day.app.url_map.iter_rules() if r.endpoint == endpoint)
    ids = {
        "task_id": day.tasks[school],
        "pupil_id": day.pupils[school],
        "notice_id": day.notices[school],
        "message_id": message_of(day, school),
        "sheet_id": "language",
        "fact_id": "0" * 24,
        "draft_id": day.drafts[school],
        "plan_id": day.plans[school],
        "section": "aln",
        "act": "begin-review",
        "number": 1,
        "paper": "plan",
        "language": "cy",
        "ending": "html",
        "run_id": day.conversions[school],
        "grant_id": "0" * 24,
        "subscription_id": day.subscriptions[LA],
        "event_id": "evt_0",
    }
    wanted = {name: ids[name] for name in rule.arguments if name in ids}
    return day.app.url_map.bind("bridge.example").build(endpoint, wanted)


def guarded(method: str) -> list[str]:
    """Return the endpoints that ask for a role."""
    return sorted(
        endpoint for (endpoint, how), rule in TABLE.items()
        if how == method and not isinstance(rule, Open)
    )  # fmt: skip


def test_the_table_names_every_route_and_no_other(day: SchoolDay) -> None:
    assert routes(day) == set(TABLE)


def test_the_table_of_the_product_says_the_same() -> None:
    assert {endpoint: rule for (endpoint, _), rule in TABLE.items()} == dict(ACCESS)


@pytest.mark.parametrize("endpoint", guarded("GET"))
def test_nobody_opens_a_page_without_a_session(endpoint: str, day: SchoolDay) -> None:
    answer = day.browser().get(address(day, endpoint))
    assert answer.status_code == 401
    assert "Angharad" not in answer.text


@pytest.mark.parametrize("endpoint", guarded("POST"))
def test_nobody_changes_anything_without_a_session(endpoint: str, day: SchoolDay) -> None:
    assert day.browser().client.post(address(day, endpoint)).status_code == 401


@pytest.mark.parametrize("subject", ROLES)
@pytest.mark.parametrize("endpoint", guarded("GET"))
def test_each_role_opens_what_the_table_gives_it(
    endpoint: str, subject: str, day: SchoolDay
) -> None:
    browser = day.sign_in(subject, "dep-la" if subject == ADMIN else "dep-1")
    allowed = TABLE[endpoint, "GET"]
    assert not isinstance(allowed, Open)
    status = browser.get(address(day, endpoint)).status_code
    if ROLES[subject] not in allowed:
        assert status == 403
    elif subject == TEACHER and endpoint in OF_ONE_PUPIL:
        # Nothing is assigned to the teacher: the answer is that of a task that does not exist.
        assert status == 404
    elif subject == ADMIN and endpoint in OF_ONE_PLAN:
        # The school maintains it.
        assert status == 404
    else:
        assert status in {200, 303}


@pytest.mark.parametrize("subject", [TEACHER, ADMIN])
@pytest.mark.parametrize("endpoint", sorted({e for e in guarded("POST") if "tasks" in e}))
def test_only_the_school_acts_on_tasks(endpoint: str, subject: str, day: SchoolDay) -> None:
    browser = day.sign_in(subject, "dep-la" if subject == ADMIN else "dep-1")
    assert browser.post("/tasks", address(day, endpoint), {}).status_code == 403


@pytest.mark.parametrize("school", [OTHER_SCHOOL, FOREIGN_SCHOOL])
@pytest.mark.parametrize("endpoint", [e for e in guarded("GET") if e.endswith(("show", "preview"))])
def test_what_belongs_to_another_school_does_not_exist(
    endpoint: str, school: str, day: SchoolDay
) -> None:
    browser = day.sign_in()
    theirs = browser.get(address(day, endpoint, school))
    nothing = browser.get(address(day, endpoint).rpartition("/")[0] + "/" + "0" * 24)
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert "Bleddyn" not in theirs.text
    assert "Ceridwen" not in theirs.text


@pytest.mark.parametrize("school", [OTHER_SCHOOL, FOREIGN_SCHOOL])
@pytest.mark.parametrize("endpoint", [e for e in guarded("POST") if e.startswith("tasks.")])
def test_nobody_acts_on_a_task_of_another_school(
    endpoint: str, school: str, day: SchoolDay
) -> None:
    browser = day.sign_in()
    fields = {
        "tasks.assign": {"version": "1", "person": ""},
        "tasks.confirm_trigger": {"version": "1"} | date_fields("noticed_on"),
        "tasks.record_consent": {"version": "1", "consented": "yes"} | date_fields("consented_on"),
        "tasks.decide": {"version": "1", "decision": "has_aln", "reasons": "x"}
        | date_fields("decided_on"),
        "tasks.record_given": {"version": "1"} | date_fields("given_on"),
        "tasks.add_reasons": {"version": "1", "reasons": "x", "reasons_cy": "x"},
    }[endpoint]
    assert browser.post("/tasks", address(day, endpoint, school), fields).status_code == 404


@pytest.mark.parametrize("school", [OTHER_SCHOOL, FOREIGN_SCHOOL])
@pytest.mark.parametrize("endpoint", [e for e in guarded("POST") if e.startswith("plan_")])
@pytest.mark.parametrize("subject", [ALNCO, ADMIN])
def test_nobody_writes_or_acts_on_a_plan_that_is_not_theirs(
    subject: str, endpoint: str, school: str, day: SchoolDay
) -> None:
    browser = day.sign_in(subject, "dep-la" if subject == ADMIN else "dep-1")
    fields = {
        "plan_edits.discard": {"version": "1", "section": ""},
        "plan_edits.settle": {"version": "1", "count": "1", "key-0": "travel", "choice-0": "mine"},
        "plan_edits.confirm": {"version": "1", "keys": "aln.description", "back": "aln"},
        "plan_edits.promote": {"version": "1", "kind": "target", "number": "0"},
    }.get(endpoint, {"version": "1"})
    address_of_plan = address(day, endpoint, school)
    assert browser.post("/plans", address_of_plan, fields).status_code == 404


@pytest.mark.parametrize("endpoint", [e for e in guarded("POST") if e.startswith("plan")])
def test_a_teacher_writes_and_acts_on_no_plan(endpoint: str, day: SchoolDay) -> None:
    teacher = day.sign_in(TEACHER)
    assert teacher.post("/tasks", address(day, endpoint), {}).status_code == 403


def date_fields(name: str) -> dict[str, str]:
    """Return a date as the form sends it."""
    return {f"{name}-day": "20", f"{name}-month": "11", f"{name}-year": "2026"}


def test_an_authority_sees_its_own_schools_without_names(day: SchoolDay) -> None:
    browser = day.sign_in(ADMIN, "dep-la")
    overview, tasks = browser.get("/la/").text, browser.get("/tasks").text
    assert "660/4001" in overview
    assert "661/4001" not in overview
    for name in ("Angharad", "Bleddyn", "Ceridwen"):
        assert name not in overview + tasks
    assert browser.get(f"/pupils/{day.pupils[ONE_SCHOOL]}").status_code == 403
    assert browser.get(f"/tasks/{day.tasks[FOREIGN_SCHOOL]}").status_code == 404
    seen = browser.get(f"/tasks/{day.tasks[ONE_SCHOOL]}").text
    assert "Angharad" not in seen
    assert "Rhian" not in seen


def test_a_teacher_sees_only_the_tasks_and_facts_that_are_theirs() -> None:
    with a_day_on("sqlite") as day:
        person = day.people[TEACHER]
        alnco = day.sign_in()
        page = f"/tasks/{day.tasks[ONE_SCHOOL]}"
        done = alnco.post(page, f"{page}/assign", {"version": "1", "person": person})
        assert done.status_code == 303
        teacher = day.sign_in(TEACHER)
        assert "Angharad" in teacher.get("/tasks").text
        seen = teacher.get(f"/pupils/{day.pupils[ONE_SCHOOL]}").text
        assert "Angharad" in seen
        for hidden in ("Rhian", "2 March 2015", "Canary Row", "wonde"):
            assert hidden not in seen
        assert "Rhian" not in teacher.get(page).text


def test_access_ends_with_the_grant() -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in(HEAD)
        assert "Angharad" in browser.get("/tasks").text
        with sessions(day.database).begin() as session:
            tenant = Tenant(LA, ONE_SCHOOL)
            held = next(g for g in lti_people.grants_in(session, tenant) if g.role == "head")
            lti_people.settle_grant(session, tenant, held.id, status="ended", by="test", now=NOW)
        assert browser.get("/tasks").status_code == 401
        assert "Angharad" not in day.sign_in(HEAD).get("/tasks").text


def test_an_administrator_gives_a_role_that_was_asked_for() -> None:
    with a_day_on("sqlite") as day:
        asking = day.sign_in("new-head", changed={
            "https://purl.imsglobal.org/spec/lti/claim/roles": ["Administrator"]
        })  # fmt: skip
        assert "Angharad" not in asking.get("/tasks").text
        with sessions(day.database).begin() as session:
            grants = lti_people.grants_in(session, Tenant(LA, ONE_SCHOOL))
            asked = next(grant for grant in grants if grant.status == "pending")
        admin = day.sign_in(ADMIN, "dep-la")
        assert "Person new-head" in admin.get("/la/people").text
        answer = admin.post("/la/people", f"/la/people/{asked.id}", {"answer": "approve"})
        assert answer.status_code == 303
        assert "Angharad" in asking.get("/tasks").text
        foreign = day.sign_in(ADMIN, "dep-foreign-la")
        assert (
            foreign.post("/la/people", f"/la/people/{asked.id}", {"answer": "end"}).status_code
            == 404
        )


def test_a_session_ends_when_idle_and_after_a_working_day() -> None:
    with a_day_on("sqlite") as day:
        idle, busy = day.sign_in(), day.sign_in()
        start = day.now
        while day.now < start + ABSOLUTE - timedelta(minutes=20):
            day.now += timedelta(minutes=20)
            assert busy.get("/tasks").status_code == 200
            if day.now == start + timedelta(minutes=20):
                assert idle.get("/tasks").status_code == 200
        day.now = start + timedelta(minutes=20) + IDLE + timedelta(seconds=1)
        assert idle.get("/tasks").status_code == 401
        day.now = start + ABSOLUTE
        assert busy.get("/tasks").status_code == 401


def test_leaving_ends_the_session_and_a_new_launch_begins_another(day: SchoolDay) -> None:
    browser = day.sign_in()
    first = browser.client.get_cookie("__Host-mb_session")
    assert first is not None
    assert browser.post("/tasks", "/leave", {}).status_code == 200
    assert browser.get("/tasks").status_code == 401
    browser.launch()
    second = browser.client.get_cookie("__Host-mb_session")
    assert second is not None
    assert second.value != first.value
    stolen = day.browser()
    stolen.client.set_cookie("__Host-mb_session", first.value)
    assert stolen.get("/tasks").status_code == 401


def test_a_ticket_opens_a_window_once_and_is_no_session_itself(day: SchoolDay) -> None:
    framed, window = day.sign_in(), day.browser()
    page = f"/tasks/{day.tasks[ONE_SCHOOL]}"
    offered = framed.get(f"/window?page={page}").text
    link = offered.partition('href="/lti/ticket/')[2].partition('"')[0]
    ticket = link.partition("?")[0]
    thief = day.browser()
    thief.client.set_cookie("__Host-mb_session", ticket)
    assert thief.get("/tasks").status_code == 401
    opened = window.get(f"/lti/ticket/{link}")
    assert (opened.status_code, opened.location) == (303, page)
    assert window.get(page).status_code == 200
    assert day.browser().get(f"/lti/ticket/{link}").status_code == 401
    # The framed session is another one, and goes on.
    assert window.post(page, "/leave", {}).status_code == 200
    assert framed.get(page).status_code == 200


def test_a_ticket_of_a_minute_ago_opens_nothing() -> None:
    with a_day_on("sqlite") as day:
        offered = day.sign_in().get("/window?page=//evil.example/").text
        assert 'href="//evil' not in offered
        link = offered.partition('href="/lti/ticket/')[2].partition('"')[0]
        day.now += timedelta(seconds=61)
        assert day.browser().get(f"/lti/ticket/{link}").status_code == 401


@pytest.mark.parametrize("page", ["//evil.example/", "https://evil.example/tasks/x", "/static/x"])
def test_a_ticket_leads_to_pages_of_ours_alone(page: str, day: SchoolDay) -> None:
    offered = day.sign_in().get(f"/window?page={page}").text
    ticket = offered.partition('href="/lti/ticket/')[2].partition("?")[0]
    opened = day.browser().get(f"/lti/ticket/{ticket}?page={page}")
    assert opened.location in {"/", "/tasks/x"}


@pytest.mark.parametrize("value", ["", "x", "é", "0" * 2000])
def test_a_made_up_session_is_nobody(value: str, day: SchoolDay) -> None:
    browser = day.browser()
    browser.client.set_cookie("__Host-mb_session", value)
    assert browser.get("/tasks").status_code == 401


def test_a_session_of_one_school_is_of_that_school_alone(day: SchoolDay) -> None:
    browser = day.sign_in("alnco-2", "dep-2")
    page = browser.get("/tasks").text
    assert "Bleddyn" in page
    assert "Angharad" not in page
    # The same person in another deployment has no role there.
    assert day.sign_in("alnco-2", "dep-1").get("/tasks").text.count("Angharad") == 0
