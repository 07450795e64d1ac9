"""Every point of a transition answer on which the law, or a fact, is not verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mis_bridge.domain.people import (
    PersonKind,
    compulsory_school_age_ends,
    has_turned_25,
    leaving_date_needs_a_person,
)
from mis_bridge.domain.schedule_rules import Cause, Cohort, System
from mis_bridge.domain.trace import Uncertainty
from mis_bridge.domain.transition_appeals import is_open
from mis_bridge.domain.transition_bodies import acts_for_a_referral_unit, responsible_body
from mis_bridge.domain.transition_case import EventKind, ProvisionCode, TransitionCase
from mis_bridge.domain.transition_cohorts import AFTERWARDS, Placed
from mis_bridge.domain.transition_duty import NoticeDuty, leaves_out_year_11, may_not_bind
from mis_bridge.domain.transition_moves import Moves
from mis_bridge.domain.transition_snapshots import SECOND_DAY, THIRD_DAY, snapshot
from mis_bridge.domain.transition_words import YEAR_BY_BIRTH, YEAR_UNKNOWN
from mis_bridge.domain.words import Words
from mis_bridge.domain.year_groups import KnownBy, school_year_name

_INFERRED = Words(
    "nothing is on file from {day}, the day that decides: the nearest record stands in for it",
    "nid oes dim ar ffeil o {day}, y diwrnod sy'n penderfynu: mae'r cofnod agosaf yn sefyll yn ei "
    "le",
)
_PLANNED_YEAR_11 = Words(
    "in Year 11 the Orders may not reach the pupil in so many words; ministers said that the "
    "group stays, so the rule is kept and no breach is marked",
    "ym Mlwyddyn 11 efallai nad yw geiriad y Gorchmynion yn cyrraedd y disgybl; dywedodd "
    "gweinidogion fod y grŵp yn aros, felly cedwir y rheol ac ni nodir toriad",
)
_AWAY_FROM_SCHOOL = Words(
    "away from school the duty may have run to 31 August 2025 although the pupil was swept across "
    "on 31 August 2024; work to the earlier day, and no breach is marked",
    "y tu allan i'r ysgol gall y ddyletswydd fod wedi parhau hyd 31 Awst 2025 er i'r disgybl gael "
    "ei ysgubo drosodd ar 31 Awst 2024; gweithiwch at y diwrnod cynharach, ac ni nodir toriad",
)
_REFERRAL_UNIT = Words(
    "the Orders say governing body and do not say who acts for a pupil referral unit; this is a "
    "setting",
    "corff llywodraethu a ddywed y Gorchmynion, heb ddweud pwy sy'n gweithredu dros uned cyfeirio "
    "disgyblion; gosodiad yw hwn",
)
_COUNTING = Words(
    "the Orders do not say which day is the first of a count, nor what a working day is: the "
    "count begins with the next day that qualifies",
    "nid yw'r Gorchmynion yn dweud pa ddiwrnod yw'r cyntaf mewn cyfrif, na beth yw diwrnod "
    "gwaith: mae'r cyfrif yn dechrau â'r diwrnod nesaf sy'n gymwys",
)
_NO_CALENDAR = Words(
    "school days are counted by the school's own calendar, which this question does not carry: no "
    "date is named, and being late is not claimed",
    "yn ôl calendr yr ysgol ei hun y cyfrifir diwrnodau ysgol, ac nid yw'r cwestiwn hwn yn ei "
    "gynnwys: ni enwir dyddiad, ac ni honnir bod neb yn hwyr",
)
_YOUNG_PERSON_BEFORE_SWEEP = Words(
    "the pupil passed compulsory school age before the last day of the group: the new law applies "
    "from that last day and notices go to the young person, but a person should look at the case",
    "pasiodd y disgybl oedran ysgol gorfodol cyn diwrnod olaf y grŵp: mae'r gyfraith newydd yn "
    "gymwys o'r diwrnod olaf hwnnw ac i'r person ifanc y mae'r hysbysiadau'n mynd, ond dylai "
    "person edrych ar yr achos",
)
_NO_SUCH_ARTICLE = Words(
    "this Order has no article for pupils who pass compulsory school age; the notice is taken to "
    "go to the young person, as under the later Orders",
    "nid oes gan y Gorchymyn hwn erthygl ar gyfer disgyblion sy'n pasio oedran ysgol gorfodol; "
    "cymerir bod yr hysbysiad yn mynd i'r person ifanc, fel o dan y Gorchmynion diweddarach",
)
_LEAVING_DATE = Words(
    "the 16th birthday falls in the first days of September: only the school's own first day of "
    "term tells in which year compulsory school age ends",
    "mae'r pen-blwydd yn 16 oed yn nyddiau cyntaf mis Medi: dim ond diwrnod cyntaf tymor yr ysgol "
    "ei hun a ddywed ym mha flwyddyn y daw oedran ysgol gorfodol i ben",
)
_REPEAL = Words(
    "it is not verified that the old law was repealed in terms, nor that no later Order exists: "
    "say that the learner is in the ALN system, and no more",
    "nid yw wedi'i wirio i'r hen gyfraith gael ei diddymu mewn cynifer o eiriau, nac nad oes "
    "Gorchymyn diweddarach: dywedwch fod y dysgwr yn y system ADY, a dim mwy",
)
_SECOND_STATEMENT_DAY = Words(
    "one article on appeals names 1 January 2022 where the others name 1 September 2022, and the "
    "record of January shows no statement: a person should look at the case",
    "mae un erthygl ar apelau yn enwi 1 Ionawr 2022 lle mae'r lleill yn enwi 1 Medi 2022, ac nid "
    "yw cofnod mis Ionawr yn dangos datganiad: dylai person edrych ar yr achos",
)
_APPEAL = Words(
    "an appeal decides when the pupil moves: a person should look at the case",
    "apêl sy'n penderfynu pryd y mae'r disgybl yn symud: dylai person edrych ar yr achos",
)
_DURING_APPEAL = Words(
    "the notice was given while an appeal was open, when no duty to give one existed; it is taken "
    "to have its effect",
    "rhoddwyd yr hysbysiad tra oedd apêl yn agored, pan nad oedd dyletswydd i roi un; cymerir bod "
    "iddo ei effaith",
)
_LAST_DAY_NOTICE = Words(
    "the notice was given on the very day on which the new law came to apply without one; it is "
    "taken to be in time",
    "rhoddwyd yr hysbysiad ar yr union ddiwrnod y daeth y gyfraith newydd yn gymwys heb un; "
    "cymerir ei fod mewn pryd",
)
_SAME_DAY_REQUEST = Words(
    "the notice was asked for on the very day of the event; it is taken to have been asked for "
    "first",
    "gofynnwyd am yr hysbysiad ar union ddiwrnod y digwyddiad; cymerir y gofynnwyd amdano yn "
    "gyntaf",
)
_STATEMENT_AFTER_ACTION = Words(
    "the record of 1 January 2022 shows action and no process for a statement, and the old law "
    "kept for that group left no room to begin one: check how the statement came about",
    "mae cofnod 1 Ionawr 2022 yn dangos gweithredu heb broses ar gyfer datganiad, ac nid oedd yr "
    "hen gyfraith a gadwyd i'r grŵp hwnnw yn gadael lle i gychwyn un: gwiriwch sut y daeth y "
    "datganiad",
)
_KIND_UNKNOWN = Words(
    "the kind of school is not known; action is taken to mean a maintained school",
    "nid yw'r math o ysgol yn hysbys; cymerir bod gweithredu yn golygu ysgol a gynhelir",
)
_STIPULATED_SYSTEM = Words(
    "the case states that the pupil is under the new law already, which the other facts do not "
    "show",
    "mae'r achos yn datgan bod y disgybl o dan y gyfraith newydd eisoes, ac nid yw'r ffeithiau "
    "eraill yn dangos hynny",
)
_NOTHING_IN_SEPTEMBER = Words(
    "nothing was identified on 1 September 2022, when another Order began the new law for pupils "
    "not yet under it; the group fixed in January 2022 is kept, with its own last day",
    "nid oedd dim wedi'i nodi ar 1 Medi 2022, pan gychwynnodd Gorchymyn arall y gyfraith newydd i "
    "ddisgyblion nad oeddent eto o dani; cedwir y grŵp a bennwyd ym mis Ionawr 2022, gyda'i "
    "ddiwrnod olaf ei hun",
)
_GROUP_WITHOUT_YEAR = Words(
    "the year group is recorded without its school year, and age does not tell it; it is taken to "
    "be that of the day asked about",
    "cofnodwyd y grŵp blwyddyn heb ei flwyddyn ysgol, ac nid yw oedran yn ei ddangos; cymerir mai "
    "grŵp y diwrnod y gofynnir amdano ydyw",
)
_TURNED_25 = Words(
    "the person has turned 25, to whom the Act no longer applies",
    "mae'r person wedi troi'n 25 oed, ac nid yw'r Ddeddf yn gymwys mwyach",
)
_NO_DAY = Words(
    "no day is asked about, so it is not said which law applied",
    "ni ofynnir am ddiwrnod, felly ni ddywedir pa gyfraith oedd yn gymwys",
)
_NO_RULE = Words(
    "the facts do not fix a rule, so it is not said which law applied",
    "nid yw'r ffeithiau'n pennu rheol, felly ni ddywedir pa gyfraith oedd yn gymwys",
)


def doubts(
    case: TransitionCase, placed: Placed, found: Moves | None, duty: NoticeDuty
) -> tuple[Uncertainty, ...]:
    """Return each point of the answer that no text read confirms, or no record shows.

    Source: the schedule's open points; each names its Orders.
    """
    points = (
        *_of_the_person(case),
        *_of_the_facts(case, placed, found),
        *_of_the_rule(case, placed),
        *(_of_the_law(case, placed, found, duty) if found is not None else ()),
    )
    return tuple(Uncertainty(point, words) for point, words in points)


def _of_the_person(case: TransitionCase) -> Iterator[tuple[str, Words]]:
    if case.on is None:
        yield "on", _NO_DAY
    if case.dob is None:
        return
    if leaving_date_needs_a_person(case.dob):
        yield "compulsory_school_age_ends", _LEAVING_DATE
    if case.on is not None and has_turned_25(case.dob, case.on):
        yield "person_kind", _TURNED_25


def _of_the_facts(
    case: TransitionCase, placed: Placed, found: Moves | None
) -> Iterator[tuple[str, Words]]:
    seen, rule = placed.decided_by, placed.rule
    if rule is None:
        yield "rule", _NO_RULE
    if seen is not None and not seen.on_file:
        yield "snapshot_inferred", _INFERRED.fill(day=seen.day)
    if seen is not None and seen.is_action and case.kind_at(seen.day) is None:
        yield "school_kind", _KIND_UNKNOWN
    if placed.group_decides:
        yield from _of_the_groups(placed)
        if case.groups.is_undated:
            yield "nc_school_year", _GROUP_WITHOUT_YEAR
    if isinstance(rule, Cohort):
        yield from _of_other_days(case, rule)
    if case.already_in is System.ALN and found is not None and case.on is not None:
        moved_on = found.move.on
        if moved_on is None or moved_on > case.on:
            yield "already_in_system", _STIPULATED_SYSTEM


def _of_other_days(case: TransitionCase, rule: Cohort) -> Iterator[tuple[str, Words]]:
    """Yield what the records of the other days that decide put in doubt."""
    january, september = snapshot(case, SECOND_DAY), snapshot(case, THIRD_DAY)
    if rule.order.snapshot == SECOND_DAY and september.is_known_empty:
        yield "nothing_identified_in_september", _NOTHING_IN_SEPTEMBER
    if rule.order.id == "no8" and january.on_file and january.is_action:
        yield "statement_after_action", _STATEMENT_AFTER_ACTION


def _of_the_groups(placed: Placed) -> Iterator[tuple[str, Words]]:
    for year, group in sorted(placed.groups.items()):
        if group is None:
            yield "year_group", YEAR_UNKNOWN
            return
        if group.known_by is KnownBy.BIRTH:
            yield (
                "derived_year_group",
                YEAR_BY_BIRTH.fill(group=group.code, year=school_year_name(year)),
            )
            return


def _of_the_rule(case: TransitionCase, placed: Placed) -> Iterator[tuple[str, Words]]:
    rule = placed.rule
    if rule is None:
        return
    if acts_for_a_referral_unit(case, rule, responsible_body(case, rule)):
        yield "pupil_referral_unit", _REFERRAL_UNIT
    if rule.id == AFTERWARDS:
        yield "formal_repeal", _REPEAL


def _of_the_law(
    case: TransitionCase, placed: Placed, found: Moves, duty: NoticeDuty
) -> Iterator[tuple[str, Words]]:
    rule, move = placed.rule, found.move
    if not isinstance(rule, Cohort):
        return
    if may_not_bind(case, rule):
        early = leaves_out_year_11(rule.order)
        yield "duty_may_not_reach", _PLANNED_YEAR_11 if early else _AWAY_FROM_SCHOOL
    yield from _of_age(case, rule, found)
    counted = duty.limit is not None and duty.limit.amount is not None
    if counted or (duty.plan_limit is not None and move.cause is Cause.IDP_NOTICE):
        yield "counting_of_days", _COUNTING
    if duty.needs_a_calendar:
        yield "school_calendar", _NO_CALENDAR
    yield from _of_the_move(case, rule, found)


def _of_age(case: TransitionCase, rule: Cohort, found: Moves) -> Iterator[tuple[str, Words]]:
    if case.dob is None:
        return
    ends = compulsory_school_age_ends(case.dob)
    moved_on = found.move.on or date.max
    if THIRD_DAY <= ends < min(rule.swept_on, moved_on):
        yield "young_person_before_sweep", _YOUNG_PERSON_BEFORE_SWEEP
        asked = case.person_on(case.on) is PersonKind.YOUNG_PERSON
        if asked and rule.order.over_age is None:
            yield "notice_recipients", _NO_SUCH_ARTICLE


def _of_the_move(case: TransitionCase, rule: Cohort, found: Moves) -> Iterator[tuple[str, Words]]:
    move = found.move
    if move.cause is Cause.APPEAL_TRANSFER_DAY:
        yield "appeal", _APPEAL
        january = snapshot(case, SECOND_DAY)
        elsewhere = january.on_file and january.code is not ProvisionCode.STATEMENT
        if rule.id == "STMT_Y3" and elsewhere:
            yield "statement_day", _SECOND_STATEMENT_DAY
    if move.notice is not None and is_open(case, rule, move.notice.on):
        yield "notice_during_appeal", _DURING_APPEAL
    if move.notice is not None and move.on == rule.swept_on:
        yield "notice_on_last_day", _LAST_DAY_NOTICE
    requests = {each.on for each in case.happenings if each.kind is EventKind.REQUEST_FOR_NOTICE}
    if any(each.on in requests and each.why == "request_made" for each in found.near):
        yield "request_on_the_day", _SAME_DAY_REQUEST
