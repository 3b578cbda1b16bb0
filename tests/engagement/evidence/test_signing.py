"""Ed25519 as RFC 8032 publishes it, and the files of keys."""

from __future__ import annotations

import hashlib
import stat
import subprocess
from pathlib import Path

import pytest

from auditor.app.evidence.keys import create_key, find_key, list_keys, load_key
from auditor.app.evidence.signing import new_key, private_key_of, public_key_of
from auditor.app.evidence.trust import trust_in
from auditor.errors import EvidenceError, UsageProblem
from tests.engagement.evidence.deliveries import key_from_seed

VECTORS = [  # RFC 8032, 7.1: secret key, public key, message, signature
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]
SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: what stands before the 32 bytes of a public key


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_rfc_8032(secret, public, message, signature):
    key = key_from_seed(bytes.fromhex(secret))
    data = bytes.fromhex(message)
    assert key.sign(data).hex() == signature
    assert key.public.accepts(bytes.fromhex(signature), data)
    assert not key.public.accepts(bytes.fromhex(signature), data + b"x")
    assert key.public.fingerprint == hashlib.sha256(SPKI + bytes.fromhex(public)).hexdigest()


def test_keys_differ_and_say_nothing_of_themselves():
    first, second = new_key(), new_key()
    assert first.public.fingerprint != second.public.fingerprint
    assert "PRIVATE" not in repr(first) + str(first)


def test_a_key_is_kept_for_its_owner_only():
    made = create_key("acme")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert made.path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert load_key("acme").public.fingerprint == made.public.fingerprint
    assert [(key.name, key.protected) for key in list_keys()] == [("acme", False)]


def test_openssl_reads_the_key(tmp_path):
    made = create_key()
    told = subprocess.run(
        ["openssl", "pkey", "-in", made.path, "-pubout"], capture_output=True, check=True, timeout=20
    ).stdout
    assert told == made.public.pem


def test_a_key_is_never_overwritten():
    before = create_key().path.read_bytes()
    with pytest.raises(UsageProblem, match="already"):
        create_key()
    assert find_key().path.read_bytes() == before


@pytest.mark.parametrize("name", ["../x", "a/b", "", "A", ".hidden", "x" * 65, "a\nb"])
def test_names_of_keys(name):
    with pytest.raises(UsageProblem, match="no name of a key"):
        create_key(name)


def test_a_key_that_others_may_read_is_not_used():
    made = create_key()
    made.path.chmod(0o640)
    with pytest.raises(EvidenceError, match="others may read") as caught:
        load_key()
    assert caught.value.hint == f"chmod 600 {made.path}"


def test_a_passphrase_protects_the_key(monkeypatch):
    made = create_key("safe", "correct horse")
    assert made.protected
    assert find_key("safe").protected
    assert b"ENCRYPTED" in made.path.read_bytes()
    assert load_key("safe", lambda: "correct horse").public.fingerprint == made.public.fingerprint
    with pytest.raises(EvidenceError, match="passphrase is wrong"):
        load_key("safe", lambda: "battery staple")
    with pytest.raises(EvidenceError, match="protected by a passphrase"):
        load_key("safe")
    monkeypatch.setenv("AUDITOR_KEY_PASSPHRASE", "correct horse")
    assert load_key("safe").public.fingerprint == made.public.fingerprint


def test_what_is_wrong_with_a_key_is_said(tmp_path):
    with pytest.raises(UsageProblem, match="no key is named default"):
        load_key()
    made = create_key()
    other = create_key("other")
    made.path.with_suffix(".pub").write_bytes(other.public.pem)
    with pytest.raises(EvidenceError, match="not the public part"):
        load_key()
    made.path.write_bytes(made.path.read_bytes()[:-20])
    with pytest.raises(EvidenceError, match="no private key, or is damaged"):
        load_key()


def test_private_keys_of_other_kinds_are_refused():
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(EvidenceError, match="no Ed25519 key"):
        private_key_of(pem, b"", "x.pem")


def test_a_public_key_with_ends_of_lines_of_windows_is_read():
    key = new_key().public
    assert public_key_of(key.pem.replace(b"\n", b"\r\n"), "x").fingerprint == key.fingerprint


def test_whose_signature_is_expected(tmp_path: Path):
    made = create_key("acme")
    (tmp_path / "theirs.pub").write_bytes(made.public.pem)
    fingerprint = made.public.fingerprint
    colons = ":".join(fingerprint[place : place + 2] for place in range(0, 64, 2)).upper()
    for named in (fingerprint, colons, str(tmp_path / "theirs.pub"), "acme"):
        assert trust_in(named).fingerprint == fingerprint
    assert trust_in("").fingerprint == ""
    assert trust_in("").own == {fingerprint: "acme"}
    for named in ("nobody", fingerprint[:16]):
        with pytest.raises(UsageProblem, match="no file, fingerprint or name"):
            trust_in(named)
    with pytest.raises(EvidenceError, match="private key"):
        trust_in(str(made.path))
