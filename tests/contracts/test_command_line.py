"""The command line: help everywhere, a start that imports little, and no connection to anywhere."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from auditor import __version__
from auditor.cli.main import COMMANDS, cli

HEAVY = {"jinja2", "jsonschema", "rich", "orjson", "yaml", "pluggy", "defusedxml", "multiprocessing", "socket", "ssl"}


def python(code: str, *arguments: str, cwd=None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


LOADED = """
import atexit, json, sys
atexit.register(lambda: print("LOADED", json.dumps(sorted(name.split(".")[0] for name in sys.modules))))
from auditor.__main__ import main
main()
"""


def loaded_by(*arguments: str) -> tuple[str, set[str]]:
    """What the command prints, and the top-level packages that it has imported."""
    done = python(LOADED, *arguments)
    output, _, names = done.stdout.partition("LOADED ")
    assert done.returncode == 0, done.stderr
    return output, set(json.loads(names))


def commands(name: str, command: click.Command | None) -> list[tuple[str, click.Command]]:
    """A command and all below it, with the words that call them."""
    assert command is not None, name
    found = [(name, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            found.extend(commands(f"{name} {below}", command.get_command(context, below)))
    return found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_has_help(name):
    for words, command in commands(name, cli.get_command(click.Context(cli), name)):
        done = CliRunner().invoke(cli, [*words.split(), "--help"])
        assert done.exit_code == 0, words
        assert command.help, words
        # the words of a choice tell what it is for
        options = [option for option in command.params if isinstance(option, click.Option)]
        silent = [item.name for item in options if not item.help and not isinstance(item.type, click.Choice)]
        assert silent == [], words


def test_help_lists_every_command():
    output, _ = loaded_by("--help")
    lines = {line.split()[0]: line for line in output.splitlines() if line.startswith("  ") and line.split()}
    for name, (_, words) in COMMANDS.items():
        assert lines[name].endswith(words)


def test_version_imports_nothing_but_the_version():
    output, loaded = loaded_by("--version")
    assert output == f"auditor {__version__}\n"
    assert loaded & {*HEAVY, "click"} == set()


def test_help_imports_nothing_heavy():
    _, loaded = loaded_by("--help")
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("words", [("--version",), ("-h",)])
def test_module_and_script_answer_alike(words):
    module = subprocess.run([sys.executable, "-m", "auditor", *words], capture_output=True, text=True, check=True)
    assert module.stdout == loaded_by(*words)[0]


def test_unknown_command_is_a_usage_error():
    done = python("from auditor.__main__ import main\nmain()", "audti")
    assert done.returncode == 2
    assert "No such command 'audti'" in done.stderr
    assert "Traceback" not in done.stderr


GUARD = """
import sys

def guard(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "smtplib.", "ftplib.", "webbrowser.")):
        raise SystemExit(f"the audit tried to reach out: {event}")

sys.addaudithook(guard)
"""

AUDIT = "from auditor.__main__ import main\nmain()"


def test_audit_never_reaches_out(root, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITOR_CACHE", "")
    out = tmp_path / "out"
    arguments = ("audit", str(root / "examples" / "acme"), "--out", str(out), "--quiet")
    done = python(GUARD + AUDIT, *arguments, cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    assert (out / "report.html").is_file()


@pytest.mark.parametrize("reach_out", ["socket.socket()", "socket.getaddrinfo('web01.acme.example', 80)"])
def test_guard_notices_whoever_reaches_out(reach_out):
    done = python(f"{GUARD}import socket\n{reach_out}")
    assert done.returncode == 1
    assert "tried to reach out" in done.stderr
