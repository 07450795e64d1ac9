"""Invented Wonde students for measuring: as many as asked for, all different, nobody real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from mappings.upn import check_letter

_FORENAMES = [
    "Siôn",
    "Mared",
    "Owain",
    "Cadi",
    "Ffion",
    "Tomos",
    "Amira",
    "Iestyn",
    "Lowri",
    "Gethin",
    "Nia",
    "Dylan",
    "Elin",
    "Harri",
]
_SURNAMES = [
    "Prydderch",
    "Rhŷs-Môn",
    "Tomos",
    "Wŷn",
    "Gruffydd",
    "Begum-Hussain",
    "Bŵen",
    "O'Connor",
    "Evans",
    "Lloyd",
]
_STATUSES = ("N", "N", "N", "N", "A", "P", "S", "IS", "IL", "Q")
_NEEDS = ["MLD", "SLD", "DYSL", "ADHD", "ASD", "HI", "VI", "SLCD", "BESD", "OTH"]
_KIN = ("Mother", "Father", "Grandmother", "Foster Carer", "Social Worker")


def wonde_students(count: int, seed: int = 2026) -> Iterator[dict[str, Any]]:
    """Yield students with the includes that the mapping reads."""
    dice = Random(seed)  # noqa: S311 - invented pupils, no secret
    for number in range(count):
        yield _student(dice, number)


def _student(dice: Random, number: int) -> dict[str, Any]:
    forename, surname = dice.choice(_FORENAMES), f"{dice.choice(_SURNAMES)}-{number % 977}"
    age = dice.randrange(4, 18)
    born = date(2024 - age, 9, 1) - timedelta(days=dice.randrange(365))
    return {
        "id": f"A66{number:09d}",
        "upi": f"{dice.getrandbits(128):032x}",
        "mis_id": str(number),
        "initials": forename[0] + surname[0],
        "surname": surname,
        "forename": forename,
        "middle_names": dice.choice((None, "Gŵyn", "Haf", "Wyn")),
        "legal_surname": surname,
        "legal_forename": forename,
        "gender": dice.choice(("MALE", "FEMALE")),
        "date_of_birth": _php(born),
        "restored_at": None,
        "created_at": _php(date(2024, 9, 2)),
        "updated_at": _php(date(2025, 1, 13)),
        "education_details": {"data": _education(number, age)},
        "extended_details": {
            "data": {
                "sen_status": dice.choice(_STATUSES),
                "in_lea_care": dice.random() < 0.02,
                "ever_in_care": False,
                "english_as_additional_language": False,
                "first_language": dice.choice(("Welsh", "English", "Polish")),
                "free_school_meals": False,
                "service_children_indicator": False,
                "premium_pupil_indicator": None,
            }
        },
        "sen_needs": {"data": [_need(dice, rank) for rank in range(1, dice.randrange(1, 4))]},
        "contacts": {"data": [_contact(dice, number, n) for n in range(1, dice.randrange(2, 4))]},
    }


def _education(number: int, age: int) -> dict[str, Any]:
    body = f"6619901{number // 1000 % 100:02d}{number % 1000:03d}"
    return {
        "upn": check_letter(body) + body,
        "former_upn": None,
        "local_upn": None,
        "learner_unique_number": None,
        "admission_date": _php(date(2023, 9, 4)),
        "leaving_date": None,
        "current_nc_year": "R" if age == 4 else str(min(age - 4, 14)),
        "enrolment_status": "C",
    }


def _need(dice: Random, rank: int) -> dict[str, Any]:
    code = dice.choice(_NEEDS)
    start = date(2020, 9, 7) + timedelta(days=dice.randrange(1500))
    return {
        "id": f"SN{dice.getrandbits(32):010d}",
        "code": code,
        "description": code.title(),
        "rank": rank,
        "start_date": _php(start),
        "end_date": None,
    }


def _contact(dice: Random, number: int, priority: int) -> dict[str, Any]:
    forename = dice.choice(_FORENAMES)
    phone = f"07700900{dice.randrange(1000):03d}"
    email = f"{forename.lower()}.{number}.{priority}@example.org"
    return {
        "id": f"C{number}-{priority}",
        "upi": None,
        "mis_id": str(priority),
        "title": "Mrs",
        "forename": forename,
        "surname": dice.choice(_SURNAMES),
        "relationship": {
            "relationship": dice.choice(_KIN),
            "priority": priority,
            "parental_responsibility": dice.random() < 0.8,
            "lives_with_pupil": True,
            "court_order": False,
            "correspondence": True,
            "pupil_report": True,
        },
        "contact_details": {
            "data": {
                "phones": {"phone": phone, "primary": phone, "home": None, "mobile": phone},
                "emails": {"email": email, "primary": email, "home": email, "work": None},
            }
        },
    }


def _php(day: date) -> dict[str, Any]:
    return {
        "date": f"{day.isoformat()} 00:00:00.000000",
        "timezone_type": 3,
        "timezone": "Europe/London",
    }
