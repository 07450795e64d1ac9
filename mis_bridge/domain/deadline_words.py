"""What a count says of itself, in both languages."""

from __future__ import annotations

from mis_bridge.domain.calendar import LeftOut
from mis_bridge.domain.clock_rules import Unit
from mis_bridge.domain.words import Words

COUNTED = {
    Unit.SCHOOL_DAYS: Words(
        "{count} school days from the day after {eve}: day 1 is {first}, day {count} is {due}. "
        "Calendar {calendar}; not counted: {left_out}.",
        "{count} diwrnod ysgol o drannoeth {eve}: diwrnod 1 yw {first}, diwrnod {count} yw {due}. "
        "Calendr {calendar}; heb eu cyfrif: {left_out}.",
    ),
    Unit.FEI_TERM_TIME_DAYS: Words(
        "{count} term-time days from the day after {eve}: day 1 is {first}, day {count} is {due}. "
        "Calendar {calendar}; not counted: {left_out}.",
        "{count} diwrnod amser tymor o drannoeth {eve}: diwrnod 1 yw {first}, diwrnod {count} yw "
        "{due}. Calendr {calendar}; heb eu cyfrif: {left_out}.",
    ),
}
SPAN = {
    Unit.WEEKS: Words(
        "{count} weeks, the first day being {first}: the last day is {last}. Holidays do not pause "
        "the period.",
        "{count} wythnos, a'r diwrnod cyntaf yw {first}: y diwrnod olaf yw {last}. Nid yw gwyliau "
        "yn oedi'r cyfnod.",
    ),
    Unit.MONTHS: Words(
        "{count} months starting with {first}: the last day is {last}.",
        "{count} mis gan ddechrau â {first}: y diwrnod olaf yw {last}.",
    ),
    Unit.WORKING_DAYS: Words(
        "{count} working days after {start}: day 1 is {first}, day {count} is {last}.",
        "{count} diwrnod gwaith ar ôl {start}: diwrnod 1 yw {first}, diwrnod {count} yw {last}.",
    ),
}
NO_DATE = Words(
    "The due date is not known: no calendar for {year}. No date is guessed.",
    "Nid yw'r dyddiad cau yn hysbys: dim calendr ar gyfer {year}. Ni ddyfelir dyddiad.",
)
NOT_KNOWN = Words(
    "due date not known: no calendar for {year}",
    "dyddiad cau ddim yn hysbys: dim calendr ar gyfer {year}",
)
NO_LENGTH = Words(
    "The length of this period is not known here: no date is worked out.",
    "Nid yw hyd y cyfnod hwn yn hysbys yma: ni chyfrifir dyddiad.",
)
ROLLED = Words(
    "The last day, {last}, is no working day: the period runs to the next one, {due}.",
    "Nid yw'r diwrnod olaf, {last}, yn ddiwrnod gwaith: mae'r cyfnod yn rhedeg i'r nesaf, {due}.",
)
TRIBUNAL_FIRST = Words(
    "Day 1 is the first working day of the Tribunal after the order of {start}: {first}.",
    "Diwrnod 1 yw diwrnod gwaith cyntaf y Tribiwnlys ar ôl gorchymyn {start}: {first}.",
)
TRIBUNAL_LAST = Words(
    "The period ends on {last}; the appeal must be received by the first working day of the "
    "Tribunal after it: {due}.",
    "Daw'r cyfnod i ben ar {last}; rhaid i'r apêl gyrraedd erbyn diwrnod gwaith cyntaf y "
    "Tribiwnlys ar ei ôl: {due}.",
)
WORKING_DAY_UNDEFINED = Words(
    "the Regulations do not define a working day: {due} leaves out weekends and bank holidays; in "
    "the Tribunal's meaning of the word it would be {other}",
    "nid yw'r Rheoliadau'n diffinio diwrnod gwaith: mae {due} yn hepgor penwythnosau a gwyliau "
    "banc; yn ystyr y Tribiwnlys i'r gair, {other} fyddai",
)
BANK_HOLIDAYS_UNKNOWN = Words(
    "the bank holidays of {year} are not on file: a day of them may be counted as a working day",
    "nid yw gwyliau banc {year} ar ffeil: gellir bod wedi cyfrif un ohonynt fel diwrnod gwaith",
)
WRONG_KIND = {
    "fei": Words(
        "term-time days of a college were counted on the calendar {calendar}, which is a school's",
        "cyfrifwyd dyddiau amser tymor coleg ar y calendr {calendar}, sef calendr ysgol",
    ),
    "school": Words(
        "school days were counted on the calendar {calendar}, which is a college's",
        "cyfrifwyd diwrnodau ysgol ar y calendr {calendar}, sef calendr coleg",
    ),
}

_LEFT_OUT = {
    LeftOut.WEEKEND: Words("weekend days {n}", "dyddiau penwythnos {n}"),
    LeftOut.HOLIDAY: Words("days outside term {n}", "dyddiau y tu allan i'r tymor {n}"),
    LeftOut.HALF_TERM: Words("half-term days {n}", "dyddiau hanner tymor {n}"),
    LeftOut.BANK_HOLIDAY: Words("bank holidays {n}", "gwyliau banc {n}"),
    LeftOut.INSET: Words("INSET days {n}", "diwrnodau HMS {n}"),
    LeftOut.CLOSURE: Words("closures {n}", "diwrnodau ar gau {n}"),
}
_NOTHING = Words("nothing", "dim")


def left_out_words(left_out: dict[str, int]) -> Words:
    """List how many days were left out, by reason.

    Source: Education Act 1996 s.579(1).
    """
    parts = [_LEFT_OUT[LeftOut(reason)].fill(n=number) for reason, number in left_out.items()]
    if not parts:
        return _NOTHING
    return Words(", ".join(part.en for part in parts), ", ".join(part.cy for part in parts))
