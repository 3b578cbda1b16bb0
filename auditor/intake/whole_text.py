"""The text of an export for readers that take it apart as a whole, within the limit of values.

Each line or value becomes an object many times its size: without this limit a file of 64 MiB could take gigabytes.
"""

from __future__ import annotations

from auditor.intake.limits import Limits
from auditor.sdk.reading import Source

_OPENING = ("{", "[", ",")


def text_of_lines(source: Source) -> str:
    """A text whose lines are read. LimitExceeded when there are too many."""
    text, limits = source.text(), _limits(source)
    if len(text) > limits.max_values and text.count("\n") > limits.max_values:
        raise limits.exceeded("max_values", "the export has more lines")
    return text


def text_of_values(source: Source) -> str:
    """A JSON text. LimitExceeded when it holds too many values, as its commas and brackets tell."""
    text, limits = source.text(), _limits(source)
    if len(text) > limits.max_values and sum(map(text.count, _OPENING)) > limits.max_values:
        raise limits.exceeded("max_values", "the document has more values")
    return text


def _limits(source: Source) -> Limits:
    return getattr(source, "limits", None) or Limits()
