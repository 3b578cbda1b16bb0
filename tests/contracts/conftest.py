"""Plugins that are installed for one test: a folder with a distribution's metadata, found as any other."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture
def install_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Install a plugin `guest` (distribution guest-plugin 7.1) with the given code; its package folder comes back."""
    site = tmp_path / "site"
    package = site / "guest_plugin"
    package.mkdir(parents=True)
    info = site / "guest_plugin-7.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: guest-plugin\nVersion: 7.1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[auditor.plugins]\nguest = guest_plugin\n", encoding="utf-8")
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AUDITOR_DISABLED_PLUGINS", raising=False)

    def install(code: str) -> Path:
        (package / "__init__.py").write_text(
            "from importlib.resources import files\nfrom auditor.sdk.hookspecs import hookimpl\n" + code,
            encoding="utf-8",
        )
        monkeypatch.syspath_prepend(site)
        importlib.invalidate_caches()
        return package

    yield install
    sys.modules.pop("guest_plugin", None)


def hook_functions() -> list[ast.FunctionDef]:
    """The hooks as they are written in hookspecs.py."""
    tree = ast.parse((ROOT / "auditor" / "sdk" / "hookspecs.py").read_text(encoding="utf-8"))
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) == "hookspec" for mark in node.decorator_list)
    ]


@pytest.fixture(scope="session")
def hooks() -> list[ast.FunctionDef]:
    return hook_functions()
