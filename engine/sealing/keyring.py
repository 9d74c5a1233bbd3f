"""The keyring: seals a value for one place, opens it there, and finds equal ones without opening.

A sealed value is `gs1.<key id>.<base64url of nonce and ciphertext>`. The place it was made for (its
*context*, such as "<instance id>/<field>") is authenticated with it, so a ciphertext copied into
another case or field does not open there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from engine.sealing import keyfiles
from engine.sealing.cipher import AesGcm, Cipher
from engine.sealing.errors import (
    KeyringBroken,
    NothingToIndex,
    NotSealed,
    Tampered,
    UnknownSealingKey,
)
from engine.sealing.index import normalise
from engine.sealing.keyfiles import KeyFile

_TOKEN = re.compile(r"gs1\.(k[0-9a-f]{8})\.([A-Za-z0-9_-]{38,})")
_FILE = b"gs1f"
_KEY_ID_BYTES = 9
# Values are filled up to a multiple of this, so that the length of a token does not tell which
# illness of a list it hides.
_BLOCK = 32
_DEFAULT_CIPHERS: Mapping[str, type[Cipher]] = {AesGcm.algorithm: AesGcm}


class Keyring:
    """Several keys with ids, one of them current, and an index key of its own.

    Safe to share between threads. Shows neither keys nor values in its repr, and cannot be pickled.
    """

    def __init__(
        self,
        keys: Mapping[str, Cipher],
        current: str,
        index_key: bytes,
        folder: Path | None = None,
        ciphers: Mapping[str, type[Cipher]] = _DEFAULT_CIPHERS,
    ) -> None:
        """Most callers want `create` or `load`. Raises `KeyringBroken` without the current key."""
        if current not in keys:
            raise KeyringBroken("The current key is missing.", key=current)
        self._keys = dict(keys)
        self._current = current
        self._index_key = index_key
        self._folder = folder
        self._ciphers = ciphers

    @classmethod
    def create(cls, folder: Path | str, cipher: type[Cipher] = AesGcm) -> Keyring:
        """Make a folder (0700) with a first key and an index key (0600 each), and load it.

        Raises `KeyringBroken` if the folder already holds keys.
        """
        folder = Path(folder)
        keyfiles.new_folder(folder)
        keyfiles.write_key(
            folder, keyfiles.INDEX_ALGORITHM, keyfiles.INDEX_KEY_BYTES, keyfiles.INDEX
        )
        first = keyfiles.write_key(folder, cipher.algorithm, cipher.key_size)
        keyfiles.write_current(folder, first.id)
        return cls.load(folder, ciphers={**_DEFAULT_CIPHERS, cipher.algorithm: cipher})

    @classmethod
    def load(
        cls,
        folder: Path | str,
        *,
        ciphers: Mapping[str, type[Cipher]] = _DEFAULT_CIPHERS,
        check_modes: bool = True,
    ) -> Keyring:
        """Read a folder of keys. Raises `KeyringBroken`, also if others could read a key file.

        `check_modes=False` is for mounted secrets whose mode is not ours to choose.
        """
        folder = Path(folder)
        files = keyfiles.read_keys(folder, check_modes=check_modes)
        index_key = files.pop(keyfiles.INDEX).key
        keys = {key_id: _cipher(file, ciphers) for key_id, file in files.items()}
        return cls(keys, keyfiles.read_current(folder), index_key, folder, ciphers)

    @property
    def current(self) -> str:
        """The id of the key that new values are sealed with."""
        return self._current

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys, in order of id."""
        return tuple(sorted(self._keys))

    def add_key(self, cipher: type[Cipher] = AesGcm) -> str:
        """Make a new key, write it to the folder and seal with it from now on. Returns its id.

        Older keys stay: what they sealed opens until it has been resealed.
        Other processes meet the new id in the first token that carries it and read the folder
        again.
        """
        if self._folder is None:
            raise KeyringBroken("A keyring without a folder cannot keep a new key.")
        made = keyfiles.write_key(self._folder, cipher.algorithm, cipher.key_size)
        self._ciphers = {**self._ciphers, cipher.algorithm: cipher}
        self._keys = {**self._keys, made.id: _cipher(made, self._ciphers)}
        keyfiles.write_current(self._folder, made.id)
        self._current = made.id
        return made.id

    def seal(self, value: str | bytes, context: str) -> str:
        """The token for `value`, to be opened only under the same `context`."""
        plain = value.encode() if isinstance(value, str) else value
        key_id = self._current
        sealed = self._keys[key_id].encrypt(_fill(plain), _associated("value", key_id, context))
        return f"gs1.{key_id}.{_base64(sealed)}"

    def open_sealed(self, token: str, context: str) -> str:
        """The text that was sealed. Raises `NotSealed`, `UnknownSealingKey` or `Tampered`."""
        try:
            return self._open_token(token, context).decode()
        except UnicodeDecodeError:
            raise NotSealed("The sealed value is not text.") from None

    def reseal(self, token: str, context: str) -> str:
        """The same value under the current key; the token itself if it is already.

        The context is needed, because the new token is bound to it as the old one was.
        """
        if key_of(token) == self._current:
            return token
        return self.seal(self._open_token(token, context), context)

    def seal_bytes(self, data: bytes, context: str) -> bytes:
        """A file's bytes sealed, without the third that base64 would add. The length shows."""
        key_id = self._current
        sealed = self._keys[key_id].encrypt(data, _associated("file", key_id, context))
        return _FILE + key_id.encode() + sealed

    def open_bytes(self, data: bytes, context: str) -> bytes:
        """What `seal_bytes` sealed. Raises as `open_sealed` does."""
        start = len(_FILE) + _KEY_ID_BYTES
        if not data.startswith(_FILE) or len(data) < start:
            raise NotSealed
        key_id = data[len(_FILE) : start].decode("ascii", "replace")
        return self._decrypt(key_id, data[start:], _associated("file", key_id, context))

    def index(self, kind: str, value: str) -> str:
        """A digest (64 hex digits) equal for equal values of one kind, and telling nothing else.

        HMAC-SHA-256 over the kind and the normalised value, under a key of its own. Values of
        different kinds never have equal digests. Raises `NothingToIndex`.
        """
        normal = normalise(kind, value)
        if not normal:
            raise NothingToIndex(kind=kind)
        message = len(kind.encode()).to_bytes(2, "big") + kind.encode() + normal.encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()

    def _open_token(self, token: str, context: str) -> bytes:
        key_id = key_of(token)
        text = token.rpartition(".")[2]
        try:
            sealed = base64.urlsafe_b64decode(text + "==")
        except binascii.Error:
            raise Tampered(key=key_id) from None
        # Base64 has spare bits at its end: two spellings of one value are one too many.
        if _base64(sealed) != text:
            raise Tampered(key=key_id)
        return _empty(self._decrypt(key_id, sealed, _associated("value", key_id, context)))

    def _decrypt(self, key_id: str, sealed: bytes, associated: bytes) -> bytes:
        cipher = self._keys.get(key_id) or self._read_again(key_id)
        try:
            return cipher.decrypt(sealed, associated)
        except ValueError:
            raise Tampered(key=key_id) from None

    def _read_again(self, key_id: str) -> Cipher:
        """Another process may have added the key since this one started."""
        if self._folder is None or not keyfiles.has_key(self._folder, key_id):
            raise UnknownSealingKey(key=key_id)
        fresh = Keyring.load(self._folder, ciphers=self._ciphers, check_modes=False)
        self._keys, self._current = fresh._keys, fresh._current
        return self._keys[key_id]

    def __repr__(self) -> str:
        return f"Keyring(current={self._current!r}, keys={len(self._keys)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a keyring is not pickled: keys stay in their folder")


def is_sealed(value: object) -> bool:
    """Whether `value` has the form of a sealed value (which key made it is not asked)."""
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def key_of(token: str) -> str:
    """The id of the key a token was sealed with. Raises `NotSealed`."""
    match = _TOKEN.fullmatch(token) if isinstance(token, str) else None
    if match is None:
        raise NotSealed
    return match[1]


def _cipher(file: KeyFile, ciphers: Mapping[str, type[Cipher]]) -> Cipher:
    cipher = ciphers.get(file.algorithm)
    if cipher is None or len(file.key) != cipher.key_size:
        raise KeyringBroken("A key fits no known cipher.", key=file.id, algorithm=file.algorithm)
    return cipher(file.key)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _associated(use: str, key_id: str, context: str) -> bytes:
    return f"gs1.{use}.{key_id}.{context}".encode()


def _fill(plain: bytes) -> bytes:
    """ISO/IEC 7816-4 padding: 0x80, then zeros up to a multiple of the block."""
    return plain + b"\x80" + bytes(-(len(plain) + 1) % _BLOCK)


def _empty(filled: bytes) -> bytes:
    return filled[: filled.rindex(b"\x80")]
