"""What role claims give, and what they never give."""

from __future__ import annotations

import pytest

from mis_bridge.lti.roles import BasePrivilege, ClaimedRole, Scope, base_privilege, read_role

V = "http://purl.imsglobal.org/vocab/lis/v2/"
TEACHER, CANDIDATE, NONE = (
    BasePrivilege.TEACHER,
    BasePrivilege.HEAD_CANDIDATE,
    BasePrivilege.NONE,
)


@pytest.mark.parametrize(
    ("claims", "privilege"),
    [
        ([f"{V}membership#Instructor"], TEACHER),
        ([f"{V}membership/Instructor#PrimaryInstructor"], TEACHER),
        (["Instructor"], TEACHER),
        ([f"{V}institution/person#Faculty"], TEACHER),
        ([f"{V}institution/person#Staff"], TEACHER),
        ([f"{V}institution/person#Instructor"], TEACHER),
        ([f"{V}membership#Administrator"], CANDIDATE),
        ([f"{V}institution/person#Administrator"], CANDIDATE),
        # The person is a learner here, whatever they are in the institution.
        ([f"{V}institution/person#Administrator", f"{V}membership#Learner"], NONE),
        ([f"{V}institution/person#Staff", "Learner"], NONE),
        ([f"{V}system/person#Administrator"], NONE),
        ([f"{V}system/person#SysAdmin", f"{V}membership#Mentor"], NONE),
        (["Learner"], NONE),
        (["Observer", "Guest"], NONE),
        # N52, and threats L8: an unknown vocabulary gives nothing.
        (["urn:evil#Superuser"], NONE),
        ([f"{V}membership#"], NONE),
        ([f"{V}membership/Instructor"], NONE),
        ([f"{V}membership/#Instructor"], NONE),
        (["instructor"], NONE),
        ([""], NONE),
        ([], NONE),
    ],
)
def test_claims_give_no_more_than_the_table_says(
    claims: list[str], privilege: BasePrivilege
) -> None:
    assert base_privilege(claims) is privilege


def test_a_sub_role_is_read_with_its_principal_role() -> None:
    assert read_role(f"{V}membership/Instructor#TeachingAssistant") == ClaimedRole(
        Scope.CONTEXT, "Instructor", "TeachingAssistant"
    )
