"""GOV.UK Notify: e-mail that only says that there is a message, and letters ready for print.

What Notify answers may repeat an address, so nothing of its text is kept, shown or logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePath
from typing import Any, ClassVar

from notifications_python_client import NotificationsAPIClient, prepare_upload

from mis_bridge.delivery.base import (
    DeliveryMisconfigured,
    DeliveryRefused,
    DeliveryUnavailable,
    Fate,
    Handed,
    Message,
    Outcome,
)
from mis_bridge.delivery.wire import RETRIED, Wire
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words

LIVE = "https://api.notifications.service.gov.uk"
FILE_LIMIT = 2 * 1024 * 1024
LETTER_FILE = "letter.pdf"
_KEY_LENGTH = 73  # two ids of 36 signs with a dash between; a name may stand before them
_ABOUT_THE_MESSAGE = ("email_address ", "virus scan", "Unsupported file type")
_FILES = ("letter_cy", "letter_en", "plan_cy", "plan_en")


class Notify:
    """One Notify service, reached with one of its keys.

    Sources: the published client, its documentation of statuses and error codes.
    """

    _outcomes: ClassVar[Mapping[str, Outcome]]
    _kind: ClassVar[str]

    def __init__(self, key: Secret, wire: Wire, base_url: str = LIVE) -> None:
        text = key.reveal_text().strip()
        if len(text) < _KEY_LENGTH:
            raise DeliveryMisconfigured(_KEY, "notify:key")
        self._client = _Client(text, base_url, wire)

    def find(self, reference: str, group: str) -> Handed | None:
        """Return the message that Notify took under this reference."""
        del group
        known = self._client.get_all_notifications(template_type=self._kind, reference=reference)
        for each in _of(known, "notifications", list):
            if isinstance(each, dict) and each.get("reference") == reference:
                return Handed(_id_of(each), None)
        return None

    def look(self, artefact: str) -> Fate | None:
        """Return Notify's status of a message; None once Notify has forgotten it."""
        try:
            word = _of(self._client.get_notification_by_id(artefact), "status", str)
        except _NotThere:
            return None
        return Fate(word, self._outcomes.get(word, Outcome.UNDER_WAY))


class NotifyEmail(Notify):
    """An e-mail from the authority's own template, with one link a document and language."""

    name = "notify_email"
    unknown_needs_a_person = False
    _kind = "email"
    _outcomes: ClassVar[Mapping[str, Outcome]] = {
        "delivered": Outcome.DELIVERED,
        "permanent-failure": Outcome.FAILED,
        "temporary-failure": Outcome.FAILED,  # Notify has tried for three days and given up
        "technical-failure": Outcome.TECHNICAL,
    }

    def __init__(
        self,
        key: Secret,
        wire: Wire,
        template_id: str,
        *,
        reply_to_id: str | None = None,
        base_url: str = LIVE,
    ) -> None:
        super().__init__(key, wire, base_url)
        self._template_id, self._reply_to_id = template_id, reply_to_id

    def send(self, message: Message) -> Handed:
        """Upload the documents and ask for the e-mail."""
        if message.electronic_address is None:
            raise DeliveryRefused(_NO_ADDRESS)
        taken = self._client.send_email_notification(
            message.electronic_address,
            self._template_id,
            personalisation=personalisation(message.pages),
            reference=message.reference,
            email_reply_to_id=self._reply_to_id,
        )
        return Handed(_id_of(taken), message.digest())

    def missing_places(self) -> tuple[str, ...]:
        """Return the places for links that the template lacks; nothing is sent."""
        template = self._client.get_template(self._template_id)
        body = _of(template, "body", str)
        if _of(template, "type", str) != self._kind:
            raise DeliveryMisconfigured(_OTHER_TEMPLATE, "notify:template")
        return tuple(place for place in _FILES if f"(({place}))" not in body)


class NotifyLetter(Notify):
    """A letter as one PDF, printed and posted by Notify's supplier."""

    name = "notify_letter"
    unknown_needs_a_person = True
    _kind = "letter"
    _outcomes: ClassVar[Mapping[str, Outcome]] = {
        "received": Outcome.DELIVERED,  # printed and given to the post, no more than that
        "cancelled": Outcome.FAILED,
        "virus-scan-failed": Outcome.FAILED,
        "validation-failed": Outcome.FAILED,
        "permanent-failure": Outcome.FAILED,
        "technical-failure": Outcome.TECHNICAL,
    }

    def __init__(
        self, key: Secret, wire: Wire, *, postage: str = "second", base_url: str = LIVE
    ) -> None:
        super().__init__(key, wire, base_url)
        self._postage = postage

    def send(self, message: Message) -> Handed:
        """Hand over the one PDF of the letter."""
        whole = message.pages[LETTER_FILE]
        taken = self._client.send_precompiled_letter_notification(
            reference=message.reference, pdf_file=BytesIO(whole), postage=self._postage
        )
        return Handed(_id_of(taken), message.digest())

    def check(self) -> None:
        """Raise what is wrong with the key, if anything is; nothing is sent."""
        self._client.get_all_templates(template_type=self._kind)


def personalisation(pages: Mapping[str, bytes]) -> dict[str, object]:
    """Return what fills the template: a link for each document, empty where there is none.

    A reader proves the address before a document opens. Raises DeliveryRefused for a file that
    Notify would not take.
    """
    filled: dict[str, object] = dict.fromkeys(_FILES, "")
    for name, content in pages.items():
        if len(content) > FILE_LIMIT or not name.endswith(".pdf"):
            raise DeliveryRefused(_FILE)
        stem = PurePath(name).stem
        kind, language = stem.partition("-")[0], stem[-2:]
        filled[f"{kind}_{language}"] = prepare_upload(
            BytesIO(content), filename=f"{kind}-{language}.pdf", confirm_email_before_download=True
        )
    filled["has_plan"] = "yes" if filled["plan_cy"] or filled["plan_en"] else "no"
    return filled


class _NotThere(Exception):
    """Notify knows nothing under this address."""


class _Client(NotificationsAPIClient):  # type: ignore[misc]  # the library ships no types
    """The published client over our own way out, and without its log lines."""

    def __init__(self, api_key: str, base_url: str, wire: Wire) -> None:
        super().__init__(api_key, base_url=base_url)
        self._wire = wire

    def request(
        self,
        method: str,
        url: str,
        data: object = None,
        params: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Make one call and judge its answer."""
        address, wanted = self._create_request_objects(url, data, params)
        body = wanted.get("data")
        reply = self._wire(
            method,
            address,
            headers=wanted["headers"],
            body=body.encode() if body is not None else None,
            query=params,
        )
        if reply.status in RETRIED:
            raise DeliveryUnavailable(_BUSY, retry_after=reply.retry_after)
        if reply.status not in {200, 201}:
            raise _refusal(method, reply.status, reply.body)
        try:
            told = json.loads(reply.body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise DeliveryUnavailable(_NO_JSON, answered=False)
        return told


def _refusal(method: str, status: int, body: bytes) -> Exception:
    if status == 404 and method == "GET":
        return _NotThere()
    if status == 413:
        return DeliveryRefused(_FILE)
    if status == 400 and any(sign in body.decode(errors="replace") for sign in _ABOUT_THE_MESSAGE):
        return DeliveryRefused(_NOT_THIS_ONE)
    return DeliveryMisconfigured(_REFUSED.fill(status=status), f"notify:{status}")


def _id_of(taken: Mapping[str, object]) -> str:
    return str(_of(taken, "id", str))


def _of(told: Mapping[str, Any], name: str, kind: type) -> Any:
    value = told.get(name)
    if not isinstance(value, kind):
        raise DeliveryUnavailable(_NO_JSON, answered=False)
    return value


_KEY = Words(
    "this is no key of GOV.UK Notify; copy the whole key, with its name and both its ids",
    "nid allwedd GOV.UK Notify mo hon; copïwch yr allwedd gyfan, gyda'i henw a'i dau id",
)
_OTHER_TEMPLATE = Words(
    "this template of GOV.UK Notify is not an e-mail template",
    "nid templed e-bost yw'r templed GOV.UK Notify hwn",
)
_BUSY = Words(
    "GOV.UK Notify has no room or does not work now",
    "nid oes lle gan GOV.UK Notify neu nid yw'n gweithio nawr",
)
_NO_JSON = Words(
    "GOV.UK Notify gave an answer that cannot be read",
    "rhoddodd GOV.UK Notify ateb na ellir ei ddarllen",
)
_REFUSED = Words(
    "GOV.UK Notify refuses what we send ({status}); check the key and the template, then run "
    "mis-bridge delivery test",
    "mae GOV.UK Notify yn gwrthod yr hyn a anfonwn ({status}); gwiriwch yr allwedd a'r templed, "
    "yna rhedwch mis-bridge delivery test",
)
_NOT_THIS_ONE = Words(
    "GOV.UK Notify does not take this message: its address or a file of it",
    "nid yw GOV.UK Notify yn derbyn y neges hon: ei chyfeiriad neu ffeil ynddi",
)
_FILE = Words(
    "a document is larger than GOV.UK Notify takes, or no PDF",
    "mae dogfen yn fwy nag y mae GOV.UK Notify yn ei derbyn, neu nid yw'n PDF",
)
_NO_ADDRESS = Words(
    "the recipient has supplied no address for e-mail",
    "nid yw'r derbynnydd wedi rhoi cyfeiriad ar gyfer e-bost",
)
