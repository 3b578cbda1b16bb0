"""A broken plugin is a named failure; everything else goes on, and the run says that it is not complete."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.xdist_group("packaging")

SICK = "broken,a_misspelt,failing"
CLASHING = "twin, html"


@pytest.fixture
def export(crowded, tmp_path):
    path = tmp_path / "north-gate.txt"
    path.write_text("ACME-DOORS 1\ncontroller: north-gate\nunlock_seconds: 4\n", encoding="utf-8")
    return path


def audit(crowded, export, disabled, *arguments):
    out = export.parent / "out"
    done = crowded.auditor("audit", export, "--out", out, *arguments, AUDITOR_DISABLED_PLUGINS=disabled)
    path = out / "result.json"
    return done, json.loads(path.read_bytes()) if path.exists() else None


def test_failures_are_listed_by_name_and_the_rest_is_loaded(crowded):
    done = crowded.auditor("plugins", "list", AUDITOR_DISABLED_PLUGINS=CLASHING)
    assert done.returncode == 3
    assert "loaded  acme-auditor-plugin 1.2.0" in done.stdout
    assert "failed  broken (broken-plugin 0.3.1): ModuleNotFoundError" in done.stderr
    assert "failed  a_misspelt (a_misspelt-plugin 0.3.1): PluginValidationError" in done.stderr
    assert "auditor_chekcs" in done.stderr


def test_audit_goes_on_and_is_marked_incomplete(crowded, export):
    done, result = audit(crowded, export, CLASHING, "--format", "acme-list")
    assert done.returncode == 4, done.stderr
    failed = {failure["name"].split()[0] for failure in result["run"]["plugin_failures"]}
    assert failed == {"broken", "a_misspelt", "failing-plugin"}
    because = " ".join(result["summary"]["incomplete_because"])
    assert all(name in because for name in failed)
    assert result["inputs"][0]["status"] == "read"
    assert "ACME-DOOR-001" in {verdict["check_id"] for verdict in result["verdicts"]}
    assert (export.parent / "out" / "acme-list.md").is_file()


def test_disabled_plugins_do_not_fail(crowded, export):
    done, result = audit(crowded, export, f"{SICK},{CLASHING}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert result["run"]["plugin_failures"] == []
    assert [plugin["name"] for plugin in result["run"]["plugins"]] == ["acme-auditor-plugin"]


def test_disabled_plugin_contributes_nothing(crowded):
    done = crowded.auditor("checks", "list", AUDITOR_DISABLED_PLUGINS=f"acme,{CLASHING}")
    assert done.returncode == 0, done.stderr
    assert "ACME-DOOR-001" not in done.stdout


def test_two_owners_of_a_check_are_both_named(crowded, export):
    done, result = audit(crowded, export, f"{SICK},html")
    assert (done.returncode, result) == (3, None)
    assert "ACME-DOOR-001" in done.stderr
    assert "acme-auditor-plugin" in done.stderr
    assert "twin-plugin" in done.stderr


def test_two_renderers_of_a_format_are_both_named(crowded, export):
    done, _ = audit(crowded, export, f"{SICK},twin")
    assert done.returncode == 3
    assert "html-plugin: the format html is already rendered by the tool itself" in done.stderr


def test_damaged_foreign_export_is_named_with_its_line(crowded, export):
    export.write_text("ACME-DOORS 1\ncontroller: north-gate\nunlock_seconds 4\n", encoding="utf-8")
    done, result = audit(crowded, export, f"{SICK},{CLASHING}")
    assert done.returncode == 4
    assert [(item["status"], item["where"]) for item in result["inputs"]] == [("broken", "line 3")]
