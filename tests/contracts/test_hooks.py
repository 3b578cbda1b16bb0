"""Each hook with a plugin that uses it, found through the metadata of its distribution as any installed one."""

from __future__ import annotations

import ast
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.app.audit import Request, run_audit
from auditor.app.baselines import overview
from auditor.app.checks import catalogue_rows
from auditor.app.plugins import load_plugins
from auditor.app.readers import readers_of
from auditor.app.reports import renderers, write_reports
from auditor.cli.main import cli
from auditor.errors import ContentError, PluginError
from auditor.reporting.reader import load_result

CHECK = """
id: GUEST-001
revision: 1
title: The guest says hello
severity: low
confidence: high
product: guest
subject: guest.thing
expect: {setting: settings.hello, is: yes}
rationale: A guest who says nothing is not noticed.
recommendation: Let the guest say hello.
remediation: [Say hello]
effort: low
change_risk: low
verify: Listen to the guest.
references: [{title: field practice}]
tags: []
examples:
  - {outcome: pass, given: {settings: {hello: "Yes"}}}
"""

BASELINE = """
id: guests
title: For guests
revision: 1
description: What is asked of every guest.
include: ["KESL-*"]
references: [{title: field practice}]
"""


def test_every_hook_has_a_test_named_after_it(hooks):
    names = {hook.name for hook in hooks}
    assert names
    assert [name for name in sorted(names) if f"test_{name}" not in globals()] == []


def test_auditor_checks(install_plugin):
    package = install_plugin("@hookimpl\ndef auditor_checks():\n    return [files('guest_plugin') / 'content']\n")
    (package / "content").mkdir()
    (package / "content" / "GUEST-001.yaml").write_text(CHECK, encoding="utf-8")
    origins = {row["id"]: row["origin"] for row in catalogue_rows()}
    assert origins["GUEST-001"] == "guest-plugin"
    assert "KESL-FTP-001" in origins


def test_auditor_baselines(install_plugin):
    package = install_plugin("@hookimpl\ndef auditor_baselines():\n    return [files('guest_plugin') / 'baselines']\n")
    (package / "baselines").mkdir()
    (package / "baselines" / "guests.yaml").write_text(BASELINE, encoding="utf-8")
    names = {line.split()[0] for line in overview()}
    assert {"guests", "recommended"} <= names


def test_two_owners_of_a_baseline_are_both_named(install_plugin):
    package = install_plugin("@hookimpl\ndef auditor_baselines():\n    return [files('guest_plugin') / 'baselines']\n")
    (package / "baselines").mkdir()
    text = BASELINE.replace("id: guests", "id: recommended")
    (package / "baselines" / "recommended.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        list(overview())
    assert "guest-plugin:recommended.yaml" in str(caught.value)
    assert "auditor_baselines:recommended.yaml" in str(caught.value)


@pytest.fixture
def stored(tmp_path):
    """The result of an audit that found one file it does not know."""
    export = tmp_path / "export.txt"
    export.write_text("nothing that is known\n", encoding="utf-8")
    run_audit(Request([export], tmp_path / "out", as_of="2026-03-01"))
    return load_result(tmp_path / "out" / "result.json")


def template_set(folder: Path, text: str) -> None:
    (folder / "default").mkdir(parents=True)
    (folder / "default" / "report.html.j2").write_text(text, encoding="utf-8")


TEMPLATES = "@hookimpl\ndef auditor_templates():\n    return [files('guest_plugin') / 'templates']\n"


def test_auditor_templates(install_plugin, stored):
    template_set(install_plugin(TEMPLATES) / "templates", "the guest's own page")
    out = io.BytesIO()
    renderers(load_plugins())["html"].render(stored, out)
    assert out.getvalue() == b"the guest's own page"


def test_folder_of_the_user_precedes_templates_of_plugins(install_plugin, stored, tmp_path):
    template_set(install_plugin(TEMPLATES) / "templates", "the guest's own page")
    template_set(tmp_path / "mine", "my own page")
    out = io.BytesIO()
    renderers(load_plugins(), tmp_path / "mine")["html"].render(stored, out)
    assert out.getvalue() == b"my own page"


READER = """
class GuestReader:
    name = "guest"
    def recognise(self, source):
        return ""
    def read(self, source, format_id):
        return ()

@hookimpl
def auditor_readers():
    return [GuestReader()]
"""


def test_auditor_readers(install_plugin):
    install_plugin(READER)
    names = [reader.name for reader in readers_of(load_plugins())]
    assert names[0] == "guest", "readers of plugins are asked first"
    assert len(names) > 1


@pytest.mark.parametrize("method", ["recognise", "read"])
def test_reader_that_crashes_loses_one_file_and_no_more(install_plugin, tmp_path, method):
    works = {"recognise": "return 'guest.text' if source.name.startswith('sick') else ''", "read": "return ()"}
    works[method] = "if source.name.startswith('sick'): raise IndexError('out of range')\n        " + works[method]
    code = READER.replace('return ""', works["recognise"]).replace("return ()", works["read"])
    install_plugin(code)
    exports = tmp_path / "exports"
    exports.mkdir()
    for name in ("sick.txt", "well.txt"):
        (exports / name).write_text("some text\n", encoding="utf-8")
    result = run_audit(Request([exports], tmp_path / "out", as_of="2026-03-01"))
    sick, well = result["inputs"]
    assert (sick["status"], well["status"]) == ("broken", "unknown")
    assert "the reader guest failed" in sick["message"]
    assert "IndexError" in sick["message"]
    assert not result["summary"]["complete"]


RENDERER = """
class GuestRenderer:
    name = "guest"
    file_name = "guest.txt"
    def render(self, stored, out):
        out.write(stored.data["run"]["as_of"].encode())

@hookimpl
def auditor_renderers():
    return [GuestRenderer()]
"""


def test_auditor_renderers(install_plugin, stored):
    install_plugin(RENDERER)
    known = renderers(load_plugins())
    out = io.BytesIO()
    known["guest"].render(stored, out)
    assert out.getvalue() == stored.data["run"]["as_of"].encode()
    assert "html" in known


def test_renderer_cannot_take_a_built_in_format(install_plugin):
    install_plugin(RENDERER.replace('"guest"', '"checklist"'))
    with pytest.raises(PluginError, match="guest-plugin: the format checklist is already rendered by the tool itself"):
        renderers(load_plugins())


def test_renderer_that_crashes_is_named(install_plugin, stored, tmp_path):
    install_plugin(RENDERER.replace("        out.write", "        1 / 0\n        out.write"))
    with pytest.raises(PluginError, match=r"guest_plugin.*the format guest could not be rendered: ZeroDivisionError"):
        write_reports(stored, tmp_path, [renderers(load_plugins())["guest"]])
    assert list(tmp_path.glob("*guest*")) == []


COMMAND = """
import click

@click.command("guest-hello")
def hello():
    "Say hello."
    click.echo("hello from the guest")

@hookimpl
def auditor_commands(group):
    group.add_command(hello)
"""


@pytest.fixture
def command_line(monkeypatch):
    """The command line without what a plugin adds to it."""
    monkeypatch.setattr(cli, "commands", {})
    return lambda *words: CliRunner().invoke(cli, words)


def test_auditor_commands(install_plugin, command_line):
    install_plugin(COMMAND)
    assert command_line("guest-hello").output == "hello from the guest\n"


def test_command_cannot_replace_a_built_in_one(install_plugin, command_line):
    install_plugin(COMMAND.replace("guest-hello", "schema"))
    assert "urn:auditor:schema:check" in command_line("schema", "check").output


def test_command_that_cannot_be_had_says_why(install_plugin, command_line):
    install_plugin(COMMAND.replace("group.add", "group.ad"))
    assert "plugin guest-plugin 7.1 failed: auditor_commands: AttributeError" in command_line("guest-hello").output


def test_hook_that_asks_for_fewer_arguments_is_called(install_plugin, tmp_path):
    mark = tmp_path / "called"
    install_plugin(f"@hookimpl\ndef auditor_commands():\n    open({str(mark)!r}, 'w').close()\n")
    plugins = load_plugins()
    plugins.contributions("auditor_commands", group=cli)
    assert (mark.exists(), plugins.failures) == (True, [])


def test_failing_hook_is_a_failure_of_its_plugin(install_plugin):
    install_plugin("@hookimpl\ndef auditor_readers():\n    raise OSError('no such device')\n")
    plugins = load_plugins()
    assert readers_of(plugins)
    (failure,) = plugins.failures
    assert failure.name == "guest-plugin 7.1"
    assert failure.message == "auditor_readers: OSError: no such device"


def test_hook_without_a_list_is_a_failure_of_its_plugin(install_plugin):
    install_plugin("@hookimpl\ndef auditor_renderers():\n    return None\n")
    plugins = load_plugins()
    assert "html" in renderers(plugins)
    assert [failure.message for failure in plugins.failures] == [
        "auditor_renderers: TypeError: a list was expected, not NoneType"
    ]


def test_wrapper_is_refused(install_plugin):
    install_plugin("@hookimpl(wrapper=True)\ndef auditor_readers():\n    return (yield)\n")
    plugins = load_plugins()
    assert readers_of(plugins)
    assert [failure.message for failure in plugins.failures] == [
        "auditor_readers: TypeError: wrappers are not supported"
    ]


def test_missing_built_in_plugin_is_fatal():
    with pytest.raises(ModuleNotFoundError):
        load_plugins(built_in=("auditor.app.not_there",))


def test_hooks_are_documented_with_their_exact_signature(hooks, root: Path):
    page = (root / "docs" / "plugins.md").read_text(encoding="utf-8")
    undocumented = []
    for hook in hooks:
        signature = f"{hook.name}({ast.unparse(hook.args)}) -> {ast.unparse(hook.returns)}"
        if signature not in page:
            undocumented.append(signature)
    assert undocumented == []
