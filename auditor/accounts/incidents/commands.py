"""Everything that can be done to an incident.

Each function takes the incident as it is, who acts and when (`Act`), and gives the events to append. It changes nothing
itself. RuleBroken says which rule forbids it and what would do instead.
"""

from auditor.accounts.incidents.acts import Act, possible
from auditor.accounts.incidents.answering import acknowledge, answer, call, correct, note, receive_info, request_info
from auditor.accounts.incidents.changing import change_kind, change_severity, escalate, recalculate
from auditor.accounts.incidents.ending import cancel, close, link, merge, reopen, resolve
from auditor.accounts.incidents.submitting import CallMade, Submission, Terms, expected_clock, submit

__all__ = [
    "Act",
    "CallMade",
    "Submission",
    "Terms",
    "acknowledge",
    "answer",
    "call",
    "cancel",
    "change_kind",
    "change_severity",
    "close",
    "correct",
    "escalate",
    "expected_clock",
    "link",
    "merge",
    "note",
    "possible",
    "recalculate",
    "receive_info",
    "reopen",
    "request_info",
    "resolve",
    "submit",
]
