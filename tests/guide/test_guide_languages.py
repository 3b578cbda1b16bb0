"""The collection guide says the same in every language: every text is there, every command and path is untouched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.app.guides import guide_in
from auditor.app.plugins import load_plugins
from auditor.app.texts import guide_texts
from auditor.cli.main import cli
from auditor.errors import ContentError, UsageProblem
from auditor.intake.guide import guide_of, render_text
from auditor.intake.guide_texts import translatable, translated
from auditor.phrases.texts import load_texts
from auditor.sdk import strict_yaml

FOLDER = Path(__file__).parents[2] / "checks" / "auditor_checks" / "collection"
LANGUAGES = ("es", "it", "ru", "pt")
DOCUMENTS = {path.name: strict_yaml.load(path.read_text("utf-8"), path.name) for path in sorted(FOLDER.glob("*.yaml"))}
ENGLISH = {text for document in DOCUMENTS.values() for text in translatable(document)}
STEP = {"id": "a", "provides": [], "title": "Export", "how": "command", "commands": ["Export"], "save_as": "x"}
DEMO = {
    "guide": "demo",
    "title": "Demo",
    "products": [{"code": "demo", "name": "Demo", "words": {}}],
    "intro": "Some text.\n",
    "steps": [STEP | {"needed_for": "full", "notes": "Remark"}],
}


def texts_of(language):
    path = FOLDER / "languages.d" / f"{language}.yaml"
    return load_texts(path.read_text("utf-8"), path.name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_no_translation_is_left_over(language):
    assert texts_of(language).keys() == ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_commands_and_names_stay_as_they_are(language):
    for english, text in texts_of(language).items():
        for pattern in (r"<[^>]*>", r"\{[a-z]+\}", r"`[^`]*`", r"--[a-z-]+", r"KL[A-Z]+_[A-Z_0-9]+", r"\w+\.json"):
            assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, english)), (pattern, english)
    assert all(len(texts_of(language)[step["title"]]) <= 90 for doc in DOCUMENTS.values() for step in doc["steps"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_is_the_same_in_every_language(language):
    def typed(guide):
        for chapter in guide.chapters:
            for step in chapter.steps:
                commands = step.commands if step.how == "command" else ()
                calls = [(call.method, call.request) for call in step.calls]
                yield chapter.product, chapter.name, step.id, step.provides, step.save_as, commands, calls

    own, english = guide_in(language, load_plugins()), guide_in("en", load_plugins())
    assert list(typed(own)) == list(typed(english))
    assert not any(chapter.partly_english for chapter in own.chapters)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "Cómo recopilar: Kaspersky Endpoint Security for Linux"),
        ("it", "Necessario per un audit completo."),
        ("ru", "Сохранить как: `kesl/<host>/export.ini`"),
        ("pt-BR", "Direitos: Só root pode ler o arquivo."),
    ],
)
def test_the_command_speaks_the_language(language, words):
    done = CliRunner().invoke(cli, ["guide", "--language", language, "--product", "kesl"])
    assert done.exit_code == 0
    assert words in " ".join(done.output.split())
    assert "LANG=en_US.UTF-8 kesl-control --app-info > app-info.txt" in done.output
    assert "Needed for a full audit" not in done.output


def test_an_unknown_language_is_an_error():
    with pytest.raises(UsageProblem, match="no language 'xx'"):
        guide_in("xx", load_plugins())


def test_a_text_without_translation_stays_english_and_the_chapter_says_so():
    guide = guide_of({"demo.yaml": DEMO}, {"Some text.": "Un texto.", "Remark": "Observación"})
    assert guide.chapters[0].partly_english
    text = render_text(guide, (), "es")
    assert "está en inglés" in text
    assert "## 1. Export\n" in text
    assert "Nota: Observación" in text
    whole = guide_of({"demo.yaml": DEMO}, {"Some text.": "Un texto.", "Remark": "Observación", "Export": "Exportar"})
    assert "está en inglés" not in render_text(whole, (), "es")


def test_a_command_is_never_translated():
    found = translated(DEMO, {"Export": "Exportar"})["steps"][0]
    assert (found["title"], found["commands"]) == ("Exportar", ["Export"])
    assert DEMO["steps"][0]["title"] == "Export"


@pytest.mark.parametrize("source", ["- a\n", "a: ''\n", "a: 1\n", "a: [b]\n", "a"])
def test_anything_but_pairs_of_texts_is_refused(source):
    with pytest.raises(ContentError):
        load_texts(source, "es.yaml")


def test_english_needs_no_translation():
    assert guide_texts("en", load_plugins()) == {}
    assert not any(chapter.partly_english for chapter in guide_in("en", load_plugins()).chapters)
