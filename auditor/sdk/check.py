"""A check as data: the content of its file, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from auditor.errors import ContentError
from auditor.model.outcomes import Confidence, Severity

FORMS = ("expect", "schema", "python", "manual")


@dataclass(frozen=True, slots=True)
class Check:
    """Metadata and body of one check; `raw` is its document without examples, `area` the heading it stands under.

    Half of all content are `examples`; they stay JSON until somebody asks, as an audit does not. `sha256` names the
    document: the hash of its canonical JSON, examples included; "" for a check of no catalogue.
    """

    id: str
    raw: Mapping[str, Any]
    area: str
    origin: str
    sha256: str = ""
    examples_json: str = "[]"

    @property
    def examples(self) -> list[dict[str, Any]]:
        """The examples of the check's file, read anew each time."""
        found: list[dict[str, Any]] = orjson.loads(self.examples_json)
        return found

    @property
    def severity(self) -> Severity:
        """As the file states it; a baseline may override it."""
        return Severity(self.raw["severity"])

    @property
    def confidence(self) -> Confidence:
        """How sure the datum and its meaning are."""
        return Confidence(self.raw["confidence"])

    @property
    def title(self) -> str:
        """The desired state, for people."""
        return str(self.raw["title"])

    @property
    def product(self) -> str:
        """Product id such as `kesl`."""
        return str(self.raw["product"])

    @property
    def subject(self) -> str:
        """Kind of subject the check judges."""
        return str(self.raw["subject"])

    @property
    def form(self) -> str:
        """Which of the four bodies: expect, schema, python, manual."""
        return next(form for form in FORMS if form in self.raw)

    @property
    def is_fleet(self) -> bool:
        """True when rows are judged one by one and rolled up."""
        return "fleet" in self.raw

    def parameters(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """Defaults with a baseline's values on top; ContentError for an unknown name or a wrong type."""
        declared = self.raw.get("params", {})
        unknown = overrides.keys() - declared.keys()
        if unknown:
            raise ContentError(f"{self.id} has no parameter {sorted(unknown)[0]!r}")
        values = {name: entry["default"] for name, entry in declared.items()} | dict(overrides)
        for name, value in values.items():
            kind = declared[name]["type"]
            if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
                raise ContentError(f"parameter {name} of {self.id} is no {declared[name]['type']}: {value!r}")
        return values


_TYPES: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "number": (int, float),
    "string": str,
    "boolean": bool,
    "array": list,
}
