"""The user's own signing keys: files in the user's data folder, readable by nobody else.

`NAME.pem` holds the private key (PKCS 8, mode 0600), `NAME.pub` the public one. A passphrase comes from the
environment or from whoever is asked, never from the command line, where others could read it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from auditor.app.evidence.signing import (
    PEM_BYTES,
    PublicKey,
    SigningKey,
    is_protected,
    new_key,
    private_key_of,
    public_key_of,
)
from auditor.errors import EvidenceError, UsageProblem

FOLDER_VARIABLE = "AUDITOR_KEYS"
PASSPHRASE_VARIABLE = "AUDITOR_KEY_PASSPHRASE"  # noqa: S105  # the name of a variable
DEFAULT = "default"
"""The name of the key when none is given."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PRIVATE, _PUBLIC = ".pem", ".pub"

Ask = Callable[[], str]
"""Asks a person for the passphrase."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One of the user's keys. `protected`: a passphrase is needed to sign with it."""

    name: str
    public: PublicKey
    protected: bool
    path: Path


def keys_folder() -> Path:
    """Where keys are kept: AUDITOR_KEYS, or `keys` in the user's data folder."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("auditor") / "keys"


def create_key(name: str = DEFAULT, passphrase: str = "") -> KeyFile:
    """Make a key and keep it; an existing one is never overwritten. "" leaves it protected by the file's mode only."""
    path = _path(name)
    key = new_key()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_new(path, key.pem(passphrase.encode()), 0o600)
        path.with_suffix(_PUBLIC).write_bytes(key.public.pem)
    except FileExistsError as error:
        raise UsageProblem(f"there is a key named {name} already", hint="choose another name") from error
    except OSError as error:
        raise EvidenceError(f"cannot be written: {error.strerror}", where=str(path)) from error
    return KeyFile(name, key.public, bool(passphrase), path)


def list_keys() -> list[KeyFile]:
    """All keys of the user, by name; a damaged one is an EvidenceError that names it."""
    folder = keys_folder()
    if not folder.is_dir():
        return []
    names = sorted(entry.stem for entry in folder.glob(f"*{_PRIVATE}") if _NAME.fullmatch(entry.stem))
    return [find_key(name) for name in names]


def find_key(name: str = DEFAULT) -> KeyFile:
    """A key by its name, without opening its private part; UsageProblem when there is none."""
    path = _path(name)
    if not path.exists():
        known = ", ".join(sorted(entry.stem for entry in path.parent.glob(f"*{_PRIVATE}"))) or "no key at all"
        raise UsageProblem(f"no key is named {name}", hint=f"there is {known}; auditor key create {name} makes one")
    public = path.with_suffix(_PUBLIC)
    return KeyFile(name, public_key_of(_read(public), str(public)), is_protected(_read(path)), path)


def load_key(name: str = DEFAULT, ask: Ask | None = None) -> SigningKey:
    """A key to sign with. `ask` is called for a passphrase that the environment does not hold.

    EvidenceError when others can read the file, when it is damaged, and when the passphrase is missing or wrong.
    """
    found = find_key(name)
    _refuse_open_file(found.path)
    passphrase = passphrase_of(found, ask) if found.protected else ""
    key = private_key_of(_read(found.path), passphrase.encode(), str(found.path))
    if key.public.fingerprint != found.public.fingerprint:
        public = found.path.with_suffix(_PUBLIC)
        raise EvidenceError("is not the public part of the key beside it", where=str(public), hint="remove it")
    return key


def passphrase_of(found: KeyFile, ask: Ask | None) -> str:
    """The passphrase from the environment, else from whoever is asked."""
    stated = os.environ.get(PASSPHRASE_VARIABLE, "")
    if stated or ask is None:
        if stated:
            return stated
        raise EvidenceError(
            f"the key {found.name} is protected by a passphrase", hint=f"set {PASSPHRASE_VARIABLE} or use a terminal"
        )
    return ask()


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageProblem(f"{name!r} is no name of a key", hint="small letters, digits, dot, dash and underscore")
    return keys_folder() / (name + _PRIVATE)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    """Readable by nobody else from the first moment on; FileExistsError rather than overwriting."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(PEM_BYTES)
    except OSError as error:
        raise EvidenceError(f"cannot be read: {error.strerror}", where=str(path)) from error


def _refuse_open_file(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise EvidenceError("others may read this private key", where=str(path), hint=f"chmod 600 {path}")
