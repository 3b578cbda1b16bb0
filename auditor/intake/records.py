"""From an error to the line of the intake report."""

from __future__ import annotations

from auditor.errors import ExportError, LimitExceeded, UnreadableExport
from auditor.intake.redaction import redact_text
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import bounded


def status_of(error: ExportError) -> InputStatus:
    """What the error means for the file: skipped by a limit, unreadable in this form, or broken."""
    if isinstance(error, LimitExceeded):
        return InputStatus.SKIPPED
    if isinstance(error, UnreadableExport):
        return InputStatus.UNREADABLE
    return InputStatus.BROKEN


def blame(record: InputRecord, error: ExportError) -> InputRecord:
    """The record with status, message, place and advice of the error; quotations of the file redacted and bounded."""
    record.status = status_of(error)
    record.message = bounded(redact_text(error.message))
    record.where = bounded(redact_text(error.where))
    record.hint = error.hint
    return record


def skipped(path: str, message: str, hint: str = "") -> InputRecord:
    """The record of something that was seen and deliberately not opened."""
    return InputRecord(path, InputStatus.SKIPPED, message=message, hint=hint)
