"""What authors of checks, readers and renderers import."""

from auditor.model.outcomes import Confidence, Outcome, Reason, Severity
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.views import SubjectView

__all__ = ["Confidence", "Context", "Evidence", "Judgement", "Outcome", "Reason", "Severity", "SubjectView"]
