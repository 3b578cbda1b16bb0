"""The published JSON Schemas (`auditor schema`), and documents held against them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from auditor.errors import ContentError


@cache
def validator(name: str) -> Any:
    """The validator of one of the schemas, such as `baseline`. To it 1e300 is no integer, as to whoever counts."""
    from jsonschema import Draft202012Validator, FormatChecker, validators  # longer to load than most runs to start

    schema = orjson.loads((files("auditor.sdk") / "schemas" / f"{name}.schema.json").read_bytes())
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    strict: Any = validators.extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    return strict(schema, format_checker=FormatChecker())


def require(name: str, document: Any, where: str, hint: str = "") -> None:
    """ContentError with the first place, by its path, at which a document is not as its schema wants it."""
    problem = min(validator(name).iter_errors(document), key=lambda error: list(map(str, error.path)), default=None)
    if problem is not None:
        place = "/".join(map(str, problem.path)) or "top level"
        raise ContentError(f"{place}: {problem.message[:300]}", where=where, hint=hint)
