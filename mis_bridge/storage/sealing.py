"""Personal text at rest: a ring of AES-GCM keys, each sealed value carrying its key's id.

A sealed value is `0x01 | length of key id | key id | 12-byte nonce | ciphertext and tag`. It is
tied to the column and row it belongs to, so a value copied into another row does not open.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words

_FORMAT = b"\x01"
_NONCE = 12
_KEY_BYTES = 32


class SealingProblem(Problem):
    """Root of what can go wrong with keys and sealed values."""


class KeysRefused(SealingProblem):
    """The keys given cannot be used."""


class SealBroken(SealingProblem):
    """A value does not open: its key is missing, or it was altered or moved."""


class KeyRing:
    """The keys by id; the first seals, all of them open."""

    def __init__(self, keys: Sequence[tuple[str, Secret]]) -> None:
        if not keys:
            raise KeysRefused(_NO_KEYS)
        self._ciphers: dict[str, AESGCM] = {}
        for key_id, key in keys:
            if not (key_id.isascii() and key_id.isalnum() and len(key_id) <= 32):
                raise KeysRefused(_BAD_KEY_ID)
            if key_id in self._ciphers:
                raise KeysRefused(_KEY_TWICE.fill(key_id=key_id))
            if len(key.reveal()) != _KEY_BYTES:
                raise KeysRefused(_BAD_KEY_LENGTH.fill(key_id=key_id))
            self._ciphers[key_id] = AESGCM(key.reveal())
        self.sealing_id = keys[0][0]
        self._head = _FORMAT + bytes([len(self.sealing_id)]) + self.sealing_id.encode()
        self._cipher = self._ciphers[self.sealing_id]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._ciphers)})"

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids, the sealing key's first; ids may be shown, keys never."""
        return tuple(self._ciphers)

    def seal(self, plain: bytes, place: str) -> bytes:
        """Seal `plain` for `place` (see `place`) with the first key."""
        nonce = secrets.token_bytes(_NONCE)
        return self._head + nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def unseal(self, sealed: bytes, place: str) -> bytes:
        """Open what was sealed for `place`; raises SealBroken."""
        key_id, body = _parts(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBroken(_KEY_MISSING.fill(key_id=key_id))
        try:
            return cipher.decrypt(body[:_NONCE], body[_NONCE:], place.encode())
        except InvalidTag:
            raise SealBroken(_ALTERED) from None

    def seal_json(self, value: object, place: str) -> bytes:
        """Seal a JSON value."""
        return self.seal(
            json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), place
        )

    def unseal_json(self, sealed: bytes, place: str) -> object:
        """Open a sealed JSON value."""
        value: object = json.loads(self.unseal(sealed, place))
        return value


def place(column: str, *row: object) -> str:
    """Name where a sealed value lives: `table.column` and the row's own values."""
    return ":".join((column, *map(str, row)))


def key_id_of(sealed: bytes) -> str:
    """Return the id of the key under which a value was sealed."""
    return _parts(sealed)[0]


def keyed_hash(key: bytes, value: str) -> str:
    """Return a hash by which a value can be searched and from which it cannot be guessed."""
    return hmac.new(key, value.encode(), sha256).hexdigest()


def read_keys(text: str) -> KeyRing:
    """Read `id:base64,id:base64`, the sealing key first; raises KeysRefused."""
    keys: list[tuple[str, Secret]] = []
    for entry in filter(None, (part.strip() for part in text.replace("\n", ",").split(","))):
        key_id, colon, encoded = entry.partition(":")
        try:
            keys.append((key_id, Secret(b64decode(encoded, validate=True))))
        except ValueError:
            colon = ""
        if not colon:
            raise KeysRefused(_BAD_KEYS)
    return KeyRing(keys)


def _parts(sealed: bytes) -> tuple[str, bytes]:
    if len(sealed) < 2 + _NONCE or sealed[:1] != _FORMAT:
        raise SealBroken(_ALTERED)
    end = 2 + sealed[1]
    return sealed[2:end].decode("ascii", errors="replace"), sealed[end:]


_NO_KEYS = Words(
    "no encryption key is set; give one in MIS_BRIDGE_KEYS as id:base64 of 32 bytes",
    "nid oes allwedd amgryptio wedi'i gosod; rhowch un yn MIS_BRIDGE_KEYS fel id:base64 o 32 beit",
)
_BAD_KEYS = Words(
    "MIS_BRIDGE_KEYS is not a list of id:base64 entries parted by commas",
    "nid yw MIS_BRIDGE_KEYS yn rhestr o gofnodion id:base64 wedi'u gwahanu gan atalnodau",
)
_BAD_KEY_ID = Words(
    "a key id in MIS_BRIDGE_KEYS may hold letters and digits only, 32 at most",
    "llythrennau a digidau yn unig a ganiateir yn id allwedd yn MIS_BRIDGE_KEYS, 32 ar y mwyaf",
)
_KEY_TWICE = Words(
    "the key id {key_id} stands twice in MIS_BRIDGE_KEYS; leave one out",
    "mae id yr allwedd {key_id} ddwywaith yn MIS_BRIDGE_KEYS; gadewch un allan",
)
_BAD_KEY_LENGTH = Words(
    "the key {key_id} in MIS_BRIDGE_KEYS is not 32 bytes long",
    "nid yw'r allwedd {key_id} yn MIS_BRIDGE_KEYS yn 32 beit o hyd",
)
_KEY_MISSING = Words(
    "a stored value was sealed with the key {key_id}, which is not among MIS_BRIDGE_KEYS; add it",
    "seliwyd gwerth â'r allwedd {key_id}, nad yw ymhlith MIS_BRIDGE_KEYS; ychwanegwch hi",
)
_ALTERED = Words(
    "a stored value does not open: it was altered, or moved from another row; "
    "run mis-bridge doctor",
    "nid yw gwerth a storiwyd yn agor: fe'i newidiwyd, neu fe'i symudwyd o res arall; "
    "rhedwch mis-bridge doctor",
)
