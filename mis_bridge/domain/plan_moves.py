"""Who maintains a plan that has come with its pupil: it goes on, and nobody decides afresh.

Source: 2018 anaw 2 ss. 31(1)-(4), 35, 43; S.I. 2021/401 regs 15, 16.
"""

from __future__ import annotations

from dataclasses import dataclass

from mis_bridge.domain.concerns import Setting
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.words import Words

_ACT = "2018 anaw 2"
_SCHOOLS = frozenset({Setting.MAINTAINED_SCHOOL, Setting.MAINTAINED_SPECIAL_SCHOOL, Setting.PRU})
_CARED_FOR = frozenset({Maintainer.SCHOOL, Maintainer.FEI, Maintainer.LOCAL_AUTHORITY})


@dataclass(frozen=True, slots=True)
class Moved:
    """Who maintains the plan now, None where the law that was read does not say; the provision."""

    maintainer: Maintainer | None
    source: str
    uncertain: Words | None = None


def maintainer_after_move(
    before: Maintainer, setting: Setting, *, looked_after: bool | None
) -> Moved:
    """Return who maintains a plan once its pupil is registered at an institution of `setting`.

    `looked_after` is whether a local authority in Wales looks after the child, None if not known.

    Source: 2018 anaw 2 s. 35(1)-(13), s. 43.
    """
    if looked_after is True and before in _CARED_FOR:
        return Moved(Maintainer.LOOKING_AFTER_LA, f"{_ACT} s. 35(9)-(10)")
    match before:
        case Maintainer.LOOKING_AFTER_LA if looked_after is False:
            return Moved(Maintainer.LOCAL_AUTHORITY, f"{_ACT} s. 35(11)-(13)")
        case Maintainer.LOCAL_AUTHORITY | Maintainer.LOOKING_AFTER_LA:
            return Moved(before, f"{_ACT} s. 35(7)-(8)")
        case Maintainer.SCHOOL if setting in _SCHOOLS:
            return Moved(Maintainer.SCHOOL, f"{_ACT} s. 35(1)-(3)")
        case Maintainer.SCHOOL if setting is Setting.FEI:
            return Moved(Maintainer.FEI, f"{_ACT} s. 35(4)-(6)", _JOINED_IN_TIME)
        case _:
            return Moved(None, f"{_ACT} ss. 35, 43")


_JOINED_IN_TIME = Words(
    "The institution maintains the plan if the young person joined it by the end of the September "
    "after the school year in which a school maintained it: check the day.",
    "Mae'r sefydliad yn cynnal y cynllun os ymunodd y person ifanc ag ef erbyn diwedd y mis Medi "
    "ar ôl y flwyddyn ysgol pan oedd ysgol yn ei gynnal: gwiriwch y diwrnod.",
)
