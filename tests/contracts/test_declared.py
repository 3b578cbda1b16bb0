"""Every plugin that a distribution declares is found, wherever Python would import it from."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from auditor.app.declared import declared

GROUP = "auditor.tried_plugins"


def names() -> list[str]:
    importlib.invalidate_caches()
    return [entry.name for entry in declared(GROUP)]


def distribution(info: str) -> dict[str, str]:
    """The files of a distribution that declares two plugins."""
    stated = f"[{GROUP}]\nsecond = some_module\nfirst = some_module\n"
    metadata = "Metadata-Version: 2.1\nName: tried\nVersion: 1.0\n"
    return {f"{info}/entry_points.txt": stated, f"{info}/METADATA": metadata, f"{info}/PKG-INFO": metadata}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("info", ["tried-1.0.dist-info", "tried-1.0.egg-info"])
def test_a_folder_of_the_search_path(tmp_path, monkeypatch, info):
    monkeypatch.syspath_prepend(write(tmp_path, distribution(info)))
    assert names() == ["first", "second"]


def test_an_egg(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(write(tmp_path / "tried-1.0.egg", distribution("EGG-INFO")))
    assert names() == ["first", "second"]


def test_an_archive(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, text in distribution("tried-1.0.dist-info").items():
            archive.writestr(name, text)
    monkeypatch.syspath_prepend(tmp_path / "all.zip")
    assert names() == ["first", "second"]


def test_a_finder_of_its_own(tmp_path, monkeypatch):
    """Distributions that only some finder knows, as installers of packages under development have them."""

    class Finder:
        @staticmethod
        def find_spec(*_):
            return None

        @staticmethod
        def find_distributions(_context):
            return importlib.metadata.MetadataPathFinder.find_distributions(
                importlib.metadata.DistributionFinder.Context(path=[str(tmp_path)])
            )

    write(tmp_path, distribution("tried-1.0.dist-info"))
    assert names() == []
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert names() == ["first", "second"]


def test_what_others_declare_is_not_ours(tmp_path, monkeypatch):
    files = {"other-1.0.dist-info/entry_points.txt": "[other.plugins]\nfirst = some_module\n"}
    monkeypatch.syspath_prepend(write(tmp_path, files))
    assert names() == []


def test_without_plugins_nothing_is_imported_to_find_them(root):
    asked = "declared('x.y'), 'importlib.metadata' in sys.modules"
    code = f"import sys; from auditor.app.declared import declared; print({asked})"
    started = subprocess.run([sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert started.stdout == "() False\n"
