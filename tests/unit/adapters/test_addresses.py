"""Addresses that a connection may be given, and those that lead where nobody should be led."""

from __future__ import annotations

import pytest

from adapters.addresses import Origin, origin_of, trusted, vetted
from adapters.base import VendorRefused

VENDOR = Origin("https", "api.vendor.example", 443)
NOBODY: frozenset[Origin] = frozenset()


def resolving_to(*addresses: str) -> list[str]:
    return list(addresses)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse, not one to bind
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "2001:db8::1",
    ],
)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(VendorRefused):
        vetted(VENDOR, NOBODY, lambda _host, _port: resolving_to(address))


@pytest.mark.parametrize("inner", ["127.0.0.1", "::1"])
def test_one_inner_address_among_public_ones_is_enough_to_refuse(inner: str) -> None:
    with pytest.raises(VendorRefused):
        vetted(VENDOR, NOBODY, lambda _host, _port: resolving_to("8.8.8.8", inner))


def test_a_public_name_gives_the_addresses_to_connect_to() -> None:
    found = vetted(VENDOR, NOBODY, lambda _host, _port: resolving_to("8.8.8.8", "2606:4700::1111"))
    assert found == ("8.8.8.8", "2606:4700::1111")


def test_plain_http_is_refused_even_to_a_public_name() -> None:
    with pytest.raises(VendorRefused):
        vetted(Origin("http", "api.vendor.example", 80), NOBODY, lambda _host, _port: ["8.8.8.8"])


def test_a_trusted_origin_may_be_inside_but_only_that_very_origin() -> None:
    allowed = trusted(frozenset({"https://mis.school.example"}))
    inside = Origin("https", "mis.school.example", 443)
    assert vetted(inside, allowed, lambda _host, _port: ["10.0.0.5"]) == ("10.0.0.5",)
    for other in (
        Origin("https", "mis.school.example", 8443),
        Origin("https", "mis2.school.example", 443),
        Origin("http", "mis.school.example", 443),
    ):
        with pytest.raises(VendorRefused):
            vetted(other, allowed, lambda _host, _port: ["10.0.0.5"])


def test_trusted_plain_http_is_for_this_machine_alone() -> None:
    allowed = trusted(frozenset({"http://mis.local:8000"}))
    origin = Origin("http", "mis.local", 8000)
    assert vetted(origin, allowed, lambda _host, _port: ["127.0.0.1"]) == ("127.0.0.1",)
    with pytest.raises(VendorRefused):
        vetted(origin, allowed, lambda _host, _port: ["10.0.0.5"])


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "0177.0.0.1", "localhost"])
def test_odd_spellings_of_this_machine_are_judged_by_what_they_lead_to(host: str) -> None:
    with pytest.raises(VendorRefused):
        vetted(origin_of(f"https://{host}/"), NOBODY)


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1\\@api.vendor.example/",
        "https://api.vendor.example\\.evil.example/",
        "https://user@api.vendor.example/",
        "https://user:pass@api.vendor.example/",
        "https://api.vendor.example/#part",
        "https://api.vendor.example/a b",
        "https://api.vendor.example/\r\nHost: x",
        "https://api.vendor.example\x00.evil.example/",
        "https://①②⑦.0.0.1/",
        "https://vendör.example/",
        "https://api.vendor.example:443x/",
        "https://api.vendor.example:99999/",
        "https://[::1/",
        "https:///path",
        "https://",
        "ftp://api.vendor.example/",
        "file:///etc/passwd",
        "gopher://api.vendor.example/",
        "//api.vendor.example/",
        "api.vendor.example",
        "https://%31%32%37.0.0.1/",
        "https://-x.example/",
        "",
    ],
)
def test_an_address_that_is_not_plain_is_refused(address: str) -> None:
    with pytest.raises(VendorRefused) as refused:
        origin_of(address)
    assert refused.value.words.cy


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://API.Vendor.Example/v1.0?x=1", VENDOR),
        ("https://api.vendor.example:8443", Origin("https", "api.vendor.example", 8443)),
        ("http://127.0.0.1:8000/", Origin("http", "127.0.0.1", 8000)),
        ("https://[2606:4700::1111]/", Origin("https", "[2606:4700::1111]", 443)),
    ],
)
def test_a_plain_address_gives_its_origin(address: str, origin: Origin) -> None:
    assert origin_of(address) == origin
