"""Sealed values open for their place and key alone, and secrets never show."""

from __future__ import annotations

import logging
import pickle
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.secrets import Secret
from mis_bridge.storage.sealing import (
    KeyRing,
    KeysRefused,
    SealBroken,
    key_id_of,
    keyed_hash,
    place,
    read_keys,
)
from tests.factories.databases import key_ring

HERE = place("pupils.sealed_record", "p1")


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    ring = key_ring("k1")
    assert ring.unseal(ring.seal(plain, HERE), HERE) == plain


def test_a_value_moved_to_another_row_or_column_does_not_open() -> None:
    ring = key_ring("k1")
    sealed = ring.seal(b"secret", HERE)
    for elsewhere in (place("pupils.sealed_record", "p2"), place("outbox.sealed_addressee", "p1")):
        with pytest.raises(SealBroken):
            ring.unseal(sealed, elsewhere)


def test_every_altered_byte_is_noticed() -> None:
    ring = key_ring("k1")
    sealed = ring.seal(b"x", HERE)
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        with pytest.raises(SealBroken):
            ring.unseal(bytes(altered), HERE)


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 20])
def test_a_truncated_value_is_broken_and_never_a_crash(cut: int) -> None:
    ring = key_ring("k1")
    with pytest.raises(SealBroken):
        ring.unseal(ring.seal(b"x", HERE)[:cut], HERE)


def test_the_first_key_seals_and_all_of_them_open() -> None:
    old, both = key_ring("k1"), key_ring("k2", "k1")
    sealed = old.seal(b"x", HERE)
    assert both.unseal(sealed, HERE) == b"x"
    assert key_id_of(both.seal(b"x", HERE)) == "k2"


def test_a_missing_key_is_named_by_id_and_never_shown() -> None:
    sealed = key_ring("k1").seal(b"x", HERE)
    with pytest.raises(SealBroken, match="k1"):
        key_ring("k2").unseal(sealed, HERE)


def test_the_same_value_sealed_twice_looks_different() -> None:
    ring = key_ring("k1")
    assert ring.seal(b"x", HERE) != ring.seal(b"x", HERE)


@pytest.mark.parametrize(
    "text", ["", "k1", "k1:", "k1:!!!", "k1:QUJD", "k 1:" + "A" * 44, "kŵ:" + "A" * 44]
)
def test_keys_that_cannot_be_used_are_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(KeysRefused) as refused:
        read_keys(text)
    assert "MIS_BRIDGE_KEYS" in refused.value.words.en
    assert "MIS_BRIDGE_KEYS" in refused.value.words.cy


def test_one_key_id_twice_is_refused() -> None:
    entry = "k1:" + b64encode(b"k" * 32).decode()
    with pytest.raises(KeysRefused):
        read_keys(f"{entry},{entry}")


def test_neither_rings_nor_secrets_show_what_they_hold(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret("canary-value")
    ring = KeyRing([("k1", Secret(b"canary-key".ljust(32)))])
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r %s", secret, secret, ring)
    shown = f"{secret} {secret!r} {secret:>20} {[secret]} {ring} {caplog.text}"
    assert "canary" not in shown
    assert "***" in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_search_hash_depends_on_its_key() -> None:
    assert keyed_hash(b"a" * 32, "UPN") != keyed_hash(b"b" * 32, "UPN")
    assert keyed_hash(b"a" * 32, "UPN") == keyed_hash(b"a" * 32, "UPN")
