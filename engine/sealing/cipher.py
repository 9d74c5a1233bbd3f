"""What a keyring needs of a cipher, and the one it uses: AES-256-GCM.

A national cipher (SM4-GCM) is another class of the same shape, named in its key files, so both may
lie in one keyring while values are resealed from one to the other.
"""

from __future__ import annotations

import os
from typing import ClassVar, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_TAG_BYTES = 16


class Cipher(Protocol):
    """Authenticated encryption under one key. Implementations are safe to share between threads."""

    #: The name written into key files.
    algorithm: ClassVar[str]
    #: Length of a key in bytes.
    key_size: ClassVar[int]

    def __init__(self, key: bytes) -> None: ...

    def encrypt(self, plain: bytes, associated: bytes) -> bytes:
        """Nonce and ciphertext; `associated` is bound to it but not contained."""

    def decrypt(self, sealed: bytes, associated: bytes) -> bytes:
        """The plain bytes. Raises `ValueError` if anything does not fit, saying nothing more."""


class AesGcm:
    """AES-256-GCM with a random nonce of 96 bits.

    NIST SP 800-38D, 8.3, allows 2³² random nonces for one key: rotate long before.
    """

    algorithm: ClassVar[str] = "AES-256-GCM"
    key_size: ClassVar[int] = 32

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def encrypt(self, plain: bytes, associated: bytes) -> bytes:
        """Twelve bytes of nonce, then the ciphertext with its tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, associated)

    def decrypt(self, sealed: bytes, associated: bytes) -> bytes:
        """The plain bytes. Raises `ValueError` for a wrong key, context or altered byte."""
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise ValueError("too short")
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
        except InvalidTag:
            raise ValueError("does not authenticate") from None
