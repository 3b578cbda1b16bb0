"""The benchmark measures what it says, asks the peers the same questions, and never hides a disagreement."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from auditor.app.content import load_checks
from auditor.app.plugins import load_plugins
from benchmarks import __main__ as bench
from benchmarks import agreement, fleet, floors, peers, rules, suite, table
from benchmarks.measure import Case, CommandFailed, Sample, measure, ratio, run
from benchmarks.table import Goal

EXPORT = """Version=12.1.0.1297
[AppSettings]
UseKSN=Extended
MaxEventsNumber=500000
[MonitoringTask.item_0000]
TaskName=File_Threat_Protection
Active=Yes
[MonitoringTask.item_0000.Settings]
SizeLimit=0
ExcludeMasks.item_0000=*.log=old
[OnDemandTask.item_0000]
TaskName=Update
[OnDemandTask.item_0000.Schedule]
RuleType=4
[BackupTask]
TaskName=Backup
[BackupTask.Settings]
DaysToLive=90 days
"""


@pytest.fixture(scope="module")
def catalogue():
    return load_checks(load_plugins())


@pytest.fixture(scope="module")
def translated(catalogue):
    return rules.translate(catalogue.checks, catalogue.logical)


def python(code: str, **options: object) -> Case:
    return Case("case", (sys.executable, "-c", code), **options)


# the whole


def test_a_tiny_run_prints_every_row_and_the_peers_agree(capsys):
    assert bench.main(["--hosts", "30", "--devices", "120", "--date", "2026-01-31"]) == 0
    page = capsys.readouterr().out
    for variety in ("realistic", "shared", "unique"):
        for case in ("floor", "floor, two at once", "audit, 1 process", "audit, 2 processes", "audit and all reports"):
            assert f"\n| {variety}: {case} | " in page
    for variety in ("realistic", "shared"):
        assert f"\n| {variety}, 3: audit, 1 process | " in page
    for place in ("12 devices, one file", "120 devices, one file", "120 devices, 5 pages"):
        assert f"\n| {place}: floor | " in page
        assert f"\n| {place}: audit | " in page
    for engine in ("audit", "jsonschema-rs", "fastjsonschema", "jsonschema"):
        assert f"\n| the same rules: {engine} | " in page
    for command in (
        "python -c pass",
        "auditor --version",
        "auditor --help",
        "audit of one export without catalogue cache",
    ):
        assert f"\n| start: {command} | " in page
    assert "on 2026-01-31: " in page
    assert "All engines name the same failures: " in page
    assert " goals are met." in page


def test_a_disagreement_is_printed_and_is_an_error(capsys, monkeypatch):
    monkeypatch.setattr(bench, "gather", lambda _: {"audit": {"A-1": 3}, "jsonschema": {"A-1": 2}})
    monkeypatch.setattr(table, "goals", lambda _: [])
    monkeypatch.setattr(bench, "spare", lambda _: "")
    assert bench.main(["--hosts", "1"]) == 1
    printed = capsys.readouterr()
    assert "MISMATCH A-1: jsonschema counts 2 failures, the audit 3" in printed.err
    assert "**MISMATCH" in printed.out


@pytest.mark.parametrize("theirs", [{"A-1": 1}, {}, {"A-1": 2, "A-2": 0}])
def test_any_other_count_or_missing_rule_is_a_difference(theirs):
    assert len(agreement.differences({"audit": {"A-1": 2}, "peer": theirs})) == 1


def test_the_page_has_a_place_for_the_figures():
    page = bench.PAGE.read_text(encoding="utf-8")
    changed = table.replace_between(page, "NEW")
    assert "NEW" in changed
    assert changed.partition(table.BEGIN)[0] == page.partition(table.BEGIN)[0]
    assert changed.partition(table.END)[2] == page.partition(table.END)[2]
    with pytest.raises(ValueError, match="no <!--"):
        table.replace_between("a page without markers", "NEW")


# the same rules


def test_a_good_part_of_the_checks_is_translated(translated):
    assert len(translated.schemas) >= 40
    assert {"KESL-FTP-016", "KESL-GEN-003", "KESL-NTP-003", "KESL-FTP-001"} <= translated.schemas.keys()


def document_of(given: dict[str, dict[str, object]], numbers: set[rules.Place]) -> dict[str, object]:
    """The document for the peers from what an example of a check states."""
    document: dict[str, object] = {"app": {}, "net": {}, "task": {}, "state": {}, "schedule": {}}
    for area, values in given.items():
        name, _, task = area.partition(".")
        if task:
            document[name][task] = dict(values)
        else:
            document[name] = dict(values)
    peers.make_numbers(document, numbers)
    return document


def test_schemas_reject_exactly_what_the_checks_own_examples_fail(catalogue, translated):
    judged = set()
    for name, schema in translated.schemas.items():
        validator = jsonschema.Draft7Validator(schema)
        for example in catalogue.checks[name].examples:
            given = example.get("given", {})
            stated_elsewhere = any("State" in values for area, values in given.items() if area.startswith("state."))
            undocumented = example.get("reason") not in (None, "key_absent", "not_collected")
            if "params" in example or "logical" in example or stated_elsewhere or undocumented:
                continue
            if example["outcome"] == "unknown" and "reason" not in example:
                continue
            accepted = validator.is_valid(document_of(given, translated.numbers))
            assert accepted is (example["outcome"] != "fail"), (name, example)
            judged.add((name, example["outcome"]))
    assert {name for name, outcome in judged if outcome == "fail"} == translated.schemas.keys()
    assert len({name for name, outcome in judged if outcome == "pass"}) == len(translated.schemas)


def test_an_export_is_arranged_by_tasks_and_numbers_become_numbers():
    numbers = [("app", "MaxEventsNumber"), ("task", "Backup", "DaysToLive"), ("task", "Nothing", "Here")]
    document = peers.arrange(floors.parse_ini(EXPORT), numbers)
    assert document["app"] == {"UseKSN": "Extended", "MaxEventsNumber": 500000}
    assert document["net"] == {}
    assert document["task"] == {
        "File_Threat_Protection": {"SizeLimit": "0", "ExcludeMasks.item_0000": "*.log=old"},
        "Backup": {"DaysToLive": "90 days"},
    }
    assert document["state"]["File_Threat_Protection"]["Active"] == "Yes"
    assert document["schedule"] == {"Update": {"RuleType": "4"}}


@pytest.mark.parametrize("peer", peers.PEERS)
def test_peers_count_failing_exports(tmp_path, peer):
    schema = {"properties": {"app": {"properties": {"UseKSN": {"enum": ["Basic"]}}}}}
    stored = tmp_path / "rules.json"
    stored.write_text(json.dumps({"schemas": {"A-1": schema, "A-2": {}}, "numbers": []}))
    fleet_folder = tmp_path / "fleet"
    for name, text in (("a", EXPORT), ("b", EXPORT.replace("Extended", "Basic")), ("c", "Version=12\n")):
        (fleet_folder / name).mkdir(parents=True)
        (fleet_folder / name / "export.ini").write_text(text)
    assert peers.count(peer, stored, str(fleet_folder)) == {"A-1": 1, "A-2": 0}


# floors


def test_the_ini_floor_parses_every_section_and_value(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "export.ini").write_text(EXPORT)
    (tmp_path / "a.ini").write_text(EXPORT)
    assert list(floors.files_below(str(tmp_path))) == [str(tmp_path / "a.ini"), str(tmp_path / "b" / "export.ini")]
    assert floors.ini(str(tmp_path)) == (2 * 8, 2 * 11)


def test_two_floors_at_once_do_the_work_twice(tmp_path):
    (tmp_path / "a.ini").write_text(EXPORT)
    command = [sys.executable, floors.__file__, "ini", str(tmp_path), "2"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "8 11\n" * 2


@pytest.mark.parametrize("block", [64, 4_096, 1 << 20])
def test_the_device_floor_reads_rows_across_blocks(tmp_path, monkeypatch, block):
    monkeypatch.setattr(floors, "_BLOCK", block)
    fleet.write_ksc_hosts(tmp_path / "dump.json", 25)
    fleet.write_ksc_hosts(tmp_path / "pages", 25, pages=4)
    assert floors.ksc(str(tmp_path / "dump.json")) == (1, 25)
    assert floors.ksc(str(tmp_path / "pages")) == (4, 25)


# measuring


MEASURING = """
import json, os, sys
from pathlib import Path
from benchmarks.measure import Case, run
case = Case("code", (sys.executable, "-c", sys.argv[1]), tree=sys.argv[2] == "tree")
sample = run(case, os.environ, Path(sys.argv[3]))
print(json.dumps([sample.wall, sample.cpu, sample.peak]))
"""


def measured(code, folder, *, tree=False):
    """A sample taken from a small process: a command starts with the peak memory of whoever starts it."""
    command = [sys.executable, "-c", MEASURING, code, "tree" if tree else "one", str(folder)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    return Sample(*json.loads(done.stdout))


def test_a_run_tells_wall_and_cpu_time_and_memory(tmp_path):
    busy = measured("n = 0\nfor i in range(2_000_000): n += i", tmp_path)
    idle = measured("import time; time.sleep(0.5)", tmp_path)
    large = measured("b'x' * 300_000_000", tmp_path)
    assert busy.cpu > 0.05
    assert idle.wall >= 0.5
    assert idle.cpu < 0.25
    assert idle.peak < 290 < large.peak
    assert list(tmp_path.iterdir()) == []


def test_memory_of_all_processes_is_added_up(tmp_path):
    code = "import os, time; os.fork(); held = bytearray(b'x') * 200_000_000; time.sleep(1)"
    assert measured(code, tmp_path, tree=True).peak > 390
    assert measured(code, tmp_path).peak < 390


def test_a_command_that_fails_gives_no_figure(tmp_path):
    with pytest.raises(CommandFailed, match=r"exit code 3 of .*\nno such thing"):
        run(python("import sys; sys.exit(sys.stderr.write('no such thing') and 3)"), os.environ, tmp_path)
    assert run(python("raise SystemExit(3)", accepted=(0, 3)), os.environ, tmp_path).wall > 0


def test_cases_run_in_turn(tmp_path):
    log = tmp_path / "log"
    cases = [Case(name, (sys.executable, "-c", f"open({str(log)!r}, 'a').write({name!r})")) for name in ("a", "b")]
    samples = measure(cases, 2, os.environ, tmp_path)
    assert log.read_text() == "abab"
    assert {name: len(taken) for name, taken in samples.items()} == {"a": 2, "b": 2}


def test_ratios_are_taken_within_rounds():
    ours = [Sample(2, 2, 0), Sample(30, 30, 0), Sample(4, 4, 0)]
    base = [Sample(1, 1, 0), Sample(10, 10, 0), Sample(4, 8, 0)]
    assert ratio(ours, base, "wall") == 2
    assert ratio(ours, base, "cpu") == 2
    assert ratio(ours[1:], base[1:], "cpu") == pytest.approx(1.75)


# goals


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal("speed", 1.5, 1.5), "| speed | at most 1.5x | 1.50x | met |"),
        (Goal("speed", 1.51, 1.5), "| speed | at most 1.5x | 1.51x | **not met** |"),
        (Goal("memory", 151, 150, "MB"), "| memory | at most 150 MB | 151 MB | **not met** |"),
        (Goal("processes", 1.69, 1.7, at_most=False), "| processes | at least 1.7x | 1.69x | **not met** |"),
        (Goal("processes", 1.7, 1.7, at_most=False), "| processes | at least 1.7x | 1.70x | met |"),
        (Goal("growth", math.nan, 1.05, ""), "| growth | at most 1.05 | - | too little work to tell |"),
        (Goal("processes", 9.0, 1.7, at_most=False, doubt="busy"), "| processes | at least 1.7x | 9.00x | busy |"),
    ],
)
def test_goals_are_judged_by_the_figure_that_is_shown(goal, words):
    assert goal.row() == words
    assert goal.met is words.endswith("| met |")


@pytest.mark.parametrize(("both", "judged"), [(1.2, True), (1.3, False)])
def test_two_processes_are_not_judged_where_the_machine_has_no_second_core(tmp_path, both, judged):
    run_ = suite.Run(suite.QUICK, tmp_path)
    run_.samples = {f"shared: {suite.TWICE}": [Sample(both, 2, 1)], "shared: floor": [Sample(1, 1, 1)]}
    assert (table.busy(run_, "shared") == "") is judged


def test_nothing_of_the_tool_is_loaded_into_the_harness(tmp_path):
    code = (
        "import sys, benchmarks.__main__; raise SystemExit(any(n.partition('.')[0] == 'auditor' for n in sys.modules))"
    )
    root = Path(bench.__file__).parent.parent
    assert run(python(code), dict(os.environ) | {"PYTHONPATH": str(root)}, tmp_path).wall > 0
