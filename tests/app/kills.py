"""Exports in archives and dumps, and ways to kill the run that reads them, for the tests of resuming."""

from __future__ import annotations

import json
import random
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path

from auditor.app.audit import Request, run_audit
from auditor.model.content import Content, Document, Parcel
from auditor.model.snapshot import Settings, SubjectRef
from benchmarks import kesl_export
from benchmarks.fleet import write_ksc_hosts

ACME = Path(__file__).resolve().parents[2] / "examples" / "acme"
AS_OF = "2026-03-02"


class Killed(BaseException):
    """No error that anything on the way may take for one of its own."""


@dataclass
class Watch:
    """What was judged, and when the next kill comes. A step is due each `stride`th time that somebody asks.

    `kept` are the numbers of subjects that were judged by each step.
    """

    subjects: list[tuple[str, str]] = field(default_factory=list)
    rows: int = 0
    kept: list[int] = field(default_factory=list)
    events: int = 0
    kill_after_steps: int | None = None
    kill_after_judged: int | None = None
    kill_at_event: int | None = None
    stride: int = 7
    asked: int = 0

    def due(self) -> bool:
        """Whether a step is to be kept."""
        self.asked += 1
        return self.asked % self.stride == 0

    def event(self) -> None:
        """Something happens that a kill may prevent."""
        self.events += 1
        if self.events == self.kill_at_event:
            raise Killed

    def step(self) -> None:
        """A step was kept."""
        self.kept.append(len(self.subjects))
        if len(self.kept) == self.kill_after_steps:
            raise Killed
        if self.kill_after_judged is not None and len(self.subjects) >= self.kill_after_judged:
            raise Killed

    def judged(self) -> tuple[list[tuple[str, str]], int]:
        """What was judged, in no order."""
        return sorted(self.subjects), self.rows

    def armed(self, *, steps: int | None = None, judged: int | None = None, event: int | None = None) -> None:
        """Count from nothing; kill after so many steps, after the step behind so many subjects, or at an event."""
        self.subjects, self.kept, self.rows, self.events, self.asked = [], [], 0, 0, 0
        self.kill_after_steps, self.kill_after_judged, self.kill_at_event = steps, judged, event


def run(exports: Path, out: Path, kept: Path | None = None, **options) -> dict[str, bytes]:
    """Audit; all files of the result."""
    shutil.rmtree(out, ignore_errors=True)
    run_audit(Request([exports], out, checkpoints=kept, **{"as_of": AS_OF, "jobs": 1, **options}))
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def survives(exports: Path, out: Path, kept: Path, **options) -> dict[str, bytes] | None:
    """The result, or None when the run was killed."""
    try:
        return run(exports, out, kept, **options)
    except Killed:
        return None


def through_kills(exports: Path, kept: Path, watch: Watch, **options) -> tuple[dict[str, bytes], list[Watch]]:
    """The result of a run that is killed after each step, and what each piece of it judged."""
    pieces: list[Watch] = []
    while len(pieces) < 100:
        watch.armed(steps=1)
        result = survives(exports, kept.parent / "out", kept, **options)
        pieces.append(copy(watch))
        if result is not None:
            return result, pieces
    raise AssertionError("it does not come forward")


def kesl_text(number: int) -> str:
    """An export of a host with settings of its own."""
    policy = kesl_export.random_policy(random.Random(number))  # noqa: S311  # settings, not secrets
    return kesl_export.render(kesl_export.build("12.1.0.1543", policy))


def hosts(folder: Path, number: int = 6) -> Path:
    """Hosts whose two files stand apart, so that many of them are half read at a time."""
    info = (ACME / "kesl" / "db01" / "app-info.txt").read_bytes()
    for group in ("a", "b"):
        (folder / group).mkdir(parents=True)
    for host in range(number):
        (folder / "a" / f"web{host:02}_export.ini").write_text(kesl_text(host), encoding="utf-8")
        (folder / "b" / f"web{host:02}_app-info.txt").write_bytes(info)
    return folder


def packed(target: Path, *folders: Path) -> Path:
    """A zip or tar.gz of folders, named by its suffix."""
    files = [(path, path.relative_to(top.parent)) for top in folders for path in sorted(top.rglob("*"))]
    files = [(path, name) for path, name in files if not path.is_dir()]
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, name in files:
                archive.write(path, name)
    else:
        with tarfile.open(target, "w:gz") as archive:
            for path, name in files:
                archive.add(path, name)  # links stay links
    return target


def device(name: str) -> dict[str, object]:
    """A device; one whose name begins with `bad` has an incompatible application (bit 12 of the mask)."""
    mask = 1 << 12 if name.startswith("bad") else 0
    values = {
        "KLHST_WKS_HOSTNAME": name,
        "KLHST_WKS_DN": name.upper(),
        "KLHST_WKS_STATUS": 31,
        "KLHST_WKS_STATUS_MASK": {"type": "long", "value": mask},
    }
    return {"type": "params", "value": values}


def answer(path: Path, method: str, request: dict[str, object], response: object, server: str = "ksc09") -> Path:
    """A saved answer of a server."""
    call = {
        "format": "ksc-openapi-call/1",
        "collected_at": "2026-03-02T08:00:00Z",
        "server": server,
        "virtual_server": "",
        "method": method,
        "request": request,
        "response": response,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(call), encoding="utf-8")
    return path


def page(path: Path, names: list[str], *odd: object) -> Path:
    """A page of a list of devices of server ksc09."""
    rows = [*map(device, names), *odd]
    response = {"PxgRetVal": len(rows), "pChunk": {"KLCSP_ITERATOR_ARRAY": rows}}
    return answer(path, "ChunkAccessor.GetItemsChunk", {"strAccessor": "A1"}, response)


def single(path: Path, name: str, server: str) -> Path:
    """A device that was looked up alone."""
    return answer(path, "HostGroup.GetHostInfo", {"strHostName": name}, {"PxgRetVal": device(name)}, server)


def _zip(place: Path, made: Path) -> None:
    packed(made / "hosts.zip", hosts(place / "hosts"))


def _tar(place: Path, made: Path) -> None:
    packed(made / "hosts.tar.gz", hosts(place / "hosts"))


def _nested(place: Path, made: Path) -> None:
    packed(place / "outer" / "inner.zip", hosts(place / "inner" / "hosts", 3))
    shutil.copytree(ACME / "kesl", place / "outer" / "kesl")
    packed(made / "outer.tar.gz", place / "outer")


def _pages(place: Path, made: Path) -> None:
    write_ksc_hosts(made / "ksc01", 300, pages=6)
    shutil.copytree(ACME / "ksc", made / "ksc")


def _dump_in_zip(place: Path, made: Path) -> None:
    write_ksc_hosts(place / "ksc01", 300, pages=4)
    packed(made / "dump.zip", place / "ksc01", ACME / "ksc", ACME / "broken")


def _dump_in_tar(place: Path, made: Path) -> None:
    write_ksc_hosts(place / "ksc01", 300, pages=4)
    packed(made / "dump.tar.gz", ACME / "ksc", place / "ksc01")


def _one_file(place: Path, made: Path) -> None:
    write_ksc_hosts(made / "ChunkAccessor.GetItemsChunk.1.json", 1000)


def _mixture(place: Path, made: Path) -> None:
    hosts(made / "hosts", 3)
    shutil.copytree(ACME, made / "acme", ignore=shutil.ignore_patterns("README.md"))
    whole = packed(place / "cut.tar.gz", hosts(place / "cut", 4)).read_bytes()
    (made / "cut.tar.gz").write_bytes(whole[: len(whole) * 3 // 4])
    damaged = bytearray(packed(place / "damaged.zip", hosts(place / "damaged", 4)).read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    (made / "damaged.zip").write_bytes(damaged)
    write_ksc_hosts(place / "ksc01", 60, pages=2)
    packed(made / "pages.zip", place / "ksc01")


def _odd_answers(place: Path, made: Path) -> None:
    """Pages that break off, hold rows that are none or were left out, and devices that were looked up alone."""
    pages, name = place / "pages", "ChunkAccessor.GetItemsChunk.{}.json"
    page(pages / name.format(1), ["one", "bad-two", "three"])
    page(pages / name.format(2), ["four", "five"], "no object")
    page(pages / name.format(4), ["six", "bad-two", "seven"])
    cut = page(pages / name.format(5), [f"cut-{number}" for number in range(250)])
    cut.write_bytes(cut.read_bytes()[:-2000])
    for number in range(4):
        single(pages / f"HostGroup.GetHostInfo.{number}.json", f"bad-{number}", "ksc10")
    single(pages / "HostGroup.GetHostInfo.4.json", "three", "ksc09")
    (pages / name.format(3)).symlink_to(name.format(1))
    packed(made / "pages.tar.gz", pages)
    shutil.copytree(pages, made / "plain", symlinks=True)


CASES: dict[str, Callable[[Path, Path], None]] = {
    "zip": _zip,
    "tar": _tar,
    "nested": _nested,
    "pages": _pages,
    "dump_in_zip": _dump_in_zip,
    "dump_in_tar": _dump_in_tar,
    "one_file": _one_file,
    "odd_answers": _odd_answers,
    "mixture": _mixture,
}


def made(case: str, place: Path) -> Path:
    """The folder of a case's exports."""
    exports = place / case
    exports.mkdir()
    CASES[case](place / f"{case}-parts", exports)
    return exports


class ListReader:
    """Reads `#hosts`, a host a line, many in a file. Each time it hands out a host's settings in another way."""

    name = "a list of hosts"

    def __init__(self) -> None:
        self.turn = 0

    def recognise(self, source) -> str:
        return "test.hosts" if source.head.startswith(b"#hosts") else ""

    def read(self, source, _format):
        self.turn += 1
        for number, line in enumerate(source.text().split("\n")[1:], start=2):
            host, _, value = line.partition(" ")
            if not host:
                continue
            ref = SubjectRef("kesl.host", host, host, "kesl", "12.1.0.1543")
            values = {"app": {"UseKSN": value}, "task.File_Threat_Protection": {"ScanArchived": value}}
            held = [Settings(area, values[area], locate=lambda _: 0) for area in values]
            contents = [(Content(((settings, 0),)), number) for settings in held]
            together = [tuple(contents)] if (self.turn + number) % 2 else [(content,) for content in contents]
            for some in together:
                yield Parcel(ref, Document(some), source.path)


def lists_of_hosts(folder: Path) -> Path:
    """Archives with lists of more hosts than may wait; hosts stand in several lists and next to each other."""
    for name, spans in {"one": ((0, 7), (2, 9), (8, 12)), "two": ((5, 9), (11, 15), (13, 16), (0, 3))}.items():
        for number, (low, high) in enumerate(spans):
            lines = [f"web{host:02} {'Yes' if host % 3 else 'No'}" for host in range(low, high)]
            lines.insert(2, lines[0])  # as if it stood apart
            path = folder / "lists" / name / f"{number}.list"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(["#hosts", *lines, lines[-1], ""]), encoding="utf-8")
    packed(folder / "exports" / "one.tar.gz", folder / "lists" / "one")
    packed(folder / "exports" / "two.zip", folder / "lists" / "two")
    return folder / "exports"


def watching(monkeypatch) -> Iterator[Watch]:
    """Count what is judged and kept, kill when told to. Three subjects of an archive and three devices may wait."""
    from auditor.app import devices, resuming, work
    from auditor.app.journal import Journal
    from auditor.engine.fleet import Fleet
    from auditor.engine.judge import Program

    watch = Watch()
    judge, judge_rows, append = Program.judge, Fleet.judge, Journal.append

    def counted(self, view):
        watch.event()
        watch.subjects.append((view.ref.kind, view.ref.key))
        return judge(self, view)

    def counted_rows(self, rows, report, skip=()):
        watch.event()
        watch.rows += len(rows.seen)
        return judge_rows(self, rows, report, skip)

    def appended(self, head, body):
        watch.event()
        append(self, head, body)
        watch.step()

    monkeypatch.setattr(resuming.Pace, "due", lambda _: watch.due())
    monkeypatch.setattr(work, "OPEN_SUBJECTS", 3)
    monkeypatch.setattr(devices, "SINGLE_KEPT", 3)
    monkeypatch.setattr(Program, "judge", counted)
    monkeypatch.setattr(Fleet, "judge", counted_rows)
    monkeypatch.setattr(Journal, "append", appended)
    yield watch
