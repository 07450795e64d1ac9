"""`explain` asked for a transition: the facts in, the law that applied and since when out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mis_bridge.domain.schedule_rules import Body, System
from mis_bridge.domain.transition import transition
from mis_bridge.domain.transition_case import (
    Appeal,
    EventKind,
    Happening,
    NoticeGiven,
    NoticeKind,
    ProvisionCode,
    SchoolKind,
    TransitionCase,
)
from mis_bridge.domain.transition_snapshots import SNAPSHOTS
from mis_bridge.domain.words import Words
from mis_bridge.domain.year_groups import GROUPS, YearGroups, named_school_year, school_year_of
from mis_bridge.services.explain.cases import (
    Answer,
    BadCase,
    Facts,
    day,
    day_of,
    known_keys,
    listed,
    member_of,
    nested,
    object_of,
    one_of,
    text,
    truth,
)
from mis_bridge.services.explain.transition_result import result_of

_CURRENT = "current"
_SPECIALIST = "ispi"
_KEYS = frozenset(
    {
        "on", "dob", "school_kind", "school_kind_at", "nc_year", "nc_school_year", "year_groups",
        "provision", "first_identified", "looked_after", "dual_registered", "detained",
        "in_area_of_english_la", "la_in_wales_responsible", "lacks_capacity", "already_in_system",
        "placement", "given", "notices", "events", "appeal",
    }
)  # fmt: skip
_NOT_A_SCHOOL_YEAR = Words(
    "not a school year as 2021-2022", "nid yw'n flwyddyn ysgol fel 2021-2022"
)
_NOT_A_SNAPSHOT = Words(
    "not one of: 2021-09-01, 2022-01-01, 2022-09-01, current",
    "nid yw'n un o: 2021-09-01, 2022-01-01, 2022-09-01, current",
)


def answer(given: Facts, _calendars: Mapping[str, object]) -> Answer:
    """Answer which law applied; no calendar is part of the question. Raises `BadCase`."""
    found = transition(read_case(given))
    return Answer(result_of(found), found.trace)


def read_case(given: Facts) -> TransitionCase:
    """Read the facts of one pupil; absent and null both mean not known. Raises `BadCase`."""
    known_keys(given, _KEYS)
    on = day(given, "on")
    dob = day(given, "dob")
    at_snapshots, current = _provisions(given)
    return TransitionCase(
        on=on,
        dob=dob,
        groups=_year_groups(given, dob, on),
        school_kind=member_of(given, "school_kind", SchoolKind),
        school_kind_at=_school_kinds(given, on),
        provisions=at_snapshots,
        current=current,
        first_identified_on=day(given, "first_identified"),
        looked_after=truth(given, "looked_after"),
        dual_registered=truth(given, "dual_registered"),
        detained=truth(given, "detained"),
        in_area_of_english_la=truth(given, "in_area_of_english_la"),
        la_in_wales_responsible=truth(given, "la_in_wales_responsible"),
        lacks_capacity=truth(given, "lacks_capacity"),
        already_in=member_of(given, "already_in_system", System),
        specialist_post_16=one_of(given, "placement", {_SPECIALIST}) is not None,
        notices=_notices(given),
        happenings=_happenings(given),
        appeal=_appeal(given),
        stipulated=text(given, "given"),
    )


def _year_groups(given: Facts, dob: date | None, on: date | None) -> YearGroups:
    recorded: dict[int, int] = {}
    further = nested(given, "year_groups") or {}
    for name in further:
        year_of = _school_year(name, f"year_groups.{name}")
        group = one_of(further, name, GROUPS, "year_groups")
        if group is not None:
            recorded[year_of] = GROUPS[group]
    group = one_of(given, "nc_year", GROUPS)
    name_of_year = text(given, "nc_school_year")
    year = None if name_of_year is None else _school_year(name_of_year, "nc_school_year")
    if group is not None and year is not None:
        recorded.setdefault(year, GROUPS[group])
    return YearGroups(
        dob=dob,
        recorded=recorded,
        undated=GROUPS[group] if group is not None and year is None else None,
        undated_year=None if on is None else school_year_of(on),
    )


def _school_year(name: str, place: str) -> int:
    try:
        return named_school_year(name)
    except ValueError:
        raise BadCase(place, _NOT_A_SCHOOL_YEAR) from None


def _school_kinds(given: Facts, on: date | None) -> dict[date, SchoolKind]:
    kinds: dict[date, SchoolKind] = {}
    at = nested(given, "school_kind_at") or {}
    for name in at:
        place = f"school_kind_at.{name}"
        when = on if name == _CURRENT else day_of(name, place)
        kind = member_of(at, name, SchoolKind, "school_kind_at")
        if when is not None and kind is not None:
            kinds[when] = kind
    return kinds


_Codes = frozenset[ProvisionCode]


def _provisions(given: Facts) -> tuple[dict[date, _Codes], _Codes]:
    recorded: dict[date, _Codes] = {}
    current: _Codes = frozenset()
    by_name = {at.isoformat(): at for at in SNAPSHOTS}
    provision = nested(given, "provision") or {}
    for name in provision:
        if name not in by_name and name != _CURRENT:
            raise BadCase(f"provision.{name}", _NOT_A_SNAPSHOT)
        codes = _codes(provision, name)
        if name == _CURRENT:
            current = codes
        elif codes:
            recorded[by_name[name]] = codes
    return recorded, current


def _codes(provision: Facts, name: str) -> _Codes:
    if not isinstance(provision[name], list):
        one = member_of(provision, name, ProvisionCode, "provision")
        return frozenset() if one is None else frozenset({one})
    numbered = {str(at): code for at, code in enumerate(listed(provision, name, "provision"))}
    read = (member_of(numbered, at, ProvisionCode, f"provision.{name}") for at in numbered)
    return frozenset(code for code in read if code is not None)


def _notices(given: Facts) -> tuple[NoticeGiven, ...]:
    read = []
    for number, value in enumerate(listed(given, "notices")):
        place = f"notices.{number}"
        notice = object_of(value, place)
        known_keys(notice, {"type", "date", "given_by"}, place)
        kind = member_of(notice, "type", NoticeKind, place)
        on = day(notice, "date", place)
        by = member_of(notice, "given_by", Body, place)
        if kind is not None and on is not None:
            read.append(NoticeGiven(on, kind, by))
    return tuple(read)


def _happenings(given: Facts) -> tuple[Happening, ...]:
    read = []
    for number, value in enumerate(listed(given, "events")):
        place = f"events.{number}"
        event = object_of(value, place)
        known_keys(event, {"type", "date", "reason"}, place)
        kind = member_of(event, "type", EventKind, place)
        on = day(event, "date", place)
        reason = text(event, "reason", place)
        if kind is not None and on is not None:
            read.append(Happening(on, kind, reason))
    return tuple(read)


def _appeal(given: Facts) -> Appeal | None:
    facts = nested(given, "appeal")
    if facts is None:
        return None
    known_keys(facts, {"made", "period_ends", "finally_determined", "ordered_actions"}, "appeal")
    made, made_on = facts.get("made"), None
    if isinstance(made, str):
        made_on = day(facts, "made", "appeal")
    determined_on = None
    if facts.get("finally_determined") is not False:
        determined_on = day(facts, "finally_determined", "appeal")
    return Appeal(
        made=True if made_on is not None else truth(facts, "made", "appeal"),
        made_on=made_on,
        period_ends=day(facts, "period_ends", "appeal"),
        determined_on=determined_on,
        ordered=tuple(
            None if done is None else day_of(done, f"appeal.ordered_actions.{number}")
            for number, done in enumerate(listed(facts, "ordered_actions", "appeal"))
        ),
    )
