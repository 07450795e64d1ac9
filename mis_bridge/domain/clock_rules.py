"""The lengths of the statutory periods, read from `law/periods.toml`, each with its provision."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from mis_bridge.domain.words import Words


@dataclass(frozen=True, slots=True)
class Period:
    """One period of the law: `count` of `unit` from a trigger, and where it stands.

    `unit` is `school_days`, `fei_term_time_days`, `working_days`, `weeks` or `months`; `doubt` says
    what about it no text read here confirms, None where the period stands in an instrument read.
    """

    id: str
    clock: str
    count: int
    unit: str
    source: str
    doubt: Words | None = None


def _load() -> Mapping[str, Period]:
    text = files("mis_bridge.domain").joinpath("law/periods.toml").read_text(encoding="utf-8")
    return {
        key: Period(
            key,
            row["clock"],
            row["count"],
            row["unit"],
            row["source"],
            None if row["verified"] else Words(row["doubt"]["en"], row["doubt"]["cy"]),
        )
        for key, row in tomllib.loads(text).items()
    }


PERIODS = _load()


def period(rule: str) -> Period:
    """Return the period with the id `rule` (`SCH-35`); KeyError for an unknown one.

    Source: each period carries its own.
    """
    return PERIODS[rule]
