"""Of several records of one pupil the later one stands, and nothing is merged."""

from __future__ import annotations

from datetime import UTC, datetime

from mis_bridge.services.intake.duplicates import beaten
from mis_bridge.storage.sync_runs import Repeated

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def test_the_later_time_stamp_stands_and_of_two_as_late_the_first() -> None:
    lost, stands_for, told = beaten(
        [Repeated(1, "a", "u", EARLY), Repeated(2, "b", "u", LATE), Repeated(3, "c", "u", LATE)]
    )
    assert sorted(lost) == [1, 3]
    assert stands_for == {2: {"a", "c"}}
    assert {line["record"] for line in told} == {"a", "c"}


def test_records_are_tied_also_through_a_third() -> None:
    lost, _, _ = beaten(
        [Repeated(1, "a", "u", LATE), Repeated(2, "a", "v", EARLY), Repeated(3, "b", "v", EARLY)]
    )
    assert sorted(lost) == [2, 3]


def test_the_same_record_again_stands_for_nobody_else() -> None:
    lost, stands_for, _ = beaten([Repeated(1, "a", None, None), Repeated(2, "a", None, None)])
    assert (lost, stands_for) == ([2], {})
