"""auditor avdb on both databases."""

from __future__ import annotations

import hashlib
import json
from zoneinfo import ZoneInfo

import pytest

from auditor.app.tick import wording
from auditor.store.opening import open_store

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


ON_SQLITE = pytest.mark.parametrize("location", ["sqlite"], indirect=True)
"""For what does not depend on the kind of database."""


def events_of(location, kind="avdb_changed"):
    with open_store(location) as store, store.reading() as reading:
        return [event for event in reading.events("incident", "INC-000001") if event.type == kind]


def notices_of(location):
    """Notifications about releases, in the order of their keys."""
    with open_store(location) as store, store.reading() as reading:
        found = reading.documents("notification")
    return {key: found[key] for key in sorted(found) if ":avdb:" in key}


def test_from_request_to_end(customer, location):
    acme = customer("msa-business")
    opened = acme.json(*acme.release("--file-name", "setup.exe"))
    assert (opened["state"], opened["databases"], opened["incident"]) == ("new", "latest", "INC-000001")
    assert opened["db_date"] == "2026-03-16T08:00:00.000000Z"
    assert opened["title"] == "HEUR:Trojan.Win32.Generic: setup.exe"
    commands = [("step", "1", "1"), ("step", "1", "2"), ("step", "1", "3"), ("verify", "1"), ("close", "1")]
    states = [acme.at(minute, "avdb", *words)["state"] for minute, words in enumerate(commands, 1)]
    assert states == ["step1_processing", "step2_released", "step2_released", "verified", "closed"]
    payloads = [event.payload for event in events_of(location)]
    assert [(one["from"], one["to"], one["step"]) for one in payloads] == [
        ("new", "step1_processing", 1),
        ("step1_processing", "step2_released", 2),
        ("step2_released", "step2_released", 3),
        ("step2_released", "verified", None),
        ("verified", "closed", None),
    ]
    shown = acme.json("avdb", "status", "INC-000001")
    assert [step["taken_at"] for step in shown["steps"]] == [
        "2026-03-16T09:01:00.000000Z",
        "2026-03-16T09:02:00.000000Z",
        "2026-03-16T09:03:00.000000Z",
    ]


def test_the_request_stands_in_the_submission(customer, location):
    acme = customer("msa-business")
    acme.said(*acme.release("--file-name", "setup.exe", "--tolerance", "2h"))
    (submitted,) = events_of(location, "submitted")
    assert (submitted.payload["type"], submitted.payload["contract"]) == ("avdb_release", "K-1")
    request = submitted.payload["request"]
    stated = {name: request[name] for name in ("reason", "sample_sha256", "file_name", "detection", "product_version")}
    assert stated == {
        "reason": "false_positive",
        "sample_sha256": SHA,
        "file_name": "setup.exe",
        "detection": "HEUR:Trojan.Win32.Generic",
        "product_version": "12.6",
    }
    assert (request["db_date"], request["tolerance_seconds"]) == ("2026-03-16T08:00:00.000000Z", 7200)


@ON_SQLITE
@pytest.mark.parametrize(
    ("programme", "informed_by", "said"),
    [
        ("msa-enterprise", "tam", "Who informs about progress: the TAM"),
        ("msa-business", "kaspersky", "Who informs about progress: Kaspersky"),
        ("enhanced-tam", "kaspersky", "Who informs about progress: Kaspersky"),
        ("msa-start", None, "MSA Start promises no information about progress; this status shows"),
    ],
)
def test_who_informs(customer, location, programme, informed_by, said):
    steps = 2 if informed_by is None else 3
    acme = customer(programme)
    opened = acme.json(*acme.release(db_date="2026-03-15T08:00Z"))
    assert opened["informed_by"] == informed_by
    assert [step["number"] for step in opened["steps"]] == [1, 2, 3][:steps]
    acme.at(1, "avdb", "retest", "1", "--db-date", "2026-03-16T08:00Z", "--latest-known-db", "2026-03-16T08:00Z")
    acme.at(2, "avdb", "step", "1", "1")
    acme.at(3, "avdb", "step", "1", "2")
    notices = notices_of(location)
    if informed_by is None:
        assert not notices
        error = acme.refused("avdb", "step", "1", "3")
        assert "MSA Start promises no information about the release" in str(error)
    else:
        assert [one["parameters"]["avdb_state"] for one in notices.values()] == [
            "blocked_old_databases",
            "new",
            "step1_processing",
            "step2_released",
        ]
        assert {one["parameters"]["avdb_informs"] for one in notices.values()} == {informed_by}
        assert {tuple(one["to"]) for one in notices.values()} == {("contact:C-0001",)}
        # the third step is recorded by a person who has told it: nothing more goes out
        assert "Next: Inform the customer of the release" in acme.flat("avdb", "status", "1")
        acme.at(4, "avdb", "step", "1", "3")
        assert notices_of(location) == notices
    text = acme.flat("avdb", "status", "1")
    assert said in text
    assert "State: step 2: the update is released" in text
    assert "Next: Update the databases, test the file again" in text


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "es", "it", "ru", "pt"])
def test_pages_fit_80_columns(customer, language):
    """After each step; with a note of more than a line."""
    acme = customer("msa-business")
    pages = [
        acme.said(*acme.release("--file-name", "invoice " * 20, "--language", language, db_date="2026-03-15T08:00Z"))
    ]
    latest = ("--db-date", "2026-03-16T08:00Z", "--latest-known-db", "2026-03-16T08:00Z")
    steps = [("retest", "1", *latest), ("step", "1", "1"), ("step", "1", "2", "--note", "released " * 20)]
    for minute, words in enumerate(steps, 1):
        pages.append(acme.said("avdb", *words, "--at", f"2026-03-16T10:0{minute}", "--language", language))
        pages.append(acme.said("avdb", "status", "1", "--language", language))
    pages.append(acme.said("avdb", "list", "--language", language))
    lines = [line for page in pages for line in page.splitlines()]
    assert max(map(len, lines)) <= 80
    assert "auditor avdb step INC-000001 3" in " ".join(pages[-2].split())


DATABASES = [
    ({"db_date": "2026-03-16T07:59Z"}, "older", "Update them and test the file again."),
    ({"db_date": "2026-03-15T08:00Z"}, "older", "are older than the latest ones known"),
    ({"db_date": None}, "date_unknown", "Nobody knows how old the databases in use are."),
    ({"db_date": "unknown"}, "date_unknown", "state their release date"),
    ({"latest_known_db": None}, "latest_unknown", "Nobody knows which databases are the latest."),
    ({"db_date": "2026-03-16T09:01Z"}, "clock_skew", "lies in the future. Check the clocks"),
    # an hour ahead of UTC, so it is the instant of the latest ones, and no minute more
    ({"db_date": "2026-03-16T09:00+01:00"}, "latest", "The file was judged with the latest databases."),
    ({"db_date": "2026-03-16T08:59+01:00"}, "older", "are older"),
    ({"db_date": "2026-03-16T07:59Z", "tolerance": "1min"}, "latest", "Tolerance: 1min"),
    ({"db_date": "2026-03-15T08:00Z", "tolerance": "24h"}, "latest", "Tolerance: 24h"),
    ({"db_date": "2026-03-15T07:59Z", "tolerance": "24h"}, "older", "Tolerance: 24h"),
    # without offset it is UTC, not the time of Madrid
    ({"db_date": "2026-03-16T08:00"}, "latest", "16 Mar 2026, 08:00 +00:00"),
]
"""What is stated, how it is judged, what is said."""


@ON_SQLITE
def test_databases(customer):
    acme = customer("msa-business")
    for number, (dates, judgement, said) in enumerate(DATABASES, 1):
        opened = acme.json(*acme.release(**dates))
        assert opened["databases"] == judgement, dates
        assert opened["state"] == ("new" if judgement == "latest" else "blocked_old_databases"), dates
        assert said in acme.flat("avdb", "status", number), dates


@ON_SQLITE
def test_instructions_in_five_languages(customer):
    acme = customer("msa-business")
    acme.said(*acme.release(db_date="2026-03-15T08:00Z"))
    for language, said in {
        "en": "Update them and test the file again.",
        "es": "Actualícelas y vuelva a analizar el archivo.",
        "it": "Aggiornarli e analizzare di nuovo il file.",
        "ru": "Обновите их и проверьте файл снова.",
        "pt": "Atualize-as e analise o arquivo novamente.",
    }.items():
        assert said in acme.flat("avdb", "status", "1", "--language", language)


@ON_SQLITE
def test_messages_tell_each_transition_in_the_language_of_the_reader(customer, location):
    acme = customer("msa-enterprise")
    acme.said(*acme.release(db_date="2026-03-15T08:00Z"))
    acme.at(1, "avdb", "retest", "1", "--db-date", "2026-03-16T08:00Z", "--latest-known-db", "2026-03-16T08:00Z")
    acme.at(2, "avdb", "step", "1", "1")
    blocked, _, step = notices_of(location).values()
    told = {
        language: [
            wording.words(one, wording.Reader(language, ZoneInfo("Europe/Madrid"), "Acme")) for one in (blocked, step)
        ]
        for language in ("en", "es", "it", "ru", "pt")
    }
    subjects = {language: messages[1][0] for language, messages in told.items()}
    assert subjects == {
        "en": "INC-000001: release of anti-virus databases: step 1: specialists process it",
        "es": "INC-000001: publicación de bases antivirus: paso 1: los especialistas la procesan",
        "it": "INC-000001: rilascio di database antivirus: passo 1: gli specialisti la elaborano",
        "ru": "INC-000001: выпуск антивирусных баз: этап 1: запрос обрабатывают специалисты",
        "pt": "INC-000001: lançamento de bases antivírus: etapa 1: os especialistas a processam",
    }
    bodies = {language: messages[0][1] for language, messages in told.items()}
    assert "16 Mar 2026, 10:00 +01:00: blocked by its databases." in bodies["en"]
    assert "You are informed by: the TAM." in bodies["en"]
    assert "Update them and test the file again." in bodies["en"]
    assert "Обновите их и проверьте файл снова." in bodies["ru"]
    assert "Le informa: el TAM." in bodies["es"]


@ON_SQLITE
def test_progress_is_told_after_the_first_answer_too(customer):
    acme = customer("msa-enterprise")
    acme.said(*acme.release(level=1))
    acme.said("incident", "answer", "1", "--analysis", "seen", "--as", "person:P-0002", "--at", "2026-03-16T10:01")
    acme.at(2, "avdb", "step", "1", "1")
    assert "INC-000001: release of anti-virus databases: step 1" in acme.said("tick")
    assert "database release: First Contact (C-0001); told" in acme.said("incident", "show", "1").replace("\n  ", " ")
    acme.at(3, "avdb", "step", "1", "2")
    acme.said("incident", "resolve", "1", "--summary", "released", "--at", "2026-03-16T10:04")
    assert "step 2: the update is released" in acme.said("tick")


@ON_SQLITE
def test_a_new_test_keeps_the_tolerance_unless_another_one_is_stated(customer):
    acme = customer("msa-business")
    acme.said(*acme.release(db_date="2026-03-13T08:00Z", tolerance="1h"))
    dates = ("--latest-known-db", "2026-03-16T08:00Z")
    still = acme.at(1, "avdb", "retest", "1", "--db-date", "2026-03-16T07:30Z", "--tolerance", "10min", *dates)
    assert (still["state"], still["tolerance_seconds"]) == ("blocked_old_databases", 600)
    still = acme.at(2, "avdb", "retest", "1", "--db-date", "2026-03-16T07:30Z", *dates)
    assert (still["state"], still["tolerance_seconds"]) == ("blocked_old_databases", 600)
    again = acme.at(3, "avdb", "retest", "1", "--db-date", "2026-03-16T07:50Z", *dates)
    assert again["state"] == "new"


def test_steps_out_of_order_leave_no_trace(customer, location):
    acme = customer("msa-business")
    acme.said(*acme.release())
    for words in (("step", "1", "2"), ("step", "1", "3"), ("verify", "1"), ("close", "1")):
        acme.refused("avdb", *words)
    acme.refused("avdb", "reject", "1", "--reason", "judged rightly")
    assert events_of(location) == []
    acme.at(5, "avdb", "step", "1", "1")
    assert "before the last change" in str(acme.refused("avdb", "step", "1", "2", "--at", "2026-03-16T10:04"))
    assert "in the future" in str(acme.refused("avdb", "step", "1", "2", "--at", "2099-01-01T10:00"))
    assert acme.at(6, "avdb", "reject", "1", "--reason", "judged rightly")["state"] == "rejected"
    assert "final state" in str(acme.refused("avdb", "step", "1", "2"))


def test_a_cancelled_incident_goes_nowhere(customer):
    acme = customer("msa-business")
    acme.said(*acme.release())
    acme.said("incident", "cancel", "1", "--reason", "sent twice", "--at", "2026-03-16T10:05")
    assert "was cancelled" in str(acme.refused("avdb", "step", "1", "1"))
    assert acme.json("avdb", "list", "acme")["requests"] == []
    assert [one["id"] for one in acme.json("avdb", "list", "acme", "--all")["requests"]] == ["INC-000001"]


@ON_SQLITE
def test_other_incidents_are_not_touched(customer):
    acme = customer("msa-business")
    acme.open()
    error = acme.refused("avdb", "step", "1", "1")
    assert "INC-000001 is of the type incident" in str(error)
    assert "auditor avdb list" in str(error)
    assert "there is no incident INC-000007" in str(acme.refused("avdb", "status", "7"))
    assert acme.said("avdb", "list") == "There are no requests for a database release.\n"


@ON_SQLITE
def test_entitlement(customer, location):
    """Nobody says whether standard support includes it: it is taken once somebody has confirmed that."""
    acme = customer("")
    error = acme.refused(*acme.release())
    assert "Nobody says whether Standard support includes" in str(error)
    assert "--confirm-entitlement" in str(error)
    opened = acme.json(*acme.release("--confirm-entitlement", "support desk, by phone"))
    assert opened["entitlement"] == "support desk, by phone"
    assert (opened["informed_by"], opened["steps"]) == (None, [])
    assert notices_of(location) == {}


@ON_SQLITE
def test_a_contract_can_leave_it_out(customer):
    terms = {"overrides": {"entitlements": {"avdb": {"value": False, "reason": "agreed by letter"}}}}
    acme = customer("msa-business", **terms)
    error = acme.refused(*acme.release("--confirm-entitlement", "somebody", "--language", "it"))
    assert error.message == "MSA Business non comprende il rilascio di database antivirus su richiesta."


@ON_SQLITE
def test_premium_units(customer, location):
    acme = customer("msa-start")
    for _ in range(6):
        acme.said(*acme.release())
    error = acme.refused(*acme.release())
    assert "all 6 premium requests" in str(error)
    assert "--override-quota WHO WHY" in str(error)
    assert acme.json(*acme.release("--kind", "standard"))["incident"] == "INC-000007"
    assert acme.json(*acme.release("--override-quota", "person:P-0002", "agreed"))["incident"] == "INC-000008"
    with open_store(location) as store, store.reading() as reading:
        [submitted] = [one for one in reading.events("incident", "INC-000008") if one.type == "submitted"]
    quota = submitted.payload["quota"]
    assert quota["override"] == "person:P-0002"
    assert quota["reason"].endswith("agreed")


@ON_SQLITE
def test_the_sample_is_read_and_not_copied(customer, location, tmp_path):
    acme = customer("msa-business")
    sample = tmp_path / "invoice.pdf.exe"
    content = b"no virus, but long\n" * 200_000
    sample.write_bytes(content)
    opened = acme.json(*acme.release("--file", sample, sha256=None))
    assert opened["sample_sha256"] == hashlib.sha256(content).hexdigest()
    assert opened["file_name"] == "invoice.pdf.exe"
    error = acme.refused(*acme.release("--file", sample))
    assert hashlib.sha256(content).hexdigest() in str(error)
    assert "no SHA-256" in str(acme.refused(*acme.release(sha256="9f86")))


def test_hostile_names_are_shown_harmless(customer):
    acme = customer("msa-business")
    name, detection = "invoice\x1b[2J\u202efdp.exe\nState: verified", "x\x07\x9b31m"
    acme.said(*acme.release("--file-name", name, detection=detection, db_date="2026-03-15T08:00Z"))
    text = acme.said("avdb", "status", "1") + acme.said("avdb", "list") + acme.said("incident", "show", "1")
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "File: invoice\\x1b[2J\\u202efdp.exe\\nState: verified\n" in text
    assert acme.json("avdb", "status", "1")["file_name"] == name
    assert "at most 255" in str(acme.refused(*acme.release("--file-name", "n" * 256)))
    assert "at most 20000" in str(acme.refused(*acme.release("--description", "d" * 20_001)))


@ON_SQLITE
def test_dates_that_say_too_little(customer):
    acme = customer("msa-business")
    assert "no time of day" in str(acme.refused(*acme.release(db_date="2026-03-16")))
    assert "is no" in str(acme.refused(*acme.release(db_date="yesterday, at noon")))
    assert "calendar time" in str(acme.refused(*acme.release(tolerance="2bh")))


def stored_result(folder, *values):
    """A result of an audit with a verdict on the databases of web01 for each value."""
    evidence = [[{"setting": "info.DatabasesDate", "value": value}] if value else [] for value in values]
    subject = {"kind": "kesl.host", "key": "web01", "name": "Web01"}
    document = {
        "schema": "auditor-result/1",
        "tool": {"name": "auditor", "version": "0"},
        "run": dict.fromkeys(("as_of", "as_of_source", "self_audit", "baseline", "plugins", "plugin_failures")),
        "summary": dict.fromkeys(
            ("decided", "decidable", "checks_by_state", "findings_by_severity", "findings", "complete")
        ),
        "limits": {},
        "streams": {},
        **{name: [] for name in ("inputs", "inventory", "gaps", "checks", "waivers")},
        "verdicts": [{"check_id": "KESL-UPD-002", "subject": subject, "evidence": one} for one in evidence],
    }
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps(document))
    return folder


@ON_SQLITE
def test_the_date_comes_from_a_stored_audit(customer, tmp_path):
    acme = customer("msa-business")
    result = stored_result(tmp_path / "audit", "2026-03-16T09:00:00", None)
    words = ("--from-audit", result, "--host", "WEB01")
    error = acme.refused(*acme.release(*words, db_date=None))
    assert "in the local time of the host" in str(error)
    opened = acme.json(*acme.release(*words, "--host-zone", "Europe/Madrid", db_date=None))
    assert (opened["db_date"], opened["databases"]) == ("2026-03-16T08:00:00.000000Z", "latest")
    assert opened["db_date_source"] == "WEB01, audit"
    assert "two dates" in str(acme.refused(*acme.release(*words)))
    assert "the host is named" in str(acme.refused(*acme.release("--from-audit", result, db_date=None)))
    unknown = ("--from-audit", result, "--host", "db01")
    assert "no release date of databases for the host 'db01'" in str(
        acme.refused(*acme.release(*unknown, db_date=None))
    )


@ON_SQLITE
def test_a_stored_audit_that_contradicts_itself(customer, tmp_path):
    acme = customer("msa-business")
    result = stored_result(tmp_path / "two", "2026-03-16T09:00:00", "2026-03-15T09:00:00")
    words = ("--from-audit", result, "--host", "web01", "--host-zone", "Europe/Madrid")
    assert "several release dates" in str(acme.refused(*acme.release(*words, db_date=None)))
    stated = stored_result(tmp_path / "utc", "2026-03-16T09:00:00+01:00")
    opened = acme.json(*acme.release("--from-audit", stated, "--host", "web01", db_date=None))
    assert opened["db_date"] == "2026-03-16T08:00:00.000000Z"


def test_the_tables_can_be_made_again(customer):
    acme = customer("msa-enterprise")
    acme.said(*acme.release(db_date="2026-03-15T08:00Z"))
    acme.at(1, "avdb", "retest", "1", "--db-date", "2026-03-16T08:00Z", "--latest-known-db", "2026-03-16T08:00Z")
    acme.at(2, "avdb", "step", "1", "1")
    assert acme.json("incident", "list")["incidents"][0]["avdb"] == "step1_processing"
