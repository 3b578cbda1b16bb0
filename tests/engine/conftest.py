"""Small programs of checks that a test states, and subjects with data that a test states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from auditor.engine.baseline import Selection
from auditor.engine.judge import Program, compile_program
from auditor.engine.lines import subject_lines
from auditor.engine.waivers import Waiver, for_subject
from auditor.model.snapshot import Part, Settings, SubjectRef
from auditor.sdk.check import Check
from auditor.sdk.views import SubjectView

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = "2026-03-01"


def check_of(check_id: str = "T-ONE-001", **raw: Any) -> Check:
    """A check with the given body; all else is filled in."""
    document = {
        "id": check_id, "severity": "high", "confidence": "high", "product": "kesl", "subject": "kesl.host",
        "title": "A title", "messages": {"fail": "Value is {current}."},
    } | raw  # fmt: skip
    return Check(check_id, document, "test", "test")


@pytest.fixture(scope="session")
def check() -> Callable[..., Check]:
    return check_of


@pytest.fixture(scope="session")
def compiled() -> Callable[..., Program]:
    def run(*checks: Check) -> Program:
        selections = {item.id: Selection(item, item.parameters({}), item.severity) for item in checks}
        return compile_program(selections, {}, AS_OF)

    return run


@pytest.fixture(scope="session")
def host() -> Callable[..., SubjectView]:
    """A host; areas are values, or settings objects as they stand."""

    def run(key: str, areas: Mapping[str, Any] | Sequence[Settings], file: str = "", line: int = 1) -> SubjectView:
        ref = SubjectRef("kesl.host", key, key, "kesl", "12.1")
        view = SubjectView(ref)
        found = areas if isinstance(areas, Sequence) else [Settings(area, values) for area, values in areas.items()]
        for settings in found:
            view.add(Part(ref, settings, file or f"{key}/export.ini", line))
        return view

    return run


@pytest.fixture(scope="session")
def written() -> Callable[..., list[dict[str, Any]]]:
    """The verdicts of a subject as they are stored."""

    def run(program: Program, view: SubjectView, waivers: Sequence[Waiver] = ()) -> list[dict[str, Any]]:
        waived = for_subject(waivers, view.ref.key, TODAY)
        lines = subject_lines(view, program.judge(view), waived, TODAY)
        return [orjson.loads(line) for line in lines.splitlines()]

    return run
