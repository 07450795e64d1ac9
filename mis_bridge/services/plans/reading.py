"""A plan opened to be looked at: nothing is locked and nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.documents.values import joined, part_of, shown
from mis_bridge.domain.idp import DraftField, Value, fields_from_json
from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.words import Words
from mis_bridge.services.idp_pages import numbered
from mis_bridge.services.papers.forms import form_of
from mis_bridge.services.plans.controls import LISTS, entries
from mis_bridge.services.plans.desk import Taken, body_of, opened, seen
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import lti_people, plans, views_authority
from mis_bridge.storage.tables.plans import PlanRow, PlanVersionRow
from mis_bridge.storage.tenants import Tenant

_PERSON = "person:"
MOST_VERSIONS = 60


def read(session: Session, visitor: Visitor, plan_id: str, today: date) -> Taken | None:
    """Return a plan that the visitor may see, None for any other."""
    row = seen(session, visitor, plan_id)
    if row is None:
        return None
    school = views_authority.school(session, Tenant(row.la, row.school))
    if school is None:
        return None
    return opened(session, row, body_of(visitor, row, school), school, today)


def form_of_plan(session: Session, row: PlanRow) -> Form:
    """Return the form that the plan was begun with."""
    return form_of(session, Tenant(row.la, row.school), row.form_id, row.form_version)


def names_of_places(session: Session, taken: Taken) -> Mapping[str, Words]:
    """Return what the codes of the plan's school and authority are called."""
    school, authority = taken.school, plans.authority_of(session, taken.row)
    return {
        school.ref: Words(school.name, school.name_cy or school.name),
        authority.code: Words(authority.name, authority.name_cy or authority.name),
    }


def names_of_people(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Return what the people are called whom records name as `person:<id>`."""
    ids = {actor.removeprefix(_PERSON) for actor in actors if actor.startswith(_PERSON)}
    return {
        f"{_PERSON}{person}": name
        for person, name in lti_people.names_of(session, sorted(ids)).items()
    }


def written(key: str, value: Value, names: Mapping[str, Words]) -> Words:
    """Return a value as a page shows it, an entry part by part; what holds nothing is a dash."""
    if isinstance(value, dict) and set(value) != {"en", "cy"}:
        told = [part_of(value, name, names) for name in value if not name.endswith("_cy")]
        parts = [part for part in told if part is not None]
        return joined(parts, "\n") if parts else Words("-", "-")
    return shown(key, value, names) or Words("-", "-")


def label_of(form: Form, key: str, fields: Iterable[str]) -> Words:
    """Return what a field is called, a provision or an entry counted from one as it stands."""
    try:
        label = form.field(key).label
    except KeyError:
        return Words(key, key)
    part, bracket, rest = key.partition("[")
    if not bracket or (part not in LISTS and not rest.partition("].")[2]):
        return label
    number = rest.partition("]")[0]
    known = entries(part, fields)
    position = known.index(number) if number in known else len(known)
    return numbered(label, f"{part}[{position}]")


@dataclass(frozen=True, slots=True, repr=False)
class Saved:
    """A version with what it held: who saved it, when, by which act."""

    version: int
    edition: int | None
    act: str
    by: str
    at: datetime
    fields: Mapping[str, DraftField]

    def __repr__(self) -> str:
        return f"Saved(version={self.version})"


def saved_versions(session: Session, taken: Taken) -> tuple[Saved, ...]:
    """Return the last versions of a plan, the newest first."""
    rows = plans.versions(session, taken.tenant, taken.row.id)
    return tuple(_saved(session, row) for row in rows[:MOST_VERSIONS])


def fields_at(session: Session, taken: Taken, version: int) -> Mapping[str, DraftField] | None:
    """Return the fields of the plan as it stood at a version, None where it never did."""
    if version > taken.row.version:
        return None
    row = plans.version_at(session, taken.tenant, taken.row.id, version)
    return _saved(session, row).fields if row is not None else None


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """One field that one version changed; None where it was, or is, not there."""

    label: Words
    before: Words | None
    after: Words | None
    confirmed: bool

    def __repr__(self) -> str:
        return "Change(***)"


def changes_between(
    form: Form,
    before: Mapping[str, DraftField],
    after: Mapping[str, DraftField],
    names: Mapping[str, Words],
) -> tuple[Change, ...]:
    """Return what changed from one version to the next, in the order of the plan."""
    keys = [*dict.fromkeys((*after, *before))]
    return tuple(
        Change(
            label_of(form, key, after if key in after else before),
            written(key, before[key].value, names) if key in before else None,
            written(key, after[key].value, names) if key in after else None,
            confirmed=key in before
            and key in after
            and before[key].value == after[key].value
            and before[key].confirmed_by != after[key].confirmed_by,
        )
        for key in keys
        if before.get(key) != after.get(key)
    )


def since_when(versions: Sequence[Saved]) -> dict[str, datetime]:
    """Return since when each field has stood as it stands in the newest version."""
    if not versions:
        return {}
    found: dict[str, datetime] = {}
    for key, field in versions[0].fields.items():
        at = versions[0].at
        for saved in versions[1:]:
            held = saved.fields.get(key)
            if held is None or held.value != field.value:
                break
            at = saved.at
        found[key] = at
    return found


def _saved(session: Session, row: PlanVersionRow) -> Saved:
    content = plans.version_content(session, row)
    return Saved(
        row.version,
        row.edition,
        row.act,
        row.saved_by,
        row.saved_at,
        fields_from_json(content.get("fields", {})),
    )
