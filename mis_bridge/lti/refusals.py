"""Why a launch is refused: a stable code, its HTTP status, and what the person is told.

The code goes into the answer and the audit entry; nothing of the token ever does.
"""

from __future__ import annotations

from types import MappingProxyType

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

_AGAIN = Words(
    "The launch from your MIS could not be checked. Close this page and open the tool again from "
    "the MIS.",
    "Nid oedd modd gwirio'r lansiad o'ch MIS. Caewch y dudalen hon ac agorwch yr offeryn eto o'r "
    "MIS.",
)
_SETUP = Words(
    "Your MIS sent a launch that does not follow LTI 1.3. The person who looks after the MIS can "
    "correct its settings.",
    "Anfonodd eich MIS lansiad nad yw'n dilyn LTI 1.3. Gall y sawl sy'n gofalu am y MIS gywiro ei "
    "osodiadau.",
)
_LOGIN = Words(
    "The sign-in request from your MIS is incomplete, or this tool does not know that MIS. The "
    "person who looks after the MIS can correct its settings.",
    "Mae cais mewngofnodi eich MIS yn anghyflawn, neu nid yw'r offeryn hwn yn adnabod y MIS. Gall "
    "y sawl sy'n gofalu am y MIS gywiro ei osodiadau.",
)
_NEW_WINDOW = Words(
    "Your browser did not return the cookie that protects the launch. Open the tool in a new "
    "window.",
    "Ni ddychwelodd eich porwr y cwci sy'n diogelu'r lansiad. Agorwch yr offeryn mewn ffenestr "
    "newydd.",
)
_NOT_ACTIVE = Words(
    "This MIS has not been activated for the tool by the local authority.",
    "Nid yw'r awdurdod lleol wedi rhoi'r MIS hwn ar waith ar gyfer yr offeryn.",
)
_KEYS = Words(
    "The keys of your MIS cannot be fetched at the moment. Try again in a few minutes.",
    "Nid oes modd nôl allweddi eich MIS ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig "
    "funudau.",
)

_TOKEN_CODES = (
    "malformed_token",
    "kid_missing",
    "kid_unknown",
    "alg_not_allowed",
    "bad_signature",
    "claim_missing",
    "expired",
    "too_old",
    "not_yet_valid",
    "issuer_unknown",
    "issuer_mismatch",
    "audience_mismatch",
    "audience_untrusted",
    "azp_mismatch",
    "nonce_missing",
    "nonce_invalid",
    "state_used",
    "state_invalid",
)
_MESSAGE_CODES = (
    "message_type",
    "version",
    "deployment_missing",
    "deployment_mismatch",
    "resource_link",
    "user_missing",
    "user_invalid",
    "roles_missing",
    "roles_invalid",
    "target_link",
    "deep_linking_settings",
)

# code -> (HTTP status, words)
REFUSALS = MappingProxyType(
    dict.fromkeys(_TOKEN_CODES, (401, _AGAIN))
    | dict.fromkeys(_MESSAGE_CODES, (401, _SETUP))
    | {
        "state_cookie_missing": (401, _NEW_WINDOW),
        "deployment_unknown": (403, _NOT_ACTIVE),
        "keys_unavailable": (503, _KEYS),
        "login_incomplete": (400, _LOGIN),
        "login_platform_unknown": (400, _LOGIN),
        "login_target_outside": (400, _LOGIN),
    }
)


class LaunchRefused(Problem):
    """A launch or a login that is not accepted; `code` is stable, `status` is the HTTP status."""

    def __init__(self, code: str) -> None:
        status, words = REFUSALS[code]
        super().__init__(words)
        self.code = code
        self.status = status
