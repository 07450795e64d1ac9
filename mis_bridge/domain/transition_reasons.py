"""The steps of a transition answer: what was seen, which rule fired, what nearly did."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import MappingProxyType

from mis_bridge.domain.schedule import replaced_by, schedule
from mis_bridge.domain.schedule_rules import Cause, Cohort, System
from mis_bridge.domain.trace import Fact, Step, Trace
from mis_bridge.domain.transition_case import OLD_LAW_CODES, ProvisionCode, TransitionCase
from mis_bridge.domain.transition_cohorts import Placed, rules_before
from mis_bridge.domain.transition_duty import NoticeDuty
from mis_bridge.domain.transition_duty_reasons import duty_reasons, notice_reasons
from mis_bridge.domain.transition_moves import Move, Moves
from mis_bridge.domain.transition_names import CAUSES, CODES, NOTHING_RECORDED, WHAT, WHY
from mis_bridge.domain.transition_snapshots import (
    SECOND_DAY,
    THIRD_DAY,
    Snapshot,
    recorded_since,
    snapshot,
)
from mis_bridge.domain.transition_words import (
    CONTRADICTS,
    DETAINED,
    FIRST_COMMENCEMENT,
    FIRST_ORDER_COUNTS,
    GROUP,
    MOVED,
    NEAR,
    NO_DAY_YET,
    NO_RULE,
    NOT_NEW,
    NOT_NEW_GROUP,
    NOT_NEW_UNKNOWN,
    OPEN_TASK,
    PLACEMENT,
    RECORD,
    RECORD_INFERRED,
    RECORD_KNOWN_EMPTY,
    STATEMENT_WINS,
    STIPULATED,
    SUPERSEDED,
    WILL_MOVE,
    YEAR_AGAINST_AGE,
    YEAR_BY_BIRTH,
    YEAR_MOVED_ON,
    YEAR_RECORDED,
    YEAR_UNKNOWN,
)
from mis_bridge.domain.words import Words
from mis_bridge.domain.year_groups import KnownBy, school_year_name

_FACTS = "the facts of the case"
_YEAR_WORDS = {
    KnownBy.RECORDED: YEAR_RECORDED,
    KnownBy.MOVED_ON: YEAR_MOVED_ON,
    KnownBy.BIRTH: YEAR_BY_BIRTH,
}
_YEAR_SOURCE = "art. 1(2) of each Order"
_ISPI = "Welsh Government, placements at specialist further education provision (2024-2025)"


def reasons(
    case: TransitionCase,
    placed: Placed,
    found: Moves | None,
    duty: NoticeDuty,
    system: System | None,
) -> Trace:
    """Return the steps of the answer, the rule that decided and the near misses among them.

    Source: each step names its own.
    """
    return Trace(
        (
            *_stipulated(case),
            *_seen(placed.decided_by),
            *_near_commencements(case, placed),
            *_near_september(case, placed),
            *_group(placed, case),
            *_years(case, placed),
            *(_superseded(placed.rule.id) if placed.rule is not None else ()),
            *(_near_moves(found) if found is not None else ()),
            *(_moved(case, found) if found is not None else ()),
            *_after_the_move(case, placed, found, system),
            *duty_reasons(case, placed.rule, duty, system),
            *(notice_reasons(case, found, duty) if found is not None else ()),
            *_placement(case),
        )
    )


def _stipulated(case: TransitionCase) -> Iterator[Step]:
    if case.stipulated is not None:
        said = STIPULATED.fill(given=case.stipulated)
        yield Step("stipulated", said, _FACTS, {"given": case.stipulated})


def _seen(seen: Snapshot | None) -> Iterator[Step]:
    if seen is None:
        return
    facts: dict[str, Fact] = {
        "day": seen.day.isoformat(),
        "codes": _codes(seen),
        "on_file": seen.on_file,
        "taken_from": seen.taken_from.isoformat() if seen.taken_from else None,
    }
    words = RECORD if seen.on_file else RECORD_INFERRED
    if seen.on_file and seen.taken_from is None:
        words = RECORD_KNOWN_EMPTY
    yield Step("snapshot", words.fill(day=seen.day, codes=_in_words(seen)), _FACTS, facts)
    if seen.contradicts_itself:
        both = ProvisionCode.STATEMENT in seen.codes
        yield Step("record_contradicts", STATEMENT_WINS if both else CONTRADICTS, _FACTS, facts)


def _near_commencements(case: TransitionCase, placed: Placed) -> Iterator[Step]:
    """Say why the new law did not begin on the days when nothing identified begins it."""
    if placed.decided_by is None or placed.rule is None:
        return
    for rule, day in rules_before(placed.decided_by.day):
        if rule.id == placed.rule.id:
            return
        seen = snapshot(case, day)
        if not seen.on_file:
            words = NOT_NEW_UNKNOWN.fill(day=day)
        elif seen.is_known_empty:
            words = NOT_NEW_GROUP.fill(day=day)
        else:
            words = NOT_NEW.fill(title=rule.title, day=day, codes=_in_words(seen))
        yield Step(rule.id, words, rule.source, {"day": day.isoformat(), "applies": False})


def _near_september(case: TransitionCase, placed: Placed) -> Iterator[Step]:
    """Say why nothing identified in September 2022 takes nobody out of a group of January."""
    rule = placed.rule
    if not isinstance(rule, Cohort) or rule.order.snapshot != SECOND_DAY:
        return
    if snapshot(case, THIRD_DAY).is_known_empty:
        later = schedule().rules["NEW_2022_SEP"]
        facts: dict[str, Fact] = {"day": THIRD_DAY.isoformat(), "applies": False}
        yield Step(later.id, FIRST_ORDER_COUNTS.fill(title=later.title), later.source, facts)


def _group(placed: Placed, case: TransitionCase) -> Iterator[Step]:
    rule = placed.rule
    if rule is None:
        yield Step("no_rule", NO_RULE, "S.I. 2021/373; S.I. 2021/1243; S.I. 2022/891")
        return
    kind = None if placed.decided_by is None else case.kind_at(placed.decided_by.day)
    facts: dict[str, Fact] = {
        "school_kind": None if kind is None else str(kind),
        "looked_after": case.looked_after,
        "dual_registered": case.dual_registered,
        "year_group": placed.group.code if placed.group else None,
    }
    yield Step(rule.id, GROUP.fill(title=rule.title), rule.source, facts)
    if rule.id in {"DETAINED_2021", "DETAINED_YP_2022"}:
        yield Step("detained_scope", DETAINED, f"{rule.source}; 2018 anaw 2 ss.40-44")


def _years(case: TransitionCase, placed: Placed) -> Iterator[Step]:
    if not placed.group_decides:
        return
    for year, group in sorted(placed.groups.items()):
        name = school_year_name(year)
        if group is None:
            yield Step("year_group", YEAR_UNKNOWN, _YEAR_SOURCE, {"school_year": name})
            return
        words = _YEAR_WORDS[group.known_by].fill(year=name, group=group.code)
        facts: dict[str, Fact] = {
            "school_year": name, "year_group": group.code, "known_by": str(group.known_by),
        }  # fmt: skip
        yield Step("year_group", words, _YEAR_SOURCE, facts)
    for year in case.groups.against_age:
        facts = {"school_year": school_year_name(year)}
        yield Step("year_group_against_age", YEAR_AGAINST_AGE, _YEAR_SOURCE, facts)


@cache
def _superseded(rule: str) -> tuple[Step, ...]:
    """Tell the versions that once stood where `rule` stands; they are the same for every pupil."""
    return tuple(
        Step(
            version.id,
            SUPERSEDED.fill(until=version.until, says=version.says, ended_by=version.ended_by),
            f"{version.source}; {version.ended_by}",
            MappingProxyType({"applies": False, "until": version.until.isoformat()}),
        )
        for version in replaced_by(rule)
    )


def _near_moves(found: Moves) -> Iterator[Step]:
    for near in found.near:
        words = NEAR.fill(what=WHAT[near.what], on=near.on, why=WHY[near.why])
        facts: dict[str, Fact] = {
            "what": str(near.what), "on": near.on.isoformat(), "why": str(near.why),
            "applies": False,
        }  # fmt: skip
        yield Step(near.rule, words, near.source, facts)


def _moved(case: TransitionCase, found: Moves) -> Iterator[Step]:
    move = found.move
    facts: dict[str, Fact] = {
        "transfer_date": move.on.isoformat() if move.on else None,
        "transfer_cause": str(move.cause),
    }
    if move.on is None:
        yield Step(move.rule.id, NO_DAY_YET, move.source, facts)
        return
    done = case.on is None or move.on <= case.on
    words = MOVED.fill(on=move.on, cause=_cause(move)) if done else WILL_MOVE.fill(on=move.on)
    yield Step(move.rule.id, words, move.source, facts)


def _after_the_move(
    case: TransitionCase, placed: Placed, found: Moves | None, system: System | None
) -> Iterator[Step]:
    rule = placed.rule
    if system is not System.ALN or rule is None:
        return
    moved_on = None if found is None else found.move.on
    stale = case.current & OLD_LAW_CODES if moved_on is None else recorded_since(case, moved_on)
    if stale:
        codes = ", ".join(sorted(stale))
        yield Step("first_commencement", FIRST_COMMENCEMENT, rule.source, {"codes": codes})
    decided = found is not None and found.move.cause in {Cause.IDP_NOTICE, Cause.NO_IDP_NOTICE}
    if not decided and (stale or isinstance(rule, Cohort)):
        yield Step("undecided", OPEN_TASK, "2018 anaw 2 ss.11, 13, 18")


def _cause(move: Move) -> Words:
    return CAUSES.get(str(move.cause), move.rule.title)


def _placement(case: TransitionCase) -> Iterator[Step]:
    if case.specialist_post_16:
        yield Step("ISPI", PLACEMENT, _ISPI)


def _codes(seen: Snapshot) -> str:
    return ", ".join(sorted(seen.codes)) or "-"


def _in_words(seen: Snapshot) -> Words:
    named = [CODES[code] for code in sorted(seen.codes)] or [NOTHING_RECORDED]
    return Words(", ".join(each.en for each in named), ", ".join(each.cy for each in named))
