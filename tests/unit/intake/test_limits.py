"""A bucket a source: a flood from one starves no other, and a pause fills it again."""

from __future__ import annotations

from mis_bridge.web.limits import Limits, Rate


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_source_may_send_its_burst_and_then_waits() -> None:
    limits = Limits(Rate(burst=3, per_second=0.5), Hand())
    assert [limits.wait_for("one") for _ in range(4)] == [0, 0, 0, 2]


def test_another_source_is_not_held_up() -> None:
    limits = Limits(Rate(burst=1, per_second=0.1), Hand())
    assert limits.wait_for("one") == 0
    assert limits.wait_for("one") > 0
    assert limits.wait_for("another") == 0


def test_after_the_wait_that_was_told_there_is_room_again() -> None:
    hand = Hand()
    limits = Limits(Rate(burst=1, per_second=0.25), hand)
    limits.wait_for("one")
    hand.at += limits.wait_for("one")
    assert limits.wait_for("one") == 0


def test_a_long_silence_gives_no_more_than_the_burst() -> None:
    hand = Hand()
    limits = Limits(Rate(burst=2, per_second=1), hand)
    limits.wait_for("one")
    hand.at += 3600
    assert [limits.wait_for("one") for _ in range(3)] == [0, 0, 1]
