"""Each documented exit code, and what leads to it."""

from __future__ import annotations

import os

import pytest

KSN = "expect: {setting: app.UseKSN, is: yes}"
TAIL = "[BackupTask]\nTaskName=Backup\n[BackupTask.Settings]\nDaysToLive=90\n"
GOOD = "[AppSettings]\nUseKSN=Yes\n" + TAIL
BAD = "[AppSettings]\nUseKSN=No\n" + TAIL
ONE = {"web01__export.ini": BAD}


def test_0_nothing_is_wrong(auditor, content, exports):
    run = auditor("audit", exports(**{"web01__export.ini": GOOD}), *content(("T-A-001", "critical", KSN)))
    assert run.code == 0
    assert run.result["summary"]["complete"] is True
    assert run.outcomes() == {("T-A-001", "kesl.host", "web01"): "pass"}


def test_10_and_0_by_severity(auditor, content, exports):
    folder, options = exports(**ONE), content(("T-A-001", "medium", KSN))
    codes = {level: auditor("audit", folder, *options, "--fail-on", level).code
             for level in ("critical", "high", "medium", "low", "info", "never")}  # fmt: skip
    assert codes == {"critical": 0, "high": 0, "medium": 10, "low": 10, "info": 10, "never": 0}
    assert auditor("audit", folder, *options).code == 0  # the default is high


@pytest.mark.parametrize(
    "wrong",
    [("audit",), ("audit", "nowhere"), ("nothing",), ("audit", ".", "--as-of", "yesterday"),
     ("audit", ".", "--format", "x"), ("audit", ".", "--baseline", "x"), ("audit", ".", "--limit", "x"),
     ("audit", ".", "--jobs", "-1")],
    ids=" ".join,
)  # fmt: skip
def test_2_wrong_usage(auditor, exports, monkeypatch, wrong):
    monkeypatch.chdir(exports(**ONE))
    run = auditor(*wrong)
    assert run.code == 2
    assert run.err.strip()


def test_every_written_file_is_named(auditor, content, exports):
    folder = exports(**{f"web{number:03}__export.ini": GOOD for number in range(201)})
    run = auditor("audit", folder, *content(("T-A-001", "high", KSN)))
    assert {"verdicts.ndjson", "inputs.ndjson"} < run.files().keys()
    assert [name for name in run.files() if f"/{name}" not in run.out.partition("Files")[2]] == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("report", "RESULT", "--format", "json"), "json is the stored result itself"),
        (("report", "RESULT", "--templates", "RESULT"), "no template set"),
        (("checks", "list", "--product", "klingon"), "no check is for product 'klingon'"),
    ],
)
def test_2_nothing_is_done_in_silence(auditor, content, exports, wrong, words):
    folder = auditor("audit", exports(**ONE), *content(("T-A-001", "high", KSN))).folder
    run = auditor(*(folder if word == "RESULT" else word for word in wrong))
    assert run.code == 2
    assert words in run.err


def test_3_wrong_content(auditor, content, exports, tmp_path):
    folder = exports(**ONE)
    run = auditor("audit", folder, *content(("T-A-001", "high", "expect: {setting: app.UseKSN, isnt: yes}")))
    assert run.code == 3
    assert "T-A-001" in run.err
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("waivers:\n  - {check: NO-SUCH-001}\n")
    assert auditor("audit", folder, *content(("T-A-001", "high", KSN)), "--waivers", waivers).code == 3
    assert "waivers.yaml" in auditor("audit", folder, "--waivers", waivers).err


def test_3_a_folder_that_cannot_be_made_is_told_in_one_line(auditor, content, exports, tmp_path):
    (tmp_path / "file").write_text("no folder")
    options = content(("T-A-001", "critical", KSN))
    run = auditor("audit", exports(**{"web01__export.ini": GOOD}), *options, "--out", tmp_path / "file" / "report")
    assert run.code == 3
    assert run.err.splitlines() == [
        f"auditor: {tmp_path}/file/report: Not a directory (may you read and write there, and is there room?)"
    ]


def test_4_for_an_input_that_the_system_does_not_hand_out(auditor, content, exports, monkeypatch):
    folder = exports(**{"web01__export.ini": GOOD, "web02__export.ini": GOOD})
    opened = os.open

    def refuse(path, *rest, **more):
        if "web02" in str(path):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr("auditor.intake.sources.os.open", refuse)
    run = auditor("audit", folder, *content(("T-A-001", "critical", KSN)))
    assert run.code == 4
    assert "web02/export.ini: it cannot be opened: Permission denied" in " ".join(run.out.split())


@pytest.mark.parametrize(
    ("files", "because"),
    [
        ({}, "nothing could be decided"),
        ({"web01__photo.jpg": "no export"}, "nothing could be decided"),
        ({"web01__export.ini": ""}, "nothing could be decided"),
        ({"web01__export.ini": "[AppSettings]\nOther=1\n" + TAIL}, "nothing could be decided"),
        ({"web01__export.ini": GOOD, "db01__export.ini": "[AppSettings]\nUse"}, "1 input could be read only in part"),
    ],
)
def test_4_a_complete_run_was_impossible(auditor, content, exports, files, because):
    run = auditor("audit", exports(**files), *content(("T-A-001", "critical", KSN)))
    assert run.code == 4
    assert any(because in reason for reason in run.result["summary"]["incomplete_because"])
    assert "impossible" in run.out


def test_4_for_a_mandatory_check_without_answer(auditor, content, exports):
    files = {"web01__export.ini": GOOD, "db01__export.ini": "[AppSettings]\nOther=1\n" + TAIL}
    checks = (("T-A-001", "critical", KSN),)
    assert auditor("audit", exports(**files), *content(*checks)).code == 0
    assert auditor("audit", exports(**files), *content(*checks, mandatory=True)).code == 4


def test_4_for_a_check_that_crashed_and_the_others_went_on(auditor, content, exports):
    crash = ("T-B-001", "low", "python: tests.engine.bodies:crashes")
    run = auditor("audit", exports(**{"web01__export.ini": GOOD}), *content(("T-A-001", "high", KSN), crash))
    assert run.code == 4
    assert {check: outcome for (check, _, _), outcome in run.outcomes().items()} == {
        "T-A-001": "pass", "T-B-001": "error"
    }  # fmt: skip
    for name in ("result.json", "checklist.csv", "report.html"):
        assert b"T-B-001" in run.files()[name], name


def test_an_empty_folder_is_no_clean_bill(auditor, exports):
    run = auditor("audit", exports())
    assert run.code == 4
    summary = run.result["summary"]
    assert (summary["decided"], summary["complete"]) == (0, False)
    assert set(run.outcomes().values()) == {"unknown", "manual"}


WAIVER = """\
waivers:
  - {check: T-A-001, subjects: ["web*"], reason: Accepted by the owner, approver: A person, expires: "2026-03-31"}
"""


@pytest.mark.parametrize(("day", "code"), [("2026-03-01", 0), ("2026-03-31", 0), ("2026-04-01", 10)])
def test_a_waiver_holds_to_its_last_day(auditor, content, exports, tmp_path, day, code):  # noqa: PLR0917
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(WAIVER)
    options = (*content(("T-A-001", "high", KSN)), "--waivers", waivers, "--as-of", day)
    run = auditor("audit", exports(**ONE), *options)
    assert run.code == code
    [verdict] = run.lines("verdicts")
    assert verdict["outcome"] == "fail"
    assert ("waived" in verdict) is (code == 0)
    assert ("waiver_expired" in verdict) is (code == 10)
    [row] = run.result["waivers"]
    assert row["matched"] == 1
    assert row["state"] == ("expired" if code else "expiring")


def test_a_waiver_covers_its_subjects_only(auditor, content, exports, tmp_path):
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(WAIVER)
    files = {"web01__export.ini": BAD, "db01__export.ini": BAD}
    options = (*content(("T-A-001", "high", KSN)), "--waivers", waivers, "--as-of", "2026-03-01")
    run = auditor("audit", exports(**files), *options)
    assert run.code == 10
    assert {v["subject"]["key"]: "waived" in v for v in run.lines("verdicts")} == {"web01": True, "db01": False}
