"""What a request for an anti-virus database release states: the file, how it was judged, and with which databases.

The file must be wrongly judged by the latest databases. Older ones, unknown ones and dates that cannot be true
do not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, get_args

from auditor.accounts.request_facts import checked_entitlement, checked_file_name, checked_sha256, checked_text
from auditor.errors import UsageProblem
from auditor.model.events import instant_of, text_of

Reason: TypeAlias = Literal["false_negative", "false_positive"]
Judgement: TypeAlias = Literal["latest", "older", "date_unknown", "latest_unknown", "clock_skew"]
Sender: TypeAlias = Literal["kaspersky", "tam"]

REASONS: tuple[Reason, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Databases:
    """How current the databases are that judged the file wrongly. Instants are UTC, None where nobody knows.

    `date` is the release date of the databases in use, `latest` that of the latest ones known, `tolerance` how much
    older than these they may be. `source` says where `date` was read.
    """

    date: datetime | None
    latest: datetime | None
    tolerance: timedelta = timedelta(0)
    source: str = ""

    def __post_init__(self) -> None:
        if self.tolerance < timedelta(0):
            raise UsageProblem("the tolerance is negative", hint="0min allows no difference at all")
        object.__setattr__(self, "source", checked_text("the source of the date", self.source, required=False))
        for value in (self.date, self.latest):
            if value is not None and value.tzinfo is None:
                raise UsageProblem("a date of databases has no time zone", hint="base dates are UTC: end it with Z")

    def judge(self, at: datetime) -> Judgement:
        """Whether these are the latest databases, as seen at an instant; everything but `latest` blocks."""
        if self.date is None:
            return "date_unknown"
        if self.date > at + self.tolerance:
            return "clock_skew"
        if self.latest is None:
            return "latest_unknown"
        if self.latest > at + self.tolerance:
            return "clock_skew"
        return "older" if self.date < self.latest - self.tolerance else "latest"

    def to_document(self) -> dict[str, Any]:
        """JSON-able; `from_document` reads it."""
        return {
            "db_date": None if self.date is None else text_of(self.date),
            "latest_known_db_date": None if self.latest is None else text_of(self.latest),
            "tolerance_seconds": int(self.tolerance.total_seconds()),
            "db_date_source": self.source,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Databases:
        """What `to_document` wrote."""
        date, latest = document["db_date"], document["latest_known_db_date"]
        return cls(
            None if date is None else instant_of(date),
            None if latest is None else instant_of(latest),
            timedelta(seconds=document["tolerance_seconds"]),
            document["db_date_source"],
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """The file that is judged wrongly. `detection` is what the product said: a threat's name, or that there is none.

    UsageProblem for a SHA-256 that is none, for missing texts and for texts too long to keep.
    """

    sha256: str
    detection: str
    file_name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", checked_sha256(self.sha256))
        object.__setattr__(self, "detection", checked_text("the detection", self.detection))
        object.__setattr__(self, "file_name", checked_file_name("the file name", self.file_name, required=False))


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the programme states it. `text` is the name of one of the programmes' phrases, or plain words.

    `marks` (uncertain, reconciled) are those without which it must not be printed.
    """

    number: int
    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What the programme in force at the request promises: its steps, and who informs (None: nobody is promised).

    `marks` are those of the latter.
    """

    programme: str
    informed_by: Sender | None
    steps: tuple[Step, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is requested. `entitlement` is why it was taken although nobody says whether the service is included."""

    reason: Reason
    sample: Sample
    product: str
    product_version: str
    databases: Databases
    promise: Promise
    entitlement: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "entitlement", checked_entitlement(self.entitlement))
        if self.reason not in REASONS:
            raise UsageProblem(f"{self.reason!r} is no reason", hint=f"there are {', '.join(REASONS)}")
        object.__setattr__(self, "product", checked_text("the product", self.product))
        object.__setattr__(self, "product_version", checked_text("the product's version", self.product_version))

    def to_document(self) -> dict[str, Any]:
        """JSON-able: `request` of the `submitted` event."""
        return {
            "reason": self.reason,
            "sample_sha256": self.sample.sha256,
            "detection": self.sample.detection,
            "file_name": self.sample.file_name,
            "product": self.product,
            "product_version": self.product_version,
            **self.databases.to_document(),
            "programme": self.promise.programme,
            "informed_by": self.promise.informed_by,
            "informed_by_marks": list(self.promise.marks),
            "steps": [
                {"number": step.number, "text": step.text, "marks": list(step.marks)} for step in self.promise.steps
            ],
            "entitlement": self.entitlement,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Facts:
        """The facts that `to_document` wrote."""
        steps = tuple(Step(step["number"], step["text"], tuple(step["marks"])) for step in document["steps"])
        marks = tuple(document["informed_by_marks"])
        return cls(
            reason=document["reason"],
            sample=Sample(document["sample_sha256"], document["detection"], document["file_name"]),
            product=document["product"],
            product_version=document["product_version"],
            databases=Databases.from_document(document),
            promise=Promise(document["programme"], document["informed_by"], steps, marks),
            entitlement=document["entitlement"],
        )
