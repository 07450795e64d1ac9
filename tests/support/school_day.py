"""A small invented authority on a real database, a platform that launches, and browsers to do it.

Two schools, an ALNCo, a head, a teacher and an administrator; one pupil at School Action with a
task, a notice and a draft plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mis_bridge.domain.idp_conversion import convert
from mis_bridge.domain.iep import IepPlan, IepTarget
from mis_bridge.domain.pupil import Pupil
from mis_bridge.lti import claims
from mis_bridge.lti.platforms import FetchedKeySet, KeySetFetcher
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.subscribers import subscriptions
from mis_bridge.services.subscribers.subscriptions import Wanted
from mis_bridge.storage import (
    conversion_runs,
    lti_people,
    lti_platforms,
    views_notices,
    views_tasks,
)
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of, sessions
from mis_bridge.storage.lti_platforms import NewPlatform
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow
from mis_bridge.storage.tables.register import IdpDraftRow, PupilRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.web import health, site, webhooks
from mis_bridge.web.surroundings import Surroundings
from tests.factories.authorities import add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import FATHER, MOTHER, a_pupil, at_school_action
from tests.unit.lti.stub_platform import NOW, TOOL, body, public_jwk, signed

LA, SCHOOL, OTHER_SCHOOL = "660", "660/4001", "660/4002"
FOREIGN_LA, FOREIGN_SCHOOL = "661", "661/4001"
TENANT = Tenant(LA, SCHOOL)
ISSUER, CLIENT = "https://mis.example", "bridge-client"
ALNCO, HEAD, TEACHER, ADMIN, STRANGER = "alnco-1", "head-1", "teacher-1", "admin-1", "learner-1"
_Row = type[PupilRow] | type[DecisionTaskRow] | type[NoticeRow]
_FIELD = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


def no_fetch(url: str) -> FetchedKeySet:
    """Fail a test that fetches: the registered key set is fixed."""
    raise AssertionError(url)


@dataclass
class SchoolDay:
    """The app on its database, with the ids of what is in it."""

    app: Flask
    database: Engine
    jobs: RecordedJobs
    tasks: dict[str, str] = field(default_factory=dict)
    pupils: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    conversions: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW

    def browser(self) -> Visitor:
        """Return a browser that has been nowhere yet."""
        return Visitor(self, self.app.test_client())

    def sign_in(
        self,
        subject: str = ALNCO,
        deployment: str = "dep-1",
        changed: Mapping[str, object] | None = None,
    ) -> Visitor:
        """Return a browser that has launched as `subject`."""
        browser = self.browser()
        assert browser.launch(subject, deployment, changed).status_code == 303
        return browser


@dataclass
class Visitor:
    """One browser."""

    day: SchoolDay
    client: FlaskClient

    def log_in(self, **changed: str) -> TestResponse:
        """Begin a login."""
        fields = {
            "iss": ISSUER,
            "client_id": CLIENT,
            "login_hint": "hint",
            "target_link_uri": f"{TOOL}/tasks",
        } | changed
        return self.client.get("/lti/login", query_string=fields)

    def launch(
        self,
        subject: str = ALNCO,
        deployment: str = "dep-1",
        changed: Mapping[str, object] | None = None,
    ) -> TestResponse:
        """Log in and post a good launch, with `changed` claims."""
        query = parse_qs(urlsplit(self.log_in().location).query)
        role = "Learner" if subject == STRANGER else "Instructor"
        token = signed(
            body(
                query["nonce"][0],
                {
                    "sub": subject,
                    "name": f"Person {subject}",
                    claims.DEPLOYMENT_ID: deployment,
                    claims.ROLES: [f"http://purl.imsglobal.org/vocab/lis/v2/membership#{role}"],
                }
                | dict(changed or {}),
                now=self.day.now,
            )
        )
        return self.post_launch(token, query["state"][0])

    def post_launch(self, token: str, state: str) -> TestResponse:
        """Post a token and a state."""
        return self.client.post("/lti/launch", data={"id_token": token, "state": state})

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        return self.client.get(address)

    def post(self, page: str, action: str, fields: Mapping[str, str]) -> TestResponse:
        """Send a form as its page would: with the token that stands on `page`."""
        token = _FIELD.search(self.get(page).text)
        assert token is not None, page
        return self.client.post(
            action,
            data={"csrf_token": token[1], **fields},
            headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        )


def a_school_day(
    database: Engine, *, fetch: KeySetFetcher | None = None, tool: str = TOOL
) -> SchoolDay:
    """Return an app on a database, with nothing in it yet."""
    jobs = RecordedJobs()
    app = Flask("mis_bridge.web")
    app.register_blueprint(health.blueprint)
    app.register_blueprint(webhooks.blueprint)
    day = SchoolDay(app, database, jobs)
    site.install(
        app,
        Surroundings(
            sessions=sessions(database),
            clock=lambda: day.now,
            jobs=jobs,
            fetch_key_set=fetch or no_fetch,
            public_url=tool,
        ),
    )
    return day


def fill(day: SchoolDay) -> None:
    """Put the authority, its people and its register into an empty, migrated database."""
    _people_and_places(day)
    _register(day)
    _subscriptions(day)


def _people_and_places(day: SchoolDay) -> None:
    with sessions(day.database).begin() as session:
        school, other = add_school(session, SCHOOL), add_school(session, OTHER_SCHOOL)
        foreign = add_school(session, FOREIGN_SCHOOL)
        for la in (LA, FOREIGN_LA):
            add_calendar(session, Tenant(la))
        registration = lti_platforms.add_platform(
            session,
            LA,
            NewPlatform(
                issuer=ISSUER,
                client_id=CLIENT,
                auth_login_url=f"{ISSUER}/auth",
                auth_token_url=f"{ISSUER}/token",
                jwks_url=f"{ISSUER}/jwks",
                jwks={"keys": [public_jwk("key-1")]},
                frame_ancestors=(ISSUER, "https://portal.example"),
                status="active",
            ),
            NOW,
        )
        assert registration is not None
        for deployment, tenant in (
            ("dep-1", school),
            ("dep-2", other),
            ("dep-la", Tenant(LA)),
            ("dep-foreign", foreign),
            ("dep-foreign-la", Tenant(FOREIGN_LA)),
        ):
            assert lti_platforms.add_deployment(session, registration, deployment, tenant, NOW)
        roles = {ALNCO: "alnco", HEAD: "head", TEACHER: "teacher", ADMIN: "la_admin"}
        for subject, role in roles.items():
            person = lti_people.person_of(session, registration, subject, NOW)
            day.people[subject] = person
            lti_people.rename(session, person, f"Person {subject}")
            for tenant in (Tenant(LA), Tenant(FOREIGN_LA)) if role == "la_admin" else (school,):
                lti_people.add_grant(
                    session, tenant, person, role, status="active", granted_by="test", now=NOW
                )
        for subject, role, tenant in (
            ("alnco-2", "alnco", other),
            ("alnco-foreign", "alnco", foreign),
        ):
            person = lti_people.person_of(session, registration, subject, NOW)
            day.people[subject] = person
            lti_people.add_grant(
                session, tenant, person, role, status="active", granted_by="test", now=NOW
            )


def _register(day: SchoolDay) -> None:
    with sessions(day.database).begin() as session:
        for ref, record, forename in (
            (SCHOOL, "A1", "Angharad"),
            (OTHER_SCHOOL, "B1", "Bleddyn"),
            (FOREIGN_SCHOOL, "C1", "Ceridwen"),
        ):
            tenant = Tenant(ref.partition("/")[0], ref)
            known = a_pupil(record, school=ref)
            pupil = replace(known, name=replace(known.name, legal_forename=forename))
            tell(day, session, tenant, pupil, at_school_action(pupil))
            day.pupils[ref] = _only(session, PupilRow, tenant)
            day.tasks[ref] = _only(session, DecisionTaskRow, tenant)
            day.notices[ref] = _only(session, NoticeRow, tenant)
            day.drafts[ref] = _draft(session, tenant, day.pupils[ref], pupil)
            run = conversion_runs.add(session, tenant, [], wanted={}, by="test", at=NOW)
            run.state, run.finished_at = conversion_runs.DONE, NOW
            day.conversions[ref] = run.id
        young = a_pupil(
            "A2",
            dob=date(2009, 1, 12),
            nc_year="12",
            contacts=(MOTHER, replace(FATHER, parental_responsibility=None)),
        )
        tell(day, session, Tenant(LA, SCHOOL), young, at_school_action(young))
        day.tasks["consent"] = session.scalars(
            select(DecisionTaskRow.id).where(
                Tenant(LA, SCHOOL).owns(DecisionTaskRow), DecisionTaskRow.kind == "record_consent"
            )
        ).one()


def _subscriptions(day: SchoolDay) -> None:
    """Let somebody be told of what happens from now on, in each authority."""
    with sessions(day.database).begin() as session:
        for la in (LA, FOREIGN_LA):
            wanted = Wanted(f"https://portal.example/{la}", "Rhian Owain", "Canary portal")
            day.subscriptions[la], _ = subscriptions.add(
                session, Tenant(la), wanted, by="test", now=NOW
            )


def tell(day: SchoolDay, session: Session, tenant: Tenant, *states: Pupil) -> None:
    """Tell the register of one pupil, one state after another."""
    connection = add_connection(session, tenant)
    for state in states:
        apply(
            session,
            tenant,
            connection_id=connection.id,
            pupil=state,
            tombstone=None,
            raw=None,
            mapping_version_id=None,
            noticed_on=NOW.date(),
            noticed_confirmed=False,
            cause="webhook:event-1",
            now=NOW,
            jobs=day.jobs,
        )


def _only(session: Session, row: _Row, t: Tenant) -> str:
    return str(session.scalars(select(row.id).where(t.owns(row))).one())


def _draft(session: Session, tenant: Tenant, pupil_id: str, pupil: Pupil) -> str:
    plan = IepPlan(
        plan_id="P1",
        record="iep:P1",
        record_id=pupil.source.record_id,
        name=pupil.name.known_as,
        dob=pupil.dob,
        stage="school_action",
        strengths="Kind <b>and</b> curious",
        targets=(
            IepTarget(
                number="1",
                area_raw="LIT",
                target="Read 20 words",
                success_criteria="18 of 20 right",
                strategies=("Paired reading",),
                provision="Reading group",
                staff="Teaching assistant",
                frequency="Daily",
                place="targets[0]",
            ),
        ),
    )
    draft = convert(plan, pupil, school=tenant.school, on=NOW.date())
    draft_id = new_id()
    content = draft.to_json()
    session.add(
        IdpDraftRow(
            id=draft_id,
            la=tenant.la,
            school=tenant.of_school,
            pupil_id=pupil_id,
            vendor="iep",
            plan_id=draft.plan_id,
            form_id=draft.form.id,
            status="draft",
            sealed_content=keys_of(session).seal_json(
                content, place("idp_drafts.sealed_content", draft_id)
            ),
            gaps=[gap.field for gap in draft.gaps],
            source_digest="digest",
            created_at=NOW,
            changed_at=NOW,
            changed_by="test",
        )
    )
    session.flush()
    return draft_id


def task_of(day: SchoolDay, task_id: str) -> DecisionTaskRow:
    """Return a task as it is stored."""
    with sessions(day.database).begin() as session:
        found = views_tasks.task(session, TENANT, task_id)
    assert found is not None
    return found[0]


def message_of(day: SchoolDay, school: str) -> str:
    """Return the id of the first message of a school's notice."""
    tenant = Tenant(school.partition("/")[0], school)
    with sessions(day.database).begin() as session:
        return views_notices.messages(session, tenant, day.notices[school])[0].id


def told(day: SchoolDay, pupil: Pupil) -> tuple[str, str]:
    """Tell the register of one more pupil; returns the ids of pupil and notice."""
    with sessions(day.database).begin() as session:
        tell(day, session, TENANT, pupil, at_school_action(pupil))
        row = session.scalars(
            select(PupilRow).where(
                TENANT.owns(PupilRow), PupilRow.record_id == pupil.source.record_id
            )
        ).one()
        notice = session.scalars(
            select(NoticeRow).where(TENANT.owns(NoticeRow), NoticeRow.pupil_id == row.id)
        ).one()
    return row.id, notice.id
