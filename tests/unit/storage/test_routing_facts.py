"""Which of the recorded facts hold: a newer one takes an older one's place, and none comes back."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.storage.routing_facts import WITHDRAWAL, RoutingFact, holding

DAY = date(2026, 11, 23)


def fact(
    fact_id: str,
    from_on: date | None = None,
    until_on: date | None = None,
    *,
    supersedes: tuple[str, ...] = (),
    kind: str = "consent",
) -> RoutingFact:
    """Return a fact about one contact."""
    detail = {"supersedes": list(supersedes)}
    return RoutingFact(kind, "contact:1", detail, from_on, until_on, fact_id)


def ids(facts: list[RoutingFact], on: date = DAY) -> list[str]:
    """Return the ids of the facts that hold."""
    return [each.id for each in holding(facts, on)]


def test_a_fact_holds_from_its_first_day_to_its_last() -> None:
    one = fact("a", DAY, DAY + timedelta(days=1))
    days = [DAY + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [ids([one], day) for day in days] == [[], ["a"], ["a"], []]


def test_what_was_replaced_holds_until_the_newer_one_begins_and_never_after() -> None:
    older = fact("a", DAY - timedelta(days=9))
    newer = fact("b", DAY, DAY + timedelta(days=1), supersedes=("a",))
    days = [DAY + timedelta(days=n) for n in (-1, 0, 2)]
    assert [ids([older, newer], day) for day in days] == [["a"], ["b"], []]


def test_a_shorter_copy_ends_a_fact_without_letting_the_longer_one_back() -> None:
    since = DAY - timedelta(days=30)
    ended = fact("b", since, DAY - timedelta(days=1), supersedes=("a",))
    assert ids([fact("a", since), ended]) == []


def test_what_is_replaced_stays_replaced_when_its_successor_is() -> None:
    chain = [fact("a"), fact("b", supersedes=("a",)), fact("c", supersedes=("b",))]
    assert ids(chain) == ["c"]


def test_the_reason_of_a_withdrawal_is_no_fact_for_routing() -> None:
    assert ids([fact("w", kind=WITHDRAWAL)]) == []


@given(
    starts=st.lists(st.integers(-5, 5) | st.none(), min_size=1, max_size=6),
    on=st.integers(-6, 6),
)
def test_facts_hold_in_the_order_in_which_they_begin(starts: list[int | None], on: int) -> None:
    facts = [
        fact(str(n), None if start is None else DAY + timedelta(days=start))
        for n, start in enumerate(starts)
    ]
    held = holding(facts, DAY + timedelta(days=on))
    begun = [each.from_on or date.min for each in held]
    assert begun == sorted(begun)
    assert len(held) == sum(1 for start in starts if start is None or start <= on)
