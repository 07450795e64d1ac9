"""Documents as pages in a browser: clean by axe-core, whole in 320 pixels, without script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from mis_bridge.documents.html import html
from mis_bridge.domain.words import Language
from tests.functional.test_documents import DOCUMENTS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("name", ["finalised plan", "plan", "long summary", "invitation", "letter"])
def test_a_document_is_clean_and_fits_a_narrow_screen(
    browser: Browser, name: str, language: Language
) -> None:
    with browser.new_context(viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        page.set_content(html(DOCUMENTS[name], language))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate("document.scripts.length") == 0
        # A table that is wider than the screen scrolls by itself, and by keyboard.
        wide = page.locator(".wide")
        for number in range(wide.count()):
            wide.nth(number).focus()
            assert page.evaluate("document.activeElement.className") == "wide"
        found = Axe().run(page)
        rules = {"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}
        assert [
            violation["id"]
            for violation in found.response["violations"]
            if rules & set(violation["tags"])
        ] == []
