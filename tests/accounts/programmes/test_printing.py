"""auditor programme: what is printed, and INV-10: no marked value without its mark, in no language and no format."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.accounts.programme_cells import MARKS
from auditor.accounts.programme_saying import BADGES, Sayings
from auditor.accounts.programmes import ENTITLEMENTS, FACTS, load_programmes
from auditor.app.programme_facts import facts, statements
from auditor.app.programmes import write
from auditor.phrases import LANGUAGES

ALL = ("standard", "msa-start", "msa-business", "msa-enterprise", "enhanced-tam")
BADGE = re.compile(r"\[([*?~]+)(\d+)\]")


def body_and_notes(text, language):
    """The tables and statements, and the footnotes below them as number -> text."""
    body, _, below = text.partition(f"\n{Sayings(language).phrases.say('head_marks')}\n")
    pieces = re.split(r"\[([*?~]*)(\d+)\] ", " ".join(below.split()))
    return body, {
        int(number): (signs, words) for signs, number, words in zip(*(pieces[i::3] for i in (1, 2, 3)), strict=True)
    }


def signs(marks):
    return "".join(BADGES[mark] for mark in marks)


def marked(found):
    return [signs(fact.marks) for fact in found if fact.marks]


def printed(style, view, programmes, language):
    out = io.StringIO()
    write(style, view, programmes, language, out)
    return out.getvalue()


def check_text(programme, language, width):
    """Reading order is that of the facts, so the badges must come in the order of the marks."""
    sayings = Sayings(language)
    everything = [*facts(programme, sayings), *statements(programme, sayings)]
    for view, expected in (("show", marked(everything)), ("compare", marked(facts(programme, sayings)))):
        os.environ["COLUMNS"] = str(width)
        text = printed("text", view, [programme], language)
        assert max(map(len, text.splitlines())) <= width
        body, notes = body_and_notes(text, language)
        badges = BADGE.findall(body)
        assert [found for found, _ in badges] == expected
        cited = [fact for fact in everything if fact.marks]
        for fact, (found, number) in zip(cited, badges, strict=False):
            assert notes[int(number)][0] == found
            _, _, sources = notes[int(number)][1].partition(fact.note)
            assert sources, "the note comes first"
            assert all(one.split(': "')[0] in sources for one in fact.source.split("; "))


def check_csv(programme, language):
    sayings = Sayings(language)
    expected = [*facts(programme, sayings), *statements(programme, sayings)]
    rows = list(csv.DictReader(io.StringIO(printed("csv", "show", [programme], language))))
    assert [(row["name"], tuple(row["marks"].split())) for row in rows] == [
        (fact.name, fact.marks) for fact in expected
    ]
    assert all(row["note"] for row in rows if row["marks"])
    assert all(row["source"] for row in rows if row["name"] != "paid")


def check_json(programme, language):
    document = json.loads(printed("json", "show", [programme], language))
    for name, cell in programme.cells():
        assert tuple(document["cells"][name]["marks"]) == cell.marks
    for level, target in programme.targets.items():
        assert tuple(document["targets"][str(level)]["marks"]) == target.marks
    for member, items in (("avdb_steps", programme.avdb_steps), ("terms", programme.terms)):
        assert [tuple(entry["marks"]) for entry in document[member]] == [item.cell.marks for item in items]
    held = [*document["cells"].values(), *document["targets"].values(), *document["avdb_steps"], *document["terms"]]
    assert all(entry["note"] and entry["source"] for entry in held if entry["marks"])


@pytest.fixture(autouse=True)
def columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_every_mark_of_the_shipped_programmes_is_printed(name, language):
    programme = load_programmes()[name]
    for width in (80, 120):
        check_text(programme, language, width)
    check_csv(programme, language)
    check_json(programme, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 120])
def test_every_mark_is_printed_where_programmes_stand_side_by_side(language, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    programmes = list(load_programmes().values())
    body, notes = body_and_notes(printed("text", "compare", programmes, language), language)
    sayings = Sayings(language)
    expected = Counter(mark for programme in programmes for mark in marked(facts(programme, sayings)))
    assert Counter(found for found, _ in BADGE.findall(body)) == expected
    assert {int(number) for _, number in BADGE.findall(body)} == set(notes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mark_is_printed_in_the_list(language):
    programmes = list(load_programmes().values())
    body, _ = body_and_notes(printed("text", "list", programmes, language), language)
    assert [found for found, _ in BADGE.findall(body)] == ["*", "*", "~"]
    rows = list(csv.DictReader(io.StringIO(printed("csv", "list", programmes, language))))
    assert [row["programme"] + " " + row["marks"] for row in rows if row["marks"]] == [
        "standard unknown", "msa-enterprise unknown", "msa-enterprise reconciled",
    ]  # fmt: skip
    stored = json.loads(printed("json", "list", programmes, language))["programmes"]
    assert stored[3]["edition"]["marks"] == ["unknown"]
    assert stored[3]["targets"]["1"]["marks"] == ["reconciled"]


def cell_paths():
    yield from ((name,) for name in ("edition", *FACTS))
    yield from (("entitlements", name) for name in ENTITLEMENTS)
    yield from (("targets", level) for level in "1234")
    yield ("avdb_steps", 0)
    yield ("terms", 0)


PATHS = list(cell_paths())


@given(
    chosen=st.lists(st.sets(st.sampled_from(MARKS)), min_size=len(PATHS), max_size=len(PATHS)),
    language=st.sampled_from(LANGUAGES),
    width=st.integers(60, 130),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_marks_of_any_programme_are_printed(read, plus, chosen, language, width):
    document = json.loads(json.dumps(plus))
    for path, marks in zip(PATHS, chosen, strict=True):
        entry = document[path[0]] if len(path) == 1 else document[path[0]][path[1]]
        can_be_unknown = path[0] not in {"targets", "avdb_steps"}
        entry.update(note=f"Why {' '.join(map(str, path))} is marked.")
        for mark in ("uncertain", "reconciled"):
            entry[mark] = mark in marks
        if entry.get("unit") is None and entry.get("kind") == "guaranteed":
            entry["uncertain"] = True
        if "unknown" in marks and can_be_unknown:
            entry.pop("value", None)
            entry["unknown"] = True
    programme = read(document)
    check_text(programme, language, min(width, 120))
    check_csv(programme, language)
    check_json(programme, language)


# T-32
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "not guaranteed"),
        ("es", "sin garantía"),
        ("it", "non garantito"),
        ("ru", "не гарантируется"),
        ("pt", "sem garantia"),
    ],
)
def test_start_prints_not_guaranteed(run, language, words):
    shown = run("show", "msa-start", "--language", language, width=120).output
    label = Sayings(language).phrases.say("row_level", level="", called="").split()[0]
    rows = [line for line in shown.splitlines() if re.match(rf"{label} [234] ", line)]
    assert len(rows) == 3
    assert all(words in row for row in rows)
    cells = csv.DictReader(io.StringIO(run("compare", "--language", language, "--format", "csv").output))
    found = [row for row in cells if row["programme"] == "msa-start" and re.match("level_[234]", row["name"])]
    assert [(row["text"], row["value"], row["unit"]) for row in found] == [(words, "", "")] * 3


# T-33
def test_enhanced_prints_the_mark_and_both_readings(run):
    shown = run("show", "enhanced-tam").output
    body, notes = body_and_notes(shown, "en")
    for level, words in ((2, "4 hours"), (3, "6 hours"), (4, "8 hours")):
        (row,) = [line for line in body.splitlines() if line.startswith(f"Level {level} ") and "hours" in line]
        (found,) = re.findall(rf"{words} \[\?(\d+)\]", row)
        assert "Other reading: business hours." in notes[int(found)][1]
    target = json.loads(run("show", "enhanced-tam", "--format", "json").output)["targets"]["3"]
    assert (target["unit"], target["alternative_unit"], target["marks"]) == (
        "calendar_hour", "business_hour", ["uncertain"],
    )  # fmt: skip


def test_list_names_every_programme(run):
    lines = run("list").output.splitlines()
    assert [line.split()[0] for line in lines[1:6]] == list(ALL)
    assert re.search(r"msa-business\s+MSA Business\s+2023\s+36\s+2 hours$", lines[3])


def test_compare_without_ids_compares_all(run):
    names = [programme.name for programme in load_programmes().values()]
    text = run("compare", width=120).output
    assert all(name in text.splitlines()[0] for name in names)
    chosen = run("compare", "msa-start", "msa-business", "msa-start", width=120).output.splitlines()[0]
    assert chosen.split() == ["MSA", "Start", "MSA", "Business"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wider_than_80_columns(run, language):
    for words in (("list",), ("compare",), *(("show", name) for name in ALL)):
        text = run(*words, "--language", language, width=80).output
        assert max(map(len, text.splitlines())) <= 80


# RULE-ACC-1
def test_programme_of_a_folder_is_listed_and_compared(run, plus_folder, monkeypatch):
    assert "msa-plus" not in run("list").output
    listed = run("list", "--programmes", str(plus_folder)).output
    assert re.search(r"^msa-plus\s+MSA Plus\s+unknown \[\*2\]\s+12\s+4 hours$", listed, re.MULTILINE)
    rows = csv.DictReader(io.StringIO(run("compare", "--programmes", str(plus_folder), "--format", "csv").output))
    found = {row["name"]: row for row in rows if row["programme"] == "msa-plus"}
    assert (found["premium_quota"]["text"], found["max_contacts"]["text"]) == ("12", "2")
    assert found["level_3"]["text"] == "9, unit unknown"
    monkeypatch.setenv("AUDITOR_PROGRAMMES", str(plus_folder))
    assert "msa-plus" in run_again("list")
    assert "Somebody looks at the request." in run_again("show", "msa-plus", "--language", "it")


def run_again(*words):
    """The command with the environment as it stands."""
    from click.testing import CliRunner

    from auditor.cli.main import cli

    done = CliRunner().invoke(cli, ["programme", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_environment_names_several_folders(plus, plus_folder, tmp_path, monkeypatch):
    (tmp_path / "gold.yaml").write_text(json.dumps({**plus, "id": "msa-gold"}), encoding="utf-8")
    monkeypatch.setenv("AUDITOR_PROGRAMMES", os.pathsep.join([str(plus_folder), "", str(tmp_path)]))
    listed = run_again("list")
    assert "msa-plus" in listed
    assert "msa-gold" in listed


def test_edition_chooses_an_older_version(plus, plus_folder, tmp_path, run):
    shutil.copy(plus_folder / "msa-plus.yaml", tmp_path / "old.yaml")
    newer = {**plus, "version": 2, "edition": {"value": "2024", "source": {"us-page": None}}}
    (tmp_path / "new.yaml").write_text(json.dumps(newer), encoding="utf-8")
    folder = ("--programmes", str(tmp_path))
    assert "(msa-plus), version 2" in run("show", "msa-plus", *folder).output
    assert "(msa-plus), version 1" in run("show", "msa-plus", "--edition", "undated", *folder).output


def test_unknown_programme_is_a_usage_error(run):
    done = run("show", "msa-gold", fails=2)
    assert "there is no programme 'msa-gold'" in str(done.exception)


def test_spreadsheet_runs_nothing_of_a_file(plus, read):
    plus["terms"][0]["text"] = "=HYPERLINK(A1)"
    plus["terms"][0].pop("unknown")
    rows = list(csv.DictReader(io.StringIO(printed("csv", "show", [read(plus)], "en"))))
    assert rows[-1]["text"] == "'=HYPERLINK(A1)"


def test_terminal_obeys_nothing_of_a_file(plus, read):
    plus["name"] = "MSA \x1b[2J Plus"
    plus["premium_quota"]["source"]["us-page"] = "12 \x1b[31mred"
    text = printed("text", "show", [read(plus)], "en")
    assert "\x1b" not in text
    assert "␛[2J" in text
    assert "␛[31mred" in text


def test_narrow_encoding_is_no_obstacle():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write("text", "show", [load_programmes()["msa-start"]], "ru", stream)
    stream.flush()
    assert b"\\u0432" in raw.getvalue()
