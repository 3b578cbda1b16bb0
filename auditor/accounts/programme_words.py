"""The words of programmes: a phrase of the catalogue by its name, or plain words as they stand."""

from __future__ import annotations

import re

from auditor.phrases import catalogue

AREA = "programmes"

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


def is_name(text: str) -> bool:
    """Whether the text is written as the name of a phrase: lower-case words joined by underscores."""
    return _NAME.fullmatch(text) is not None


def knows(name: str) -> bool:
    """Whether the catalogue has a phrase of this name without parameters or plural forms."""
    found = catalogue("en", AREA).get(name)
    return isinstance(found, str) and "{" not in found


def words(text: str, language: str) -> str:
    """The phrase of this name in a language (pt-BR reads pt); anything that is no name stays as it is."""
    if not is_name(text):
        return text
    found = catalogue(language.replace("_", "-").partition("-")[0].lower(), AREA)[text]
    return found if isinstance(found, str) else found["other"]
