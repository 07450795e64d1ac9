"""A mapped plan as the domain's individual education plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mis_bridge.domain.iep import IepPlan, IepTarget


def to_plan(mapped: Mapping[str, Any], record: str) -> IepPlan:
    """Return the plan of what the engine made of a plan record; `record` names file and place."""
    pupil = mapped.get("pupil", {})
    return IepPlan(
        plan_id=mapped["plan_id"],
        record=record,
        upn=pupil.get("upn"),
        upn_status=pupil.get("upn_status", "missing"),
        record_id=pupil.get("record_id"),
        name=pupil.get("name"),
        dob=_day(pupil.get("dob")),
        stage=mapped.get("stage"),
        language=mapped.get("language"),
        start=_day(mapped.get("start")),
        review=_day(mapped.get("review")),
        author=mapped.get("author"),
        strengths=mapped.get("strengths"),
        parental_views=mapped.get("parental_views"),
        pupil_views=mapped.get("pupil_views"),
        targets=tuple(
            _target(row, f"targets[{at}]") for at, row in enumerate(mapped.get("targets", ()))
        ),
        flags=tuple(mapped.get("flags", ())),
    )


def _target(row: Mapping[str, Any], place: str) -> IepTarget:
    return IepTarget(
        number=row.get("number"),
        area_of_need=row.get("area_of_need"),
        area_raw=row.get("area_raw"),
        target=row.get("target"),
        success_criteria=row.get("success_criteria"),
        strategies=tuple(row.get("strategies") or ()),
        provision=row.get("provision"),
        staff=row.get("staff"),
        frequency=row.get("frequency"),
        start=_day(row.get("start")),
        review=_day(row.get("review")),
        outcome=row.get("outcome"),
        comments=row.get("comments"),
        place=place,
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
