"""Events that no command writes, as another version or an edited backup may bring them: every page is still written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.model.events import NewEvent
from auditor.store.opening import open_store

AT = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
DUE = "2026-03-16T10:00:00.000000Z"
ODD = {
    "routed": {"to": "P-0002", "role": "pilot", "reason": "banana"},
    "escalated": {"fraction": 0.33, "due_at": DUE, "to": ["martians"], "reason": "zz", "late": False, "notify": False},
    "phone_called": {"by": "contact:C-zzz", "line": "mars"},
    "severity_changed": {"from": 2, "to": 7, "reason": "worse than critical"},
    "kind_changed": {"from": "premium", "to": "gold", "reason": "shines"},
    "linked": {"relation": "cousin", "other": "X-1"},
    "avdb_changed": {"from": "new", "to": "nowhere"},
    "patch_changed": {"from": "triage", "to": "nowhere"},
    "qualified_answer": {"author": "system", "wanted": ["nothing"]},
    "never_heard_of": {"a": 1},
}


@pytest.fixture
def odd(customer):
    """INC-000001 with an event of each odd kind, and a message about it of a kind that there is not."""
    commands = customer("msa-business")
    ident = commands.open("slow")
    about = {"to": ["person:P-0002"], "phrase": "zz", "reason": "zz", "parameters": {}, "covers": [], "level": 2}
    with open_store(commands.location) as store, store.writing() as writing:
        for kind, payload in ODD.items():
            writing.append(NewEvent("incident", ident, kind, AT, "user:tester", payload, "acme"))
        told = {**about, "incident": ident, "not_before": DUE}
        writing.append(NewEvent("notification", f"{ident}:response:1:0.33", "notified", AT, "system", told, "acme"))
    return commands


@pytest.mark.parametrize("language", ["en", "es", "it", "ru", "pt"])
def test_show_names_what_nobody_foresaw(odd, language):
    page = odd.said("incident", "show", 1, "--language", language)
    for word in ("banana", "pilot", "mars", "cousin", "X-1", "nowhere", "never_heard_of", "worse than critical"):
        assert word in page
    assert "33%" in page.replace("\xa0", "").replace(" %", "%")


def test_a_level_or_kind_that_there_is_not_changes_nothing(odd):
    incident = odd.json("incident", "show", 1)["incident"]
    assert (incident["level"], incident["kind"]) == (2, "premium")
    assert [one["level"] for one in odd.json("incident", "queue")["incidents"]] == [2]


def test_everything_else_is_written_too(odd, tmp_path):
    for words in (
        ("incident", "queue"),
        ("incident", "list"),
        ("tam", "board"),
        ("history", "acme"),
        ("history", "acme", "--kind", "notification"),
        ("contract", "show", "K-1"),
        ("db", "check"),
    ):
        assert odd.said(*words)
    assert "cannot be told" in odd.said("tick", code=4)
    period = ("--from", "2026-03-01", "--to", "2026-03-31", "--out", tmp_path)
    odd.said("service-report", "on-demand", "--account", "acme", *period)
    assert list(tmp_path.glob("*.html"))


def test_an_answer_of_a_program_is_none_on_any_page(odd, tmp_path):
    shown = odd.json("incident", "show", 1)
    assert (shown["incident"]["responded_at"], shown["incident"]["waiting"]) == (None, True)
    for page in (odd.said("incident", "show", 1), odd.said("history", "acme", "--language", "en")):
        assert "Qualified answer by" not in page
        assert "qualified_answer" in page
    period = ("--from", "2026-03-01", "--to", "2026-03-31", "--out", tmp_path, "--formats", "json")
    odd.said("service-report", "on-demand", "--account", "acme", *period[:-2])
    assert not any("qualified_answer" in path.read_text(encoding="utf-8") for path in tmp_path.glob("*.json"))
