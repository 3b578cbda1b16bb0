from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import BrokenExport, ExportError
from auditor.intake.kesl.taskset import KeslTasksetReader

READER = KeslTasksetReader()
PATH = "web01-collect.tar.gz!web01/kaspersky/KESL/taskset.all.txt"
TEXT = """\
TaskID 1 File_Threat_Protection configuration:
ScanArchived=No
ScanByAccessType=SmartCheck

[ScanScope.item_0000]
Path=/
AreaMask.item_0000=*

TaskID 100 Nightly configuration:
ScanPriority=Idle

TaskID 4 configuration:
ScanPriority=Normal

TaskID 7 configuration:

"""


def test_all_tasks_of_a_file(run):
    out = run(READER, PATH, TEXT)
    assert out.format_id == "kesl.tasks"
    assert [(part.settings.area, part.subject.key) for part in out.parts] == [
        ("task.File_Threat_Protection", "web01"),
        ("task", "web01/Nightly"),
        ("task", "web01/unnamed (TaskID 4)"),
        ("task.Rollback", "web01"),
    ]
    assert out.area("task.File_Threat_Protection") == {
        "ScanArchived": "No",
        "ScanByAccessType": "SmartCheck",
        "ScanScope": [{"Path": "/", "AreaMask": ["*"]}],
    }
    assert out.area("task.Rollback") == {}
    assert ["TaskID 4" in note for note in out.notes] == [True]


def test_a_secret_in_the_name_of_a_task_is_masked(run):
    (part,) = run(READER, PATH, "TaskID 101 token=abc123secret configuration:\nScanPriority=Idle\n").parts
    assert (part.subject.key, part.subject.name) == ("web01/token=***", "web01: token=***")


def test_places_are_lines_of_the_file(run):
    first, second, *_ = run(READER, PATH, TEXT).parts
    lines = TEXT.split("\n")
    assert lines[first.line - 1 + first.settings.locate(("ScanScope", 0, "Path"))] == "Path=/"
    assert lines[second.line - 1 + second.settings.locate(("ScanPriority",))] == "ScanPriority=Idle"


def test_the_folder_names_the_product(run):
    assert {part.subject.product for part in run(READER, PATH.replace("KESL", "KICS"), TEXT).parts} == {"kics-linux"}


def test_damage_is_named_after_everything_else_was_read(source):
    made = source(PATH, TEXT.replace("ScanArchived=No", "Task not found"))
    parts = []
    with pytest.raises(BrokenExport) as caught:
        parts.extend(READER.read(made, "kesl.tasks"))
    assert caught.value.where == "line 2"
    items = READER.read(made, "kesl.tasks")
    first = next(iter(items))
    assert not first.settings.complete
    assert first.settings.values["ScanByAccessType"] == "SmartCheck"


def test_a_key_that_stands_twice_is_two_statements(run):
    out = run(READER, PATH, "TaskID 6 Update configuration:\nSourceType=SCServer\nSourceType=Custom\n")
    assert [part.settings.values for part in out.parts] == [{"SourceType": "SCServer"}, {"SourceType": "Custom"}]


def test_the_next_task_ends_a_task_without_a_blank_line_between(run):
    text = "TaskID 6 Update configuration:\nSourceType=SCServer\nTaskID 10 Backup configuration:\nDaysToLive=90\n"
    assert [part.settings.complete for part in run(READER, PATH, text).parts] == [True, True]


def test_a_last_line_without_its_end_states_nothing(run):
    out = run(READER, PATH, "TaskID 6 Update configuration:\nSourceType=SCServer\nConnectionTimeout=12")
    [part] = out.parts
    assert part.settings.values == {"SourceType": "SCServer"}
    assert not part.settings.complete
    assert ["no value was taken" in note for note in out.notes] == [True]


@pytest.mark.parametrize("text", ["", "ScanArchived=No\n", "[AppSettings]\n", "ScanArchived=No\n" + TEXT])
def test_other_texts_are_not_recognised(source, text):
    assert READER.recognise(source(PATH, text)) == ""


_LINE = st.sampled_from(
    ["TaskID 6 Update configuration:", "TaskID 4 configuration:", "[A", "[A]", "a=b", "x", "", "A.item_0000=1"]
)


@given(st.lists(_LINE, max_size=12).map("\n".join))
def test_only_export_errors_come_out(source, text):
    made = source(PATH, text)
    with contextlib.suppress(ExportError):
        items = list(READER.read(made, "kesl.tasks"))
        assert bool(items) == ("configuration:" in text)
