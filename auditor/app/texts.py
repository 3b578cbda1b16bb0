"""Translations of all content of a run: those of checks and baselines, and of the collection guide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from auditor.app.content import baseline_roots, check_roots
from auditor.app.plugins import Plugins
from auditor.engine.catalogue import Root
from auditor.phrases import Phrases
from auditor.phrases.texts import AREA, FOLDER, Texts, load_texts

_SOURCE = "en"


def base_of(language: str) -> str:
    """The language without its territory; UsageProblem for one that there is not."""
    return Phrases(language, AREA).language


def texts_in(language: str, plugins: Plugins, folders: Sequence[Path] = ()) -> Texts | None:
    """Everything that content says in a language; None for English, which needs nothing.

    `folders` are those of the user (`--content`). Of two translations of one text the tool's own comes first.
    """
    base = base_of(language)
    if base == _SOURCE:
        return None
    found = guide_texts(base, plugins)
    for root in (*check_roots(plugins, folders), *baseline_roots(plugins, folders)):
        for texts in translations(root, base):
            found = {**texts, **found}
    return Texts(language, found)


def translations(root: Root, base: str) -> Iterator[dict[str, str]]:
    """Each file of a language below a root; ContentError for one that holds anything else."""
    folder = root.folder.joinpath(FOLDER, base)
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            yield load_texts(file.read_text(encoding="utf-8"), f"{root.origin}:{FOLDER}/{base}/{file.name}")


def guide_texts(language: str, plugins: Plugins) -> dict[str, str]:
    """English text of the guide -> translation, of every plugin that brings one; the tool's own come first."""
    found: dict[str, str] = {}
    for root in check_roots(plugins):
        file = root.folder.joinpath("collection", FOLDER, f"{language}.yaml")
        if file.is_file():
            texts = load_texts(file.read_text(encoding="utf-8"), f"{root.origin}:collection/{FOLDER}/{language}.yaml")
            found = {**texts, **found}
    return found
