from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.engine.catalogue import ContentFile, validate_collection
from auditor.errors import ContentError, UsageProblem
from auditor.intake.guide import guide_of, render_text
from auditor.intake.hosts import host_of
from auditor.sdk.strict_yaml import load

FOLDER = Path(__file__).parents[3] / "checks" / "auditor_checks" / "collection"
KINDS = set(
    re.findall(r"`((?:kesl|ksc|ksws|kes|xml)\.[a-z_]+)`", (FOLDER.parents[2] / "docs" / "areas.md").read_text())
)

SMALL = """
guide: demo
title: Demo
products:
  - {code: demo, name: Demo product, words: {tool: demo-control}}
intro: Some text.
steps:
  - id: export
    provides: ["kesl.host:task.*"]
    title: Export
    how: command
    commands: ["{tool} --export"]
    save_as: demo/<host>/export.ini
    needed_for: full
"""


def load_guide(files):
    """The guide made of YAML texts by file name, checked as the catalogue checks them."""
    documents = {}
    for name, text in files.items():
        documents[name] = load(text, name)
        validate_collection(documents[name], ContentFile(name, "demo", b""))
    return guide_of(documents)


@pytest.fixture(scope="module")
def guide():
    return load_guide({path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))})


def test_all_files_are_valid_and_know_the_products(guide):
    assert {"kesl", "kics-linux", "kess-linux", "ksc", "ksws", "kes"} <= set(guide.products)


@pytest.mark.parametrize(
    ("product", "kind", "area", "step"),
    [
        ("kesl", "kesl.host", "task.Update", "export"),
        ("kics-linux", "kesl.host", "info", "app-info"),
        ("kesl", "kesl.host", "licence", "licence"),
        ("kesl", "kesl.host", "ini", "ini"),
        ("ksc", "ksc.server", "two_step", "two-step"),
        ("ksc", "ksc.server", "section.87", "server-settings"),
        ("ksc", "ksc.policy", "section.KLNAG_SVCPRT", "policy-contents"),
        ("ksc", "ksc.server", "flags", "klscflag"),
        ("ksc", "ksc.host", "attributes", "devices"),
        ("ksws", "ksws.settings", "Settings.TrustedZone", "export"),
    ],
)
def test_the_best_step_for_an_area_comes_first(guide, product, kind, area, step):
    assert guide.steps_for(product, area, kind)[0].id == step


def test_every_area_of_the_contract_has_a_step(guide):
    areas = {
        "kesl.host": ["app", "net", "task.Update", "schedule.Update", "state.Update", "ini", "info", "licence"],
        "kesl.task": ["task", "schedule", "state"],
        "ksc.server": [
            "static", "statistics", "database", "limits", "two_step", "ksn_proxy", "transport", "shared_folder",
            "distribution", "outbreak", "updates", "children", "virtual_servers", "flags", "section.87", "fleet",
        ],
        "ksc.group": ["group", "path"],
        "ksc.policy": ["policy", "section.X", "profiles"],
        "ksc.profile": ["profile", "section.X"],
        "ksc.task": ["task", "statistics", "hosts"],
        "ksc.licence": ["licence"],
        "ksc.user": ["user"],
        "ksc.distribution_point": ["point"],
    }  # fmt: skip
    for kind, names in areas.items():
        for area in names:
            assert guide.steps_for(kind.split(".")[0], area, kind), (kind, area)


def test_a_kind_narrows_and_an_unknown_product_has_no_steps(guide):
    assert guide.steps_for("kesl", "state", "kesl.host") == []
    assert [step.id for step in guide.steps_for("kesl", "state", "kesl.task")] == ["export", "task-list"]
    assert guide.steps_for("nothing", "app") == []


def test_provides_speaks_of_known_kinds(guide):
    for chapter in guide.chapters:
        for step in chapter.steps:
            assert {pattern.partition(":")[0] for pattern in step.provides} <= KINDS


def test_sister_products_get_their_own_commands(guide):
    text = render_text(guide, ["kics-linux"])
    assert "kics-control --export-settings" in text
    assert "kesl-control" not in text
    assert "`kics/<host>/export.ini`" in text


def test_suggested_names_lead_to_the_host(guide):
    for product in ("kesl", "kics-linux", "kess-linux"):
        for step in guide.chapter(product).steps:
            name = step.save_as.replace("<host>", "web01").replace("<ID>", "6").replace("<Name>", "Update")
            assert host_of(name.split("/")) == "web01", step.save_as


def test_the_text_is_100_columns_of_markdown(guide):
    text = render_text(guide)
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("\n# ") + text.startswith("# ") == len(guide.products)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert re.search(r"^ {4}HostGroup\.FindHosts$", text, re.MULTILINE)
    assert not re.search(r"\{[a-z]+\}", text)


def test_long_commands_are_continued_outside_quotes(guide):
    text = render_text(guide, ["ksc"])
    joined = text.replace(" \\\n       ", "")
    assert """-s 87 -n KLSRV_SP_OPEN_OAPI_PORT -ss '|ss_type = "SS_SETTINGS";' >> klscflag.txt""" in joined


def test_an_unknown_product_names_the_known_ones(guide):
    with pytest.raises(UsageProblem, match="kes-2000") as caught:
        render_text(guide, ["kes-2000"])
    assert "kesl" in caught.value.hint


def test_a_small_guide_is_valid():
    assert load_guide({"demo.yaml": SMALL}).chapter("demo").steps[0].commands == ("demo-control --export",)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("how: command", "how: prayer", "prayer"),
        ("needed_for: full", "needed_for: full\n    colour: red", "colour"),
        ("{tool} --export", "{tol} --export", "unknown word"),
        ("title: Export", "title: Export\n    only: [other]", "unknown product"),
        ('"kesl.host:task.*"', '"task.*"', "task"),
        (
            "steps:",
            "steps:\n  - {id: export, provides: [], title: T, how: api, commands: [x], save_as: x, needed_for: full}",
            "twice",
        ),
        ("intro: Some text.", "", "intro"),
    ],
)
def test_mistakes_in_a_guide_are_refused(old, new, words):
    assert old in SMALL
    with pytest.raises(ContentError, match=words) as caught:
        load_guide({"demo.yaml": SMALL.replace(old, new)})
    assert "demo.yaml" in str(caught.value)


def test_two_chapters_for_one_product_are_refused():
    with pytest.raises(ContentError, match="two chapters"):
        load_guide({"a.yaml": SMALL, "b.yaml": SMALL})
