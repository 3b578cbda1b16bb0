"""What a predicate looked at while it judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from auditor.model.outcomes import Confidence, Reason
from auditor.model.verdicts import Evidence
from auditor.sdk.views import Hit, SubjectView, evidence_of


@dataclass(slots=True)
class Trace:
    """What a judgement looked at: evidence, reasons for unknown, areas to collect, weakest confidence.

    A `quiet` trace keeps no evidence: most entries of a list are in order and need none.
    """

    view: SubjectView
    evidence: list[Evidence] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    confidence: Confidence = Confidence.HIGH
    item: Hit | None = None
    quiet: bool = False

    def unknown(self, reason: Reason, areas: Iterable[str] = ()) -> None:
        """Note why something could not be decided, and what would have to be collected."""
        self.reasons.append(reason)
        self.areas.extend(areas)

    def weigh(self, confidence: Confidence) -> None:
        """Keep the weakest confidence of all data used."""
        if confidence is not Confidence.HIGH:
            self.confidence = max(self.confidence, confidence, key=list(Confidence).index)

    def keep(self, hit: Hit, expected: str = "", met: bool | None = None, note: str = "") -> None:
        """Keep a lookup as evidence; of a contradiction, what each input states."""
        if self.quiet:
            return
        if hit.reason is Reason.CONFLICT:
            self.evidence += [evidence_of(side, expected, met, note) for side in self.view.statements(hit)]
        else:
            self.evidence.append(evidence_of(hit, expected, met, note))


Node = Callable[[Trace], bool | None]
