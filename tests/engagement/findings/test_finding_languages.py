"""Findings and questionnaires say the texts of checks in the reader's language; what is recorded stays English."""

from __future__ import annotations

import json

import openpyxl
import pytest
import yaml

from auditor.app.audit import Request
from auditor.app.findings import questions
from auditor.app.findings.workbook_out import COLUMNS
from auditor.reporting.reader import load_result
from auditor.sdk import strict_yaml
from tests.engagement.findings.conftest import ROOT, changed, host, run

TITLE = "Databases are loaded and at most one day old"
FILLED = {
    "author": "Head of operations", "date": "2026-11-20", "evidence": "The protocol", "valid_until": "2027-11-20",
}  # fmt: skip
IMPORT = ("--account", "madrid", "--result")


def told(language):
    """The shipped translations, as they stand in their files."""
    found = {}
    for path in (ROOT / "checks" / "auditor_checks" / "languages.d" / language).glob("*.yaml"):
        found |= json.loads(path.read_text("utf-8"))
    return found


def flat(text):
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["es", "it", "ru", "pt"])
def test_titles_of_findings_are_in_the_language(auditor, years, language):
    years.deliver(2026, {"web01": host()}, checks=changed("T-GEN-001", title=TITLE))
    ident = years.findings()["T-GEN-001", "web01"].id
    for words in (("finding", "list", "madrid"), ("finding", "show", ident)):
        said = flat(auditor.said(*words, "--language", language))
        assert told(language)[TITLE] in said
        assert TITLE not in said
        assert TITLE in flat(auditor.said(*words, "--language", "en"))
        assert TITLE in json.dumps(auditor.json(*words, "--language", language))
    assert "Riskware is detected" in auditor.said("finding", "list", "madrid", "--language", language)
    assert years.findings()["T-GEN-001", "web01"].label.title == TITLE


def test_a_comparison_and_a_request_say_it_in_the_language(auditor, audit, years):
    checks = changed("T-GEN-001", title=TITLE)
    before, after = audit("a", {"web01": host()}, checks=checks), audit("b", {"web01": host("Yes")}, checks=checks)
    said = auditor.said("compare", before, after, "--language", "ru")
    assert told("ru")[TITLE].split()[0] in said
    assert TITLE.split(maxsplit=1)[0] not in said
    years.deliver(2026, {"web01": host()}, checks=checks)
    made = auditor.json("finding", "promote", "madrid", "--open", "--by", "contact:C-0001", "--yes", "--language", "ru")
    whole = auditor.json("incident", "show", made["requests"][0]["incident"])["incident"]["description"]
    assert f"T-GEN-001 {told('ru')[TITLE]} (" in whole


# --- questionnaires --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A result of the shipped checks."""
    out = tmp_path_factory.mktemp("shipped")
    return run(Request([ROOT / "examples" / "acme" / "kesl" / "web01"], out, jobs=1))


def sheet_row(path, number=3):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {name: sheet.cell(row=number, column=place).value for place, name in enumerate(COLUMNS, 1)}


def fill(path, number=3, **values):
    book = openpyxl.load_workbook(path)
    for name, value in values.items():
        book.worksheets[0].cell(row=number, column=COLUMNS.index(name) + 1, value=value)
    book.save(path)


@pytest.mark.parametrize("language", ["es", "it", "ru", "pt"])
def test_questions_are_asked_in_the_language_and_answers_come_back(auditor, shipped, tmp_path, language):
    words = told(language)
    asked = questions.questions_of(load_result(shipped))
    auditor.said("questionnaire", "export", shipped, "--out", "q.xlsx", "--language", language)
    for number, one in enumerate(asked[:3], 3):
        row = sheet_row(tmp_path / "q.xlsx", number)
        english = (one.title, one.question, one.why, one.show)
        assert row["check"] == one.check.id
        assert [row[name] for name in ("title", "question", "why", "show")] == [words[text.strip()] for text in english]
    fill(tmp_path / "q.xlsx", 4, **{**FILLED, "answer": sheet_row(tmp_path / "q.xlsx")["allowed"].split(", ")[0]})
    done = auditor.json("questionnaire", "import", tmp_path / "q.xlsx", *IMPORT, shipped)
    assert (done["new"], done["open"]) == (1, len(asked) - 1)

    auditor.said("questionnaire", "export", shipped, "--out", "q.yaml", "--language", language)
    document = strict_yaml.load((tmp_path / "q.yaml").read_text("utf-8"), "q.yaml")
    assert [one["title"] for one in document["questions"]] == [words[one.title] for one in asked]
    assert document["language"] == language
    document["questions"][0] |= {**FILLED, "answer": "pass"}
    (tmp_path / "q.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    assert auditor.json("questionnaire", "import", tmp_path / "q.yaml", *IMPORT, shipped)["new"] == 1


def test_an_english_questionnaire_is_as_it_was(auditor, shipped, tmp_path):
    auditor.said("questionnaire", "export", shipped, "--out", "q.yaml", "--language", "en")
    document = strict_yaml.load((tmp_path / "q.yaml").read_text("utf-8"), "q.yaml")
    assert list(document) == ["format", "engagement", "account", "allowed", "questions"]
    document["questions"][0] |= {**FILLED, "answer": "pass", "question": "Is it so?"}
    (tmp_path / "q.yaml").write_text(yaml.safe_dump(document), "utf-8")
    error = auditor.refused("questionnaire", "import", tmp_path / "q.yaml", *IMPORT, shipped)
    assert "the question of" in error.message
    assert "was changed" in error.message


def test_a_translation_that_became_better_since_does_not_refuse_the_answers(auditor, shipped, tmp_path):
    auditor.said("questionnaire", "export", shipped, "--out", "q.yaml", "--language", "es")
    document = strict_yaml.load((tmp_path / "q.yaml").read_text("utf-8"), "q.yaml")
    document["questions"][0] |= {**FILLED, "answer": "pass", "question": "¿Como se decía antes?"}
    (tmp_path / "q.yaml").write_text(yaml.safe_dump(document), "utf-8")
    assert auditor.json("questionnaire", "import", tmp_path / "q.yaml", *IMPORT, shipped)["new"] == 1


def test_another_question_is_refused_in_any_language(auditor, shipped, tmp_path):
    """The fingerprint is that of other English questions, and the words are nobody's."""
    auditor.said("questionnaire", "export", shipped, "--out", "q.yaml", "--language", "es")
    document = strict_yaml.load((tmp_path / "q.yaml").read_text("utf-8"), "q.yaml")
    document["asked"] = "0" * 64
    (tmp_path / "q.yaml").write_text(yaml.safe_dump(document), "utf-8")
    assert auditor.json("questionnaire", "import", tmp_path / "q.yaml", *IMPORT, shipped)["new"] == 0
    document["questions"][0] |= {**FILLED, "answer": "pass", "question": "¿Otra pregunta?"}
    (tmp_path / "q.yaml").write_text(yaml.safe_dump(document), "utf-8")
    assert "was changed" in auditor.refused("questionnaire", "import", tmp_path / "q.yaml", *IMPORT, shipped).message
