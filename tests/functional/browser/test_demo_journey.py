"""A person sets a pupil to School Action in the MIS and finds the duty in the embedded tool."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page
from sqlalchemy import text

from mis_bridge.demo.run import RunningDemo
from mis_bridge.demo.terms import years_of_terms
from mis_bridge.domain.words import Language, long_date
from tests.functional.browser.journey import Journey

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Hero:
    """A pupil who has an IEP and nothing on the register, and what the pages call things."""

    language: Language
    estab: str
    record_id: str
    name: str
    saved: str
    draft: str
    missing: str


HEROES = {
    "en": Hero(
        "en", "9901", "A661991101", "Efan Pritchard", "The record is saved", "IEP-9901-01",
        "Still missing",
    ),
    "cy": Hero(
        "cy", "9902", "A661992108", "Aled Harries", "Mae'r cofnod wedi'i gadw", "IEP-9902-03",
        "Ar goll o hyd",
    ),
}  # fmt: skip
LANGUAGES: tuple[Language, ...] = ("en", "cy")


@pytest.fixture
def begin(demo: RunningDemo, browser: Browser) -> Iterator[Callable[..., Journey]]:
    # The product keeps a person's choice of language; no journey begins with that of another.
    with demo.database.begin() as database:
        database.execute(text("UPDATE people SET language = NULL"))
    begun: list[Journey] = []

    def start(language: Language, *, width: int = 1200, script: bool = True) -> Journey:
        begun.append(Journey.begin(demo, browser, language, width=width, script=script))
        return begun[-1]

    yield start
    for journey in begun:
        journey.context.close()


def school_days_after(demo: RunningDemo, estab: str, start: date, count: int) -> date:
    """Count school days on the term dates themselves, apart from the product's own counting."""
    school = demo.mis.authority.school(estab)
    assert school is not None
    dates = years_of_terms(demo.mis.authority.year, 2, school.inset)

    def spans(key: str) -> list[tuple[date, date]]:
        pairs = [pair for pair in dates[key] if isinstance(pair, list)]
        return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs]

    off = {
        date.fromisoformat(str(day))
        for key in ("inset_days", "bank_holidays")
        for day in dates[key]
    }
    day = start
    while count:
        day += timedelta(days=1)
        inside = any(first <= day <= last for first, last in spans("terms"))
        break_ = any(first <= day <= last for first, last in spans("half_terms"))
        if day.weekday() < 5 and inside and not break_ and day not in off:
            count -= 1
    return day


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pupil_set_to_school_action_is_a_dated_explained_task_in_the_framed_tool(
    demo: RunningDemo, begin: Callable[..., Journey], language: Language
) -> None:
    hero = HEROES[language]
    journey = begin(language)
    set_to_school_action(journey, hero)
    tool = find_the_task(journey, hero)
    read_the_task(journey, hero, tool)
    read_what_it_leads_to(journey, hero, tool)
    journey.open("log")
    looks_well(journey, journey.page, "9-log")
    assert journey.complaints == []


def set_to_school_action(journey: Journey, hero: Hero) -> None:
    journey.open("")
    looks_well(journey, journey.page, "1-schools")
    journey.open(f"schools/{hero.estab}")
    looks_well(journey, journey.page, "2-roll")
    journey.page.get_by_role("link", name=hero.name).click()
    journey.page.select_option("#sen", "A")
    journey.page.locator("form").first.get_by_role("button").click()
    journey.page.get_by_role("status").filter(has_text=hero.saved).wait_for()
    looks_well(journey, journey.page, "3-record-saved")
    assert journey.demo.mis.sender.wait_until_quiet(15)


def find_the_task(journey: Journey, hero: Hero) -> Frame:
    tool = journey.enter_tool(f"schools/{hero.estab}/tool/alnco")
    assert urlsplit(journey.page.url).hostname == "localhost"
    assert urlsplit(tool.url).hostname == "127.0.0.1"
    until_there(journey, hero.name)
    tool = journey.tool()
    assert tool.evaluate("document.documentElement.lang") == journey.language
    looks_well(journey, tool, "4-task-list")
    row = tool.get_by_role("row").filter(has=tool.get_by_role("link", name=hero.name, exact=True))
    row.get_by_role("link").first.click()
    tool.wait_for_url(re.compile(r"/tasks/[0-9a-f]+"))
    return tool


def read_the_task(journey: Journey, hero: Hero, tool: Frame) -> None:
    demo = journey.demo
    school = demo.mis.authority.school(hero.estab)
    pupil = demo.mis.rolls[hero.estab].get(hero.record_id)
    assert school is not None
    assert pupil is not None
    said = tool.inner_text("main")
    due_on = school_days_after(demo, hero.estab, demo.mis.today(), 35)
    assert long_date(due_on, journey.language) in said
    for expected in (hero.record_id, "SCH-35", "2018 Act s.11(1)", f"{school.name.en} v1"):
        assert expected in said
    for contact in pupil.contacts:
        assert f"{contact.forename} {contact.surname}" in said
    looks_well(journey, tool, "5-task")


def read_what_it_leads_to(journey: Journey, hero: Hero, tool: Frame) -> None:
    task = tool.url
    journey.follow(tool, "/notices/")
    looks_well(journey, tool, "6-notice")
    journey.follow(tool, "/letters")
    looks_well(journey, tool, "7-letters")
    tool.goto(task)
    journey.follow(tool, "/pupils/")
    looks_well(journey, tool, "8-pupil")
    journey.follow(tool, "/drafts/")
    plan = tool.inner_text("main")
    for expected in (hero.name, hero.draft, hero.missing):
        assert expected in plan
    looks_well(journey, tool, "8-draft-plan")


def looks_well(journey: Journey, place: Page | Frame, name: str) -> None:
    """Ask axe-core, and keep a picture for people to look at."""
    assert journey.violations(place) == []
    journey.picture(name)


def until_there(journey: Journey, name: str, tries: int = 40) -> None:
    """Open the tool again until what the worker is making is there."""
    for _ in range(tries):
        if journey.tool().get_by_role("link", name=name).count():
            return
        journey.page.wait_for_timeout(250)
        journey.page.reload()
    raise AssertionError(journey.tool().inner_text("main"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_journey_fits_a_frame_of_320_pixels(
    demo: RunningDemo, begin: Callable[..., Journey], language: Language
) -> None:
    journey = begin(language, width=354)
    for path in ("", "schools/9901", "schools/9901/pupils/A661991102", "log"):
        journey.open(path)
        assert journey.page.evaluate("document.documentElement.scrollWidth") <= 354
    tool = journey.enter_tool("schools/9901/tool/alnco")
    assert tool.evaluate("window.innerWidth") == 320
    fits(journey, tool, "1-list")
    tool.get_by_role("link", name="Steffan Dafydd-Jones", exact=True).click()
    tool.wait_for_url(re.compile(r"/pupils/[0-9a-f]+"))
    fits(journey, tool, "2-pupil")
    for number, address in enumerate(("/tasks/", "/notices/", "/letters"), start=3):
        journey.follow(tool, address)
        fits(journey, tool, f"{number}-{address.strip('/')}")


def fits(journey: Journey, tool: Frame, name: str) -> None:
    assert tool.evaluate("document.documentElement.scrollWidth") <= 320, tool.url
    journey.picture(f"narrow-{name}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_authority_sees_its_schools_without_any_pupil(
    demo: RunningDemo, begin: Callable[..., Journey], language: Language
) -> None:
    journey = begin(language)
    tool = journey.enter_tool("authority")
    looks_well(journey, tool, "la-overview")
    for address in ("/la/connections", "/la/mappings", "/la/people", "/la/subscriptions"):
        tool.goto(f"{demo.tool}{address}")
        looks_well(journey, tool, address.strip("/").replace("/", "-"))
        names = [pupil.surname for roll in demo.mis.rolls.values() for pupil in roll.all()]
        assert not any(name in tool.inner_text("main") for name in names)
    assert journey.complaints == []


def test_a_keyboard_alone_leads_from_the_list_to_the_task_and_back(
    demo: RunningDemo, begin: Callable[..., Journey]
) -> None:
    journey = begin("en")
    tool = journey.enter_tool("schools/9901/tool/alnco")
    journey.page.locator("iframe").focus()
    journey.page.keyboard.press("Tab")
    assert focused(tool)["text"] == "Skip to the main content"
    first = tool.locator("main table a, main ul a").first.inner_text()
    walk_to(journey, tool, first)
    journey.page.keyboard.press("Enter")
    tool.wait_for_url(re.compile(r"/tasks/[0-9a-f]+"))
    journey.page.locator("iframe").focus()
    journey.page.keyboard.press("Tab")
    seen: list[str] = []
    while (here := focused(tool))["tag"] != "BODY" and len(seen) < 100:
        assert here["visible"], here
        seen.append(here["text"])
        journey.page.keyboard.press("Tab")
    assert len(seen) < 100, "the keyboard is caught in the tool"
    assert "All tasks" in seen
    journey.page.locator("iframe").focus()
    walk_to(journey, tool, "All tasks")
    journey.page.keyboard.press("Enter")
    tool.wait_for_url(re.compile(r"/tasks$"))


def walk_to(journey: Journey, tool: Frame, text: str) -> None:
    """Press Tab until the element of that text has the focus."""
    for _ in range(60):
        if focused(tool)["text"] == text:
            return
        journey.page.keyboard.press("Tab")
    raise AssertionError(text)


def focused(tool: Frame) -> dict[str, Any]:
    """Return what has the focus in the tool, and whether a person can see that it has."""
    read: dict[str, Any] = tool.evaluate(
        """() => {
          const here = document.activeElement, box = here.getBoundingClientRect();
          const style = getComputedStyle(here);
          const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
          return {tag: here.tagName, text: (here.innerText || here.id || here.name || '').trim(),
                  visible: marked && box.width > 0 && box.height > 0};
        }"""
    )
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_journey_works_without_script(
    demo: RunningDemo, begin: Callable[..., Journey], language: Language
) -> None:
    journey = begin(language, script=False)
    journey.open("schools/9901/tool/alnco")
    signed = journey.page.frame_locator("iframe")
    signed.get_by_role("button").click()
    decide = {"en": "Decide whether", "cy": "Penderfynu a oes"}[language]
    signed.locator('main a[href*="/tasks/"]').filter(has_text=decide).first.click()
    signed.get_by_text("SCH-35").first.wait_for()
    words = {"en": "Cymraeg", "cy": "English"}[language]
    signed.get_by_role("link", name=words).click()
    other = {"en": "cy", "cy": "en"}[language]
    signed.locator(f'html[lang="{other}"]').wait_for()


@pytest.mark.parametrize("role", ["alnco", "teacher", "head"])
def test_each_person_sees_what_the_role_allows(
    demo: RunningDemo, begin: Callable[..., Journey], role: str
) -> None:
    tool = begin("en").enter_tool(f"schools/9901/tool/{role}")
    names = [pupil.name for pupil in demo.mis.rolls["9901"].all()]
    seen = [name for name in names if name in tool.inner_text("main")]
    assert bool(seen) is (role != "teacher")
