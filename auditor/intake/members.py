"""What zip and tar members have in common: how they are named, and which are left alone."""

from __future__ import annotations

from auditor.intake.names import member_name, member_problem, shortened
from auditor.intake.records import skipped
from auditor.intake.sources import OpenSource
from auditor.model.inputs import InputRecord

_REPACK = "pack the files again, under plain relative names"


class Names:
    """Paths of members as shown; a name that comes again is numbered, so that each record has its own."""

    def __init__(self, source: OpenSource) -> None:
        self._archive = source.path
        self._times: dict[str, int] = {}

    def shown(self, name: str) -> str:
        """`acme.zip!kesl/web01.ini`; the second of that name is `acme.zip!kesl/web01.ini (2)`."""
        shown = unique = shortened(name) if member_problem(name) else member_name(name)
        while unique in self._times:  # a numbered name may be taken, too
            self._times[shown] += 1
            unique = f"{shown} ({self._times[shown]})"
        self._times[unique] = 1
        return f"{self._archive}!{unique}"


def left_alone(name: str, path: str, kind: str) -> InputRecord | None:
    """The record of a member that is never touched: a dangerous name, or a `kind` such as "a symbolic link"."""
    problem = member_problem(name)
    if problem:
        return skipped(path, f"left alone: {problem}", _REPACK)
    if kind:
        return skipped(path, f"left alone: it is {kind}", "pack the file itself")
    return None
