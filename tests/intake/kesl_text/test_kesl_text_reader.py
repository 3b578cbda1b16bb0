# ruff: noqa: RUF001 - Russian output is data
from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import ExportError, UnreadableExport
from auditor.intake.kesl import labels
from auditor.intake.kesl.text import KeslTextReader, read_date
from auditor.model.snapshot import Part

READER = KeslTextReader()

ENGLISH = """\
Name:                            Kaspersky Endpoint Security 12.3 for Linux
Version:                         12.3.0.1162
Policy:                          Not applied
License information:             The key is valid
License expiration date:         2027-07-09
Last release date of databases:  2026-02-28 12:58:00
Application databases loaded:    Yes
Anti-Cryptor:                    Available and stopped
Quantum state:                   a: b
"""
RUSSIAN_11 = """\
Название: Kaspersky Endpoint Security 11.4 для Linux
Версия: 11.4.0.1096
Политика: Не применена
Дата окончания срока действия лицензии: 09.07.2027
Дата последнего выпуска баз программы: 28.02.2026 12:58
Базы программы загружены: Нет
"""
RUSSIAN_12 = """\
Название: Kaspersky Industrial CyberSecurity for Linux Nodes 2.0
Версия: 2.0.0.1200
Дата последнего выпуска баз приложения: 2026-02-28 12:58:00
Базы приложения загружены: Да
"""
TASKS = """\
Name: File_Threat_Protection
    ID    : 1
    Type  : OAS
    State : Started

Name: Nightly_Web_Scan
    ID    : 100
    Type  : ODS
    State : Stopped
"""
LICENCE = """\
Active key information:
    Expiration date : 2026-03-20, 00:00:00 UTC
    Key status      : Valid
    Active key      : 1B2C-160203-0A1B2C3D

Reserve key information:
    Expiration date : 2028-03-20, 00:00:00 UTC
    Reserve key     : 9F9F-160203-99887766
"""


def test_english_application_info(run):
    out = run(READER, "kesl/web01/app-info.txt", ENGLISH)
    assert out.format_id == "kesl.app-info"
    (part,) = out.parts
    ref = part.subject
    assert (ref.kind, ref.key, ref.product, ref.version) == ("kesl.host", "web01", "kesl", "12.3.0.1162")
    assert out.area("info") == {
        "ProductName": "Kaspersky Endpoint Security 12.3 for Linux",
        "Version": "12.3.0.1162",
        "Policy": "Not applied",
        "LicenseInformation": "The key is valid",
        "LicenseExpirationDate": "2027-07-09",
        "DatabasesDate": "2026-02-28T12:58:00",
        "DatabasesLoaded": "Yes",
        "Anti_Cryptor": "Available and stopped",
        "Quantum state": "a: b",
    }
    assert part.settings.locate(("DatabasesLoaded",)) == 6
    assert any("unknown label" in note and "Quantum state" in note for note in out.notes)


def test_older_english_wording_of_the_databases(run):
    out = run(READER, "web01/app-info.txt", ENGLISH.replace("Application databases", "Anti-virus databases"))
    assert out.area("info")["DatabasesLoaded"] == "Yes"


def test_russian_11_wording(run):
    out = run(READER, "db01/appinfo.txt", RUSSIAN_11)
    info = out.area("info")
    assert info["DatabasesLoaded"] == "No"
    assert info["LicenseExpirationDate"] == "2027-07-09"
    assert info["DatabasesDate"] == "2026-02-28T12:58:00"
    assert info["Policy"] == "Не применена"
    assert out.parts[0].subject.version == "11.4.0.1096"


def test_russian_12_wording_and_the_product_by_its_name(run):
    out = run(READER, "kesl/plc7/info.txt", RUSSIAN_12)
    assert out.area("info")["DatabasesLoaded"] == "Yes"
    assert out.parts[0].subject.product == "kics-linux"


@pytest.mark.parametrize(
    ("path", "product"),
    [
        ("a-collect.tar.gz!kaspersky/KESS/tasklist.txt", "kess-linux"),
        ("a-collect.tar.gz!kaspersky/KICS/tasklist.txt", "kics-linux"),
        ("web01/task-list.txt", "kesl"),
    ],
)
def test_the_folder_names_the_product_where_the_output_does_not(run, path, product):
    assert {part.subject.product for part in run(READER, path, TASKS).parts} == {product}


@pytest.mark.parametrize(
    ("path", "product", "version"),
    [("web01/app-info.txt", "kesl", ""), ("kess/web01/app-info.txt", "kess-linux", "3.3.0.145")],
)
def test_a_version_that_the_product_never_had_is_not_compared_with_its_versions(run, path, product, version):
    text = "Version: 3.3.0.145\nAnti-virus databases loaded: Yes\nPolicy: Applied\n"
    ref = run(READER, path, text).parts[0].subject
    assert (ref.product, ref.version) == (product, version)


def test_task_list(run):
    out = run(READER, "kesl/web01/task-list.txt", TASKS)
    assert out.format_id == "kesl.task-list"
    first, second = out.parts
    assert first.settings.area == "state.File_Threat_Protection"
    assert first.settings.values["State"] == "Started"
    assert first.settings.values["TaskId"] == "1"
    assert first.settings.locate(("State",)) == 3
    assert (second.subject.kind, second.subject.key) == ("kesl.task", "web01/Nightly_Web_Scan")
    assert second.settings.area == "state"
    assert second.settings.values["State"] == "Stopped"


def test_russian_task_list_keeps_inferred_words_beside_the_raw_ones(run):
    text = "Имя: Update\n  Идентификатор : 6\n  Состояние : Остановлена\n"
    values = run(READER, "web01/task-list.txt", text).area("state.Update")
    assert values == {"TaskName": "Update", "TaskId": "6", "State": "Stopped", "Состояние": "Остановлена"}


def test_an_unknown_state_stays_as_printed(run):
    values = run(READER, "web01/task-list.txt", "Name: Update\nID: 6\nState: Dreaming\n").area("state.Update")
    assert values["State"] == "Dreaming"


@pytest.mark.parametrize(("line", "state"), [("State: Started", "Started"), ("Состояние: Запущена", "Started")])
def test_task_state_takes_the_task_from_the_file_name(run, line, state):
    out = run(READER, "kesl/web01/task-state_Anti_Cryptor.txt", line + "\n")
    assert out.format_id == "kesl.task-state"
    assert out.area("state.Anti_Cryptor")["State"] == state
    assert out.parts[0].subject.key == "web01"


def test_a_state_without_a_task_is_refused_with_advice(source):
    with pytest.raises(UnreadableExport, match="not of which") as caught:
        list(READER.read(source("web01/state.txt", "State: Started\n"), "kesl.task-state"))
    assert "task-state_<Name>.txt" in caught.value.hint


def test_licence_keeps_the_active_and_the_reserve_key_apart(run):
    values = run(READER, "kesl/web01/licence.txt", LICENCE).area("licence")
    assert values["ExpirationDate"] == "2026-03-20T00:00:00Z"
    assert values["Status"] == "Valid"
    assert values["ActiveKeyPresent"] == "Yes"
    reserve = values["Reserve"]
    assert reserve["ExpirationDate"] == "2028-03-20T00:00:00Z"
    assert reserve["ReserveKeyPresent"] == "Yes"


def test_words_instead_of_a_serial_show_no_key(run):
    text = LICENCE.replace("9F9F-160203-99887766", "not added").replace("1B2C-160203-0A1B2C3D", "No")
    values = run(READER, "kesl/web01/licence.txt", text).area("licence")
    assert "ActiveKeyPresent" not in values
    assert "ReserveKeyPresent" not in values["Reserve"]


def test_secrets_never_leave(run):
    text = ENGLISH + "Proxy: joe:Winter-2026@proxy.acme.example:3128\nUpdate password: Winter-2026\n"
    out = run(READER, "kesl/web01/app-info.txt", text)
    assert "Winter" not in repr([part.settings.values for part in out.parts]) + repr(out.notes)
    assert "proxy.acme.example:3128" in out.area("info")["Proxy"]


def test_licence_serials_are_cut(run):
    shown = repr(run(READER, "kesl/web01/licence.txt", LICENCE).items)
    assert "0A1B" not in shown
    assert "99887766" not in shown
    assert "***2C3D" in shown


def test_a_reserve_key_alone_is_never_taken_for_the_active_one(run):
    text = "Key status: Valid\nReserve key:\n  Expiration date: 2030-01-01\n  License type: Commercial\n"
    values = run(READER, "kesl/web01/licence.txt", text).area("licence")
    assert "ExpirationDate" not in values
    assert "ActiveKeyPresent" not in values
    assert values["Reserve"]["ExpirationDate"] == "2030-01-01"


def test_values_below_an_unknown_heading_do_not_reach_the_checks(run):
    text = "Key status: Valid\nClé de secours :\n  Expiration date: 2030-01-01\n"
    out = run(READER, "kesl/web01/licence.txt", text)
    values = out.area("licence")
    assert "ExpirationDate" not in values
    assert values["Clé de secours"]["ExpirationDate"] == "2030-01-01"


def test_contradicting_lines_are_both_shown_and_decide_nothing(run):
    text = ENGLISH + "Application databases loaded: No\n"
    assert run(READER, "web01/app-info.txt", text).area("info")["DatabasesLoaded"] == ["Yes", "No"]


def test_a_repeated_line_is_counted(run):
    out = run(READER, "web01/app-info.txt", ENGLISH + "Application databases loaded: Yes\n")
    assert out.area("info")["DatabasesLoaded"] == "Yes"
    assert any(note.startswith("1 line(s) repeat") for note in out.notes)


def test_another_language_is_kept_verbatim_by_its_name(run):
    text = "Nom : Kaspersky Endpoint Security 12.1 pour Linux\nBases chargées : Oui\n"
    out = run(READER, "web01/app-info.txt", text)
    assert out.format_id == "kesl.app-info"
    assert out.area("info") == {"Nom": "Kaspersky Endpoint Security 12.1 pour Linux", "Bases chargées": "Oui"}
    assert out.parts[0].subject.version == ""


def test_the_agent_number_is_shown_and_not_decoded(run):
    out = run(READER, "h-collect.tar.gz!kaspersky/klnagent_kscver.txt", "786434\n")
    assert out.parts == []
    assert "786434" in out.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Name: web01\nVersion: 3.2\n",
        "[AppSettings]\nUseKSN=No\n",
        '{"Application databases loaded": "Yes"}',
        "name: build\nid: 7\nsteps: []\n",
        "State: California\n",
        "Expiration date: 2026-01-01\nLicense type: MIT\n",
        "RuleType=Hourly\nStartTime=2024/January/25 23:05:00;10\n",
    ],
)
def test_other_texts_are_not_recognised(source, text):
    assert READER.recognise(source("web01/notes.txt", text)) == ""


def test_crlf_and_utf16_are_the_same_output(run):
    plain = run(READER, "web01/app-info.txt", ENGLISH).area("info")
    assert run(READER, "web01/app-info.txt", ENGLISH.replace("\n", "\r\n")).area("info") == plain
    assert run(READER, "web01/app-info.txt", ENGLISH.encode("utf-16")).area("info") == plain


@pytest.mark.parametrize(
    ("text", "lang", "read"),
    [
        ("2026-02-28", "en", "2026-02-28"),
        ("2026-02-28T10:00:00Z", "en", "2026-02-28T10:00:00Z"),
        ("2026-02-28 10:00:00", "en", "2026-02-28T10:00:00"),
        ("2026-02-28, 10:00:00 UTC", "ru", "2026-02-28T10:00:00Z"),
        ("28.02.2026", "ru", "2026-02-28"),
        ("28.02.2026, 10:00:05", "ru", "2026-02-28T10:00:05"),
        ("28.02.2026", "en", "28.02.2026"),
        ("02/03/2026", "en", "02/03/2026"),
        ("32.13.2026", "ru", "32.13.2026"),
        ("28.02.26", "ru", "28.02.26"),
        ("Never run", "en", "Never run"),
    ],
)
def test_only_unambiguous_dates_are_rewritten(text, lang, read):
    assert read_date(text, lang) == read


@pytest.mark.parametrize("table", [labels.APP_INFO, labels.TASKS, labels.LICENCE, labels.STATUS])
def test_every_label_is_graded_and_of_a_known_kind(table):
    for label in table.values():
        assert label.grade in {"seen", "documented", "inferred"}
        assert label.kind in {"text", "yesno", "date", "state", "serial"}
        assert label.lang in {"en", "ru"}


@pytest.mark.parametrize("words", [labels.YES_NO, {key: word for key, (word, _) in labels.STATES.items()}])
def test_no_word_means_two_things(words):
    assert all(key == key.casefold() for key in words)
    assert {"yes": "Yes", "no": "No"}.items() <= words.items() or words["stopped"] == "Stopped"


# hypothesis: nothing crashes, nothing disappears

_WORDS = st.sampled_from(
    [label for table in (labels.APP_INFO, labels.TASKS, labels.LICENCE) for label in table]
    + ["active key information", "Reserve key information", "odd label", "", "\tx"]
)
_VALUES = st.one_of(
    st.sampled_from(["Yes", "Да", "Started", "Остановлена", "1", "Update", "2026-01-01", "01.02.2026", "", "a:b"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12),
)
_LINES = st.lists(st.tuples(_WORDS, st.sampled_from([":", " : ", ""]), _VALUES).map("".join), max_size=25)


@given(_LINES, st.sampled_from(KeslTextReader.formats[:4]))
def test_no_line_is_lost(source, lines, format_id):
    text = "\n".join(lines)
    made = source("kesl/web01/task-state_Update.txt", text)
    items = list(READER.read(made, format_id))
    meant = [line for line in text.split("\n") if line.strip()]
    stated = sum(_count(item.settings.values) for item in items if isinstance(item, Part))
    counted = sum(int(found[0]) for item in items if isinstance(item, str) and (found := re.match(r"\d+", item)))
    assert stated + counted >= len(meant)


def _count(values):
    return sum(_count(v) if isinstance(v, dict) else len(v) if isinstance(v, list) else 1 for v in values.values())


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)), st.sampled_from(["a.txt", "appinfo.txt"])
)
def test_only_export_errors_come_out_of_rubbish(source, data, name):
    made = source(f"kesl/web01/{name}", data)
    format_id = READER.recognise(made)
    for chosen in {format_id, *KeslTextReader.formats} - {""}:
        with contextlib.suppress(ExportError):
            assert all(isinstance(item, Part | str) for item in READER.read(made, chosen))
