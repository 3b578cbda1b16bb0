"""A support programme: what a customer is promised, each value with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.accounts.programme_cells import AvdbStep, Cell, Target, Term

ENTITLEMENTS = (
    "avdb",
    "tam",
    "private_patch",
    "daily_report",
    "periodic_report",
    "quarterly_report",
    "on_demand_report",
    "health_check",
)
UNDATED = "undated"
"""The edition of a programme whose sheet prints none."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sheet or page that states values. `edition` is the year printed on it, `archived` the day a page was kept."""

    id: str
    title: str
    kind: str
    language: str
    edition: str = ""
    url: str = ""
    archived: str = ""

    def cite(self, printed: str = "") -> str:
        """A short citation with the words as printed, such as: MSA Business (it, 2023): "2 ore".

        Brackets hold the language and the printed edition, else the day on which a page was kept.
        """
        name = self.url.removeprefix("https://") if self.kind == "page" and self.url else self.title
        label = f"{name} ({', '.join(filter(None, (self.language, self.edition or self.archived)))})"
        return f'{label}: "{printed}"' if printed else label

    def to_document(self) -> dict[str, Any]:
        """The source as JSON holds it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of a support programme.

    Quotas are counts or the text "unlimited", per `quota_period` ("contract_year" or "calendar_year"). Entitlements
    have the keys of ENTITLEMENTS; their value is True, False or None for unknown. `avdb_progress` says who informs
    about an anti-virus database release ("kaspersky", "tam"). `sha256` is that of the file it came from.
    """

    id: str
    name: str
    names: Mapping[str, str]
    edition_cell: Cell
    version: int
    paid: bool
    targets: Mapping[int, Target]
    premium_quota: Cell
    standard_quota: Cell
    quota_period: Cell
    max_contacts: Cell
    needs_plus_licence: Cell
    submission_window: Cell
    channels: Cell
    off_hours_call: Cell
    priority: Cell
    entitlements: Mapping[str, Cell]
    avdb_steps: tuple[AvdbStep, ...]
    avdb_progress: Cell
    terms: tuple[Term, ...]
    links: tuple[str, ...]
    sources: tuple[Source, ...]
    sha256: str

    @property
    def edition(self) -> str:
        """The edition printed on the sheet, or "undated"."""
        return UNDATED if self.edition_cell.value is None else str(self.edition_cell.value)

    def name_in(self, language: str) -> str:
        """The name in a language; programmes without a name of their own there keep the English one."""
        return self.names.get(language.replace("_", "-").partition("-")[0].lower(), self.name)

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Every single value with its name, in the order in which people read them; targets, steps and terms apart."""
        yield "edition", self.edition_cell
        for name in FACTS:
            yield name, getattr(self, name)
        for name in ENTITLEMENTS:
            yield name, self.entitlements[name]
        yield "avdb_progress", self.avdb_progress

    def to_document(self, language: str = "en") -> dict[str, Any]:
        """The programme as JSON holds it, every value with its marks, note and source; words in a language."""
        return {
            "id": self.id,
            "name": self.name_in(language),
            "edition": self.edition,
            "version": self.version,
            "paid": self.paid,
            "targets": {str(level): self._target_document(level, language) for level in sorted(self.targets)},
            "cells": {name: cell.to_document(language) for name, cell in self.cells()},
            "avdb_steps": [
                {
                    "number": step.number,
                    "text": step.say(language),
                    "informed_by": step.informed_by,
                    **_evidence(step.cell, language),
                }
                for step in self.avdb_steps
            ],
            "terms": [
                {
                    "about": term.about,
                    "text": term.say(language),
                    "stated": term.cell.value is True,
                    **_evidence(term.cell, language),
                }
                for term in self.terms
            ],
            "links": list(self.links),
            "sources": [source.to_document() for source in self.sources],
            "sha256": self.sha256,
        }

    def _target_document(self, level: int, language: str) -> dict[str, Any]:
        target = self.targets[level]
        return {**target.to_document(), "note": target.note_in(language)}


FACTS = (
    "premium_quota",
    "standard_quota",
    "quota_period",
    "max_contacts",
    "needs_plus_licence",
    "submission_window",
    "channels",
    "off_hours_call",
    "priority",
)
"""The values of a programme that are no targets or entitlements, in the order in which people read them."""


def _evidence(cell: Cell, language: str) -> dict[str, Any]:
    return {"marks": list(cell.marks), "source": cell.source, "note": cell.note_in(language)}
