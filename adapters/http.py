"""The one way out to a vendor: vetted address, no redirect, bounded in time, size and attempts."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import sleep
from typing import Any, Final

import requests
import tenacity
from tenacity.stop import stop_base

from adapters import addresses
from adapters.base import ConnectionSettings, VendorRefused, VendorUnavailable
from adapters.breaker import Breaker
from adapters.jsontext import JsonRefused, strict_json
from adapters.transport import Deadline, PinnedTransport
from mis_bridge.domain.words import Words

RETRY_AFTER_LIMIT: Final = 3600.0
_PIECE: Final = 64 * 1024
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_SECONDS: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_KEPT_HEADERS: Final = ("date", "link", "x-total-count", "etag", "last-modified", "cache-control")


@dataclass(frozen=True, slots=True, repr=False)
class Received:
    """What came back: status is 200, 304, 404 or 422, everything else is an error.

    `body` is parsed JSON, or the bytes of XML where XML was asked for.
    """

    address: str
    status: int
    body: object
    headers: Mapping[str, str]


class Http:
    """A session with one vendor for one school. Not shared between threads.

    `waiting_budget` of the settings bounds what one run spends waiting between attempts.
    """

    def __init__(
        self,
        vendor: str,
        settings: ConnectionSettings,
        *,
        resolver: addresses.Resolver = addresses.resolve,
    ) -> None:
        self._settings = settings
        self._left_to_wait = settings.waiting_budget
        self._base = addresses.origin_of(settings.base_url)
        self._breaker = Breaker.of(f"{vendor}|{settings.base_url}|{settings.school_ref}")
        self._transport = PinnedTransport(addresses.trusted(settings.trusted_origins), resolver)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip"})
        self._session.mount("https://", self._transport)
        self._session.mount("http://", self._transport)

    def get(self, address: str, headers: Mapping[str, str]) -> Received:
        """Fetch a page of the vendor's base origin, with retries while that can help."""
        self._stay(address)
        return self._attempts(lambda: self._once("GET", address, headers))

    def ask_token(self, address: str, form: Mapping[str, str], *, as_json: bool) -> Received:
        """Ask a vendor's token service, of any allowed origin; asking twice does no harm."""
        addresses.origin_of(address)
        sent = {"json": dict(form)} if as_json else {"data": dict(form)}
        return self._attempts(lambda: self._once("POST", address, {}, sent))

    def ask_xml(self, address: str, question: bytes, headers: Mapping[str, str]) -> Received:
        """Put a question that is itself XML and only reads; the answer's bytes come unparsed."""
        self._stay(address)
        sent = {"data": question}
        return self._attempts(lambda: self._once("POST", address, headers, sent, wanted="xml"))

    def _stay(self, address: str) -> None:
        if addresses.origin_of(address) != self._base:
            raise VendorRefused(
                Words(
                    "The MIS points to another host; the call was not made.",
                    "Mae'r MIS yn cyfeirio at westeiwr arall; ni wnaed yr alwad.",
                )
            )

    def _attempts(self, call: Callable[[], Received]) -> Received:
        self._breaker.check()
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(VendorUnavailable),
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(self._settings.attempts), _BudgetSpent(self)
            ),
            wait=self._wait,
            sleep=self._wait_out,
            reraise=True,
        )
        try:
            received: Received = retrying(call)
        except VendorUnavailable:
            self._breaker.failed()
            raise
        self._breaker.worked()
        return received

    def _wait(self, state: tenacity.RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        asked = failure.retry_after if isinstance(failure, VendorUnavailable) else None
        if asked is not None:
            return asked
        return tenacity.wait_exponential_jitter(multiplier=0.5, max=60.0)(state)

    def can_wait(self, seconds: float) -> bool:
        """Tell whether this run may still wait so long."""
        return seconds <= self._left_to_wait

    def _wait_out(self, seconds: float) -> None:
        self._left_to_wait -= seconds
        sleep(seconds)

    def _once(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        sent: Mapping[str, Any] | None = None,
        *,
        wanted: str = "json",
    ) -> Received:
        timeouts = (self._settings.connect_timeout, self._settings.read_timeout)
        with Deadline(self._transport, self._settings.answer_deadline) as deadline:
            try:
                response = self._session.request(
                    method,
                    address,
                    headers=dict(headers),
                    timeout=timeouts,
                    allow_redirects=False,
                    stream=True,
                    **(sent or {}),
                )
                with response:
                    _judge_status(response)
                    raw = self._bounded(response)
            except (requests.RequestException, OSError) as broken:
                if is_certificate_fault(broken):
                    raise VendorRefused(_CERTIFICATE) from None
                # The library's text may hold the address with its query: only the class is told.
                raise VendorUnavailable(_TOO_SLOW if deadline.passed else _BROKEN) from None
        if deadline.passed:
            raise VendorUnavailable(_TOO_SLOW)
        return _received(address, response, raw, wanted)

    def _bounded(self, response: requests.Response) -> bytes:
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_content(_PIECE):
            size += len(piece)
            if size > self._settings.answer_limit:
                raise VendorRefused(
                    Words(
                        "The MIS's answer is larger than {limit} MB unpacked; it was not used.",
                        "Mae ateb yr MIS yn fwy na {limit} MB wedi'i ddadbacio; nis defnyddiwyd.",
                    ).fill(limit=self._settings.answer_limit >> 20)
                )
            pieces.append(piece)
        return b"".join(pieces)


class _BudgetSpent(stop_base):
    def __init__(self, http: Http) -> None:
        self._http = http

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        return not self._http.can_wait(retry_state.upcoming_sleep)


def _judge_status(response: requests.Response) -> None:
    status = response.status_code
    if status in _BUSY:
        raise VendorUnavailable(
            Words("The MIS answered {status}.", "Atebodd yr MIS {status}.").fill(status=status),
            retry_after=retry_after(
                response.headers.get("Retry-After"), response.headers.get("Date")
            ),
        )
    if status in {401, 403}:
        raise VendorRefused(
            Words(
                "The MIS refuses our key ({status}): the school may have withdrawn its consent. "
                "Authorise the connection again.",
                "Mae'r MIS yn gwrthod ein hallwedd ({status}): efallai i'r ysgol dynnu ei "
                "chydsyniad yn ôl. Awdurdodwch y cysylltiad eto.",
            ).fill(status=status),
            needs_reauthorisation=True,
            status=status,
        )
    if status not in {200, 201, 304, 404, 422}:
        raise VendorRefused(
            Words(
                "The MIS answered {status}; a redirect or an error like this is not followed.",
                "Atebodd yr MIS {status}; ni ddilynir ailgyfeiriad na gwall fel hyn.",
            ).fill(status=status),
            status=status,
        )


def retry_after(wanted: str | None, sent: str | None) -> float | None:
    """Read `Retry-After` in seconds: a number, or a date as seen from the answer's own `Date`.

    Below nothing counts as nothing, above an hour as an hour; None if it says nothing of use.
    """
    if wanted is None:
        return None
    if _SECONDS.fullmatch(wanted.strip()):
        return min(float(wanted), RETRY_AFTER_LIMIT)
    try:
        until = parsedate_to_datetime(wanted) - parsedate_to_datetime(sent or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(until.total_seconds(), 0.0), RETRY_AFTER_LIMIT)


def _received(address: str, response: requests.Response, raw: bytes, wanted: str) -> Received:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    status = response.status_code
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status in {304, 404}:
        return Received(address, status, None, headers)
    if not (kind.endswith(wanted) or kind == ""):
        raise VendorUnavailable(
            Words(
                "The MIS answered with {kind} in place of {wanted} (a log-in or error page?).",
                "Atebodd yr MIS â {kind} yn lle {wanted} (tudalen fewngofnodi neu wall?).",
            ).fill(kind=kind, wanted=wanted.upper())
        )
    if wanted == "xml":
        return Received(address, status, raw, headers)
    try:
        body = strict_json(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, JsonRefused):
        raise VendorUnavailable(_NOT_JSON) from None
    return Received(address, 200 if status == 201 else status, body, headers)


def is_certificate_fault(error: BaseException | None) -> bool:
    """Say whether a call failed because the certificate did not hold, however deep that lies."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        inner = [cause for cause in error.args if isinstance(cause, BaseException)]
        error = error.__cause__ or error.__context__ or next(iter(inner), None)
    return False


_CERTIFICATE: Final = Words(
    "The MIS's certificate does not prove that it is the host asked for; the call was not made.",
    "Nid yw tystysgrif yr MIS yn profi mai'r gwesteiwr y gofynnwyd amdano ydyw; ni wnaed yr alwad.",
)
_TOO_SLOW: Final = Words(
    "The MIS did not finish its answer in time.", "Ni orffennodd yr MIS ei ateb mewn pryd."
)
_BROKEN: Final = Words(
    "The connection to the MIS failed or broke off.",
    "Methodd y cysylltiad â'r MIS, neu fe dorrodd.",
)
_NOT_JSON: Final = Words(
    "The MIS's answer is cut or is not JSON.",
    "Mae ateb yr MIS wedi'i dorri neu nid yw'n JSON.",
)
