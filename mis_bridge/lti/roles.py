"""Role claims of a launch, read into the few privileges that a claim alone can give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2/"
_MEMBERSHIP = f"{_VOCABULARY}membership"
_INSTITUTION = f"{_VOCABULARY}institution/person#"
_SYSTEM = f"{_VOCABULARY}system/person#"
_STAFF_IN_INSTITUTION = frozenset({"Faculty", "Staff", "Instructor"})


class Scope(StrEnum):
    """Where a role holds: in the whole system, in the institution, or in this context."""

    SYSTEM = "system"
    INSTITUTION = "institution"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class ClaimedRole:
    """One role of the vocabulary: its scope, principal role and sub-role."""

    scope: Scope
    name: str
    sub_role: str | None = None


class BasePrivilege(StrEnum):
    """What the claims alone give in the bound school; anything more needs a grant."""

    TEACHER = "teacher"
    HEAD_CANDIDATE = "head_candidate"
    NONE = "none"


def read_role(claim: str) -> ClaimedRole | None:
    """Read one role claim, or None for a vocabulary that is not LTI's.

    Short names count as context roles: they are deprecated, and platforms still send them.

    Source: LTI Core Specification 1.3, appendix A.2.
    """
    if claim.startswith(_SYSTEM):
        return _named(Scope.SYSTEM, claim.removeprefix(_SYSTEM))
    if claim.startswith(_INSTITUTION):
        return _named(Scope.INSTITUTION, claim.removeprefix(_INSTITUTION))
    if claim.startswith(f"{_MEMBERSHIP}#"):
        return _named(Scope.CONTEXT, claim.removeprefix(f"{_MEMBERSHIP}#"))
    if claim.startswith(f"{_MEMBERSHIP}/"):
        principal, _, sub_role = claim.removeprefix(f"{_MEMBERSHIP}/").partition("#")
        return ClaimedRole(Scope.CONTEXT, principal, sub_role) if principal and sub_role else None
    return _named(Scope.CONTEXT, claim) if claim.isalpha() and claim.isascii() else None


def _named(scope: Scope, name: str) -> ClaimedRole | None:
    return ClaimedRole(scope, name) if name.isalpha() and name.isascii() else None


def base_privilege(claims: Iterable[str]) -> BasePrivilege:
    """Return what the claims of one launch give before any grant is looked at.

    A platform may send institution roles beside context roles in which the person is a learner,
    so that one context role is enough to leave the institution roles aside. System roles are
    technical accounts and give nothing.
    """
    known = [role for role in map(read_role, claims) if role is not None]
    in_context = [role for role in known if role.scope is Scope.CONTEXT]
    if in_context:
        names = {role.name for role in in_context}
        staff, administrator = "Instructor" in names, "Administrator" in names
    else:
        names = {role.name for role in known if role.scope is Scope.INSTITUTION}
        staff, administrator = bool(names & _STAFF_IN_INSTITUTION), "Administrator" in names
    if administrator:
        return BasePrivilege.HEAD_CANDIDATE
    return BasePrivilege.TEACHER if staff else BasePrivilege.NONE
