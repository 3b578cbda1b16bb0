"""Tasks: what they are, when they run, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.intake.ksc import extras, lists
from auditor.intake.ksc.call import Call, key_of, text_of
from auditor.intake.ksc.typed import params_of
from auditor.model.snapshot import SubjectRef
from auditor.sdk.reading import Item, Note
from auditor.sdk.values import plain


def _title(row: Mapping[str, Any]) -> str:
    about = params_of(row.get("TASK_INFO_PARAMS"))
    title = text_of(about, "DisplayName") if isinstance(about, dict) else ""
    return title or text_of(row, "DisplayName") or text_of(row, "TASK_NAME")


def _task(call: Call, ident: str, title: str = "") -> SubjectRef:
    return call.ref("ksc.task", f"task/{ident}", title)


def rows(call: Call) -> Iterator[Item]:
    """Tasks as rows, of which no call of the interface answers all."""
    yield lists.alone(call, "ksc.task")
    for place, raw, row in call.rows():
        ident = key_of(row, "TASK_UNIQUE_ID")
        if ident:
            yield call.part(_task(call, ident, _title(row)), "task", raw, place)
        else:
            call.set_aside(raw)
    yield from extras.remainder(call)


def data(call: Call) -> Iterator[Item]:
    """GetTask, GetTaskData, GetNextTask. An empty object ends a list of tasks."""
    name, raw = call.main()
    row = params_of(raw)
    if row == {} and call.complete:
        yield Note("no further task: the end of a list")
        yield from extras.remainder(call, name)
        return
    if not isinstance(row, dict):
        yield from extras.answer(call)
        return
    if call.method != lists.NEXT_TASK:
        yield lists.alone(call, "ksc.task")
    ident = key_of(row, "TASK_UNIQUE_ID") or call.asked("strTask")
    if not ident:
        yield from lists.lost(call, "does not say which task it is")
    subject = _task(call, ident, _title(row)) if ident else call.contents_ref("")
    yield call.part(subject, "task", raw, call.place(name), complete=call.complete)
    yield from extras.remainder(call, name)


def iterator(call: Call) -> Iterator[Item]:
    """ResetTasksIterator: which tasks the list has that other answers hold."""
    call.feed.drain()
    yield from lists.task_list(call)
    yield from extras.remainder(call)


def _about(call: Call, area: str) -> Iterator[Item]:
    name, raw = call.main()
    ident = call.asked("strTask")
    subject = _task(call, ident) if ident else call.contents_ref("")
    if raw is None:
        yield from extras.answer(call)
        return
    yield call.part(subject, area, raw, call.place(name), complete=call.complete)
    yield from extras.remainder(call, name)


def statistics(call: Call) -> Iterator[Item]:
    """GetTaskStatistics: number of devices per state bit."""
    yield from _about(call, "statistics")


def start_event(call: Call) -> Iterator[Item]:
    """GetTaskStartEvent."""
    yield from _about(call, "start_event")


def history(call: Call) -> Iterator[Item]:
    """GetTaskHistory."""
    ident = call.asked("strTask")
    yield from extras.list_part(call, _task(call, ident) if ident else call.contents_ref(""), "history", "Events")


def host_iterator(call: Call) -> Iterator[Item]:
    """ResetHostIteratorForTaskStatus: tells which task the rows under an iterator belong to."""
    call.feed.drain()
    ident = call.asked("strTask")
    member, found = "strHostIteratorId", plain(call.answer.get("strHostIteratorId"))
    if not isinstance(found, str) or not found:
        member, found = "PxgRetVal", plain(call.answer.get("PxgRetVal"))
    if ident and isinstance(found, str) and found:
        values = {"Id": found, "Contents": call.contents_ref(found).key}
        places = {"Id": call.place(member)}
        yield call.part(_task(call, ident), f"storage.{found}", values, call.base, places=places)
        yield from extras.remainder(call, member)
    else:
        yield from extras.remainder(call)


def hosts(call: Call) -> Iterator[Item]:
    """GetHostStatusRecordRange: devices with the last result of a task."""
    ident = call.asked("strTask")
    subject = _task(call, ident) if ident else call.contents_ref(call.asked("strHostIteratorId"))
    yield from extras.list_part(call, subject, "hosts", "Hosts")
