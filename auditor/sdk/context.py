"""What a Python body is given, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.estate import Estate, server_of
from auditor.sdk.views import SubjectView, evidence_of

_T = TypeVar("_T")


@dataclass(slots=True)
class Context:
    """One subject, read only, with the other subjects of its server, the parameters and the audit's time."""

    view: SubjectView
    estate: Estate
    params: Mapping[str, Any]
    as_of: datetime

    @property
    def subject(self) -> SubjectRef:
        """The subject that is judged."""
        return self.view.ref

    def get(self, setting: str, default: Any = None) -> Any:
        """The usable value of a setting of this subject, or `default`."""
        return self.view.get(setting, default)

    def has(self, area: str) -> bool:
        """True when an input holds the area for this subject."""
        return self.view.has(area)

    def see(self, setting: str, expected: str = "", met: bool | None = None, note: str = "") -> Evidence:
        """Evidence for a setting of this subject, also when it is absent."""
        return evidence_of(self.view.find(setting), expected, met, note)

    def others(self, kind: str) -> list[SubjectView]:
        """Subjects of a kind on the same device or server, in the order of their keys."""
        if kind in self.view.neighbours:
            return list(self.view.neighbours[kind])
        return list(self.estate.of(kind, server_of(self.subject)))

    def once(self, find: Callable[[Context], _T]) -> _T:
        """What `find` tells about the whole server, whichever of its subjects is judged: found out once for all."""
        return self.estate.once(find, self)

    def passed(self, evidence: Iterable[Evidence] = ()) -> Judgement:
        """The desired state is there."""
        return Judgement(Outcome.PASS, tuple(evidence))

    def failed(self, message: str = "fail", evidence: Iterable[Evidence] = (), **params: Any) -> Judgement:
        """It is not; `message` names an entry of the check's messages."""
        return Judgement(Outcome.FAIL, tuple(evidence), message=message, params=params)

    def unknown(self, reason: str | Reason, evidence: Iterable[Evidence] = (), area: str = "") -> Judgement:
        """The inputs do not tell; `area` is what would have to be collected."""
        return Judgement(Outcome.UNKNOWN, tuple(evidence), Reason(reason), areas=(area,) if area else ())

    def not_applicable(
        self, reason: str | Reason = Reason.PRECONDITION, evidence: Iterable[Evidence] = ()
    ) -> Judgement:
        """The check means nothing for this subject."""
        return Judgement(Outcome.NOT_APPLICABLE, tuple(evidence), Reason(reason))

    def not_licensed(self, evidence: Iterable[Evidence] = ()) -> Judgement:
        """The feature is not part of the customer's licence."""
        return Judgement(Outcome.NOT_LICENSED, tuple(evidence))
