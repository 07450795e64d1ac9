"""The demo MIS's interface for other systems, in the shape that Wonde publishes.

Bearer token (or Basic with the token as user name), includes wrapped in `data`, pages that follow
`meta.pagination.next`, `updated_after`, deletions, one pupil. Pages are small, so
that reading a school takes several.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import NoReturn, TypeVar

from flask import Blueprint, Response, abort, jsonify, request, url_for

from mis_bridge.demo.roll import DemoContact, DemoPupil
from mis_bridge.demo.system import LONDON, DemoMis
from mis_bridge.demo.world import DemoSchool
from mis_bridge.domain.words import Words

LARGEST_PAGE = 5
Row = TypeVar("Row")
INCLUDES = frozenset(
    {"education_details", "extended_details", "sen_needs", "contacts", "contacts.contact_details"}
)


def wonde_face(mis: DemoMis) -> Blueprint:
    """Return the interface of this demo MIS as a blueprint below `/v1.0`."""
    face = Blueprint("wonde", __name__, url_prefix="/v1.0")

    def school_of(school_id: str) -> DemoSchool:
        """Return the school whose token the caller holds; anything else is refused alike."""
        token = _token()
        for school in mis.authority.schools:
            if hmac.compare_digest(token.encode(), mis.tokens[school.estab].encode()):
                if school.wonde_id == school_id:
                    return school
                _refuse(403, "This token is for another school")
        _refuse(401, "Invalid or missing token")

    @face.get("/schools/<school_id>")
    def school(school_id: str) -> Response:
        found = school_of(school_id)
        region = {"domain": request.host, "identifier": "DEMO"}
        return jsonify(
            data={
                "id": found.wonde_id,
                "name": found.name.en,
                "establishment_number": found.estab,
                "la_code": found.la,
                "region": region,
            }
        )

    @face.get("/schools/<school_id>/students")
    def students(school_id: str) -> Response:
        found = school_of(school_id)
        included = _included()
        after = _updated_after()
        chosen = [
            pupil
            for pupil in mis.rolls[found.estab].all()
            if after is None or (pupil.updated_at is not None and pupil.updated_at >= after)
        ]
        mis.journal.note(
            "wonde",
            Words(
                "The tool read a page of pupils of {school} ({count} in the selection).",
                "Darllenodd yr offeryn dudalen o ddisgyblion {school} ({count} yn y detholiad).",
            ).fill(school=found.number, count=len(chosen)),
        )
        return _page(chosen, lambda pupil: _student(pupil, included), "wonde.students", school_id)

    @face.get("/schools/<school_id>/students/<record_id>")
    def student(school_id: str, record_id: str) -> Response:
        found = school_of(school_id)
        pupil = mis.rolls[found.estab].get(record_id)
        mis.journal.note(
            "wonde",
            Words(
                "The tool asked {school} for record {record}.",
                "Gofynnodd yr offeryn i {school} am gofnod {record}.",
            ).fill(school=found.number, record=record_id),
        )
        if pupil is None:
            _refuse(404, "Not found")
        return jsonify(data=_student(pupil, _included()))

    @face.get("/schools/<school_id>/deletions")
    @face.get("/schools/<school_id>/deletions/")
    def deletions(school_id: str) -> Response:
        found = school_of(school_id)
        after = _updated_after()
        rows = [
            {"id": record_id, "type": "student", "deleted_at": _moment(at), "restored_at": None}
            for record_id, at in mis.rolls[found.estab].deletions()
            if after is None or at >= after
        ]
        return _page(rows, lambda row: row, "wonde.deletions", school_id)

    return face


def _token() -> str:
    """Return the token of the request: bearer, or the user name of Basic with an empty password."""
    authorization = request.authorization
    if authorization is None:
        return ""
    if authorization.type == "bearer":
        return authorization.token or ""
    return authorization.username or "" if authorization.type == "basic" else ""


def _refuse(status: int, message: str) -> NoReturn:
    answer = jsonify(error=message)
    answer.status_code = status
    abort(answer)


def _included() -> frozenset[str]:
    asked = frozenset(filter(None, request.args.get("include", "").split(",")))
    if asked - INCLUDES:
        _refuse(422, "Invalid include")
    # An include of a level below brings the levels above it.
    return asked | {name.partition(".")[0] for name in asked}


def _updated_after() -> datetime | None:
    """Return the moment of `updated_after`, which is written in the time of the schools."""
    text = request.args.get("updated_after")
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=LONDON)
    except ValueError:
        _refuse(422, "updated_after must be YYYY-MM-DD HH:MM:SS")


def _page(
    rows: Sequence[Row], written: Callable[[Row], Mapping[str, object]], view: str, school_id: str
) -> Response:
    """Answer one page: by number, or with `cursor=true` by a cursor that names where it goes on."""
    size = _number("per_page", LARGEST_PAGE, LARGEST_PAGE)
    by_cursor = "cursor" in request.args
    number = 1 if by_cursor else _number("page", 1, len(rows) // size + 1)
    start = _cursor_start(len(rows)) if by_cursor else (number - 1) * size
    more = start + size < len(rows)
    others = {name: value for name, value in request.args.items() if name not in {"page", "cursor"}}

    def address(page: int) -> str:
        place = {"cursor": f"from-{(page - 1) * size}"} if by_cursor else {"page": str(page)}
        return url_for(view, school_id=school_id, _external=True, **others, **place)

    shown = start // size + 1
    return jsonify(
        data=[written(row) for row in rows[start : start + size]],
        meta={
            "pagination": {
                "next": address(shown + 1) if more else None,
                "previous": address(shown - 1) if shown > 1 else None,
                "more": more,
                "per_page": size,
                "current_page": shown,
            }
        },
    )


def _cursor_start(count: int) -> int:
    cursor = request.args["cursor"]
    place = cursor.removeprefix("from-")
    if cursor == "true":
        return 0
    if cursor == place or not (place.isascii() and place.isdigit()) or int(place) > count:
        _refuse(422, "Invalid cursor")
    return int(place)


def _number(name: str, default: int, largest: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        _refuse(422, f"{name} must be a positive number")
    return min(int(text), largest)


def _student(pupil: DemoPupil, included: frozenset[str]) -> dict[str, object]:
    record: dict[str, object] = {
        "id": pupil.record_id,
        "mis_id": pupil.record_id[-4:],
        "forename": pupil.forename,
        "surname": pupil.surname,
        "legal_forename": pupil.forename,
        "legal_surname": pupil.surname,
        "middle_names": pupil.middle_names,
        "gender": {"M": "MALE", "F": "FEMALE"}.get(pupil.sex, "OTHER"),
        "date_of_birth": _day(pupil.dob),
        "restored_at": None,
        "created_at": _day(pupil.admitted_on),
        "updated_at": _moment(pupil.updated_at) if pupil.updated_at else None,
    }
    if "education_details" in included:
        record["education_details"] = {
            "data": {
                "upn": pupil.upn,
                "former_upn": pupil.former_upn,
                "admission_date": _day(pupil.admitted_on),
                "leaving_date": None,
                "current_nc_year": pupil.nc_year,
                "enrolment_status": pupil.enrolment,
            }
        }
    if "extended_details" in included:
        record["extended_details"] = {
            "data": {
                "sen_status": pupil.sen,
                "in_lea_care": pupil.in_care,
                "ever_in_care": pupil.in_care,
                "first_language": pupil.first_language,
            }
        }
    if "sen_needs" in included:
        record["sen_needs"] = {
            "data": [
                {
                    "id": f"{pupil.record_id}-N{need.rank}",
                    "code": need.code,
                    "rank": need.rank,
                    "start_date": _day(need.start),
                    "end_date": None,
                }
                for need in pupil.needs
            ]
        }
    if "contacts" in included:
        details = "contacts.contact_details" in included
        record["contacts"] = {
            "data": [
                _contact(pupil.record_id, number, contact, details=details)
                for number, contact in enumerate(pupil.contacts, start=1)
            ]
        }
    return record


def _contact(
    record_id: str, number: int, contact: DemoContact, *, details: bool
) -> dict[str, object]:
    record: dict[str, object] = {
        "id": f"{record_id}-C{number}",
        "title": contact.title,
        "forename": contact.forename,
        "surname": contact.surname,
        "relationship": {
            "relationship": contact.relationship,
            "priority": contact.priority,
            "parental_responsibility": contact.pr,
            "lives_with_pupil": contact.lives_with,
            "court_order": contact.court_order,
        },
    }
    if details:
        record["contact_details"] = {
            "data": {
                "phones": {"phone": contact.phone, "primary": contact.phone},
                "emails": {"email": contact.email, "primary": contact.email},
                "addresses": {"home": contact.address},
            }
        }
    return record


def _day(day: date) -> dict[str, object]:
    return _moment(datetime.combine(day, time(), LONDON))


def _moment(at: datetime) -> dict[str, object]:
    """Write a moment as Wonde's interface does: local time with the name of its zone."""
    return {
        "date": f"{at.astimezone(LONDON):%Y-%m-%d %H:%M:%S.%f}",
        "timezone_type": 3,
        "timezone": "Europe/London",
    }
