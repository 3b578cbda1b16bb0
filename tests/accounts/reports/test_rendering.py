"""Documents as files: golden pages in five languages, marks never left out, nothing hostile gets through."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.accounts.programmes import level_name
from auditor.accounts.reports.checkups import open_findings
from auditor.accounts.reports.daily import daily, day_period
from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.material import OpenFindings
from auditor.accounts.reports.periods import parse_day, parse_period
from auditor.accounts.reports.selection import COLUMNS, Selection
from auditor.accounts.reports.summary import summary
from auditor.errors import ResultError, UsageProblem
from auditor.phrases import LANGUAGES, Phrases, catalogue
from auditor.reporting.service.rendering import ServiceRenderer
from auditor.reporting.service.speech import Speech
from tests.accounts.reports.goldens import FOLDER, documents, goldens, renderer, text_of
from tests.accounts.reports.scenes import Scene, contract, utc

MADRID = "Europe/Madrid"
EVIL = "<script>alert(1)</script>\"'&amp;=1+1\u202e\x1b[31m\u0007"


def test_goldens_are_what_reports_say():
    kept = {path.name: path.read_bytes().decode() for path in FOLDER.iterdir()}
    made = goldens()
    assert made.keys() == kept.keys()
    for name, content in made.items():
        assert content == kept[name], name


@pytest.fixture(scope="module")
def schema():
    text = (files("auditor.sdk") / "schemas" / "service-report.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.mark.parametrize("name", sorted(documents()))
def test_documents_follow_the_published_schema(schema, name):
    schema.validate(json.loads(renderer().render(documents()[name], "json", "")))


def test_the_schema_refuses_what_is_no_report(schema):
    document = json.loads(renderer().render(documents()["quarterly"], "json", ""))
    for name in document:
        assert not schema.is_valid({key: value for key, value in document.items() if key != name}), name
    assert not schema.is_valid({**document, "more": 1})


@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_and_dates_are_those_of_the_language(language):
    """T-57."""
    text = text_of(renderer().render(documents()["quarterly"], "html", language))
    for level in (1, 2, 3, 4):
        assert f"{level} {level_name(level, language)}" in text
    page = renderer().render(documents()["quarterly"], "html", language).decode()
    assert f'<html lang="{language}">' in page
    written = {"en": "83.3%", "es": "83,3\u00a0%", "ru": "83,3\u00a0%"}
    assert written.get(language, "83,3%") in page


def test_a_territory_speaks_its_language():
    page = renderer().render(documents()["quarterly"], "html", "pt-BR").decode()
    assert '<html lang="pt-BR">' in page
    assert "Respostas dentro do prazo" in page
    with pytest.raises(UsageProblem, match="no language 'de'"):
        renderer().render(documents()["quarterly"], "html", "de")
    with pytest.raises(UsageProblem, match="no format is named pdf"):
        renderer().render(documents()["quarterly"], "pdf", "en")


def test_every_phrase_is_said_by_something():
    """A phrase that nothing says is one that five languages carry for nothing."""
    source = "".join(
        path.read_text("utf-8")
        for path in (files("auditor.reporting") / "service").iterdir()
        if path.name.endswith(".py")
    )
    built = {*re.findall(r'f"([a-z_]+_)\{', source), "column_"}
    closed = {"status_", "channel_", "role_", "check_", "finding_"}
    for name in catalogue("en", "reports"):
        assert f'"{name}"' in source or any(name.startswith(prefix) for prefix in built | closed), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_health_checks_and_open_findings_are_told_in_the_language(language, schema):
    document = json.loads(json.dumps(documents()["quarterly"]))
    states = ("requested", "negotiating", "agreed", "in_progress", "delivered", "closed", "cancelled", "expired")
    document["account_wide"]["health_check"] = {
        "status": "recorded",
        "engagements": [
            {"id": f"HC-{number:04}", "contract": "ent", "state": state, "day": "2026-09-01", "delivered_at": None}
            for number, state in enumerate(states)
        ],
    }
    known = OpenFindings({"critical": 1, "high": 2, "info": 18}, utc("2026-09-01T22:30"))
    document["account_wide"]["open_findings"] = open_findings(known)
    schema.validate(document)
    text = text_of(renderer().render(document, "html", language))
    phrases = Phrases(language, "reports")
    for number, state in enumerate(states):
        assert f"HC-{number:04} | ent | {phrases.say('check_' + state)} | 1 " in text
    assert f"{phrases.say('finding_high')} | 2" in text
    told = phrases.say("open_findings_count", count=21)
    assert phrases.say("open_findings_note", findings=told, day="\0").partition("\0")[0] in text
    assert ("2 Sep 2026" in text) == (language == "en")  # local: midnight has passed


# --- marks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_guaranteed_is_said_in_words_and_never_as_a_number(language):
    """T-32."""
    scene = Scene(MADRID, contract("start", "msa-start"))
    scene.submit(1, "2026-07-15T08:00", 2, "start")
    document = summary(
        Heading("quarterly", parse_period("2026-Q3", MADRID), utc("2026-10-01T10:00")), scene.material(), Selection()
    )
    words = Phrases(language, "programmes").say("value_not_guaranteed")
    text = text_of(renderer().render(document, "html", language))
    row = next(line for line in text.splitlines() if line.startswith("INC-000001"))
    assert f"| {words} |" in row
    assert Phrases(language, "reports").say("no_share") in text
    assert "%" not in text
    table = rows(renderer().render(document, "csv", language))
    assert table[1][table[0].index(Phrases(language, "reports").say("column_deadline"))] == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_uncertain_value_never_stands_without_its_mark(language):
    """T-33: each row whose clock is uncertain, the shares made of it, and the explanation of the mark."""
    document = documents()["quarterly"]
    mark = Phrases(language, "reports").say("mark_uncertain")
    text = text_of(renderer().render(document, "html", language))
    table = rows(renderer().render(document, "csv", language))
    uncertain = {one["id"] for one in document["incidents"] if "uncertain" in one["clock"]["marks"]}
    assert uncertain == {"INC-000002", "INC-000003", "INC-000007"}
    for line in text.splitlines():
        if line[:10] in uncertain and level_name(3, language) in line:
            assert line.count(mark) >= 2  # deadline and answer
    for row in table[1:]:
        assert (mark in row[-1]) == (row[0] in uncertain)
    shares = [line for line in text.splitlines() if "83" in line and "%" in line]
    assert len(shares) == 2
    assert all(mark in line for line in shares)
    assert Phrases(language, "reports").say("mark_uncertain_meaning") in text


def test_both_readings_of_an_uncertain_unit_are_shown():
    """4 hours from Friday 16:00 local end at 20:00; 4 business hours on Monday at 11:00."""
    scene = Scene(MADRID, contract("enh", "enhanced-tam"))
    scene.submit(1, "2026-07-10T14:00", 2, "enh")
    document = summary(
        Heading("quarterly", parse_period("2026-Q3", MADRID), utc("2026-10-01T10:00")), scene.material(), Selection()
    )
    text = text_of(renderer().render(document, "html", "en"))
    assert "10 Jul 2026, 20:00 +02:00 uncertain / 13 Jul 2026, 11:00 +02:00 if counted in business hours" in text


def test_marks_that_do_not_occur_are_not_explained():
    scene = Scene(MADRID, contract("k", "msa-business"))
    scene.submit(1, "2026-07-15T08:00", 2, "k")
    document = summary(
        Heading("quarterly", parse_period("2026-Q3", MADRID), utc("2026-10-01T10:00")), scene.material(), Selection()
    )
    document["account_wide"]["quota"] = []
    assert "Marks" not in text_of(renderer().render(document, "html", "en"))


# --- hostile words -------------------------------------------------------------------------------------------


def hostile():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1, title=EVIL, description=EVIL * 2, product=EVIL)
    scene.answer(incident, "2026-07-10T08:20", EVIL, wanted=[EVIL], waiting=True)
    scene.lower(incident, "2026-07-10T09:00", 1, 2, EVIL)
    scene.lower(incident, "2026-07-10T09:30", 2, 1, EVIL)
    scene.then(incident, "phone_called", "2026-07-10T10:00", "contact:C-0001", by="contact:C-0001", line=EVIL)
    period = parse_period("2026-Q3", MADRID)
    chosen = Selection(columns=COLUMNS)
    return [
        daily(Heading("daily", day_period(parse_day("2026-07-10"), MADRID), utc("2026-07-10T16:00")), scene.material()),
        summary(
            Heading("on_demand", period, utc("2026-10-01T10:00"), why=EVIL, corrects="x"), scene.material(), chosen
        ),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_hostile_words_are_escaped_and_hidden_signs_shown(number):
    document = hostile()[number]
    document["account"]["name"] = EVIL
    page = renderer().render(document, "html", "en").decode()
    assert "<script" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "\x07" not in page
    assert "&lt;script&gt;" in page
    assert "[U+202E]" in page
    assert "\u241b[31m" in page


def test_the_style_cannot_be_left_by_a_name():
    document = dict(documents()["quarterly"])
    document["account"] = {**document["account"], "name": '"; } </style><b>'}
    page = renderer().render(document, "html", "en").decode()
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert '"; } <' not in style
    assert page.count("</style>") == 1


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_no_cell_is_a_formula(number, start):
    document = hostile()[number]
    document["incidents"][0]["title"] = f"{start}cmd|' /C calc'!A0"
    data = renderer().render(document, "csv", "ru")
    assert data.startswith(b"\xef\xbb\xbf")
    for row in rows(data):
        for cell in row:
            assert not re.match(r"\s*[=+@-]", cell), cell


def test_the_policy_allows_the_style_alone():
    page = renderer().render(documents()["daily-late"], "html", "es").decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = re.search(r"style-src 'sha256-([^']+)'", policy)[1]
    import base64

    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() == digest
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "http" not in page.replace("http-equiv", "")


TEXTS = st.text(st.characters(), max_size=40)


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS)
def test_any_words_make_a_page_and_a_table(title, reason):
    """Lone surrogates too: they cannot be stored, but a page must not break on them."""
    document = json.loads(json.dumps(documents()["quarterly"]))
    document["incidents"][0]["title"] = title
    document["severity_changes"][0]["reason"] = reason
    renderer().render(document, "html", "it").decode("utf-8")
    table = rows(renderer().render(document, "csv", "pt"))
    assert {len(row) for row in table} == {13}


def test_long_words_are_cut_with_their_length_in_the_language():
    document = json.loads(json.dumps(documents()["daily-late"]))
    document["incidents"][0]["description"] = "x" * 12_345
    assert "x… [cut: 12,345 characters in all]" in renderer().render(document, "html", "en").decode()
    assert "x… [сокращено, всего знаков: 12\xa0345]" in renderer().render(document, "html", "ru").decode()


# --- people, templates, numbers ------------------------------------------------------------------------------


def test_people_are_ids_unless_names_are_given():
    document = documents()["daily-late"]
    names = {"person:P-0001": "Tam <One>", "contact:C-0001": ""}
    without = renderer().render(document, "html", "en").decode()
    named = renderer().render(document, "html", "en", names).decode()
    assert "support P-0001" in without
    assert "Tam &lt;One&gt;" in named
    assert "support P-0001" not in named
    assert "C-0001 (erased)" in named


def test_a_customers_template_comes_first(tmp_path):
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "service.css").write_text("body { color: teal }", encoding="utf-8")
    own = ServiceRenderer((tmp_path, files("auditor_report_templates")))
    assert "teal" in own.render(documents()["quarterly"], "html", "en").decode()
    with pytest.raises(ResultError, match=r"no service\.css"):
        ServiceRenderer(()).render(documents()["quarterly"], "html", "en")


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100%"), (0.0, "0%"), (0.9999, "> 99.9%"), (0.0001, "< 0.1%"), (2 / 3, "66.7%")]
)
def test_a_share_never_rounds_to_all_or_nothing(share, text):
    assert Speech("en", MADRID).percent(share) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "Открыт 1 критичный запрос"),
        (2, "Открыто 2 критичных запроса"),
        (5, "Открыто 5 критичных запросов"),
        (21, "Открыт 21 критичный запрос"),
        (1111, "Открыто 1\xa0111 критичных запросов"),
    ],
)
def test_numbers_agree_with_their_words_in_russian(count, text):
    assert Speech("ru", MADRID).say("headline_open", count=count) == text


@pytest.mark.parametrize("form", ["html", "csv", "json"])
def test_the_same_document_gives_the_same_bytes(form):
    for document in documents().values():
        copied = json.loads(json.dumps(document, sort_keys=True))
        assert renderer().render(document, form, "ru") == renderer().render(copied, form, "ru")


def rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
