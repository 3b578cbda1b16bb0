"""Ed25519 (RFC 8032) by `cryptography`: signatures, public keys as PEM, fingerprints."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from auditor.errors import EvidenceError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES = 64
PEM_BYTES = 4096
"""More than any file of one Ed25519 key has."""


class PublicKey:
    """A key that signatures are checked with."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @property
    def pem(self) -> bytes:
        """SubjectPublicKeyInfo as PEM, as `openssl` reads it."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key's DER form (SubjectPublicKeyInfo), in hex."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return hashlib.sha256(self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    def accepts(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature over these bytes was made by the owner of this key."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A private key in memory. It is never shown: `str` and `repr` say nothing of it."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public(self) -> PublicKey:
        """The key that goes with the delivery."""
        return PublicKey(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature; the same data give the same signature."""
        return self._key.sign(data)

    def pem(self, passphrase: bytes = b"") -> bytes:
        """PKCS 8 as PEM, encrypted when there is a passphrase."""
        from cryptography.hazmat.primitives import serialization as form

        lock = form.BestAvailableEncryption(passphrase) if passphrase else form.NoEncryption()
        return self._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, lock)


def new_key() -> SigningKey:
    """A key from the system's source of randomness."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return SigningKey(Ed25519PrivateKey.generate())


def is_protected(pem: bytes) -> bool:
    """Whether a private key's file needs a passphrase."""
    return b"BEGIN ENCRYPTED PRIVATE KEY" in pem


def private_key_of(pem: bytes, passphrase: bytes, where: str) -> SigningKey:
    """The key of a PKCS 8 file; EvidenceError when it is damaged, of another kind, or the passphrase is wrong."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    protected = is_protected(pem)
    try:
        key = load_pem_private_key(pem, passphrase if protected else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        wrong = "the passphrase is wrong, or the file is damaged" if protected else "is no private key, or is damaged"
        raise EvidenceError(wrong, where=where) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise EvidenceError("is no Ed25519 key", where=where, hint="auditor key create makes one")
    return SigningKey(key)


def public_key_of(pem: bytes, where: str) -> PublicKey:
    """The key of a PEM file that holds nothing else; EvidenceError for a private key, another kind or damage.

    Ends of lines may be those of another system.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if b"PRIVATE KEY" in pem:
        raise EvidenceError("is a private key", where=where, hint="auditor key export writes the public one")
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise EvidenceError("is no public key, or is damaged", where=where) from error
    if not isinstance(key, Ed25519PublicKey):
        raise EvidenceError("is no Ed25519 key", where=where)
    found = PublicKey(key)
    if found.pem.split() != pem.split():
        raise EvidenceError("holds more than one key, or is damaged", where=where)
    return found
