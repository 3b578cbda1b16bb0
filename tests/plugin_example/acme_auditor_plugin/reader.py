"""Reader of the door controllers' export.

ACME-DOORS 1
controller: north-gate
firmware: 2.4
unlock_seconds: 8
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.errors import BrokenExport
from auditor.model.snapshot import Part, Path, Settings, SubjectRef
from auditor.sdk.reading import Source

FIRST_LINE = "ACME-DOORS 1"


class DoorReader:
    """Reads one controller a file; every key stays a text, whatever it is called."""

    name = "acme-doors"

    def recognise(self, source: Source) -> str:
        """By the first line alone."""
        return "acme.doors" if source.head_text.split("\n", 1)[0].rstrip() == FIRST_LINE else ""

    def read(self, source: Source, format_id: str) -> Iterator[Part]:  # noqa: ARG002  # there is one format only
        """One part: the controller with its settings."""
        values: dict[str, str] = {}
        lines: dict[str, int] = {}
        for number, line in enumerate(source.text().split("\n")[1:], start=2):
            if not line.strip():
                continue
            key, colon, value = line.partition(":")
            key = key.strip()
            if not colon:
                raise BrokenExport("expected `key: value`", where=f"line {number}")
            if key in values:
                raise BrokenExport(f"{key} is stated twice", where=f"line {number}")
            values[key], lines[key] = value.strip(), number
        name = values.pop("controller", "")
        if not name:
            raise BrokenExport("no line names the controller", where="line 1", hint="export it again")

        def locate(path: Path) -> int:
            return lines[str(path[0])] - 1

        subject = SubjectRef("acme.controller", name, name, "acme-doors", values.get("firmware", ""))
        yield Part(subject, Settings("settings", values, locate=locate), source.path)
