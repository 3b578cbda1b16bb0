"""One form of JSON for everything that is named by a hash for years: the same bytes on every machine and version."""

from __future__ import annotations

import hashlib
import json
from typing import Any

# Not orjson: how it writes small and large numbers (1e-05, 0.00001) has changed between its releases.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(value: Any) -> bytes:
    """UTF-8, keys sorted, no spaces, numbers as Python writes them. ValueError for what has no such form.

    What JSON parsers give always has one, unless it nests too deeply or holds lone surrogates.
    """
    try:
        return _encode(value).encode()
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error
    except TypeError as error:
        raise ValueError(str(error)) from error


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()
