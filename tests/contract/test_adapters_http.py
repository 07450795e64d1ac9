"""The one way out: what the wire may do to it, tried on the wire."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.base import ConnectionSettings, VendorRefused, VendorUnavailable
from adapters.breaker import FAILURES, Breaker
from adapters.http import Http, retry_after
from tests.support.vendors.server import DevVendor, Fault, Reply, Request


class Echo(DevVendor):
    """Answers with the name it was called by."""

    name = "echo"

    def is_authorised(self, request: Request) -> bool:
        return request.method == "GET"

    def reply(self, request: Request) -> Reply:
        match request.path:
            case "/bomb":
                return Reply(gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"})
            case "/list":
                return Reply(b"[" * 100_000)
            case _:
                return Reply({"host": request.headers["host"]})


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("adapters.http.sleep", waited.append)
    return waited


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo() as running:
        yield running


def named(echo: Echo, scheme: str = "http") -> tuple[str, ConnectionSettings]:
    """Return an origin under a name that only our resolver knows, and settings that trust it."""
    origin = echo.origin.replace("http://127.0.0.1", f"{scheme}://vendor.example")
    return origin, echo.settings(base_url=origin, trusted_origins=frozenset({origin}), attempts=1)


def test_the_vetted_address_is_connected_to_under_the_name_that_was_asked_for(echo: Echo) -> None:
    origin, settings = named(echo)
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.5"]

    http = Http("echo", settings, resolver=resolver)
    body = http.get(f"{origin}/x", {}).body
    assert body == {"host": origin.removeprefix("http://")}
    assert asked == ["vendor.example"]


def test_a_name_that_changes_its_address_between_two_connections_is_judged_again(
    echo: Echo,
) -> None:
    origin, settings = named(echo)
    http = Http("echo", settings, resolver=lambda _host, _port: ["10.0.0.5"])
    with pytest.raises(VendorRefused):
        http.get(f"{origin}/x", {})
    assert echo.requests == []


def test_proxies_and_netrc_of_the_environment_are_not_used(
    echo: Echo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    Http("echo", echo.settings()).get(f"{echo.origin}/x", {})
    assert "authorization" not in echo.requests[0].headers


def test_an_answer_that_unpacks_beyond_the_limit_is_refused(echo: Echo) -> None:
    http = Http("echo", echo.settings(answer_limit=1 << 20))
    with pytest.raises(VendorRefused) as refused:
        http.get(f"{echo.origin}/bomb", {})
    assert "1 MB" in refused.value.words.en
    assert "1 MB" in refused.value.words.cy


def test_nesting_without_end_is_no_crash(echo: Echo) -> None:
    with pytest.raises(VendorUnavailable):
        Http("echo", echo.settings(attempts=1)).get(f"{echo.origin}/list", {})


def test_another_host_than_that_of_the_connection_is_not_called(echo: Echo) -> None:
    with Echo() as other:
        settings = echo.settings(trusted_origins=frozenset({echo.origin, other.origin}))
        with pytest.raises(VendorRefused):
            Http("echo", settings).get(f"{other.origin}/x", {})
        assert other.requests == []


def test_a_vendor_that_keeps_failing_is_left_in_peace_for_a_while(echo: Echo) -> None:
    echo.fault = Fault("server_error")
    settings = echo.settings(attempts=1)
    for _ in range(FAILURES):
        with pytest.raises(VendorUnavailable):
            Http("echo", settings).get(f"{echo.origin}/x", {})
    before = len(echo.requests)
    with pytest.raises(VendorUnavailable) as unavailable:
        Http("echo", settings).get(f"{echo.origin}/x", {})
    assert len(echo.requests) == before
    assert unavailable.value.retry_after is not None
    Breaker.of(f"echo|{echo.origin}|{settings.school_ref}").worked()
    echo.fault = None
    assert Http("echo", settings).get(f"{echo.origin}/x", {}).status == 200


def test_the_same_word_about_an_error_never_holds_the_address(echo: Echo) -> None:
    echo.fault = Fault("truncated")
    with pytest.raises(VendorUnavailable) as unavailable:
        Http("echo", echo.settings(attempts=1)).get(f"{echo.origin}/x?upn=P661990118001", {})
    assert "P661990118001" not in f"{unavailable.value!r}{unavailable.value.words}"
    assert unavailable.value.__cause__ is None


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with Echo() as echo:
        assert echo._server is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path, "vendor.example"))
        echo._server.socket = context.wrap_socket(echo._server.socket, server_side=True)
        origin, settings = named(echo, "https")
        http = Http("echo", settings, resolver=lambda _host, _port: ["127.0.0.1"])
        with pytest.raises(VendorRefused) as refused:
            http.get(f"{origin}/x", {})
        assert "certificate" in refused.value.words.en
        assert echo.requests == []


def self_signed(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


SENT = "Sun, 22 Nov 2026 05:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("999999999", 3600),
        ("-5", None),
        ("1e9", None),
        ("\u0661\u0667", None),
        ("soon", None),
        ("Sun, 22 Nov 2026 05:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 04:00:00 GMT", 0),
        ("Sun, 22 Nov 2036 05:00:00 GMT", 3600),
        ("Sun, 99 Nov 2026 05:00:00 GMT", None),
    ],
)
def test_retry_after_is_bounded_whatever_it_says(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, SENT) == seconds


def test_a_date_to_retry_after_means_nothing_without_the_vendors_own_clock() -> None:
    assert retry_after(SENT, None) is None
