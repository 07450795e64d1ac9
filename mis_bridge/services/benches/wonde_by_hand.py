"""The peer of the mapping benchmark: what a programmer would write for this one vendor by hand.

It gives the same record as the shipped mapping (property tests hold it to that), with the same care
for what was not sent, and uses the same readers of dates, codes and UPNs. It knows one vendor, has
no provenance, no overlay and no lint: that is what the declarative mapping is compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mappings import convert, settling
from mappings.codesets import CodeTable
from mappings.context import MapContext
from mappings.dates import read_stamp
from mappings.issues import MappingIssue, rejection
from mappings.upn import judge
from mappings.values import ABSENT, clean, is_blank
from mis_bridge.domain.pupil import SCHEMA

Record = dict[str, Any]
Tables = dict[str, CodeTable]
Reader = Callable[[object, str, list[str], list[MappingIssue]], object]

_NEVER = [
    "contacts.address",
    "contacts.preferred_language",
    "correspondence_language",
    "idp",
    "looked_after.care_authority",
    "provision_history",
    "support_levels",
]
_NAMES = (
    ("legal_forename", ("legal_forename", "forename")),
    ("middle_names", ("middle_names",)),
    ("legal_surname", ("legal_surname", "surname")),
    ("preferred_forename", ("forename",)),
    ("preferred_surname", ("surname",)),
)
_NEED_COLUMNS: tuple[tuple[str, str, Reader], ...] = (
    ("rank", "rank", convert.whole),
    ("start", "start_date", convert.date),
    ("end", "end_date", convert.date),
)
_CONTACT_COLUMNS = (
    "name",
    "relationship",
    "parental_responsibility",
    "priority",
    "email",
    "phone",
    "court_order",
)


class _Notes(NamedTuple):
    """What is gathered beside the record."""

    flags: list[str]
    issues: list[MappingIssue]
    missing: list[str]
    on: str
    tables: Tables

    def code(self, value: object, key: str, table: str) -> str | None:
        find = self.tables[table].find
        return convert.code(value, key, find, self.on, "flag", self.flags, self.issues)


def wonde_by_hand(student: Record, context: MapContext, tables: Tables) -> Record:
    """Return the canonical record of one Wonde student; `RecordRejected` as the mapping does."""
    notes = _Notes([], [], list(_NEVER), context.on, tables)
    education = _inside(student, "education_details")
    extended = _inside(student, "extended_details")
    out = _identity(student, education, context, notes)
    _names(student, out, notes)
    _person(student, education, out, notes)
    _places(student, context, out, notes)
    status = _status(extended, notes)
    needs = _needs(student, notes)
    _provision(status, needs, out, notes)
    if needs is not None:
        out["needs"] = settling.settle_needs(needs, notes.on, notes.flags)
    _care(extended, out, notes)
    if "first_language" in extended:
        language = extended["first_language"]
        out["first_language"] = notes.code(language, "first_language", "language")
    else:
        notes.missing.append("first_language")
    contacts = _contacts(student, notes)
    if contacts is not None:
        out["contacts"] = settling.settle_contacts(contacts, notes.flags)
    notes.missing.sort()
    out["not_supplied"] = notes.missing
    out["flags"] = list(dict.fromkeys(notes.flags))
    return out


def _identity(student: Record, education: Record, context: MapContext, notes: _Notes) -> Record:
    record_id = clean(student.get("id"))
    if not isinstance(record_id, str):
        raise rejection("required", "source.record_id", None)
    source = {
        "vendor": context.vendor,
        "school": context.school,
        "record_id": record_id,
        "read_at": context.read_at,
    }
    out: Record = {"schema": SCHEMA, "source": source}
    if "updated_at" in student:
        read_stamp(student["updated_at"])
    out["upn"], out["upn_status"], flag = judge(education.get("upn", ABSENT))
    if flag:
        notes.flags.append(flag)
    if "former_upn" in education:
        former = convert.text(education["former_upn"], "former_upn", notes.flags, notes.issues)
        out["former_upn"] = former
        if former is not None:
            out["former_upn"] = judge(former)[0]
            notes.flags.append("former_upn")
    else:
        notes.missing.append("former_upn")
    if "learner_unique_number" in education:
        number = education["learner_unique_number"]
        out["uln"] = convert.text(number, "uln", notes.flags, notes.issues)
    else:
        notes.missing.append("uln")
    return out


def _names(student: Record, out: Record, notes: _Notes) -> None:
    name: Record = {}
    for key, places in _NAMES:
        value = _first(student, *places)
        if value is ABSENT:
            notes.missing.append(f"name.{key}")
        else:
            name[key] = convert.name(value, f"name.{key}", notes.flags, notes.issues)
    for part in ("forename", "surname"):
        preferred = name.get(f"preferred_{part}")
        if preferred is not None and preferred == name.get(f"legal_{part}"):
            name[f"preferred_{part}"] = None
    if name:
        out["name"] = name
    else:
        notes.missing[:] = [key for key in notes.missing if not key.startswith("name.")]
        notes.missing.append("name")


def _person(student: Record, education: Record, out: Record, notes: _Notes) -> None:
    if "date_of_birth" in student:
        out["dob"] = convert.date(student["date_of_birth"], "dob", notes.flags, notes.issues)
    else:
        notes.missing.append("dob")
    if "gender" in student:
        out["sex"] = notes.code(student["gender"], "sex", "sex")
    else:
        notes.missing.append("sex")
    if "current_nc_year" in education:
        year = education["current_nc_year"]
        out["nc_year"] = convert.year(year, "nc_year", notes.flags, notes.issues)
    else:
        notes.missing.append("nc_year")
    settling.age_flag(out.get("dob"), notes.on, notes.flags)
    known = out["upn_status"] in {"valid", "temporary"}
    if out.get("dob") is None and not known and "name" in out and not any(out["name"].values()):
        raise rejection("nobody", "name", None)


def _places(student: Record, context: MapContext, out: Record, notes: _Notes) -> None:
    places: list[Record] = []
    seen: set[str] = {"end"}
    for row in _rows(student, "education_details") or ():
        if _strange(row, "registrations", notes) or not isinstance(row, dict):
            continue
        status = start = end = None
        if "enrolment_status" in row:
            status = notes.code(row["enrolment_status"], "registrations.status", "registration")
        if "admission_date" in row:
            seen.add("start")
            told = row["admission_date"]
            start = convert.date(told, "registrations.start", notes.flags, notes.issues)
        if "leaving_date" in row:
            told = row["leaving_date"]
            end = convert.date(told, "registrations.end", notes.flags, notes.issues)
        if status is not None and context.school is not None:
            place = {"school": context.school, "status": status, "start": start, "end": end}
            places.append(place)
    if not places:
        notes.missing.append("registrations")
        return
    _drop_unseen(places, "registrations", ("start", "end"), seen, notes)
    out["registrations"] = places


def _status(extended: Record, notes: _Notes) -> Any:
    if "sen_status" not in extended:
        return ABSENT
    raw = convert.raw_code(extended["sen_status"])
    kind = "unknown"
    if raw:
        find = notes.tables["provision"].find
        kind = convert.typed(
            raw, "provision.type", find, notes.on, "flag", notes.flags, notes.issues
        )
    return {"type": kind, "raw_code": raw, "start": ABSENT}


def _provision(status: Any, needs: Any, out: Record, notes: _Notes) -> None:
    inferred = whole = False
    provision = settling.settle_provision(
        status, inferred, ABSENT, whole, None, needs, notes.on, notes.flags
    )
    if not isinstance(provision, dict):
        notes.missing.append("provision")
        return
    del provision["start"]
    notes.missing.append("provision.start")
    out["provision"] = provision


def _needs(student: Record, notes: _Notes) -> list[Record] | None:
    rows = _rows(student, "sen_needs")
    needs: list[Record] = []
    seen: set[str] = {"end"}
    strange = False
    find = notes.tables["need"].find
    for row in rows or ():
        if _strange(row, "needs", notes):
            strange = True
        if not isinstance(row, dict):
            continue
        raw = convert.raw_code(_first(row, "code", "description"))
        need: Record = {"type": "unknown", "raw_code": raw}
        for key, source, reader in _NEED_COLUMNS:
            value = row.get(source, ABSENT)
            if value is ABSENT:
                need[key] = None
            else:
                seen.add(key)
                need[key] = reader(value, f"needs.{key}", notes.flags, notes.issues)
        if raw or need["rank"] is not None or need["start"] is not None or need["end"] is not None:
            need["type"] = convert.typed(
                raw, "needs.type", find, notes.on, "flag", notes.flags, notes.issues
            )
            needs.append(need)
    if rows is None or (strange and not needs):
        notes.missing.append("needs")
        return None
    _drop_unseen(needs, "needs", ("rank", "start"), seen, notes)
    return needs


def _care(extended: Record, out: Record, notes: _Notes) -> None:
    if "in_lea_care" in extended:
        in_care = extended["in_lea_care"]
        told = convert.truth(in_care, "looked_after.in_care", notes.flags, notes.issues)
        out["looked_after"] = {"in_care": told}
    else:
        notes.missing.remove("looked_after.care_authority")
        notes.missing.append("looked_after")


def _contacts(student: Record, notes: _Notes) -> list[Record] | None:
    rows = _rows(student, "contacts")
    contacts: list[Record] = []
    seen: set[str] = set()
    strange = False
    for row in rows or ():
        if _strange(row, "contacts", notes):
            strange = True
        if not isinstance(row, dict):
            continue
        contact = _contact(row, seen, notes)
        if any(value is not None and value != "unknown" for value in contact.values()):
            contacts.append(contact)
    if rows is None or (strange and not contacts):
        notes.missing[:] = [key for key in notes.missing if not key.startswith("contacts.")]
        notes.missing.append("contacts")
        return None
    _drop_unseen(contacts, "contacts", _CONTACT_COLUMNS, seen, notes)
    return contacts


def _contact(row: Record, seen: set[str], notes: _Notes) -> Record:
    tie = _table(row, "relationship")
    details = _inside(row, "contact_details")
    emails, phones = _table(details, "emails"), _table(details, "phones")
    flags, issues = notes.flags, notes.issues
    contact: Record = dict.fromkeys(_CONTACT_COLUMNS)
    contact["relationship"] = "unknown"
    full_name = convert.joined((row.get("forename", ABSENT), row.get("surname", ABSENT)), " ")
    if full_name is not ABSENT:
        seen.add("name")
        contact["name"] = convert.name(full_name, "contacts.name", flags, issues)
    if "relationship" in tie:
        seen.add("relationship")
        find = notes.tables["relationship"].find
        contact["relationship"] = convert.relationship(
            tie["relationship"], "contacts.relationship", find, notes.on, "flag", flags, issues
        )
    if "parental_responsibility" in tie:
        seen.add("parental_responsibility")
        contact["parental_responsibility"] = convert.truth(
            tie["parental_responsibility"], "contacts.parental_responsibility", flags, issues
        )
    if "priority" in tie:
        seen.add("priority")
        contact["priority"] = convert.whole(tie["priority"], "contacts.priority", flags, issues)
    email = _first(emails, "email", "primary")
    if email is not ABSENT:
        seen.add("email")
        contact["email"] = convert.text(email, "contacts.email", flags, issues)
    phone = _first(phones, "phone", "primary")
    if phone is not ABSENT:
        seen.add("phone")
        contact["phone"] = convert.text(phone, "contacts.phone", flags, issues)
    if "court_order" in tie:
        seen.add("court_order")
        order = tie["court_order"]
        contact["court_order"] = convert.truth(order, "contacts.court_order", flags, issues)
    return contact


def _table(tree: Record, key: str) -> Record:
    block = tree.get(key)
    if isinstance(block, list) and len(block) == 1:
        block = block[0]
    return block if isinstance(block, dict) else {}


def _inside(tree: Record, key: str) -> Record:
    block = _table(tree, key)
    return _table(block, "data") if "data" in block else block


def _rows(tree: Record, key: str) -> list[Any] | None:
    block = tree.get(key)
    if isinstance(block, list) and len(block) == 1:
        block = block[0]
    if isinstance(block, dict):
        block = block.get("data", block)
    if block is None or isinstance(block, list):
        return block
    return [] if block == "" else [block]


def _first(tree: Record, *places: str) -> object:
    told: object = ABSENT
    for place in places:
        value = tree.get(place, ABSENT)
        if not is_blank(value):
            return value
        if told is ABSENT:
            told = value
    return told


def _strange(row: object, key: str, notes: _Notes) -> bool:
    if isinstance(row, dict) or row is None or row == "":
        return False
    convert.doubt(key, row, notes.flags, notes.issues)
    return True


def _drop_unseen(
    rows: list[Record], group: str, keys: tuple[str, ...], seen: set[str], notes: _Notes
) -> None:
    for key in keys:
        if rows and key not in seen:
            notes.missing.append(f"{group}.{key}")
            for row in rows:
                del row[key]
