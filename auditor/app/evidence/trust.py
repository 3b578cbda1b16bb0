"""Whose signature is expected: read from what a person names."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.app.evidence.keys import list_keys
from auditor.app.evidence.signing import PEM_BYTES, public_key_of
from auditor.app.evidence.steps import Trust
from auditor.errors import UsageProblem

_HEX = re.compile(r"[0-9a-f]{64}")


def trust_in(named: str) -> Trust:
    """Whose signature is expected: a file with a public key, a fingerprint, the name of a key of one's own, or "".

    UsageProblem when it is none of these.
    """
    own = {key.public.fingerprint: key.name for key in list_keys()}
    digits = re.sub(r"[\s:]", "", named).lower()
    if not named or _HEX.fullmatch(digits):
        return Trust(digits, own)
    path = Path(named)
    if path.is_file():
        with path.open("rb") as file:
            return Trust(public_key_of(file.read(PEM_BYTES), named).fingerprint, own)
    for fingerprint, name in own.items():
        if name == named:
            return Trust(fingerprint, own)
    raise UsageProblem(
        f"{named!r} is no file, fingerprint or name of a key", hint="auditor key list shows your own keys"
    )
