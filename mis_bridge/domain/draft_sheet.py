"""A draft plan while it is being filled, and what the register itself puts into one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from mis_bridge.domain.idp import Confidence, DraftField, Gap, LeftOut, Origin, Value
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS, Form
from mis_bridge.domain.idp_gaps import gap
from mis_bridge.domain.people import PersonKind, person_kind
from mis_bridge.domain.pupil import Contact, Pupil, UpnStatus
from mis_bridge.domain.words import Words

_UPN_FLAGS = {
    UpnStatus.MISSING: "missing_upn",
    UpnStatus.INVALID: "invalid_upn_check_letter",
    UpnStatus.TEMPORARY: "temporary_upn",
}


@dataclass(slots=True)
class Sheet:
    """What is being filled; it becomes an IdpDraft and is then no longer changed.

    `record` names the source from which a value comes unless another is said.
    """

    record: str
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
        self.fields[key] = DraftField(value, Origin(record or self.record, path), confidence)
        return True

    def leave_out(self, text: str | None, why: Words, path: str) -> None:
        """Keep a text that the draft does not use."""
        if text:
            self.left_out.append(LeftOut(text, why, Origin(self.record, path)))

    def note(
        self,
        path: str,
        summary: Words,
        *,
        source: Words | None = None,
        author: str | None = None,
        on: date | None = None,
        confidence: Confidence = "proposed",
    ) -> None:
        """Add one entry to the record of information, of an IEP unless another source is said."""
        index = sum(1 for key in self.fields if key.startswith("record["))
        entry = {"source": "IEP", "summary": summary.en, "summary_cy": summary.cy}
        if source:
            entry |= {"source": source.en, "source_cy": source.cy}
        if author:
            entry["author"] = author
        if on:
            entry["date"] = on.isoformat()
        self.put(f"record[{index}]", entry, path, confidence)

    def note_upn(self, status: str) -> None:
        """Flag a number that is missing, or that may match nobody."""
        flag = _UPN_FLAGS.get(UpnStatus(status))
        if flag:
            self.flags.append(flag)


def form_for(pupil: Pupil | None, on: date) -> Form:
    """Return the form that a pupil's plan needs: a looked after child has one of their own.

    A young person is not looked after in the Act's sense.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 4(6)(c), 15, 16.
    """
    return FORMS[ANNEX_B if pupil is not None and _in_care(pupil, on) else ANNEX_A]


def _in_care(pupil: Pupil, on: date) -> bool:
    young = pupil.dob is not None and person_kind(pupil.dob, on) is PersonKind.YOUNG_PERSON
    return bool(pupil.looked_after and pupil.looked_after.in_care) and not young


def put_person(sheet: Sheet, pupil: Pupil, on: date) -> None:
    """Copy who the pupil is, their languages and contacts, as the register has them."""
    register = register_record(pupil)
    sheet.put("person.name", pupil.name.known_as, "name", "copied", register)
    sheet.put("person.other_names", pupil.name.middle_names, "name", "copied", register)
    sheet.put("person.dob", iso(pupil.dob), "dob", "copied", register)
    sheet.put("person.upn", pupil.upn, "upn", "copied", register)
    sheet.put("person.uln", pupil.uln, "uln", "copied", register)
    for key in ("correspondence_language", "first_language"):
        if sheet.put("person.languages", getattr(pupil, key), key, "copied", register):
            break
    for index, contact in enumerate(pupil.contacts):
        _contact(sheet, index, contact, register)
    care = pupil.looked_after
    if care and _in_care(pupil, on):
        sheet.put(
            "looked_after.authority",
            care.care_authority,
            "looked_after.care_authority",
            "copied",
            register,
        )


def put_school(sheet: Sheet, school: str | None) -> None:
    """Fill in the school (`LLL/EEEE`) and its authority, where they are known."""
    if school:
        sheet.put("person.school", school, "school", "copied", "command")
        sheet.put("person.la", school.partition("/")[0], "school", "copied", "command")


def note_consent(sheet: Sheet, dob: date | None, on: date) -> None:
    """Flag a young person: a plan for one needs their consent, which no export can supply.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 ss. 12(2)(b), 14(3).
    """
    if dob and dob < on and person_kind(dob, on) is not PersonKind.CHILD:
        sheet.flags.append("young_person_consent_needed")


def open_fields(
    sheet: Sheet, form: Form, reasons: Mapping[str, Words] | None = None
) -> Iterator[Gap]:
    """Yield a gap for each single field of the form that the draft leaves open.

    A language that is only hinted at stays open, and so do contacts without a role or a basis.
    `reasons` says for a key why it is open, where the form's own reason does not fit the source.
    """
    present = {key.partition("[")[0] for key in sheet.fields}
    for entry in form.fields:
        if entry.part == "alp" or entry.missing is None:
            continue
        if entry.key == "contacts[]":
            filled = _contacts_are_whole(sheet)
        elif entry.key.endswith("[]"):
            filled = entry.part in present
        else:
            known = sheet.fields.get(entry.key)
            filled = known is not None and known.confidence != "hint"
        if not filled:
            found = gap(entry)
            why = (reasons or {}).get(entry.key)
            yield Gap(found.field, why, found.source) if why else found


def register_record(pupil: Pupil) -> str:
    """Name the register's record of a pupil as the origin of a value."""
    return f"{pupil.source.vendor}:{pupil.source.record_id}"


def iso(day: date | None) -> str | None:
    """Write a date as the draft holds it."""
    return day.isoformat() if day else None


def _contact(sheet: Sheet, index: int, contact: Contact, register: str) -> None:
    """Copy a contact with role and basis.

    Where a court order is on record, the address stays out: a copy of the plan goes to others, and
    the order may be about just that.
    """
    basis = {True: "parental_responsibility", False: "no_parental_responsibility"}
    known = {
        "role": contact.relationship if contact.relationship != "unknown" else None,
        "basis": (
            basis[contact.parental_responsibility]
            if contact.parental_responsibility is not None
            else None
        ),
        "name": contact.name,
        "address": contact.address if not contact.court_order else None,
        "language": contact.preferred_language,
    }
    if contact.court_order:
        sheet.flags.append(f"court_order:contacts[{index}]")
    entry = {name: value for name, value in known.items() if value}
    if entry:
        sheet.put(f"contacts[{index}]", entry, f"contacts[{index}]", "copied", register)


def _contacts_are_whole(sheet: Sheet) -> bool:
    contacts = [field.value for key, field in sheet.fields.items() if key.startswith("contacts[")]
    return bool(contacts) and all(
        isinstance(contact, dict) and contact.get("role") and contact.get("basis")
        for contact in contacts
    )
