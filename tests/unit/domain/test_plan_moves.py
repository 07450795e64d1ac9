"""Who maintains a plan that has come with its pupil."""

from __future__ import annotations

import pytest

from mis_bridge.domain.concerns import Setting
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.plan_moves import maintainer_after_move

SCHOOL, FEI, LA = Maintainer.SCHOOL, Maintainer.FEI, Maintainer.LOCAL_AUTHORITY
CARE, HOME = Maintainer.LOOKING_AFTER_LA, Maintainer.HOME_AUTHORITY
HERE, COLLEGE = Setting.MAINTAINED_SCHOOL, Setting.FEI


@pytest.mark.parametrize(
    ("before", "setting", "looked_after", "now", "provision"),
    [
        (SCHOOL, HERE, False, SCHOOL, "35(1)-(3)"),
        (SCHOOL, Setting.PRU, None, SCHOOL, "35(1)-(3)"),
        (SCHOOL, Setting.MAINTAINED_SPECIAL_SCHOOL, False, SCHOOL, "35(1)-(3)"),
        (SCHOOL, COLLEGE, False, FEI, "35(4)-(6)"),
        (LA, HERE, False, LA, "35(7)-(8)"),
        (LA, COLLEGE, None, LA, "35(7)-(8)"),
        (SCHOOL, HERE, True, CARE, "35(9)-(10)"),
        (LA, HERE, True, CARE, "35(9)-(10)"),
        (CARE, HERE, True, CARE, "35(7)-(8)"),
        (CARE, HERE, None, CARE, "35(7)-(8)"),
        (CARE, HERE, False, LA, "35(11)-(13)"),
        (SCHOOL, Setting.INDEPENDENT_SCHOOL, False, None, "35, 43"),
        (FEI, COLLEGE, False, None, "35, 43"),
        (FEI, HERE, False, None, "35, 43"),
        (HOME, HERE, False, None, "35, 43"),
    ],
)
def test_the_plan_goes_on_with_the_body_that_the_act_names(
    before: Maintainer,
    setting: Setting,
    looked_after: bool | None,
    now: Maintainer | None,
    provision: str,
) -> None:
    moved = maintainer_after_move(before, setting, looked_after=looked_after)
    assert moved.maintainer is now
    assert moved.source.endswith(provision)


def test_a_college_is_told_that_the_day_of_joining_counts() -> None:
    moved = maintainer_after_move(SCHOOL, COLLEGE, looked_after=False)
    assert moved.uncertain is not None
    assert "September" in moved.uncertain.en
    assert maintainer_after_move(SCHOOL, HERE, looked_after=False).uncertain is None
