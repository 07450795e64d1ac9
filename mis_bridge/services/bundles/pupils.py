"""Whose plan a bundle holds: by a valid UPN, or as a person says where everything agrees."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Pupil
from mis_bridge.services.bundles import problems as words
from mis_bridge.services.bundles.bundled_plan import BundledPlan
from mis_bridge.services.bundles.problems import BundleNotTaken, PupilToChoose
from mis_bridge.services.pages import pupil_of
from mis_bridge.storage import idp_drafts, plan_bundles
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant


def whose(
    session: Session, tenant: Tenant, plan: BundledPlan, chosen: str | None, now: datetime
) -> tuple[PupilRow, Pupil]:
    """Return whose plan it is: by a valid UPN, or as chosen where name and date of birth agree.

    Nobody is ever added to the register by a bundle.
    """
    by_upn = None
    if plan.person.upn:
        hashed = upn_hashes(session, now=now).of(plan.person.upn)
        by_upn = idp_drafts.pupil_with_upn(session, tenant, hashed)
    if by_upn is not None:
        pupil = _opened(session, by_upn)
        if chosen not in {None, by_upn.id} or not _may_be(pupil, plan):
            raise BundleNotTaken(words.OTHER_PERSON, field="pupil")
        return by_upn, pupil
    alike = candidates(session, tenant, plan)
    for row, pupil in alike:
        if row.id == chosen:
            return row, pupil
    if chosen is not None:
        raise BundleNotTaken(words.NOT_ALIKE, field="pupil")
    raise PupilToChoose(tuple(row.id for row, _ in alike))


def candidates(session: Session, tenant: Tenant, plan: BundledPlan) -> list[tuple[PupilRow, Pupil]]:
    """Return the pupils of the school with the plan's name and date of birth and no other UPN."""
    if plan.person.dob is None or not plan.person.name:
        return []
    found: list[tuple[PupilRow, Pupil]] = []
    for row in plan_bundles.pupils_born_on(session, tenant, plan.person.dob):
        pupil = _opened(session, row)
        contradicted = plan.person.upn is not None and row.upn_hash is not None
        if not contradicted and _folded(plan.person.name) in _names(pupil):
            found.append((row, pupil))
    return found


def _opened(session: Session, row: PupilRow) -> Pupil:
    pupil = pupil_of(session, row)
    if pupil is None:
        raise BundleNotTaken(words.OTHER_PERSON, field="pupil")
    return pupil


def _may_be(pupil: Pupil, plan: BundledPlan) -> bool:
    """Say whether a pupil with the plan's UPN can be the plan's: born on the same day, if known."""
    known = (pupil.dob, plan.person.dob)
    return None in known or known[0] == known[1]


def _names(pupil: Pupil) -> set[str]:
    name = pupil.name
    legal = f"{name.legal_forename or ''} {name.legal_surname or ''}"
    return {_folded(name.known_as), _folded(legal)} - {""}


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
