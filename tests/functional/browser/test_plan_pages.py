"""An ALNCo writes a plan in the framed tool: by keyboard, in a narrow frame, kept while typing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Frame, expect
from sqlalchemy import text

from mis_bridge.demo.run import RunningDemo
from mis_bridge.domain.words import Language
from tests.functional.browser.journey import Journey
from tests.functional.browser.test_demo_journey import focused

pytestmark = pytest.mark.browser
LANGUAGES: tuple[Language, ...] = ("en", "cy")
WORDS = {
    "en": ("Kept at", "You have text here that is not saved yet."),
    "cy": ("Cadwyd am", "Mae gennych destun yma nad yw wedi'i gadw yn y cynllun eto."),
}
PICTURES = (0, 1, 5, 9)
ALNCO = "schools/9901/tool/alnco"


@pytest.fixture
def begin(demo: RunningDemo, browser: Browser) -> Iterator[Callable[..., Journey]]:
    with demo.database.begin() as database:
        database.execute(text("UPDATE people SET language = NULL"))
    begun: list[Journey] = []

    def start(language: Language, *, width: int = 1200, script: bool = True) -> Journey:
        begun.append(Journey.begin(demo, browser, language, width=width, script=script))
        return begun[-1]

    yield start
    for journey in begun:
        journey.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_page_of_a_plan_reads_well_in_a_wide_and_a_narrow_frame(
    demo: RunningDemo, begin: Callable[..., Journey], language: Language
) -> None:
    journey = begin(language)
    tool = journey.enter_tool(ALNCO)
    pages = kinds_of_pages(tool, demo.tool)
    assert len(pages) > 20
    for number, page in enumerate(pages):
        tool.goto(page)
        assert journey.violations(tool) == [], page
        journey.page.set_viewport_size({"width": 354, "height": 900})
        assert tool.evaluate("document.documentElement.scrollWidth") <= 320, page
        if number in PICTURES:
            journey.picture(f"plan-narrow-{number}")
        journey.page.set_viewport_size({"width": 1200, "height": 900})
        if number in PICTURES:
            journey.picture(f"plan-{number}")
    assert journey.complaints == []


def kinds_of_pages(tool: Frame, origin: str) -> list[str]:
    """Return the list, each plan's page, and one page of every kind that they lead to."""
    tool.goto(f"{origin}/plans")
    plans = [link.get_attribute("href") or "" for link in tool.locator("tbody a").all()]
    kinds: dict[str, str] = {}
    for plan in plans:
        tool.goto(f"{origin}{plan}")
        inside = 'main a[href*="/acts/"], main a[href*="/edit/"], main a[href*="/versions/"]'
        for link in tool.locator(inside).all():
            address = (link.get_attribute("href") or "").partition("#")[0]
            kinds.setdefault(re.sub(r"[0-9]+$", "", address.removeprefix(plan)), address)
    return [f"{origin}{address}" for address in ("/plans", *plans, *kinds.values())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_is_kept_while_typing_and_offered_on_return(
    begin: Callable[..., Journey], language: Language
) -> None:
    kept, offered = WORDS[language]
    journey = begin(language)
    tool, plan = draft_of(journey)
    tool.goto(f"{journey.demo.tool}{plan}/edit/travel")
    tool.locator("#travel").press_sequentially("A taxi, and somebody known")
    expect(tool.locator("[data-mb-said]")).to_contain_text(kept, timeout=10_000)
    assert journey.violations(tool) == []
    tool.goto(f"{journey.demo.tool}{plan}")
    expect(tool.locator("main")).to_contain_text(offered)
    tool.locator(f'a[href="{plan}/edit/travel?kept=1"]').click()
    expect(tool.locator("#travel")).to_have_value("A taxi, and somebody known")
    tool.locator('button[value="save"]').click()
    tool.wait_for_url(re.compile(r"#part-travel$"))
    expect(tool.locator("main")).to_contain_text("A taxi, and somebody known")
    expect(tool.locator("main")).not_to_contain_text(offered)
    # The other language's run finds the plan as this one did.
    tool.goto(f"{journey.demo.tool}{plan}/edit/travel")
    tool.locator("#travel").fill("")
    tool.locator('button[value="save"]').click()
    tool.wait_for_url(re.compile(r"#part-travel$"))
    assert journey.complaints == []


def test_without_a_script_a_plan_is_written_all_the_same(begin: Callable[..., Journey]) -> None:
    journey = begin("en", script=False)
    journey.open(ALNCO)
    frame = journey.page.frame_locator("iframe")
    frame.get_by_role("button").click()
    frame.locator('nav a[href="/plans"]').click()
    frame.locator("tbody tr").filter(has_text="Draft").get_by_role("link").click()
    frame.locator('a[href$="/edit/profile"]').last.click()
    frame.locator("#important").fill("My dog")
    frame.locator('button[value="keep"]').click()
    frame.get_by_text("This is what you had typed").wait_for()
    frame.locator('button[value="save"]').click()
    frame.get_by_text("My dog").first.wait_for()


def test_a_keyboard_alone_writes_a_page_and_is_led_to_what_is_wrong(
    begin: Callable[..., Journey],
) -> None:
    journey = begin("en")
    tool, plan = draft_of(journey)
    tool.goto(f"{journey.demo.tool}{plan}/edit/alp-new")
    journey.page.locator("iframe").focus()
    press_tab_until(journey, tool, "outcome")
    journey.page.keyboard.type("Reads 90 of 100 words")
    press_tab_until(journey, tool, "from-day")
    journey.page.keyboard.type("31")
    press_tab_until(journey, tool, "Save")
    journey.page.keyboard.press("Enter")
    tool.locator(".govuk-error-summary").wait_for()
    assert journey.violations(tool) == []
    assert focused(tool)["text"].startswith("There is a problem")
    journey.page.keyboard.press("Tab")
    journey.page.keyboard.press("Enter")
    assert tool.evaluate("document.activeElement.id") == "from-day"
    expect(tool.locator("#outcome")).to_have_value("Reads 90 of 100 words")
    # What was kept on the way is not left to the next journey.
    tool.goto(f"{journey.demo.tool}{plan}")
    discard = tool.get_by_role("button", name="Discard it")
    if discard.count():
        discard.click()
        tool.wait_for_url(re.compile(r"/plans/[0-9a-f]+$"))


def press_tab_until(journey: Journey, tool: Frame, wanted: str) -> None:
    """Press Tab until the element of that text or id has the focus, which a person can see."""
    for _ in range(60):
        journey.page.keyboard.press("Tab")
        here = focused(tool)
        assert here["visible"], here
        if wanted in {here["text"], tool.evaluate("document.activeElement.id")}:
            return
    raise AssertionError(wanted)


def draft_of(journey: Journey) -> tuple[Frame, str]:
    """Return the frame and the address of the plan that is still a draft."""
    tool = journey.enter_tool(ALNCO)
    tool.goto(f"{journey.demo.tool}/plans")
    draft = {"en": "Draft", "cy": "Drafft"}[journey.language]
    row = tool.locator("tbody tr").filter(has_text=draft)
    address = row.get_by_role("link").first.get_attribute("href")
    assert address is not None
    return tool, address
