"""Task settings as the support collector saves them: per-task INI text below a line that names the task.

`taskset<N>.txt` holds one task, `taskset.all.txt` all of them one after the other:

    TaskID 6 Update configuration:
    SourceType=SCServer
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.errors import BrokenExport
from auditor.intake.kesl.sections import Section, Steps, build_tree, sections
from auditor.intake.kesl.subjects import host_subject, task_subject
from auditor.intake.kesl.tree import canonical_task, collector_task_line, task_of_id
from auditor.intake.whole_text import text_of_lines
from auditor.model.snapshot import Part, Settings, SubjectRef
from auditor.sdk.reading import Item, Note, Source

TASKS = "kesl.tasks"


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One task of the file: its id and name as the line above it states, its INI text, the text's first line.

    `whole` is False for the last task of a file that ends inside a line.
    """

    task_id: int
    name: str | None
    text: str
    line: int
    whole: bool


class KeslTasksetReader:
    """Reads the collector's task settings. It has to be asked before the INI reader, which the lines resemble."""

    name = "kesl-taskset"
    formats = (TASKS,)

    def recognise(self, source: Source) -> str:
        """By the first line that is not blank."""
        first = source.head_text.lstrip().partition("\n")[0]
        return TASKS if collector_task_line(first.rstrip()) is not None else ""

    def read(self, source: Source, format_id: str) -> Iterable[Item]:  # noqa: ARG002 - the reader has one format
        """The settings of each task; damage is reported after everything readable was handed over."""
        host = host_subject(source)
        problem: tuple[int, str] | None = None
        nameless = []
        for chunk in _chunks(text_of_lines(source)):
            name = chunk.name or task_of_id(chunk.task_id)
            if name is None:
                nameless.append(str(chunk.task_id))
                name = f"unnamed (TaskID {chunk.task_id})"
            found = sections(chunk.text)
            yield from _parts(source, host, name, chunk, found)
            problem = problem or _problem(chunk, found)
            if not chunk.whole:
                yield Note("the last line has no end and may be cut off: no value was taken from it")
        if nameless:
            yield Note(f"no single name stands beside TaskID {', '.join(nameless)}; the task list would tell it")
        if problem is not None:
            raise BrokenExport(problem[1], where=f"line {problem[0]}", hint="run the collector again")


def _chunks(text: str) -> Iterator[_Chunk]:
    """The tasks of a file; nothing but blank lines stands before the first, else the file is not recognised."""
    current: tuple[int, str | None] | None = None
    body: list[str] = []
    start = 1
    for number, line in enumerate(text.split("\n"), 1):
        stated = collector_task_line(line.rstrip())
        if stated is None:
            body.append(line)
            continue
        if current is not None:
            yield _Chunk(*current, "\n".join(body), start, whole=True)
        current, body, start = stated, [], number + 1
    if current is not None:
        # A last line without its end may be cut off inside its value: 3 of 30 would be a wrong fact.
        yield _Chunk(*current, "\n".join([*body[:-1], ""]), start, whole=body[-1:] == [""])


def _parts(source: Source, host: SubjectRef, name: str, chunk: _Chunk, found: list[Section]) -> Iterator[Item]:
    known = canonical_task(name)
    subject = host if known else task_subject(host, name)
    area = f"task.{known}" if known else "task"
    complete = chunk.whole and not any(section.problem for section in found)
    placed: list[tuple[Section, Steps, int]] = []
    head = 0
    for section in found:
        placed.append((section, section.steps, head))
        head += section.lines
    statements = [placed]
    # A later, different value of a key is a statement of its own, so that the contradiction is seen.
    for section, steps, line in placed:
        if section.repeated:
            statements.append([(Section(section.steps, section.repeated, section.body, section.lines), steps, line)])
    for statement in statements:
        tree = build_tree(statement)
        if tree.values or statement is placed:
            yield Part(subject, Settings(area, tree.values, complete, locate=tree.locate), source.path, chunk.line)


def _problem(chunk: _Chunk, found: list[Section]) -> tuple[int, str] | None:
    """(line of the file, words) of the first damage."""
    line = chunk.line
    for section in found:
        if section.problem is not None:
            return line + section.problem[0], section.problem[1]
        line += section.lines
    return None
