"""Predicates judged over data that a test states, without readers and without check files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.model.outcomes import Reason
from auditor.model.snapshot import Part, Settings, SubjectRef
from auditor.sdk.mapping import LogicalSetting
from auditor.sdk.predicates import Compiler
from auditor.sdk.tracing import Trace
from auditor.sdk.views import SubjectView

AS_OF = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOST = SubjectRef("kesl.host", "web01", "web01", "kesl", "12.1")


@dataclass(slots=True)
class Answer:
    """A predicate's truth, and what it looked at."""

    truth: bool | None
    trace: Trace

    @property
    def reasons(self) -> set[Reason]:
        return set(self.trace.reasons)


def view_of(areas: Mapping[str, Any] | list[Settings], ref: SubjectRef = HOST) -> SubjectView:
    """A subject with areas (area -> values), or with settings objects as they stand."""
    view = SubjectView(ref)
    found = areas if isinstance(areas, list) else [Settings(area, values) for area, values in areas.items()]
    for number, settings in enumerate(found):
        view.add(Part(ref, settings, f"file{number}.ini", 10 * number + 1))
    return view


@pytest.fixture(scope="session")
def make_view() -> Callable[..., SubjectView]:
    return view_of


@pytest.fixture(scope="session")
def judge() -> Callable[..., Answer]:
    def run(
        predicate: Mapping[str, Any],
        areas: Mapping[str, Any] | list[Settings],
        *,
        logical: Mapping[str, LogicalSetting] | None = None,
        params: Mapping[str, Any] | None = None,
        as_of: datetime = AS_OF,
        ref: SubjectRef = HOST,
    ) -> Answer:
        node = Compiler(ref.kind, logical or {}, params or {}, as_of).compile(predicate)
        trace = Trace(view_of(areas, ref))
        return Answer(node(trace), trace)

    return run


@pytest.fixture(scope="session")
def value_truth(judge) -> Callable[[Mapping[str, Any], Any], bool | None]:
    """The truth of one operator over one value."""

    def run(operator: Mapping[str, Any], value: Any) -> bool | None:
        return judge({"setting": "app.Value", **operator}, {"app": {"Value": value}}).truth

    return run
