"""Values of a support programme together with their evidence: where they are printed and how far they can be trusted.

Three marks say what a reader must know before relying on a value:

* `unknown`     no source that was read states it;
* `uncertain`   it is stated, but not clearly, or by a source that may not hold here;
* `reconciled`  the source is damaged or contradicts itself, and the value is our reading of it.

A marked value always has a note that says why. Notes and statements are names of phrases, so that they can be said in
every language, or plain words where the file of a programme is somebody's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

from auditor.accounts.programme_words import words
from auditor.calendars.durations import Duration
from auditor.errors import ContentError

Unit: TypeAlias = Literal["calendar_minute", "calendar_hour", "business_hour"]
Kind: TypeAlias = Literal["guaranteed", "none"]

UNITS: tuple[Unit, ...] = get_args(Unit)
LEVELS = (1, 2, 3, 4)
UNLIMITED = "unlimited"
SECONDS: Mapping[Unit, int] = {"calendar_minute": 60, "calendar_hour": 3600, "business_hour": 3600}

UNKNOWN, UNCERTAIN, RECONCILED = "unknown", "uncertain", "reconciled"
MARKS = (UNKNOWN, UNCERTAIN, RECONCILED)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. None means that nobody states it, unless `applicable` is False: then there is nothing to state.

    `source` is a readable citation, `note` says in English why a mark is set. `default` is what to go by while the
    value is unknown; it is an assumption and never printed as a fact.
    """

    value: Any
    source: str
    uncertain: bool = False
    reconciled: bool = False
    note: str = ""
    note_phrase: str = ""
    applicable: bool = True
    default: Any = None

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks without which the value must not be printed."""
        return _marks(self.applicable and self.value is None, self.uncertain, self.reconciled)

    @property
    def assumed(self) -> Any:
        """The value, or what is taken for it while it is unknown (None where nothing is)."""
        return self.default if self.value is None else self.value

    def note_in(self, language: str) -> str:
        """The note in a language; plain words of somebody's own file stay as they are."""
        return words(self.note_phrase, language) if self.note_phrase else self.note

    def to_document(self, language: str = "en") -> dict[str, Any]:
        """The cell as JSON holds it, its note in a language; an unknown value is null and carries its mark."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        note = self.note_in(language)
        document = {"value": value, "marks": list(self.marks), "source": self.source, "note": note}
        if not self.applicable:
            document["not_applicable"] = True
        if self.default is not None:
            document["default"] = self.default
        return document


@dataclass(frozen=True, slots=True)
class Target:
    """The response time of one severity level (1 critical to 4 low).

    `kind` none: nothing is guaranteed, and value and unit are None. `unit` None: it is printed nowhere and nothing is
    taken for it. `alternative_unit` is the other reading of an uncertain unit; a contract can choose it.
    """

    level: int
    kind: Kind
    value: int | None = None
    unit: Unit | None = None
    alternative_unit: Unit | None = None
    source: str = ""
    uncertain: bool = False
    reconciled: bool = False
    note: str = ""
    note_phrase: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks without which the target must not be printed."""
        return _marks(False, self.uncertain, self.reconciled)

    def note_in(self, language: str) -> str:
        """The note in a language; plain words of somebody's own file stay as they are."""
        return words(self.note_phrase, language) if self.note_phrase else self.note

    def duration(self) -> Duration | None:
        """The length of the response time; None where nothing is guaranteed or the unit is not known."""
        if self.value is None or self.unit is None:
            return None
        return Duration(self.value * SECONDS[self.unit], business=self.unit == "business_hour")

    def read_as(self, unit: Unit, source: str) -> Target:
        """The target once a contract has settled its unit; ContentError for a unit that is no reading of it.

        `source` cites what settles it, and the mark goes away.
        """
        readings = [reading for reading in (self.unit, self.alternative_unit) if reading]
        if unit not in readings:
            hint = f"possible: {', '.join(readings)}" if readings else "nothing is guaranteed at this level"
            raise ContentError(f"level {self.level}: the unit cannot be {unit}", hint=hint)
        cited = f"{self.source}; {source}"
        return replace(self, unit=unit, alternative_unit=None, source=cited, uncertain=False, note="", note_phrase="")

    def to_document(self) -> dict[str, Any]:
        """The target as JSON holds it; `from_document` takes it back."""
        return {
            "level": self.level,
            "kind": self.kind,
            "value": self.value,
            "unit": self.unit,
            "alternative_unit": self.alternative_unit,
            "marks": list(self.marks),
            "source": self.source,
            "note": self.note,
            "note_phrase": self.note_phrase,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Target:
        """The target that `to_document` wrote; KeyError for a document without its members."""
        return cls(
            level=document["level"],
            kind=document["kind"],
            value=document["value"],
            unit=document["unit"],
            alternative_unit=document["alternative_unit"],
            source=document["source"],
            uncertain=UNCERTAIN in document["marks"],
            reconciled=RECONCILED in document["marks"],
            note=document["note"],
            note_phrase=document["note_phrase"],
        )


@dataclass(frozen=True, slots=True)
class AvdbStep:
    """One step of an anti-virus database release on request. `text` is a phrase name or plain words.

    `informed_by` says who keeps the customer informed in this step; `cell` holds the evidence.
    """

    number: int
    text: str
    informed_by: Literal["kaspersky", "tam"] | None
    cell: Cell

    def say(self, language: str) -> str:
        """What happens in this step."""
        return words(self.text, language)


@dataclass(frozen=True, slots=True)
class Term:
    """One statement of a programme beyond its table, such as when the account manager can be reached.

    `about` is its subject (tam, reports, ...), `text` a phrase name or plain words. The value of `cell` is True where
    a source states it, None where the question is open: then `text` names the question.
    """

    about: str
    text: str
    cell: Cell

    def say(self, language: str) -> str:
        """The statement, or the open question."""
        return words(self.text, language)


def _marks(unknown: bool, uncertain: bool, reconciled: bool) -> tuple[str, ...]:
    stated = {UNKNOWN: unknown, UNCERTAIN: uncertain, RECONCILED: reconciled}
    return tuple(mark for mark in MARKS if stated[mark])
