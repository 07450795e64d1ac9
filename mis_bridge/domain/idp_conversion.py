"""From an individual education plan to a draft individual development plan.

An IEP is evidence. It never answers whether the pupil has ALN, whether provision should be in
Welsh, or who secures it: those stay gaps until a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mis_bridge.domain.draft_sheet import (
    Sheet,
    form_for,
    iso,
    note_consent,
    open_fields,
    put_person,
    put_school,
)
from mis_bridge.domain.idp import IdpDraft, Milestone, Origin
from mis_bridge.domain.idp_form import Form, outside_help
from mis_bridge.domain.idp_gaps import no_provision, provision_gaps
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
_NO_PLACE = Words(
    "The earlier plan says this, and no field of the form takes it over by itself; read it when "
    "the plan is written",
    "Mae'r cynllun blaenorol yn dweud hyn, ac nid oes maes ar y ffurflen sy'n ei gymryd drosodd "
    "ohono'i hun; darllenwch ef wrth ysgrifennu'r cynllun",
)
_OTHER_BIRTHDAY = Words(
    "The register has another date of birth, which stands; find out which one is right",
    "Mae gan y gofrestr ddyddiad geni arall, a hwnnw sy'n sefyll; holwch pa un sy'n gywir",
)
_AGENCY = Words(
    "Help from outside the school is recorded: {text}",
    "Cofnodir cymorth o'r tu allan i'r ysgol: {text}",
)
_HEALTH = Words(
    "Input from health is recorded: {text}. Consider whether to ask for a referral to an NHS body "
    "(section 20); for a child, and for a young person at a maintained school, only the local "
    "authority can make one",
    "Cofnodir mewnbwn iechyd: {text}. Ystyriwch a ddylid gofyn am atgyfeiriad at gorff GIG (adran "
    "20); yn achos plentyn, a pherson ifanc mewn ysgol a gynhelir, dim ond yr awdurdod lleol all "
    "wneud un",
)
_PARENTS = Words(
    "Views of the parents: {text}",
    "Safbwyntiau'r rhieni: {text}",
)
_EXACT_BELOW = 12
"""A shorter text may stand inside another one by chance: it counts only if it stands alone."""


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
    form = form_for(pupil, on)
    sheet = Sheet(plan.record, flags=list(plan.flags))
    _person(sheet, plan, pupil, on)
    put_school(sheet, school)
    note_consent(sheet, pupil.dob if pupil and pupil.dob else plan.dob, on)
    sheet.put("profile.admire", plan.strengths, "strengths", "proposed")
    sheet.put("profile.important", plan.pupil_views, "pupil_views", "proposed")
    _needs(sheet, plan)
    _history(sheet, plan, on)
    for index, target in enumerate(target for target in plan.targets if target.provision):
        _provision(sheet, plan, form, index, target, on)
    for target in plan.targets:
        _left_behind(sheet, plan, target)
    if not plan.targets:
        sheet.flags.append("no_targets")
    if not any(key.startswith("alp[") for key in sheet.fields):
        sheet.gaps.append(no_provision())
    sheet.gaps.extend(open_fields(sheet, form))
    appendix = tuple(_milestones(plan))
    _keep_the_rest(sheet, plan, appendix)
    return IdpDraft(
        plan.plan_id,
        form,
        plan.upn,
        plan.record_id,
        plan.name,
        sheet.fields,
        appendix,
        tuple(sheet.left_out),
        tuple(sheet.gaps),
        tuple(dict.fromkeys(sheet.flags)),
    )


def _person(sheet: Sheet, plan: IepPlan, pupil: Pupil | None, on: date) -> None:
    if pupil:
        put_person(sheet, pupil, on)
        if not pupil.dob:
            sheet.put("person.dob", iso(plan.dob), "dob", "copied")
        elif plan.dob and plan.dob != pupil.dob:
            sheet.flags.append("conflicting_values:person.dob")
            sheet.leave_out(iso(plan.dob), _OTHER_BIRTHDAY, "dob")
        if plan.name and _words_of(plan.name) != _words_of(pupil.name.known_as):
            sheet.flags.append("conflicting_values:person.name")
    else:
        sheet.put("person.name", plan.name, "name", "copied")
        sheet.put("person.dob", iso(plan.dob), "dob", "copied")
        sheet.put("person.upn", plan.upn, "upn", "copied")
    if plan.upn_status != "missing" or not (pupil and pupil.upn):
        sheet.note_upn(plan.upn_status)
    # The language of the old plan is a hint at most: it says neither what the person prefers nor
    # in which language provision should be.
    if "person.languages" not in sheet.fields:
        sheet.put("person.languages", plan.language, "language", "hint")


def _words_of(name: str) -> list[str]:
    return sorted(name.casefold().replace(",", " ").split())


def _needs(sheet: Sheet, plan: IepPlan) -> None:
    """Propose a description in the language of the earlier plan; a person rewrites it."""
    language: Language = "cy" if plan.language == "cy" else "en"
    areas: dict[str, str] = {}
    for target in plan.targets:
        label = need_label(target.area_of_need) if target.area_of_need else None
        shown = label.in_(language) if label else target.area_raw or target.area_of_need
        if shown:
            areas.setdefault(shown, target.place)
    if areas:
        text = _AREAS.fill(areas="; ".join(areas)).in_(language)
        sheet.put("aln.description", text, next(iter(areas.values())), "proposed")


def _history(sheet: Sheet, plan: IepPlan, on: date) -> None:
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
        sheet.note("parental_views", _PARENTS.fill(text=plan.parental_views), on=plan.start)
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
        _outside(sheet, plan, target)
    for path in ("parental_views", "pupil_views", "strengths"):
        _health_elsewhere(sheet, plan, getattr(plan, path), path, plan.start)


def _outside(sheet: Sheet, plan: IepPlan, target: IepTarget) -> None:
    """Note help from outside the school; that of health raises a question and fills no section.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 20, 21.
    """
    since = target.start or plan.start
    helper = outside_help(target.staff, target.provision)
    if helper:
        said = target.staff if outside_help(target.staff) == helper else target.provision
        path = f"{target.place}.{'staff' if said == target.staff else 'provision'}"
        words = _HEALTH if helper == "health" else _AGENCY
        sheet.note(path, words.fill(text=said or ""), author=plan.author, on=since)
    if helper == "health":
        sheet.flags.append("possible_s20_referral")
        return
    others = {
        "target": target.target,
        "criteria": target.success_criteria,
        "outcome": target.outcome,
        "comments": target.comments,
        **{f"strategies[{at}]": text for at, text in enumerate(target.strategies)},
    }
    for name, text in others.items():
        _health_elsewhere(sheet, plan, text, f"{target.place}.{name}", since)


def _health_elsewhere(
    sheet: Sheet, plan: IepPlan, text: str | None, path: str, on: date | None
) -> None:
    if outside_help(text) == "health":
        sheet.note(path, _HEALTH.fill(text=text or ""), author=plan.author, on=on)
        sheet.flags.append("possible_s20_referral")


def _stage(stage: str) -> Words:
    return provision_label(stage) or Words(stage, stage)


def _provision(
    sheet: Sheet, plan: IepPlan, form: Form, index: int, target: IepTarget, on: date
) -> None:
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
    review = target.review or plan.review
    if review and _inside_review_period(review, on):
        sheet.put(f"{base}.review", review.isoformat(), f"{target.place}.review", "hint")
    elif review:
        sheet.leave_out(review.isoformat(), _REVIEW_OUTSIDE, f"{target.place}.review")
    fields = tuple(entry for entry in form.fields if entry.part == "alp")
    sheet.gaps.extend(provision_gaps(fields, base, target, filled=frozenset(sheet.fields)))


def _left_behind(sheet: Sheet, plan: IepPlan, target: IepTarget) -> None:
    """Keep what a target says and no field of the draft carries."""
    started = target.start or plan.start
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


def _keep_the_rest(sheet: Sheet, plan: IepPlan, appendix: tuple[Milestone, ...]) -> None:
    """Keep every text of the source that stands nowhere in the draft yet."""
    there = set(_texts(sheet, plan, appendix))
    longer = "\n".join(there)
    rest: list[tuple[str, str | None]] = [("author", plan.author), ("review", iso(plan.review))]
    for target in plan.targets:
        if not target.area_of_need:
            rest.append((f"{target.place}.area", target.area_raw))
        if target.number and not target.number.strip().isdecimal():
            rest.append((f"{target.place}.number", target.number))
    for path, text in (*rest, *plan.unread):
        shown = _one_line(text or "")
        if shown and shown not in there and (len(shown) < _EXACT_BELOW or shown not in longer):
            sheet.leave_out(text, _NO_PLACE, path)
            there.add(shown)


def _texts(sheet: Sheet, plan: IepPlan, appendix: tuple[Milestone, ...]) -> Iterator[str]:
    for field in sheet.fields.values():
        values = field.value.values() if isinstance(field.value, dict) else (field.value,)
        yield from (_one_line(str(value)) for value in values)
    for kept in appendix:
        parts = (kept.area, kept.target, kept.criteria, kept.review, kept.progress)
        yield from (_one_line(part) for part in parts if part)
    yield from (_one_line(item.text) for item in sheet.left_out)
    yield from (
        _one_line(key) for key in (plan.plan_id, plan.upn, plan.record_id, plan.name) if key
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
