"""What a tick prints: no line is wider than what it is written to."""

from __future__ import annotations

import io

from auditor.app.tick.console import Printer
from auditor.app.tick.done import Done

LONG = "a request with a title of many words, " * 6


def printed(done, monkeypatch, columns="80"):
    monkeypatch.setenv("COLUMNS", columns)
    stream = io.StringIO()
    Printer("text", stream).say(done)
    return stream.getvalue().splitlines()


def test_lines_are_broken_under_their_text(monkeypatch):
    lines = printed(Done("reminded", "INC-000001:waiting:1", "acme", LONG), monkeypatch)
    assert lines[0].startswith("reminded   a request")
    assert all(line.startswith(" " * 11) and not line.startswith(" " * 12) for line in lines[1:])
    assert max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines).split()) == f"reminded {LONG.strip()}"


def test_messages_are_broken_further_in_than_what_was_done(monkeypatch):
    to = [f"contact:C-{number:04}" for number in range(12)]
    body = f"First line\n\n- {LONG}\n{'x' * 200}\n"
    details = {"to": to, "without_address": to, "body": body, "file": None}
    lines = printed(Done("told", "INC-000001:routed:1", "acme", "subject", details), monkeypatch)
    assert max(map(len, lines)) <= 80
    assert " " * 13 + "First line" in lines
    assert "".join(lines).count("x") == 200
    assert "contact:C-0011" in " ".join(lines)


def test_a_wide_place_gets_wide_lines(monkeypatch):
    [line] = printed(Done("expired", "HC-0001", "acme", "y" * 80), monkeypatch, "110")
    assert line == f"expired    {'y' * 80}"
