"""How a person walks through the demo: opening pages, the frame, the tool within it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from mis_bridge.demo.run import RunningDemo
from mis_bridge.domain.words import Language

ARTIFACTS = Path(__file__).parents[3] / "test-artifacts"
AXE = Path(AXE_FILE_PATH).read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE_SECONDS = 20.0


@dataclass
class Journey:
    """One person at a browser, in one language."""

    demo: RunningDemo
    language: Language
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def begin(
        cls,
        demo: RunningDemo,
        browser: Browser,
        language: Language,
        *,
        width: int = 1200,
        script: bool = True,
    ) -> Journey:
        """Open a browser of one's own, without anybody's cookies."""
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale=f"{language}-GB",
        )
        journey = cls(demo, language, context, context.new_page())
        journey.page.on("console", lambda told: journey._hear(told.type, told.text))
        journey.page.on("pageerror", lambda error: journey._hear("error", str(error)))
        return journey

    def open(self, path: str) -> None:
        """Open a page of the demo MIS below the language."""
        self.page.goto(f"{self.demo.mis.origin}/{self.language}/{path}")

    def enter_tool(self, path: str) -> Frame:
        """Open a page of the demo MIS that frames the tool, and wait until the launch is over."""
        self.open(path)
        return self.tool()

    def tool(self) -> Frame:
        """Return the tool's frame once it shows a page of the tool."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for frame in self.page.frames[1:]:
                if frame.url.startswith(self.demo.tool) and "/lti/" not in frame.url:
                    frame.wait_for_load_state()
                    return frame
            self.page.wait_for_timeout(50)
        raise AssertionError([frame.url for frame in self.page.frames])

    def follow(self, frame: Frame, address: str) -> None:
        """Follow the tool's first link whose address holds `address`."""
        before = frame.url
        frame.locator(f'main a[href*="{address}"]').first.click()
        frame.wait_for_url(lambda url: url != before)
        frame.wait_for_load_state()

    def picture(self, name: str) -> None:
        """Keep a picture of the page, with a window as high as all of it, the frame's included."""
        ARTIFACTS.mkdir(exist_ok=True)
        usual = self.page.viewport_size or {"width": 1200, "height": 900}
        for frame in self.page.frames[1:]:
            height = frame.evaluate("document.documentElement.scrollHeight")
            self.page.evaluate(
                "height => document.querySelector('iframe').style.height = `${height + 4}px`",
                height,
            )
        whole = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": usual["width"], "height": max(whole, 400)})
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=ARTIFACTS / f"{self.language}-{name}.png")
        self.page.set_viewport_size(usual)
        self.page.evaluate("document.querySelector('iframe')?.style.removeProperty('height')")

    def violations(self, place: Page | Frame) -> list[Any]:
        """Return what axe-core finds wrong with a page."""
        place.evaluate(AXE)
        answer = place.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, iframes: false})",
            RULES,
        )
        return [
            (found["id"], found["help"], [node["html"] for node in found["nodes"]])
            for found in answer["violations"]
        ]

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text}")
