"""Invented exports for measuring memory: a transfer file, and a register with its contacts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mappings.upn import check_letter

_FORENAMES: Final = ("Siôn", "Mared", "Owain", "Cadi", "Ffion", "Tomos", "Amira", "Nia")
_SURNAMES: Final = ("Prydderch", "Rhŷs-Môn", "Tomos", "Wŷn", "Gruffydd", "O'Connor", "Evans")
_STATUSES: Final = (("N", "No SEN"), ("A", "School Action"), ("P", "School Action Plus"))
_NEEDS: Final = ("DYSL", "ADHD", "ASD", "SLCD", "HI")
_REGISTER: Final = (
    "Adno", "UPN", "Legal Surname", "Legal Forename", "DoB", "Sex", "Year",
    "SEN Status", "SEN Status Start", "SEN Status End",
    "Need Type", "Need Ranking", "Need Start", "Need End", "In Care",
)  # fmt: skip
_CONTACTS: Final = ("Adno", "Priority", "Contact Name", "Relationship", "Parental Responsibility")


@dataclass(frozen=True, slots=True)
class _Pupil:
    number: int

    @property
    def upn(self) -> str:
        body = f"661{self.number // 100_000:04d}{self.number % 100_000:05d}"
        return f"{check_letter(body)}{body}"

    @property
    def names(self) -> tuple[str, str]:
        surname = _SURNAMES[self.number % len(_SURNAMES)]
        return _FORENAMES[self.number % len(_FORENAMES)], f"{surname}-{self.number % 977}"

    @property
    def needs(self) -> list[str]:
        return [_NEEDS[(self.number + rank) % len(_NEEDS)] for rank in range(self.number % 3)]

    @property
    def status(self) -> tuple[str, str]:
        return _STATUSES[self.number % len(_STATUSES)]


def write_transfer_file(path: Path, pupils: int) -> None:
    """Write a Common Transfer File of so many pupils."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<CTfile><Header/><CTFpupilData>\n')
        for number in range(pupils):
            file.write(_element(_Pupil(number)))
        file.write("</CTFpupilData></CTfile>\n")


def _element(pupil: _Pupil) -> str:
    forename, surname = pupil.names
    needs = "".join(
        f"<SENneed><SENtypeRank>{rank}</SENtypeRank><SENtype>{need}</SENtype></SENneed>"
        for rank, need in enumerate(pupil.needs, start=1)
    )
    return (
        f"<Pupil><UPN>{pupil.upn}</UPN><Surname>{surname}</Surname><Forename>{forename}</Forename>"
        f"<DOB>2014-02-17</DOB><Gender>F</Gender>"
        "<BasicDetails><NCyearActual>6</NCyearActual></BasicDetails>"
        "<LookedAfter><InCare>false</InCare></LookedAfter>"
        "<SENhistory><SEN><StartDate>2023-09-11</StartDate>"
        f"<SENprovision>{pupil.status[0]}</SENprovision></SEN><SENneeds>{needs}</SENneeds>"
        "</SENhistory><Contacts><Contact><Order>1</Order><Surname>Puw</Surname>"
        "<Forename>Mair</Forename><Relationship>MOT</Relationship>"
        "<Responsibility>true</Responsibility></Contact></Contacts></Pupil>\n"
    )


def write_register(folder: Path, pupils: int) -> tuple[Path, Path]:
    """Write a report of so many pupils, one row a need, and the report of their contacts."""
    register, contacts = folder / "register.csv", folder / "contacts.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_REGISTER)
        for number in range(pupils):
            writer.writerows(_rows(_Pupil(number)))
    with contacts.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_CONTACTS)
        # In another order than the register, as two reports are.
        for number in reversed(range(pupils)):
            writer.writerow((f"{number:06d}", 1, "Mrs Mair Puw", "Mother", "T"))
    return register, contacts


def _rows(pupil: _Pupil) -> Iterator[tuple[str, ...]]:
    forename, surname = pupil.names
    who = (f"{pupil.number:06d}", pupil.upn, surname, forename, "17/02/2014", "Female", "Year  6")
    status = (pupil.status[1], "11/09/2023", "")
    for rank, need in enumerate(pupil.needs or [""], start=1):
        yield (*who, *status, need, str(rank) if need else "", "", "", "No")
