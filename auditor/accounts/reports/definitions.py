"""Periodic reports that a customer asked for: what they are about, how often they come and who receives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.accounts.accounts import check_language
from auditor.accounts.reports.periods import CADENCES, Cadence
from auditor.accounts.reports.selection import Filters, Selection
from auditor.errors import ContentError

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_RECIPIENT = re.compile(r"(?:contact|person):[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Definition:
    """A periodic report. `recipients` are contact:ID and person:ID; what they are called is no part of it."""

    id: str
    account: str
    name: str
    cadence: Cadence
    selection: Selection = field(default_factory=Selection)
    language: str = "en"
    recipients: tuple[str, ...] = ()

    def check(self) -> None:
        """ContentError for a value that cannot be."""
        if _ID.fullmatch(self.id) is None:
            hint = "use up to 32 letters A to Z, digits, dots, hyphens and underscores; begin with a letter or digit"
            raise ContentError(f"{self.id!r} cannot be the id of a report's definition", hint=hint)
        if not self.name.strip():
            raise ContentError(f"the report {self.id} has no name", hint="say what it is for, such as Open requests")
        if self.cadence not in CADENCES:
            raise ContentError(f"there is no cadence {self.cadence!r}", hint=f"there are {', '.join(CADENCES)}")
        check_language(self.language)
        check_recipients(self.recipients)
        self.selection.check()

    def to_document(self) -> dict[str, Any]:
        """What a `saved` event holds: everything but the id."""
        return {
            "account": self.account,
            "name": self.name,
            "filters": self.selection.filters.to_document(),
            "columns": list(self.selection.columns),
            "cadence": self.cadence,
            "language": self.language,
            "recipients": list(self.recipients),
        }

    @classmethod
    def from_document(cls, ident: str, document: Mapping[str, Any]) -> Definition:
        """The definition that `to_document` wrote."""
        selection = Selection(Filters.from_document(document["filters"]), tuple(document["columns"]))
        return cls(
            ident,
            document["account"],
            document["name"],
            document["cadence"],
            selection,
            document["language"],
            tuple(document["recipients"]),
        )


def check_recipients(recipients: tuple[str, ...]) -> None:
    """ContentError for a recipient who is not named by id: addresses must not stand in events."""
    for recipient in recipients:
        if _RECIPIENT.fullmatch(recipient) is None:
            raise ContentError(f"{recipient!r} is no recipient", hint="write contact:ID or person:ID, not an address")
