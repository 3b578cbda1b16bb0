"""The report and its tables in five languages: other words, the same content."""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.resources import files

import pytest

from auditor.app.plugins import load_plugins
from auditor.app.reports import Look, render_stored
from auditor.errors import UsageProblem
from auditor.phrases import LANGUAGES, catalogue
from auditor.phrases.texts import Texts
from auditor.reporting.csv_files import ChecklistRenderer, FindingsRenderer
from auditor.reporting.document import build
from auditor.reporting.html import HtmlRenderer
from auditor.reporting.reader import StoredResult
from auditor.reporting.words import Words
from auditor.sdk import strict_yaml
from tests.reporting.delivered import answered, engagement, judgement

OTHERS = ("es", "it", "ru", "pt")


def rendered(renderer, result) -> str:
    out = io.BytesIO()
    renderer.render(StoredResult(result), out)
    return out.getvalue().decode("utf-8-sig")


@pytest.fixture
def page(templates, acme_result):
    return lambda language: rendered(HtmlRenderer(templates, None, language), acme_result)


def skeleton(html):
    """Elements with ids, codes and bar widths, in their order: what must not depend on the language."""
    return re.findall(
        r' (?:id|data-check|data-severity|data-state|width|value|href)="([^"]*)"', html.partition("<body>")[2]
    )


@pytest.mark.parametrize("language", OTHERS)
def test_ids_counts_and_order_are_those_of_english(page, language):
    own, english = page(language), page("en")
    assert skeleton(own) == skeleton(english)
    numbers = re.compile(r'class="num">([^<]*)<')
    digits = [[re.sub(r"\D", "", text) for text in numbers.findall(html)] for html in (own, english)]
    assert digits[0][:20] == digits[1][:20]
    assert f'<html lang="{language}">' in own


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_word_of_the_report_is_left(page, language, acme_result):
    """Every English phrase of the report that has another wording in the language is gone from the page."""
    texts = re.sub(r'<([a-z0-9]+)[^>]* lang="en"[^>]*>.*?</\1>', "", page(language).partition("<body>")[2], flags=re.S)
    shown = set(re.findall(r">\s*([^<>]+?)\s*<", texts))
    own, english = catalogue(language, "audit_report"), catalogue("en", "audit_report")
    fixed = {english[name]: name for name in english if isinstance(english[name], str) and own[name] != english[name]}
    same = {text for text in own.values() if isinstance(text, str)}
    assert {text: fixed[text] for text in shown & fixed.keys() if text not in same and " " in text} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_without_translation_is_marked_as_english(page, language):
    html = page(language)
    assert '<span lang="en">Infected files are disinfected or removed</span>' in html
    assert '<p lang="en">Notify-only leaves an infected file' in html
    assert catalogue(language, "audit_report")["language_note"] in html
    assert ' lang="en"' not in page("en").partition("<body>")[2]


def test_each_text_is_marked_by_itself(templates, builder):
    known = {"Doors are shut": "Las puertas están cerradas", "Shut it <b>{now}</b>": "Ciérrela <b>{now}</b>"}
    builder.check("A-1", title="Doors are shut", rationale="Draught.", remediation=["Shut it <b>{now}</b>", "Wait."])
    builder.verdict(
        "A-1", "fail", message="It is open.", evidence=[builder.evidence(expected="shut doors", note="ajar")]
    )
    html = rendered(HtmlRenderer(templates, None, "es", Texts("es", known)), builder.build())
    assert "</span> Las puertas están cerradas</h4>" in html
    assert '<p lang="en">Draught.</p>' in html
    assert '<li>Ciérrela &lt;b&gt;{now}&lt;/b&gt;</li><li lang="en">Wait.</li>' in html
    assert '<span class="message data" lang="en">It is open.</span>' in html
    assert '<td class="data expected" lang="en">shut doors</td>' in html
    assert catalogue("es", "audit_report")["language_note"] in html


def test_what_is_translated_to_the_last_word_has_no_note_about_english(templates, builder):
    check = builder.checks[builder.check("A-1", title="T", rationale="R", recommendation="C", verify="V")]
    builder.verdict("A-1", "pass")
    known = {text: f"{text}!" for text in ("T", "R", "C", "V", "Protection")}
    assert check["remediation"] == ["kesl-control --set-settings 1 Key=Yes"]
    html = rendered(HtmlRenderer(templates, None, "es", Texts("es", known)), builder.build())
    assert "T!" in html
    assert catalogue("es", "audit_report")["language_note"] not in html
    assert 'lang="en"' not in html.partition("<body>")[2]


def test_values_stay_and_words_around_them_are_translated(templates, builder):
    builder.check("A-1")
    locked = builder.evidence(value="at least 60", expected="at least 60", locked=True, lock="locked here")
    builder.verdict(
        "A-1", "fail", evidence=[locked, builder.evidence(value="12 entries", note="too long to show here")]
    )
    html = rendered(HtmlRenderer(templates, None, "ru"), builder.build())
    assert (
        '<td class="code data value">at least 60</td><td class="data expected">не менее 60</td><td>закрыт здесь</td>'
        in html
    )
    assert '<td class="code data value">записей: 12</td>' in html
    rows = list(csv.reader(io.StringIO(rendered(FindingsRenderer("ru"), builder.build()))))
    assert rows[1][11:14] == ["at least 60 | записей: 12", "не менее 60 | Disinfect или Remove", "закрыт здесь"]


def test_what_the_tool_names_is_translated_and_hosts_keep_their_names(templates, builder):
    builder.check("A-1")
    builder.verdict("A-1", "unknown", "-", subject=subject("kesl.host", "-", "nothing collected"), reason="no_subject")
    builder.check("A-2")
    builder.verdict("A-2", "unknown", "nothing collected", reason="not_collected")
    html = rendered(HtmlRenderer(templates, None, "ru"), builder.build())
    assert '<b class="data">ничего не собрано</b>: Нечего оценивать' in html
    assert '<b class="data">nothing collected</b>: Не собрано' in html  # noqa: RUF001  # Russian


def test_the_whole_installation_is_translated_where_people_answered(acme_result):
    question = next(check for check in acme_result["checks"] if check["state"] == "manual")
    asked = subject("estate", "estate", "the whole installation")
    question["sample"][0]["subject"] = asked
    document = engagement()
    document["judgements"] = [judgement(question["id"], "estate", "estate", attestation=answered("2026-03-02"))]
    document["comparison"]["groups"][0]["things"] = [asked]
    report = build(acme_result, words=Words("es"), agreed=document)
    shown = next(check for check in report.questions if check.id == question["id"])
    assert shown.judged[0].subject == "toda la instalación"
    assert report.comparison.groups[0].rows[0].things == "toda la instalación"


def subject(kind, key, name):
    return {"kind": kind, "key": key, "name": name}


def test_a_roll_up_speaks_of_its_devices_in_the_language(templates, builder):
    builder.check("A-1", subject="ksc.host")
    summary = builder.evidence(setting="a, b", value="3 of 60 judged devices fail", expected="no device", met=None)
    rollup = {"judged": 60, "passed": 57, "failed": 3, "undecided": 0, "not_selected": 0, "share": 0.05, "affected": []}
    builder.verdict("A-1", "fail", "ksc01", evidence=[summary], rollup=rollup)
    result = builder.build()
    html = rendered(HtmlRenderer(templates, None, "es"), result)
    assert "no cumplen 3 de 60 dispositivos juzgados</td>" in html
    rows = list(csv.reader(io.StringIO(rendered(FindingsRenderer("es"), result))))
    assert rows[1][11:13] == ["no cumplen 3 de 60 dispositivos juzgados", "ningún dispositivo"]


def test_tables_say_texts_of_checks_in_the_language(builder):
    builder.check("A-1", title="Doors are shut", recommendation="Shut it.", area="front-doors")
    builder.verdict("A-1", "fail", message="Open for 5 minutes.")
    known = {
        "Doors are shut": "Las puertas están cerradas", "Shut it.": "Ciérrela.", "Front doors": "Puertas de entrada",
        "Open for {current} minutes.": "Abierta {current} minutos.",
    }  # fmt: skip
    result = builder.build()
    row = list(csv.reader(io.StringIO(rendered(ChecklistRenderer("es", Texts("es", known)), result))))[1]
    assert (row[1], row[6], row[15]) == ("Las puertas están cerradas", "Puertas de entrada", "Ciérrela.")
    row = list(csv.reader(io.StringIO(rendered(FindingsRenderer("es", Texts("es", known)), result))))[1]
    assert (row[2], row[16]) == ("Las puertas están cerradas", "Abierta 5 minutos.")
    row = list(csv.reader(io.StringIO(rendered(ChecklistRenderer(), result))))[1]
    assert (row[1], row[6], row[15]) == ("Doors are shut", "front-doors", "Shut it.")


def test_a_headline_has_the_plural_of_its_language(builder):
    for number in range(5):
        builder.check(f"A-{number}", severity="high")
        builder.verdict(f"A-{number}", "fail")
        builder.verdict(f"A-{number}", "pass", "web02")
    result = builder.build()
    assert (
        build(result, words=Words("ru")).headline.text
        == "5 критических или высоких замечаний; установлено 100 % применимого"
    )
    assert build(result, words=Words("es")).headline.text.startswith("5 hallazgos de gravedad crítica o alta; ")
    for check in result["checks"][1:]:
        check["severity"] = "low"
    result["summary"]["findings_by_severity"] = {"high": 1, "low": 4}
    assert build(result, words=Words("ru")).headline.text.startswith("1 критическое или высокое замечание")
    assert build(result, words=Words("ru")).headline.detail == "Ещё 4 замечания меньшей серьёзности."


@pytest.mark.parametrize(
    ("language", "day", "number", "share", "size"),
    [
        ("en", "1 March 2026, 12:00 UTC", "41,230", "64 %", "4.0 MiB"),
        ("es", "1 de marzo de 2026, 12:00 UTC", "41.230", "64 %", "4,0 MiB"),
        ("it", "1 marzo 2026, 12:00 UTC", "41.230", "64%", "4,0 MiB"),
        ("ru", "1 марта 2026 \u0433., 12:00 UTC", "41\xa0230", "64 %", "4,0 МиБ"),
        ("pt", "1 de março de 2026, 12:00 UTC", "41.230", "64%", "4,0 MiB"),
    ],
)
def test_dates_and_numbers_follow_the_language(language, day, number, share, size):
    words = Words(language)
    assert (
        " ".join(words.instant("2026-03-01T12:00:00Z").split()) == day
    )  # kinds of spaces vary between editions of CLDR
    assert words.number(41_230) == number
    assert (words.percent(64, 100), words.size(4 * 1024 * 1024)) == (share, size)
    assert words.percent(1, 10_000)[0] == "<"
    assert words.percent(9_999, 10_000)[0] == ">"
    assert words.instant("2026-02-31") in {"2026-02-31", "31 February 2026"}


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("renderer", [ChecklistRenderer, FindingsRenderer])
def test_tables_have_the_same_rows_in_the_same_order(acme_result, language, renderer):
    own, english = (list(csv.reader(io.StringIO(rendered(renderer(code), acme_result)))) for code in (language, "en"))
    assert len(own) == len(english)
    assert [len(row) for row in own] == [len(row) for row in english]
    assert [row[0] for row in own[1:]] == [row[0] for row in english[1:]]
    words = Words(language)
    assert own[0][0] == words.say("csv_check_id")
    assert [name for name in own[0] if "(" in name] == []  # no column is said to be in English: all are translated
    severity = english[0].index("severity")
    pairs = {(row[severity], there[severity]) for row, there in zip(own[1:], english[1:], strict=True)}
    assert pairs == {(words.say(f"severity_{code}"), code) for _, code in pairs}


def test_english_tables_keep_their_codes(acme_result):
    rows = list(csv.DictReader(io.StringIO(rendered(ChecklistRenderer(), acme_result))))
    assert {row["state"] for row in rows} >= {"fail", "pass", "unknown", "manual"}
    assert {row["decided"] for row in rows} == {"yes", "no"}


def test_one_file_for_each_language(acme_result, store_result, tmp_path):
    path = store_result(acme_result)
    look = Look(languages=("es", "en", "es", "pt-BR"))
    written = render_stored(path, tmp_path / "out", ["html", "checklist"], load_plugins(), look)
    assert [file.name for file in written] == [
        "report.es.html", "checklist.es.csv", "report.html", "checklist.csv", "report.pt-BR.html",
        "checklist.pt-BR.csv",
    ]  # fmt: skip
    assert '<html lang="pt-BR">' in written[4].read_text("utf-8")
    again = render_stored(path, tmp_path / "again", ["html"], load_plugins(), Look(languages=("es",)))
    assert again[0].read_bytes() == written[0].read_bytes()


def test_an_unknown_language_writes_nothing(acme_result, store_result, tmp_path):
    with pytest.raises(UsageProblem, match="no language 'xx'"):
        render_stored(store_result(acme_result), tmp_path / "out", ["html"], load_plugins(), Look(languages=("xx",)))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_the_report_are_read_without_the_yaml_parser_and_mean_the_same_to_it(language):
    """They are JSON, which is YAML: reading them costs a start nothing. The strict parser finds duplicate names."""
    text = (files("auditor.phrases") / language / "audit_report.yaml").read_text("utf-8")
    assert strict_yaml.load(text, language) == json.loads(text)


def test_a_page_number_on_paper_is_spelt_so_that_nothing_ends_the_string(page):
    style = re.search(r"<style>(.*?)</style>", page("ru"), re.S)[1]
    assert 'content: "\\000421\\000442\\000440' in style  # Стр
    assert "counter(pages)" in style


def test_an_audit_in_english_imports_neither_babel_nor_yaml(acme_result, templates, tmp_path):
    import subprocess
    import sys

    (tmp_path / "result.json").write_text(json.dumps(acme_result), encoding="utf-8")
    code = (
        "import io, sys; from pathlib import Path\n"
        "from auditor.reporting.renderers import built_in; from auditor.reporting.reader import load_result\n"
        "from importlib.resources import files\n"
        "stored = load_result(Path(sys.argv[1]))\n"
        "for each in built_in((files('auditor_report_templates'),)): each.render(stored, io.BytesIO())\n"
        "print(sorted({'babel', 'yaml', 'auditor.phrases.texts'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
