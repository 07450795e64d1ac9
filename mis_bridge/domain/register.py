"""What changed in a school's register between two canonical records of one pupil."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from mis_bridge.domain.people import compulsory_school_age_ends
from mis_bridge.domain.pupil import (
    Need,
    Provision,
    ProvisionType,
    Pupil,
    Registration,
    RegistrationStatus,
)

OLD_LAW_ENDED_ON = date(2025, 8, 31)

SEN_CODES = frozenset(
    {
        ProvisionType.SCHOOL_ACTION,
        ProvisionType.SCHOOL_ACTION_PLUS,
        ProvisionType.EARLY_YEARS_ACTION,
        ProvisionType.EARLY_YEARS_ACTION_PLUS,
        ProvisionType.STATEMENT,
    }
)
CONCERNS = SEN_CODES | {ProvisionType.ENGLISH_SEN_SUPPORT}
PLANS = frozenset({ProvisionType.IDP_SCHOOL, ProvisionType.IDP_LA})

OVER_AGE_FLAG = "young_person_over_compulsory_school_age"
ALREADY_THERE = "first_load"


class ChangeKind(StrEnum):
    """The kinds of change to which the law attaches a consequence, and those only noted."""

    JOINED = "joined"
    LEFT = "left"
    CONCERN_ADDED = "concern_added"
    STAGE_CHANGED = "stage_changed"
    PROVISION_REMOVED = "provision_removed"
    PROVISION_UNKNOWN = "provision_unknown"
    NEED_ADDED = "need_added"
    IDP_CLAIMED = "idp_claimed"
    EHC_CLAIMED = "ehc_claimed"
    STALE_SEN_CODE = "stale_sen_code"
    BECAME_LOOKED_AFTER = "became_looked_after"
    CEASED_LOOKED_AFTER = "ceased_looked_after"
    BECAME_DUAL_REGISTERED = "became_dual_registered"
    CEASED_DUAL_REGISTERED = "ceased_dual_registered"
    OVER_COMPULSORY_SCHOOL_AGE = "over_compulsory_school_age"
    CONTACTS_CHANGED = "contacts_changed"
    IDENTITY_CHANGED = "identity_changed"


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """One change of fact.

    `trigger` names the fact (`provision:school_action:2026-11-20`) and not the event that told of
    it, so that the same fact told twice, late or out of order is one trigger. `since` is the start
    date that the source itself gives, None where it gives none. `before` and `after` are codes.
    """

    kind: ChangeKind
    trigger: str
    since: date | None = None
    before: str | None = None
    after: str | None = None


def changes(before: Pupil | None, after: Pupil, *, on: date) -> tuple[RegisterChange, ...]:
    """Return what changed, `on` being the day on which it was noticed; nothing changed: empty.

    `before` None is the first sight of the pupil: the join is noted, and an SEN code whose spell
    began under the old law (or has no date) is stale, while one that began later is a concern. A
    key that either record lists in `not_supplied` never makes a change.

    Source: 2018 Act s.11(1); S.I. 2021/1243 arts 15-17 as amended (the end of the old law).
    """
    if _has_left(after, on):
        return left(before, on=on) if before is not None and not _has_left(before, on) else ()
    return (
        *_joined(before, after, on),
        *_provision_changes(before, after, on),
        *_need_changes(before, after, on),
        *_status_changes(before, after, on),
        *_age_changes(before, after, on),
        *_person_changes(before, after, on),
    )


def left(before: Pupil, *, on: date) -> tuple[RegisterChange, ...]:
    """Return the departure that a tombstone, or the end of a registration, tells of.

    Source: 2018 Act ss.11(1), 31(1)-(4), 35 (duties rest on the school where one is registered).
    """
    here = _here(before)
    school = before.source.school or "unknown"
    since = here.start if here else None
    return (
        RegisterChange(
            ChangeKind.LEFT, f"left:{school}:{_dated(since, on)}", before=_code(before.provision)
        ),
    )


def is_looked_after(pupil: Pupil) -> bool:
    """Say whether the record states that a local authority looks after the child.

    Source: 2018 Act s.15(1)-(2).
    """
    return pupil.looked_after is not None and pupil.looked_after.in_care is True


def is_dual_registered(pupil: Pupil, on: date) -> bool:
    """Say whether the record signals a second registration: a subsidiary place or two schools.

    Source: 2018 Act ss.11(3)(d), 30(1); the enrolment status is a signal only.
    """
    held = [place for place in pupil.registrations if _active(place, on)]
    shared = {RegistrationStatus.SUBSIDIARY, RegistrationStatus.GUEST}
    return len({place.school for place in held}) > 1 or any(p.status in shared for p in held)


def claims_plan(pupil: Pupil, on: date) -> bool:
    """Say whether the record claims that an IDP is maintained.

    Source: 2018 Act s.11(3)(a).
    """
    if pupil.provision is not None and pupil.provision.type in PLANS:
        return True
    return pupil.idp is not None and (pupil.idp.end is None or pupil.idp.end >= on)


def _joined(before: Pupil | None, after: Pupil, on: date) -> Iterator[RegisterChange]:
    if before is None or (_has_left(before, on) and after.supplies("registrations")):
        here = _here(after)
        since = here.start if here else None
        school = after.source.school or "unknown"
        yield RegisterChange(ChangeKind.JOINED, f"joined:{school}:{_dated(since, on)}", since)


def _provision_changes(before: Pupil | None, after: Pupil, on: date) -> Iterator[RegisterChange]:
    if not after.supplies("provision"):
        return
    known = before is not None and before.supplies("provision")
    old = before.provision if before is not None and known else None
    new = after.provision
    change = _provision_change(old, new, after, on, first_sight=not known)
    if change is not None:
        yield change
    if change is None or change.kind is not ChangeKind.IDP_CLAIMED:
        yield from _plan_claim(before, after, on)


def _provision_change(
    old: Provision | None, new: Provision | None, after: Pupil, on: date, *, first_sight: bool
) -> RegisterChange | None:
    was, now = _type(old), _type(new)
    since = new.start if new else None
    if was is now and not first_sight and not _is_new_spell(old, new, after):
        return None
    before_code = None if first_sight else was.value
    kind = _provision_kind(was, now, since, first_sight=first_sight)
    if kind is None:
        return None
    return RegisterChange(kind, _provision_trigger(new, since, on), since, before_code, now.value)


def _provision_trigger(new: Provision | None, since: date | None, on: date) -> str:
    code = _type(new).value
    if new is not None and new.type is ProvisionType.UNKNOWN:
        code = f"{code}={_digest(new.raw_code)}"
    return f"provision:{code}:{_dated(since, on)}"


def _provision_kind(
    was: ProvisionType, now: ProvisionType, since: date | None, *, first_sight: bool
) -> ChangeKind | None:
    if now is ProvisionType.NONE:
        return None if first_sight or was is now else ChangeKind.PROVISION_REMOVED
    if now in _KIND_OF_CODE:
        return _KIND_OF_CODE[now]
    if first_sight and now in SEN_CODES and (since is None or since <= OLD_LAW_ENDED_ON):
        return ChangeKind.STALE_SEN_CODE
    if was in CONCERNS and was is not now:
        return ChangeKind.STAGE_CHANGED
    return ChangeKind.CONCERN_ADDED


_KIND_OF_CODE = {
    ProvisionType.UNKNOWN: ChangeKind.PROVISION_UNKNOWN,
    ProvisionType.IDP_SCHOOL: ChangeKind.IDP_CLAIMED,
    ProvisionType.IDP_LA: ChangeKind.IDP_CLAIMED,
    ProvisionType.ENGLISH_EHC_PLAN: ChangeKind.EHC_CLAIMED,
}


def _is_new_spell(old: Provision | None, new: Provision | None, after: Pupil) -> bool:
    """Tell a second spell of the same stage from a corrected start date."""
    if old is None or new is None or old.start is None or new.start is None:
        return False
    if old.type is ProvisionType.UNKNOWN and old.raw_code != new.raw_code:
        return True
    ended = any(
        spell.type is old.type and spell.start == old.start and spell.end is not None
        for spell in after.provision_history
    )
    return ended and new.start > old.start


def _plan_claim(before: Pupil | None, after: Pupil, on: date) -> Iterator[RegisterChange]:
    claim = after.idp
    if claim is None or not after.supplies("idp") or (claim.end is not None and claim.end < on):
        return
    if before is not None and claims_plan(before, on):
        return
    yield RegisterChange(
        ChangeKind.IDP_CLAIMED,
        f"idp:{claim.maintained_by or 'unknown'}:{_dated(claim.start, on)}",
        claim.start,
        _code(before.provision) if before else None,
        f"idp_{claim.maintained_by}" if claim.maintained_by else "idp",
    )


def _need_changes(before: Pupil | None, after: Pupil, on: date) -> Iterator[RegisterChange]:
    if not after.supplies("needs"):
        return
    first_sight = before is None or not before.supplies("needs")
    if first_sight and _type(after.provision) is not ProvisionType.NONE:
        return
    known = set() if before is None or first_sight else {_need(n) for n in before.needs}
    for need in after.needs:
        if _need(need) in known or (need.end is not None and need.end < on):
            continue
        old = first_sight and (need.start is None or need.start <= OLD_LAW_ENDED_ON)
        yield RegisterChange(
            ChangeKind.NEED_ADDED,
            f"need:{_need(need)}:{_dated(need.start, on)}",
            need.start,
            ALREADY_THERE if old else None,
            "need",
        )


def _status_changes(before: Pupil | None, after: Pupil, on: date) -> Iterator[RegisterChange]:
    if before is None:
        return
    if after.supplies("looked_after.in_care") and before.supplies("looked_after.in_care"):
        was, now = is_looked_after(before), is_looked_after(after)
        if was != now and after.looked_after is not None:
            kind = ChangeKind.BECAME_LOOKED_AFTER if now else ChangeKind.CEASED_LOOKED_AFTER
            yield RegisterChange(kind, f"{kind}:{_dated(None, on)}", after=kind.value)
    if after.supplies("registrations") and before.supplies("registrations"):
        was, now = is_dual_registered(before, on), is_dual_registered(after, on)
        if was != now and after.registrations:
            kind = ChangeKind.BECAME_DUAL_REGISTERED if now else ChangeKind.CEASED_DUAL_REGISTERED
            since = _second_place_since(after, on) if now else None
            yield RegisterChange(kind, f"{kind}:{_dated(since, on)}", since, after=kind.value)


def _second_place_since(pupil: Pupil, on: date) -> date | None:
    starts = [place.start for place in pupil.registrations if _active(place, on)]
    known = sorted(start for start in starts if start is not None)
    return known[-1] if len(known) == len(starts) else None


def _age_changes(before: Pupil | None, after: Pupil, on: date) -> Iterator[RegisterChange]:
    if before is None or after.dob is None:
        return
    ends = compulsory_school_age_ends(after.dob)
    told = OVER_AGE_FLAG in before.flags or OVER_AGE_FLAG not in after.flags
    if on > ends and not told:
        kind = ChangeKind.OVER_COMPULSORY_SCHOOL_AGE
        yield RegisterChange(kind, f"{kind}:{ends.isoformat()}", ends)


def _person_changes(before: Pupil | None, after: Pupil, on: date) -> Iterator[RegisterChange]:
    if before is None:
        return
    if after.supplies("contacts") and set(after.contacts) != set(before.contacts):
        yield RegisterChange(ChangeKind.CONTACTS_CHANGED, f"contacts:{_dated(None, on)}")
    identity = ("upn", "name", "dob")
    if any(getattr(before, k) != getattr(after, k) for k in identity if after.supplies(k)):
        yield RegisterChange(ChangeKind.IDENTITY_CHANGED, f"identity:{_dated(None, on)}")


def _here(pupil: Pupil) -> Registration | None:
    own = [place for place in pupil.registrations if place.school == pupil.source.school]
    return own[-1] if own else None


def _has_left(pupil: Pupil, on: date) -> bool:
    """Say whether every place at the record's own school is over; silence is no departure."""
    if not pupil.supplies("registrations"):
        return False
    own = [place for place in pupil.registrations if place.school == pupil.source.school]
    return bool(own) and not any(_active(place, on) for place in own)


def _active(place: Registration, on: date) -> bool:
    if place.status is RegistrationStatus.FORMER:
        return False
    return place.end is None or place.end >= on


def _type(spell: Provision | None) -> ProvisionType:
    return spell.type if spell is not None else ProvisionType.NONE


def _code(spell: Provision | None) -> str:
    return _type(spell).value


def _need(need: Need) -> str:
    return need.type if need.type != "unknown" else f"unknown={_digest(need.raw_code)}"


def _digest(raw_code: str | None) -> str:
    """Stand for a code that nothing translates: it may be free text about a child."""
    return sha256((raw_code or "").encode()).hexdigest()[:12]


def _dated(since: date | None, on: date) -> str:
    return since.isoformat() if since is not None else f"seen-{on.isoformat()}"
