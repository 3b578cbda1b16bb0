from __future__ import annotations

import io
import re

import pytest

from auditor.reporting.reader import StoredResult
from auditor.reporting.terminal import print_summary

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class Ascii(io.StringIO):
    encoding = "ascii"


def summary(result, stream=None, code=4, files=("out/report.html", "out/checklist.csv")):
    stream = stream or io.StringIO()
    print_summary(StoredResult(result), files, code, stream)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def test_the_summary_tells_what_a_person_needs(acme_result):
    text = summary(acme_result)
    for part in (
        "self-audit",
        "as of 1 March 2026, 12:00 UTC",
        "7 critical or high findings; 70 % of what applies could be decided",
        "Not complete: the plugin acme-checks 0.3 could not be loaded",
        "1 waiver has expired. What it covered counts as a finding again.",
        "11 files: 7 read, 1 broken",
        "broken: acme.zip!kesl/db01/export.ini, line 214: the section head is cut off",
        "Findings: 2 critical, 5 high, 2 medium, 1 low",
        "1,811 of 39,120 (5 %)",
        "Decided: 38 of 54 verdicts that apply",
        "kesl-control -L --query > $(hostname)_licence.txt",
        "out/report.html",
        "Exit code 4: a complete audit was impossible",
    ):
        assert part in text, part


def test_what_is_accepted_is_said_and_a_waiver_that_covers_nothing_too(acme_result):
    acme_result["summary"]["waived"] = 3
    acme_result["waivers"][0] |= {"state": "unmatched", "check": "KESL-GEN-003"}
    text = summary(acme_result)
    assert "Findings: 2 critical, 5 high, 2 medium, 1 low; besides 3 failing subjects waived" in text
    assert "A waiver of KESL-GEN-003 covers no failure" in text


def test_what_to_collect_names_the_product(acme_result):
    assert "\n  Kaspersky Endpoint Security for Linux: " in summary(acme_result).partition("Collect next")[2]


def test_findings_stand_in_the_order_to_decide(acme_result):
    text = summary(acme_result)
    found = re.findall(r"^  (?:Critical|High|Medium|Low) +(\S+)", text, re.MULTILINE)
    assert found[:2] == ["KESL-FTP-001", "KSC-HST-001"]
    assert len(found) == 10


def test_a_pipe_gets_no_colours_and_needs_no_rich(acme_result, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "rich", None)
    assert "\x1b" not in summary(acme_result)


def test_a_terminal_gets_colours_unless_it_declines(acme_result, monkeypatch):
    assert "\x1b[1;31m" in summary(acme_result, Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in summary(acme_result, Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in summary(acme_result, Terminal())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_tables_and_sentences_fit_the_width(acme_result, monkeypatch, width, stream):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("LINES", "24")
    lines = ESCAPES.sub("", summary(acme_result, stream())).splitlines()
    # commands stay whole, so that they can be copied
    prose = [line for line in lines if "kesl-control" not in line]
    prose = [line for line in prose if not any(len(word) > width - 6 for word in line.split())]
    assert max(len(line) for line in prose) <= width
    assert len(prose) > 30


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_customer_data_cannot_steer_the_terminal(builder, stream):
    evil = "\x1b]0;owned\x07\x1b[2J[red]x[/red]\u202e\r\nFindings: none"
    builder.check("A-1", title=evil, severity="high")
    builder.verdict("A-1", "fail", message=evil)
    builder.input(evil, "broken", message=evil, where=evil)
    builder.incomplete_because = [evil]
    builder.inventory = [{"product": evil, "kind": evil, "count": 1, "versions": {}, "names": [evil]}]
    builder.gaps = [
        {
            "product": evil,
            "area": evil,
            "checks": ["A-1"],
            "subjects": 1,
            "steps": [{"id": "a", "title": evil, "commands": [evil], "save_as": evil}],
        }
    ]
    text = ESCAPES.sub("", summary(builder.build(), stream()))
    assert not set(text) & {"\x1b", "\x07", "\r", "\u202e"}
    assert "[red]x" in text
    assert not re.search(r"^Findings: none", text, re.MULTILINE)


def test_what_the_encoding_lacks_is_written_as_an_escape(builder):
    builder.check("A-1", title="Schutz läuft \u2603")
    builder.verdict("A-1", "fail")
    text = summary(builder.build(), Ascii())
    assert text.isascii()
    assert "Schutz l\\xe4uft \\u2603" in text


def test_wide_letters_count_twice(builder):
    builder.check("A-1", title="保護" * 40)
    builder.verdict("A-1", "fail")
    line = next(line for line in summary(builder.build()).splitlines() if "A-1" in line)
    assert len(line) + line.count("保") + line.count("護") <= 100


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "no finding at or above the threshold in the 25 % of what applies that could be decided"),
        (10, "findings at or above the threshold in the 25 % of what applies that could be decided"),
        (4, "a complete audit was impossible"),
    ],
)
def test_the_exit_code_speaks_of_what_could_be_decided(builder, code, words):
    builder.check("A-1", severity="low")
    builder.verdict("A-1", "pass")
    for name in ("a", "b", "c"):
        builder.verdict("A-1", "unknown", name, reason="not_collected")
    text = summary(builder.build(), code=code)
    assert f"Exit code {code}: {words}" in " ".join(text.split())
    assert "the audit is complete" not in text
    assert "Too little is known" in text


def test_titles_are_not_cut(builder):
    title = (
        "A long title that says in every detail what should be so on each of the many hosts of this customer at night"
    )
    builder.check("A-1", title=title)
    builder.verdict("A-1", "fail")
    lines = summary(builder.build()).splitlines()
    first = next(number for number, line in enumerate(lines) if " A-1 " in line)
    assert [lines[first].split()[2:-5], lines[first + 1].split()] == [title.split()[:14], title.split()[14:]]


def test_a_long_call_is_named_only(builder):
    step = {
        "id": "d",
        "title": "Devices",
        "how": "api",
        "commands": ["HostGroup.FindHosts " + "x" * 300],
        "save_as": "",
    }
    builder.gaps = [{"product": "ksc", "area": "row", "checks": ["A-1"], "subjects": 1, "names": [], "steps": [step]}]
    assert "    HostGroup.FindHosts ...\n" in summary(builder.build())


def test_nothing_decided_is_said_so(builder):
    builder.check("A-1")
    builder.verdict("A-1", "unknown", reason="not_collected")
    text = summary(builder.build(), code=0)
    assert "Nothing could be decided" in text
    assert "Findings: none in what could be decided" in text
