"""The statutory periods, read from `law/periods.toml`, each with the provision it stands on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from mis_bridge.domain.words import Words


class Unit(StrEnum):
    """What a period is counted in."""

    SCHOOL_DAYS = "school_days"
    FEI_TERM_TIME_DAYS = "fei_term_time_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"


class DayOne(StrEnum):
    """Which day is day 1 of a period."""

    AFTER = "after"
    SAME = "same"
    TRIBUNAL = "tribunal"


class Ends(StrEnum):
    """What the last day in time is, when the last day of the period is known."""

    PLAIN = "plain"
    WORKING_DAY = "working_day"
    TRIBUNAL = "tribunal"


class ExcuseKind(StrEnum):
    """What a provision accepts as a reason for lateness."""

    BEYOND_CONTROL = "beyond_control"
    EXCEPTIONAL = "exceptional"


@dataclass(frozen=True, slots=True)
class Excuse:
    """A provision that excuses lateness; it is recorded by a person, and never moves the date."""

    by: str
    kind: ExcuseKind


@dataclass(frozen=True, slots=True)
class Period:
    """One period of the law: `count` of `unit`, None where its length is not known.

    `doubt` says what about it no text read confirms, None where it stands in an instrument read.
    """

    id: str
    clock: str
    count: int | None
    unit: Unit
    day_one: DayOne
    ends: Ends
    source: str
    excused: Excuse | None = None
    doubt: Words | None = None


def _load() -> Mapping[str, Period]:
    text = files("mis_bridge.domain").joinpath("law/periods.toml").read_text(encoding="utf-8")
    return {
        key: Period(
            id=key,
            clock=row["clock"],
            count=row.get("count"),
            unit=Unit(row["unit"]),
            day_one=DayOne(row["day_one"]),
            ends=Ends(row["ends"]),
            source=row["source"],
            excused=(
                Excuse(row["excused"]["by"], ExcuseKind(row["excused"]["kind"]))
                if "excused" in row
                else None
            ),
            doubt=Words(row["doubt"]["en"], row["doubt"]["cy"]) if "doubt" in row else None,
        )
        for key, row in tomllib.loads(text).items()
    }


PERIODS = _load()


def period(rule: str) -> Period:
    """Return the period with the id `rule` (`SCH-35`); KeyError for an unknown one.

    Source: each period carries its own.
    """
    return PERIODS[rule]
