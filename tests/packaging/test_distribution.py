"""What the built distributions hold, and that they work when installed."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("packaging")

PACKAGES = (
    "auditor",
    "checks/auditor_checks",
    "baselines/auditor_baselines",
    "report_templates/auditor_report_templates",
)


@pytest.fixture(scope="module")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


def test_wheel_holds_exactly_the_tracked_files(built, tracked):
    expected = set()
    for package in PACKAGES:
        parent = Path(package).parent
        expected |= {str(Path(name).relative_to(parent)) for name in tracked(package)}
    with zipfile.ZipFile(built.host) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == expected


def test_wheel_contents_are_clean(built):
    tops = ",".join(Path(package).name for package in PACKAGES)
    command = [Path(sys.executable).with_name("check-wheel-contents"), "--no-config", "--toplevel", tops, built.host]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_sdist_holds_what_the_tests_need(built, tracked):
    (sdist,) = built.host.parent.glob("kaspersky_auditor-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    missing = [name for name in tracked("tests") + tracked("examples") if name not in names]
    assert missing == []


def test_requirements_name_the_dependencies_of_the_project(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = (root / "requirements" / "run.in").read_text(encoding="utf-8").splitlines()
    named = {line for line in lines if line and not line.startswith("#")}
    wanted = {*project["project"]["dependencies"], *project["build-system"]["requires"], "editables"}
    assert named == wanted


@pytest.mark.parametrize("name", ["run", "test"])
def test_every_locked_requirement_is_pinned_and_hashed(root, name):
    text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert entries
    assert [line for line in entries if not ("==" in line and line.endswith("\\"))] == []
    assert "://" not in text, "a lock names no index"


def test_shipped_and_foreign_checks_are_listed(installed):
    done = installed.auditor("checks", "list", "--format", "json")
    assert done.returncode == 0, done.stderr
    origins = {row["id"]: row["origin"] for row in json.loads(done.stdout)}
    assert origins.pop("ACME-DOOR-001") == "acme-auditor-plugin"
    assert set(origins.values()) == {"auditor_checks"}


def test_shipped_checks_are_complete(installed, tracked):
    rows = json.loads(installed.auditor("checks", "list", "--format", "json").stdout)
    files = [Path(name) for name in tracked("checks/auditor_checks")]
    checks = {
        path.stem
        for path in files
        if path.suffix == ".yaml" and not {"mappings", "collection", "languages.d"} & set(path.parts)
    }
    assert {row["id"] for row in rows} == checks | {"ACME-DOOR-001"}


def test_plugin_is_listed_with_its_version(installed):
    done = installed.auditor("plugins", "list")
    assert (done.returncode, done.stdout, done.stderr) == (0, "loaded  acme-auditor-plugin 1.2.0\n", "")


def test_foreign_export_is_read_judged_and_rendered(installed, tmp_path):
    export = tmp_path / "north-gate.txt"
    export.write_text(installed.auditor("acme-sample").stdout, encoding="utf-8")
    out = tmp_path / "out"
    formats = ["--format", "acme-list", "--format", "html"]
    done = installed.auditor("audit", export, "--out", out, "--fail-on", "medium", *formats)
    assert done.returncode == 10, done.stdout + done.stderr
    result = json.loads((out / "result.json").read_bytes())
    assert [(item["status"], item["format"]) for item in result["inputs"]] == [("read", "acme.doors")]
    (verdict,) = [item for item in result["verdicts"] if item["check_id"] == "ACME-DOOR-001"]
    assert verdict["outcome"] == "fail"
    subject = {"kind": "acme.controller", "key": "north-gate", "name": "north-gate", "product": "acme-doors"}
    assert verdict["subject"] == subject
    assert "- ACME-DOOR-001 fail: Doors lock again" in (out / "acme-list.md").read_text(encoding="utf-8")
    assert "ACME-DOOR-001" in (out / "report.html").read_text(encoding="utf-8")
    assert result["run"]["plugins"] == [{"name": "acme-auditor-plugin", "version": "1.2.0"}]
    assert result["summary"]["complete"]


def test_checks_of_the_plugin_speak_the_language_that_it_brings(installed, tmp_path):
    export = tmp_path / "north-gate.txt"
    export.write_text(installed.auditor("acme-sample").stdout, encoding="utf-8")
    installed.auditor("audit", export, "--out", tmp_path / "out", "--language", "es", "--language", "ru")
    spanish = (tmp_path / "out" / "report.es.html").read_text(encoding="utf-8")
    assert "Las puertas se vuelven a cerrar en cinco segundos" in spanish
    assert "Doors lock again" not in spanish
    russian = (tmp_path / "out" / "report.ru.html").read_text(encoding="utf-8")
    assert '<span lang="en">Doors lock again within five seconds</span>' in russian
    done = installed.auditor("checks", "untranslated", "es")
    assert (done.returncode, done.stdout) == (0, "")


def test_stored_result_is_rendered_by_the_plugin_later(installed, tmp_path):
    export = tmp_path / "north-gate.txt"
    export.write_text(installed.auditor("acme-sample").stdout, encoding="utf-8")
    installed.auditor("audit", export, "--out", tmp_path / "out", "--format", "json")
    done = installed.auditor("report", tmp_path / "out", "--out", tmp_path / "later", "--format", "acme-list")
    assert done.returncode == 0, done.stderr
    assert "ACME-DOOR-001" in (tmp_path / "later" / "acme-list.md").read_text(encoding="utf-8")


def test_guide_has_the_steps_of_the_plugin(installed):
    done = installed.auditor("guide", "--product", "acme-doors")
    assert "Doors > Maintenance > Export settings" in done.stdout


def test_examples_of_the_plugin_run(installed, built):
    checks = built.plugin_source / "acme_auditor_plugin" / "checks"
    # as an author does before installing it: with the plugin in place its ids would be taken
    done = installed.auditor("checks", "test", checks, "--mutants", AUDITOR_DISABLED_PLUGINS="acme")
    assert done.returncode == 0, done.stderr
    assert ", 0 survived" in done.stdout
