"""The published schema of the manifest, applied."""

from __future__ import annotations

from typing import Any

from auditor.sdk.published import validator


def problem_of(manifest: Any) -> str:
    """The first thing that is not as the schema wants it, with its place; "" when there is none."""
    problem = next(iter(validator("manifest").iter_errors(manifest)), None)
    if problem is None:
        return ""
    place = "/".join(str(step) for step in problem.absolute_path) or "top level"
    return f"{place}: {problem.message[:200]}"
