"""The monitoring pages in a browser: narrow, in both languages, by the rules of accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route

from tests.functional.test_monitoring import (
    OTHER,
    PROVISION,
    attended,
    choice,
    deliver,
    finalise,
    page_of,
    review,
    week,
)
from tests.support.school_day import ADMIN, SCHOOL, SchoolDay, Visitor
from tests.support.site_fixtures import a_day_on

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SchoolDay]:
    """Return a school with a plan, what was delivered of it, attendance and a review."""
    folder = tmp_path_factory.mktemp("exports")
    with a_day_on("sqlite") as world:
        plan_id = finalise(world, world.pupils[SCHOOL], PROVISION, OTHER)
        deliver(world, folder, week(-2, 75), week(0, 40), week(1, 60))
        deliver(world, folder, attended(0, 10, 9), vendor="attendance")
        review(world, plan_id, date(2026, 11, 12), of_0="met", of_1="not_met")
        alnco = world.sign_in()
        assert alnco.post(page_of(world), f"{page_of(world)}/source", choice()).status_code == 303
        yield world


def opened(browser: Browser, visitor: Visitor, address: str, folder: Path, *, script: bool) -> None:
    """Open a page in a narrow frame and look at it; every request goes to the app itself."""
    context = browser.new_context(
        viewport={"width": 320, "height": 800}, java_script_enabled=script
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        with visitor.client.get(f"{asked.path}?{asked.query}") as given:
            body, headers = given.get_data(), dict(given.headers)
        route.fulfill(status=given.status_code, headers=headers, body=body)

    page.route("**/*", answer)
    page.goto(f"https://bridge.example{address}")
    assert page.locator("h1").count() == 1
    assert page.locator("svg[role=img]").count() >= (0 if "/la/" in address else 1)
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        for details in page.locator("summary").all():
            details.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert complaints == []
    page.screenshot(path=str(folder / "page.png"), full_page=True)
    context.close()


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("which", ["pupil", "school", "authority"])
def test_a_monitoring_page_is_narrow_clean_and_needs_no_script(
    which: str, language: str, day: SchoolDay, browser: Browser, tmp_path: Path
) -> None:
    visitor = day.sign_in(ADMIN, "dep-la") if which == "authority" else day.sign_in()
    address = {"pupil": page_of(day), "school": "/monitoring", "authority": "/la/monitoring"}[which]
    for script in (True, False):
        opened(browser, visitor, f"{address}?lang={language}", tmp_path, script=script)
