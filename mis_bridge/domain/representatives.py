"""Who represents a parent or young person who lacks capacity: one, nobody, or ask a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mis_bridge.domain.notice_case import Representative, RepresentativeKind
from mis_bridge.domain.routed import NotSent, Why
from mis_bridge.domain.trace import Fact, Trace
from mis_bridge.domain.words import Words

REG_34 = "S.I. 2021/401 reg. 34"

_KINDS = {
    RepresentativeKind.DEPUTY: Words("deputy (Court of Protection)", "dirprwy (y Llys Gwarchod)"),
    RepresentativeKind.LASTING_POWER: Words(
        "donee of a lasting power of attorney", "rhoddai atwrneiaeth arhosol"
    ),
    RepresentativeKind.ENDURING_POWER: Words(
        "attorney under an enduring power of attorney", "atwrnai o dan atwrneiaeth barhaus"
    ),
}
_ONE = Words(
    "Exactly one person holds authority for these matters: {kind}.",
    "Un person yn unig sydd ag awdurdod dros y materion hyn: {kind}.",
)
_CONFLICT = Words(
    "Two or more people hold authority and no order of precedence is laid down: nobody receives "
    "until a person decides.",
    "Mae gan ddau neu ragor o bobl awdurdod ac ni osodir trefn flaenoriaeth: nid oes neb yn "
    "derbyn hyd nes i berson benderfynu.",
)
_UNSURE = Words(
    "Somebody is named whose authority is not established on the facts: nobody receives in this "
    "place until a person has looked at the order or power.",
    "Enwir rhywun nad yw ei awdurdod wedi ei sefydlu ar y ffeithiau: nid oes neb yn derbyn yn "
    "y lle hwn hyd nes i berson edrych ar y gorchymyn neu'r atwrneiaeth.",
)
_NONE = Words(
    "Nobody named is a deputy or donee for these matters, or an attorney under a registered "
    "enduring power (or one for which registration has been applied).",
    "Nid yw neb a enwir yn ddirprwy nac yn rhoddai dros y materion hyn, nac yn atwrnai o dan "
    "atwrneiaeth barhaus gofrestredig (neu un y gwnaed cais i'w chofrestru).",
)
_WAITS = Words(
    "Holds authority, but so does somebody else: a person must decide.",
    "Mae ganddo awdurdod, ond felly hefyd rywun arall: rhaid i berson benderfynu.",
)
_AUTHORITY_UNKNOWN = Words(
    "Whether this person's authority covers these matters is not on record.",
    "Nid oes cofnod a yw awdurdod y person hwn yn cwmpasu'r materion hyn.",
)
_NO_AUTHORITY = Words(
    "Holds no authority for these matters, so does not represent here and is no conflict.",
    "Nid oes ganddo awdurdod dros y materion hyn, felly nid yw'n cynrychioli yma ac nid yw'n peri "
    "gwrthdaro.",
)
_REPRESENTS_NOBODY = Words(
    "The person represented is treated as having capacity, so nobody stands in.",
    "Trinnir y person a gynrychiolir fel un sydd â galluedd, felly nid oes neb yn cymryd ei le.",
)


class Finding(StrEnum):
    """What the people named as representatives come to."""

    ONE = "one"
    CONFLICT = "conflict"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Representation:
    """Who stands in; `one` is set for Finding.ONE alone, flags name what needs a person."""

    finding: Finding
    one: Representative | None
    not_sent: tuple[NotSent, ...]
    flags: tuple[str, ...]
    trace: Trace


def holds_authority(representative: Representative) -> bool | None:
    """Say whether somebody holds authority for these matters; None where that is not settled.

    A deputy or donee must have it for matters of Part 2. An enduring power must be registered, or
    its registration applied for; no test of its matters is laid down. A lasting power recorded as
    not registered leaves the question open: it gives no authority until it is.

    Source: S.I. 2021/401 reg. 34; Mental Capacity Act 2005 s.9(2).
    """
    match representative.kind:
        case RepresentativeKind.ENDURING_POWER:
            return _either(representative.registered, representative.registration_applied)
        case RepresentativeKind.LASTING_POWER if (
            representative.covers_aln_matters and representative.registered is False
        ):
            return None
        case RepresentativeKind.DEPUTY | RepresentativeKind.LASTING_POWER:
            return representative.covers_aln_matters
        case _:
            return None


def _either(registered: bool | None, applied: bool | None) -> bool | None:  # noqa: FBT001 - two facts of one deed
    if registered or applied:
        return True
    return None if registered is None and applied is None else False


def representation(of_id: str, named: Sequence[Representative]) -> Representation:
    """Find who represents `of_id`, who lacks capacity, among those named.

    Source: S.I. 2021/401 reg. 34.
    """
    holding = list(dict.fromkeys(one.id for one in named if holds_authority(one)))
    unsettled = [one.id for one in named if holds_authority(one) is None and one.id not in holding]
    facts: dict[str, Fact] = {
        "represented": of_id,
        "holding_authority": len(holding),
        "unsettled": len(unsettled),
    }
    if len(holding) > 1:
        finding, rule, because = Finding.CONFLICT, "conflicting_representatives", _CONFLICT
        flags: tuple[str, ...] = ("conflicting_representatives",)
    elif unsettled:
        finding, rule, because = Finding.UNSURE, "representative_not_established", _UNSURE
        flags = (f"escalate:{of_id}",)
    elif holding:
        finding, rule, because, flags = Finding.ONE, "one_representative", _ONE, ()
    else:
        finding, rule, because, flags = Finding.NONE, "no_representative_holds_authority", _NONE, ()
    one = next((who for who in named if finding is Finding.ONE and holds_authority(who)), None)
    if one is not None and one.kind is not None:
        because = because.fill(kind=_KINDS[one.kind])
    return Representation(
        finding,
        one,
        tuple(
            _left_out(who, holding, unsettled) for who in named if one is None or who.id != one.id
        ),
        flags,
        Trace().step(rule, because, REG_34, facts),
    )


def _left_out(who: Representative, holding: Sequence[str], unsettled: Sequence[str]) -> NotSent:
    if who.id in holding:
        return NotSent(who.id, Why.NOT_VERIFIED, _WAITS)
    if who.id in unsettled:
        return NotSent(who.id, Why.NOT_VERIFIED, _AUTHORITY_UNKNOWN)
    return NotSent(who.id, Why.NOT_ENTITLED, _NO_AUTHORITY)


def represents_nobody(named: Sequence[Representative]) -> tuple[NotSent, ...]:
    """Leave out everybody named as representing a person who has capacity.

    Source: S.I. 2021/401 regs 35(1), 37(1) (only where the person lacks capacity).
    """
    return tuple(NotSent(who.id, Why.NOT_ENTITLED, _REPRESENTS_NOBODY) for who in named)
