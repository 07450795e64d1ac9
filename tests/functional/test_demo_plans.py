"""The demo shows a plan in every status that matters, each come about as the law has it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sqlalchemy.orm import Session

from mis_bridge.demo import plan_story, story
from mis_bridge.storage import plans
from tests.support.demos import LA, read, running_demo


def test_the_demo_shows_a_plan_in_every_status_that_matters(tmp_path: Path) -> None:
    with running_demo(tmp_path / "demo") as demo:
        story.tell(demo, story.begin(demo))
        told = plan_story.tell_plans(demo)

        def reading(session: Session) -> list[tuple[str, str, str | None, int]]:
            return [
                (row.id, row.status, row.maintained_by, row.edition)
                for row in plans.listed(session, LA)
            ]

        found = read(demo, reading)
        assert {plan_id for plan_id, *_ in found} == set(told)
        assert Counter((status, body, edition) for _, status, body, edition in found) == Counter(
            [
                ("draft", None, 0),
                ("with_person", None, 0),
                ("decided", None, 0),
                ("finalised", "school", 1),
                ("given", "school", 1),
                ("given", "la", 1),
                ("under_review", "school", 1),
                ("ceased", "school", 1),
            ]
        )
