"""The short way through a full export says exactly what the long way says, or leaves the file to it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.intake.kesl import ini
from auditor.intake.kesl.blocks import form_of, whole_export
from auditor.intake.memory import Memory
from auditor.model.content import Parcel
from auditor.model.snapshot import Settings
from auditor.sdk.views import place_in
from benchmarks import kesl_export

POLICIES = [kesl_export.random_policy(random.Random(seed)) for seed in range(3)]  # noqa: S311
TEXTS = [
    "".join(kesl_export.section_text(name, section) for name, section in kesl_export.build(version, policy).items())
    for policy in POLICIES
    for version in ("11.1.0.3013", "12.1.0.1297")
]
ODD_LINES = [
    "damage", "[AppSettings]", "[MonitoringTask.item_0000]", "[MonitoringTask.item_0000.Settings]", "[Other]", "[open",
    "[Other.item_0001]", "[appsettings]", " UseKSN=No", "\t[NetSettings]", "TaskName=Update", "TaskType=Update",
    "; told", "# told", "UseKSN = No", 'UseKSN="No"', "[OnDemandTask.item_0001] ",
    "ExcludeMasks.item_0000=*.x", "A.B.item_0003.C=1",
]  # fmt: skip
GENTLE_LINES = [
    "", "ProxyServer=user:secret@proxy.example:3128", "HostNote=1", "hostnote=1", "Masks.item_0007=*.a",
    "Password=secret",
]  # fmt: skip


def nodes(path, value):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from nodes((*path, step), child)


def told(items):
    """All that was read: subject, area, facet, values, and the line of every value, list and group; remarks."""
    return [
        (item.subject, item.file, [part_told(part) for part in item.parts()]) if isinstance(item, Parcel) else item
        for item in items
    ]


def part_told(part):
    settings = part.settings
    places = [(path, place_in(part, path)) for path in nodes((), settings.values)]
    return settings.area, settings.facet, settings.values, settings.complete, part.line, places


@pytest.fixture(scope="session")
def both(read_items):
    """What the reader says with and without the short way."""

    def run(text):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ini, "_documents", Memory(4))
            short = read_items(text)
            patch.setattr(ini, "_documents", Memory(4))
            patch.setattr(ini, "whole_export", lambda _: None)
            long = read_items(text)
        return short, long

    return run


def changed(text, changes):
    """The export with lines replaced, put in, taken away or given other values."""
    lines = text.split("\n")
    for at, kind, line in changes:
        where = at % (len(lines) - 1)
        if kind == "put":
            lines.insert(where, line)
        elif kind == "drop":
            del lines[where]
        elif kind == "again":
            lines.insert(where, lines[(at * 7) % len(lines)])
        elif "=" in lines[where]:
            lines[where] = f"{lines[where].partition('=')[0]}={line.partition('=')[2]}"
    return "\n".join(lines)


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.sampled_from(["put", "drop", "again", "value", "value", "value"]),
        st.sampled_from(ODD_LINES + GENTLE_LINES * 4),
    ),
    max_size=4,
)


@settings(max_examples=150)
@given(st.sampled_from(TEXTS), CHANGES)
def test_both_ways_say_the_same(both, text, changes):
    short, long = both(changed(text, changes))
    assert told(short) == told(long)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_sound_export_goes_the_short_way(text):
    version, documents = whole_export(text)
    assert text.startswith(f"Version={version}\n")
    assert {kind for kind, _ in documents} == {""}
    assert all(content.layout is not None for _, document in documents for content, _ in document.contents)


@pytest.mark.parametrize("line", ODD_LINES)
def test_an_odd_line_is_left_to_the_long_way_or_read_alike(both, line):
    lines = TEXTS[0].split("\n")
    for where in (1, 2, 30, 80, len(lines) - 2):
        short, long = both("\n".join([*lines[:where], line, *lines[where:]]))
        assert told(short) == told(long)


@pytest.mark.parametrize("end", ["", "\n[Other]\nA=1\n", "\nA"])
def test_a_file_that_does_not_end_as_exports_do_goes_the_long_way(end):
    assert whole_export(TEXTS[0].rstrip("\n") + end) is None


def test_an_export_that_ends_between_two_blocks_goes_the_long_way():
    assert whole_export(TEXTS[0][: TEXTS[0].index("[BackupTask]")]) is None


def test_an_entry_with_an_empty_group_is_another_entry(both):
    head = "[MonitoringTask.item_0000.Settings.ScanScope.item_0000"
    at = TEXTS[0].index("[MonitoringTask.item_0000.Settings.ExcludedFromScanScope.item_0000]")
    for text in (TEXTS[0], f"{TEXTS[0][:at]}{head}.Owner]\n{TEXTS[0][at:]}", TEXTS[0]):
        short, long = both(text)
        assert whole_export(text) is not None
        assert told(short) == told(long)


@pytest.mark.parametrize("first", ["UseKSN=No", "useksn=No", "HostNote=1", "hostNote=1"])
def test_what_is_stated_twice_alike_does_not_hide_what_is_stated_twice_otherwise(both, first):
    name, _, value = first.partition("=")
    for other in (value, "another", value):
        text = TEXTS[0].replace("UseKSN=No\n", f"UseKSN=No\nHostNote=1\n{name}={other}\n")
        short, long = both(text)
        assert told(short) == told(long)


def test_a_task_of_an_administrator_is_known_by_its_name(both):
    text = TEXTS[0].replace("TaskName=Update\n", "TaskName=Nightly update\n")
    short, long = both(text)
    assert told(short) == told(long)
    assert {parcel.subject.key for parcel in short} == {"web01", "web01/Nightly update"}


def test_secrets_do_not_come_along_the_short_way(both):
    text = TEXTS[0].replace("ProxyServer=\n", "ProxyServer=http://user:hunter2@proxy.example:3128\n")
    assert "hunter2" in text
    assert whole_export(text) is not None
    [parcel], _ = both(text)
    assert "hunter2" not in repr([content.texts for content, _ in parcel.document.contents])


def test_a_form_is_only_made_where_the_values_are_the_texts():
    settings_of_app = Settings("app", {"A": "1"}, locate=lambda _: 0)
    assert form_of(settings_of_app, 1, ["", "1"]) is not None
    assert form_of(settings_of_app, 1, ["", "2"]) is None
    assert form_of(Settings("app", {"A": "1"}), 1, ["", "1"]) is None
