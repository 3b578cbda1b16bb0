"""Builds the distributions once and installs them into fresh environments that see the libraries of the running one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# what an environment variable of the developer could change
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("AUDITOR_", "PYTHON", "PIP_"))}

IGNORED = ("auditor/.coverage", "checks/auditor_checks/build/customer.yaml")
"""Files that .gitignore names, planted in the sources: none may be shipped."""


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run to the end and capture; the exit code is for the test to judge."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**CLEAN, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def succeed(*command: str | Path, cwd: Path) -> str:
    """Run and insist on exit code 0."""
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def project_files(folder: str) -> list[str]:
    """Files under a folder that git tracks or would track, relative to the root of the project.

    In a fresh clone that is `git ls-files`; while someone works, a new module counts before it is added.
    """
    git = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = succeed(*git, folder, cwd=ROOT).split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


@dataclass(frozen=True)
class Environment:
    """A fresh virtual environment and an unrelated folder to work in."""

    home: Path
    work: Path

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"

    def auditor(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command from the unrelated folder."""
        cache = str(self.home / "cache")
        return run(self.home / "bin" / "auditor", *arguments, cwd=self.work, **{"AUDITOR_CACHE": cache, **environment})

    def install(self, *what: str | Path) -> None:
        """Install distributions without looking anything up."""
        pip = [sys.executable, "-m", "pip", "--python", self.python, "--disable-pip-version-check", "install"]
        offline = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed"]
        succeed(*pip, *offline, *what, cwd=self.work)


def fresh(folder: Path) -> Environment:
    """An environment without pip: it borrows the libraries, but not the project, of the running interpreter.

    Folders that a .pth file adds have their own .pth files ignored, so an editable install of the project in the
    running environment stays invisible.
    """
    environment = Environment(folder / "venv", folder / "elsewhere")
    environment.work.mkdir(parents=True)
    succeed(sys.executable, "-m", "venv", "--without-pip", environment.home, cwd=folder)
    site = next((environment.home / "lib").glob("python3*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return environment


@dataclass(frozen=True)
class Built:
    """The sources as git tracks them, and what was built from them."""

    source: Path
    host: Path
    plugin: Path

    @property
    def plugin_source(self) -> Path:
        return self.source / "tests" / "plugin_example"


@pytest.fixture(scope="session")
def tracked() -> Callable[[str], list[str]]:
    """The files of a folder, relative to the root of the project."""
    return project_files


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Host and plugin: an sdist each, and a wheel made from the sdist."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    for name in project_files("."):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    for ignored in IGNORED:
        (source / ignored).parent.mkdir(exist_ok=True)
        (source / ignored).write_text("a customer's secret", encoding="utf-8")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder]
    succeed(*build, source, cwd=folder)
    for ignored in IGNORED:
        (source / ignored).unlink()
    succeed(*build, source / "tests" / "plugin_example", cwd=folder)
    (host,) = folder.glob("kaspersky_auditor-*.whl")
    (plugin,) = folder.glob("acme_auditor_plugin-*.whl")
    return Built(source, host, plugin)


@pytest.fixture(scope="session", params=["wheel", "editable"])
def installed(request: pytest.FixtureRequest, built: Built, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Host and example plugin, installed alike."""
    environment = fresh(tmp_path_factory.mktemp(request.param))
    if request.param == "wheel":
        environment.install(built.host, built.plugin)
    else:
        environment.install("--editable", built.source, "--editable", built.plugin_source)
    return environment


PLUGIN = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.3.1"

[project.entry-points."auditor.plugins"]
{entry} = "{module}"
"""


def write_plugin(folder: Path, entry: str, code: str) -> Path:
    """The sources of a plugin with one module."""
    module = f"{entry}_plugin"
    (folder / entry / module).mkdir(parents=True)
    (folder / entry / module / "__init__.py").write_text(code, encoding="utf-8")
    project = PLUGIN.format(name=f"{entry}-plugin", entry=entry, module=module)
    (folder / entry / "pyproject.toml").write_text(project, encoding="utf-8")
    return folder / entry


IMPORT_FAILS = "import a_library_that_is_not_there\n"

MISSPELT = """
from auditor.sdk.hookspecs import hookimpl

@hookimpl
def auditor_chekcs():
    return []
"""

HOOK_FAILS = """
from auditor.sdk.hookspecs import hookimpl

@hookimpl
def auditor_readers():
    raise RuntimeError("the licence server does not answer")
"""

CLAIMS_AN_ID = """
from importlib.resources import files
from auditor.sdk.hookspecs import hookimpl

@hookimpl
def auditor_checks():
    return [files("twin_plugin") / "checks"]
"""

CLAIMS_A_FORMAT = """
from auditor.sdk.hookspecs import hookimpl

class Html:
    name = "html"
    file_name = "other.html"

@hookimpl
def auditor_renderers():
    return [Html()]
"""


@pytest.fixture(scope="session")
def crowded(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Host and example plugin beside plugins that are broken in one way each."""
    folder = tmp_path_factory.mktemp("crowded")
    environment = fresh(folder)
    twin = write_plugin(folder, "twin", CLAIMS_AN_ID)
    checks = built.plugin_source / "acme_auditor_plugin" / "checks"
    shutil.copytree(checks / "doors", twin / "twin_plugin" / "checks")
    environment.install(
        built.host,
        built.plugin,
        write_plugin(folder, "broken", IMPORT_FAILS),
        write_plugin(folder, "a_misspelt", MISSPELT),  # loaded first: the plugins after it must not be blamed
        write_plugin(folder, "failing", HOOK_FAILS),
        write_plugin(folder, "html", CLAIMS_A_FORMAT),
        twin,
    )
    return environment
