"""IEPs into draft IDPs from any mapped export; nothing here decides that a pupil has ALN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from mis_bridge.domain.idp import IdpDraft
from mis_bridge.domain.idp_conversion import convert
from mis_bridge.domain.iep import IepPlan, IepTarget
from mis_bridge.domain.pupil import Pupil

Record = Mapping[str, Any]


def drafts(
    plans: Iterable[Record], *, vendor: str, school: str | None, on: date
) -> Iterator[IdpDraft]:
    """Yield the draft of each mapped plan, in order; nothing is read from a register."""
    for record in plans:
        yield convert(plan_of(record, vendor), school=school, on=on)


def draft_for(record: Record, pupil: Pupil, *, vendor: str, school: str, on: date) -> IdpDraft:
    """Return the draft of a plan of a pupil whom the register knows."""
    return convert(plan_of(record, vendor), pupil, school=school, on=on)


def plan_of(record: Record, vendor: str) -> IepPlan:
    """Read a plan as the mapping gives it: keys that the source did not carry are absent."""
    pupil: Mapping[str, Any] = record.get("pupil", {})
    return IepPlan(
        plan_id=record["plan_id"],
        record=f"{vendor}:{record['plan_id']}",
        upn=pupil.get("upn"),
        upn_status=pupil.get("upn_status", "missing"),
        record_id=pupil.get("record_id"),
        name=pupil.get("name"),
        dob=_day(pupil.get("dob")),
        stage=_stage(record),
        language=record.get("language"),
        start=_day(record.get("start")),
        review=_day(record.get("review")),
        author=record.get("author"),
        strengths=record.get("strengths"),
        parental_views=record.get("parental_views"),
        pupil_views=record.get("pupil_views"),
        targets=tuple(_target(entry, n) for n, entry in enumerate(record.get("targets", ()))),
        flags=tuple(record.get("flags", ())),
        unread=tuple((each["path"], each["text"]) for each in record.get("unread", ())),
    )


def _target(entry: Mapping[str, Any], index: int) -> IepTarget:
    area = entry.get("area_of_need", entry.get("type"))
    return IepTarget(
        number=entry.get("number"),
        area_of_need=area if area != "unknown" else None,
        area_raw=entry.get("area_of_need_raw", entry.get("raw_code")),
        target=entry.get("target"),
        success_criteria=entry.get("success_criteria"),
        strategies=tuple(entry.get("strategies") or ()),
        provision=entry.get("provision"),
        staff=entry.get("staff"),
        frequency=entry.get("frequency"),
        start=_day(entry.get("start")),
        review=_day(entry.get("review")),
        outcome=entry.get("outcome"),
        comments=entry.get("comments"),
        place=f"targets[{index}]",
    )


def _stage(record: Record) -> str | None:
    """Return the stage's canonical word, or what the source said where no translation covers it."""
    stage = record.get("stage")
    return record.get("stage_raw") if stage in {None, "unknown"} else stage


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
