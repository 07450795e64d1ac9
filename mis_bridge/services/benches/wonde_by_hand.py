"""The peer of the mapping benchmark: what a programmer would write for this one vendor by hand.

It gives the same record as the shipped mapping (a test holds it to that), with the same care for
what was not sent, and uses the same readers of dates, codes and UPNs. It knows one vendor, has no
provenance, no overlay and no lint: that is what the declarative mapping is compared with.
"""

from __future__ import annotations

from typing import Any

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

_NEVER = [
    "contacts.address",
    "contacts.preferred_language",
    "correspondence_language",
    "idp",
    "looked_after.care_authority",
    "provision_history",
    "support_levels",
]


def wonde_by_hand(student: Record, context: MapContext, tables: Tables) -> Record:
    """Return the canonical record of one Wonde student."""
    flags: list[str] = []
    issues: list[MappingIssue] = []
    missing = list(_NEVER)
    on = context.on
    education = _inside(student, "education_details")
    extended = _inside(student, "extended_details")

    record_id = clean(student.get("id"))
    out: Record = {
        "schema": SCHEMA,
        "source": {
            "vendor": context.vendor,
            "school": context.school,
            "record_id": record_id,
            "read_at": context.read_at,
        },
    }
    if "updated_at" in student:
        read_stamp(student["updated_at"])

    out["upn"], out["upn_status"], flag = judge(education.get("upn", ABSENT))
    if flag:
        flags.append(flag)
    if "former_upn" in education:
        out["former_upn"] = convert.text(education["former_upn"], "former_upn", flags, issues)
        if out["former_upn"] is not None:
            out["former_upn"] = judge(out["former_upn"])[0]
            flags.append("former_upn")
    else:
        missing.append("former_upn")
    if "learner_unique_number" in education:
        out["uln"] = convert.text(education["learner_unique_number"], "uln", flags, issues)
    else:
        missing.append("uln")

    name: Record = {}
    for key, places in _NAMES:
        value = _first(student, *places)
        if value is ABSENT:
            missing.append(f"name.{key}")
        else:
            name[key] = convert.name(value, f"name.{key}", flags, issues)
    for part in ("forename", "surname"):
        preferred = name.get(f"preferred_{part}")
        if preferred is not None and preferred == name.get(f"legal_{part}"):
            name[f"preferred_{part}"] = None
    if name:
        out["name"] = name
    else:
        missing = [key for key in missing if not key.startswith("name.")] + ["name"]

    if "date_of_birth" in student:
        out["dob"] = convert.date(student["date_of_birth"], "dob", flags, issues)
    else:
        missing.append("dob")
    if "gender" in student:
        find = tables["sex"].find
        out["sex"] = convert.code(student["gender"], "sex", find, on, "flag", flags, issues)
    else:
        missing.append("sex")
    if "current_nc_year" in education:
        out["nc_year"] = convert.year(education["current_nc_year"], "nc_year", flags, issues)
    else:
        missing.append("nc_year")
    settling.age_flag(out.get("dob"), on, flags)
    if out.get("dob") is None and not any(name.values()) and out["upn_status"] == "missing":
        raise rejection("nobody", "name", None)

    place = _registration(education, context, tables, missing, flags, issues)
    if place is not None:
        out["registrations"] = [place]
    status = _status(extended, on, tables, flags, issues)
    needs = _needs(student, on, tables, missing, flags, issues)
    provision = settling.settle_provision(status, False, ABSENT, False, None, needs, on, flags)
    if isinstance(provision, dict):
        del provision["start"]
        missing.append("provision.start")
        if provision["raw_code"] is None and provision["type"] == "none":
            del provision["raw_code"]
            missing.append("provision.raw_code")
        out["provision"] = provision
    else:
        missing.append("provision")
    if needs is not None:
        out["needs"] = settling.settle_needs(needs, on, flags)
    if "in_lea_care" in extended:
        in_care = convert.truth(extended["in_lea_care"], "looked_after.in_care", flags, issues)
        out["looked_after"] = {"in_care": in_care}
    else:
        missing.remove("looked_after.care_authority")
        missing.append("looked_after")
    if "first_language" in extended:
        find = tables["language"].find
        out["first_language"] = convert.code(
            extended["first_language"], "first_language", find, on, "flag", flags, issues
        )
    else:
        missing.append("first_language")
    contacts = _contacts(student, on, tables, missing, flags, issues)
    if contacts is not None:
        out["contacts"] = settling.settle_contacts(contacts, flags)

    missing.sort()
    out["not_supplied"] = missing
    out["flags"] = list(dict.fromkeys(flags))
    return out


_NAMES = (
    ("legal_forename", ("legal_forename", "forename")),
    ("middle_names", ("middle_names",)),
    ("legal_surname", ("legal_surname", "surname")),
    ("preferred_forename", ("forename",)),
    ("preferred_surname", ("surname",)),
)


def _inside(tree: Record, key: str) -> Record:
    block = tree.get(key)
    if isinstance(block, dict):
        block = block.get("data", block)
    return block if isinstance(block, dict) else {}


def _rows(tree: Record, key: str) -> list[Any] | None:
    block = tree.get(key)
    if isinstance(block, dict):
        block = block.get("data", block)
    if isinstance(block, dict):
        return [block]
    return block if isinstance(block, list) else None


def _first(tree: Record, *places: str) -> object:
    told: object = ABSENT
    for place in places:
        value = tree.get(place, ABSENT)
        if not is_blank(value):
            return value
        if told is ABSENT:
            told = value
    return told


def _registration(
    education: Record,
    context: MapContext,
    tables: Tables,
    missing: list[str],
    flags: list[str],
    issues: list[MappingIssue],
) -> Record | None:
    status = None
    if "enrolment_status" in education:
        find = tables["registration"].find
        status = convert.code(
            education["enrolment_status"],
            "registrations.status",
            find,
            context.on,
            "flag",
            flags,
            issues,
        )
    if status is None or context.school is None:
        missing.append("registrations")
        return None
    place: Record = {"school": context.school, "status": status}
    for key, source in (("start", "admission_date"), ("end", "leaving_date")):
        if source in education:
            place[key] = convert.date(education[source], f"registrations.{key}", flags, issues)
        else:
            missing.append(f"registrations.{key}")
    return place


def _status(
    extended: Record, on: str, tables: Tables, flags: list[str], issues: list[MappingIssue]
) -> Any:
    if "sen_status" not in extended:
        return ABSENT
    raw = convert.raw_code(extended["sen_status"])
    kind = "unknown"
    if raw:
        find = tables["provision"].find
        kind = convert.typed(raw, "provision.type", find, on, "flag", flags, issues)
    return {"type": kind, "raw_code": raw, "start": ABSENT}


def _needs(
    student: Record,
    on: str,
    tables: Tables,
    missing: list[str],
    flags: list[str],
    issues: list[MappingIssue],
) -> list[Record] | None:
    rows = _rows(student, "sen_needs")
    if rows is None:
        missing.append("needs")
        return None
    find = tables["need"].find
    needs: list[Record] = []
    seen: set[str] = set()
    for row in rows:
        if not isinstance(row, dict):
            if row not in {None, ""}:
                convert.doubt("needs", row, flags, issues)
            continue
        raw = convert.raw_code(_first(row, "code", "description"))
        need: Record = {"type": "unknown", "raw_code": raw}
        for key, source, reader in _NEED_COLUMNS:
            value = row.get(source, ABSENT)
            if value is ABSENT:
                need[key] = None
            else:
                seen.add(key)
                need[key] = reader(value, f"needs.{key}", flags, issues)
        if not raw and need["rank"] is None and need["start"] is None and need["end"] is None:
            continue
        need["type"] = convert.typed(raw, "needs.type", find, on, "flag", flags, issues)
        needs.append(need)
    _drop_unseen(needs, "needs", [key for key, _, _ in _NEED_COLUMNS], seen, missing)
    return needs


_NEED_COLUMNS: tuple[tuple[str, str, Any], ...] = (
    ("rank", "rank", convert.whole),
    ("start", "start_date", convert.date),
    ("end", "end_date", convert.date),
)


def _contacts(
    student: Record,
    on: str,
    tables: Tables,
    missing: list[str],
    flags: list[str],
    issues: list[MappingIssue],
) -> list[Record] | None:
    rows = _rows(student, "contacts")
    if rows is None:
        missing[:] = [key for key in missing if not key.startswith("contacts.")]
        missing.append("contacts")
        return None
    find = tables["relationship"].find
    contacts: list[Record] = []
    seen: set[str] = set()
    for row in rows:
        if not isinstance(row, dict):
            if row not in {None, ""}:
                convert.doubt("contacts", row, flags, issues)
            continue
        tie = row.get("relationship")
        tie = tie if isinstance(tie, dict) else {}
        details = _inside(row, "contact_details")
        emails, phones = details.get("emails"), details.get("phones")
        emails = emails if isinstance(emails, dict) else {}
        phones = phones if isinstance(phones, dict) else {}
        contact: Record = {}
        full_name = convert.joined((row.get("forename", ABSENT), row.get("surname", ABSENT)), " ")
        if full_name is ABSENT:
            contact["name"] = None
        else:
            seen.add("name")
            contact["name"] = convert.name(full_name, "contacts.name", flags, issues)
        if "relationship" in tie:
            seen.add("relationship")
            contact["relationship"] = convert.relationship(
                tie["relationship"], "contacts.relationship", find, on, "flag", flags, issues
            )
        else:
            contact["relationship"] = None
        for key, value, reader in (
            (
                "parental_responsibility",
                tie.get("parental_responsibility", ABSENT),
                convert.truth,
            ),
            ("priority", tie.get("priority", ABSENT), convert.whole),
            ("email", _first(emails, "email", "primary"), convert.text),
            ("phone", _first(phones, "phone", "primary"), convert.text),
            ("court_order", tie.get("court_order", ABSENT), convert.truth),
        ):
            if value is ABSENT:
                contact[key] = None
            else:
                seen.add(key)
                contact[key] = reader(value, f"contacts.{key}", flags, issues)
        if all(value in {None, "unknown"} for value in contact.values()):
            continue
        contacts.append(contact)
    _drop_unseen(contacts, "contacts", _CONTACT_COLUMNS, seen, missing)
    return contacts


_CONTACT_COLUMNS = [
    "name",
    "relationship",
    "parental_responsibility",
    "priority",
    "email",
    "phone",
    "court_order",
]


def _drop_unseen(
    rows: list[Record], group: str, keys: list[str], seen: set[str], missing: list[str]
) -> None:
    if not rows:
        return
    for key in keys:
        if key not in seen:
            missing.append(f"{group}.{key}")
            for row in rows:
                del row[key]
