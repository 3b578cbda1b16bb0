"""What an audit cannot be faster than without remembering anything: read, hash, decode and parse, and nothing else.

    python benchmarks/floors.py ini FOLDER [PROCESSES]
    python benchmarks/floors.py ksc FILE-OR-FOLDER

Prints how many sections and values, or device rows, were parsed. Only the standard library, one thread, no caches.
With a number of processes each does the whole work: it takes as long as one where the machine has cores to spare.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import sys
from collections.abc import Iterator

Sections = dict[str, dict[str, str]]

_BLOCK = 1 << 20
_ARRAY = '"KLCSP_ITERATOR_ARRAY":['


def files_below(folder: str) -> Iterator[str]:
    """Paths of all files, in order of their names; the path itself when it is a file."""
    if not os.path.isdir(folder):  # noqa: PTH112  # pathlib would cost more than the reading
        yield folder
        return
    for entry in sorted(os.scandir(folder), key=lambda found: found.name):
        if entry.is_dir():
            yield from files_below(entry.path)
        else:
            yield entry.path


def read_exactly(path: str) -> bytes:
    """The file in one call of its exact size: asking for more makes the reading several times slower."""
    handle = os.open(path, os.O_RDONLY)
    try:
        return os.read(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)


def parse_ini(text: str) -> Sections:
    """Sections of values in one pass over the lines."""
    values: dict[str, str] = {}
    sections: Sections = {"": values}
    for line in text.split("\n"):
        if line[:1] == "[":
            values = sections[line[1:-1]] = {}
        elif line:
            key, _, value = line.partition("=")
            values[key] = value
    return sections


def ini(folder: str) -> tuple[int, int]:
    """(sections, values) of all exports below a folder."""
    number = count = 0
    for path in files_below(folder):
        data = read_exactly(path)
        hashlib.sha256(data).hexdigest()
        sections = parse_ini(data.decode("utf-8"))
        number += len(sections)
        count += sum(map(len, sections.values()))
    return number, count


def ksc(path: str) -> tuple[int, int]:
    """(files, device rows) of dumps, with a window that never holds more than a block and a row."""
    number = rows = 0
    for name in files_below(path):
        number += 1
        rows += _rows(name)
    return number, rows


def _rows(path: str) -> int:
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    decode = json.JSONDecoder().raw_decode
    window, position, rows, inside = "", 0, 0, False
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
        while block := stream.read(_BLOCK):
            digest.update(block)
            window, position = window[position:] + decoder.decode(block), 0
            if not inside:
                start = window.find(_ARRAY)
                inside, position = start >= 0, max(0, start) + len(_ARRAY) * (start >= 0)
            while inside:
                while window[position : position + 1] in (" ", "\n", ","):
                    position += 1
                if window[position : position + 1] == "]":
                    inside = False
                    break
                try:
                    _, position = decode(window, position)
                except json.JSONDecodeError:
                    break  # the row goes on in the next block
                rows += 1
    digest.hexdigest()
    return rows


if __name__ == "__main__":
    children: list[int] = []
    for _ in range(1, int(sys.argv[3]) if sys.argv[3:] else 1):
        child = os.fork()
        if not child:
            children = []
            break
        children.append(child)
    found = {"ini": ini, "ksc": ksc}[sys.argv[1]](sys.argv[2])
    sys.stdout.write(f"{found[0]} {found[1]}\n")  # in one piece, as several processes may write
    for child in children:
        os.waitpid(child, 0)
