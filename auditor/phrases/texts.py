"""The texts of checks, baselines and guides in other languages, each found by its English text.

Results hold English sentences and nothing else: a result is the same whatever language its reports speak, and an old
one can be told in a language that came later. A translation belongs to the exact English text: one that was changed is
English again until somebody translates it anew. A sentence with values is found by its template; the values stay as
they are. What the tool itself puts into evidence ("at least 60") are the phrases of the area `evidence`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from auditor.errors import ContentError
from auditor.phrases import Phrases, catalogue
from auditor.phrases.templates import Sentences, Template, template_of

FOLDER = "languages.d"
"""Where translations lie beside content. The dot keeps the folder out of the catalogue and its fingerprint, which says
what was checked and not how it is told."""

AREA = "evidence"
_COUNT = "count"
_NUMBERS = frozenset({_COUNT, "number", "part", "all", "low", "high"})
_NUMBER = re.compile(r"-?[0-9][0-9.,]*(?:e[+-]?[0-9]+)?")
_VOCABULARY = re.compile("[a-z][a-z_]*")
"""What products write begins with a capital or a digit, or is looked up by checks in words of their own."""
_ABSENT = "absent"
_FAULTS = frozenset({"above_maximum", "below_minimum", "was_expected"})
_JOINT, _COMMA, _OR = "; ", ", ", " or "
_KEPT = 4_096


def load_texts(source: str, where: str) -> dict[str, str]:
    """English text -> translation; ContentError when the file is anything else, or a translation has other places.

    The file is YAML. One that is JSON as well is read without the YAML parser, in a hundredth of the time.
    """
    found = _parsed(source, where)
    if not isinstance(found, dict):
        raise ContentError("translations are pairs of an English text and its translation", where=where)
    for english, text in found.items():
        if not isinstance(text, str) or not text.strip():
            raise ContentError(f"no translation is given for {english[:60]!r}", where=where)
        if "{" in english and _places(english) != _places(text):
            raise ContentError(f"the translation of {english[:60]!r} has other places in braces", where=where)
    return found


def _parsed(source: str, where: str) -> Any:
    if not source.startswith("{"):
        from auditor.sdk.strict_yaml import load

        return load(source, where)
    try:
        return json.loads(source, object_pairs_hook=lambda pairs: _unique(pairs, where))
    except ValueError as error:
        raise ContentError(f"not JSON: {error}", where=where, hint="a file that begins with a brace is JSON") from error


def _unique(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ContentError(f"{twice[:60]!r} stands there twice", where=where)
    return found


def _places(text: str) -> set[str] | None:
    template = template_of(text)
    return None if template is None else set(template.names)


def is_value(text: str) -> bool:
    """True for a word or a number that stands for itself, such as `SCServer`: prose has spaces."""
    return not any(char.isspace() for char in text)


class Texts:
    """Everything that is translated into one language. Each method answers None where there is no translation.

    `texts` come from content (English text -> translation). UsageProblem for an unknown language.
    """

    def __init__(self, language: str, texts: Mapping[str, str] | None = None) -> None:
        self._phrases = Phrases(language, AREA)
        self._texts = dict(texts or {})
        self._tool: dict[str, str] = {}
        self._own: Sentences[str] | None = None
        self._told: Sentences[Template] | None = None
        self._known: dict[str, str | None] = {}

    def text(self, english: str) -> str | None:
        """A whole text, such as a title or a step."""
        return self._texts.get(english.strip())

    def words(self, english: str) -> str | None:
        """What is expected, a note, who holds a lock; a value such as `SCServer` is its own translation.

        Values inside are taken over only where they are no prose: half a translation would be worse than none.
        """
        if english not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[english] = self._all_of(english)
        return self._known[english]

    def message(self, english: str, settings: Collection[str] = (), *, absent: bool = False) -> str | None:
        """What a check says about a subject; its values are taken over as they are, whatever they hold.

        `settings` are the names that `{setting}` may be; `absent` says that there was no value, so that the word
        `absent` is the tool's and not one.
        """
        known = self._texts.get(english)
        if known is not None:
            return known
        for translation, values in self._sentences().readings(english):
            said = {name: self._inside(name, value, settings, absent) for name, value in values.items()}
            if None not in said.values():
                return translation.fill({name: text or "" for name, text in said.items()})
        return None

    def _inside(self, name: str, value: str, settings: Collection[str], absent: bool) -> str | None:
        """A value of a message as it is said; None when it cannot be that value."""
        if name == "setting":
            return value if value in settings else None
        if name == "expected":
            return self.words(value)
        if name == "current" and absent and value == _ABSENT:
            return self.words(value)
        return value if is_value(value) else self._texts.get(value) or self._fault(value) or value

    def _fault(self, value: str) -> str | None:
        """What a JSON Schema finds wrong with a value stands in the place of the value."""
        for name, values in self._phrased().readings(value):
            said = self._said(values) if name in _FAULTS else None
            if said is not None:
                return self._phrases.say(name, **said)
        return None

    # --- words -------------------------------------------------------------------------------------------------

    def _all_of(self, english: str) -> str | None:
        """Several notes stand side by side; one may hold the sign that parts them."""
        if _JOINT in english:
            pieces = [self._one(piece) for piece in english.split(_JOINT)]
            if None not in pieces:
                return _JOINT.join(piece or "" for piece in pieces)
        return self._one(english)

    def _one(self, english: str) -> str | None:
        own = self._phrased()
        known = self._word(english) if is_value(english) else self._texts.get(english)
        if known not in {None, english}:
            return known
        if english in self._tool:
            return self._phrases.say(self._tool[english])
        for name, values in own.readings(english):
            said = self._said(values)
            if said is not None:
                return self._phrases.say(name, **said)
        for translation, values in self._sentences().readings(english):
            said = self._said(values)
            if said is not None:
                return translation.fill(said)
        return self._listed(english)

    def _said(self, values: Mapping[str, str]) -> dict[str, Any] | None:
        said: dict[str, Any] = {name: self._value(name, value) for name, value in values.items()}
        if None in said.values():
            return None
        if _COUNT in said:
            said[_COUNT] = _counted(said[_COUNT])
        return said

    def _value(self, name: str, value: str) -> str | None:
        """`text` holds anything, `words` is said in the language itself, all others are numbers and values."""
        if name in _NUMBERS:
            return value if _NUMBER.fullmatch(value) else None
        if name == "words":
            return self._one(value)
        return value if name == "text" else self._listed(value)

    def _listed(self, value: str) -> str | None:
        """A value, or several: `A, B`, `A or B`."""
        for sign in (_COMMA, _OR):
            items = value.split(sign)
            if all(map(is_value, items)):
                joint = self._phrases.say("either") if sign == _OR and len(items) > 1 else sign
                return joint.join(map(self._word, items))
        return None

    def _word(self, value: str) -> str:
        """A word of the vocabulary in which checks speak of settings (`running`); any other value is itself."""
        return self._texts.get(value, value) if _VOCABULARY.fullmatch(value) else value

    # --- templates, made when the first sentence is asked for ----------------------------------------------------

    def _phrased(self) -> Sentences[str]:
        if self._own is None:
            english = {name: text for name, text in catalogue("en", AREA).items() if isinstance(text, str)}
            templates = [(name, template_of(text)) for name, text in english.items()]
            self._tool = {english[name]: name for name, made in templates if made is not None and not made.names}
            self._own = Sentences((made, name) for name, made in templates if made is not None and made.names)
        return self._own

    def _sentences(self) -> Sentences[Template]:
        if self._told is None:
            self._told = Sentences(_pairs(self._texts.items()))
        return self._told


def _counted(text: str) -> float:
    number = float(text.replace(",", ""))
    return int(number) if number == int(number) else number


def _pairs(texts: Iterable[tuple[str, str]]) -> Iterable[tuple[Template, Template]]:
    for english, text in texts:
        if "{" in english:
            template, translation = template_of(english), template_of(text)
            if template is not None and translation is not None:
                yield template, translation
