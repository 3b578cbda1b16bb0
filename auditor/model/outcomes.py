"""The closed sets that every verdict is made of."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a check found about one subject. `UNKNOWN` and `ERROR` are never folded into pass or fail."""

    PASS = "pass"  # noqa: S105  # no password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    NOT_LICENSED = "not_licensed"
    MANUAL = "manual"
    UNKNOWN = "unknown"
    ERROR = "error"


DECIDED = frozenset({Outcome.PASS, Outcome.FAIL})


class Severity(StrEnum):
    """How much a failed check matters for the protection of the customer (not a support incident level)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical to 4 for info: sorts the gravest first."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Confidence(StrEnum):
    """How sure the meaning of the datum is: read in documentation, inferred, or weak."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Reason(StrEnum):
    """Why a verdict is unknown or not applicable: the kinds of nothing that must not be merged."""

    NOT_COLLECTED = "not_collected"  # no input holds the area
    KEY_ABSENT = "key_absent"  # the area was read, the setting is not in it
    NO_MAPPING = "no_mapping"  # where the product keeps the setting is not publicly known
    NOT_UNDERSTOOD = "not_understood"  # a value that the documentation does not list
    CONFLICT = "conflict"  # two inputs state different values for one setting
    INCOMPLETE = "incomplete"  # the input was cut off where the datum would stand
    VERSION_UNKNOWN = "version_unknown"  # the check is for some versions and the version was not collected
    OTHER_VERSION = "other_version"  # this version has no such setting
    OTHER_PRODUCT = "other_product"
    PRECONDITION = "precondition"  # the setting has no effect on this subject
    NO_SUBJECT = "no_subject"  # nothing of this kind is in the inputs
    QUESTION = "question"  # a person has to answer
    CRASHED = "crashed"  # the check itself failed
