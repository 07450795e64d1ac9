"""Who may open what: every route of the application stands here once, and nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mis_bridge.services.sessions import ALNCO, HEAD, LA_ADMIN, TEACHER


class Open(StrEnum):
    """How a route is kept that asks for no session."""

    ANYBODY = "anybody"
    SIGNED_WEBHOOK = "signed webhook"
    LAUNCH = "launch"
    OPERATOR = "operator"


Rule = Open | frozenset[str]

SCHOOL: Final = frozenset({ALNCO, HEAD})
STAFF: Final = SCHOOL | {TEACHER}
AUTHORITY: Final = frozenset({LA_ADMIN})
EVERYONE_IN: Final = STAFF | AUTHORITY

ACCESS: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "static": Open.ANYBODY,
        "health.live": Open.ANYBODY,
        "health.ready": Open.ANYBODY,
        "webhooks.receive": Open.SIGNED_WEBHOOK,
        "lti.login": Open.LAUNCH,
        "lti.launch": Open.LAUNCH,
        "lti.ticket": Open.LAUNCH,
        "lti.keys": Open.ANYBODY,
        "home.start": EVERYONE_IN,
        "home.window": EVERYONE_IN,
        "home.leave": EVERYONE_IN,
        "tasks.listing": EVERYONE_IN,
        "tasks.show": EVERYONE_IN,
        "tasks.confirm_trigger": SCHOOL,
        "tasks.record_consent": SCHOOL,
        "tasks.assign": SCHOOL,
        "tasks.decide": SCHOOL,
        "tasks.record_given": SCHOOL,
        "tasks.add_reasons": SCHOOL,
        "pupils.show": STAFF,
        "monitoring.pupil": STAFF,
        "monitoring.pupil_export": STAFF,
        "monitoring.choose_provision": SCHOOL,
        "monitoring.school": SCHOOL,
        "monitoring.school_export": SCHOOL,
        "monitoring.authority": AUTHORITY,
        "people.show": SCHOOL,
        "people.ask": SCHOOL,
        "people.record": SCHOOL,
        "people.withdraw": SCHOOL,
        "idp.show": SCHOOL,
        "plans.listing": SCHOOL | AUTHORITY,
        "plans.begin": SCHOOL,
        "plans.show": SCHOOL | AUTHORITY,
        "plans.support": STAFF,
        "plans.version": SCHOOL | AUTHORITY,
        "plans.download": SCHOOL | AUTHORITY,
        "bundles.order": SCHOOL | AUTHORITY,
        "bundles.make": SCHOOL | AUTHORITY,
        "bundles.arrival": SCHOOL,
        "bundles.take": SCHOOL,
        "plan_edits.section": SCHOOL | AUTHORITY,
        "plan_edits.save": SCHOOL | AUTHORITY,
        "plan_edits.typing": SCHOOL | AUTHORITY,
        "plan_edits.discard": SCHOOL | AUTHORITY,
        "plan_edits.settle": SCHOOL | AUTHORITY,
        "plan_edits.confirm": SCHOOL | AUTHORITY,
        "plan_edits.promote": SCHOOL | AUTHORITY,
        "plan_acts.show": SCHOOL | AUTHORITY,
        "plan_acts.do": SCHOOL | AUTHORITY,
        "conversion.overview": SCHOOL,
        "conversion.start": SCHOOL,
        "conversion.show": SCHOOL,
        "notices.show": SCHOOL | AUTHORITY,
        "notices.preview": SCHOOL | AUTHORITY,
        "notices.confirm": SCHOOL | AUTHORITY,
        "notices.tell_further": SCHOOL | AUTHORITY,
        "notices.message": SCHOOL | AUTHORITY,
        "notices.give": SCHOOL | AUTHORITY,
        "notices.send_again": SCHOOL | AUTHORITY,
        "la_admin.overview": AUTHORITY,
        "la_admin.connections": AUTHORITY,
        "la_admin.mappings": AUTHORITY,
        "la_admin.people": AUTHORITY,
        "la_admin.settle": AUTHORITY,
        "subscriptions.listing": AUTHORITY,
        "subscriptions.log": AUTHORITY,
        "subscriptions.replay": AUTHORITY,
    }
)
"""endpoint -> who may open it; a route that is missing here is answered as if it did not exist."""
