"""The intake report for people: what was found, what became of each file, what to export for a full audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO, TypeAlias

from auditor.reporting.paint import Block, Grid, Line, paint
from auditor.reporting.text import clip, one_line
from auditor.reporting.words import INPUT_STATUSES, english, plural, product

Json: TypeAlias = Mapping[str, Any]

NAMES_SHOWN = 8
CHECKS_SHOWN = 6

_NOTHING = "Nothing could be read. Below is what became of each file."
_EMPTY = "No file lies there. Below is what to export."


def print_intake(report: Json, stream: TextIO, snapshot: str = "") -> None:
    """Write the report; `snapshot` is where the snapshot lies."""
    paint(list(_blocks(report, snapshot)), stream)


def _blocks(report: Json, snapshot: str) -> Iterator[Block]:
    summary = report["summary"]
    files, values = plural(summary["files"], "file"), plural(summary["values"], "value")
    became = (
        f"{_statuses(summary['files_by_status'])}; {values} read" if summary["files"] else "there is nothing to read"
    )
    yield Line(f"{files}: {became}", "bold")
    if not summary["readable"]:
        yield Line(_NOTHING if summary["files"] else _EMPTY, "bold red")
    elif not summary["complete"]:
        yield Line("Broken and skipped files leave gaps: what they held is not known.", "yellow")
    yield from _found(report)
    yield from _troubled(report)
    yield from _read(report)
    yield from _notes(report)
    yield from _missing(report)
    if snapshot:
        yield Line("")
        yield Line(f"Snapshot written: {snapshot}", whole=True)


def _statuses(counts: Json) -> str:
    return ", ".join(
        f"{counts[code]:,} {label.lower()}"
        for code, label in english().labels("status", INPUT_STATUSES).items()
        if counts[code]
    )


def _found(report: Json) -> Iterator[Block]:
    last = ""
    for found in report["found"]:
        if found["product"] != last:
            last = found["product"]
            yield Line("")
            yield Line(product(last), "bold")
        yield Line(f"{found['count']:,} {english().kind(found['kind'], found['count'])}", indent=2)
        yield _subjects(found)
        rest = found["count"] - len(found["subjects"])
        if rest > 0:
            yield Line(f"and {rest:,} more; --format json names every one", indent=4)
    for fleet in report["devices"]:
        yield Line("")
        yield Line(_devices(fleet))
    for found in report["lists_not_whole"]:
        what = english().kind(f"ksc.{found['list']}", 2)
        yield Line(f"{found['server']}: the list of {what} is not whole: {clip(found['why'], 400)}", "yellow")


def _devices(fleet: Json) -> str:
    text = f"{fleet['server'] or 'A server without name'}: {plural(fleet['listed'], 'device')} listed"
    if fleet["looked_up"]:
        text += f", {fleet['looked_up']:,} looked up alone"
    return f"{text}; {plural(fleet['values'], 'value')} of {plural(len(fleet['attributes']), 'attribute')}"


def _subjects(found: Json) -> Grid:
    """Versions only where one is stated: most objects of Security Center have none."""
    has_versions = any(found["versions"])
    rows = []
    for subject in found["subjects"]:
        version = (one_line(subject["version"]) or "not stated",) if has_versions else ()
        name = clip(one_line(subject["name"] or subject["key"]), 60)
        rows.append((name, *version, f"{subject['values']:,}", _held(subject)))
    header = ("Name", *(("Version",) if has_versions else ()), "Values", "Areas")
    return Grid(header, tuple(rows), ("",) * len(rows), len(header) - 1, indent=4)


def _held(subject: Json) -> str:
    text = _areas(subject["areas"])
    if subject["incomplete"]:
        text += f"; cut off: {', '.join(map(one_line, subject['incomplete']))}"
    return text


def _areas(areas: Iterable[str]) -> str:
    """`app, net, task (28)`: areas that share their first word are counted."""
    heads: dict[str, list[str]] = {}
    for area in areas:
        heads.setdefault(area.partition(".")[0], []).append(area)
    return ", ".join(
        one_line(found[0]) if len(found) == 1 else f"{one_line(head)} ({len(found)})" for head, found in heads.items()
    )


def _troubled(report: Json) -> Iterator[Block]:
    order = [code for code in INPUT_STATUSES if code != "read"]
    for code in order:
        rows = [row for row in report["troubled"] if row["status"] == code]
        number = report["summary"]["files_by_status"][code]
        if not number:
            continue
        yield Line("")
        yield Line(
            f"{english().say(f'status_{code}')}: {number:,}", "bold yellow" if code in {"broken", "skipped"} else "bold"
        )
        for row in rows:
            yield Line(row["path"], indent=2, whole=True)
            place = f"{row['where']}: " if row.get("where") else ""
            yield Line(f"{place}{clip(row.get('message', ''), 400)}", indent=4)
            if row.get("values"):
                yield Line(f"{plural(row['values'], 'value')} before that were kept", indent=4)
            if row.get("hint"):
                yield Line(f"What helps: {clip(row['hint'], 400)}", indent=4)
        if number > len(rows):
            yield Line(f"and {number - len(rows):,} more; --format json names every one", indent=2)


def _read(report: Json) -> Iterator[Block]:
    if not report["read"]:
        return
    yield Line("")
    yield Line("Read", "bold")
    rows = tuple(
        (
            one_line(group["first"] if group["files"] == 1 else f"{group['folder']}/" if group["folder"] else "./"),
            one_line(group["format"]),
            f"{group['files']:,}",
            f"{group['values']:,}",
        )
        for group in report["read"]
    )
    yield Grid(("File or folder", "Read as", "Files", "Values"), rows, ("",) * len(rows), 0)
    if report["read_left_out"]:
        yield Line(f"and {report['read_left_out']:,} more files; --format json names every one", indent=2)


def _notes(report: Json) -> Iterator[Block]:
    if not report["notes"]:
        return
    yield Line("")
    yield Line("Remarks of the readers", "bold")
    for note in report["notes"]:
        more = f" and {plural(note['files'] - 1, 'other file')}" if note["files"] > 1 else ""
        yield Line(f"{clip(note['note'], 300)} ({note['first']}{more})", indent=2)
    if report["notes_left_out"]:
        yield Line(f"and {report['notes_left_out']:,} more; --format json has them with their files", indent=2)


def _missing(report: Json) -> Iterator[Block]:
    yield Line("")
    yield Line("What is missing for a full audit", "bold")
    if not report["missing"] and not report["not_found"]:
        yield Line("Nothing: every area that the checks read is there.", indent=2)
    else:
        title = report["baseline"]["title"]
        yield Line(
            f"What checks of the baseline “{title}” read and no input holds, what most wait for first.", indent=2
        )
    for number, gap in enumerate(report["missing"], 1):
        yield from _gap(number, gap)
    for gap in report["not_in_full_exports"]:
        yield Line("")
        text = f"The full export of {_names(gap)} was read to its end and has no {gap['area']}"
        yield Line(f"{text}: exporting again does not bring it.", indent=2)
    for missing in report["not_found"]:
        yield Line("")
        checks = plural(missing["checks"], "check")
        yield Line(f"Nothing of {product(missing['product'])} is in the inputs; {checks} would look at it.", indent=2)
        yield Line(f"auditor guide --product {missing['product']}", "cyan", 4, whole=True)


def _gap(number: int, gap: Json) -> Iterator[Block]:
    steps = gap["steps"]
    title = steps[0]["title"] if steps else "No way to export this is known to the tool"
    yield Line("")
    yield Line(f"{number}. {product(gap['product'])}: {title}", "bold", 2)
    yield Line(_for_whom(gap), indent=5)
    yield Line(f"Brings {', '.join(map(one_line, english().areas(gap['areas'])))}", indent=5)
    waiting = plural(len(gap["checks"]), "check waits", "checks wait")
    yield Line(f"{waiting}: {_some(gap['checks'], CHECKS_SHOWN)}", indent=5)
    if steps:
        yield from _how(steps[0])
    for other in steps[1:]:
        yield Line(f"or: {other['title']} ({other['id']} in auditor guide --product {gap['product']})", "dim", 5)


def _for_whom(gap: Json) -> str:
    if not gap["none_found"]:
        return f"For {_names(gap)}"
    if gap["kinds"] == ["ksc.host"] and any(area.startswith("KLHST") for area in gap["areas"]):
        return f"No device of {_names(gap)} states these attributes; if no device has them, they are simply not there"
    kind = english().kind(gap["kinds"][0], 1)
    return f"No {kind} of {_names(gap)} is in the inputs; if there is none, that is the answer"


def _how(step: Json) -> Iterator[Block]:
    for text in step.get("commands", ()):
        yield Line(text, "cyan", 7, whole=True) if step["how"] == "command" else Line(text, indent=7)
    for call in step.get("calls", ()):
        each = f"  for each {call['each']}" if call.get("each") else ""
        yield Line(f"{call['method']} {call['request']}{each}", "cyan", 7, whole=True)
        if call.get("note"):
            yield Line(call["note"], "dim", 9)
    for label, name in (("Save as", "save_as"), ("Rights", "rights"), ("Note", "notes")):
        if step.get(name):
            yield Line(f"{label}: {step[name]}", indent=5)


def _names(gap: Json) -> str:
    return _some(gap["names"], NAMES_SHOWN, gap["subjects"])


def _some(items: Sequence[str], most: int, total: int = 0) -> str:
    shown = [clip(one_line(item), 80) for item in items[:most]]
    rest = max(total, len(items)) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest > 0 else "")
