"""The texts of the shipped checks in four languages: all of them, with the same names, numbers and places."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

from auditor.app.audit import Request, run_audit
from auditor.app.check_texts import coverage, texts_of, words_of
from auditor.app.content import load_all_baselines
from auditor.app.needs import ROW, demand_of
from auditor.app.plugins import load_plugins
from auditor.app.reports import Look, render_stored
from auditor.app.texts import texts_in
from auditor.engine.baseline import Selection, select
from auditor.engine.catalogue import Catalogue
from auditor.engine.encode import message_of
from auditor.engine.examples import run_examples
from auditor.engine.judge import compile_program
from auditor.errors import UsageProblem
from auditor.phrases import catalogue as phrases
from auditor.phrases.texts import FOLDER, load_texts
from auditor.reporting.checkcards import heading
from auditor.sdk import strict_yaml
from tests.reporting.conftest import acme

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "checks" / "auditor_checks" / FOLDER, ROOT / "baselines" / "auditor_baselines" / FOLDER)
OTHERS = ("es", "it", "ru", "pt")

KEPT = re.compile(
    r"\{\w*\}"  # places
    r"|`[^`]+`|https?://[^\s,;)]+[^\s,;).]"
    r"|/[\w.-]+(?:/[\w.<>-]+)+|--[\w-]+"  # paths and options
    r"|\b[A-Z]+[a-z]+[A-Z]\w*(?:=\w+)?|\b[A-Z]{2,}_[A-Z_]+\b"  # UseKSN=Yes, KLSRV_MAX
    r"|\b[\w-]+\.(?:ini|exe|json|xml|conf|log)\b"
)
NUMBER = re.compile(r"\d+(?:\.\d+)*")
GROUPED = re.compile(r"(?<=\d)[\u00a0\u202f .,](?=\d{3}\b)")


def files(language: str) -> list[Path]:
    return sorted(chain.from_iterable((folder / language).glob("*.yaml") for folder in FOLDERS))


def pairs(language: str) -> Iterator[tuple[str, str]]:
    for path in files(language):
        yield from load_texts(path.read_text("utf-8"), path.name).items()


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_none_in_vain(language: str) -> None:
    found = coverage(language)
    assert (found.missing, found.stale) == ((), ())


@pytest.mark.parametrize("language", OTHERS)
def test_each_text_is_translated_once(language: str) -> None:
    english = [text for text, _ in pairs(language)]
    assert len(english) == len(set(english)) > 1_900
    assert [path.name for path in files(language)] == [path.name for path in files("es")]


@pytest.mark.parametrize("language", OTHERS)
def test_names_paths_places_and_numbers_stay(language: str) -> None:
    lost = []
    for english, text in pairs(language):
        for token in KEPT.findall(english):
            if text.count(token) < 1:
                lost.append((token, english, text))
        numbers = set(NUMBER.findall(GROUPED.sub("", text)))
        lost += [
            (number, english, text) for number in NUMBER.findall(GROUPED.sub("", english)) if number not in numbers
        ]
        if sorted(re.findall(r"\{\w*\}", english)) != sorted(re.findall(r"\{\w*\}", text)):
            lost.append(("places", english, text))
    assert lost == []


@pytest.mark.parametrize("language", OTHERS)
def test_titles_stay_short_and_on_one_line(language: str, catalogue: Catalogue) -> None:
    told = dict(pairs(language))
    assert [text for check in catalogue.checks.values() if len(text := told[check.title]) > 150 or "\n" in text] == []
    assert [text for text in told.values() if text != text.strip() or "  " in text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_strict_parser_reads_the_same(language: str) -> None:
    """They are JSON, which is YAML: read in a moment, and without double keys."""
    for path in files(language):
        text = path.read_text("utf-8")
        assert text.startswith("{")
        assert strict_yaml.load(text, path.name) == json.loads(text)


def test_every_area_that_checks_read_has_a_name(catalogue: Catalogue) -> None:
    """Said where a report tells what a step of the guide brings; every language says what English says."""
    baseline = load_all_baselines(load_plugins())["recommended"]
    program = compile_program(select(baseline, catalogue.checks), catalogue.logical, datetime(2026, 3, 2, tzinfo=UTC))
    read = {kind: areas for kind, areas in demand_of(program).kinds.items() if kind != ROW}
    heads = {area.partition(".")[0] for areas in read.values() for area in areas}
    own = {head for head in heads if head[0].isupper()}  # the product's own names
    assert {head for head in heads - own if f"area_{head}" not in phrases("en", "audit_report")} == set()
    assert {"task", "component", "virtual_servers"} <= heads


@pytest.mark.parametrize(("area", "said"), [("ksn", "KSN"), ("self-protection", "Self protection"), ("tasks", "Tasks")])
def test_an_area_is_headed_as_people_write_it(area: str, said: str) -> None:
    assert heading(area) == said


def test_a_language_is_loaded_in_a_moment() -> None:
    plugins = load_plugins()
    took = []
    for _ in range(3):
        started = time.perf_counter()
        texts = texts_in("ru", plugins)
        assert texts is not None
        assert texts.message("nothing like this") is None
        took.append(time.perf_counter() - started)
    assert min(took) < 0.15


def test_english_loads_nothing(tmp_path: Path) -> None:
    assert texts_in("en", load_plugins()) is None
    code = (
        "import sys; from pathlib import Path; from auditor.app.reports import Look, render_stored\n"
        "from auditor.app.plugins import load_plugins; path = Path(sys.argv[1])\n"
        "render_stored(path, path.parent, ['html', 'checklist', 'findings'], load_plugins())\n"
        "print([name for name in sys.modules if name.startswith(('auditor.phrases.', 'auditor.app.texts', 'yaml'))])"
    )
    stored = tmp_path / "result.json"
    stored.write_text(json.dumps(acme()), "utf-8")
    done = subprocess.run([sys.executable, "-c", code, str(stored)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- everything that the checks say ----------------------------------------------------------------------------------


class Sentence(NamedTuple):
    check: str
    english: str
    settings: frozenset[str]
    absent: bool


class Sayings(NamedTuple):
    messages: set[Sentence]
    words: set[str]


@pytest.fixture(scope="module")
def sayings(catalogue: Catalogue) -> Sayings:
    """Every sentence that the examples of the checks bring about."""
    messages, words = set(), set()
    for check in catalogue.checks.values():
        selection = Selection(check, check.parameters({}), check.severity)
        for result in run_examples(check, catalogue.logical):
            evidence = result.judgement.evidence
            settings = frozenset(item.setting for item in evidence)
            absent = any(not item.has_value for item in evidence)
            messages.add(Sentence(check.id, message_of(selection, result.judgement), settings, absent))
            words.update(text for item in evidence for text in (item.expected, item.note, item.lock) if text)
    return Sayings({one for one in messages if one.english}, words)


@pytest.mark.parametrize("language", OTHERS)
def test_whatever_a_check_says_is_said_in_the_language(language: str, sayings: Sayings) -> None:
    texts = texts_in(language, load_plugins())
    assert texts is not None
    assert len(sayings.messages) > 500
    unsaid = [
        one for one in sayings.messages
        if texts.message(one.english, one.settings, absent=one.absent) in {None, one.english}
    ]  # fmt: skip
    assert unsaid == []
    assert [text for text in sayings.words if texts.words(text) is None] == []
    prose = {text for text in sayings.words if " " in text.strip()}
    assert len(prose) > 150
    assert [text for text in prose if texts.words(text) == text] == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The reports of the example customer."""
    out = tmp_path_factory.mktemp("acme")
    run_audit(Request([ROOT / "examples" / "acme"], out, jobs=1))
    render_stored(out, out, ["html", "checklist", "findings"], load_plugins(), Look(languages=OTHERS))
    return {path.name: path.read_text("utf-8-sig") for path in out.iterdir() if path.name != "result.json"}


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_of_a_check_is_left_in_english(language: str, pages: dict[str, str], catalogue: Catalogue) -> None:
    html = pages[f"report.{language}.html"]
    shown = {" ".join(unescape(text).split()) for text in re.findall(r">([^<>]+)<", html)}
    told = dict(pairs(language))
    english = {text for check in catalogue.checks.values() for text in texts_of(check, catalogue.logical)}
    assert shown & {" ".join(text.split()) for text in english if told[text] != text and " " in text} == set()
    assert len(shown & {" ".join(text.split()) for text in told.values()}) > 1_000
    for name in (f"checklist.{language}.csv", f"findings.{language}.csv"):
        assert [check.title for check in catalogue.checks.values() if f",{check.title}," in pages[name]] == []


@pytest.mark.parametrize("language", OTHERS)
def test_only_what_became_of_input_files_is_marked_as_english(language: str, pages: dict[str, str]) -> None:
    sections = re.split(r'<section[^>]* id="([\w-]+)"', pages[f"report.{language}.html"].partition("<body>")[2])
    marked = {sections[n] for n in range(1, len(sections), 2) if 'lang="en"' in sections[n + 1]}
    assert marked <= {"section-scope", "section-appendix"}
    assert 'lang="en"' not in sections[0]


# --- what the coverage notices ---------------------------------------------------------------------------------------


def test_python_says_prose_and_compares_values() -> None:
    source = '''
"""A docstring is no word."""
def judge(ctx):
    """Nor is this."""
    if ctx.get("info.Policy") == "not applied" or "a b" in ctx.params["x"]:
        note = f"none of {len(ctx.params['all, of them'])} is there"
        return ctx.failed("fail", [ctx.see("info.Policy", ", ".join(["Yes"]), note=note)], x="a word or two")
    words = "one" + f", {3} more whose state is not told"
'''
    assert list(words_of(source)) == ["none of {} is there", "a word or two", ", {} more whose state is not told"]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A user's folder with one check, in which a title was changed after it had been translated."""
    shipped = ROOT / "tests" / "plugin_example" / "acme_auditor_plugin" / "checks"
    (tmp_path / "doors").mkdir()
    check = (shipped / "doors" / "ACME-DOOR-001.yaml").read_text("utf-8")
    (tmp_path / "doors" / "ACME-DOOR-001.yaml").write_text(check.replace("five seconds\n", "six seconds\n"), "utf-8")
    (tmp_path / FOLDER / "es").mkdir(parents=True)
    told = (shipped / FOLDER / "es" / "doors.yaml").read_text("utf-8")
    (tmp_path / FOLDER / "es" / "doors.yaml").write_text(told, "utf-8")
    return tmp_path


def test_a_changed_text_is_missing_and_its_translation_is_left_over(own: Path) -> None:
    found = coverage("es", [own])
    assert found.missing == ("Doors lock again within six seconds",)
    assert found.stale == ("Doors lock again within five seconds",)


def test_the_command_writes_what_is_to_be_translated(own: Path, auditor: Callable[..., tuple[int, str]]) -> None:
    code, said = auditor("checks", "untranslated", "es", "--content", own)
    assert code == 3
    missing, stale = said.split("no longer said: ")
    assert json.loads(missing) == strict_yaml.load(missing, "said") == {"Doors lock again within six seconds": ""}
    assert stale == "Doors lock again within five seconds\n"
    assert auditor("checks", "untranslated", "pt") == (0, "")
    with pytest.raises(UsageProblem, match="needs no translation"):
        coverage("en")


def test_the_shipped_translation_of_a_text_comes_first(own: Path) -> None:
    told = own / FOLDER / "es" / "more.yaml"
    told.write_text("Backup: otra cosa\nDoors of the site: Puertas del sitio\n", "utf-8")
    texts = texts_in("es", load_plugins(), [own])
    assert texts is not None
    assert texts.text("Doors of the site") == "Puertas del sitio"
    assert texts.text("Backup") == dict(pairs("es"))["Backup"] != "otra cosa"


def test_reports_speak_the_words_of_a_users_folder(own: Path, tmp_path: Path) -> None:
    result = acme()
    result["checks"][0]["title"] = "Doors lock again within five seconds"
    stored = tmp_path / "result.json"
    stored.write_text(json.dumps(result), "utf-8")
    render_stored(stored, tmp_path, ["html"], load_plugins(), Look(languages=("es",), content=(own,)))
    assert "Las puertas se vuelven a cerrar en cinco segundos" in (tmp_path / "report.es.html").read_text("utf-8")
