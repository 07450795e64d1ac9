"""The brake: a source that would take a great part of a register away waits for a named person."""

from __future__ import annotations

from dataclasses import dataclass

LEAVING_PERCENT = 20
LOSING_PERCENT = 10
AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What a run would do: of how many pupils held how many leave, and of how many lose ALN status.

    `limit_percent` is the connection's own limit, in place of both.
    """

    held: int
    leaving: int
    with_status: int
    losing: int
    limit_percent: int | None = None


def why_stopped(standing: Standing) -> tuple[str, ...]:
    """Return why the run must wait for a person; empty where it may go on.

    A handful (below three) is the ordinary life of a school, however small its register.
    """
    leaving_limit = _limit(standing.limit_percent, LEAVING_PERCENT)
    losing_limit = _limit(standing.limit_percent, LOSING_PERCENT)
    reasons: list[str] = []
    if _too_many(standing.leaving, standing.held, leaving_limit):
        reasons.append("too_many_would_leave")
    if _too_many(standing.losing, standing.with_status, losing_limit):
        reasons.append("too_many_would_lose_status")
    return tuple(reasons)


def _limit(own: int | None, usual: int) -> int:
    return usual if own is None else own


def _too_many(part: int, whole: int, percent: int) -> bool:
    return part >= AT_LEAST and part * 100 > whole * percent
