"""`auditor checks new`, then `auditor checks test`, then an audit: the way of an author at a customer's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from auditor.app.skeleton import SKELETONS

Run = Callable[..., tuple[int, str]]
FORMS = ("expect", "schema", "python", "manual")


def test_there_is_a_skeleton_for_each_form() -> None:
    assert tuple(SKELETONS) == FORMS


@pytest.mark.parametrize("form", FORMS)
def test_a_new_check_passes_as_it_is(auditor: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    check_id = f"OWN-{form.upper()}-001"
    folder = tmp_path / "own"
    code, text = auditor("checks", "new", check_id, "--folder", folder, "--form", form)
    assert (code, text) == (0, f"written: {folder / check_id}.yaml\n")
    monkeypatch.syspath_prepend(folder)
    code, text = auditor("checks", "test", "--mutants", folder)
    examples = {"expect": 4, "schema": 4, "python": 5, "manual": 1}[form]
    assert code == 0
    assert text.startswith(f"1 checks, {examples} examples, 0 problems")
    assert "survived" not in text or ", 0 survived" in text
    code, text = auditor("checks", "show", check_id.lower(), "--content", folder)
    assert code == 0
    assert text.startswith(f"# {check_id}: Replace this by the desired state")


def test_an_own_check_is_judged_in_an_audit(auditor: Run, tmp_path: Path) -> None:
    auditor("checks", "new", "OWN-SYS-001", "--folder", tmp_path / "own")
    (tmp_path / "web01").mkdir()
    (tmp_path / "web01" / "export.ini").write_text("[AppSettings]\nMaxEventsNumber=100\n", encoding="utf-8")
    out = tmp_path / "out"
    arguments = ("--out", out, "--content", tmp_path / "own", "--as-of", "2026-03-01")
    assert auditor("audit", tmp_path / "web01", *arguments)[0] == 0
    verdicts = orjson.loads((out / "result.json").read_bytes())["verdicts"]
    assert [verdict["outcome"] for verdict in verdicts if verdict["check_id"] == "OWN-SYS-001"] == ["fail"]


def test_python_of_a_folder_is_not_imported_by_itself(tmp_path: Path) -> None:
    """Customers' files are data: code runs only when its folder was put on the path on purpose."""
    command = [sys.executable, "-m", "auditor", "checks"]
    environment = {**os.environ, "AUDITOR_CACHE": str(tmp_path / "cache")}
    environment.pop("PYTHONPATH", None)
    new = [*command, "new", "OWN-PY-001", "--folder", str(tmp_path / "own"), "--form", "python"]
    subprocess.run(new, check=True, capture_output=True)
    test = [*command, "test", str(tmp_path / "own")]
    refused = subprocess.run(test, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert refused.returncode == 3
    assert "own_py_001:judge' cannot be loaded" in refused.stderr
    environment["PYTHONPATH"] = str(tmp_path / "own")
    assert subprocess.run(test, env=environment, capture_output=True, cwd=tmp_path, check=False).returncode == 0


def test_nothing_is_overwritten(auditor: Run, tmp_path: Path) -> None:
    (tmp_path / "own_sys_001.py").write_text("mine\n", encoding="utf-8")
    code, text = auditor("checks", "new", "OWN-SYS-001", "--folder", tmp_path, "--form", "python")
    assert code == 3
    assert "already there" in text
    assert [path.name for path in tmp_path.iterdir()] == ["own_sys_001.py"]
    assert (tmp_path / "own_sys_001.py").read_text("utf-8") == "mine\n"


def test_the_id_of_a_shipped_check_is_taken(auditor: Run, tmp_path: Path) -> None:
    code, text = auditor("checks", "new", "KESL-FTP-001", "--folder", tmp_path)
    assert (code, "KESL-FTP-001 is a check already" in text, list(tmp_path.iterdir())) == (2, True, [])


@pytest.mark.parametrize("name", ["own-sys-001", "OWN", "OWN-", "../OWN-1", "OWN-SYS 1", "OWN-Ä-1"])
def test_a_name_that_is_no_id_is_refused(auditor: Run, tmp_path: Path, name: str) -> None:
    code, text = auditor("checks", "new", "--folder", tmp_path / "own", "--", name)
    assert code == 2
    assert "is no check id" in text
    assert not (tmp_path / "own").exists()
