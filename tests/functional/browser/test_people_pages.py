"""People, decisions and copies in a browser: narrow, in both languages, clean, without script."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route

from mis_bridge.domain.people_sheets import SHEETS
from mis_bridge.services.sending_results import record_failed
from mis_bridge.storage.database import sessions
from tests.functional.test_pages_decisions import NO_ALN, copies, give, the_notice
from tests.functional.test_pages_people import (
    CASE_FRIEND,
    HOLDER,
    LACKS,
    WILLING,
    kept,
    on,
    people,
    record,
)
from tests.support.school_day import OTHER_SCHOOL, SCHOOL, TENANT, SchoolDay, Visitor
from tests.support.site_fixtures import a_day_on

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def day() -> Iterator[SchoolDay]:
    """Return a school with much on record, a decision under way and copies in every state."""
    with a_day_on("sqlite") as world:
        browser, page = world.sign_in(), people(world)
        task = f"/tasks/{world.tasks[SCHOOL]}"
        assert browser.post(task, f"{task}/decide", NO_ALN).status_code == 303
        notice = the_notice(world)
        assert notice is not None
        world.notices["decided"] = notice.id
        sent = copies(world, notice.id)
        world.notices["copy"] = sent["contact:1"].id
        assert give(browser, notice.id, sent["child"].id, 23) == 303
        with sessions(world.database).begin() as session:
            record_failed(session, TENANT, sent["contact:1"].id, "no_such_address", now=world.now)
        for sheet, fields in (
            ("case-friend", CASE_FRIEND),
            ("capacity", LACKS | {"about": "contact:2"}),
            ("representative", HOLDER),
            ("consent", WILLING),
        ):
            assert record(browser, page, sheet, fields) == 303
        gone = {"reason": "Entered twice"}
        address = f"{page}/facts/{kept(world, 'capacity')[0]}/withdraw"
        assert browser.post(page, address, gone).status_code == 303
        other = world.sign_in("alnco-2", "dep-2")
        waits = f"/tasks/{world.tasks[OTHER_SCHOOL]}"
        half = NO_ALN | {"reasons_cy": ""}
        assert other.post(waits, f"{waits}/decide", half).status_code == 303
        yield world


def look(browser: Browser, visitor: Visitor, address: str, shown: str | None = None) -> None:
    """Open a page, or what a refused form showed, in a narrow frame with and without script."""

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        if shown is not None and asked.path == address:
            route.fulfill(status=200, content_type="text/html", body=shown)
            return
        with visitor.client.get(f"{asked.path}?{asked.query}") as given:
            body, headers = given.get_data(), dict(given.headers)
        route.fulfill(status=given.status_code, headers=headers, body=body)

    for script in (True, False):
        context = browser.new_context(
            viewport={"width": 320, "height": 800}, java_script_enabled=script
        )
        page = context.new_page()
        page.route("**/*", answer)
        page.goto(f"https://bridge.example{address}")
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        if script:
            for details in page.locator("summary").all():
                details.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            found = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        context.close()


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("which", ["people", "notice", "copy", "decided", "waits", "undecided"])
def test_a_page_is_narrow_clean_and_needs_no_script(
    which: str, language: str, day: SchoolDay, browser: Browser
) -> None:
    elsewhere = which == "waits"
    visitor = day.sign_in("alnco-2", "dep-2") if elsewhere else day.sign_in()
    decided = f"/notices/{day.notices['decided']}"
    address = {
        "people": people(day),
        "notice": decided,
        "copy": f"{decided}/messages/{day.notices['copy']}",
        "decided": f"/tasks/{day.tasks[SCHOOL]}",
        "waits": f"/tasks/{day.tasks[OTHER_SCHOOL]}",
        "undecided": f"/tasks/{day.tasks['consent']}",
    }[which]
    look(browser, visitor, f"{address}?lang={language}")


@pytest.mark.parametrize("sheet_id", SHEETS)
def test_a_sheet_is_narrow_clean_and_needs_no_script(
    sheet_id: str, day: SchoolDay, browser: Browser
) -> None:
    visitor, page = day.sign_in(), f"{people(day)}/{sheet_id}"
    look(browser, visitor, f"{page}?lang=cy")
    refused = visitor.post(f"{people(day)}/language", page, on("nothing", 1, 1))
    assert refused.status_code == 422
    empty = visitor.post(f"{people(day)}/language", page, {})
    assert empty.status_code == 422
    look(browser, visitor, page, empty.text)
