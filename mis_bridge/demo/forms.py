"""What the demo MIS's form may say, and what is wrong with it when it says something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mis_bridge.demo.roll import DemoNeed, DemoPupil, Edit
from mis_bridge.demo.texts import ENROLMENTS, NEEDS, PROBLEMS, SEN_STAGES
from mis_bridge.domain.words import Words


@dataclass(frozen=True, slots=True)
class Filled:
    """A read form: an edit with its date, or the problems by field (then `edit` is None)."""

    edit: Edit | None
    noticed_on: date | None
    problems: Mapping[str, Words]


def read_form(form: Mapping[str, str], pupil: DemoPupil, today: date) -> Filled:
    """Read the posted form against the pupil's record as it stands."""
    problems: dict[str, Words] = {}
    sen, enrolment = form.get("sen", ""), form.get("enrolment", "")
    if sen not in SEN_STAGES:
        problems["sen"] = PROBLEMS["sen"]
    if enrolment not in ENROLMENTS:
        problems["enrolment"] = PROBLEMS["enrolment"]
    codes = [form.get("need_1", ""), form.get("need_2", "")]
    if any(code and code not in NEEDS for code in codes) or (codes[1] and not codes[0]):
        problems["need_1"] = PROBLEMS["need"]
    noticed_on = _date(form.get("noticed_on", ""))
    if noticed_on is None or noticed_on > today:
        problems["noticed_on"] = PROBLEMS["noticed_on"]
    since = _date(form.get("sen_since", ""))
    if form.get("sen_since", "").strip() and since is None:
        problems["sen_since"] = PROBLEMS["sen_since"]
    in_care = form.get("in_care") == "yes"
    authority = form.get("care_authority", "").strip()
    if in_care and not re.fullmatch(r"[0-9]{3}", authority):
        problems["care_authority"] = PROBLEMS["care_authority"]
    if problems:
        return Filled(None, None, problems)
    edit = Edit(
        sen=sen,
        sen_since=since,
        needs=_needs(codes, pupil, today),
        enrolment=enrolment,
        in_care=in_care,
        care_authority=authority if in_care else None,
    )
    return Filled(edit, noticed_on, {})


def as_form(pupil: DemoPupil, today: date) -> dict[str, str]:
    """Return what the form shows for a record that nobody has begun to change."""
    needs = sorted(pupil.needs, key=lambda need: need.rank)
    codes = [need.code for need in needs] + ["", ""]
    return {
        "sen": pupil.sen,
        "sen_since": pupil.sen_since.isoformat() if pupil.sen_since else "",
        "noticed_on": today.isoformat(),
        "need_1": codes[0],
        "need_2": codes[1],
        "enrolment": pupil.enrolment,
        "in_care": "yes" if pupil.in_care else "",
        "care_authority": pupil.care_authority or "",
    }


def _needs(codes: list[str], pupil: DemoPupil, today: date) -> tuple[DemoNeed, ...]:
    """Return the needs in their new order; one that was there keeps its start."""
    starts = {need.code: need.start for need in pupil.needs}
    chosen = [code for code in dict.fromkeys(codes) if code]
    return tuple(
        DemoNeed(code, rank, starts.get(code, today)) for rank, code in enumerate(chosen, start=1)
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
