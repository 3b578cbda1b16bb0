"""The published schema of the manifest, applied."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = orjson.loads((files("auditor.sdk") / "schemas" / "manifest.schema.json").read_bytes())
    return Draft202012Validator(schema)


def problem_of(manifest: Any) -> str:
    """The first thing that is not as the schema wants it, with its place; "" when there is none."""
    problem = next(iter(_validator().iter_errors(manifest)), None)
    if problem is None:
        return ""
    place = "/".join(str(step) for step in problem.absolute_path) or "top level"
    return f"{place}: {problem.message[:200]}"
