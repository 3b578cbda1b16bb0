"""The shape of the code: imports point inward, modules and functions stay small, public names are pinned."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 40
CODE = ("auditor", "checks", "baselines", "report_templates")

PUBLIC = {
    "auditor.sdk": {
        "Confidence",
        "Context",
        "Evidence",
        "Judgement",
        "Outcome",
        "Reason",
        "Severity",
        "SubjectView",
    },
    "auditor.sdk.hookspecs": {
        "auditor_baselines",
        "auditor_checks",
        "auditor_commands",
        "auditor_readers",
        "auditor_renderers",
        "auditor_templates",
        "hookimpl",
        "hookspec",
    },
    "auditor.sdk.reading": {"Item", "Note", "Reader", "Source"},
    "auditor.sdk.rendering": {"Renderer", "StoredResult"},
    "auditor.sdk.context": {"Context"},
    "auditor.model.snapshot": {
        "Collected",
        "Gap",
        "Page",
        "Screened",
        "Lock",
        "Part",
        "Path",
        "PathStep",
        "Rows",
        "Settings",
        "SubjectRef",
        "Value",
        "LONGEST_NAME",
        "VERSIONS_BETWEEN",
        "bounded",
    },
    "auditor.model.outcomes": {"Confidence", "DECIDED", "Outcome", "Reason", "Severity"},
    "auditor.errors": {
        "AuditorError",
        "BrokenExport",
        "ContentError",
        "EvidenceError",
        "ExportError",
        "LimitExceeded",
        "PluginError",
        "ResultError",
        "RuleBroken",
        "StoreError",
        "UnreadableExport",
        "UsageProblem",
    },
}
"""What authors of plugins import: a name that is added or goes away changes the interface, so it changes this list."""


def modules(root: Path) -> list[Path]:
    return sorted(path for folder in CODE for path in (root / folder).rglob("*.py"))


def defined(tree: ast.Module) -> set[str]:
    """Public names that a module defines, or lists in __all__."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            targets = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if targets == ["__all__"]:
                return set(ast.literal_eval(node.value))
            names.update(targets)
    return {name for name in names if not name.startswith("_")}


def test_modules_are_small(root):
    long = {}
    for path in modules(root):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > MOST_LINES_OF_A_MODULE:
            long[str(path.relative_to(root))] = lines
    assert long == {}


def test_functions_are_small(root):
    long = {}
    for path in modules(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long[f"{path.relative_to(root)}:{node.name}"] = lines
    assert long == {}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_names_are_pinned(name, root):
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert defined(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))) == PUBLIC[name]
    assert [public for public in PUBLIC[name] if not hasattr(module, public)] == []


def test_import_contracts_are_kept(root):
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=root, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", done.stdout)
