"""The day as a TAM holds it: exports come in, the window opens, an interruption costs nothing, the window closes."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from auditor.app.engagements.workplace import Workplace
from auditor.store.report_queries import ReportQueries
from tests.engagement.test_engagement_cli import AGREE, auditor  # noqa: F401  # a fixture
from tests.store.world import problems

ROOT = Path(__file__).parents[2]
DAY = "2026-12-09"


@pytest.fixture
def agreed(auditor, location, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("AUDITOR_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    auditor("request", "madrid")
    for side in ("customer", "kaspersky"):
        auditor("agree", "HC-0001", *AGREE, "--side", side, "--day", DAY)
    return auditor


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    for source in sorted((ROOT / "examples" / "acme" / "kesl").rglob("*"))[:6]:
        if source.is_file():
            (folder / source.name).write_bytes(source.read_bytes())
    assert any(folder.iterdir())
    return folder


def at(clock, *moment):
    clock.at = datetime(*moment, tzinfo=UTC)


def test_every_file_is_recorded_by_its_hash(agreed, exports, scene):
    said = agreed("receive", "HC-0001", str(exports))
    assert "Nothing of ksc came in" in said
    with scene.reading() as reading:
        [event] = [one for one in reading.events("engagement", "HC-0001") if one.type == "received"]
        manifest = orjson.loads(ReportQueries(reading).content(event.payload["manifest"]))
    wanted = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in exports.iterdir()}
    assert {one["path"].rpartition("/")[2]: one["sha256"] for one in manifest["files"]} == wanted
    assert event.payload["complete"] is False
    assert event.payload["absent_products"] == ["ksc"]
    assert problems(scene) == []


def test_the_window_is_the_open_time_of_the_day(agreed, exports, clock):
    agreed("receive", "HC-0001", str(exports))
    at(clock, 2026, 12, 9, 7, 59)  # 08:59 in Madrid
    agreed("start", "HC-0001", error="from 09:00 to 18:00")
    at(clock, 2026, 12, 9, 17, 0)  # 18:00
    agreed("start", "HC-0001", error="--rule window --by PERSON --reason")  # the whole command, as other rules say it
    agreed("override", "HC-0001", "--rule", "window", "--by", "the duty manager", "--reason", "the server was down")
    assert "verdicts decided" in agreed("start", "HC-0001")


def test_time_used_and_left_and_what_needs_a_person(agreed, exports, clock, location):
    agreed("receive", "HC-0001", str(exports))
    at(clock, 2026, 12, 9, 8, 0)
    agreed("start", "HC-0001")
    at(clock, 2026, 12, 9, 10, 30)
    found = json.loads(agreed("status", "HC-0001", "--format", "json"))
    assert (found["state"], found["used_seconds"], found["left_seconds"]) == ("in_progress", 9000.0, 23400.0)
    result = json.loads((Workplace("HC-0001", location).out / "result.json").read_text(encoding="utf-8"))
    assert result["run"]["self_audit"] is False
    assert found["questions"] == result["summary"]["verdicts"]["manual"] > 0
    assert "6 h 30 min" in agreed("status", "HC-0001")


def test_work_that_meets_the_end_of_the_window_is_not_continued(agreed, exports, clock, scene, monkeypatch):
    agreed("receive", "HC-0001", str(exports))
    at(clock, 2026, 12, 9, 16, 59)
    monkeypatch.setattr("auditor.app.engagements.day.check_window", _closing(clock))
    agreed("start", "HC-0001", error="from 09:00 to 18:00")
    with scene.reading() as reading:
        last = reading.events("engagement", "HC-0001")[-1]
    assert (last.type, last.payload["unfinished"]) == ("stopped", ["the audit of the exports"])


def _closing(clock):
    """The window is checked as always, but the clock moves on a minute each time."""
    from auditor.app.engagements.day import check_window

    def check(found, window, instant):
        check_window(found, window, max(instant, clock.at))
        clock.advance(minutes=1)

    return check


def test_nothing_is_received_or_started_without_agreement(auditor, exports):  # noqa: F811
    auditor("request", "madrid")
    auditor("receive", "HC-0001", str(exports), error="it is requested")
    auditor("start", "HC-0001", error="no exports were received")


def test_an_empty_folder_is_refused(agreed, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    agreed("receive", "HC-0001", str(empty), error="holds no file")
