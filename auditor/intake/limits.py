"""How much of an input is read before the tool stops and says so.

Every limit has a name on the command line (`--limit max-file-bytes=128MiB`) and is described in docs/limits.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from auditor.errors import LimitExceeded, UsageProblem

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

_UNITS = {"": 1, "B": 1, "K": KIB, "KIB": KIB, "M": MIB, "MIB": MIB, "G": GIB, "GIB": GIB}
_AMOUNT = re.compile(r"([0-9]{1,18}) ?([A-Za-z]*)")


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one run. All are inclusive: exactly the limit is still read."""

    max_file_bytes: int = 64 * MIB
    """Size of one file for readers that hold it whole (everything except long JSON dumps)."""
    max_stream_bytes: int = 4 * GIB
    """Size of one file for readers that stream, and of an archive."""
    max_nesting: int = 100
    """Depth of folders and of XML elements."""
    max_values: int = 500_000
    """Nodes of one XML document, values of one JSON export of KESL, lines of one text export."""
    max_files: int = 1_000_000
    """Files found in folders in one run."""
    max_archive_members: int = 200_000
    """Members of one archive, those of archives inside it included."""
    max_archive_total_bytes: int = 8 * GIB
    """Unpacked bytes of one archive, those of archives inside it included."""
    max_archive_ratio: int = 200
    """Unpacked bytes for each packed byte; looked at once `archive_ratio_from_bytes` are unpacked."""
    archive_ratio_from_bytes: int = 64 * MIB
    """Unpacked bytes below which the ratio does not matter: equal small exports pack extremely well."""
    max_archive_depth: int = 2
    """Archives inside one another: 1 is an archive, 2 an archive inside an archive."""

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Limits:
        """Limits with some changed: `{"max-file-bytes": "128MiB"}`. Raises UsageProblem for a wrong name or value."""
        known = {field.name for field in fields(cls)}
        changed: dict[str, int] = {}
        for option, text in options.items():
            name = option.strip().lower().replace("-", "_")
            if name not in known:
                names = ", ".join(sorted(name.replace("_", "-") for name in known))
                raise UsageProblem(f"there is no limit named {option!r}", hint=f"the limits are {names}")
            changed[name] = _amount(option, text)
        return cls(**changed)

    def exceeded(self, name: str, what: str, *, where: str = "") -> LimitExceeded:
        """The error for limit `name` (a field): "<what>, the limit is N", with the option that raises it."""
        value = getattr(self, name)
        option = name.replace("_", "-")
        shown = _shown(value) if name.endswith("bytes") else str(value)
        return LimitExceeded(
            f"{what}; the limit is {shown}",
            where=where,
            hint=f"if the file is trusted, raise it with --limit {option}=VALUE",
        )


def _amount(option: str, text: str) -> int:
    match = _AMOUNT.fullmatch(text.strip())
    unit = _UNITS.get(match[2].upper()) if match else None
    if match is None or unit is None or int(match[1]) < 1:
        raise UsageProblem(
            f"limit {option}: {text!r} is no amount",
            hint="a whole number from 1, with KiB, MiB or GiB behind it if wanted: 128MiB",
        )
    return int(match[1]) * unit


def _shown(amount: int) -> str:
    for name, unit in (("GiB", GIB), ("MiB", MIB), ("KiB", KIB)):
        if amount >= unit and amount % unit == 0:
            return f"{amount // unit} {name}"
    return f"{amount} bytes"
