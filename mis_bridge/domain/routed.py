"""What routing answers: who receives a notice, who does not, and why, for every person named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.notice_case import Channel, NoticeLanguage
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_NO_TRACE = Trace()


class Slot(StrEnum):
    """The place in which somebody receives."""

    PERSON = "person"
    PARENT = "parent"
    EXTRA = "extra"


class Why(StrEnum):
    """Why somebody named does not receive."""

    REPLACED = "replaced"
    NOT_VERIFIED = "not_verified"
    NO_DUTY = "no_duty"
    NOT_ENTITLED = "not_entitled"


class Role(StrEnum):
    """In what capacity somebody receives."""

    CHILD = "child"
    YOUNG_PERSON = "young_person"
    PARENT = "parent"
    CASE_FRIEND = "case_friend"
    REPRESENTATIVE = "representative"
    IRO = "iro"
    GOVERNING_BODY = "governing_body"
    PERSON_IN_CHARGE = "person_in_charge"
    OTHER_BODY = "other_body"


@dataclass(frozen=True, slots=True)
class NotSent:
    """Somebody named in the case who does not receive."""

    id: str
    why: Why
    because: Words


@dataclass(frozen=True, slots=True)
class Seat:
    """One place filled by one person; somebody may fill more than one."""

    id: str
    slot: Slot
    role: Role
    because: Words
    in_place_of: str | None = None


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """What one place came to."""

    seats: tuple[Seat, ...] = ()
    not_sent: tuple[NotSent, ...] = ()
    flags: tuple[str, ...] = ()
    trace: Trace = _NO_TRACE

    def __add__(self, other: SlotOutcome) -> SlotOutcome:
        return SlotOutcome(
            self.seats + other.seats,
            self.not_sent + other.not_sent,
            self.flags + other.flags,
            self.trace + other.trace,
        )


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who receives: one entry a person, whatever the number of places filled.

    `in_place_of` is the id of the one replaced in the first of these places, `also_in_place_of` of
    those in the further ones; `content` is what this recipient's copy must contain.
    """

    id: str
    slot: Slot
    in_place_of: str | None
    capacities: tuple[Role, ...]
    channels: tuple[Channel, ...]
    language: NoticeLanguage
    because: Words
    content: tuple[str, ...]
    also_in_place_of: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the entry as `explain` prints it."""
        entry: dict[str, object] = {
            "id": self.id,
            "slot": self.slot.value,
            "in_place_of": self.in_place_of,
            "capacities": [role.value for role in self.capacities],
            "channels": [channel.value for channel in self.channels],
            "language": self.language,
            "because": self.because.en,
            "because_cy": self.because.cy,
            "content": list(self.content),
        }
        if self.also_in_place_of:
            entry["also_in_place_of"] = list(self.also_in_place_of)
        return entry


@dataclass(frozen=True, slots=True)
class Routed:
    """The whole answer. `recipients` and `not_sent` together name everybody in the case, once each.

    `given_on` is None while nothing has been sent, and holds only the days that the way of sending
    settles; `reconsideration_body` is None where no local authority may be asked to look again.
    """

    recipients: tuple[Recipient, ...]
    not_sent: tuple[NotSent, ...]
    flags: tuple[str, ...]
    content: tuple[str, ...]
    trace: Trace
    given_on: dict[str, date] | None = None
    reconsideration_body: str | None = None

    def to_json(self) -> dict[str, object]:
        """Return the answer as `explain` prints it; keys that do not apply are absent."""
        answer: dict[str, object] = {
            "recipients": [recipient.to_json() for recipient in self.recipients],
            "not_sent": [
                {
                    "id": left_out.id,
                    "why": left_out.why.value,
                    "because": left_out.because.en,
                    "because_cy": left_out.because.cy,
                }
                for left_out in self.not_sent
            ],
            "flags": list(self.flags),
            "content": list(self.content),
        }
        if self.given_on is not None:
            answer["given_on"] = {who: day.isoformat() for who, day in self.given_on.items()}
        if self.reconsideration_body is not None:
            answer["reconsideration_body"] = self.reconsideration_body
        return answer
