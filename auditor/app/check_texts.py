"""Which texts of checks and baselines people read, and which of them have no translation, or are translated in vain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from auditor.app.content import baseline_roots, check_roots, load_all_baselines, load_checks
from auditor.app.plugins import Plugins, load_plugins
from auditor.app.texts import base_of, translations
from auditor.errors import UsageProblem
from auditor.phrases import catalogue
from auditor.phrases.texts import AREA
from auditor.reporting.checkcards import heading, is_command
from auditor.sdk.check import Check
from auditor.sdk.mapping import LogicalSetting

_PLACE = re.compile(r"\{\w*\}")
_WORD = re.compile(r"[a-z][a-z_]*")
_SWITCHES = frozenset({"yes", "no", "true", "false"})
_SHOWN = ("eq", "in", "not_in")
"""Operators whose words people read as what is expected."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Texts without a translation into a language, and translations whose English text no longer exists."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]


def coverage(language: str, folders: Sequence[Path] = (), plugins: Plugins | None = None) -> Coverage:
    """What is missing in a language; UsageProblem for one that there is not, and for English."""
    base = base_of(language)
    if base == "en":
        raise UsageProblem("English needs no translation", hint="name es, it, ru or pt")
    plugins = plugins if plugins is not None else load_plugins()
    roots = [*check_roots(plugins, folders), *baseline_roots(plugins, folders)]
    translated = {english for root in roots for texts in translations(root, base) for english in texts}
    wanted = dict.fromkeys((*_of_catalogue(plugins, folders), *_of_baselines(plugins, folders)))
    spoken = list(dict.fromkeys(words for root in roots for words in _of_modules(root.folder)))
    shapes = {_shape(english): english for english in (*translated, *_tool())}
    unsaid = [words for words in spoken if not any(words in shape for shape in shapes)]
    said = {english for shape, english in shapes.items() if any(words in shape for words in spoken)}
    missing = [text for text in wanted if text not in translated]
    return Coverage((*missing, *unsaid), tuple(sorted(translated - wanted.keys() - said)))


def _of_catalogue(plugins: Plugins, folders: Sequence[Path]) -> Iterator[str]:
    catalogue = load_checks(plugins, folders)
    for check in catalogue.checks.values():
        yield from texts_of(check, catalogue.logical)
    for setting in catalogue.logical.values():
        yield from (str(word) for place in setting.places for word in (place.get("values") or {}).values())


def _of_baselines(plugins: Plugins, folders: Sequence[Path]) -> Iterator[str]:
    for baseline in load_all_baselines(plugins, folders).values():
        yield baseline.title.strip()
        yield from (rule["severity_reason"].strip() for rule in baseline.checks.values() if "severity_reason" in rule)


def texts_of(check: Check, logical: Mapping[str, LogicalSetting]) -> Iterator[str]:
    """Every text of a check that a report shows, but for commands, names and values."""
    raw = check.raw
    yield heading(check.area)
    yield from (raw[name].strip() for name in ("title", "rationale", "recommendation", "verify"))
    yield from (step.strip() for step in raw["remediation"] if not is_command(step))
    yield from (raw[name].strip() for name in ("severity_reason",) if name in raw)
    yield from (text.strip() for text in raw.get("messages", {}).values())
    yield from (text.strip() for text in raw.get("manual", {}).values())
    yield from (reference["title"].strip() for reference in raw["references"] if "url" not in reference)
    defaults = check.parameters({})
    for body in ("when", "where", "expect"):
        yield from _expected(raw.get(body), logical, defaults)


def _expected(node: Any, logical: Mapping[str, LogicalSetting], defaults: Mapping[str, Any]) -> Iterator[str]:
    """The words of a predicate: those stated, and those that logical settings are compared with."""
    if isinstance(node, list):
        for item in node:
            yield from _expected(item, logical, defaults)
    if not isinstance(node, Mapping):
        return
    if "words" in node:
        yield str(node["words"]).strip()
    elif node.get("setting") in logical:
        for value in (node[name] for name in _SHOWN if name in node):
            yield from _vocabulary(value, defaults)
    for value in node.values():
        yield from _expected(value, logical, defaults)


def _vocabulary(value: Any, defaults: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("$"):
        value = defaults[value[1:]]
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and _WORD.fullmatch(item) and item not in _SWITCHES:
            yield item


# --- Python bodies -------------------------------------------------------------------------------------------------


def words_of(source: str) -> Iterator[str]:
    """The prose in Python source, with `{}` for what is filled in: docstrings and what is compared are none."""
    finder = _Prose()
    finder.visit(ast.parse(source))
    yield from dict.fromkeys(finder.found)


class _Prose(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Words that are compared come from an export."""

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._add(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
        self._add("".join(parts))

    def _add(self, text: str) -> None:
        if " " in text.strip() and any(char.isalpha() for char in text.replace("{}", "")):
            self.found.append(text)


def _of_modules(folder: Traversable) -> Iterator[str]:
    for entry in sorted(folder.iterdir(), key=lambda found: found.name):
        if entry.name.endswith(".py"):
            yield from words_of(entry.read_text(encoding="utf-8"))
        elif "." not in entry.name and entry.is_dir():
            yield from _of_modules(entry)


def _tool() -> Iterator[str]:
    """What the tool itself says in evidence."""
    yield from (text for text in catalogue("en", AREA).values() if isinstance(text, str))


def _shape(text: str) -> str:
    return _PLACE.sub("{}", text)


def as_yaml(texts: Iterable[str]) -> str:
    """The texts as a file to be filled in: pairs of a text and nothing. It is JSON, too, as the shipped files are."""
    import json

    pairs = dict.fromkeys(texts, "")
    return json.dumps(pairs, ensure_ascii=False, indent=2) + "\n" if pairs else ""
