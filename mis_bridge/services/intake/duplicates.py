"""Records of one source that are of one pupil: the later one stands, facts are never merged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from mis_bridge.storage.sync_runs import Repeated

_NEVER = datetime.min.replace(tzinfo=UTC)

Beaten = tuple[list[int], dict[int, set[str]], list[dict[str, Any]]]


def beaten(repeated: Sequence[Repeated]) -> Beaten:
    """Return the positions that lose, which records each winner stands for, and what to report.

    The later time of the vendor stands; of two that are as late, the one that came first.
    """
    lost: list[int] = []
    stands_for: dict[int, set[str]] = {}
    told: list[dict[str, Any]] = []
    for family in _families(repeated):
        winner = max(family, key=lambda each: (each.vendor_at or _NEVER, -each.position))
        for each in family:
            if each is winner:
                continue
            lost.append(each.position)
            told.append({"record": each.record_id, "of": winner.record_id})
            if each.record_id != winner.record_id:
                stands_for.setdefault(winner.position, set()).add(each.record_id)
    return lost, stands_for, told


def _families(repeated: Sequence[Repeated]) -> list[list[Repeated]]:
    """Group the records that share a key, also through a third."""
    family_of: dict[str, list[Repeated]] = {}
    for each in repeated:
        keys = [f"id {each.record_id}", *([f"upn {each.upn_hash}"] if each.upn_hash else [])]
        joined = [each]
        for other in {id(f): f for f in (family_of.get(key) for key in keys) if f}.values():
            joined = [*other, *joined]
        for member in joined:
            family_of[f"id {member.record_id}"] = joined
            if member.upn_hash:
                family_of[f"upn {member.upn_hash}"] = joined
    unique = {id(family): family for family in family_of.values()}
    return [family for family in unique.values() if len(family) > 1]
