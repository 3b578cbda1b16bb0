"""A delivered result: the cover, what people said beside the machine, and the comparison with the one before."""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import ResultError
from auditor.reporting.csv_files import CHECKLIST_COLUMNS, JUDGED_COLUMNS, ChecklistRenderer
from auditor.reporting.document import build
from auditor.reporting.html import HtmlRenderer
from auditor.reporting.reader import StoredResult, load_result
from auditor.reporting.words import Words
from tests.reporting.delivered import answered, compared, deliver, engagement, group, judgement, rated

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}\x1b[2J\u202e"


@pytest.fixture
def page(templates, acme_result, store_result, tmp_path):
    def html(document=None, language="en"):
        path = store_result(acme_result)
        if document is not None:
            deliver(document, tmp_path)
        out = io.BytesIO()
        HtmlRenderer(templates, None, language).render(load_result(path), out)
        return out.getvalue().decode()

    return html


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main>")[2]).split())


def card(html, check):
    start = html.index(f'<details class="card" id="{check}"')
    return plain("<main>" + html[start : html.index("</details>", start)])


def test_the_made_up_document_is_one():
    schema = json.loads((files("auditor.sdk") / "schemas" / "engagement.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(engagement())


def test_the_cover_tells_what_was_agreed(page):
    html = page(engagement())
    text = plain(html)
    assert "Health Check for Acme &amp; Sons" in html
    for part in (
        "2 March 2026",
        "09:00 to 18:00 (Europe/Madrid)",
        "7 h 31 min",
        "First Contact, Second Contact",
        "Kaspersky Endpoint Security for Linux, Kaspersky Security Center",
        "C-1, MSA Enterprise",
        "1 Feb 2026, 11:00 +01:00",
        "2 Mar 2026, 17:30 +01:00",
        "Spanish",
        "This is version 2. It takes the place of version 1. Reason: The export of db01 came in later",
        "Two weeks&#39; notice: set aside by First Person. Reason: Migration in April",
        "Interview on incident response",
        "1,100",
        "a" * 64,
    ):
        assert part in text, part
    assert "Self-audit" not in html
    assert "made without an agreed engagement" not in html


def test_a_self_audit_has_no_cover(page):
    html = page()
    assert "Self-audit" in html
    assert 'id="section-engagement"' not in html
    assert 'id="section-compared"' not in html


def test_the_verdict_of_the_machine_stays_beside_that_of_people(page, acme_result):
    html = page(engagement())
    text = card(html, "KESL-FTP-003")
    assert text.index("High") < text.index("rated medium")
    assert (
        "web01 machine: high rated medium by First Person on 2 Mar 2026, 13:00 +01:00, because: Behind a gateway"
        in text
    )
    assert "note by First Contact on 2 Mar 2026, 13:00 +01:00: Planned" in text
    assert "request INC-12 was made of it" in text
    assert "waived until 30 September 2026 by Second Person: Build cache" in card(html, "KESL-FTP-007")
    report, bare = (build(acme_result, agreed=found) for found in (engagement(), None))
    assert report.summary == bare.summary
    assert report.headline == bare.headline
    assert [(c.id, c.severity, c.state) for g in report.checklist for c in g.checks] == [
        (c.id, c.severity, c.state) for g in bare.checklist for c in g.checks
    ]


def test_a_rating_of_some_subjects_is_not_told_of_the_whole_check(acme_result):
    document = engagement()
    document["judgements"] = document["judgements"][:1]  # web02 fails as well and nobody rated it

    def found(agreed):
        report = build(acme_result, agreed=agreed)
        return next(c for group in report.checklist for c in group.checks if c.id == "KESL-FTP-003")

    assert found(engagement()).rated == "rated medium"
    assert found(document).rated == ""
    assert len(found(document).judged) == 1


@pytest.mark.parametrize(
    ("until", "told"),
    [("2026-03-02", "Valid until 2 March 2026"), ("2026-03-01", "No longer valid since 1 March 2026")],
)
def test_an_answer_is_judged_on_the_day_of_the_engagement(page, acme_result, until, told):
    question = next(check for check in acme_result["checks"] if check["state"] == "manual")
    document = engagement()
    key = question["sample"][0]["subject"]["key"]
    document["judgements"] = [judgement(question["id"], key, question["subject"], attestation=answered(until))]
    text = card(page(document), question["id"])
    assert f"answer of First Contact on 2 March 2026: in order. Shown: Screenshot of the console. {told}" in text
    assert text.count("in order") == (2 if until == "2026-03-02" else 1)  # in short only while it holds


def test_a_waiver_that_ended_says_so(page):
    document = engagement()
    document["judgements"][2]["waiver"]["expires"] = "2026-03-01"
    assert "waiver by Second Person ended on 1 March 2026, it counts again: Build cache" in card(
        page(document), "KESL-FTP-007"
    )


def test_what_was_said_of_a_passed_check_stands_in_the_checklist(page, acme_result):
    passed = next(check for check in acme_result["checks"] if check["state"] == "pass")
    document = engagement()
    document["judgements"] = [judgement(passed["id"], "web01", notes=[{"text": "Seen", "by": "P", "at": "soon"}])]
    html = page(document)
    row = html[html.index(f'id="{passed["id"]}"') :]
    assert "web01: note by P on soon: Seen" in row[: row.index("</tr>")]


def test_many_judgements_are_counted_rather_than_shown(acme_result):
    document = engagement()
    document["judgements"] = [judgement("KESL-FTP-003", f"h{number}", rating=rated()) for number in range(25)]
    report = build(acme_result, agreed=document)
    check = next(c for group in report.checklist for c in group.checks if c.id == "KESL-FTP-003")
    assert (len(check.judged), check.judged_left_out) == (20, "and 5 more")


def test_the_comparison_names_what_moved(page):
    html = page(engagement())
    section = html[html.index('id="section-compared"') :]
    text = plain("<main>" + section[: section.index("</section>")])
    for part in (
        "The one before: 3 March 2025, 10:00 UTC.",
        "Before 61.2 Now 70.5",
        "Moved by the customer&#39;s settings +12.3",
        "\u22123.0",
        "Back again 1",
        "Fixed 9",
        "80 of 100 (80 %) \u2192 2 of 98 (2 %)",
        "a and 3 more Not collected",
        "3 questions wait for an answer and are not compared.",
    ):
        assert part in text, part
    assert "1,000" not in text  # what was good both times is no finding


def test_without_a_year_before_there_is_no_comparison(page):
    assert 'id="section-compared"' not in page(engagement() | {"comparison": None})


def test_the_self_audit_has_a_section_of_its_own_that_is_labelled(page):
    """Beside the year before or without it; what the two say is not mixed."""
    counts = dict.fromkeys(compared()["counts"], 0) | {"regressed": 2}
    thing = {"kind": "kesl.host", "key": "web09", "name": "web09"}
    own = compared() | {
        "old": {"as_of": "2026-02-16T09:00:00Z"},
        "counts": counts,
        "groups": [group("regressed", "KESL-FTP-009", "high", [thing, thing])],
        "notes": [{"phrase": "note_self_audit_incomplete", "parameters": {}}],
    }
    html = page(engagement() | {"self_audit": own})
    start = html.index('id="section-self_audit"')
    section = html[start : html.index("</section>", start)]
    text = plain("<main>" + section)
    assert "Compared with the customer&#39;s self-audit" in text
    assert "The self-audit that came in last: 16 February 2026, 09:00 UTC." in text
    assert "opens or closes no finding" in text
    assert "The self-audit was not complete." in text
    assert "KESL-FTP-009" in section
    assert "KESL-FTP-001" not in section
    assert html.index('id="section-compared"') < start
    before = html[html.index('id="section-compared"') : start]
    assert "KESL-FTP-009" not in before
    assert '<a href="#section-self_audit">' in html
    alone = page(engagement() | {"comparison": None, "self_audit": own})
    assert 'id="section-self_audit"' in alone
    assert 'id="section-compared"' not in alone


@pytest.mark.parametrize("absent", [{}, {"self_audit": None}, {"self_audit": []}])
def test_without_a_self_audit_there_is_no_such_section(page, absent):
    assert "section-self_audit" not in page(engagement() | absent)


@pytest.mark.parametrize("language", ["es", "it", "ru", "pt"])
def test_other_languages_have_the_same_cover_and_judgements(acme_result, language):
    own, english = (build(acme_result, words=Words(code), agreed=engagement()) for code in (language, "en"))
    assert len(own.cover.facts) == len(english.cover.facts)
    assert [line.number for line in own.comparison.counts] == [line.number for line in english.comparison.counts]
    assert [row.check for g in own.comparison.groups for row in g.rows] == [
        row.check for g in english.comparison.groups for row in g.rows
    ]
    assert own.cover.overrides[0] != english.cover.overrides[0]


def hostile(value):
    """The document with every text replaced, also those that should be dates and codes."""
    if isinstance(value, dict):
        return {name: member if name == "check_id" else hostile(member) for name, member in value.items()}
    if isinstance(value, list):
        return [hostile(member) for member in value]
    return EVIL if isinstance(value, str) else value


@pytest.mark.parametrize("language", ["en", "ru"])
def test_hostile_text_never_becomes_markup(page, language):
    document = hostile(engagement() | {"self_audit": compared()}) | {"schema": "auditor-engagement/1"}
    document["comparison"]["groups"] = [g | {"change": "new"} for g in document["comparison"]["groups"]]
    html = page(document, language)
    assert html.count("<script") == 1
    assert "<img" not in html
    assert not set(html) & {"\x1b", "\u202e"}
    assert html.count("{{ 7*7 }}") > 20


def test_the_checklist_gets_columns_for_what_people_said(acme_result, store_result, tmp_path):
    path = store_result(acme_result)
    document = engagement()
    document["judgements"][0]["notes"].append({"text": "=1+1", "by": "P", "at": ""})
    deliver(document, tmp_path)
    out = io.BytesIO()
    ChecklistRenderer().render(load_result(path), out)
    rows = {row["check_id"]: row for row in csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")))}
    assert tuple(rows["KESL-FTP-003"]) == (*CHECKLIST_COLUMNS, *JUDGED_COLUMNS)
    assert rows["KESL-FTP-003"]["severity"] == "high"
    assert rows["KESL-FTP-003"]["rated"] == "medium"
    assert rows["KESL-FTP-003"]["notes"] == "Planned | =1+1"
    assert rows["KESL-FTP-003"]["incident"] == "INC-12"
    assert rows["KESL-FTP-007"]["accepted_until"] == "2026-09-30"
    assert rows["KESL-FTP-001"]["rated"] == ""


def test_a_note_is_no_formula(acme_result, store_result, tmp_path):
    path = store_result(acme_result)
    document = engagement()
    document["judgements"] = [judgement("KESL-FTP-003", "web01", notes=[{"text": "=1+1", "by": "P", "at": ""}])]
    deliver(document, tmp_path)
    out = io.BytesIO()
    ChecklistRenderer().render(load_result(path), out)
    assert "'=1+1" in out.getvalue().decode()


def test_without_an_engagement_the_checklist_is_as_it_was(acme_result):
    out = io.BytesIO()
    ChecklistRenderer().render(StoredResult(acme_result), out)
    assert out.getvalue().decode("utf-8-sig").splitlines()[0] == ",".join(CHECKLIST_COLUMNS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "this version reads 'auditor-engagement/1'"),
        ('{"schema": "auditor-engagement/2"}', "auditor-engagement/2"),
        ('{"schema": "auditor-engagement/1", "engagement": [], "judgements": []}', "holds no engagement"),
        ('{"schema": "auditor-engagement/1", "engagement": {}, "judgements": [1]}', "holds no engagement"),
        ('{"schema": "auditor-engagement/1", "engagement": {}}', "holds no engagement"),
    ],
)
def test_a_document_that_is_none_is_an_error(page, tmp_path, text, message):
    (tmp_path / "engagement.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultError, match=re.escape(message)) as caught:
        page()
    assert "engagement.json" in caught.value.where


def mangled(value, choose):
    """Some member of the document replaced by something else, or left out."""
    if isinstance(value, dict):
        return {name: mangled(member, choose) for name, member in value.items() if choose() != "out"}
    if isinstance(value, list) and choose() != "other":
        return [mangled(member, choose) for member in value]
    return {"other": 5, "null": None, "text": "x", "list": [1, {}], "dict": {"a": []}}.get(choose(), value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_missing_or_odd_is_left_out(acme_result, data):
    codes = st.sampled_from(["keep"] * 12 + ["out", "other", "null", "text", "list", "dict"])
    found = engagement()
    document = {
        "engagement": mangled(found["engagement"], lambda: data.draw(codes)),
        "judgements": [mangled(one, lambda: data.draw(codes)) for one in found["judgements"]],
        "comparison": mangled(found["comparison"], lambda: data.draw(codes)),
    }
    assert build(acme_result, agreed=document).cover is not None
