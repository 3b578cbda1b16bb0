"""What requests for a database release and for a private patch have in common: checked texts, and changes in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import Event, text_of

NAME_LIMIT = 255
TEXT_LIMIT = 4_000

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a request: from state `before` to state `after`, which are equal when only something was recorded."""

    at: datetime
    actor: str
    before: str
    after: str
    payload: Mapping[str, Any]


def checked_sha256(text: str) -> str:
    """The SHA-256 in lower-case hex; UsageProblem for anything that is none."""
    found = text.strip().lower()
    if not _SHA256.fullmatch(found):
        raise UsageProblem(
            "this is no SHA-256: it has 64 hexadecimal digits", hint="sha256sum FILE prints it; or name the file itself"
        )
    return found


def checked_text(what: str, text: str, limit: int = NAME_LIMIT, *, required: bool = True) -> str:
    """The text without blanks around it; UsageProblem when it is missing or longer than `limit` characters."""
    return checked_file_name(what, text.strip(), limit, required=required)


def checked_file_name(what: str, text: str, limit: int = NAME_LIMIT, *, required: bool = True) -> str:
    """The name as it is, blanks too; UsageProblem when it is missing or longer than `limit` characters.

    Bytes that are no UTF-8 are spelt out, so that the name can be stored.
    """
    found = text.encode("utf-8", "backslashreplace").decode("utf-8")
    if required and not found.strip():
        raise UsageProblem(f"{what} is missing", hint=f"state {what}")
    if len(found) > limit:
        raise UsageProblem(f"{what} has {len(found)} characters", hint=f"at most {limit} are kept; shorten it")
    return found


def checked_entitlement(reason: str) -> str:
    """Why a request is taken although its programme does not say whether the service is included; may be empty."""
    return checked_text("the reason for the entitlement", reason, TEXT_LIMIT, required=False)


def check_order(at: datetime, last: datetime) -> None:
    """RuleBroken when a change is said to have happened before the one that it follows."""
    if at < last:
        raise RuleBroken(
            f"{text_of(at)} lies before the last change of the request, {text_of(last)}",
            hint="changes are recorded in the order in which they happened",
        )


def opening(events: Sequence[Event], kind: str, listing: str) -> Event:
    """The event that opened the request; RuleBroken when the incident is not of that type or was never opened."""
    for event in events:
        if event.type == "submitted":
            if event.payload.get("type") == kind:
                return event
            raise RuleBroken(
                f"{event.subject} is of the type {event.payload.get('type')}, not {kind}",
                hint=f"{listing} shows those that are",
            )
    raise UsageProblem("there is no such incident", hint=f"{listing} shows those that there are")


def changes_of(events: Sequence[Event], kind: str) -> Iterator[Change]:
    """The changes of a request in the order in which they happened."""
    for event in sorted(events, key=lambda event: event.order):
        if event.type == kind:
            yield Change(event.at, event.actor, event.payload["from"], event.payload["to"], event.payload)


def check_move(ahead: Sequence[str], before: str, after: str, hint: str = "") -> None:
    """RuleBroken when `after` is none of the states that a request in state `before` can come to."""
    if after in ahead:
        return
    possible = " or ".join(plain(state) for state in ahead)
    advice = f"it can become {possible}" if ahead else "this is a final state; open a new request"
    message = f"a request that is {plain(before)} cannot become {plain(after)}"
    raise RuleBroken(message, hint=hint if hint and ahead else advice)


def plain(state: str) -> str:
    """A state for a message: `blocked by old databases`, not `blocked_old_databases`."""
    return _PLAIN.get(state, state)


_PLAIN = {
    "blocked_old_databases": "blocked by old databases",
    "step1_processing": "processed by specialists (step 1)",
    "step2_released": "released (step 2)",
    "triage": "triaged",
}
