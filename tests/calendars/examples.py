"""Calendars of many kinds, nobody's contract."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from auditor.calendars.spec import CalendarSpec
from auditor.sdk import strict_yaml


@cache
def example_calendars() -> tuple[CalendarSpec, ...]:
    """Every example, in the order of the file `examples.yaml`."""
    text = Path(__file__).with_name("examples.yaml").read_text(encoding="utf-8")
    documents = strict_yaml.load(text, where="examples.yaml")["calendars"]
    return tuple(
        CalendarSpec.from_document(document, where=f"/calendars/{index}") for index, document in enumerate(documents)
    )
