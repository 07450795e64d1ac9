"""One demo and one browser for the module; every page is a fresh person's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from mis_bridge.demo import plan_story, story
from mis_bridge.demo.run import RunningDemo
from tests.support.demos import running_demo

ARGUMENTS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # As browsers come to be: cookies of a framed site only where they are partitioned.
    "--test-third-party-cookie-phaseout",
]  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """Run the demo, and its story, as a person then finds it."""
    with running_demo(tmp_path_factory.mktemp("demo")) as demo:
        story.tell(demo, story.begin(demo))
        plan_story.tell_plans(demo)
        story.sign_in_everybody(demo)
        yield demo


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the Chromium that the machine has, without a screen."""
    named = os.environ.get("MIS_BRIDGE_TEST_CHROMIUM")
    path = named or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()
