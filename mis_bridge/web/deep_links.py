"""The page on which a link to the tool is handed to the platform that asked for one."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, url_for

from mis_bridge.domain.words import Words
from mis_bridge.lti.claims import DeepLinkingSettings, Launch
from mis_bridge.lti.deep_linking import LinkItem, response
from mis_bridge.lti.platforms import PlatformRegistration
from mis_bridge.lti.refusals import LaunchRefused
from mis_bridge.services import tool_keys
from mis_bridge.services.launches import Entered
from mis_bridge.web.access import SCHOOL
from mis_bridge.web.headers import forms_may_go_to
from mis_bridge.web.refusals import RoleMissing
from mis_bridge.web.surroundings import Surroundings

_TITLE: Final = Words("ALN tasks", "Tasgau ADY")


def offer(
    place: Surroundings,
    platform: PlatformRegistration,
    launch: Launch,
    settings: DeepLinkingSettings,
    entered: Entered,
) -> Response:
    """Offer the one link that can be placed: the list of tasks. It names nobody.

    Raises `LaunchRefused` where the answer would go to an origin that is not the platform's.
    """
    if not entered.roles & SCHOOL:
        raise RoleMissing
    origin = _origin(settings.return_url)
    if origin not in {_origin(platform.auth_login_url), *platform.frame_ancestors}:
        raise LaunchRefused("deep_linking_settings")
    item = LinkItem(f"{place.public_url}{url_for('tasks.listing')}", f"{_TITLE.en} / {_TITLE.cy}")
    now = place.clock()
    with place.sessions.begin() as session:
        key = tool_keys.signing_key(session, now)
    answers = [
        response(platform, launch.deployment_id, items, opaque=settings.opaque, key=key, now=now)
        for items in ([item], [])
    ]
    forms_may_go_to(origin)
    return make_response(
        render_template(
            "deep_link.html", title=item.title, action=settings.return_url, answers=answers
        )
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
