"""Which device a path suggests."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.intake.hosts import host_of

WEB01 = [
    "web01/export.ini",
    "web01.ini",
    "web01.txt",
    "web01_export.ini",
    "web01-app-info.txt",
    "web01.kesl.export.ini",
    "export_web01.ini",
    "kesl-web01.ini",
    "acme/web01/kesl/kesl.ini",
    "acme/web01/KESL/settings/appset.txt",
    "web01/kaspersky/KESL/expset.txt",
    "web01/kaspersky/KESL/taskset1.txt",
    "web01/kaspersky/KESL/taskset.all.txt",
    "web01/exported_settings.ini",
    "web01/netset.txt",
    "web01/tasklist.txt",
    "web01/license.txt",
    "web01/task_1_File_Threat_Protection.ini",
    "web01/schedule_6_Update.ini",
    "web01/File_Threat_Protection.ini",
    "acme/web01_task_1_File_Threat_Protection.ini",
    "acme/web01_schedule_6_Update.ini",
    "acme/web01-task-list.txt",
    "web01_2026-03-01.ini",
    "web01/export_2026-03-01.ini",
    "web01_export_20260301.ini",
    "web01-export (2).ini",
    "web01.zip/export.ini",
    "acme.zip/kesl/web01.ini",
    "web01/kesl.tar.gz/export.ini",
    "web01-collect.tar.gz/kaspersky/KESL/expset.txt",
    "web01-collect.tar.gz/any/db07/export.ini",
    "web01-collect/kaspersky/KESL/expset.txt",
    "web01.export.ini.gz/web01.export.ini",
]


@pytest.mark.parametrize("path", WEB01)
def test_all_of_these_are_web01(path):
    assert host_of(path.split("/")) == "web01"


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("acme/a.ini", "a"),
        ("acme/b.ini", "b"),
        ("kesl/export.ini", "kesl"),
        ("acme/settings/kesl/export.ini", "acme"),
        ("export.ini", "export"),
        ("web01.acme.example.ini", "web01.acme.example"),
        ("web01.acme.example_export.ini", "web01.acme.example"),
        ("192.0.2.10/export.ini", "192.0.2.10"),
        ("192.0.2.10_export.ini", "192.0.2.10"),
        ("license-server.ini", "license-server"),
        ("update-srv.ini", "update-srv"),
        ("db-backup01.ini", "db-backup01"),
        ("srv-2024.ini", "srv-2024"),
        ("SRV-WEB01/export.ini", "SRV-WEB01"),
        ("web01/db01.ini", "db01"),
        ("ksc01/HostGroup.GetStaticInfo.json", "ksc01"),
        ("ksc01/ksc_openapi/HostGroup.SS_Read.87.json", "ksc01"),
        ("acme/ksc/Policy.GetPolicyContents.1.json", "acme"),
        ("acme/Web01.Acme.json", "Web01.Acme"),
    ],
)
def test_other_names(path, host):
    assert host_of(path.split("/")) == host


def test_the_archive_may_be_given_apart():
    assert host_of(["kaspersky", "KESL", "expset.txt"], "in/web01-collect.tar.gz") == "web01"
    assert host_of(["export.ini"], "acme.zip!web01.zip") == "web01"


PIECES = [*"abz019._- ()", "export", "kesl", "task_1_", "settings", ".ini", "-collect", "2026-03-01"]
PART = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)
HOST = st.from_regex(r"(web|db|srv)[a-z]{0,4}[0-9]{1,3}(\.acme\.example)?", fullmatch=True)


@given(st.lists(PART, min_size=1, max_size=5))
def test_the_host_is_always_a_piece_of_the_path(parts):
    host = host_of(parts)
    assert host
    assert any(host in part for part in parts)


@given(st.lists(st.text(min_size=1, max_size=40), max_size=4))
def test_any_path_has_a_host(parts):
    assert host_of(parts)


@given(HOST)
def test_folder_and_file_name_agree(host):
    forms = (
        f"{host}/export.ini",
        f"{host}.ini",
        f"{host}_export.ini",
        f"{host}-collect.tar.gz/kaspersky/KESL/appset.txt",
    )
    assert {host_of(form.split("/")) for form in forms} == {host}


@given(HOST, HOST, st.sampled_from(["{}.ini", "{}_export.ini", "{}/export.ini", "{}-app-info.txt"]))
def test_two_exports_side_by_side_are_two_hosts(first, second, form):
    hosts = {host_of(["acme", *form.format(host).split("/")]) for host in (first, second)}
    assert hosts == {first, second}


@pytest.mark.parametrize(
    "word", ["export-", "a.task_1", "_", "kesl ", "task_settings_", "a" + " " * 200, "(1)", "2026-01-01"]
)
def test_long_names_take_no_longer(word):
    started = time.perf_counter()
    host_of(["acme", word * 2000 + "!"])
    host_of(["acme", (word * 200)[:250] + "!"])
    assert time.perf_counter() - started < 0.5
