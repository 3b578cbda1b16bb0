"""Other engines on the same exports with the same rules; prints check id -> number of exports that fail it.

    python benchmarks/peers.py jsonschema-rs|fastjsonschema|jsonschema RULES.json FOLDER

Each rule is compiled once, each export parsed once. Nothing is hashed, no evidence kept, nothing written: a peer does
less than an audit.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

if not __package__:  # run as a script: the folder above is where `benchmarks` is found
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.floors import Sections, files_below, parse_ini, read_exactly

Document = dict[str, dict[str, Any]]
Accepts = Callable[[Document], bool]


def _jsonschema_rs(schema: dict[str, Any]) -> Accepts:
    import jsonschema_rs

    accepts: Accepts = jsonschema_rs.Draft7Validator(schema).is_valid
    return accepts


def _fastjsonschema(schema: dict[str, Any]) -> Accepts:
    import fastjsonschema

    validate = fastjsonschema.compile({"$schema": "http://json-schema.org/draft-07/schema#", **schema})

    def accepts(document: Document) -> bool:
        try:
            validate(document)
        except fastjsonschema.JsonSchemaValueException:
            return False
        return True

    return accepts


def _jsonschema(schema: dict[str, Any]) -> Accepts:
    import jsonschema

    accepts: Accepts = jsonschema.Draft7Validator(schema).is_valid
    return accepts


PEERS: dict[str, Callable[[dict[str, Any]], Accepts]] = {
    "jsonschema-rs": _jsonschema_rs,
    "fastjsonschema": _fastjsonschema,
    "jsonschema": _jsonschema,
}


def arrange(sections: Sections, numbers: Iterable[tuple[str, ...]]) -> Document:
    """The document that the schemas describe: settings by task name, and numbers where rules compare numbers."""
    tasks: dict[str, Any] = {}
    states: dict[str, Any] = {}
    schedules: dict[str, Any] = {}
    document = {"app": sections.get("AppSettings", {}), "net": sections.get("NetSettings", {})}
    document |= {"task": tasks, "state": states, "schedule": schedules}
    for name, section in sections.items():
        task = section.get("TaskName")
        if task is not None:
            states[task] = section
            for place, ending in ((tasks, ".Settings"), (schedules, ".Schedule")):
                found = sections.get(name + ending)
                if found is not None:
                    place[task] = found
    if "BackupTask.Settings" in sections:
        tasks["Backup"] = sections["BackupTask.Settings"]
    make_numbers(document, numbers)
    return document


def make_numbers(document: Document, places: Iterable[tuple[str, ...]]) -> None:
    """Put numbers in place of the text that rules compare as numbers; what is no number stays text."""
    for *path, key in places:
        holder: dict[str, Any] = document
        for step in path:
            holder = holder.get(step, {})
        if key in holder:
            try:
                holder[key] = int(holder[key])
            except ValueError:
                continue


def count(peer: str, rules: Path, folder: str) -> dict[str, int]:
    """Failures of each rule over all exports below the folder."""
    stored = json.loads(rules.read_bytes())
    numbers = [tuple(place) for place in stored["numbers"]]
    accepts = [(rule, PEERS[peer](schema)) for rule, schema in stored["schemas"].items()]
    failures = dict.fromkeys(stored["schemas"], 0)
    for path in files_below(folder):
        document = arrange(parse_ini(read_exactly(path).decode("utf-8")), numbers)
        for rule, valid in accepts:
            if not valid(document):
                failures[rule] += 1
    return failures


if __name__ == "__main__":
    print(json.dumps(count(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
