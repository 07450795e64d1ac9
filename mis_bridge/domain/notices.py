"""Every notice and copy that the law lays down: its giver, its recipients, its content."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class Giver(StrEnum):
    """A body that gives notices. A pupil referral unit is a maintained school."""

    MAINTAINED_SCHOOL = "maintained_school"
    FEI = "fei"
    LOCAL_AUTHORITY = "local_authority"
    LOOKING_AFTER_LA = "looking_after_la"
    HOME_AUTHORITY = "home_authority"
    NHS_BODY = "nhs_body"

    @property
    def is_school_or_fei(self) -> bool:
        """Say whether the body is one at which learners are registered or enrolled."""
        return self in {Giver.MAINTAINED_SCHOOL, Giver.FEI}


class Place(StrEnum):
    """A place that a notice fills; the first two belong to the family, the others are extra."""

    PERSON = "person"
    PARENTS = "parents"
    IRO = "iro"
    GOVERNING_BODY = "governing_body"
    PERSON_IN_CHARGE = "person_in_charge"
    OTHER_BODY = "other_body"


class SlotRule(StrEnum):
    """How the family's places are filled.

    Source: 2018 anaw 2 ss.9, 84, 85; S.I. 2021/401 regs 35-38; S.I. 2021/1243 art. 23.
    """

    CAPACITY = "capacity"
    CONVERSION = "conversion"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class NoticeEvent:
    """One row of the table of notices.

    `limit` holds clock ids (`SCH-35`) or a word where the law counts no days; `blocks_by` adds
    content that depends on the giver, `blocks_for` replaces the content for one extra place.
    `only` names the kind of person whom the provision concerns, None for both. `falls_away` marks
    what a school or FEI does not owe a looked after child or a detained person; `for_looked_after`
    is the row that takes the place of a local authority's own for a looked after child.
    `reconsidered` marks what the local authority may be asked to look at again when a maintained
    school gave it; `appeal_inferred` that the right of appeal against it was not read in terms.
    """

    id: str
    section: str
    title: Words
    giver: tuple[Giver, ...]
    to: tuple[Place, ...]
    blocks: tuple[str, ...]
    limit: tuple[str, ...]
    source: str
    rule: SlotRule
    blocks_by: Mapping[Giver, tuple[str, ...]]
    blocks_for: Mapping[Place, tuple[str, ...]]
    only: str | None
    falls_away: bool
    iro_from_la_only: bool
    reconsidered: bool
    for_looked_after: str | None
    appeal_inferred: bool
    content_source: str
    is_law: bool

    def content(self, by: Giver | None) -> tuple[str, ...]:
        """Return the content blocks of the family's copy when `by` gives the notice.

        Source: the provision of this event; S.I. 2021/401 regs 10(5), 18(6); 2018 anaw 2 s.70(1)
        (a maintained school's decision goes to the local authority, never straight to the
        Tribunal).
        """
        return self.blocks + (self.blocks_by.get(by, ()) if by is not None else ())


class UnknownEvent(Problem):
    """The table of notices has no such event."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "There is no such notice in the table of notices; use one of its event ids.",
                "Nid oes hysbysiad o'r fath yn y tabl hysbysiadau; defnyddiwch un o'i ddynodwyr.",
            )
        )


def _row(event_id: str, row: Mapping[str, Any]) -> NoticeEvent:
    return NoticeEvent(
        id=event_id,
        section=row["section"],
        title=Words(row["title"]["en"], row["title"]["cy"]),
        giver=tuple(Giver(giver) for giver in row["giver"]),
        to=tuple(Place(place) for place in row["to"]),
        blocks=tuple(row["blocks"]),
        limit=tuple(row["limit"]),
        source=row["source"],
        rule=SlotRule(row["rule"]),
        blocks_by=MappingProxyType(
            {Giver(by): tuple(blocks) for by, blocks in row.get("blocks_by", {}).items()}
        ),
        blocks_for=MappingProxyType(
            {Place(place): tuple(blocks) for place, blocks in row.get("blocks_for", {}).items()}
        ),
        only=row.get("only"),
        falls_away=row.get("falls_away", False),
        iro_from_la_only=row.get("iro_from_la_only", False),
        reconsidered=row.get("reconsidered", False),
        for_looked_after=row.get("for_looked_after"),
        appeal_inferred=row.get("appeal_inferred", False),
        content_source=row.get("content_source", row["source"]),
        is_law=row.get("standing", "law") == "law",
    )


_TABLE: Mapping[str, NoticeEvent] = MappingProxyType(
    {
        event_id: _row(event_id, row)
        for event_id, row in tomllib.loads(
            files("mis_bridge.domain").joinpath("law/notices.toml").read_text(encoding="utf-8")
        ).items()
    }
)


def event(event_id: str) -> NoticeEvent:
    """Return the row of `event_id`; raises `UnknownEvent`.

    Source: the `source` of the row.
    """
    try:
        return _TABLE[event_id]
    except KeyError:
        raise UnknownEvent from None


def events() -> tuple[NoticeEvent, ...]:
    """Return every row, in the order of the Act.

    Source: the `source` of each row.
    """
    return tuple(_TABLE.values())
