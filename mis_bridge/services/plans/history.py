"""What happened to a plan: its acts, its versions, the copies given, the running review period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.labels import role_label
from mis_bridge.domain.review_periods import running_period
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.services.giving import days_told
from mis_bridge.services.notice_pages import person_label
from mis_bridge.services.plans import words as plan_words
from mis_bridge.services.plans.desk import Taken
from mis_bridge.services.plans.reading import (
    Change,
    Saved,
    changes_between,
    names_of_people,
    names_of_places,
    saved_versions,
)
from mis_bridge.storage import plan_copies, plan_log, plans
from mis_bridge.storage.tables.plans import PlanActRow

_NO_TRACE = Trace()
MOST_LABELS = 4


@dataclass(frozen=True, slots=True, repr=False)
class ActLine:
    """Something done to the plan: what, on which day, by whom, and what was written about it."""

    title: Words
    on: date
    by: str | None
    details: tuple[Words, ...]

    def __repr__(self) -> str:
        return f"ActLine(on={self.on!r})"


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A saved version; `labels` are the first fields that it changed, `changed` how many."""

    version: int
    title: Words
    edition: int | None
    at: datetime
    by: str | None
    labels: tuple[Words, ...]
    changed: int


@dataclass(frozen=True, slots=True, repr=False)
class VersionPage:
    """What one version changed."""

    plan_id: str
    line: VersionLine
    changes: tuple[Change, ...]

    def __repr__(self) -> str:
        return f"VersionPage(plan_id={self.plan_id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class CopyLine:
    """A copy that somebody was given."""

    edition: int
    who: Words
    name: str | None
    way: Words
    on: date

    def __repr__(self) -> str:
        return f"CopyLine(edition={self.edition})"


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice that was made about the plan, by the school or by the authority."""

    notice_id: str
    title: Words
    made_on: date
    by_authority: bool


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """The running review period, None before the first copy, and how it is reckoned."""

    starts_on: date | None = None
    last_on: date | None = None
    overdue: bool = False
    trace: Trace = _NO_TRACE


def acts_of(session: Session, taken: Taken) -> tuple[ActLine, ...]:
    """Return what was done to a plan, the newest first."""
    rows = plan_log.acts(session, taken.tenant, taken.row.id)
    names = names_of_people(session, (row.done_by for row in rows))
    return tuple(
        ActLine(
            _title(row),
            row.done_on,
            names.get(row.done_by),
            tuple(_details(session, row)),
        )
        for row in reversed(rows)
    )


def version_lines(
    session: Session, form: Form, taken: Taken, versions: tuple[Saved, ...]
) -> tuple[VersionLine, ...]:
    """Return the last versions, the newest first, each with what it changed."""
    places = names_of_places(session, taken)
    people = names_of_people(session, (saved.by for saved in versions))
    lines = []
    for at, saved in enumerate(versions):
        before = versions[at + 1].fields if at + 1 < len(versions) else {}
        changes = changes_between(form, before, saved.fields, places) if before else ()
        lines.append(_version(saved, people.get(saved.by), changes))
    return tuple(lines)


def version_page(session: Session, form: Form, taken: Taken, version: int) -> VersionPage | None:
    """Return what a version changed, None for a number under which nothing was saved."""
    versions = saved_versions(session, taken)
    for at, saved in enumerate(versions):
        if saved.version != version:
            continue
        before = versions[at + 1].fields if at + 1 < len(versions) else {}
        changes = changes_between(form, before, saved.fields, names_of_places(session, taken))
        name = names_of_people(session, [saved.by]).get(saved.by)
        return VersionPage(taken.row.id, _version(saved, name, changes), changes)
    return None


def copies_of(session: Session, taken: Taken) -> tuple[CopyLine, ...]:
    """Return the copies given, the newest first."""
    lines = []
    for copy in reversed(plan_copies.copies(session, taken.tenant, taken.row.id)):
        who, name = person_label(copy.recipient, taken.pupil)
        if who.en == copy.recipient:
            # Somebody whom this school's record does not know: the copy was given elsewhere.
            who = role_label(copy.slot) or who
        way = plan_words.WAYS.get(copy.channel, Words(copy.channel, copy.channel))
        lines.append(CopyLine(copy.edition, who, name, way, copy.given_on))
    return tuple(lines)


def review_of(session: Session, taken: Taken, today: date) -> ReviewLine:
    """Return the running review period with its arithmetic.

    Source: 2018 anaw 2 s. 23(1)-(5).
    """
    row = taken.row
    if row.first_given_on is None or row.status in plans.ENDED:
        return ReviewLine()
    first, revised, kept = days_told(session, taken.tenant, row)
    period = running_period(
        first or (row.first_given_on,), revised=revised, not_revised=kept, today=today
    )
    overdue = period.overdue_since is not None
    return ReviewLine(period.starts_on, period.last_on, overdue, period.trace)


def _version(saved: Saved, name: str | None, changes: tuple[Change, ...]) -> VersionLine:
    return VersionLine(
        saved.version,
        plan_words.ACTS.get(saved.act, Words(saved.act, saved.act)),
        saved.edition,
        saved.at,
        name,
        tuple(change.label for change in changes[:MOST_LABELS]),
        len(changes),
    )


def _title(row: PlanActRow) -> Words:
    facts = row.facts if isinstance(row.facts, dict) else {}
    if isinstance(facts.get("consent"), bool):
        return plan_words.CONSENT[bool(facts["consent"])]
    return plan_words.ACTS.get(row.act, Words(row.act, row.act))


def _details(session: Session, row: PlanActRow) -> list[Words]:
    facts = row.facts if isinstance(row.facts, dict) else {}
    details = []
    asked = facts.get("asked_by")
    if isinstance(asked, str) and asked != "body" and asked in plan_words.ASKED_BY:
        details.append(_ASKED.fill(who=plan_words.ASKED_BY[asked]))
    to = facts.get("to")
    if isinstance(to, str) and to in plan_words.BODIES:
        details.append(plan_words.BODIES[to])
    outcomes = facts.get("outcomes")
    if isinstance(outcomes, dict):
        details += [
            _OUTCOME.fill(number=number, became=plan_words.OUTCOMES.get(str(became), _NOT_SAID))
            for number, became in enumerate(outcomes.values(), start=1)
        ]
    note = plan_log.note_of(session, row)
    details += [
        Words(note[name], note[name]) for name in ("how", "to") if isinstance(note.get(name), str)
    ]
    reasons = note.get("reasons")
    if isinstance(reasons, dict):
        english, welsh = str(reasons.get("en") or ""), str(reasons.get("cy") or "")
        if english or welsh:
            details.append(Words(english or welsh, welsh or english))
    elif isinstance(reasons, str) and reasons:
        details.append(Words(reasons, reasons))
    return details


_OUTCOME = Words("Outcome {number}: {became}", "Deilliant {number}: {became}")
_NOT_SAID = Words("not said", "heb ei nodi")
_ASKED = Words("Asked by: {who}", "Gofynnwyd gan: {who}")
