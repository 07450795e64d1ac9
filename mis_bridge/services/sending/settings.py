"""What each way of sending is set up with: which settings there are, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class RouteRefused(Problem):
    """A way of sending cannot be set up or changed as asked."""


def judge_settings(channel: str, settings: Mapping[str, str]) -> None:
    """Raise RouteRefused for a setting that is unknown, missing or not well written."""
    shape = _SETTINGS.get(channel)
    if shape is None:
        raise RouteRefused(_NO_CHANNEL.fill(channels=", ".join(_SETTINGS)))
    known = ", ".join(sorted(shape))
    for name, value in settings.items():
        if name not in shape:
            raise RouteRefused(_UNKNOWN_SETTING.fill(name=name, known=known))
        if not shape[name].fits(value):
            raise RouteRefused(_BAD_SETTING.fill(name=name, wanted=shape[name].wanted))
    for name, setting in shape.items():
        if setting.required and name not in settings:
            raise RouteRefused(_MISSING_SETTING.fill(name=name, known=known))


@dataclass(frozen=True, slots=True)
class _Setting:
    wanted: Words
    fits: Callable[[str], bool]
    required: bool = False


def _pattern(expression: str) -> Callable[[str], bool]:
    compiled = re.compile(expression, re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


_ID = _Setting(
    Words("an id as GOV.UK Notify shows it", "id fel y mae GOV.UK Notify yn ei ddangos"),
    _pattern(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
)
_ADDRESS = _Setting(
    Words("an address beginning with https://", "cyfeiriad yn dechrau â https://"),
    _pattern(r"https?://[\x21-\x7e]{1,500}"),
)
_TEXT = _Setting(
    Words("a line of 200 characters at most", "llinell o 200 nod ar y mwyaf"),
    _pattern(r"[^\x00-\x1f\x7f]{1,200}"),
)
_MAILBOX = _Setting(
    Words("one address for e-mail", "un cyfeiriad e-bost"),
    _pattern(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,}"),
)


def _needed(setting: _Setting) -> _Setting:
    return _Setting(setting.wanted, setting.fits, required=True)


def _one_of(*values: str) -> _Setting:
    listed = ", ".join(values)
    return _Setting(Words(f"one of {listed}", f"un o {listed}"), lambda value: value in values)


_SETTINGS: Mapping[str, Mapping[str, _Setting]] = {
    "notify_email": {"template_id": _needed(_ID), "reply_to_id": _ID, "base_url": _ADDRESS},
    "notify_letter": {
        "postage": _one_of("first", "second", "economy"),
        "base_url": _ADDRESS,
    },
    "smtp": {
        "host": _needed(
            _Setting(
                Words("the name of a mail server", "enw gweinydd post"),
                _pattern(r"[A-Za-z0-9.:-]{1,253}"),
            )
        ),
        "port": _Setting(
            Words("a number from 1 to 65535", "rhif rhwng 1 a 65535"),
            lambda value: value.isascii() and value.isdigit() and 0 < int(value[:6]) < 65536,
        ),
        "tls": _one_of("starttls", "tls", "none"),
        "username": _TEXT,
        "sender": _needed(_MAILBOX),
        "sender_name": _TEXT,
    },
    "mis": {"url": _needed(_ADDRESS)},
}
CHANNELS = tuple(_SETTINGS)
_NO_CHANNEL = Words("--channel is one of {channels}", "mae --channel yn un o {channels}")
_UNKNOWN_SETTING = Words(
    "there is no setting {name} here; there are: {known}",
    "nid oes gosodiad {name} yma; y rhain sydd: {known}",
)
_BAD_SETTING = Words(
    "the setting {name} cannot be used; write {wanted}",
    "ni ellir defnyddio'r gosodiad {name}; ysgrifennwch {wanted}",
)
_MISSING_SETTING = Words(
    "the setting {name} is missing; write --set {name}=VALUE (settings: {known})",
    "mae'r gosodiad {name} ar goll; ysgrifennwch --set {name}=GWERTH (gosodiadau: {known})",
)
