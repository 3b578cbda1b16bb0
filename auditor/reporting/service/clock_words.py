"""The response clock in words: when an answer is due and what became of it, never without their marks."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.reporting.service.common import Json
from auditor.reporting.service.model import Cell
from auditor.reporting.service.speech import Speech

TONES = {"met": "met", "missed": "missed", "due": "open"}


def deadline(clock: Json, speech: Speech) -> Cell:
    """Until when an answer is in time, with the deadlines of other readings; plainly said where none is guaranteed."""
    if clock["deadline"] is None:
        return Cell(speech.not_guaranteed(), speech.marks(clock["target"]["marks"]))
    others = "; ".join(_others(clock, speech))
    return Cell(speech.instant(clock["deadline"]), speech.marks(clock["marks"]), small=others)


def _others(clock: Json, speech: Speech) -> Iterator[str]:
    other = clock["other_reading"]
    if other is not None and other["deadline"] != clock["deadline"]:
        yield speech.say("other_reading", deadline=speech.instant(other["deadline"]), unit=speech.unit(other["unit"]))
    for name in ("if_submission_counts", "if_call_needed"):
        if clock[name] is not None:
            yield speech.say(name, deadline=speech.instant(clock[name]))


def response(clock: Json, speech: Speech) -> Cell:
    """What became of the answer, with the instant at which it was given."""
    status = clock["status"]
    marks = clock["marks"] if clock["deadline"] is not None else clock["target"]["marks"]
    answered = speech.instant(clock["responded_at"])
    return Cell(speech.say(f"response_{status}"), speech.marks(marks), small=answered, tone=TONES.get(status, ""))
