"""Who is who: recorded on its page, superseded and withdrawn, and what it does to a notice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases import BOTH
from tests.support.school_day import SCHOOL, SchoolDay, Visitor
from tests.support.site_fixtures import a_day_on


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def on(name: str, day_: int, month: int, year: int = 2026) -> dict[str, str]:
    """Return a date as the form sends it."""
    return {f"{name}-day": str(day_), f"{name}-month": str(month), f"{name}-year": str(year)}


CASE_FRIEND = {
    "name": "Gwenno Canary",
    "order_ref": "ETW-7",
    "address": "3 Canary Terrace",
    "language": "cy",
} | on("ordered_on", 3, 11)


def people(day: SchoolDay, school: str = SCHOOL) -> str:
    """Return the address of the page about the school's pupil."""
    return f"/pupils/{day.pupils[school]}/people"


def record(browser: Visitor, page: str, sheet: str, fields: dict[str, str]) -> int:
    """Fill in one sheet and return the status."""
    return browser.post(page, f"{page}/{sheet}", fields).status_code


def test_a_case_friend_by_order_receives_in_place_of_the_child(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    assert record(browser, page, "case-friend", CASE_FRIEND) == 303
    shown = browser.get(page).text
    assert "Gwenno Canary" in shown
