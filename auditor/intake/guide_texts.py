"""The collection guide in other languages: its texts are translated one by one, and what is not stays English.

A language is one file `languages.d/<code>.yaml` beside the guide: English text -> translation, as
`auditor.phrases.texts` reads it. Commands, paths and names of settings
have no translation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Texts = Mapping[str, str]


def translatable(document: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a guide file that a person reads, in its order."""
    yield from (document[name].strip() for name in ("intro", "rights") if name in document)
    for step in document["steps"]:
        yield from (step[name].strip() for name in ("title", "rights", "notes") if name in step)
        if step["how"] != "command":
            yield from (text.strip() for text in step.get("commands", ()))
        for call in step.get("calls", ()):
            yield from (call[name].strip() for name in ("each", "note") if name in call)


def translated(document: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    """The guide file with its texts in another language; a text without a translation stays as it is."""
    steps = [_step(step, texts) for step in document["steps"]]
    return {**document, **_said(document, ("intro", "rights"), texts), "steps": steps}


def _step(step: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    said: dict[str, Any] = {**step, **_said(step, ("title", "rights", "notes"), texts)}
    if "commands" in step and step["how"] != "command":
        said["commands"] = [texts.get(text.strip(), text) for text in step["commands"]]
    if "calls" in step:
        said["calls"] = [{**call, **_said(call, ("each", "note"), texts)} for call in step["calls"]]
    return said


def _said(owner: Mapping[str, Any], names: tuple[str, ...], texts: Texts) -> dict[str, str]:
    return {name: texts.get(owner[name].strip(), owner[name]) for name in names if name in owner}
