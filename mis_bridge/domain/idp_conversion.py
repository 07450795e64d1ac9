"""From an individual education plan to a draft individual development plan.

An IEP is evidence. It never answers whether the pupil has ALN, whether provision should be in
Welsh, or who secures it: those stay gaps until a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from mis_bridge.domain.idp import (
    Confidence,
    DraftField,
    Gap,
    IdpDraft,
    LeftOut,
    Milestone,
    Origin,
    Value,
)
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS, Form, outside_help
from mis_bridge.domain.idp_gaps import gap, no_provision, provision_gaps
from mis_bridge.domain.iep import IepPlan, IepTarget
from mis_bridge.domain.labels import need_label, provision_label
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.words import Language, Words

_UNIVERSAL = Words(
    "A strategy counts as additional learning provision only if it is additional to, or different "
    "from, what is made generally for others of the same age; a person has to say that it is",
    "Dim ond os yw'n ychwanegol at yr hyn a wneir yn gyffredinol i eraill o'r un oedran, neu'n "
    "wahanol iddo, y mae strategaeth yn ddarpariaeth ddysgu ychwanegol; rhaid i berson ddweud "
    "hynny",
)
_REVIEW_OUTSIDE = Words(
    "The review date of the old plan does not fall inside a review period of a plan made now",
    "Nid yw dyddiad adolygu'r hen gynllun o fewn cyfnod adolygu cynllun a lunnir yn awr",
)
_NO_START = Words(
    "The start date is the old plan's; the date needed is when provision under this one starts",
    "Dyddiad yr hen gynllun yw'r dyddiad dechrau; yr hyn sydd ei angen yw dyddiad dechrau'r "
    "ddarpariaeth o dan y cynllun hwn",
)
_AREAS = Words(
    "Areas of concern recorded in the earlier plan: {areas}",
    "Meysydd pryder a gofnodwyd yn y cynllun blaenorol: {areas}",
)
_COMMENT = Words(
    "A comment on the old plan; read it when the plan is written",
    "Sylw ar yr hen gynllun; darllenwch ef wrth ysgrifennu'r cynllun",
)
_NOTHING_PROVIDED = Words(
    "The target names no provision that this could belong to",
    "Nid yw'r targed yn enwi darpariaeth y gallai hyn berthyn iddi",
)


@dataclass(slots=True)
class _Sheet:
    """What is being filled; it becomes an IdpDraft and is then no longer changed."""

    plan: IepPlan
    fields: dict[str, DraftField] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def put(
        self, key: str, value: Value | None, path: str, confidence: Confidence, record: str = ""
    ) -> bool:
        """Fill `key` unless there is nothing to fill it with; say whether it was filled."""
        if value is None or value == "":
            return False
        origin = Origin(record or self.plan.record, path)
        self.fields[key] = DraftField(value, origin, confidence)
        return True

    def leave_out(self, text: str | None, why: Words, path: str) -> None:
        """Keep a text that the draft does not use."""
        if text:
            self.left_out.append(LeftOut(text, why, Origin(self.plan.record, path)))

    def note(self, path: str, summary: Words, *, author: str | None, on: date | None) -> None:
        """Add one entry to the record of information."""
        index = sum(1 for key in self.fields if key.startswith("record["))
        entry = {"source": "IEP", "summary": summary.en, "summary_cy": summary.cy}
        if author:
            entry["author"] = author
        if on:
            entry["date"] = on.isoformat()
        self.put(f"record[{index}]", entry, path, "proposed")


def convert(
    plan: IepPlan, pupil: Pupil | None = None, *, school: str | None = None, on: date
) -> IdpDraft:
    """Turn an IEP into a draft plan.

    `pupil` is the register's record where the pupil was found, `school` the school as `LLL/EEEE`,
    `on` the day of conversion, against which the old review date is judged. The decision that the
    pupil has ALN is not made here, nor is anything in the draft phrased as if it were.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 10, 11, 12;
    S.I. 2021/1243 art. 21 (regard to the provision made just before).
    """
    form = FORMS[ANNEX_B if _is_in_care(pupil) else ANNEX_A]
    sheet = _Sheet(plan, flags=list(plan.flags))
    _person(sheet, pupil, school)
    _profile(sheet)
    _needs(sheet)
    _history(sheet, on)
    for index, target in enumerate(target for target in plan.targets if target.provision):
        _provision(sheet, form, index, target, on)
    for target in plan.targets:
        _left_behind(sheet, target)
    if not plan.targets:
        sheet.flags.append("no_targets")
    if not any(key.startswith("alp[") for key in sheet.fields):
        sheet.gaps.append(no_provision())
    sheet.gaps.extend(_open_fields(sheet, form))
    return IdpDraft(
        plan.plan_id,
        form,
        plan.upn,
        plan.record_id,
        plan.name,
        sheet.fields,
        tuple(_milestones(plan)),
        tuple(sheet.left_out),
        tuple(sheet.gaps),
        tuple(dict.fromkeys(sheet.flags)),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _is_in_care(pupil: Pupil | None) -> bool:
    return bool(pupil and pupil.looked_after and pupil.looked_after.in_care)


def _person(sheet: _Sheet, pupil: Pupil | None, school: str | None) -> None:
    plan = sheet.plan
    if pupil:
        register = f"{pupil.source.vendor}:{pupil.source.record_id}"
        sheet.put("person.name", pupil.name.known_as, "name", "copied", register)
        sheet.put("person.other_names", pupil.name.middle_names, "name", "copied", register)
        sheet.put("person.dob", _iso(pupil.dob), "dob", "copied", register)
        sheet.put("person.upn", pupil.upn, "upn", "copied", register)
        sheet.put("person.uln", pupil.uln, "uln", "copied", register)
        for index, contact in enumerate(pupil.contacts):
            known = {
                "role": contact.relationship,
                "basis": "parental_responsibility" if contact.parental_responsibility else None,
                "name": contact.name,
                "address": contact.address,
                "language": contact.preferred_language,
            }
            entry = {name: value for name, value in known.items() if value}
            sheet.put(f"contacts[{index}]", entry, f"contacts[{index}]", "copied", register)
        if plan.dob and pupil.dob and plan.dob != pupil.dob:
            sheet.flags.append("conflicting_values:person.dob")
    else:
        sheet.put("person.name", plan.name, "name", "copied")
        sheet.put("person.dob", _iso(plan.dob), "dob", "copied")
        sheet.put("person.upn", plan.upn, "upn", "copied")
    if plan.upn_status == "missing" and not (pupil and pupil.upn):
        sheet.flags.append("missing_upn")
    if plan.upn_status == "invalid":
        sheet.flags.append("invalid_upn_check_letter")
    if plan.upn_status == "temporary":
        sheet.flags.append("temporary_upn")
    if school:
        sheet.put("person.school", school, "school", "copied", "command")
        sheet.put("person.la", school.partition("/")[0], "school", "copied", "command")
    # The language of the old plan is a hint at most: it says neither what the person prefers nor
    # in which language provision should be.
    sheet.put("person.languages", plan.language, "language", "hint")


def _profile(sheet: _Sheet) -> None:
    sheet.put("profile.admire", sheet.plan.strengths, "strengths", "proposed")
    sheet.put("profile.important", sheet.plan.pupil_views, "pupil_views", "proposed")


def _needs(sheet: _Sheet) -> None:
    """Propose a description in the language of the earlier plan; a person rewrites it."""
    language: Language = "cy" if sheet.plan.language == "cy" else "en"
    areas: dict[str, str] = {}
    for target in sheet.plan.targets:
        label = need_label(target.area_of_need) if target.area_of_need else None
        shown = label.in_(language) if label else target.area_raw or target.area_of_need
        if shown:
            areas.setdefault(shown, target.place)
    if areas:
        text = _AREAS.fill(areas="; ".join(areas)).in_(language)
        sheet.put("aln.description", text, next(iter(areas.values())), "proposed")


def _history(sheet: _Sheet, on: date) -> None:
    plan = sheet.plan
    if plan.stage or plan.start:
        stage = plan.stage or "?"
        sheet.note(
            "stage",
            Words(
                f"An individual education plan at the stage {_stage(stage).en}; history only",
                f"Cynllun addysg unigol ar y cam {_stage(stage).cy}; hanes yn unig",
            ),
            author=plan.author,
            on=plan.start,
        )
    if plan.parental_views:
        sheet.note(
            "parental_views",
            Words(
                f"Views of the parents: {plan.parental_views}",
                f"Safbwyntiau'r rhieni: {plan.parental_views}",
            ),
            author=None,
            on=plan.start,
        )
    for target in plan.targets:
        if target.outcome:
            sheet.note(
                f"{target.place}.outcome",
                Words(
                    f"Progress noted at the last review: {target.outcome}",
                    f"Cynnydd a nodwyd yn yr adolygiad diwethaf: {target.outcome}",
                ),
                author=plan.author,
                # A review that is still ahead is not the one at which this was noted.
                on=review if (review := target.review or plan.review) and review <= on else None,
            )
        helper = outside_help(target.staff, target.provision)
        if helper:
            sheet.note(
                f"{target.place}.staff",
                Words(
                    f"Help from outside the school is recorded: {target.staff or target.provision}",
                    f"Cofnodir cymorth o'r tu allan i'r ysgol: {target.staff or target.provision}",
                ),
                author=plan.author,
                on=target.start or plan.start,
            )
        if helper == "health":
            sheet.flags.append("possible_s20_referral")


def _stage(stage: str) -> Words:
    return provision_label(stage) or Words(stage, stage)


def _provision(sheet: _Sheet, form: Form, index: int, target: IepTarget, on: date) -> None:
    base = f"alp[{index}]"
    quantities = [target.provision, target.staff, target.frequency]
    sheet.put(
        f"{base}.provision",
        "; ".join(part for part in quantities if part),
        f"{target.place}.provision",
        "proposed",
    )
    sheet.put(f"{base}.measure", target.success_criteria, f"{target.place}.criteria", "proposed")
    helper = outside_help(target.staff, target.provision)
    if helper == "agency":
        sheet.put(f"{base}.provider", target.staff, f"{target.place}.staff", "hint")
    review = target.review or sheet.plan.review
    if review and _inside_review_period(review, on):
        sheet.put(f"{base}.review", review.isoformat(), f"{target.place}.review", "hint")
    elif review:
        sheet.leave_out(review.isoformat(), _REVIEW_OUTSIDE, f"{target.place}.review")
    fields = tuple(entry for entry in form.fields if entry.part == "alp")
    sheet.gaps.extend(provision_gaps(fields, base, target, filled=frozenset(sheet.fields)))


def _left_behind(sheet: _Sheet, target: IepTarget) -> None:
    """Keep what a target says and no field of the draft carries."""
    started = target.start or sheet.plan.start
    if started:
        sheet.leave_out(started.isoformat(), _NO_START, f"{target.place}.start")
    for place, strategy in enumerate(target.strategies):
        sheet.leave_out(strategy, _UNIVERSAL, f"{target.place}.strategies[{place}]")
    sheet.leave_out(target.comments, _COMMENT, f"{target.place}.comments")
    if not target.provision:
        sheet.leave_out(target.staff, _NOTHING_PROVIDED, f"{target.place}.staff")
        sheet.leave_out(target.frequency, _NOTHING_PROVIDED, f"{target.place}.frequency")


def _inside_review_period(review: date, on: date) -> bool:
    """Say whether a date lies in a review period that starts on `on`.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 s. 23(1)-(5).
    """
    try:
        last = on.replace(year=on.year + 1)
    except ValueError:  # 29 February
        last = date(on.year + 1, 3, 1)
    return on <= review < last


def _milestones(plan: IepPlan) -> Iterator[Milestone]:
    for target in plan.targets:
        review = target.review or plan.review
        yield Milestone(
            target.area_of_need or target.area_raw,
            target.target,
            target.success_criteria,
            review.isoformat() if review else None,
            target.outcome,
            Origin(plan.record, target.place),
        )


def _open_fields(sheet: _Sheet, form: Form) -> Iterator[Gap]:
    """Yield a gap for each single field of the form that the draft leaves open."""
    present = {key.partition("[")[0] for key in sheet.fields}
    for entry in form.fields:
        if entry.part == "alp" or entry.missing is None:
            continue
        filled = entry.part in present if entry.key.endswith("[]") else entry.key in sheet.fields
        if not filled:
            yield gap(entry)
