"""What `klscflag` printed: one line a flag."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from auditor.intake.ksc.call import PRODUCT
from auditor.intake.ksc.naming import server_of
from auditor.intake.redaction import redact_tree
from auditor.intake.whole_text import text_of_lines
from auditor.model.snapshot import Part, Path, Settings, SubjectRef, Value
from auditor.sdk.reading import Item, Note, Source

FORMAT = "ksc.klscflag"
_LINE = re.compile(r"^\s*([A-Za-z0-9_]+)\s*=\s*\((\w+_T)\)\s*(.*)$")
_NUMBERS = frozenset({"INT_T", "LONG_T"})
_BOOL = {"true": True, "1": True, "false": False, "0": False}


class KlscflagReader:
    """Flags of the server. Lines of another form, such as a flag that is not set, are left alone and counted."""

    name = "klscflag"
    formats = (FORMAT,)

    def recognise(self, source: Source) -> str:
        """At least one line `NAME = (TYPE_T)value`, and no binary."""
        if "\0" in source.head_text:
            return ""
        return FORMAT if any(_LINE.match(line) for line in source.head_text.splitlines()) else ""

    def read(self, source: Source, format_id: str) -> Iterable[Item]:  # noqa: ARG002  # there is one format
        """Area `flags` of the server that the folder names."""
        values: dict[str, Value] = {}
        lines: dict[str, int] = {}
        others: dict[str, Value] = {}  # of flags that are printed more than once, with the line of each
        other_lines: dict[str, int] = {}
        ignored = 0
        for number, line in enumerate(text_of_lines(source).split("\n")):
            match = _LINE.match(line)
            if match is None:
                ignored += bool(line.strip())
                continue
            name, value = match.group(1), _value(match.group(2), match.group(3).strip())
            if name not in values:
                values[name], lines[name] = value, number
            elif values[name] != value:
                others[name], other_lines[name] = value, number
        server = server_of(source)
        subject = SubjectRef("ksc.server", server, server, PRODUCT)
        # a second part with the other values: the lookup then sees two statements and answers "conflict"
        for stated, places in ((values, lines), (others, other_lines)):
            if stated:
                locate = partial(_line, places)
                yield Part(subject, Settings("flags", redact_tree(stated)[0], locate=locate), source.path)
        if ignored:
            yield Note(f"{ignored} lines that state no flag left alone (a flag that is not set prints no value)")
        for name in others:
            yield Note(f"{name} is printed with different values, so not judged")


def _value(kind: str, text: str) -> Value:
    """The typed value; text that does not fit the type stays text."""
    if kind in _NUMBERS and re.fullmatch(r"[+-]?\d{1,20}", text):
        return int(text)
    if kind == "BOOL_T":
        return _BOOL.get(text.casefold(), text)
    quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _line(lines: dict[str, int], path: Path) -> int:
    return lines.get(str(path[0]), 0) if path else 0
