"""The demo MIS as one thing: its schools' rolls, its sender, its LTI platform and its journal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mis_bridge.demo.journal import Journal
from mis_bridge.demo.platform import Platform
from mis_bridge.demo.roll import Edit, Roll, Told
from mis_bridge.demo.sender import Sender, event_body
from mis_bridge.demo.world import Authority, DemoSchool
from mis_bridge.domain.words import Words

LONDON = ZoneInfo("Europe/London")


class DemoMis:
    """What the pages, the Wonde-shaped interface and the story share.

    `origin` is the demo MIS's own address, `http://localhost:PORT`; `tool` that of mis_bridge.
    """

    def __init__(
        self, authority: Authority, *, origin: str, tool: str, clock: Callable[[], datetime]
    ) -> None:
        self.authority = authority
        self.origin = origin
        self.tool = tool
        self.clock = clock
        self.journal = Journal(clock)
        self.sender = Sender(self.journal, clock)
        self.platform = Platform(authority, issuer=origin, tool=tool, clock=clock)
        before = datetime.combine(self.today() - timedelta(days=1), time(6), UTC)
        self.rolls = {school.estab: Roll(school.pupils, before) for school in authority.schools}
        self.tokens = {school.estab: secrets.token_urlsafe(32) for school in authority.schools}

    def today(self) -> date:
        """Return today's date where the schools are."""
        return self.clock().astimezone(LONDON).date()

    def edit(self, school: DemoSchool, record_id: str, edit: Edit, noticed_on: date) -> list[str]:
        """Change a record and send what changed; returns the ids of the events.

        Raises KeyError when nobody on that school's roll has the id.
        """
        told = self.rolls[school.estab].edit(record_id, edit, self.clock())
        return [self._tell(school, record_id, one, noticed_on) for one in told]

    def leave(self, school: DemoSchool, record_id: str) -> str:
        """Take a pupil off a roll and send that; returns the id of the event."""
        told = self.rolls[school.estab].leave(record_id, self.clock())
        return self._tell(school, record_id, told, self.today())

    def _tell(self, school: DemoSchool, record_id: str, told: Told, noticed_on: date) -> str:
        body = event_body(
            told,
            school=school.number,
            record_id=record_id,
            noticed_on=noticed_on,
            at=self.clock(),
        )
        event_id = self.sender.send(school.number, body)
        self.journal.note(
            "edit",
            Words(
                "Record {record} at {school} was changed ({parts}): event {id}, {type}.",
                "Newidiwyd cofnod {record} yn {school} ({parts}): digwyddiad {id}, {type}.",
            ).fill(
                record=record_id,
                school=school.number,
                parts=", ".join(told.changed),
                id=event_id,
                type=told.type,
            ),
        )
        return event_id
