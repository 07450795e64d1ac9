"""Somebody at a browser who writes a plan and carries it through its life, page by page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import system_wide
from tests.support.school_day import SCHOOL, SchoolDay, Visitor

_VERSION = re.compile(r'name="version" value="(\d+)"')
WHOLE = {
    "outcome": "Reads 90 of 100 common words at sight by the end of July 2027",
    "measure": "Word list, each half term, by July 2027",
    "provision": "One to one with a teaching assistant, for 20 minutes, three times a week",
    "in_welsh": "yes",
    "provider": "The school",
    "rationale": "See the record of information",
}


def on(name: str, day: int, month: int, year: int = 2026) -> dict[str, str]:
    """Return a date as a form sends it."""
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def provision(**changed: str) -> dict[str, str]:
    """Return a provision that is told in full, as its form sends it."""
    none = dict.fromkeys(on("end", 1, 1), "")
    return WHOLE | on("from", 1, 12) | on("review", 1, 7, 2027) | none | changed


@dataclass
class PlanWriter:
    """One person and one plan."""

    browser: Visitor
    plan_id: str

    @classmethod
    def begin(
        cls, day: SchoolDay, browser: Visitor, school: str = SCHOOL, *, with_draft: bool = True
    ) -> PlanWriter:
        """Begin a plan for the pupil of a school, from the draft or from the register."""
        page = f"/drafts/{day.drafts[school]}" if with_draft else f"/pupils/{day.pupils[school]}"
        fields = {
            "pupil_id": day.pupils[school],
            "draft_id": day.drafts[school] if with_draft else "",
        }
        answer = browser.post(page, "/plans", fields)
        assert answer.status_code == 303, answer.text
        return cls(browser, answer.location.rpartition("/")[2])

    @property
    def page(self) -> str:
        """The address of the plan."""
        return f"/plans/{self.plan_id}"

    def look(self, rest: str = "") -> str:
        """Open a page of the plan."""
        answer = self.browser.get(f"{self.page}{rest}")
        assert answer.status_code == 200, (rest, answer.status_code)
        return answer.text

    def version(self) -> str:
        """Return the version at which the plan stands."""
        with sessions(self.browser.day.database).begin() as session:
            found = session.scalars(
                select(PlanRow.version)
                .where(PlanRow.id == self.plan_id)
                .execution_options(**system_wide("a test looks at a plan"))
            ).one()
        return str(found)

    def form(self, rest: str) -> dict[str, str]:
        """Return the fields of the main form of a page as the page fills them."""
        return fields_of(self.look(rest))

    def write(self, section: str, changed: Mapping[str, str], do: str = "save") -> TestResponse:
        """Fill in a page and send it, with everything that the page holds besides."""
        rest = f"/edit/{section}"
        return self.send(section, self.form(rest) | dict(changed), do)

    def send(self, section: str, fields: Mapping[str, str], do: str = "save") -> TestResponse:
        """Send the form of a page as it is given."""
        address = f"{self.page}/edit/{section}"
        return self.browser.post(address, address, {**fields, "do": do})

    def act(self, act: str, fields: Mapping[str, str]) -> TestResponse:
        """Send the form of an act, in the version that its page carries."""
        address = f"{self.page}/acts/{act}"
        version = _VERSION.search(self.look(f"/acts/{act}"))
        sent = {"version": version[1] if version else self.version()} | dict(fields)
        return self.browser.post(self.page, address, sent)

    def confirm_all(self) -> None:
        """Confirm whatever was taken from an earlier record, block by block."""
        while (keys := re.search(r'name="keys" value="([^"]+)"', self.look())) is not None:
            version = _VERSION.search(self.look())
            assert version is not None
            sent = {"version": version[1], "keys": keys[1], "back": "alp"}
            assert self.browser.post(self.page, f"{self.page}/confirm", sent).status_code == 303

    def fill(self) -> None:
        """Write everything without which the plan is not finalised."""
        assert self.write("alp-0", provision()).status_code == 303
        impact = {"description": "Reading is slow", "impact": "Cannot follow the board"}
        assert self.write("aln", impact).status_code == 303
        assert self.write("plan", on("review_by", 1, 11, 2027)).status_code == 303
        self.confirm_all()


def finalised(day: SchoolDay, browser: Visitor, school: str = SCHOOL) -> PlanWriter:
    """Return the plan of a school's pupil, finalised, with its decision on the task."""
    writer = PlanWriter.begin(day, browser, school)
    writer.fill()
    assert writer.act("involve", {"how": "We talked"} | on("on", 23, 11)).status_code == 303
    decide_on_task(day, browser, school)
    follow = {"decision": "has_aln", "reasons": ""} | on("decided_on", 23, 11)
    assert writer.act("decide", follow).status_code == 303
    done = writer.act("finalise", on("on", 23, 11))
    assert done.status_code == 303, done.text
    return writer


def decide_on_task(day: SchoolDay, browser: Visitor, school: str = SCHOOL) -> None:
    """Record on the task that the pupil has ALN."""
    task = f"/tasks/{day.tasks[school]}"
    fields = {"version": "1", "decision": "has_aln", "reasons": "Slow reading"}
    answer = browser.post(task, f"{task}/decide", fields | on("decided_on", 23, 11))
    assert answer.status_code == 303, answer.text


def fields_of(page: str) -> dict[str, str]:
    """Return the fields of the longest form of a page, as a browser would send it untouched."""
    document = html.document_fromstring(page)
    assert isinstance(document, html.HtmlElement)
    form = max(document.forms, key=lambda each: len(list(each.inputs)))
    return {
        name: value.replace("\n", "\r\n") if "\n" in value else value
        for name, value in form.form_values()
        if name != "csrf_token"
    }
