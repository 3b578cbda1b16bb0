"""A questionnaire as YAML, for those who would rather write than fill in a sheet."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from auditor.app.accounts.showing import write_yaml
from auditor.app.findings.questions import ANSWERED, ASKED, FORMAT, Filled, Problems, Questionnaire
from auditor.engagement.findings import ANSWERS
from auditor.errors import ContentError
from auditor.sdk import strict_yaml

_KNOWN = frozenset({*ASKED, *ANSWERED, "allowed", "earlier"})


def yaml_bytes(about: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The questionnaire; what is to be filled in stands there with empty values."""
    out = io.StringIO()
    questions = [{name: _plain(row.get(name)) for name in (*ASKED, "earlier", *ANSWERED)} for row in rows]
    write_yaml({"format": FORMAT, **about, "allowed": list(ANSWERS), "questions": questions}, out)
    return out.getvalue().encode()


def read_yaml(path: Path, problems: Problems) -> Questionnaire:
    """The questions of a file with what was filled in; ContentError when it is none."""
    where = path.name
    document = strict_yaml.load_file(path, where)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ContentError("is no questionnaire", where=where, hint="name a file of auditor questionnaire export")
    listed = document.get("questions")
    if not isinstance(listed, list):
        raise ContentError("questions: is no list", where=where)
    filled = []
    for number, one in enumerate(listed):
        if not isinstance(one, dict):
            problems.add(f"questions/{number}", "is no question")
            continue
        for name in sorted(set(one) - _KNOWN):
            problems.add(f"questions/{number}/{name}", "there is no such key")
        filled.append(Filled(one, _places(number)))
    return Questionnaire(_text(document, "engagement"), _text(document, "account"), filled, _text(document, "asked"))


def _places(number: int) -> Callable[[str], str]:
    return lambda name: f"questions/{number}/{name}"


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value.strip() if isinstance(value, str) else ""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value or ""
