"""The parts of a plan: every value with whence it came, since when, and what could be plainer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import DraftField
from mis_bridge.domain.idp_form import Form, FormField
from mis_bridge.domain.plan_life import PlanStatus
from mis_bridge.domain.words import Words
from mis_bridge.services.plans.control_words import ENTRY, HEALTH_PROVISION, PARTS, PROVISION
from mis_bridge.services.plans.controls import ELEMENTS, LISTS, OWN, entries
from mis_bridge.services.plans.desk import Taken
from mis_bridge.services.plans.editing import is_strategy
from mis_bridge.services.plans.reading import (
    Saved,
    names_of_people,
    names_of_places,
    since_when,
    written,
)
from mis_bridge.services.plans.remarks import Checked, checked


@dataclass(frozen=True, slots=True, repr=False)
class FieldView:
    """A field with its value: whence it came, since when, and whether anybody confirmed it."""

    key: str
    anchor: str
    label: Words
    value: Words | None
    origin: Words | None
    since: datetime | None
    confirmed: bool
    hint_only: bool
    unverified: bool
    check: Checked | None = None

    def __repr__(self) -> str:
        return f"FieldView(key={self.key!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Block:
    """Fields that are edited together: a part of the form, one provision, one entry of a list."""

    slug: str
    title: Words | None
    fields: tuple[FieldView, ...]

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The keys of the fields that were taken over and that nobody has confirmed."""
        return tuple(field.key for field in self.fields if not field.confirmed)

    @property
    def filled(self) -> bool:
        """Say whether the plan holds anything of it."""
        return any(field.value for field in self.fields)

    @property
    def remarks(self) -> int:
        """In how many ways the texts could be more specific."""
        return sum(len(field.check.reasons) for field in self.fields if field.check)

    def __repr__(self) -> str:
        return f"Block(slug={self.slug!r})"


@dataclass(frozen=True, slots=True, repr=False)
class PartView:
    """A part of the form with the letter of its section."""

    part: str
    letter: str
    title: Words
    blocks: tuple[Block, ...]
    may_edit: bool
    closed: Words | None

    @property
    def is_list(self) -> bool:
        """Say whether entries are added to it one by one, on one page."""
        return self.part in LISTS

    @property
    def has_elements(self) -> bool:
        """Say whether each of its entries has a page of its own."""
        return self.part in ELEMENTS

    def __repr__(self) -> str:
        return f"PartView(part={self.part!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """A short-term target, or a strategy that was left out, which a person may make a provision."""

    number: int
    texts: tuple[str, ...]
    why: Words | None
    may_be_promoted: bool = True

    def __repr__(self) -> str:
        return f"Target(number={self.number})"


def parts_of(
    session: Session,
    form: Form,
    taken: Taken,
    versions: tuple[Saved, ...],
    *,
    may_edit: bool,
) -> tuple[PartView, ...]:
    """Return the parts of the form in its order, each with what the plan holds."""
    reading = _Reading(session, form, taken, versions)
    parts = dict.fromkeys(field.part for field in form.fields)
    return tuple(reading.part(part, may_edit=may_edit) for part in parts if part != "milestones")


class _Reading:
    """A plan's fields with what is known of each of them."""

    def __init__(
        self, session: Session, form: Form, taken: Taken, versions: tuple[Saved, ...]
    ) -> None:
        self.form, self.taken = form, taken
        self.fields: Mapping[str, DraftField] = taken.plan.fields
        self.since = since_when(versions)
        self.places = names_of_places(session, taken)
        self.people = names_of_people(session, (f.origin.record for f in self.fields.values()))

    def part(self, part: str, *, may_edit: bool) -> PartView:
        members = [field for field in self.form.fields if field.part == part]
        closed = None
        if part == "place" and not self.taken.body.is_authority:
            closed = _PLACES
        elif part == "health_alp" and self.taken.plan.edition and not self._under_review:
            closed = _NHS
        if part in ELEMENTS:
            blocks = self.elements(part, members)
        elif part in LISTS:
            blocks = self.entries(part)
        else:
            views = [self.view(field, field.key) for field in members if "[]" not in field.key]
            blocks = (Block(part, None, tuple(views)),)
        return PartView(
            part=part,
            letter=members[0].section.partition(".")[0],
            title=PARTS.get(part) or members[0].label,
            blocks=blocks,
            may_edit=may_edit and closed is None,
            closed=closed,
        )

    def elements(self, part: str, members: list[FormField]) -> tuple[Block, ...]:
        title = PROVISION if part == "alp" else HEALTH_PROVISION
        blocks = []
        for position, number in enumerate(entries(part, self.fields), start=1):
            base = f"{part}[{number}]"
            checks = checked(base, self.fields)
            views = tuple(
                self.view(field, f"{base}.{field.name}", checks.get(field.name))
                for field in members
                if field.name
            )
            if base in self.fields:
                views = (self.view(members[0], base), *views)
            blocks.append(Block(f"{part}-{number}", title.fill(number=position), views))
        return tuple(blocks)

    def entries(self, part: str) -> tuple[Block, ...]:
        whole = self.form.field(f"{part}[]")
        return tuple(
            Block(
                part,
                ENTRY[part].fill(number=position),
                (self.view(whole, f"{part}[{number}]"),),
            )
            for position, number in enumerate(entries(part, self.fields), start=1)
        )

    def view(self, field: FormField, key: str, check: Checked | None = None) -> FieldView:
        held = self.fields.get(key)
        return FieldView(
            key=key,
            anchor=key.replace("[", "-").replace("]", "").replace(".", "-"),
            label=field.label,
            value=written(key, held.value, self.places) if held is not None else None,
            origin=self.origin(held) if held is not None and key not in OWN else None,
            since=self.since.get(key) if key not in OWN else None,
            confirmed=held is None
            or held.confirmed_by is not None
            or held.confidence in {"copied", "stated"},
            hint_only=held is not None and held.confidence == "hint",
            unverified=field.certainty == "unverified",
            check=check,
        )

    def origin(self, held: DraftField) -> Words:
        source, _, _ = held.origin.record.partition(":")
        match source:
            case "person":
                name = self.people.get(held.origin.record)
                return _BY.fill(name=name) if name else _BY_SOMEBODY
            case "iep":
                return _FROM_IEP
            case "register":
                return _FROM_REGISTER
            case "command":
                return _FROM_SCHOOL
            case "bundle":
                return _FROM_BODY
            case _:
                return _FROM.fill(source=source)

    @property
    def _under_review(self) -> bool:
        return self.taken.plan.status is PlanStatus.UNDER_REVIEW


def targets_of(listed: Iterable[Mapping[str, object]]) -> tuple[Target, ...]:
    """Return the short-term targets of an earlier plan."""
    names = ("target", "criteria", "review", "progress")
    return tuple(
        Target(number, tuple(str(entry[name]) for name in names if entry.get(name)), None)
        for number, entry in enumerate(listed)
    )


def left_out_of(listed: Iterable[Mapping[str, object]]) -> tuple[Target, ...]:
    """Return the texts of an earlier plan that were not carried over, each with the reason."""
    return tuple(
        Target(
            number,
            (str(entry["text"]),),
            Words(str(entry["why"]), str(entry.get("why_cy") or entry["why"])),
            is_strategy(entry),
        )
        for number, entry in enumerate(listed)
    )


_PLACES = Words(
    "Only a local authority's plan names a place, or board and lodging (2018 anaw 2 s. 14(6)).",
    "Dim ond cynllun awdurdod lleol sy'n enwi lle, neu fwyd a llety (2018 anaw 2 a. 14(6)).",
)
_NHS = Words(
    "Changed only on a review, with the NHS body's agreement (2018 anaw 2 s. 21(7)-(8)).",
    "Dim ond ar adolygiad, gyda chytundeb corff y GIG, y'i newidir (2018 anaw 2 a. 21(7)-(8)).",
)
_BY = Words("written by {name}", "ysgrifennwyd gan {name}")
_BY_SOMEBODY = Words("written by a person", "ysgrifennwyd gan berson")
_FROM_IEP = Words("from the IEP", "o'r CAU")
_FROM_REGISTER = Words("from the register", "o'r gofrestr")
_FROM_SCHOOL = Words("from the school's record", "o gofnod yr ysgol")
_FROM_BODY = Words("from the body that sent the plan", "o'r corff a anfonodd y cynllun")
_FROM = Words("from {source}", "o {source}")
