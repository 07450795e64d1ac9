"""Electronically only where the recipient agreed and a way is set up; paper is always there."""

from __future__ import annotations

import pytest

from mis_bridge.domain.channels import ALWAYS
from mis_bridge.domain.notice_case import Channel
from mis_bridge.services.sending.channel_choice import offers

WILLING = (*ALWAYS, Channel.ELECTRONIC)
MAIL, ACCOUNT = "m@example.test", "mis:P-77"
HOME = "1 Heol\nTref\nCF10 1AA"
EVERY_WAY = ("notify_email", "smtp", "notify_letter", "mis")


def chosen(
    channels: tuple[Channel, ...],
    electronic: str | None,
    ways: tuple[str, ...],
    address: str | None = HOME,
) -> list[str]:
    """Return the channels that are offered, the first choice first."""
    to = {"name": "Rhian Canary", "address": address, "electronic_address": electronic}
    return [offer.channel for offer in offers(channels, to, ways)]


@pytest.mark.parametrize(
    ("channels", "electronic", "ways", "wanted"),
    [
        (WILLING, MAIL, EVERY_WAY, ["notify_email", "smtp", "notify_letter", "print_pack"]),
        (WILLING, MAIL, ("smtp", "notify_email"), ["smtp", "notify_email", "print_pack"]),
        (WILLING, ACCOUNT, EVERY_WAY, ["mis", "notify_letter", "print_pack"]),
        (WILLING, ACCOUNT, ("notify_email", "smtp"), ["print_pack"]),
        (WILLING, MAIL, ("mis",), ["print_pack"]),
        (WILLING, None, EVERY_WAY, ["notify_letter", "print_pack"]),
        # An address is no consent.
        (ALWAYS, MAIL, EVERY_WAY, ["notify_letter", "print_pack"]),
        (ALWAYS, MAIL, (), ["print_pack"]),
    ],
)
def test_the_lawful_channel_that_is_set_up_is_offered_first(
    channels: tuple[Channel, ...],
    electronic: str | None,
    ways: tuple[str, ...],
    wanted: list[str],
) -> None:
    assert chosen(channels, electronic, ways) == wanted


@pytest.mark.parametrize("address", [None, "", "1 Heol, Tref", "CF10 1AA"])
def test_without_an_address_for_an_envelope_a_person_posts_or_hands_over(
    address: str | None,
) -> None:
    assert chosen(ALWAYS, None, EVERY_WAY, address) == ["print_pack"]


def test_every_offer_has_its_reason_in_both_languages() -> None:
    to = {"name": "Rhian", "address": HOME, "electronic_address": MAIL}
    reasons = [offer.because for offer in offers(WILLING, to, EVERY_WAY)]
    assert all(reason.en != reason.cy for reason in reasons)
