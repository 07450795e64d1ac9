"""The first steps of a task's trace: which record said what, and since when the school knew."""

from __future__ import annotations

from datetime import date

from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.register import RegisterChange
from mis_bridge.domain.register_words import code_words
from mis_bridge.domain.trace import Fact, Trace
from mis_bridge.domain.words import Words

_ATTENTION = "2018 Act s.11(1); ALN Code 2021 12.12, 12.21"

_CHANGED = Words(
    "Record {record} of {vendor} now says: {after}; before: {before}.",
    "Mae cofnod {record} o {vendor} yn dweud bellach: {after}; cynt: {before}.",
)
_SINCE = Words(
    "Record {record} of {vendor} now says: {after}, since {since}; before: {before}.",
    "Mae cofnod {record} o {vendor} yn dweud bellach: {after}, ers {since}; cynt: {before}.",
)
_CONFIRMED = Words(
    "It came to the school's attention on {on}; that day is not counted.",
    "Tynnwyd sylw'r ysgol ato ar {on}; ni chyfrifir y diwrnod hwnnw.",
)
_RECEIVED = Words(
    "The source does not say when it came to attention; {on}, the day of receipt, is used until a "
    "person confirms it. That day is not counted.",
    "Nid yw'r ffynhonnell yn dweud pryd y tynnwyd sylw ato; defnyddir {on}, diwrnod ei dderbyn, "
    "hyd nes y bydd person yn ei gadarnhau. Ni chyfrifir y diwrnod hwnnw.",
)
_EARLIER = Words(
    "the source dates the entry from {since}: if the school knew then, the period began then",
    "mae'r ffynhonnell yn dyddio'r cofnod o {since}: os gwyddai'r ysgol bryd hynny, dechreuodd y "
    "cyfnod bryd hynny",
)
_UNCONFIRMED = Words(
    "the day on which it came to attention is to be confirmed",
    "mae'r diwrnod y tynnwyd sylw ato i'w gadarnhau",
)


def record_step(pupil: Pupil, change: RegisterChange) -> Trace:
    """Return the step that names the source record and what it says.

    Source: 2018 Act s.11(1) (a record is one of the channels by which a matter comes to attention).
    """
    wording = _CHANGED if change.since is None else _SINCE
    because = wording.fill(
        record=pupil.source.record_id,
        vendor=pupil.source.vendor,
        after=code_words(change.after),
        before=code_words(change.before),
        since=change.since,
    )
    return Trace().step(
        "SOURCE-RECORD",
        because,
        "2018 Act s.11(1)",
        {
            "vendor": pupil.source.vendor,
            "record_id": pupil.source.record_id,
            "school": pupil.source.school,
            "change": change.kind.value,
            "trigger": change.trigger,
            "since": change.since.isoformat() if change.since else None,
        },
    )


def noticed_step(on: date, since: date | None, *, confirmed: bool) -> Trace:
    """Return the step that dates the trigger, with a doubt where only the receipt is known.

    Source: 2018 Act s.11(1) (brought to attention, or otherwise appears).
    """
    facts: dict[str, Fact] = {"noticed_on": on.isoformat(), "confirmed": confirmed}
    wording = _CONFIRMED if confirmed else _RECEIVED
    trace = Trace().step("NOTICED", wording.fill(on=on), _ATTENTION, facts)
    if confirmed:
        return trace
    if since is not None and since < on:
        return trace.doubt("trigger_on", _EARLIER.fill(since=since))
    return trace.doubt("trigger_on", _UNCONFIRMED)
