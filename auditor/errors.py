"""Every error that a user can meet.

AuditorError                  what went wrong, where, and what to do about it
├── UsageProblem              the command line asks for something impossible
├── ContentError              a check, baseline, waiver or mapping file is wrong
├── ExportError               something about one exported file
│   ├── BrokenExport          it is damaged: truncated, not decodable, contradictory
│   ├── UnreadableExport      it is recognised, but this form cannot be read; the hint names the one that can
│   └── LimitExceeded         reading it would exceed a limit
├── RuleBroken                a contract, an incident or a calendar would break one of the rules
├── StoreError                the account's store cannot be opened, or holds something it cannot hold
├── PluginError               a plugin could not be loaded or breaks a rule
├── ResultError               a stored result cannot be read
└── EvidenceError             a key, a manifest or a link of the chain of evidence is not as it must be
"""

from __future__ import annotations


class AuditorError(Exception):
    """What went wrong (`message`), where (`where`) and what to do (`hint`)."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text


class UsageProblem(AuditorError):
    """The command line asks for something impossible."""


class ContentError(AuditorError):
    """A check, baseline, waiver or mapping file is wrong."""


class ExportError(AuditorError):
    """Something about one exported file."""


class BrokenExport(ExportError):
    """The file is damaged, or cannot be opened; `where` is `line N`, `byte N` or a JSON pointer inside it."""


class UnreadableExport(ExportError):
    """The file is recognised but cannot be read; `hint` says what to export instead."""


class LimitExceeded(ExportError):
    """Reading the file would exceed a limit; `hint` names the option that raises it."""


class RuleBroken(AuditorError):
    """What was asked breaks a rule of contracts, incidents or calendars; the hint says what would do."""


class StoreError(AuditorError):
    """The account's store cannot be opened, or holds something it cannot hold."""


class PluginError(AuditorError):
    """A plugin could not be loaded or breaks a rule."""


class ResultError(AuditorError):
    """A stored result cannot be read."""


class EvidenceError(AuditorError):
    """A key, a manifest or a link of the chain of evidence is not as it must be."""
