"""The short way through a full export says exactly what the long way says, or leaves the file to it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.intake.kesl import ini
from auditor.intake.kesl.blocks import whole_export
from auditor.intake.memory import Memory
from auditor.model.content import Parcel
from auditor.sdk.views import place_in
from benchmarks import kesl_export

POLICIES = [kesl_export.random_policy(random.Random(seed)) for seed in range(3)]
TEXTS = [
    "".join(kesl_export.section_text(name, section) for name, section in kesl_export.build(version, policy).items())
    for policy in POLICIES
    for version in ("11.1.0.3013", "12.1.0.1297")
]
ODD_LINES = [
    "damage", "[AppSettings]", "[MonitoringTask.item_0000]", "[MonitoringTask.item_0000.Settings]", "[Other]", "[open",
    "[Other.item_0001]", "[appsettings]", " UseKSN=No", "\t[NetSettings]", "TaskName=Update", "TaskType=Update", "; told",
    "# told", "UseKSN = No", 'UseKSN="No"', "[OnDemandTask.item_0001] ", "ExcludeMasks.item_0000=*.x", "A.B.item_0003.C=1",
]  # fmt: skip
GENTLE_LINES = [
    "", "ProxyServer=user:secret@proxy.example:3128", "HostNote=1", "hostnote=1", "Masks.item_0007=*.a", "Password=secret"
]  # fmt: skip


def nodes(path, value):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from nodes((*path, step), child)


def told(parcels):
    """All that parcels say: subject, area, facet, values, and the line of every value, list and group."""
    return [
        (
            parcel.subject,
            parcel.file,
            [
                (
                    part.settings.area,
                    part.settings.facet,
                    part.settings.values,
                    part.settings.complete,
                    part.line,
                    [(path, place_in(part, path)) for path in nodes((), part.settings.values)],
                )
                for part in parcel.parts()
            ],
        )
        for parcel in parcels
    ]


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
        return ([item for item in found if isinstance(item, Parcel)] for found in (short, long))

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


@pytest.mark.parametrize("cut", ["", "\n[Other]\nA=1\n", "\nA"])
def test_a_file_that_does_not_end_as_exports_do_goes_the_long_way(cut):
    text = TEXTS[0].rstrip("\n") + cut
    assert whole_export(text) is None


def test_a_task_of_an_administrator_is_known_by_its_name(both):
    text = TEXTS[0].replace("TaskName=Update\n", "TaskName=Nightly update\n")
    short, long = both(text)
    assert told(short) == told(long)
    assert {parcel.subject.key for parcel in short} == {"web01", "web01/Nightly update"}


def test_secrets_do_not_come_along_the_short_way(both):
    text = TEXTS[0].replace("ProxyServer=\n", "ProxyServer=http://user:hunter2@proxy.example:3128\n")
    assert "hunter2" in text
    assert whole_export(text) is not None
    short, _ = both(text)
    assert "hunter2" not in repr([content.texts for parcel in short for content, _ in parcel.document.contents])
