"""What `auditor key` does, as lines to print."""

from __future__ import annotations

import os
from pathlib import Path

from auditor.app.evidence.keys import PASSPHRASE_VARIABLE, Ask, KeyFile, create_key, find_key, keys_folder, list_keys
from auditor.errors import EvidenceError


def create(name: str, ask: Ask | None) -> list[str]:
    """Make a key; the passphrase is that of the environment, else the one that is asked for, else none."""
    passphrase = os.environ.get(PASSPHRASE_VARIABLE) or (ask() if ask is not None else "")
    made = create_key(name, passphrase)
    return [f"created: {made.path}", *_told(made)]


def show(name: str) -> list[str]:
    """Fingerprint, protection, place and public key."""
    found = find_key(name)
    return [*_told(found), f"file:        {found.path}", found.public.pem.decode().rstrip()]


def listing() -> list[str]:
    """One line for each key."""
    keys = list_keys()
    if not keys:
        return [f"no key in {keys_folder()}; auditor key create makes one"]
    return [f"{key.name:16} {key.public.fingerprint}{'  passphrase' if key.protected else ''}" for key in keys]


def export(name: str, out: Path | None) -> list[str]:
    """The public key, printed or written to a new file."""
    pem = find_key(name).public.pem
    if out is None:
        return [pem.decode().rstrip()]
    try:
        with out.open("xb") as file:
            file.write(pem)
    except OSError as error:
        raise EvidenceError(f"cannot be written: {error.strerror}", where=str(out)) from error
    return [f"written: {out}"]


def _told(key: KeyFile) -> list[str]:
    return [
        f"name:        {key.name}",
        f"fingerprint: {key.public.fingerprint}",
        f"protected:   {'by a passphrase' if key.protected else 'by the rights of the file only'}",
    ]
