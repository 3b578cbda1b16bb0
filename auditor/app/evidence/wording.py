"""The checklist of a verification, as text."""

from __future__ import annotations

from pathlib import Path

from auditor.app.evidence.stored import RESULT
from auditor.app.evidence.verifying import Asked, State, Step, Verification
from auditor.errors import EvidenceError

_INDENT = " " * 29


def lines_of(path: Path, found: Verification, asked: Asked) -> list[str]:
    """Title, one entry for each step, and what it comes to."""
    title = f"{path}: manifest {found.manifest}" if found.manifest else f"{path}: no manifest that can be read"
    steps = [line for step in found.steps for line in _step(step)]
    return [title, *steps, *found.notes, *_conclusion(found, asked)]


def _step(step: Step) -> list[str]:
    told = step.lines or ([_sentence(step.error)] if step.error is not None else [""])
    mark = "BROKEN" if step.state is State.BROKEN else step.state.value
    first = f"  {step.name:10} {mark:15} {told[0]}".rstrip()
    return [first, *(f"{_INDENT}{line}" for line in told[1:])]


def _sentence(error: EvidenceError | None) -> str:
    if error is None:
        return ""
    return f"{error.where}: {error.message}" if error.where else error.message


def _conclusion(found: Verification, asked: Asked) -> list[str]:
    if found.broken is not None:
        return [f"First broken link: {_sentence(found.broken)}", *(f"  {line}" for line in found.broken.lines)]
    if not found.comparable:
        told = "The chain holds as far as it was followed; the audit could not be run again here."
    elif not asked.exports.paths:
        told = "The chain holds from the values to the reports. --exports PATH proves the export files, too."
    elif not asked.replay:
        told = "The chain holds from the export files to the reports. --replay runs the audit again on them."
    else:
        told = f"The chain holds: these exports give this {RESULT}, and it is what was signed."
    unsure = "Who signed is not proven: name the key with --key."
    return [told] if found.known_signer else [told, unsure]
