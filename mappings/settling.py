"""What a record says once its parts are read: what is in force, what needs a person's eye."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from mappings.convert import Flags
from mappings.rules import Means
from mappings.values import ABSENT, UNREADABLE, Mark, fold
from mis_bridge.domain.people import PersonKind, person_kind

Row = dict[str, object]
Rows = list[Row]

_ONE_DAY = timedelta(days=1)
_OVER_AGE = "young_person_over_compulsory_school_age"


@lru_cache(maxsize=512)
def latest_birthday_over_age(as_of: str) -> str:
    """Return the latest date of birth of those over compulsory school age on the day.

    Source: Education Act 1996 s.8(3), through `mis_bridge.domain.people`.
    """
    day = date.fromisoformat(as_of)
    born = date(day.year - 15, 12, 31)
    while person_kind(born, day) is PersonKind.CHILD:
        born -= _ONE_DAY
    return born.isoformat()


def age_flag(dob: object, as_of: str, flags: Flags) -> None:
    """Flag a young person: one over compulsory school age on the day; and a birth yet to come."""
    if isinstance(dob, str):
        if dob <= latest_birthday_over_age(as_of):
            flags.append(_OVER_AGE)
        elif dob > as_of:
            flags.append("future_start:dob")


def distinct(rows: Rows) -> Rows:
    """Return the rows without those that repeat an earlier one word for word."""
    kept: Rows = []
    for row in rows:
        if row not in kept:
            kept.append(row)
    return kept


def settle_needs(rows: Rows, as_of: str, flags: Flags) -> Rows:
    """Sort needs by rank, nulls last, and flag what makes the primary need doubtful."""
    if len(rows) > 1:
        rows = distinct(rows)
        rows.sort(key=_by_rank)
        live = [row for row in rows if _live(row, as_of)]
        ranks = [row.get("rank") for row in live]
        types = [row["type"] for row in live if row["type"] != "unknown"]
        if len(live) > 1 and (ranks.count(ranks[0]) > 1 or (None in ranks and 1 not in ranks)):
            flags.append("ambiguous_primary_need")
        if len(set(types)) < len(types):
            flags.append("conflicting_values:needs")
    for row in rows:
        if isinstance(row.get("end"), Mark):
            row["end"] = None
        start = row.get("start")
        if start.__class__ is str and start > as_of:
            flags.append("future_start:needs")
            break
    return rows


def settle_contacts(rows: Rows, flags: Flags) -> Rows:
    """Flag two contacts with one priority, and one contact told in two ways."""
    if len(rows) > 1:
        rows = distinct(rows)
        seen = [row["priority"] for row in rows if row.get("priority") is not None]
        if len(set(seen)) < len(seen):
            flags.append("two_contacts_same_priority")
        names = [fold(str(row["name"])) for row in rows if row.get("name")]
        if len(set(names)) < len(names):
            flags.append("conflicting_values:contacts")
    return rows


def settle_history(rows: Rows, as_of: str, flags: Flags) -> Row | None:
    """Put spells in order and close the open ones, in place; return the one in force, or None.

    A row without an end ends on the day before the next row starts. A spell that starts later than
    `as_of` is flagged; spells that overlap are flagged. Where the end of the latest spell, or the
    start of any, cannot be read, what is in force is unknown.
    """
    rows[:] = distinct(rows)
    rows.sort(key=_by_start)
    no_end = [row for row in rows if row.get("end") is UNREADABLE]
    no_start = [row for row in rows if row.get("start") is UNREADABLE]
    for side, doubtful in (("end", no_end), ("start", no_start)):
        for row in doubtful:
            row[side] = None
    _close_open_rows(rows, no_end, flags)
    if any(isinstance(row.get("start"), str) and str(row["start"]) > as_of for row in rows):
        flags.append("future_start:provision")
    in_force = [row for row in rows if _live(row, as_of)]
    if not in_force:
        return None
    latest = in_force[-1]
    rivals = {row["type"] for row in in_force if row.get("start") == latest.get("start")}
    if len(rivals) > 1:
        flags.append("conflicting_values:provision")
    if _among(latest, no_end) or any(_among(row, no_start) for row in in_force):
        return {**latest, "type": "unknown"}
    return latest


def settle_provision(
    status: Row | Mark | None,
    inferred: bool,  # noqa: FBT001 - called by generated code, where a keyword costs
    rows: Rows | Mark,
    whole: bool,  # noqa: FBT001 - as above
    no_row: Means | None,
    needs: object,
    as_of: str,
    flags: Flags,
) -> Row | Mark:
    """Return the provision in force, or ABSENT where the source does not tell.

    The history decides; the status stands alone where there is no history, and is compared with it
    where there is. A `none` that is only inferred (from a missing row or a null) does not hold
    against a need that is still open, nor where a block of the history was not sent (`whole`).
    """
    if isinstance(rows, list):
        row = settle_history(rows, as_of, flags)
        if row is not None:
            start = row.get("start", ABSENT)
            current = {"type": row["type"], "raw_code": row["raw_code"], "start": start}
            if not inferred:
                _compare(status, current, rows, as_of, flags)
            return _with_flags(current, rows, needs, as_of, flags)
        if whole and any(_over(old, as_of) for old in rows):
            return _with_flags(_inferred("none"), rows, needs, as_of, flags)
        if whole and no_row is not None and (inferred or not _says(status)):
            status, inferred = _inferred(str(no_row.value)), True
    if not isinstance(status, dict):
        return ABSENT
    if inferred and status["type"] == "none" and _any_live(needs, as_of):
        flags.append("conflicting_values:provision")
        return {"type": "unknown", "raw_code": None, "start": None}
    if not inferred and not _says(status):
        raw = status["raw_code"]
        flags.append(f"unknown_provision_code:{'null' if raw is None else raw}")
    return _with_flags(status, (), needs, as_of, flags)


def _with_flags(current: Row, rows: Iterable[Row], needs: object, as_of: str, flags: Flags) -> Row:
    if current["type"] == "none":
        listed = needs if isinstance(needs, list) else []
        closed = bool(listed) and not _any_live(listed, as_of)
        if closed or any(old["type"] != "none" and _over(old, as_of) for old in rows):
            flags.append("ended_provision")
    return current


def _says(status: object) -> bool:
    return isinstance(status, dict) and bool(status["raw_code"])


def _over(row: Row, as_of: str) -> bool:
    end = row.get("end")
    return isinstance(end, str) and end < as_of


def _inferred(meaning: str) -> Row:
    return {"type": meaning, "raw_code": None, "start": None}


def _compare(status: object, current: Row, rows: Rows, as_of: str, flags: Flags) -> None:
    if not isinstance(status, dict) or not _says(status):
        return
    told = [str(row[side]) for row in rows for side in ("start", "end") if row.get(side)]
    # A status is today's: it says nothing against a row in force on an earlier day.
    if status["type"] != current["type"] and all(day <= as_of for day in told):
        flags.append("conflicting_values:provision")


def _close_open_rows(rows: Rows, no_end: Rows, flags: Flags) -> None:
    overlap = False
    for row, after in pairwise(rows):
        start = after.get("start")
        if not isinstance(start, str):
            continue
        end = row.get("end")
        if end is None and not _among(row, no_end):
            if row.get("start") != start:
                row["end"] = (date.fromisoformat(start) - _ONE_DAY).isoformat()
            elif row["type"] != after["type"]:
                overlap = True
        elif isinstance(end, str) and end >= start:
            overlap = True
    if overlap:
        flags.append("conflicting_values:provision_history")


def _among(row: Row, rows: Rows) -> bool:
    return any(row is one for one in rows)


def _live(row: Row, as_of: str) -> bool:
    start, end = row.get("start"), row.get("end")
    return not (isinstance(start, str) and start > as_of) and not (
        isinstance(end, str) and end < as_of
    )


def _any_live(rows: object, as_of: str) -> bool:
    return isinstance(rows, list) and any(_live(row, as_of) for row in rows)


def _by_rank(row: Row) -> tuple[bool, int]:
    rank = row.get("rank")
    return (False, rank) if isinstance(rank, int) else (True, 0)


def _by_start(row: Row) -> tuple[str, str]:
    start, end = row.get("start"), row.get("end")
    return (start if isinstance(start, str) else "", end if isinstance(end, str) else "9999")
